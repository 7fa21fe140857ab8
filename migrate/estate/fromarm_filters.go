package estate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
)

// filters reads route tables and network security groups, with the routes and rules that are resources
// of their own.
func (r *armReader) filters() {
	routes, rules := r.byOwner(arm.TypeRoute), r.byOwner(arm.TypeSecurityRule)
	for _, it := range r.of(TypeRouteTable) {
		b := it.Body
		t := RouteTable{ID: it.id, Name: it.id.Name, Region: r.region(it), NoPropagation: b.Property("disableBgpRoutePropagation").True(),
			RoutesKnown: true, Refs: r.refs(it, b, b.Member("name"))}
		for v := range b.Property("routes").Items() {
			t.Routes = append(t.Routes, r.route(it, v))
		}
		for _, child := range routes[ownerKey(it.id)] {
			if !slices.ContainsFunc(t.Routes, func(o Route) bool { return strings.EqualFold(o.Name.Value, child.id.Child) }) {
				t.Routes = append(t.Routes, r.route(child, child.Body))
			}
		}
		slices.SortStableFunc(t.Routes, func(a, b Route) int { return compareFold(a.Name.Value, b.Name.Value) })
		r.e.RouteTables = append(r.e.RouteTables, t)
	}
	for _, it := range r.of(TypeNSG) {
		b := it.Body
		g := SecurityGroup{ID: it.id, Name: it.id.Name, Region: r.region(it), RulesKnown: true, Refs: r.refs(it, b, b.Member("name"))}
		for v := range b.Property("securityRules").Items() {
			g.Rules = append(g.Rules, r.rule(it, v))
		}
		for _, child := range rules[ownerKey(it.id)] {
			if !slices.ContainsFunc(g.Rules, func(o SecurityRule) bool { return strings.EqualFold(o.Name.Value, child.id.Child) }) {
				g.Rules = append(g.Rules, r.rule(child, child.Body))
			}
		}
		slices.SortStableFunc(g.Rules, func(a, b SecurityRule) int {
			x, _ := strconv.Atoi(a.Priority.Value)
			y, _ := strconv.Atoi(b.Priority.Value)
			return cmp.Or(cmp.Compare(a.Direction.Value, b.Direction.Value), cmp.Compare(x, y))
		})
		r.e.SecurityGroups = append(r.e.SecurityGroups, g)
	}
}

// ownerKey is the key of the resource that children of one level stand under.
func ownerKey(id ID) Key {
	id.Type, id.Child = "", ""
	return id.Key()
}

// byOwner groups child resources by the resource that they stand under.
func (r *armReader) byOwner(typ string) map[Key][]*armItem {
	out := map[Key][]*armItem{}
	for _, it := range r.of(strings.TrimPrefix(typ, arm.Provider)) {
		key := ownerKey(it.id)
		out[key] = append(out[key], it)
	}
	return out
}

// nameOf is the name of a part, or of a resource of its own.
func (r *armReader) nameOf(it *armItem, v arm.Value) Fact {
	f := r.fact(it, v.Member("name"))
	if at := strings.LastIndexByte(f.Value, '/'); at >= 0 { // a template names a child with its parent
		f.Value = f.Value[at+1:]
	}
	return f
}

func (r *armReader) route(it *armItem, v arm.Value) Route {
	route := Route{Name: r.nameOf(it, v), Refs: r.refs(it, v),
		NextHop: r.word(it, v.Property("nextHopType"), HopGateway, HopLocal, HopInternet, HopAppliance, HopNone)}
	route.Address, _ = r.address(it, v.Property("nextHopIpAddress"))
	switch to := v.Property("addressPrefix"); {
	case to.Is(arm.KindString) && !strings.Contains(to.Text(), "/"): // a service tag, which names the platform's own addresses
		route.Prefix = Prefix{Raw: to.Text(), Refs: r.refs(it, to)}
	default:
		route.Prefix, _ = r.prefix(it, to)
	}
	return route
}

func (r *armReader) rule(it *armItem, v arm.Value) SecurityRule {
	s := SecurityRule{Name: r.nameOf(it, v), Direction: r.word(it, v.Property("direction"), "Inbound", "Outbound"),
		Priority: r.fact(it, v.Property("priority")), Access: r.word(it, v.Property("access"), "Allow", "Deny"),
		Protocol: r.fact(it, v.Property("protocol")), Refs: r.refs(it, v)}
	s.Source = r.anyOf(it, v, "sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups")
	s.Destination = r.anyOf(it, v, "destinationAddressPrefix", "destinationAddressPrefixes", "destinationApplicationSecurityGroups")
	s.SourcePort = r.anyOf(it, v, "sourcePortRange", "sourcePortRanges", "")
	s.DestinationPort = r.anyOf(it, v, "destinationPortRange", "destinationPortRanges", "")
	return s
}

// anyOf reads a property that has one value, several, or groups of interfaces. What the groups hold no
// listing of networks says; their ids stand for something that cannot be read.
func (r *armReader) anyOf(it *armItem, v arm.Value, one, several, groups string) Fact {
	f := r.fact(it, v.Property(one))
	all := v.Property(several).Texts()
	if groups != "" {
		for g := range v.Property(groups).Items() {
			all = append(all, g.Member("id").Text())
		}
	}
	if len(all) == 0 {
		return f
	}
	if f.Known() {
		all = append([]string{f.Value}, all...)
	}
	text := strings.Join(all, ",")
	return Fact{Value: text, Raw: text, Refs: append(f.Refs, r.refs(it, v.Property(several))...)}
}
