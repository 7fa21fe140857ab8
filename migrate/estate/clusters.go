package estate

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
)

// addresses reads what tells the endpoint of a site by itself: what the engineer says, the device
// address where the service said whose it is, and the sites that share one.
func (p *pairer) addresses() {
	p.gatewayAddresses()
	p.declared()
	for s := range p.e.Sites {
		if v, ok := p.vnetOfGateway[p.e.Sites[s].AddressOf.Key()]; ok && !p.fixed[s] && !p.outside[s] {
			p.endpoint[s], p.fixed[s], p.proven[s] = v, true, true
		}
		a := &p.e.Sites[s].Address
		if !a.IsValid() {
			continue
		}
		owner, owned := p.ownerOf[a.Addr]
		if a.Placeholder = azure.Placeholder(a.Addr); owned {
			a.Placeholder = "" // it looks like one, and is a gateway's
		}
		if len(p.ofSite[s]) == 0 || a.Placeholder != "" || p.outside[s] {
			continue
		}
		p.byAddr[a.Addr] = append(p.byAddr[a.Addr], s)
		if owned && owner >= 0 && !p.fixed[s] {
			p.prove(s, owner)
		}
	}
	p.swappedPartners()
	p.clusters()
	p.crossed()
}

// gatewayAddresses notes the public addresses of the gateways that the service said to exist, and which
// it said not to exist.
func (p *pairer) gatewayAddresses() {
	p.known, p.absent = make([]netip.Addr, len(p.e.VNets)), make([]bool, len(p.e.VNets))
	for i := range p.e.Gateways {
		g := &p.e.Gateways[i]
		if g.Kind != VPNGateway {
			continue
		}
		v := p.vnetOfGateway[g.ID.Key()]
		p.absent[v] = g.Absent()
		for _, a := range p.addressesOf(g, v) {
			p.known[v] = a
			if w, taken := p.ownerOf[a]; taken && w != v {
				p.ownerOf[a] = -1 // answers of different times: it cannot be both gateways'
			} else {
				p.ownerOf[a] = v
			}
		}
	}
}

// addressesOf are the public addresses that the gateway of a VNet has for certain.
func (p *pairer) addressesOf(g *Gateway, vnet int) []netip.Addr {
	if p.e.VNets[vnet].Model == ARM {
		return g.ownAddresses()
	}
	if a, known := g.KnownAddress(); known {
		return []netip.Addr{a}
	}
	return nil
}

// declared obeys the options file.
func (p *pairer) declared() {
	for s := range p.e.Sites {
		switch d := &p.e.Sites[s].Declared; d.Kind {
		case Undeclared:
		case DeclaredVNet:
			if v, ok := p.vnetOf[d.VNet.Key()]; ok {
				p.endpoint[s], p.fixed[s] = v, true
			}
		default:
			p.outside[s] = true
		}
	}
}

// prove takes a site for what its address says, unless that cannot be meant: a site with the
// address of the only VNet that uses it, or one whose prefixes plainly are those of another VNet
// that has a connection back, carries the wrong address.
func (p *pairer) prove(s, owner int) {
	if !slices.ContainsFunc(p.ofSite[s], func(h int) bool { return p.halves[h].vnet != owner }) {
		p.own[s], p.suspect[s] = true, true
		return
	}
	if v, ok := p.direct(s); ok && v != owner && p.fit(s, v) >= scoreCover && p.answers(v, s) {
		p.suspect[s] = true
		return
	}
	p.endpoint[s], p.fixed[s], p.proven[s] = owner, true, true
}

// answers reports whether VNet v has a connection that covers a user of the site.
func (p *pairer) answers(v, s int) bool {
	return slices.ContainsFunc(p.ofSite[s], func(h int) bool {
		return p.halves[h].vnet != v && len(p.backTo(v, p.halves[h].vnet)) > 0
	})
}

// swappedPartners finds the other site of a pair whose addresses are swapped when only one of the
// two gateways is known: A's site for B carries A's address, so what B's site for A carries
// instead of it is most likely B's.
func (p *pairer) swappedPartners() {
	for s := range p.own {
		v, ok := p.direct(s)
		if !p.own[s] || !ok {
			continue
		}
		for _, h := range p.ofSite[s] {
			for _, back := range p.backTo(v, p.halves[h].vnet) {
				t := p.halves[back].site
				a := &p.e.Sites[t].Address
				_, owned := p.ownerOf[a.Addr]
				if a.IsValid() && a.Placeholder == "" && !owned && !p.fixed[t] && !p.outside[t] {
					p.suspect[t] = true
				}
			}
		}
	}
}

// clusters reads the device addresses that nobody has said the owner of: the sites that share one
// describe one gateway, and its VNet is in the reach of them all.
func (p *pairer) clusters() {
	for addr, sites := range p.byAddr {
		if _, owned := p.ownerOf[addr]; owned {
			continue
		}
		common := p.common(sites)
		switch {
		case len(common) == 1:
			for _, s := range sites {
				if !p.suspect[s] && !p.fixed[s] {
					p.endpoint[s] = common[0]
				}
			}
		case len(common) == 0 && len(sites) > 1 && p.anyCovers(sites) && !p.oneNetwork(sites) && !p.anyFixed(sites):
			for _, s := range sites {
				p.shared[s] = !p.suspect[s]
			}
		}
	}
}

// common returns the VNets that every site touches and that do not use one of the sites
// themselves: a VNet is never its own far end. A site without prefixes, or with so wide ones that
// they say nothing, has no say. Of several, those remain that answer each user of the sites; a
// site that is declared to be a VNet decides alone.
func (p *pairer) common(sites []int) []int {
	var common []int
	first := true
	for _, s := range sites {
		switch {
		case p.suspect[s], !p.fixed[s] && p.mute(s):
			continue
		case p.fixed[s]:
			return p.within([]int{p.endpoint[s]}, sites)
		case first:
			common, first = slices.Clone(p.covered[s]), false
			continue
		}
		common = slices.DeleteFunc(common, func(v int) bool {
			_, in := slices.BinarySearch(p.covered[s], v)
			return !in
		})
	}
	for _, s := range sites {
		for _, h := range p.ofSite[s] {
			common = slices.DeleteFunc(common, func(v int) bool { return v == p.halves[h].vnet })
		}
	}
	if len(common) > 1 && len(sites) > 1 {
		if answering := p.answering(common, sites); len(answering) == 1 {
			return answering
		}
	}
	return common
}

// within returns the VNets when every site that says something touches them.
func (p *pairer) within(vnets, sites []int) []int {
	for _, s := range sites {
		if !p.fixed[s] && !p.mute(s) && !slices.Contains(p.covered[s], vnets[0]) {
			return nil
		}
	}
	return vnets
}

// mute reports whether the prefixes of a site say nothing: there are none, or they touch more VNets
// than are looked at.
func (p *pairer) mute(s int) bool {
	return p.covered[s] == nil && (p.wide[s] || len(p.e.Sites[s].Prefixes) == 0)
}

func (p *pairer) answering(vnets, sites []int) []int {
	return slices.DeleteFunc(slices.Clone(vnets), func(v int) bool {
		return slices.ContainsFunc(sites, func(s int) bool { return !p.suspect[s] && !p.answers(v, s) })
	})
}

func (p *pairer) anyFixed(sites []int) bool {
	return slices.ContainsFunc(sites, func(s int) bool { return p.fixed[s] })
}

// oneNetwork reports whether the sites have a prefix in common that no VNet has: they are then one
// on-premises device, which each VNet describes with what it reaches through it.
func (p *pairer) oneNetwork(sites []int) bool {
	return slices.ContainsFunc(p.e.Sites[sites[0]].Prefixes, func(q Prefix) bool {
		return !slices.ContainsFunc(sites, func(s int) bool {
			return !Within(q.Prefix, p.e.Sites[s].Prefixes) || slices.ContainsFunc(p.covered[s], func(v int) bool { return Within(q.Prefix, p.e.VNets[v].Space) })
		})
	})
}

func (p *pairer) anyCovers(sites []int) bool {
	return slices.ContainsFunc(sites, func(s int) bool { return len(p.covered[s]) > 0 })
}

// crossed finds addresses that stand crosswise: x names VNet v in one site and w in another,
// while y names w and v. The sites in the minority are swapped; when it is a draw, all are
// suspect, because nothing tells which.
func (p *pairer) crossed() {
	votes := map[int]map[netip.Addr][]int{} // VNet → address → sites
	for addr, sites := range p.byAddr {
		if _, owned := p.ownerOf[addr]; owned {
			continue // the service said whose it is
		}
		for _, s := range sites {
			if v, ok := p.direct(s); ok && !p.fixed[s] && !p.suspect[s] {
				if votes[v] == nil {
					votes[v] = map[netip.Addr][]int{}
				}
				votes[v][addr] = append(votes[v][addr], s)
			}
		}
	}
	var conflicts []netip.Addr
	for addr, sites := range p.byAddr {
		if p.shared[sites[0]] {
			conflicts = append(conflicts, addr)
		}
	}
	slices.SortFunc(conflicts, netip.Addr.Compare)
	for _, addr := range conflicts {
		for _, s := range p.byAddr[addr] {
			if v, ok := p.direct(s); ok && p.crosses(votes, addr, v) {
				p.judge(votes, v)
			}
		}
	}
	for s := range p.suspect {
		if p.suspect[s] {
			p.shared[s] = false
		}
	}
}

// direct is the VNet that a site's prefixes stand for, when they touch only one.
func (p *pairer) direct(s int) (vnet int, ok bool) {
	if len(p.covered[s]) != 1 {
		return 0, false
	}
	return p.covered[s][0], true
}

// crosses reports whether another address stands for v, and one of this address's other VNets is
// named by that one too.
func (p *pairer) crosses(votes map[int]map[netip.Addr][]int, addr netip.Addr, v int) bool {
	for w, of := range votes {
		if w == v || len(of[addr]) == 0 {
			continue
		}
		for other := range of {
			if other != addr && len(votes[v][other]) > 0 {
				return true
			}
		}
	}
	return false
}

// uses counts the halves of some sites: a site that three VNets share is right or wrong for three.
func (p *pairer) uses(sites []int) int {
	n := 0
	for _, s := range sites {
		n += len(p.ofSite[s])
	}
	return n
}

// judge compares the addresses that the sites of v carry: the one that most halves use is v's, the
// others are swapped in.
func (p *pairer) judge(votes map[int]map[netip.Addr][]int, v int) {
	most, winners := 0, 0
	for _, sites := range votes[v] {
		switch n := p.uses(sites); {
		case n > most:
			most, winners = n, 1
		case n == most:
			winners++
		}
	}
	for _, sites := range votes[v] {
		for _, s := range sites {
			if p.uses(sites) == most && winners == 1 {
				p.shared[s], p.endpoint[s] = false, v
			} else {
				p.suspect[s] = true
			}
		}
	}
}
