package estate

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// record writes what was found into the connections, with the evidence.
func (p *pairer) record() {
	for i := range p.halves {
		h := &p.halves[i]
		c := &p.e.Connections[h.connection]
		switch {
		case h.partner >= 0:
			c.Pairing = p.paired(i)
		case len(h.candidates) > 0:
			c.Pairing = p.ambiguous(h)
		default:
			c.Pairing = p.alone(h)
		}
		p.ownWords(h, &c.Pairing)
	}
	for s := range p.shared {
		if a := &p.e.Sites[s].Address; p.shared[s] && a.Placeholder == "" {
			a.Placeholder = "shared by sites of unrelated prefixes"
		}
	}
}

func (p *pairer) connection(h int) *Connection {
	return &p.e.Connections[p.halves[h].connection]
}

func (p *Pairing) say(kind EvidenceKind, value string) {
	p.Evidence = append(p.Evidence, Evidence{kind, value})
}

// ambiguous is the pairing of a half that could be the other end of several, or that several
// others fit.
func (p *pairer) ambiguous(h *half) Pairing {
	pairing := Pairing{Confidence: Ambiguous, Decide: p.deciding(h)}
	for _, k := range h.candidates {
		pairing.Candidates = append(pairing.Candidates, p.connection(k.half).ID)
	}
	if p.fixed[h.site] {
		p.sayEndpoint(h, &pairing)
	}
	return pairing
}

// alone is the pairing of a half that no other one fits. A connection that the service said to be
// up has a far end: when no VNet of the input has one back, that is outside.
func (p *pairer) alone(h *half) Pairing {
	var pairing Pairing
	site := &p.e.Sites[h.site]
	switch {
	case p.outside[h.site]:
		pairing.say(Declared, site.Declared.Kind.String())
		if site.Declared.Kind == DeclaredGone {
			pairing.Confidence = OneSided
		}
		return pairing
	case !p.standsForVNet(h):
		return pairing
	case p.fixed[h.site]:
		p.sayEndpoint(h, &pairing)
	}
	if p.fixed[h.site] || !p.said(h, StateConnected) {
		pairing.Confidence = OneSided
	}
	for _, w := range p.means(h.site) {
		if w == h.vnet {
			continue
		}
		if pairing.Confidence == OneSided && pairing.Toward.IsZero() {
			pairing.Toward = p.e.VNets[w].ID
		}
		pairing.say(NoReciprocal, p.e.VNets[w].Name)
	}
	if w, ok := p.meantVNet(h); ok && p.stale(h, w) {
		pairing.say(StaleAddress, site.Address.Raw)
	}
	return pairing
}

// meantVNet is the one VNet that a half without a partner stands for.
func (p *pairer) meantVNet(h *half) (int, bool) {
	means := slices.DeleteFunc(slices.Clone(p.means(h.site)), func(w int) bool { return w == h.vnet })
	if len(means) != 1 {
		return 0, false
	}
	return means[0], true
}

// sayEndpoint says what settles the VNet that the half's site stands for.
func (p *pairer) sayEndpoint(h *half, pairing *Pairing) {
	if p.proven[h.site] {
		pairing.say(ProvenAddress, p.e.Sites[h.site].Address.Raw)
	} else {
		pairing.say(Declared, p.e.VNets[p.endpoint[h.site]].Name)
	}
}

// ownWords adds what a half's own site and state say, whatever it is paired with.
func (p *pairer) ownWords(h *half, pairing *Pairing) {
	site := &p.e.Sites[h.site]
	switch {
	case p.own[h.site] && pairing.Partner.IsZero():
		pairing.say(OwnAddress, site.Address.Raw)
		pairing.Suspect = "SITE-001"
	case site.Address.Placeholder != "", p.shared[h.site]:
		pairing.say(PlaceholderAddress, site.Address.Raw)
	}
	if !pairing.Partner.IsZero() {
		return
	}
	if p.said(h, StateConnected) {
		pairing.say(SaidConnected, StateConnected)
	}
	_, down := p.notUp(h)
	p.sayDown(h, pairing)
	p.sayAbsent(h, pairing)
	switch {
	case pairing.Suspect != "":
	case p.absent[h.vnet]:
		pairing.Suspect = suspectNoGateway
	case down:
		pairing.Suspect = suspectNotUp
	}
}

// sayDown says that a half is not up, and who says so. A person's word on either end is enough, unless
// the service had the other one connected.
func (p *pairer) sayDown(h *half, pairing *Pairing) {
	declared := p.e.Connections[h.connection].DeclaredDown
	if state, down := p.notUp(h); down && !declared {
		pairing.say(SaidNotConnected, state)
	}
	up := false
	if h.partner >= 0 {
		g := &p.halves[h.partner]
		declared = declared || p.e.Connections[g.connection].DeclaredDown
		up = p.said(h, StateConnected) || p.said(g, StateConnected)
	}
	switch {
	case declared && up:
		pairing.say(DisputedDown, "")
	case declared:
		pairing.say(DeclaredDown, "")
	}
}

// sayAbsent says that a half's gateway does not exist.
func (p *pairer) sayAbsent(h *half, pairing *Pairing) {
	if p.absent[h.vnet] {
		pairing.say(SaidNoGateway, p.e.VNets[h.vnet].Name)
	}
}

// paired is the pairing of half i with its partner. That an end is up outweighs what speaks against
// the tunnel, but not that there is no gateway: then the answers are of different times.
func (p *pairer) paired(i int) Pairing {
	h := &p.halves[i]
	g := &p.halves[h.partner]
	pairing := Pairing{Confidence: Likely, Partner: p.connection(h.partner).ID}
	p.speakFor(i, &pairing)
	p.speakAgainst(h, g, &pairing)
	up := p.said(h, StateConnected) || p.said(g, StateConnected)
	switch {
	case p.suspect[h.site], p.suspect[g.site]:
		pairing.Suspect = "SITE-001"
	case p.absent[h.vnet], p.absent[g.vnet]:
		pairing.Suspect = suspectNoGateway
	case !up && (p.stale(h, g.vnet) || p.stale(g, h.vnet)):
		pairing.Suspect = "SITE-011"
	case !up && p.differentKeys(h, g):
		pairing.Suspect = "LINK-008"
	case !up && p.saidDown(h, g):
		pairing.Suspect = suspectNotUp
	}
	if p.sure(h, g) {
		pairing.Confidence = Certain
	} else {
		pairing.Decide = slices.Concat(p.missing(h, g.vnet), p.missing(g, h.vnet))
	}
	return pairing
}

// speakFor gives the reasons for the pairing of half i.
func (p *pairer) speakFor(i int, pairing *Pairing) {
	h := &p.halves[i]
	g := &p.halves[h.partner]
	site, there := &p.e.Sites[h.site], p.e.VNets[g.vnet].Name
	if p.fixed[h.site] {
		p.sayEndpoint(h, pairing)
	}
	if p.sameKey(h, g) {
		pairing.say(SameKey, "")
	}
	if !p.fixed[h.site] && p.endpoint[h.site] == g.vnet && len(p.byAddr[site.Address.Addr]) > 1 {
		pairing.say(SameAddress, site.Address.Raw)
	}
	switch p.fit(h.site, g.vnet) {
	case scoreOwn:
		pairing.say(OwnSpace, there)
	case scoreCover:
		pairing.say(CoversSpace, there)
	case scorePart:
		pairing.say(PartOfSpace, there)
	default:
		pairing.say(NoSpace, there)
	}
	pairing.say(Reciprocal, p.e.Sites[g.site].Name)
	switch {
	case len(h.candidates) == 1:
		pairing.say(OnlyCandidate, pairing.Partner.Name)
	case h.matched:
		pairing.say(OnlyMatching, "")
	}
	if p.named(i, h.partner) {
		pairing.say(SiteName, site.Name)
	}
	if p.said(h, StateConnected) {
		pairing.say(SaidConnected, StateConnected)
	}
}

// speakAgainst gives what is odd about two paired halves, as the first of them has it.
func (p *pairer) speakAgainst(h, g *half, pairing *Pairing) {
	others := true // no site of the two has the wrong address itself
	for _, k := range []*half{h, g} {
		address := p.e.Sites[k.site].Address.Raw
		before := len(pairing.Evidence)
		switch {
		case p.own[k.site]:
			pairing.say(OwnAddress, address)
		case p.suspect[k.site]:
			pairing.say(AgainstAddress, address)
		case p.stale(k, p.halves[k.partner].vnet):
			pairing.say(StaleAddress, address)
		}
		others = others && len(pairing.Evidence) == before
	}
	if others && p.fits(h, g) && (p.contradicted(h.vnet) || p.contradicted(g.vnet)) {
		pairing.say(OtherAddress, p.e.Sites[h.site].Address.Raw)
	}
	if p.differentKeys(h, g) {
		pairing.say(DifferentKey, "")
	}
	p.sayDown(h, pairing)
	p.sayAbsent(h, pairing)
	p.sayAbsent(g, pairing)
}

// fits reports whether nothing but addresses can make the pairing of two halves doubtful.
func (p *pairer) fits(h, g *half) bool {
	return !h.names && (h.matched || len(h.candidates) == 1 && len(g.candidates) == 1)
}

// sure reports whether nothing else than this pairing fits: both sites cover the other VNet and
// carry an address that nothing contradicts; or one of them is proven, and the other covers; or
// both ends have a key that nobody else has.
func (p *pairer) sure(h, g *half) bool {
	switch {
	case p.suspect[h.site], p.suspect[g.site], p.stale(h, g.vnet), p.stale(g, h.vnet):
		return false
	case p.sameKey(h, g):
		return true
	case !p.fits(h, g), p.contradicted(h.vnet), p.contradicted(g.vnet):
		return false
	}
	here, there := p.fixed[h.site] || p.fit(h.site, g.vnet) >= scoreCover, p.fixed[g.site] || p.fit(g.site, h.vnet) >= scoreCover
	settled := p.fixed[h.site] || p.fixed[g.site] || p.addressed(h.site) && p.addressed(g.site)
	return here && there && settled
}

// contradicted reports whether the sites that stand for a VNet give its gateway more than one
// usable address: all but one are stale, and nothing tells which.
func (p *pairer) contradicted(vnet int) bool {
	if p.given == nil {
		p.given = make([]netip.Addr, len(p.e.VNets))
		p.several = make([]bool, len(p.e.VNets))
		for i := range p.halves {
			h := &p.halves[i]
			if h.partner < 0 || !p.addressed(h.site) {
				continue
			}
			w, a := p.halves[h.partner].vnet, p.e.Sites[h.site].Address.Addr
			p.several[w] = p.several[w] || p.given[w].IsValid() && p.given[w] != a
			p.given[w] = a
		}
	}
	return p.several[vnet] && !p.known[vnet].IsValid()
}

// stale reports whether a half means VNet w, whose gateway has another address than the half's
// site, which is nobody else's: it was that of a gateway that has been deleted and made again.
func (p *pairer) stale(h *half, w int) bool {
	a := p.e.Sites[h.site].Address.Addr
	_, owned := p.ownerOf[a]
	return p.addressed(h.site) && !owned && p.known[w].IsValid() && p.known[w] != a && !p.said(h, StateConnected)
}

// addressed reports whether the site has an address that a gateway could have.
func (p *pairer) addressed(s int) bool {
	a := &p.e.Sites[s].Address
	return a.IsValid() && a.Placeholder == "" && !p.shared[s] && !p.suspect[s]
}

// differentKeys reports whether both ends have a key, and not the same.
func (p *pairer) differentKeys(h, g *half) bool {
	a, b := p.key(h), p.key(g)
	return a.Known() && b.Known() && !a.Equal(b)
}

func (p *pairer) said(h *half, state string) bool {
	return p.e.Connections[h.connection].State.Value == state
}

// notUp is the state of a half that the service said not to be up.
func (p *pairer) notUp(h *half) (state string, ok bool) {
	return p.e.Connections[h.connection].State.Value, p.said(h, StateNotConnected) || p.said(h, StateConnecting)
}

func (p *pairer) saidDown(h, g *half) bool {
	_, here := p.notUp(h)
	_, there := p.notUp(g)
	return here || there
}

// standsForVNet reports whether a half without a partner points at a VNet of the estate all
// the same: something settles which, or every prefix lies within the space of a VNet. A wider
// prefix is an on-premises supernet; a prefix outside every VNet is an on-premises network.
func (p *pairer) standsForVNet(h *half) bool {
	if p.fixed[h.site] {
		return p.endpoint[h.site] != h.vnet
	}
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

// missing lists the facts that would settle that a half means VNet w.
func (p *pairer) missing(h *half, w int) []string {
	var facts []string
	if !p.fixed[h.site] && !p.addressed(h.site) {
		facts = append(facts, p.deviceAddress(h))
	}
	if !p.fixed[h.site] && !p.known[w].IsValid() {
		facts = append(facts, "the public address of the gateway of VNet "+strconv.Quote(p.e.VNets[w].Name))
	}
	return facts
}

func (p *pairer) deviceAddress(h *half) string {
	return "the real device address of local network site " + strconv.Quote(p.e.Sites[h.site].Name)
}

// deciding lists the facts that would tell the candidates of a half apart.
func (p *pairer) deciding(h *half) []string {
	var facts []string
	var vnets []string
	keys := p.key(h).Known()
	for _, c := range h.candidates {
		g := &p.halves[c.half]
		keys = keys && p.key(g).Known()
		if name := strconv.Quote(p.e.VNets[g.vnet].Name); !p.known[g.vnet].IsValid() && !slices.Contains(vnets, name) {
			vnets = append(vnets, name)
		}
		if len(vnets) > fewNames {
			break // the rest is counted
		}
	}
	if !p.fixed[h.site] && !p.addressed(h.site) {
		facts = append(facts, p.deviceAddress(h))
	}
	switch n := len(vnets); {
	case n > fewNames:
		facts = append(facts, "the public addresses of the gateways of VNets "+strings.Join(vnets[:fewNames], ", ")+" and others")
	case n > 1:
		facts = append(facts, "the public addresses of the gateways of VNets "+strings.Join(vnets[:n-1], ", ")+" and "+vnets[n-1])
	case n == 1:
		facts = append(facts, "the public address of the gateway of VNet "+vnets[0])
	}
	if !keys {
		facts = append(facts, "the shared keys of this connection and of its candidates")
	}
	return append(facts, "a word of the options file: what local network site "+strconv.Quote(p.e.Sites[h.site].Name)+" is")
}

// fewNames is how many names one fact has.
const fewNames = 3
