package estate

import (
	"slices"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// declaredGone is the rule for connections whose far end the options file says is gone.
const declaredGone = "LINK-010"

// gone reports the connections that lead to what is declared gone. Where both ends of a tunnel do, one
// line is for both.
func (b *builder) gone() {
	x := NewIndex(b.e)
	type end struct {
		*Connection
		vnet *VNet
		site *Site
	}
	var ends []end
	of := map[Key][]int{} // by VNet
	for i := range b.e.Connections {
		c := &b.e.Connections[i]
		s := x.Site(c.Site)
		if c.Kind != IPsec || s == nil || s.Declared.Kind != DeclaredGone {
			continue
		}
		v := x.VNet(x.Gateway(c.Gateway).VNet)
		of[v.ID.Key()] = append(of[v.ID.Key()], len(ends))
		ends = append(ends, end{c, v, s})
	}
	if len(ends) == 0 {
		return
	}
	vnets := make([]*VNet, 0, len(of)) // with such connections, in the order of the estate
	for i := range b.e.VNets {
		if v := &b.e.VNets[i]; len(of[v.ID.Key()]) > 0 {
			vnets = append(vnets, v)
		}
	}
	told := make([]bool, len(ends))
	back := func(e end) int {
		for _, v := range vnets {
			if v == e.vnet || !Overlap(e.site.Prefixes, v.Space) {
				continue
			}
			for _, j := range of[v.ID.Key()] {
				if !told[j] && Overlap(ends[j].site.Prefixes, e.vnet.Space) {
					return j
				}
			}
		}
		return -1
	}
	for i, e := range ends {
		if told[i] {
			continue
		}
		told[i] = true
		j := back(e)
		if j < 0 {
			b.found.Add(declaredGone, b.e.Pos(e.Refs[0]), "VNet %q connects to local network site %q, which is declared gone; the connection is left out", e.vnet.Name, e.Site.Name)
			continue
		}
		told[j] = true
		f := diag.New(declaredGone, b.e.Pos(e.Refs[0]), "VNets %q and %q are joined by local network sites %q and %q, which are declared gone; the tunnel is left out",
			e.vnet.Name, ends[j].vnet.Name, e.Site.Name, ends[j].Site.Name)
		b.found = append(b.found, f.See(b.e.Pos(ends[j].Refs[0]), "the other end is here"))
	}
}

// leadsNowhere reports whether a half is left out because its far end is declared gone.
func (p *Pairing) leadsNowhere() bool {
	return p.Confidence == OneSided && p.Toward.IsZero() && slices.Contains(p.Evidence, Evidence{Declared, DeclaredGone.String()})
}
