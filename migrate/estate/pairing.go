package estate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/netmigrate/netmigrate/migrate/azure"
)

// maxCovered bounds how many VNets one site is compared with. A site that covers more is a
// supernet and says nothing about one of them.
const maxCovered = 1024

// pair finds, for every IPsec half, the half that is its other end.
//
// A classic file has no mark that a local network site stands for a VNet; the other end is
// inferred, from the strongest evidence to the weakest: equal device addresses name one gateway;
// the ranges that all sites with one address share name its VNet; both halves must cover each
// other's VNet; a half that fits nothing else is settled and taken from its rivals' lists. Names
// decide only between candidates that are equal otherwise. What is still open is ambiguous, and
// what has no candidate is one-sided or not of this estate.
// Source: docs/sources.md#pairing.
func pair(e *Estate) {
	p := newPairer(e)
	p.clusters()
	p.crossed()
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
	names                  bool        // decided by names only
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
	endpoint []int   // the VNet that a site's device address speaks for, or -1
	suspect  []bool  // sites whose address speaks crosswise for another VNet (SITE-001)
	shared   []bool  // sites whose address is shared by sites of unrelated prefixes (SITE-002)
	byAddr   map[netip.Addr][]int

	addresses []netip.Addr // by VNet: a usable address of its gateway
	several   []bool       // by VNet: whether there is more than one

	plainVNet, plainSite []string // names reduced to what people compare
}

func newPairer(e *Estate) *pairer {
	p := &pairer{
		e: e, ofVNet: make([][]int, len(e.VNets)), ofSite: make([][]int, len(e.Sites)),
		covered: make([][]int, len(e.Sites)), endpoint: make([]int, len(e.Sites)),
		suspect: make([]bool, len(e.Sites)), shared: make([]bool, len(e.Sites)), byAddr: map[netip.Addr][]int{},
	}
	vnets := make(map[Key]int, len(e.VNets)) // by gateway
	for i := range e.VNets {
		id := e.VNets[i].ID
		id.Type, id.Child = TypeGateway, VPNGateway.String()
		vnets[id.Key()] = i
		p.plainVNet = append(p.plainVNet, plainName(azure.PlainNetworkName(id.Name)))
	}
	sites := make(map[Key]int, len(e.Sites))
	for i := range e.Sites {
		sites[e.Sites[i].ID.Key()] = i
		p.endpoint[i] = -1
		p.plainSite = append(p.plainSite, plainName(azure.PlainSiteName(e.Sites[i].Name)))
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		if c.Kind != IPsec {
			continue
		}
		h := half{connection: i, vnet: vnets[c.Gateway.Key()], site: sites[c.Site.Key()], partner: -1}
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
		if len(touched) > maxCovered {
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

// clusters reads the device addresses: the sites that share one describe one gateway, and its
// VNet is in the reach of them all.
func (p *pairer) clusters() {
	for s := range p.e.Sites {
		a := &p.e.Sites[s].Address
		if len(p.ofSite[s]) > 0 && a.IsValid() && a.Placeholder == "" {
			p.byAddr[a.Addr] = append(p.byAddr[a.Addr], s)
		}
	}
	for _, sites := range p.byAddr {
		common := p.common(sites)
		switch {
		case len(common) == 1:
			for _, s := range sites {
				p.endpoint[s] = common[0]
			}
		case len(common) == 0 && len(sites) > 1 && p.anyCovers(sites) && !p.oneNetwork(sites):
			for _, s := range sites {
				p.shared[s] = true
			}
		}
	}
}

// common returns the VNets that every site touches and that do not use one of the sites
// themselves: a VNet is never its own far end.
func (p *pairer) common(sites []int) []int {
	var common []int
	for i, s := range sites {
		if i == 0 {
			common = slices.Clone(p.covered[s])
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
	return common
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
		for _, s := range sites {
			if v, ok := p.direct(s); ok {
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

// Scores of a candidate; evidence adds up.
const (
	scorePart    = 1 // the prefixes touch the VNet
	scoreCover   = 2 // they contain its whole space
	scoreOwn     = 4 // they are exactly its space
	scoreAddress = 16
)

// candidates lists for every half the halves that could be its other end.
func (p *pairer) candidates() {
	for i := range p.halves {
		h := &p.halves[i]
		for _, w := range p.covered[h.site] {
			if w == h.vnet || p.endpoint[h.site] >= 0 && p.endpoint[h.site] != w {
				continue
			}
			for _, j := range p.ofVNet[w] {
				if score := p.score(h, &p.halves[j]); score > 0 {
					h.candidates = append(h.candidates, candidate{j, score})
				}
			}
		}
	}
}

func (p *pairer) score(h, g *half) int {
	if end := p.endpoint[g.site]; end >= 0 && end != h.vnet {
		return 0
	}
	if _, reciprocal := slices.BinarySearch(p.covered[g.site], h.vnet); !reciprocal {
		return 0
	}
	score := p.fit(h.site, g.vnet) + p.fit(g.site, h.vnet)
	if p.sameDevice(h.site, g.site) && score < 2*scoreOwn {
		return 0 // both lead to one device, which is neither of the two
	}
	if p.endpoint[h.site] == g.vnet {
		score += scoreAddress
	}
	if p.endpoint[g.site] == h.vnet {
		score += scoreAddress
	}
	return score
}

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
	}
	return scorePart
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
		p.mutual(slices.Clone(all), names)
		for queue := slices.Clone(all); len(queue) > 0; {
			i := queue[0]
			queue = queue[1:]
			if j, ok := p.only(i); ok {
				queue = append(queue, p.mutual(p.join(i, j, names), names)...)
			}
		}
	}
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
	for _, c := range p.halves[i].candidates {
		if c.half == j {
			p.halves[i].score, p.halves[j].score = c.score, c.score
		}
	}
	p.halves[i].partner, p.halves[j].partner = j, i
	if _, without := p.best(i, false); names && !without && len(p.halves[i].candidates) > 1 {
		p.halves[i].names, p.halves[j].names = true, true
	}
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
