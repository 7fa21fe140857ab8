package estate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg"
)

// maxCovered bounds how many VNets one site is compared with. A site that covers more is a
// supernet and says nothing about one of them.
const maxCovered = 1024

// Connect joins the halves of tunnels, says of every site what it is, and lists what has to be
// assumed. FromNetcfg does so; who learns more of a classic estate afterwards (a gateway's address,
// a key, a declaration) calls it again, and everything inferred is inferred anew.
func Connect(e *Estate) {
	for i := range e.Connections {
		e.Connections[i].Pairing = Pairing{}
	}
	pair(e)
	classify(e)
	e.Assumptions = assume(e)
}

// pair finds, for every IPsec half that has no partner yet, the half that is its other end.
//
// A classic file has no mark that a local network site stands for a VNet; the other end is
// inferred, from the strongest evidence to the weakest: what the engineer says; device addresses
// that the service said to be a gateway's; equal shared keys; equal device addresses, which name
// one gateway, whose VNet is in the ranges that all sites with it share; both halves must cover
// each other's VNet; a half that fits nothing else is settled and taken from its rivals' lists,
// and so are those that can be joined in one way only. Names decide only between candidates that
// are equal otherwise. What is still open is ambiguous, and what has no candidate is one-sided or
// not of this estate.
// Source: docs/sources.md#pairing.
func pair(e *Estate) {
	p := newPairer(e)
	p.addresses()
	p.candidates()
	p.settle()
	p.record()
}

// half is one IPsec connection seen by index.
type half struct {
	connection, vnet, site int
	candidates             []candidate // alive ones
	partner                int         // index of the half, or -1
	score                  int         // of the pair when paired
	names                  bool        // decided by names, or by what names decided
	matched                bool        // decided by the only way to join its component
}

type candidate struct {
	half  int
	score int
}

type pairer struct {
	e        *Estate
	halves   []half
	ofVNet   [][]int // halves by VNet
	ofSite   [][]int // halves by site
	covered  [][]int // VNets whose space a site's prefixes touch, ascending; nil for a supernet
	wide     []bool  // sites that touch more VNets than are looked at
	endpoint []int   // the VNet that a site is known to stand for, or -1
	fixed    []bool  // sites that a declaration or a gateway's own address settles
	proven   []bool  // the latter
	outside  []bool  // sites that are declared to be nothing of this estate
	own      []bool  // sites with the address of the VNet that uses them
	suspect  []bool  // sites whose address speaks crosswise for another VNet (SITE-001)
	shared   []bool  // sites whose address is shared by sites of unrelated prefixes (SITE-002)
	byAddr   map[netip.Addr][]int

	known         []netip.Addr       // by VNet: the address of its gateway, as the service said
	absent        []bool             // by VNet: the service said that its gateway does not exist
	ownerOf       map[netip.Addr]int // the VNet whose gateway has an address, -1 when several are said to
	vnetOf        map[Key]int        // by ID
	vnetOfGateway map[Key]int
	backs         []map[int][]int       // see backTo
	keys          map[netcfg.Secret]int // how many halves have a key
	joined        int                   // how many pairs there are

	given   []netip.Addr // by VNet: a usable address that sites give its gateway
	several []bool       // by VNet: whether there is more than one

	plainVNet, plainSite []string // names reduced to what people compare
}

func newPairer(e *Estate) *pairer {
	p := &pairer{
		e: e, ofVNet: make([][]int, len(e.VNets)), ofSite: make([][]int, len(e.Sites)),
		covered: make([][]int, len(e.Sites)), endpoint: make([]int, len(e.Sites)),
		wide: make([]bool, len(e.Sites)), fixed: make([]bool, len(e.Sites)), proven: make([]bool, len(e.Sites)),
		outside: make([]bool, len(e.Sites)), own: make([]bool, len(e.Sites)),
		suspect: make([]bool, len(e.Sites)), shared: make([]bool, len(e.Sites)), byAddr: map[netip.Addr][]int{},
		ownerOf: map[netip.Addr]int{}, backs: make([]map[int][]int, len(e.VNets)), keys: map[netcfg.Secret]int{},
		vnetOf: make(map[Key]int, len(e.VNets)), vnetOfGateway: make(map[Key]int, len(e.Gateways)),
	}
	for i := range e.VNets {
		p.vnetOf[e.VNets[i].ID.Key()] = i
		p.plainVNet = append(p.plainVNet, plainName(azure.PlainNetworkName(e.VNets[i].Name)))
	}
	for i := range e.Gateways {
		p.vnetOfGateway[e.Gateways[i].ID.Key()] = p.vnetOf[e.Gateways[i].VNet.Key()]
	}
	sites := make(map[Key]int, len(e.Sites))
	for i := range e.Sites {
		sites[e.Sites[i].ID.Key()] = i
		p.endpoint[i] = -1
		p.plainSite = append(p.plainSite, plainName(azure.PlainSiteName(e.Sites[i].Name)))
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		if c.Kind != IPsec || !c.Pairing.Partner.IsZero() {
			continue
		}
		if c.Key.Known() {
			p.keys[c.Key]++
		}
		h := half{connection: i, vnet: p.vnetOfGateway[c.Gateway.Key()], site: sites[c.Site.Key()], partner: -1}
		p.ofVNet[h.vnet] = append(p.ofVNet[h.vnet], len(p.halves))
		p.ofSite[h.site] = append(p.ofSite[h.site], len(p.halves))
		p.halves = append(p.halves, h)
	}
	p.cover()
	return p
}

// cover finds the VNets that each referenced site touches.
func (p *pairer) cover() {
	var table bart.Table[[]int]
	for i := range p.e.VNets {
		for _, prefix := range p.e.VNets[i].Space {
			at, _ := table.Get(prefix.Prefix)
			table.Insert(prefix.Prefix, append(at, i))
		}
	}
	known := map[netip.Prefix][]int{}
	for s := range p.e.Sites {
		if len(p.ofSite[s]) == 0 {
			continue
		}
		var touched []int
		for _, prefix := range p.e.Sites[s].Prefixes {
			touched = append(touched, overlaps(&table, known, prefix.Prefix)...)
			if len(touched) > maxCovered {
				break
			}
		}
		if p.wide[s] = len(touched) > maxCovered; p.wide[s] {
			continue
		}
		slices.Sort(touched)
		p.covered[s] = slices.Compact(touched)
	}
}

func overlaps(table *bart.Table[[]int], known map[netip.Prefix][]int, p netip.Prefix) []int {
	if at, ok := known[p]; ok {
		return at
	}
	var at []int
	for _, vnets := range table.Subnets(p) {
		at = append(at, vnets...)
		if len(at) > maxCovered {
			break
		}
	}
	for wider, vnets := range table.Supernets(p) {
		if wider != p {
			at = append(at, vnets...)
		}
	}
	known[p] = at
	return at
}

// Scores of a candidate; evidence adds up.
const (
	scorePart    = 1 // the prefixes touch the VNet
	scoreCover   = 2 // they contain its whole space
	scoreOwn     = 4 // they are exactly its space
	scoreAddress = 16
	scoreKey     = 64
)

// candidates lists for every half the halves that could be its other end.
func (p *pairer) candidates() {
	clear(p.backs) // endpoints have been settled since
	for i := range p.halves {
		h := &p.halves[i]
		for _, w := range p.means(h.site) {
			if w == h.vnet {
				continue
			}
			for _, j := range p.backTo(w, h.vnet) {
				if score := p.score(h, &p.halves[j]); score > 0 {
					h.candidates = append(h.candidates, candidate{j, score})
				}
			}
		}
	}
}

// means lists the VNets that a site may stand for, ascending.
func (p *pairer) means(s int) []int {
	switch {
	case p.outside[s]:
		return nil
	case p.endpoint[s] >= 0:
		return p.endpoint[s : s+1]
	}
	return p.covered[s]
}

// fewHalves is how many halves of a VNet are looked through one by one.
const fewHalves = 16

// backTo lists the halves of VNet w whose sites may stand for v. A hub with thousands of spokes is
// asked thousands of times, so the answers for VNets with many halves are prepared at once; they
// must not be asked for before the endpoints are known, except by what decides on these.
func (p *pairer) backTo(w, v int) []int {
	if len(p.ofVNet[w]) <= fewHalves {
		var back []int
		for _, j := range p.ofVNet[w] {
			if _, in := slices.BinarySearch(p.covered[p.halves[j].site], v); in || p.endpoint[p.halves[j].site] == v {
				back = append(back, j)
			}
		}
		return back
	}
	if p.backs[w] == nil {
		p.backs[w] = map[int][]int{}
		for _, j := range p.ofVNet[w] {
			s := p.halves[j].site
			for _, u := range p.covered[s] {
				p.backs[w][u] = append(p.backs[w][u], j)
			}
			if end := p.endpoint[s]; end >= 0 && !slices.Contains(p.covered[s], end) {
				p.backs[w][end] = append(p.backs[w][end], j)
			}
		}
	}
	return p.backs[w][v]
}

// score says how well two halves fit each other; 0: not at all.
func (p *pairer) score(h, g *half) int {
	if _, means := slices.BinarySearch(p.means(g.site), h.vnet); !means {
		return 0
	}
	score := p.fit(h.site, g.vnet) + p.fit(g.site, h.vnet)
	if p.sameDevice(h.site, g.site) && score < 2*scoreOwn && !p.fixed[h.site] && !p.fixed[g.site] {
		return 0 // both lead to one device, which is neither of the two
	}
	if p.endpoint[h.site] == g.vnet {
		score += scoreAddress
	}
	if p.endpoint[g.site] == h.vnet {
		score += scoreAddress
	}
	if p.sameKey(h, g) {
		score += scoreKey
	}
	return score
}

// sameKey reports whether two halves have one shared key that no other connection has. Keys that
// the service makes differ for each half until somebody sets both ends to the same; a key that
// stands in many places tells nothing apart.
func (p *pairer) sameKey(h, g *half) bool {
	a, b := p.key(h), p.key(g)
	return a.Known() && b.Known() && p.keys[a] == 2 && a.Equal(b)
}

func (p *pairer) key(h *half) netcfg.Secret { return p.e.Connections[h.connection].Key }

// sameDevice reports whether two sites have the same address, one that a device could have.
func (p *pairer) sameDevice(s, t int) bool {
	a, b := &p.e.Sites[s].Address, &p.e.Sites[t].Address
	return a.IsValid() && a.Placeholder == "" && a.Addr == b.Addr
}

func (p *pairer) fit(site, vnet int) int {
	prefixes, space := p.e.Sites[site].Prefixes, p.e.VNets[vnet].Space
	switch {
	case sameSpace(prefixes, space):
		return scoreOwn
	case covers(prefixes, space):
		return scoreCover
	case Overlap(prefixes, space):
		return scorePart
	}
	return 0
}

// settle pairs halves until nothing changes: first those that are each other's best and only
// best; then those that have one candidate left; then, among equals, those that names tell apart.
// A later kind of reason is used only when no earlier one applies anywhere.
func (p *pairer) settle() {
	all := make([]int, len(p.halves))
	for i := range all {
		all[i] = i
	}
	for _, names := range []bool{false, true} {
		before := p.joined
		p.mutual(slices.Clone(all), names)
		for queue := slices.Clone(all); len(queue) > 0; {
			i := queue[0]
			queue = queue[1:]
			if j, ok := p.only(i); ok {
				queue = append(queue, p.mutual(p.join(i, j, names), names)...)
			}
		}
		if !names || p.joined > before {
			p.match(names)
		}
	}
}

// match joins the halves of each component that can be joined in one way only. Where a component
// has two sides, settling halves with one candidate has found that way already; what is left for
// this are halves that fit each other in odd circles.
func (p *pairer) match(names bool) {
	number := make([]int, len(p.halves)) // within the component, from 1
	for i := range p.halves {
		if number[i] > 0 || !p.open(i) {
			continue
		}
		component := []int{i}
		number[i] = 1
		for at := 0; at < len(component); at++ {
			for _, c := range p.halves[component[at]].candidates {
				if number[c.half] == 0 && p.open(c.half) {
					component = append(component, c.half)
					number[c.half] = len(component)
				}
			}
		}
		p.matchComponent(component, number, names)
	}
}

// open reports whether a half has candidates and no partner.
func (p *pairer) open(i int) bool {
	return p.halves[i].partner < 0 && len(p.halves[i].candidates) > 0
}

func (p *pairer) matchComponent(component, number []int, names bool) {
	near, optional := make([][]int, len(component)), make([]bool, len(component))
	for v, i := range component {
		h := &p.halves[i]
		optional[v] = !p.standsForVNet(h) // it may as well lead out of the estate
		for _, c := range h.candidates {
			if p.open(c.half) {
				near[v] = append(near[v], number[c.half]-1)
			}
		}
	}
	mate, ok := uniqueMatching(near, optional)
	if !ok || p.twice(component, mate) {
		return
	}
	for v, w := range mate {
		if w > v {
			i, j := component[v], component[w]
			p.halves[i].matched, p.halves[j].matched = true, true
			p.join(i, j, names)
		}
	}
}

// twice reports whether a matching gives two VNets more than one tunnel.
func (p *pairer) twice(component, mate []int) bool {
	seen := map[[2]int]bool{}
	for v, w := range mate {
		if w > v {
			a, b := p.halves[component[v]].vnet, p.halves[component[w]].vnet
			pair := [2]int{min(a, b), max(a, b)}
			if seen[pair] {
				return true
			}
			seen[pair] = true
		}
	}
	return false
}

// mutual pairs the queued halves that are each other's single best, and goes on with the rivals
// of each pair. It returns every half it looked at.
func (p *pairer) mutual(queue []int, names bool) []int {
	for at := 0; at < len(queue); at++ {
		i := queue[at]
		if p.halves[i].partner >= 0 {
			continue
		}
		if j, ok := p.best(i, names); ok {
			if back, ok := p.best(j, names); ok && back == i {
				queue = append(queue, p.join(i, j, names)...)
			}
		}
	}
	return queue
}

// only returns the last candidate of a half, unless another half depends on it as well.
func (p *pairer) only(i int) (int, bool) {
	if p.halves[i].partner >= 0 || len(p.halves[i].candidates) != 1 {
		return 0, false
	}
	j := p.halves[i].candidates[0].half
	return j, !slices.ContainsFunc(p.halves[j].candidates, func(c candidate) bool {
		return c.half != i && len(p.halves[c.half].candidates) == 1
	})
}

// best is the candidate that scores highest, when only one does.
func (p *pairer) best(i int, names bool) (int, bool) {
	top, at, draw := -1, -1, false
	for _, c := range p.halves[i].candidates {
		score := 2 * c.score
		if names && p.named(i, c.half) {
			score++
		}
		switch {
		case score > top:
			top, at, draw = score, c.half, false
		case score == top:
			draw = true
		}
	}
	return at, at >= 0 && !draw
}

// named reports whether the half's site is named like the candidate's VNet: "Local-Dublin" and
// "VNet-Dublin" are not, "Local-Dublin" and "Dublin" are.
func (p *pairer) named(i, j int) bool {
	return strings.Contains(p.plainSite[p.halves[i].site], p.plainVNet[p.halves[j].vnet])
}

// plainName leaves out what names are joined with: "Local-Dublin" contains "dublin".
func plainName(s string) string { return strings.ToLower(joints.Replace(s)) }

var joints = strings.NewReplacer("-", "", "_", "", " ", "", ".", "")

// join pairs two halves and returns the halves that lost a candidate.
func (p *pairer) join(i, j int, names bool) []int {
	var touched []int
	p.joined++
	for _, c := range p.halves[i].candidates {
		if c.half == j {
			p.halves[i].score, p.halves[j].score = c.score, c.score
		}
	}
	p.halves[i].partner, p.halves[j].partner = j, i
	p.halves[i].names, p.halves[j].names = names, names
	for _, taken := range []int{i, j} {
		for _, c := range p.halves[taken].candidates {
			rival := &p.halves[c.half]
			if rival.partner >= 0 {
				continue
			}
			rival.candidates = slices.DeleteFunc(rival.candidates, func(r candidate) bool { return r.half == i || r.half == j })
			touched = append(touched, c.half)
		}
	}
	touched = append(touched, p.apart(i, j)...)
	touched = append(touched, p.apart(j, i)...)
	// A rival that has one candidate less may have become the only one of another.
	for _, r := range slices.Clone(touched) {
		for _, c := range p.halves[r].candidates {
			touched = append(touched, c.half)
		}
	}
	slices.Sort(touched)
	return slices.Compact(touched)
}

// apart takes, from the other halves of i's VNet, the candidates in j's: two VNets have one tunnel.
// It returns the halves that lost one. Source: docs/sources.md#vnet-to-vnet.
func (p *pairer) apart(i, j int) []int {
	var touched []int
	for _, k := range p.ofVNet[p.halves[i].vnet] {
		h := &p.halves[k]
		if h.partner >= 0 {
			continue
		}
		before := len(h.candidates)
		h.candidates = slices.DeleteFunc(h.candidates, func(c candidate) bool { return p.halves[c.half].vnet == p.halves[j].vnet })
		if len(h.candidates) < before {
			touched = append(touched, k)
		}
	}
	return touched
}
