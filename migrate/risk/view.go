package risk

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// network is an estate, classic or of Resource Manager, with what its rules look up.
type network struct {
	*estate.Estate
	naming
	x       *estate.Index
	halves  []half
	ofVNet  map[*estate.VNet][]*half
	ofSite  map[*estate.Site][]*half
	spaces  ranges[*estate.VNet]
	outside ranges[*estate.Site] // prefixes of the sites that lead out of the estate

	gatewayOwners func() map[netip.Addr]*estate.VNet     // of the gateways' addresses, as the service said
	unused        func() map[netip.Prefix][]*estate.Site // that nothing refers to, by their first prefix

	groups   groups
	relation func() *reach.Relation // computed when a rule first asks
	beyond   func() []beyond
}

// half is a connection with its ends resolved.
type half struct {
	*estate.Connection
	near *estate.VNet
	far  *estate.VNet // of the partner; nil when there is none
	site *estate.Site // nil for a Dedicated connection to a site that the file does not define
}

func newNetwork(e *estate.Estate) *network {
	c := &network{Estate: e, naming: newNaming(e), x: estate.NewIndex(e),
		ofVNet: make(map[*estate.VNet][]*half, len(e.VNets)), ofSite: make(map[*estate.Site][]*half, len(e.Sites))}
	c.connect()
	c.groups = newGroups(e, c.x)
	c.spaces, c.outside = spacesOf(e), newRanges(c.premises())
	c.gatewayOwners, c.unused = sync.OnceValue(c.findGatewayOwners), sync.OnceValue(c.findUnused)
	c.relation = sync.OnceValue(func() *reach.Relation { return reach.Compute(e) })
	c.beyond = sync.OnceValue(c.findBeyond)
	return c
}

func (c *network) connect() {
	c.halves = make([]half, 0, len(c.Connections))
	for i := range c.Connections {
		conn := &c.Connections[i]
		h := half{Connection: conn, site: c.x.Site(conn.Site)}
		if g := c.x.Gateway(conn.Gateway); g != nil {
			h.near = c.x.VNet(g.VNet)
		}
		if !conn.Pairing.Partner.IsZero() {
			h.far = c.farEnd(conn)
		}
		if h.near != nil {
			c.halves = append(c.halves, h)
		}
	}
	for i := range c.halves {
		h := &c.halves[i]
		c.ofVNet[h.near] = append(c.ofVNet[h.near], h)
		if h.site != nil {
			c.ofSite[h.site] = append(c.ofSite[h.site], h)
		}
	}
}

func (c *network) farEnd(conn *estate.Connection) *estate.VNet {
	partner := c.x.Connection(conn.Pairing.Partner)
	if partner == nil {
		return nil
	}
	g := c.x.Gateway(partner.Gateway)
	if g == nil {
		return nil
	}
	return c.x.VNet(g.VNet)
}

// premises lists the prefixes of the referenced sites that stand for no VNet.
func (c *network) premises() []owned[*estate.Site] {
	var all []owned[*estate.Site]
	for i := range c.Sites {
		s := &c.Sites[i]
		if c.leadsOut(s) {
			for _, p := range s.Prefixes {
				all = append(all, owned[*estate.Site]{p, s})
			}
		}
	}
	return all
}

// leadsOut reports whether a referenced site is a network outside the estate. The far end of an
// ambiguous half is a VNet, only nobody knows which.
func (c *network) leadsOut(s *estate.Site) bool {
	return s.Endpoint.IsZero() && slices.ContainsFunc(c.ofSite[s], func(h *half) bool {
		return h.Pairing.Confidence == estate.NotPaired
	})
}

func (c *network) at(refs []diag.Ref) diag.Pos { return first(c.Estate, refs) }

// first is the place of an object: that of its first Ref.
func first(e *estate.Estate, refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return e.Pos(refs[0])
}

// connected reports whether a tunnel joins two VNets.
func (c *network) connected(a, b *estate.VNet) bool {
	return slices.ContainsFunc(c.ofVNet[a], func(h *half) bool { return h.far == b })
}

// vpn lists the halves of a VNet that are tunnels.
func (c *network) vpn(v *estate.VNet) []*half {
	var out []*half
	for _, h := range c.ofVNet[v] {
		if h.Kind != estate.ExpressRoute {
			out = append(out, h)
		}
	}
	return out
}

// couldBeHub reports whether a plan would look at a VNet as a hub: several tunnels end at it, one
// of them at another VNet.
func (c *network) couldBeHub(v *estate.VNet) bool {
	return len(c.vpn(v)) > 1 && slices.ContainsFunc(c.ofVNet[v], func(h *half) bool { return h.far != nil })
}

// location is where a VNet is in the relation.
func location(v *estate.VNet) reach.Location {
	return reach.Location{Kind: reach.VNet, ID: v.ID, Name: v.Name}
}

// target is a plan with what its rules look up.
type target struct {
	*plan.Plan
	naming
	classic *estate.Estate
	base    *estate.Index
	x       *estate.Index    // of the target
	made    map[addition]int // numbers in Steps
}

func newTarget(classic *estate.Estate, p *plan.Plan) *target {
	names := newNaming(p.Target)
	names.modern = classic.IsARM() // the reader knows the network by the words of the input
	return &target{Plan: p, naming: names, classic: classic, base: estate.NewIndex(p.Base), x: estate.NewIndex(p.Target), made: additions(p.Steps)}
}

// refused is what the platform would refuse of the target and not of the base.
func (t *target) refused() diag.List {
	known := map[[2]string]bool{}
	for _, f := range estate.Validate(t.Base) {
		known[[2]string{f.Rule, f.Message}] = true
	}
	return slices.DeleteFunc(estate.Validate(t.Target), func(f diag.Finding) bool { return known[[2]string{f.Rule, f.Message}] })
}

func (t *target) at(refs []diag.Ref) diag.Pos { return first(t.Target, refs) }

// place is the position of a location: its VNet's; an on-premises network has several sites and
// so none of its own.
func (t *target) place(l reach.Location) diag.Pos {
	if v := t.base.VNet(l.ID); v != nil {
		return first(t.Base, v.Refs)
	}
	return diag.Pos{}
}

// firstRefs is the first of the lists that is not empty.
func firstRefs(a, b []diag.Ref) []diag.Ref {
	if len(a) == 0 {
		return b
	}
	return a
}
