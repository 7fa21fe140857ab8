package estate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/options"
)

// liveAnswers applies the options file to an estate of Resource Manager. A listing tells more than classic
// files do, so that there is less to answer: what Resource Manager does not have, or tells for sure, takes no
// answer, and an entry that gives one is reported.
type liveAnswers struct {
	answering
	gateways map[Key][]*Gateway // by VNet
}

// answered applies the options file.
func (r *armReader) answered() liveAnswers {
	a := liveAnswers{newAnswering(r.e, r.opts, &r.found), map[Key][]*Gateway{}}
	if a.opts.File == "" {
		return a
	}
	for i := range a.e.Gateways {
		g := &a.e.Gateways[i]
		a.gateways[g.VNet.Key()] = append(a.gateways[g.VNet.Key()], g)
	}
	a.strangers()
	a.subscriptions(r.homes)
	for i := range a.opts.Gateways {
		a.gateway(&a.opts.Gateways[i])
	}
	for i := range a.opts.Sites {
		a.site(&a.opts.Sites[i])
	}
	for i := range a.opts.Circuits {
		a.circuit(&a.opts.Circuits[i])
	}
	a.connections()
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

// circuit says whether the key of a circuit has to be asked for. Which VNets are linked to it the
// connections tell.
func (a *liveAnswers) circuit(said *options.Circuit) {
	var of []*Circuit
	for i := range a.e.Circuits {
		c := &a.e.Circuits[i]
		if strings.EqualFold(c.ID.Name, said.Name.Value) {
			of = append(of, c)
		}
	}
	if len(of) == 0 {
		a.unused(said.Name, "the input has no circuit %q", said.Name.Raw)
		return
	}
	for _, c := range of {
		c.Authorization = said.Authorization.Given()
	}
	if len(said.VNets) > 0 {
		a.unused(said.VNets[0], "the connections of the input tell which VNets circuit %q is linked to", said.Name.Raw)
	}
}

// connections applies what is said of connections, each named by its VNet and its site, or by its own name
// where it has no site.
func (a *liveAnswers) connections() {
	if len(a.opts.Connections) == 0 {
		return
	}
	x := NewIndex(a.e)
	of := map[Key][]*Connection{} // by VNet
	for i := range a.e.Connections {
		c := &a.e.Connections[i]
		if g := x.Gateway(c.Gateway); g != nil {
			of[g.VNet.Key()] = append(of[g.VNet.Key()], c)
		}
	}
	for i := range a.opts.Connections {
		said := &a.opts.Connections[i]
		at, ok := a.one(a.vnets, said.VNet)
		if !ok {
			continue
		}
		v := &a.e.VNets[at]
		var named []*Connection
		for _, c := range of[v.ID.Key()] {
			name := c.Site.Name
			if name == "" {
				name = c.ID.Name
			}
			if strings.EqualFold(name, said.Site.Value) {
				named = append(named, c)
			}
		}
		switch len(named) {
		case 0:
			a.unused(said.Site, "VNet %q has no connection to %q, and none of this name that has no local network gateway", v.Name, said.Site.Raw)
			continue
		case 1:
		default:
			a.unused(said.Site, "VNet %q has %d connections to %q", v.Name, len(named), said.Site.Raw)
			continue
		}
		c := named[0]
		a.connection(c, said, "connection "+strconv.Quote(c.ID.Name))
		if said.Circuit.Given() && !strings.EqualFold(said.Circuit.Value, c.Circuit.Name) {
			a.unused(said.Circuit, "connection %q names its circuit itself", c.ID.Name)
		}
	}
}
