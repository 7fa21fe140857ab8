package estate

import (
	"net/netip"
	"slices"
)

// record writes what was found into the connections, with the evidence.
func (p *pairer) record() {
	for i := range p.halves {
		h := &p.halves[i]
		c := &p.e.Connections[h.connection]
		site := &p.e.Sites[h.site]
		switch {
		case h.partner >= 0:
			c.Pairing = p.paired(h)
		case len(h.candidates) > 0:
			c.Pairing = Pairing{Confidence: Ambiguous}
			for _, k := range h.candidates {
				c.Pairing.Candidates = append(c.Pairing.Candidates, p.connection(k.half).ID)
			}
		case p.standsForVNet(h):
			c.Pairing = Pairing{Confidence: OneSided}
			for _, w := range p.covered[h.site] {
				if w != h.vnet {
					if c.Pairing.Toward.IsZero() {
						c.Pairing.Toward = p.e.VNets[w].ID
					}
					c.Pairing.Evidence = append(c.Pairing.Evidence, Evidence{NoReciprocal, p.e.VNets[w].Name})
				}
			}
		}
		if site.Address.Placeholder != "" {
			c.Pairing.Evidence = append(c.Pairing.Evidence, Evidence{PlaceholderAddress, site.Address.Raw})
		} else if p.shared[h.site] {
			c.Pairing.Evidence = append(c.Pairing.Evidence, Evidence{PlaceholderAddress, site.Address.Raw})
			site.Address.Placeholder = "shared by sites of unrelated prefixes"
		}
	}
}

func (p *pairer) connection(h int) *Connection {
	return &p.e.Connections[p.halves[h].connection]
}

func (p *pairer) paired(h *half) Pairing {
	g := &p.halves[h.partner]
	there := &p.e.VNets[g.vnet]
	pairing := Pairing{Confidence: Likely, Partner: p.connection(h.partner).ID}
	say := func(kind EvidenceKind, value string) {
		pairing.Evidence = append(pairing.Evidence, Evidence{kind, value})
	}
	if p.endpoint[h.site] == g.vnet && len(p.byAddr[p.e.Sites[h.site].Address.Addr]) > 1 {
		say(SameAddress, p.e.Sites[h.site].Address.Raw)
	}
	here := p.fit(h.site, g.vnet)
	switch here {
	case scoreOwn:
		say(OwnSpace, there.Name)
	case scoreCover:
		say(CoversSpace, there.Name)
	default:
		say(PartOfSpace, there.Name)
	}
	say(Reciprocal, p.e.Sites[g.site].Name)
	if len(h.candidates) == 1 {
		say(OnlyCandidate, p.connection(h.partner).ID.Name)
	}
	if p.named(h.partner0(p), h.partner) {
		say(SiteName, p.e.Sites[h.site].Name)
	}
	switch {
	case p.suspect[h.site], p.suspect[g.site]:
		pairing.Suspect = "SITE-001"
		for _, s := range []int{h.site, g.site} {
			if p.suspect[s] {
				say(AgainstAddress, p.e.Sites[s].Address.Raw)
			}
		}
	case h.names, len(h.candidates) > 1, len(g.candidates) > 1:
	case p.contradicted(h.vnet), p.contradicted(g.vnet):
		say(OtherAddress, p.e.Sites[h.site].Address.Raw)
	case p.addressed(h.site) && p.addressed(g.site) && here >= scoreCover && p.fit(g.site, h.vnet) >= scoreCover:
		pairing.Confidence = Certain
	}
	return pairing
}

// contradicted reports whether the sites that stand for a VNet give its gateway more than one
// usable address: all but one are stale, and nothing tells which.
func (p *pairer) contradicted(vnet int) bool {
	if p.addresses == nil {
		p.addresses = make([]netip.Addr, len(p.e.VNets))
		p.several = make([]bool, len(p.e.VNets))
		for i := range p.halves {
			h := &p.halves[i]
			if h.partner < 0 || !p.addressed(h.site) {
				continue
			}
			w, a := p.halves[h.partner].vnet, p.e.Sites[h.site].Address.Addr
			p.several[w] = p.several[w] || p.addresses[w].IsValid() && p.addresses[w] != a
			p.addresses[w] = a
		}
	}
	return p.several[vnet]
}

// partner0 is the index of the half itself: the partner of its partner.
func (h *half) partner0(p *pairer) int { return p.halves[h.partner].partner }

// addressed reports whether the site has an address that a gateway could have.
func (p *pairer) addressed(s int) bool {
	a := &p.e.Sites[s].Address
	return a.IsValid() && a.Placeholder == "" && !p.shared[s] && !p.suspect[s]
}

// standsForVNet reports whether a half without a candidate points at a VNet of the estate all
// the same: every prefix lies within the space of a VNet. A wider prefix is an on-premises
// supernet; a prefix outside every VNet is an on-premises network.
func (p *pairer) standsForVNet(h *half) bool {
	prefixes := p.e.Sites[h.site].Prefixes
	if len(prefixes) == 0 || len(p.covered[h.site]) == 0 {
		return false
	}
	for i := range prefixes {
		if !slices.ContainsFunc(p.covered[h.site], func(w int) bool {
			return w != h.vnet && Within(prefixes[i].Prefix, p.e.VNets[w].Space)
		}) {
			return false
		}
	}
	return true
}
