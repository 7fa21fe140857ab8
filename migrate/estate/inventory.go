package estate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// settled puts the objects that answers added into order, and the engineer's own answers on top.
func (b *builder) settled() {
	e := b.e
	b.answered()
	slices.SortStableFunc(e.Sites, func(x, y Site) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Gateways, func(x, y Gateway) int {
		return cmp.Or(compareID(x.VNet, y.VNet), cmp.Compare(x.Kind, y.Kind))
	})
	slices.SortStableFunc(e.Connections, func(x, y Connection) int {
		return cmp.Or(cmp.Compare(x.ID.Subscription, y.ID.Subscription), compareFold(x.ID.Name, y.ID.Name), compareFold(x.Site.Name, y.Site.Name))
	})
	slices.SortStableFunc(e.SecurityGroups, func(x, y SecurityGroup) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.RouteTables, func(x, y RouteTable) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Circuits, func(x, y Circuit) int { return compareID(x.ID, y.ID) })
}

// identified takes over the ids of subscriptions that documents tell.
func (b *builder) identified(all []subscription) {
	for i := range all {
		if all[i].id != "" {
			b.e.subscription(all[i].name).ID = strings.ToLower(all[i].id)
		}
	}
}

// answered applies the options file.
func (b *builder) answered() {
	b.said = newAnswering(b.e, b.opts, &b.found, "classic file")
	if b.opts.File == "" {
		return
	}
	b.said.strangers()
	b.said.subscriptions(b.subscriptionNames())
	b.regionAnswers()
	for _, g := range plainFirst(b.opts.Gateways, func(g *options.Gateway) options.Text { return g.VNet }) {
		b.gatewayAnswers(g)
	}
	for _, s := range plainFirst(b.opts.Sites, func(s *options.Site) options.Text { return s.Name }) {
		b.said.site(s)
	}
	for i := range b.opts.Circuits {
		b.circuitAnswers(&b.opts.Circuits[i])
	}
	for _, c := range plainFirst(b.opts.Connections, func(c *options.Connection) options.Text { return c.VNet }) {
		b.connectionAnswers(c)
	}
}

func (b *builder) subscriptionNames() []string {
	var names []string
	for i := range b.e.VNets {
		names = append(names, b.e.VNets[i].ID.Subscription)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (b *builder) regionAnswers() {
	told := map[diag.Ref]bool{} // groups that were compared with the input
	for i := range b.e.VNets {
		v := &b.e.VNets[i]
		if v.Region.AffinityGroup == "" {
			continue
		}
		a, ok := b.opts.AffinityGroup(v.ID.Subscription, v.Region.AffinityGroup)
		if !ok {
			continue
		}
		if v.Region.Name != "" && v.Region.Name != a.Region.Value && !told[a.Name.Ref] {
			b.said.overrules(a.Region, v.Region.Refs, "affinity group %q is in %s here, and %s in the input", v.Region.AffinityGroup, a.Region.Value, v.Region.Name)
		}
		told[a.Name.Ref] = true
		v.Region.Name, v.Region.Raw = a.Region.Value, a.Region.Raw
	}
}

func (b *builder) gatewayAnswers(a *options.Gateway) {
	i, ok := b.said.one(b.said.vnets, a.VNet)
	if !ok {
		return
	}
	v := &b.e.VNets[i]
	g := b.gatewayOf(v)
	if g == nil {
		g = b.vpnGatewayOf(v)
	}
	if g == nil && a.State.Value != GatewayProvisioned {
		b.said.unused(a.VNet, "VNet %q has no gateway in the input; say state: provisioned, if there is one", v.Name)
		return
	}
	if g == nil {
		g = b.newGateway(v, VPNGateway, nil)
	}
	b.said.fact(&g.State, a.State, "the state of the gateway", v.Name)
	b.said.fact(&g.Routing, a.Routing, "the routing type of the gateway", v.Name)
	size := a.Size
	if size.Value == "Basic" {
		size.Value = "Default" // two names of one size
	}
	b.said.fact(&g.Size, size, "the size of the gateway", v.Name)
	if a.SKU.Given() {
		g.SKU = a.SKU.Value
	}
	b.said.address(&g.Address, a.Address, "the gateway of VNet", v.Name)
	for _, c := range a.RootCertificates {
		b.said.certificate(g, c)
	}
	if a.DefaultSite.Given() {
		b.defaultSiteAnswer(v, g, a.DefaultSite)
	}
}

func (b *builder) defaultSiteAnswer(v *VNet, g *Gateway, t options.Text) {
	i, ok := b.sites[ID{Subscription: v.ID.Subscription, Type: TypeSite, Name: t.Value}.Key()]
	if !ok {
		return
	}
	b.said.defaultSite(v, g, t, b.e.Sites[i].ID)
}

// circuitNamed is the place of a circuit, by its name or service key, or -1.
func (b *builder) circuitNamed(name string) int {
	return slices.IndexFunc(b.e.Circuits, func(c Circuit) bool {
		return strings.EqualFold(c.ID.Name, name) || strings.EqualFold(c.ServiceKey.Value, name) || c.ID.Name == keyed(name)
	})
}

func (b *builder) circuitAnswers(a *options.Circuit) {
	at := b.circuitNamed(a.Name.Value)
	if at < 0 {
		at = len(b.e.Circuits)
		b.e.Circuits = append(b.e.Circuits, Circuit{ID: ID{Type: TypeCircuit, Name: a.Name.Value}})
	}
	c := &b.e.Circuits[at]
	c.ResourceID, c.Authorization = a.ResourceID.Value, a.Authorization.Given()
	for _, name := range a.VNets {
		if i, ok := b.said.one(b.said.vnets, name); ok {
			b.linkCircuit(c, &b.e.VNets[i])
		}
	}
}

func (b *builder) connectionAnswers(a *options.Connection) {
	i, ok := b.said.one(b.said.vnets, a.VNet)
	if !ok {
		return
	}
	v := &b.e.VNets[i]
	c := b.connectionOf(v.ID, a.Site.Value)
	if c == nil {
		b.said.unused(a.Site, "VNet %q has no connection to a local network site %q", v.Name, a.Site.Raw)
		return
	}
	b.said.settle(c, a, "the connection of VNet "+strconv.Quote(v.Name)+" to local network site "+strconv.Quote(c.Site.Name))
	if a.Circuit.Given() {
		if at := b.circuitNamed(a.Circuit.Value); at >= 0 {
			c.Circuit = b.e.Circuits[at].ID
		} else {
			b.said.unused(a.Circuit, "no circuit is named %q", a.Circuit.Raw)
		}
	}
}
