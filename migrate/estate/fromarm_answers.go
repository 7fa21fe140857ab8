package estate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// liveAnswers applies the options file to an estate of Resource Manager. A listing tells more than classic
// files do, so that there is less to answer: what Resource Manager does not have, or tells for sure, takes no
// answer, and an entry that gives one is reported.
type liveAnswers struct {
	answering
	gateways map[Key][]*Gateway    // by VNet
	of       map[Key][]*Connection // by VNet
}

// answered applies the options file.
func (r *armReader) answered() liveAnswers {
	a := liveAnswers{answering: newAnswering(r.e, r.opts, &r.found), gateways: map[Key][]*Gateway{}}
	if a.opts.File == "" {
		return a
	}
	for i := range a.e.Gateways {
		g := &a.e.Gateways[i]
		a.gateways[g.VNet.Key()] = append(a.gateways[g.VNet.Key()], g)
	}
	a.strangers()
	a.subscriptions(r.homes)
	for _, g := range plainFirst(a.opts.Gateways, func(g *options.Gateway) options.Text { return g.VNet }) {
		a.gateway(g)
	}
	for _, s := range plainFirst(a.opts.Sites, func(s *options.Site) options.Text { return s.Name }) {
		a.site(s)
	}
	for i := range a.opts.Circuits {
		a.circuit(&a.opts.Circuits[i])
	}
	for _, c := range plainFirst(a.opts.Connections, func(c *options.Connection) options.Text { return c.VNet }) {
		a.connection(c)
	}
	return a
}

func (a *liveAnswers) subscriptions(homes map[string]bool) {
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(homes)) {
		s, ok := a.opts.Subscription(name)
		if !ok {
			continue
		}
		used[s.Name.Value] = true
		i := slices.IndexFunc(a.e.Subscriptions, func(s Subscription) bool { return s.Name == name })
		if i < 0 {
			i = len(a.e.Subscriptions)
			a.e.Subscriptions = append(a.e.Subscriptions, Subscription{Name: name})
		}
		known := &a.e.Subscriptions[i]
		if known.Tenant != "" && s.Tenant.Given() && known.Tenant != s.Tenant.Value {
			a.overrules(s.Tenant, nil, "subscription %q is of the tenant %s here, and of %s in the input", name, s.Tenant.Value, known.Tenant)
		}
		if s.ID.Given() {
			known.ID = s.ID.Value
		}
		if s.Tenant.Given() {
			known.Tenant = s.Tenant.Value
		}
		known.ResourceGroup = s.ResourceGroup.Value
	}
	for _, s := range a.opts.Subscriptions {
		if !used[s.Name.Value] {
			a.unused(s.Name, "nothing of the input is of a subscription %q; give its id as well, where the input has it by that alone", s.Name.Raw)
		}
	}
}

func (a *liveAnswers) gateway(said *options.Gateway) {
	i, ok := a.one(a.vnets, said.VNet)
	if !ok {
		return
	}
	v := &a.e.VNets[i]
	var g *Gateway
	for _, of := range a.gateways[v.ID.Key()] {
		if of.Kind == VPNGateway || of.Kind == ExpressRouteGateway && g == nil {
			g = of
		}
	}
	if g == nil {
		a.unused(said.VNet, "no gateway of VNet %q is listed, and one that is not listed takes no answers", v.Name)
		return
	}
	a.fact(&g.State, said.State, "the state of the gateway", v.Name)
	a.fact(&g.Routing, said.Routing, "the routing type of the gateway", v.Name)
	a.address(&g.Address, said.Address, "the gateway of VNet", v.Name)
	if said.Size.Given() {
		a.unused(said.Size, "a gateway of Resource Manager has no size; the SKU of %q is listed", g.ID.Name)
	}
	switch {
	case !said.SKU.Given() || strings.EqualFold(said.SKU.Value, g.SKU):
	case g.SKU == "":
		g.SKU = said.SKU.Value
	default:
		a.unused(said.SKU, "gateway %q has the SKU %s in the input; %s is what a classic gateway would get", g.ID.Name, g.SKU, said.SKU.Value)
	}
	for _, c := range said.RootCertificates {
		a.certificate(g, c)
	}
	if j, ok := a.one(a.sites, said.DefaultSite); ok && said.DefaultSite.Given() {
		site := a.e.Sites[j].ID
		if !g.DefaultSite.IsZero() && !g.DefaultSite.Same(site) {
			a.overrules(said.DefaultSite, g.DefaultRefs, "the default site of VNet %q is %q here, and %q in the input", v.Name, said.DefaultSite.Raw, g.DefaultSite.Name)
		}
		g.DefaultSite = site
	}
}

// circuit says whether the key of a circuit has to be asked for, and which circuit a connection without one leads
// to. Of the others the connections tell it.
func (a *liveAnswers) circuit(said *options.Circuit) {
	of := a.circuitsNamed(said.Name)
	switch {
	case len(of) > 1:
		path, before := of[0].ID.Path()
		a.unused(said.Name, "%q names %d circuits of the input; write the %s before it, as %q", said.Name.Raw, len(of), before, path)
		return
	case len(of) == 0 && !said.ResourceID.Given():
		a.unused(said.Name, "the input has no circuit %q; give its resourceId, if it is not listed", said.Name.Raw)
		return
	case len(of) == 0:
		a.e.Circuits = append(a.e.Circuits, Circuit{ID: circuitID(said.ResourceID.Value), ResourceID: said.ResourceID.Value})
		of = []*Circuit{&a.e.Circuits[len(a.e.Circuits)-1]}
	case said.ResourceID.Given() && !circuitID(said.ResourceID.Value).Same(of[0].ID):
		a.unused(said.ResourceID, "circuit %q is listed with another resource id", said.Name.Raw)
	}
	of[0].Authorization = said.Authorization.Given()
	for _, name := range said.VNets {
		i, ok := a.one(a.vnets, name)
		if !ok {
			continue
		}
		open := a.connectionsOf(a.e.VNets[i].ID, func(c *Connection) bool { return c.Kind == ExpressRoute && c.Circuit.IsZero() })
		if len(open) != 1 {
			a.unused(name, "VNet %q has %d ExpressRoute connections that do not name their circuit themselves", a.e.VNets[i].Name, len(open))
			continue
		}
		open[0].Circuit = of[0].ID
	}
}

func (a *liveAnswers) circuitsNamed(name options.Text) []*Circuit {
	var of []*Circuit
	for i := range a.e.Circuits {
		if c := &a.e.Circuits[i]; a.opts.NamesIn(name, c.ID.Subscription, c.ID.Group, c.ID.Name) {
			of = append(of, c)
		}
	}
	return of
}

// circuitID is the ID of a circuit by its resource id, which options.Parse has checked.
func circuitID(resource string) ID {
	n, _ := arm.ParseResourceID(resource)
	return ID{Subscription: strings.ToLower(n.Subscription), Group: n.Group, Type: TypeCircuit, Name: n.Name()}
}

// connectionsOf are the connections of the gateways of a VNet that are of some kind.
func (a *liveAnswers) connectionsOf(vnet ID, is func(*Connection) bool) []*Connection {
	if a.of == nil {
		a.of = map[Key][]*Connection{}
		x := NewIndex(a.e)
		for i := range a.e.Connections {
			c := &a.e.Connections[i]
			if g := x.Gateway(c.Gateway); g != nil {
				a.of[g.VNet.Key()] = append(a.of[g.VNet.Key()], c)
			}
		}
	}
	var out []*Connection
	for _, c := range a.of[vnet.Key()] {
		if is(c) {
			out = append(out, c)
		}
	}
	return out
}

// connection applies what is said of a connection, which is named by its VNet and its site, or by its own name in
// the place of the site.
func (a *liveAnswers) connection(said *options.Connection) {
	at, ok := a.one(a.vnets, said.VNet)
	if !ok {
		return
	}
	v := &a.e.VNets[at]
	named := a.connectionsOf(v.ID, func(c *Connection) bool {
		return !c.Site.IsZero() && a.opts.NamesIn(said.Site, c.Site.Subscription, c.Site.Group, c.Site.Name)
	})
	if len(named) != 1 {
		if own := a.connectionsOf(v.ID, func(c *Connection) bool { return strings.EqualFold(c.ID.Name, said.Site.Value) }); len(own) > 0 {
			named = own
		}
	}
	switch len(named) {
	case 1:
	case 0:
		a.unused(said.Site, "VNet %q has no connection to %q, and none of this name", v.Name, said.Site.Raw)
		return
	default:
		a.unused(said.Site, "VNet %q has %d connections to %q; name one of them in the place of the site, as %q", v.Name, len(named), said.Site.Raw, named[0].ID.Name)
		return
	}
	c := named[0]
	state := c.State.Value
	a.settle(c, said, "connection "+strconv.Quote(c.ID.Name))
	if !strings.EqualFold(state, c.State.Value) {
		c.State.Refs = nil // the document says something else there
	}
	switch {
	case !said.Circuit.Given():
	case c.Kind != ExpressRoute:
		a.unused(said.Circuit, "connection %q leads to no circuit: it is %s", c.ID.Name, c.Kind)
	case c.Circuit.IsZero():
		if of := a.circuitsNamed(said.Circuit); len(of) == 1 {
			c.Circuit = of[0].ID
		} else if other, ok := a.opts.Circuit(said.Circuit.Value); ok && other.ResourceID.Given() {
			c.Circuit = circuitID(other.ResourceID.Value)
		} else {
			a.unused(said.Circuit, "%q names %d circuits of the input, and no entry of circuits has its resourceId", said.Circuit.Raw, len(of))
		}
	case !a.opts.NamesIn(said.Circuit, c.Circuit.Subscription, c.Circuit.Group, c.Circuit.Name):
		a.unused(said.Circuit, "connection %q names circuit %q itself", c.ID.Name, c.Circuit.Name)
	}
}
