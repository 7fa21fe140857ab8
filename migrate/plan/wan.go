package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// WAN is a Virtual WAN in the place of a component's target, with the routes that it has by itself. It is for
// comparing: no plan builds one. Source: docs/sources.md#virtual-wan.
type WAN struct {
	Hubs   []cost.WANHub // one for each region of its VNets
	Parts  []WANPart     // what goes by the hour
	Points []WANPoint    // what is in its way, and what it needs

	Today, Target, Instead WANSide

	Encrypted, Forbidden int // pairs that are to be so; a Virtual WAN encrypts none of them and joins all
}

// WANPart is what is paid for by the hour.
type WANPart struct {
	What    string
	Count   int
	Amount  cost.Amount // of all in a month; 0 when the price is unknown
	Unknown string      // why it is
}

// WANPoint is something that a person has to know, and how sure it is.
type WANPoint struct {
	Mark Mark
	Says string
}

// Mark says how sure a fact is. Source: the table at the head of docs/sources.md.
type Mark string

// The marks.
const (
	Documented Mark = "D"
	Derived    Mark = "E"
	General    Mark = "K"
	Unverified Mark = "V"
)

// Marks lists them.
var Marks = []Mark{Documented, Derived, General, Unverified}

// WANSide is one of the networks that are compared.
type WANSide struct {
	Monthly   Monthly // of the VNets of the component and what belongs to them, with the traffic where it is known
	VNets     Talking // pairs of VNets
	Branches  Talking // pairs of a VNet and an on-premises network, or the clients of a gateway
	Between   Talking // pairs of those networks and clients
	Encrypted int     // pairs that are to be encrypted, and are
	Forbidden int     // pairs that must not reach each other, and do
}

// Talking counts pairs that reach each other.
type Talking struct{ Sure, Perhaps int }

func (t *Talking) add(v reach.Value) {
	if v == reach.Yes {
		t.Sure++
	} else {
		t.Perhaps++
	}
}

// compareWAN compares the target of each component that has tunnels with a Virtual WAN.
func (m *maker) compareWAN() {
	w := &wans{g: m.g, p: m.p, of: make([]int, len(m.g.e.VNets)), at: map[estate.Key]int{}}
	for i := range m.p.Components {
		c := &m.p.Components[i]
		one := &wanOf{branches: map[reach.Place]bool{}}
		for _, id := range c.VNets {
			v := m.g.index[id.Key()]
			one.members, w.of[v], w.at[id.Key()] = append(one.members, v), i, i
		}
		for _, id := range c.Hub.VNets() {
			w.at[id.Key()] = i
		}
		if c.Tunnels > 0 && len(c.VNets) > 1 {
			one.wan, w.any = &WAN{}, true
			c.WAN = one.wan
		}
		w.all = append(w.all, one)
	}
	if !w.any {
		return
	}
	w.known = map[reach.Place]bool{}
	for _, l := range m.p.Before.Locations() {
		w.known[l.Place()] = true
	}
	for _, one := range w.all {
		if one.wan != nil {
			w.connect(one)
		}
	}
	w.talking(m.p.Before, func(one *WAN) *WANSide { return &one.Today })
	w.talking(m.p.After, func(one *WAN) *WANSide { return &one.Target })
	for _, one := range w.all {
		if one.wan != nil {
			one.anyToAny()
		}
	}
	w.asked()
	w.price()
	for _, one := range w.all {
		if one.wan != nil {
			w.points(one)
		}
	}
}

// wans compares.
type wans struct {
	g   *graph
	p   *Plan
	of  []int              // by VNet: its component
	at  map[estate.Key]int // the same by key, with the new hubs
	all []*wanOf           // by component
	any bool

	known map[reach.Place]bool // what the relation before is between
}

// wanOf is a component with what a Virtual WAN would make of it.
type wanOf struct {
	members  []int
	wan      *WAN                 // nil of one that is not compared
	branches map[reach.Place]bool // what a hub is connected to beside VNets, and whether that is behind circuits alone
	owners   int                  // VNets with gateways that would have to go
}

// branch notes an on-premises network or clients, each once and as the relation has them.
func (w *wans) branch(one *wanOf, l reach.Location, edge bool) {
	p := l.Place()
	if !w.known[p] {
		return
	}
	if was, ok := one.branches[p]; ok {
		edge = was && edge
	}
	one.branches[p] = edge
}

// connect makes the hubs, by region, and connects to them what the gateways of their VNets have today.
func (w *wans) connect(one *wanOf) {
	hubs := map[string]int{}
	devices, circuits := map[[2]string]bool{}, map[[2]string]bool{}
	for _, v := range one.members {
		vnet := &w.g.e.VNets[v]
		region := vnet.Region.String()
		i, ok := hubs[region]
		if !ok {
			i = len(one.wan.Hubs)
			hubs[region] = i
			one.wan.Hubs = append(one.wan.Hubs, cost.WANHub{Region: region})
		}
		h := &one.wan.Hubs[i]
		h.VNets = append(h.VNets, vnet.ID)
		for _, c := range w.g.connections[v] {
			site := w.g.x.Site(c.Site)
			switch name := w.behind(c); {
			case c.DeclaredDown:
			case c.Kind == estate.ExpressRoute:
				number := cmp.Or(strings.ToLower(c.Circuit.String()), strings.ToLower(name))
				if key := [2]string{region, number}; !circuits[key] {
					circuits[key] = true
					h.Circuits++
				}
				if name != "" {
					h.Edges = addName(h.Edges, name)
					w.branch(one, reach.Location{Kind: reach.OnPremises, Name: name}, true)
				}
			case name != "":
				if key := [2]string{region, strings.ToLower(name) + " " + site.Address.Raw}; !devices[key] {
					devices[key] = true
					h.Devices++
				}
				h.Networks = addName(h.Networks, name)
				w.branch(one, reach.Location{Kind: reach.OnPremises, Name: name}, false)
			}
		}
		owns := false
		for _, gw := range w.g.gateways[v] {
			owns = owns || !gw.Absent()
			if len(gw.ClientPools) > 0 {
				h.Clients = append(h.Clients, vnet.ID)
				w.branch(one, w.g.clientsAt(v), false)
			}
		}
		if owns {
			one.owners++
		}
	}
	for i := range one.wan.Hubs {
		one.wan.Hubs[i].Clients = slices.CompactFunc(one.wan.Hubs[i].Clients, estate.ID.Same)
	}
	slices.SortStableFunc(one.wan.Hubs, func(a, b cost.WANHub) int {
		return cmp.Or(cmp.Compare(len(b.VNets), len(a.VNets)), cmp.Compare(a.Region, b.Region))
	})
}

// behind is the on-premises network that a connection leads to, or "".
func (w *wans) behind(c *estate.Connection) string {
	if c.Kind == estate.Vnet2Vnet || c.Kind == estate.IPsec && c.Pairing.Confidence != estate.NotPaired {
		return ""
	}
	if s := w.g.x.Site(c.Site); s != nil && s.Behind() != "" {
		return s.Behind()
	}
	if c.Kind == estate.ExpressRoute {
		return c.Circuit.Name
	}
	return ""
}

func addName(to []string, name string) []string {
	if slices.ContainsFunc(to, func(s string) bool { return strings.EqualFold(s, name) }) {
		return to
	}
	return append(to, name)
}

// talking counts the pairs of each component that reach each other.
func (w *wans) talking(r *reach.Relation, side func(*WAN) *WANSide) {
	for ends, s := range r.Pairs() {
		i := w.both(ends)
		if i < 0 {
			continue
		}
		to := side(w.all[i].wan)
		switch vnets := number(ends[0].Kind == reach.VNet) + number(ends[1].Kind == reach.VNet); vnets {
		case 2:
			to.VNets.add(s.Value)
		case 1:
			to.Branches.add(s.Value)
		default:
			to.Between.add(s.Value)
		}
		for _, l := range ends {
			if l.Kind == reach.OnPremises {
				w.branch(w.all[i], l, true) // a network that no connection names is behind a circuit
			}
		}
	}
}

// both is the component of a pair that is compared: of both, or of one where the other is a network on-premises. A new
// hub is of none. Without such a one it is -1.
func (w *wans) both(ends [2]reach.Location) int {
	at := -1
	for _, l := range ends {
		if l.Kind == reach.OnPremises {
			continue
		}
		i := w.componentOf(l)
		if i < 0 || at >= 0 && i != at || w.all[i].wan == nil {
			return -1
		}
		at = i
	}
	return at
}

// number counts what holds as one.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// componentOf is the component of a VNet or its clients, or -1.
func (w *wans) componentOf(l reach.Location) int {
	if l.Kind != reach.VNet && l.Kind != reach.Clients {
		return -1
	}
	if v, ok := w.g.index[l.ID.Key()]; ok {
		return w.of[v]
	}
	return -1
}

// anyToAny counts the pairs of a Virtual WAN: all, but for two networks that are both behind circuits.
func (one *wanOf) anyToAny() {
	n, branches, edges := len(one.members), len(one.branches), 0
	for _, edge := range one.branches {
		edges += number(edge)
	}
	one.wan.Instead.VNets.Sure = n * (n - 1) / 2
	one.wan.Instead.Branches.Sure = n * branches
	one.wan.Instead.Between.Sure = branches*(branches-1)/2 - edges*(edges-1)/2
}

// asked counts what people ask of the pairs of a component.
func (w *wans) asked() {
	for _, a := range w.p.Asks {
		i := w.among(a)
		if i < 0 || a.Want != Encrypted && a.Want != Forbidden {
			continue
		}
		wan := w.all[i].wan
		for _, s := range []struct {
			r    *reach.Relation
			side *WANSide
		}{{w.p.Before, &wan.Today}, {w.p.After, &wan.Target}} {
			if a.Want == Forbidden {
				s.side.Forbidden += number(talks(s.r, a.ends()))
			} else {
				s.side.Encrypted += number(s.r.Session(a.A, a.B).Value == reach.Yes && !inClear(s.r, a))
			}
		}
		if a.Want == Forbidden {
			wan.Forbidden++
			wan.Instead.Forbidden++
		} else {
			wan.Encrypted++
		}
	}
}

// among is the component that both places of a pair belong to, or are connected to; -1 when there is none that is
// compared.
func (w *wans) among(a Ask) int {
	in := func(i int, l reach.Location) bool {
		if at := w.componentOf(l); at >= 0 {
			return at == i
		}
		_, ok := w.all[i].branches[l.Place()]
		return ok
	}
	i := max(w.componentOf(a.A), w.componentOf(a.B))
	if i < 0 {
		i = slices.IndexFunc(w.all, func(one *wanOf) bool { _, ok := one.branches[a.A.Place()]; return ok })
	}
	if i < 0 || w.all[i].wan == nil || !in(i, a.A) || !in(i, a.B) {
		return -1
	}
	return i
}

// price says what the three cost, each component with what belongs to it alone.
func (w *wans) price() {
	today, target := w.split(w.p.Base), w.split(w.p.Target)
	of, elsewhere := w.flows()
	var before, after []cost.Passage
	if len(w.p.Traffic) > 0 {
		before, after = cost.Traffic(w.p.Base, w.p.Before, w.p.Traffic), cost.Traffic(w.p.Target, w.p.After, w.p.Traffic)
	}
	for i, one := range w.all {
		if one.wan == nil {
			continue
		}
		bill := func(e *estate.Estate, of []cost.Passage) Monthly {
			b := cost.Of(e)
			b.Traffic = of
			return sum(elsewhere[i], b)
		}
		var flows []cost.Flow
		var was, is []cost.Passage
		for _, f := range of[i] {
			flows, was, is = append(flows, w.p.Traffic[f]), append(was, before[f]), append(is, after[f])
		}
		one.wan.Today.Monthly, one.wan.Target.Monthly = bill(today[i], was), bill(target[i], is)
		rest := *today[i]
		rest.Gateways = slices.DeleteFunc(slices.Clone(rest.Gateways), func(g estate.Gateway) bool { return g.Kind.Virtual() })
		rest.Connections = nil
		hubs := cost.OfWAN(one.wan.Hubs, flows)
		for _, l := range hubs.Lines {
			one.wan.Parts = append(one.wan.Parts, WANPart{l.What, l.Count, l.Amount, l.Unknown})
		}
		one.wan.Instead.Monthly = sum(elsewhere[i], hubs, cost.Of(&rest))
	}
}

// flows are the numbers of the flows of each component, and how many lead from it to another one.
func (w *wans) flows() (of [][]int, elsewhere []int) {
	of, elsewhere = make([][]int, len(w.all)), make([]int, len(w.all))
	p := &pricing{g: w.g}
	for n, f := range w.p.Traffic {
		var at []int
		for _, v := range p.ends(f) {
			at = append(at, w.of[v])
		}
		slices.Sort(at)
		at = slices.Compact(at)
		for _, i := range at {
			if len(at) == 1 {
				of[i] = append(of[i], n)
			} else {
				elsewhere[i]++
			}
		}
	}
	return of, elsewhere
}

func sum(unknown int, bills ...*cost.Bill) Monthly {
	out := Monthly{Unknown: unknown}
	for _, b := range bills {
		known, not := b.Total()
		out.Known, out.Unknown = out.Known+known, out.Unknown+not
	}
	return out
}

// split gives each component what an estate has of it and costs something.
func (w *wans) split(e *estate.Estate) []*estate.Estate {
	out := make([]*estate.Estate, len(w.all))
	for i := range out {
		out[i] = &estate.Estate{}
	}
	at := func(vnet estate.ID) *estate.Estate {
		if i, ok := w.at[vnet.Key()]; ok {
			return out[i]
		}
		return &estate.Estate{} // of a VNet that no input lists
	}
	of := map[estate.Key]*estate.Estate{} // by gateway
	for i := range e.VNets {
		part := at(e.VNets[i].ID)
		part.VNets = append(part.VNets, e.VNets[i])
	}
	for i := range e.Gateways {
		part := at(e.Gateways[i].VNet)
		part.Gateways = append(part.Gateways, e.Gateways[i])
		of[e.Gateways[i].ID.Key()] = part
	}
	x := estate.NewIndex(e)
	for i := range e.Connections {
		c := &e.Connections[i]
		part := of[c.Gateway.Key()]
		if part == nil {
			continue
		}
		part.Connections = append(part.Connections, *c)
		if o := x.Circuit(c.Circuit); o != nil && !slices.ContainsFunc(part.Circuits, func(p estate.Circuit) bool { return p.ID.Same(o.ID) }) {
			part.Circuits = append(part.Circuits, *o)
		}
	}
	for i := range e.Groups {
		for _, id := range e.Groups[i].Members {
			if part := at(id); len(part.Groups) == 0 || !part.Groups[len(part.Groups)-1].ID.Same(e.Groups[i].ID) {
				part.Groups = append(part.Groups, e.Groups[i])
			}
		}
	}
	return out
}

// points says what is in the way of a Virtual WAN, and what it needs.
func (w *wans) points(one *wanOf) {
	say := func(mark Mark, format string, args ...any) {
		one.wan.Points = append(one.wan.Points, WANPoint{mark, fmt.Sprintf(format, args...)})
	}
	if one.owners > 0 {
		say(Documented, "no VNet with a VPN or ExpressRoute gateway can be connected to a hub, and %d of %d have one: what a gateway carries is cut from its deletion until the connection stands, while a peering is made beside a tunnel",
			one.owners, len(one.members))
	}
	if at := w.sharing(one.members); len(at) > 0 {
		say(Documented, "VNets that share addresses cannot both be connected, and are counted as if they could: %s", w.names(at))
	}
	if at := w.with(one.members, func(v *estate.VNet) bool {
		return slices.ContainsFunc(v.Space, func(p estate.Prefix) bool { return p.Addr().Is6() })
	}); len(at) > 0 {
		say(Documented, "a VNet with IPv6 addresses cannot be connected: %s", w.names(at))
	}
	for i := range one.wan.Hubs {
		h := &one.wan.Hubs[i]
		for _, l := range []struct {
			n, most int
			what    string
		}{{len(h.VNets), azure.MaxWANConnections - len(one.wan.Hubs), "VNets"}, {h.Devices, azure.MaxWANDevices, "connections of devices"}, {h.Circuits, azure.MaxWANCircuits, "circuits"}} {
			if l.n > l.most {
				say(Documented, "one hub in %s is too small: it takes %d %s, and there are %d", h.Region, l.most, l.what, l.n)
			}
		}
	}
	if one.wan.Forbidden > 0 {
		say(Documented, "what must not reach each other would, without route tables and labels that keep it apart or a firewall in each hub")
	}
	if one.wan.Encrypted > 0 {
		say(Derived, "what has to be encrypted would not be: a hub passes on in clear, to VNets also what came by a tunnel")
		say(Unverified, "whether the encryption of VNets holds over a hub")
	}
	devices, clients, odd := 0, 0, 0
	for i := range one.wan.Hubs {
		h := &one.wan.Hubs[i]
		devices, clients = devices+h.Devices, clients+len(h.Clients)
		if _, known := azure.LookupRegion(h.Region); !known {
			odd++
		}
	}
	say(Documented, "each hub takes a free prefix, /%d or at least /24, that overlaps nothing of all this", azure.WANHubBits)
	if devices > 0 {
		say(Derived, "two tunnels to new addresses at %s on-premises", plural(devices, "device"))
	}
	if clients > 0 {
		say(Derived, "new profiles for the clients of %s", plural(clients, "gateway"))
	}
	if odd > 0 {
		say(Derived, "no input tells the region of %s, so that there may be more or fewer", plural(odd, "hub"))
	}
}

// with are the VNets that something is true of.
func (w *wans) with(members []int, is func(*estate.VNet) bool) (out []int) {
	for _, v := range members {
		if is(&w.g.e.VNets[v]) {
			out = append(out, v)
		}
	}
	return out
}

// names are those of some VNets, the first few.
func (w *wans) names(at []int) string {
	const few = 6
	var out []string
	for _, v := range at[:min(few, len(at))] {
		out = append(out, fmt.Sprintf("%q", w.g.name(v)))
	}
	if n := len(at) - few; n > 0 {
		out = append(out, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(out, ", ")
}

// sharing are the VNets that share an address with another one, in order. Prefixes are nested or disjoint: what holds
// the next one of the sorted ones is on a stack.
func (w *wans) sharing(members []int) (out []int) {
	type owned struct {
		netip.Prefix
		vnet int
	}
	var all, open []owned
	for _, v := range members {
		for _, p := range w.g.e.VNets[v].Space {
			all = append(all, owned{p.Masked(), v})
		}
	}
	slices.SortFunc(all, func(a, b owned) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()), cmp.Compare(a.vnet, b.vnet))
	})
	for _, p := range all {
		for len(open) > 0 && !open[len(open)-1].Overlaps(p.Prefix) {
			open = open[:len(open)-1]
		}
		same := false
		for _, o := range open {
			if o.vnet != p.vnet {
				out = append(out, o.vnet, p.vnet)
			}
			same = same || o.Prefix == p.Prefix
		}
		if !same {
			open = append(open, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
