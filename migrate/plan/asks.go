package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Want is what people ask of a pair of places.
type Want string

// What can be asked. Source: docs/guide.md#pairs.
const (
	Required  Want = "required"  // they reach each other in the target, whether they do today or not
	Encrypted Want = "encrypted" // the same, and nothing on the way is in clear text
	Forbidden Want = "forbidden" // they do not reach each other in the target, and on the way only if they do today
	Accepted  Want = "accepted"  // they may reach each other although they do not today
)

// Wants lists them.
var Wants = []Want{Required, Encrypted, Forbidden, Accepted}

// standing marks forbidden pairs that reach each other today.
const standing Want = "standing"

// Ask is what somebody asks of two places, the lesser first.
type Ask struct {
	Want    Want
	A, B    reach.Location
	Reason  string
	Expires options.Date // the last day on which it counts, or ""
}

// String is what is asked: "VNet a and on-premises HQ".
func (a Ask) String() string { return a.A.String() + " and " + a.B.String() }

func (a Ask) ends() [2]reach.Location { return [2]reach.Location{a.A, a.B} }

func compareAsks(x, y Ask) int {
	return cmp.Or(x.A.Compare(y.A), x.B.Compare(y.B), cmp.Compare(x.Want, y.Want))
}

// asks are what people ask of pairs, to be looked up.
type asks map[[2]reach.Place]map[Want]bool

func newAsks(all []Ask) asks {
	out := asks{}
	for _, a := range all {
		key := [2]reach.Place{a.A.Place(), a.B.Place()}
		if out[key] == nil {
			out[key] = map[Want]bool{}
		}
		out[key][a.Want] = true
	}
	return out
}

// has reports whether something is asked of two locations, in whatever order.
func (a asks) has(w Want, x, y reach.Location) bool {
	if len(a) == 0 {
		return false
	}
	return a[[2]reach.Place{x.Place(), y.Place()}][w] || a[[2]reach.Place{y.Place(), x.Place()}][w]
}

// admit reports whether two locations may reach each other because somebody accepts or requires it.
func (a asks) admit(x, y reach.Location) bool {
	return a.has(Accepted, x, y) || a.has(Required, x, y) || a.has(Encrypted, x, y)
}

// Asked finds out which pairs of a network the options are about. An entry that names no place of it, or several
// where it has to name one, counts for nothing and is reported (OPT-011).
func Asked(before *reach.Relation, opts *options.Options) ([]Ask, diag.List) {
	r := &asking{opts: opts, known: NewPlaces(before.Locations(), opts)}
	for _, p := range opts.Required {
		want := Required
		if p.Require.Value == options.Encryption {
			want = Encrypted
		}
		r.pair(want, p)
	}
	for _, p := range opts.Forbidden {
		r.pair(Forbidden, p)
	}
	for _, p := range opts.Accepted {
		if p.Expired(opts.Today) {
			r.found.Add("OPT-008", opts.Pos(p.Expires), "that %q and %q may reach each other has expired on %s", p.Between.Value, p.And.Value, p.Expires.Value)
			continue
		}
		r.pair(Accepted, p)
	}
	slices.SortStableFunc(r.asks, func(x, y asked) int { return compareAsks(x.Ask, y.Ask) })
	r.contradictions()
	var out []Ask
	for _, a := range r.asks {
		if n := len(out); n == 0 || compareAsks(out[n-1], a.Ask) != 0 {
			out = append(out, a.Ask)
		}
	}
	return out, r.found
}

type asking struct {
	opts  *options.Options
	known *Places
	asks  []asked
	found diag.List
}

// asked is an ask with the entry that it comes from.
type asked struct {
	Ask
	from options.Text
}

func (r *asking) pair(want Want, p options.Pair) {
	as, bs := r.places(p.Between), r.places(p.And)
	for _, a := range as {
		for _, b := range bs {
			if a.Same(b) {
				continue
			}
			one := asked{Ask{want, a, b, p.Reason.Value, options.Date(p.Expires.Value)}, p.Between}
			if b.Compare(a) < 0 {
				one.A, one.B = b, a
			}
			r.asks = append(r.asks, one)
		}
	}
}

// places are those that a name of the options file stands for.
func (r *asking) places(t options.Text) []reach.Location {
	out := r.known.of(t)
	switch {
	case len(out) == 0:
		r.found = append(r.found, nowhere(r.opts, t))
	case len(out) > 1 && !options.IsPattern(t.Value):
		r.found = append(r.found, several(r.opts, t, out))
		return nil
	}
	return out
}

// contradictions reports pairs that are forbidden and asked for as well (OPT-003). Forbidden counts.
func (r *asking) contradictions() {
	for i := 0; i < len(r.asks); {
		end := i + 1
		for end < len(r.asks) && r.asks[end].A.Same(r.asks[i].A) && r.asks[end].B.Same(r.asks[i].B) {
			end++
		}
		of := r.asks[i:end]
		if no := slices.IndexFunc(of, func(a asked) bool { return a.Want == Forbidden }); no >= 0 {
			for _, a := range of {
				if a.Want != Forbidden {
					r.found = append(r.found, diag.New("OPT-003", r.opts.Pos(a.from), "%s are %s here and forbidden as well; forbidden counts", a, a.Want).
						See(r.opts.Pos(of[no].from), "forbidden here"))
				}
			}
		}
		i = end
	}
	forbidden := newAsks(r.all(Forbidden))
	r.asks = slices.DeleteFunc(r.asks, func(a asked) bool { return a.Want != Forbidden && forbidden.has(Forbidden, a.A, a.B) })
}

func (r *asking) all(want Want) []Ask {
	var out []Ask
	for _, a := range r.asks {
		if a.Want == want {
			out = append(out, a.Ask)
		}
	}
	return out
}

// judgeAsks says which pairs of a state are not as somebody asked, where they are so before the plan: those that
// were not are those of the end.
func (c *checker) judgeAsks(s state) []Violation {
	var out []Violation
	for _, a := range c.p.Asks {
		rule, text := "", ""
		switch {
		case a.Want == Forbidden && talks(s.reach, a.ends()) && (s.last || !talks(c.before, a.ends())):
			rule, text = "PLAN-015", fmt.Sprintf("%s reach each other, and must not", a)
		case a.Want == Encrypted && inClear(s.reach, a) && (s.last || !inClear(c.before, a)):
			rule, text = "PLAN-016", fmt.Sprintf("%s reach each other in clear text on a part of the way or on all of it, and must be encrypted", a)
		case s.last && (a.Want == Required || a.Want == Encrypted) && s.reach.Session(a.A, a.B).Value != reach.Yes:
			rule, text = "PLAN-017", fmt.Sprintf("%s do not surely reach each other", a)
		}
		if rule != "" {
			out = append(out, Violation{After: s.name, Rule: rule, Text: text + because(a)})
		}
	}
	return out
}

// Stands reports whether what is asked of a pair is so before the first step. It is to be kept from there on; what does
// not stand is to hold at the end.
func (p *Plan) Stands(a Ask) bool {
	if p.Before == nil {
		return false
	}
	switch a.Want {
	case Forbidden:
		return !talks(p.Before, a.ends())
	case Encrypted:
		return p.Before.Session(a.A, a.B).Value == reach.Yes && !inClear(p.Before, a)
	case Required:
		return p.Before.Session(a.A, a.B).Value == reach.Yes
	}
	return true
}

func because(a Ask) string {
	if a.Reason == "" {
		return ""
	}
	return " (" + a.Reason + ")"
}

// talks reports whether packets of one of two may be delivered to the other.
func talks(r *reach.Relation, ends [2]reach.Location) bool {
	may := func(f reach.Flow) bool { return f.Value != reach.No }
	return slices.ContainsFunc(r.Forward(ends[0], ends[1]), may) || slices.ContainsFunc(r.Forward(ends[1], ends[0]), may)
}

// inClear reports whether packets between the two are not encrypted all the way.
func inClear(r *reach.Relation, a Ask) bool {
	for _, way := range [][2]reach.Location{{a.A, a.B}, {a.B, a.A}} {
		if w, ok := r.Attributes(way[0], way[1]); ok && w.Encryption != reach.IPsecWhole && w.Encryption != reach.VNetEncrypted {
			return true
		}
	}
	return false
}

// Accepting makes what reports whether somebody accepted every pair that a verdict is about, or required it.
func (p *Plan) Accepting() func(v *reach.Verdict) bool {
	all := newAsks(p.Asks)
	return func(v *reach.Verdict) bool {
		if len(all) == 0 || v.Via != nil {
			return false
		}
		for a, b := range v.Pairs() {
			if !all.admit(a, b) {
				return false
			}
		}
		return true
	}
}

// Closing makes what reports whether security groups keep apart every pair that a verdict is about.
func (p *Plan) Closing() func(v *reach.Verdict) bool {
	all := newClosing(p).pairs
	return func(v *reach.Verdict) bool {
		if len(all) == 0 || v.Via != nil {
			return false
		}
		for a, b := range v.Pairs() {
			if !all[[2]reach.Place{a.Place(), b.Place()}] && !all[[2]reach.Place{b.Place(), a.Place()}] {
				return false
			}
		}
		return true
	}
}

// locationOf is a VNet as the relation has it.
func (g *graph) locationOf(v int) reach.Location {
	return reach.Location{Kind: reach.VNet, ID: g.e.VNets[v].ID, Name: g.name(v)}
}

// clientsAt are the clients of a VNet's gateway.
func (g *graph) clientsAt(v int) reach.Location {
	return reach.Location{Kind: reach.Clients, ID: g.e.VNets[v].ID, Name: g.name(v)}
}

// between reports whether something is asked of two VNets.
func (g *graph) between(w Want, a, b int) bool {
	return len(g.asks) > 0 && g.asks.has(w, g.locationOf(a), g.locationOf(b))
}

// ask takes in what people ask: pairs that are to be joined belong to one component, whatever joins them today.
func (g *graph) ask(all []Ask, before *reach.Relation) {
	g.asks, g.wanted, g.secluded = newAsks(all), make([][]int, len(g.e.VNets)), map[int]bool{}
	for _, a := range all {
		v, one := g.vnetAt(a.A)
		if w, two := g.vnetAt(a.B); a.Want == Forbidden && one && two {
			g.secluded[v], g.secluded[w] = true, true
		}
		if a.Want == Forbidden && talks(before, a.ends()) {
			g.asks[[2]reach.Place{a.A.Place(), a.B.Place()}][standing] = true
		}
	}
	join := func(a, b int) {
		if a != b {
			g.wanted[a], g.wanted[b] = append(g.wanted[a], b), append(g.wanted[b], a)
		}
	}
	for _, a := range all {
		if a.Want != Required && a.Want != Encrypted {
			continue
		}
		v, isVNet := g.vnetAt(a.A)
		if !isVNet {
			continue
		}
		if w, ok := g.vnetAt(a.B); ok {
			join(v, w)
		}
		for i := range g.e.Connections {
			c := &g.e.Connections[i]
			if site := g.x.Site(c.Site); a.B.Kind == reach.OnPremises && site != nil && strings.EqualFold(site.Behind(), a.B.Name) {
				join(v, g.vnetOf(c))
			}
		}
	}
}

// addAsked adds the pairs that are to be joined to those that work.
func (g *graph) addAsked(all []Ask, of []int, out []demand) {
	for _, a := range all {
		v, isVNet := g.vnetAt(a.A)
		if !isVNet || a.Want != Required && a.Want != Encrypted {
			continue
		}
		d := &out[of[v]]
		w, ok := g.vnetAt(a.B)
		switch {
		case ok && of[w] == of[v]:
			pair := vnetPair{a: min(v, w), b: max(v, w), asked: true}
			if i, works := slices.BinarySearchFunc(d.pairs, pair, comparePairs); !works {
				d.pairs = slices.Insert(d.pairs, i, pair)
			}
		case a.B.Kind == reach.OnPremises && d.leadsTo(a.B) && !slices.ContainsFunc(d.networks[v], func(n netReach) bool { return n.network.Same(a.B) }):
			d.networks[v] = append(d.networks[v], netReach{network: a.B})
		}
	}
}

// leadsTo reports whether a VNet reaches a network by a connection that stays: without one no hub could serve it.
func (d *demand) leadsTo(network reach.Location) bool {
	for _, networks := range d.networks {
		if slices.ContainsFunc(networks, func(n netReach) bool { return n.network.Same(network) && len(n.path) > 0 }) {
			return true
		}
	}
	return false
}

// why says what the peering of two VNets is for.
func (d *draft) why(pair [2]estate.Peering) string {
	a, known := d.g.index[pair[0].VNet.Key()]
	b, also := d.g.index[pair[1].VNet.Key()]
	if known && also {
		i, ok := slices.BinarySearchFunc(d.demand.pairs, vnetPair{a: min(a, b), b: max(a, b)}, comparePairs)
		if ok && d.demand.pairs[i].asked {
			return "have to reach each other, as the options file says"
		}
	}
	return "reach each other today"
}

// sealed reports whether a VNet has to reach a network encrypted: through a hub's gateway it is so on a part of
// the way only.
func (l *layout) sealed(v int) bool {
	return len(l.g.asks) > 0 && slices.ContainsFunc(l.demand.networks[v], func(n netReach) bool {
		return l.g.asks.has(Encrypted, l.g.locationOf(v), n.network)
	})
}

// admits reports whether a VNet may use the hub's gateway beside those that do already, and none reaches what it must
// not.
func (l *layout) admits(v int) bool {
	if len(l.g.asks) == 0 {
		return true
	}
	hub := l.hubOf(v)
	users, served := []reach.Location{}, l.behind(hub)
	if hub >= 0 {
		users = append(users, l.g.locationOf(hub), l.g.clientsAt(hub))
		served = append(served, l.g.clientsAt(hub))
	}
	for _, u := range l.members {
		if l.hubOf(u) == hub && l.remote[u] || l.g.usesGatewayOf(u, hub) {
			users = append(users, l.g.locationOf(u))
			served = append(served, l.behind(u)...)
		}
	}
	own, here := l.behind(v), l.g.locationOf(v)
	opens := func(a, b reach.Location) bool { return l.g.asks.has(Forbidden, a, b) && !l.g.asks.has(standing, a, b) }
	return !slices.ContainsFunc(append(served, own...), func(n reach.Location) bool { return l.g.asks.has(Forbidden, here, n) }) &&
		!slices.ContainsFunc(own, func(n reach.Location) bool {
			return slices.ContainsFunc(users, func(u reach.Location) bool { return opens(u, n) })
		})
}

// leaves reports whether a VNet's own gateway has the connection that paths to a network take: only sever takes it away.
func (g *graph) leaves(v int, directions ...[][]reach.Hop) bool {
	return slices.ContainsFunc(connectionsOf(directions...), func(id estate.ID) bool {
		c := g.x.Connection(id)
		return c != nil && c.Pairing.Partner.IsZero() && g.vnetOf(c) == v
	})
}

// behind are the on-premises networks that a VNet reaches.
func (l *layout) behind(v int) []reach.Location {
	var out []reach.Location
	for _, n := range l.premises(v) {
		out = append(out, n.network)
	}
	return out
}

// barriers are the pairs that must not be peered, whatever the layout, and why.
func (l *layout) barriers() {
	for pair := range l.g.decided.apart {
		l.blocked[pair] = byHand
	}
	for key, wants := range l.g.asks {
		a, known := l.g.index[key[0].ID]
		b, also := l.g.index[key[1].ID]
		if key[0].Kind != reach.VNet || key[1].Kind != reach.VNet || !known || !also {
			continue
		}
		pair := [2]int{min(a, b), max(a, b)}
		switch {
		case wants[Forbidden]:
			l.blocked[pair] = "the options file forbids that they reach each other"
		case wants[Encrypted] && !(l.g.e.VNets[a].Encryption && l.g.e.VNets[b].Encryption):
			l.blocked[pair] = "the options file wants them encrypted, and a peering does not encrypt"
		}
	}
}
