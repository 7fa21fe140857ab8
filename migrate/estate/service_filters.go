package estate

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// group is the security group of that name in the subscription at hand, made when it is new.
func (b *builder) group(name string) *SecurityGroup {
	id := b.id(TypeNSG, name, "")
	i, known := b.filters[id.Key()]
	if !known {
		i = len(b.e.SecurityGroups)
		b.filters[id.Key()] = i
		b.e.SecurityGroups = append(b.e.SecurityGroups, SecurityGroup{ID: id, Name: name})
	}
	return &b.e.SecurityGroups[i]
}

func (b *builder) table(name string) *RouteTable {
	id := b.id(TypeRouteTable, name, "")
	i, known := b.filters[id.Key()]
	if !known {
		i = len(b.e.RouteTables)
		b.filters[id.Key()] = i
		b.e.RouteTables = append(b.e.RouteTables, RouteTable{ID: id, Name: name})
	}
	return &b.e.RouteTables[i]
}

func (b *builder) bindGroup(s *Subnet, name string, refs []diag.Ref) {
	id := b.group(name).ID
	if !s.SecurityGroup.IsZero() && !s.SecurityGroup.Same(id) {
		b.missing(refs, s.SecurityGroupRefs, "subnet %q has the security group %q here and %q there", s.Raw, name, s.SecurityGroup.Name)
		b.ended(refs, diag.NeedsPerson, contradiction)
		return
	}
	s.SecurityGroup = id
	s.SecurityGroupRefs = append(s.SecurityGroupRefs, refs...)
}

func (b *builder) bindTable(s *Subnet, name string, refs []diag.Ref) {
	id := b.table(name).ID
	if !s.RouteTable.IsZero() && !s.RouteTable.Same(id) {
		b.missing(refs, s.RouteTableRefs, "subnet %q has the route table %q here and %q there", s.Raw, name, s.RouteTable.Name)
		b.ended(refs, diag.NeedsPerson, contradiction)
		return
	}
	s.RouteTable = id
	s.RouteTableRefs = append(s.RouteTableRefs, refs...)
}

// subnetOf finds the subnet in the place of a binding.
func (b *builder) subnetOf(a answer) *Subnet {
	v := b.vnetNamed(a.Place.VNet)
	if v == nil {
		return nil
	}
	i := slices.IndexFunc(v.Subnets, func(s Subnet) bool { return compareFold(s.Raw, a.Place.Subnet) == 0 })
	if i < 0 {
		return nil
	}
	return &v.Subnets[i]
}

func regionFrom(b *builder, n *netcfg.Node) Region {
	if n == nil {
		return Region{}
	}
	return Region{Name: knownRegion(n.Text), Raw: n.Text, Refs: b.of(n)}
}

// securityGroups reads groups with their rules, and the answer to which group a subnet has.
func (b *builder) securityGroups(a answer) {
	for _, n := range items(a, "NetworkSecurityGroup") {
		name := n.Value("Name")
		if name == "" {
			continue
		}
		if a.Place.Subnet != "" {
			if s := b.subnetOf(a); s != nil {
				b.bindGroup(s, name, slices.Clone(b.of(n)))
			} else {
				b.found.Add(unplaced, b.pos(n.Ref), "security group %q is bound to subnet %q of VNet %q, which no network configuration here has", name, a.Place.Subnet, a.Place.VNet)
			}
		}
		b.securityGroup(b.group(name), n)
	}
}

func (b *builder) securityGroup(g *SecurityGroup, n *netcfg.Node) {
	g.Refs = append(g.Refs, b.of(n.Child("Name"))...)
	if !b.taken.has(n.Ref.In(b.doc)) {
		g.Refs = append(g.Refs, b.of(n)...)
	}
	if r := regionFrom(b, n.Child("Location")); g.Region.Raw == "" {
		g.Region = r
	} else {
		g.Region.Refs = append(g.Region.Refs, r.Refs...)
	}
	rules := n.Child("Rules")
	if rules == nil {
		return
	}
	if g.RulesKnown {
		b.sameRules(g, rules)
		return
	}
	g.RulesKnown = true
	for r := range rules.All("Rule") {
		if strings.EqualFold(r.Value("IsDefault"), "true") || isDefaultPriority(r.Value("Priority")) {
			b.dropTree(r, "a default rule, which every security group has")
			continue
		}
		g.Rules = append(g.Rules, b.rule(r))
	}
	slices.SortStableFunc(g.Rules, compareRules)
}

// isDefaultPriority reports whether a rule is one of those that every group has.
func isDefaultPriority(p string) bool { return p == "65000" || p == "65001" || p == "65500" }

func compareRules(x, y SecurityRule) int {
	if c := strings.Compare(x.Direction.Value, y.Direction.Value); c != 0 {
		return c
	}
	if c := len(x.Priority.Value) - len(y.Priority.Value); c != 0 {
		return c
	}
	if c := strings.Compare(x.Priority.Value, y.Priority.Value); c != 0 {
		return c
	}
	return compareFold(x.Name.Value, y.Name.Value)
}

func (b *builder) rule(n *netcfg.Node) SecurityRule {
	respelled := func(name string, spell func(string) string) Fact {
		f := b.fact(n.Child(name))
		f.Value = spell(f.Value)
		return f
	}
	return SecurityRule{
		Name: b.fact(n.Child("Name")), Priority: b.fact(n.Child("Priority")), Refs: b.of(n),
		Direction: respelled("Type", azure.RuleDirection), Access: respelled("Action", azure.RuleAccess), Protocol: respelled("Protocol", azure.RuleProtocol),
		Source: respelled("SourceAddressPrefix", azure.ServiceTag), SourcePort: b.fact(n.Child("SourcePortRange")),
		Destination: respelled("DestinationAddressPrefix", azure.ServiceTag), DestinationPort: b.fact(n.Child("DestinationPortRange")),
	}
}

// sameRules compares the rules of a second answer with those of the first.
func (b *builder) sameRules(g *SecurityGroup, rules *netcfg.Node) {
	met := make([]bool, len(g.Rules))
	for r := range rules.All("Rule") {
		if strings.EqualFold(r.Value("IsDefault"), "true") || isDefaultPriority(r.Value("Priority")) {
			continue
		}
		said := b.rule(r)
		at := slices.IndexFunc(g.Rules, func(k SecurityRule) bool { return sameRule(&k, &said) })
		if at < 0 {
			b.contradicts(r.Ref, g.Refs, "rule %q of security group %q is another one here than there", said.Name.Value, g.Name)
			b.ended(ruleRefs(&said), diag.NeedsPerson, contradiction)
			continue
		}
		met[at] = true
		k := &g.Rules[at]
		k.Refs = append(k.Refs, ruleRefs(&said)...)
	}
	for i, ok := range met {
		if !ok {
			b.contradicts(rules.Ref, g.Rules[i].Refs, "security group %q has no rule %q here", g.Name, g.Rules[i].Name.Value)
		}
	}
}

func (r *SecurityRule) facts() []*Fact {
	return []*Fact{&r.Name, &r.Direction, &r.Priority, &r.Access, &r.Protocol, &r.Source, &r.SourcePort, &r.Destination, &r.DestinationPort}
}

func sameRule(a, b *SecurityRule) bool {
	of := b.facts()
	for i, f := range a.facts() {
		if !strings.EqualFold(f.Value, of[i].Value) {
			return false
		}
	}
	return true
}

// routeTables reads tables with their routes.
func (b *builder) routeTables(a answer) {
	for _, n := range items(a, "RouteTable") {
		if name := n.Value("Name"); name != "" {
			b.routeTable(b.table(name), n)
		}
	}
}

func (b *builder) routeTable(t *RouteTable, n *netcfg.Node) {
	t.Refs = slices.Concat(t.Refs, b.of(n), b.of(n.Child("Name")))
	if r := regionFrom(b, n.Child("Location")); t.Region.Raw == "" {
		t.Region = r
	} else {
		t.Region.Refs = append(t.Region.Refs, r.Refs...)
	}
	list := n.Child("RouteList")
	if list == nil {
		return
	}
	first := !t.RoutesKnown
	t.RoutesKnown = true
	met := make([]bool, len(t.Routes))
	for r := range list.All("Route") {
		route, ok := b.route(r, t.Name)
		if !ok {
			continue
		}
		at := slices.IndexFunc(t.Routes, func(k Route) bool { return k.Prefix.Prefix == route.Prefix.Prefix })
		switch {
		case at < 0 && first:
			t.Routes = append(t.Routes, route)
		case at >= 0 && t.Routes[at].NextHop.Value == route.NextHop.Value && t.Routes[at].Address.Addr == route.Address.Addr:
			t.Routes[at].Refs = append(t.Routes[at].Refs, routeRefs(&route)...)
			if at < len(met) {
				met[at] = true
			}
		default:
			if at >= 0 && at < len(met) {
				met[at] = true // another one is said already
			}
			b.contradicts(r.Ref, t.Refs, "route %q (%s) of route table %q is another one here than there", route.Name.Value, route.Prefix, t.Name)
			b.ended(routeRefs(&route), diag.NeedsPerson, contradiction)
		}
	}
	for i, ok := range met {
		if !ok {
			b.contradicts(list.Ref, t.Routes[i].Refs, "route table %q has no route %q (%s) here", t.Name, t.Routes[i].Name.Value, t.Routes[i].Prefix)
		}
	}
	slices.SortStableFunc(t.Routes, func(x, y Route) int { return compareFold(x.Name.Value, y.Name.Value) })
}

// route reads Route{Name, AddressPrefix, NextHopType{Type, IpAddress?}}: the type stands inside an
// element of the same idea.
func (b *builder) route(n *netcfg.Node, table string) (Route, bool) {
	prefix := n.Child("AddressPrefix")
	if prefix == nil {
		b.found.Add("ADDR-006", b.pos(n.Ref), "route %q of table %q has no address prefix", n.Value("Name"), table)
		b.forPerson(n, "ADDR-006")
		return Route{}, false
	}
	b.take(prefix.Ref, prefix.TextRef)
	p, ok := b.prefix(netcfg.Text{Ref: prefix.Ref, TextRef: prefix.TextRef, Value: prefix.Text}, "a route of table", table)
	if !ok {
		b.forPerson(n, "ADDR-006")
		return Route{}, false
	}
	hop := n.Child("NextHopType")
	r := Route{Name: b.fact(n.Child("Name")), Prefix: p, Refs: slices.Concat(b.of(n), b.of(hop))}
	kind := hop
	if inner := hop.Child("Type"); inner != nil {
		kind = inner
	}
	r.NextHop = b.fact(kind)
	if kind == hop && hop != nil {
		r.Refs = b.of(n)
	}
	r.NextHop.Value = azure.NextHopType(r.NextHop.Value)
	if ip := hop.Child("IpAddress"); ip != nil && ip.Text != "" {
		b.take(ip.Ref, ip.TextRef)
		addr, err := parseAddr(ip.Text)
		r.Address = Address{Addr: addr, Raw: ip.Text, Refs: b.refs(ip.Ref, ip.TextRef)}
		if err != nil {
			b.found.Add("ARM-007", b.pos(ip.TextRef), "route %q of table %q: next hop %q cannot be used: %v", r.Name.Value, table, ip.Text, err)
		}
	}
	return r, true
}

// routeTableBinding reads which table a subnet has.
func (b *builder) routeTableBinding(a answer) {
	name := a.Root.Child("RouteTableName")
	if name == nil || name.Text == "" {
		b.dropTree(&a.Root, "the subnet has no route table")
		return
	}
	s := b.subnetOf(a)
	if s == nil {
		f := diag.New(unplaced, b.pos(a.Root.Ref), "this binding of route table %q does not say whose it is", name.Text)
		f.Hint = "save it as networking/virtualnetwork/VNET/subnets/SUBNET/routetables.xml, with the names of VNet and subnet, in the folder of the network configuration"
		b.found = append(b.found, f)
		b.forPerson(&a.Root, unplaced)
		return
	}
	b.bindTable(s, name.Text, slices.Concat(b.of(&a.Root), b.of(name)))
}
