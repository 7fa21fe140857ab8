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
	x        *Index
	circuits map[string]ID // by the name of an entry, folded
}

// answered applies the options file.
func (r *armReader) answered() liveAnswers {
	input := "listing"
	if !r.live {
		input = "template"
	}
	a := liveAnswers{newAnswering(r.e, r.opts, &r.found, input), NewIndex(r.e), map[string]ID{}}
	if a.opts.File == "" {
		return a
	}
	a.strangers()
	a.subscriptions(slices.Sorted(maps.Keys(r.homes)))
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

func (a *liveAnswers) gateway(said *options.Gateway) {
	i, ok := a.one(a.vnets, said.VNet)
	if !ok {
		return
	}
	v := &a.e.VNets[i]
	var g *Gateway
	for _, of := range a.x.GatewaysOf(v.ID) {
		if g == nil || of.Kind == VPNGateway {
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
	if j, ok := a.one(a.sites, said.DefaultSite); ok {
		a.defaultSite(v, g, said.DefaultSite, a.e.Sites[j].ID)
	}
}

// circuit says whether the key of a circuit has to be asked for, and which circuit a connection without one leads
// to. Of the others the connections tell it.
func (a *liveAnswers) circuit(said *options.Circuit) {
	c := a.circuitOf(said)
	if c == nil {
		return
	}
	a.circuits[strings.ToLower(said.Name.Value)] = c.ID
	c.Authorization = c.Authorization || said.Authorization.Given()
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
		open[0].Circuit = c.ID
	}
}

// circuitOf is the circuit that an entry is about, by its resource id or its name; one that is not listed is added.
func (a *liveAnswers) circuitOf(said *options.Circuit) *Circuit {
	is := func(id ID) bool { return a.opts.NamesIn(said.Name, id.Subscription, id.Group, id.Name) }
	if n, ok := arm.ParseResourceID(said.ResourceID.Value); ok {
		id := ID{Subscription: strings.ToLower(n.Subscription), Group: n.Group, Type: TypeCircuit, Name: n.Name()}
		is = id.Same
		if !slices.ContainsFunc(a.e.Circuits, func(c Circuit) bool { return is(c.ID) }) {
			a.e.Circuits = append(a.e.Circuits, Circuit{ID: id, ResourceID: said.ResourceID.Value})
		}
	}
	var of []*Circuit
	for i := range a.e.Circuits {
		if is(a.e.Circuits[i].ID) {
			of = append(of, &a.e.Circuits[i])
		}
	}
	switch len(of) {
	case 1:
		return of[0]
	case 0:
		a.unused(said.Name, "no %s knows circuit %q; give its resourceId, if it is not listed", a.input, said.Name.Raw)
	default:
		path, before := of[0].ID.Path()
		a.unused(said.Name, "%q names %d circuits of the input; write the %s before it, as %q", said.Name.Raw, len(of), before, path)
	}
	return nil
}

// connectionsOf are the connections of the gateways of a VNet that are of some kind.
func (a *liveAnswers) connectionsOf(vnet ID, is func(*Connection) bool) []*Connection {
	var out []*Connection
	for _, g := range a.x.GatewaysOf(vnet) {
		for _, c := range a.x.ConnectionsOf(g.ID) {
			if is(c) {
				out = append(out, c)
			}
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
	if said.Circuit.Given() {
		a.circuitAnswer(c, said.Circuit)
	}
}

// circuitAnswer says which circuit a connection leads to, by the name of an entry or of a circuit.
func (a *liveAnswers) circuitAnswer(c *Connection, name options.Text) {
	if c.Kind != ExpressRoute {
		a.unused(name, "connection %q leads to no circuit: it is %s", c.ID.Name, c.Kind)
		return
	}
	id, known := a.circuits[strings.ToLower(name.Value)]
	if !known {
		listed := a.circuitOf(&options.Circuit{Name: name})
		if listed == nil {
			return
		}
		id = listed.ID
	}
	switch {
	case c.Circuit.IsZero():
		c.Circuit = id
	case !id.Same(c.Circuit):
		a.unused(name, "connection %q names circuit %q itself", c.ID.Name, c.Circuit.Name)
	}
}
