package estate

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Validate says what the platform would refuse of an estate, classic or ARM. It is the one place
// for platform legality: plan, its checker and risk all ask it.
// Sources: docs/sources.md#addressing, #peering, #gateway-subnet.
func Validate(e *Estate) diag.List {
	v := validator{e: e, x: NewIndex(e), clouds: map[string]string{}, site: "site"}
	if len(e.Listings) > 0 {
		v.site = "gateway"
	}
	for i := range e.VNets {
		v.space(&e.VNets[i])
		v.subnets(&e.VNets[i])
		v.peerings(&e.VNets[i])
	}
	for i := range e.Gateways {
		v.gateway(&e.Gateways[i])
	}
	v.found.Sort()
	return v.found
}

type validator struct {
	e     *Estate
	x     *Index
	found diag.List

	clouds map[string]string // by region
	site   string            // the last word for a local network site: what a listing calls it
}

func (v *validator) at(refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return v.e.Pos(refs[0])
}

func (v *validator) space(n *VNet) {
	var all []ownedPrefix
	for i, p := range n.Space {
		all = append(all, ownedPrefix{p, i})
		if bad, ok := forbidden(p.Prefix); ok {
			v.found.Add("ADDR-011", v.at(p.Refs), "address space %s of VNet %q lies in %s, which a VNet may not use", p, n.Name, bad)
		}
	}
	for _, c := range collisions(all) {
		v.found = append(v.found, diag.New("ADDR-007", v.at(c.inner.Refs), "address space of VNet %q overlaps itself: %s and %s", n.Name, c.inner, c.outer).
			See(v.at(c.outer.Refs), "%s is here", c.outer))
	}
}

func forbidden(p netip.Prefix) (netip.Prefix, bool) {
	for _, bad := range azure.ForbiddenPrefixes() {
		if bad.Overlaps(p) && p.Bits() > 0 {
			return bad, true
		}
	}
	return netip.Prefix{}, false
}

func (v *validator) subnets(n *VNet) {
	var all []ownedPrefix
	for i := range n.Subnets {
		s := &n.Subnets[i]
		all = append(all, ownedPrefix{s.Prefix, i})
		if !Within(s.Prefix.Prefix, n.Space) {
			v.found = append(v.found, diag.New("ADDR-007", v.at(s.Prefix.Refs), "subnet %q (%s) lies outside the address space of VNet %q", s.Raw, s.Prefix, n.Name).
				See(v.at(n.Refs), "VNet %q is here", n.Name))
		}
	}
	for _, c := range collisions(all) {
		v.found = append(v.found, diag.New("ADDR-007", v.at(c.inner.Refs), "subnets of VNet %q overlap: %q (%s) and %q (%s)",
			n.Name, n.Subnets[c.innerOwner].Raw, c.inner, n.Subnets[c.outerOwner].Raw, c.outer).See(v.at(c.outer.Refs), "%q is here", n.Subnets[c.outerOwner].Raw))
	}
}

// gateway checks what hangs on one gateway: its subnet, and the routes of its connections.
func (v *validator) gateway(g *Gateway) {
	n := v.x.VNet(g.VNet)
	if n == nil {
		return
	}
	connections := v.x.ConnectionsOf(g.ID)
	if _, ok := n.GatewaySubnet(); !ok && (len(connections) > 0 || len(g.ClientPools) > 0) {
		v.found.Add("GW-002", v.at(n.Refs), "VNet %q has connections or a client pool but no subnet named %s", n.Name, GatewaySubnet)
	}
	var all []ownedPrefix
	var sites []*Site
	for _, c := range connections {
		s := v.x.Site(c.Site)
		if s == nil || c.Kind == ExpressRoute {
			continue
		}
		for _, p := range s.Prefixes {
			all = append(all, ownedPrefix{p, len(sites)})
		}
		sites = append(sites, s)
		if p, q, ok := overlapping(s.Prefixes, n.Space); ok {
			v.found = append(v.found, diag.New("ADDR-003", v.at(p.Refs), "prefix %s of local network %s %q overlaps %s of VNet %q, which connects to it", p, v.site, s.Name, q, n.Name).
				See(v.at(q.Refs), "%q is here", n.Name))
		}
	}
	for _, c := range collisions(all) {
		if c.innerOwner == c.outerOwner {
			continue
		}
		a, b := sites[c.innerOwner], sites[c.outerOwner]
		v.found = append(v.found, diag.New("ADDR-004", v.at(c.inner.Refs), "local network %ss %q (%s) and %q (%s) of VNet %q overlap", v.site, a.Name, c.inner, b.Name, c.outer, n.Name).
			See(v.at(c.outer.Refs), "%q is here", b.Name))
	}
}

// GatewaySubnet finds the subnet for gateways, in any letter case.
func (n *VNet) GatewaySubnet() (Subnet, bool) {
	for _, s := range n.Subnets {
		if len(s.Raw) == len(GatewaySubnet) && compareFold(s.Raw, GatewaySubnet) == 0 {
			return s, true
		}
	}
	return Subnet{}, false
}

// peerings checks the peering halves of one VNet.
func (v *validator) peerings(n *VNet) {
	halves := v.x.PeeringsOf(n.ID)
	if len(halves) == 0 {
		return
	}
	if len(halves) > azure.MaxPeeringsPerVNet {
		v.found.Add("HUB-002", v.at(n.Refs), "VNet %q would have %d peerings; %d are allowed", n.Name, len(halves), azure.MaxPeeringsPerVNet)
	}
	var remote []ownedPrefix
	var users []*Peering
	for i, half := range halves {
		r := v.x.VNet(half.Remote)
		if half.UseRemoteGateways {
			users = append(users, half)
		}
		if r == nil {
			continue
		}
		for _, p := range r.Space {
			remote = append(remote, ownedPrefix{p, i})
		}
		v.peering(n, r, half)
	}
	for _, c := range collisions(remote) {
		if c.innerOwner != c.outerOwner {
			a, b := v.x.VNet(halves[c.innerOwner].Remote), v.x.VNet(halves[c.outerOwner].Remote)
			v.found = append(v.found, diag.New("ADDR-002", v.at(c.inner.Refs), "VNet %q is peered with %q (%s) and %q (%s), which overlap", n.Name, a.Name, c.inner, b.Name, c.outer).
				See(v.at(c.outer.Refs), "%q is here", b.Name))
		}
	}
	if len(users) > 1 {
		v.found.Add("PEER-006", v.at(n.Refs), "%d peerings of VNet %q use remote gateways; one may", len(users), n.Name)
	}
}

func (v *validator) peering(n, r *VNet, half *Peering) {
	if p, q, ok := overlapping(n.Space, r.Space); ok {
		v.found = append(v.found, diag.New("ADDR-001", v.at(p.Refs), "prefix %s of %q overlaps %s of %q; the two cannot be peered", p, n.Name, q, r.Name).
			See(v.at(q.Refs), "%q is here", r.Name))
	}
	if a, b := v.cloudOf(n), v.cloudOf(r); a != b && a != "" && b != "" {
		v.found.Add("PEER-009", v.at(n.Refs), "%q is in %s and %q in %s; peering does not cross clouds", n.Name, a, r.Name, b)
	}
	if !half.UseRemoteGateways {
		return
	}
	at := v.at(half.Refs) // of a planned half there is none
	if len(half.Refs) == 0 {
		at = v.at(n.Refs)
	}
	if len(v.x.GatewaysOf(n.ID)) > 0 {
		v.found.Add("GW-004", at, "VNet %q has a gateway of its own and cannot use that of %q", n.Name, r.Name)
	}
	if v.e.lists(r.ID.Subscription, TypeGateway) && !slices.ContainsFunc(v.x.StandingIn(r.ID), func(g *Gateway) bool { return g.Kind.Virtual() || g.Kind == RouteServer }) {
		v.found.Add("PEER-005", at, "VNet %q would use a gateway of %q, which has none", n.Name, r.Name)
	}
	back := slices.IndexFunc(v.x.PeeringsOf(r.ID), func(p *Peering) bool { return p.Remote.Same(n.ID) && p.AllowGatewayTransit })
	if back < 0 {
		v.found.Add("PEER-005", at, "VNet %q would use the gateway of %q, whose peering does not allow gateway transit", n.Name, r.Name)
	}
}

func (v *validator) cloudOf(n *VNet) string {
	cloud, known := v.clouds[n.Region.Name]
	if !known {
		if r, ok := azure.LookupRegion(n.Region.Name); ok {
			cloud = r.Cloud
		}
		v.clouds[n.Region.Name] = cloud
	}
	return cloud
}

// lists reports whether an input would show an object of a type of a subscription. Classic files and
// templates show all there is.
func (e *Estate) lists(subscription, typ string) bool {
	for _, l := range e.Listings {
		if l.Subscription == subscription {
			return slices.Contains(l.Types, typ)
		}
	}
	return true
}

type ownedPrefix struct {
	Prefix
	owner int
}

type collision struct {
	inner, outer           Prefix
	innerOwner, outerOwner int
}

// collisions returns for each prefix the nearest one that contains it, if any. Prefixes are
// nested or disjoint, so one walk in address order with a stack of open ones finds them all.
func collisions(all []ownedPrefix) []collision {
	if len(all) < 2 {
		return nil
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b ownedPrefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var out []collision
	var open []ownedPrefix
	for _, p := range all {
		for len(open) > 0 && !open[len(open)-1].Contains(p.Addr()) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			outer := open[len(open)-1]
			out = append(out, collision{p.Prefix, outer.Prefix, p.owner, outer.owner})
		}
		open = append(open, p)
	}
	return out
}
