package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Hubs joined by VPN (transit vpn): where VNets use the gateways of different hubs and reach each other, a tunnel between
// these gateways carries their packets, so that they are encrypted between the hubs and no peering crosses regions. Each
// end lists the ranges of the VNets at the other that somebody at this one reaches, and nothing else. The tunnel is made
// in the window, once the old ones are gone: before that it would be a second way for the same ranges.
// Source: docs/decisions/0032-hubs-are-joined-by-prefixes.md.

// attached reports whether a VNet is reached at a hub: it uses the hub's gateway, or is the hub.
func (l *layout) attached(v int) bool {
	return l.hubOf(v) == v || l.remote[v] && l.hubOf(v) != noHubIndex
}

// linkHubs finds the hubs whose gateways are to be joined: those of pairs that reach each other, of which one uses a gateway.
func (l *layout) linkHubs() {
	if l.passage != VPNPassage {
		return
	}
	for _, p := range l.demand.pairs {
		link := l.hubsOf(p.a, p.b)
		if len(p.path) == 0 || link[0] == link[1] || !l.attached(p.a) || !l.attached(p.b) || !l.remote[p.a] && !l.remote[p.b] || l.unrelayed[[2]int{p.a, p.b}] || slices.Contains(l.links, link) {
			continue
		}
		if why := l.unlinked(link); why != "" {
			if l.unrouted == "" || l.unrouted == noTwoHubs {
				l.unrouted = why
			}
			continue
		}
		l.links = append(l.links, link)
	}
	if standing := l.linksStanding(); len(l.links) == 0 && l.unrouted == "" && !standing {
		l.unrouted = noTwoHubs
	}
}

// linksStanding keeps the tunnels between hubs that carry the packets of their users already. It reports whether there are any.
func (l *layout) linksStanding() (some bool) {
	for i := range l.demand.pairs {
		p := &l.demand.pairs[i]
		if l.isLed(p) && len(p.path) > 0 && !slices.ContainsFunc(p.path, func(id estate.ID) bool { return !l.joinsHubs(l.g.x.Connection(id)) }) {
			l.keepWay(p.way)
			some = true
		}
	}
	return some
}

// joinsHubs reports whether a connection is a half of a tunnel between two hubs.
func (l *layout) joinsHubs(c *estate.Connection) bool {
	partner := l.g.x.Connection(c.Pairing.Partner)
	return partner != nil && l.isHub(l.g.vnetOf(c)) && l.isHub(l.g.vnetOf(partner))
}

// noTwoHubs is why there is nothing to join.
const noTwoHubs = "no two VNets that reach each other would use the gateways of two hubs"

// linked reports whether a tunnel between two hubs carries a pair.
func (l *layout) linked(a, b int) bool {
	link := l.hubsOf(a, b)
	return link[0] != link[1] && l.attached(a) && l.attached(b) && slices.Contains(l.links, link)
}

// unlinked says why the gateways of two hubs cannot be joined, or "".
func (l *layout) unlinked(link [2]int) string {
	x, y := link[0], link[1]
	if why := l.unjoined[link]; why != "" {
		return why
	}
	if x >= 0 && y >= 0 && l.existing[[2]int{min(x, y), max(x, y)}] {
		return fmt.Sprintf("%q and %q are peered, and a gateway prefers that to a tunnel", l.g.name(x), l.g.name(y))
	}
	for _, a := range l.side(x) {
		for _, b := range l.side(y) {
			switch {
			case l.g.between(Forbidden, a, b):
				return fmt.Sprintf("the options file forbids that %q and %q reach each other, and each hub would lead to both", l.g.name(a), l.g.name(b))
			case l.g.between(Encrypted, a, b):
				return fmt.Sprintf("the options file wants %q and %q encrypted, and between a hub and its spokes nothing is", l.g.name(a), l.g.name(b))
			case estate.Overlap(l.g.e.VNets[a].Space, l.g.e.VNets[b].Space):
				return fmt.Sprintf("%q and %q overlap", l.g.name(a), l.g.name(b))
			case l.hides(a, b) || l.hides(b, a):
				return fmt.Sprintf("%q and %q reach the same addresses at two places", l.g.name(a), l.g.name(b))
			}
		}
	}
	return ""
}

// side are the VNets at a hub: its users and, where it is there already, itself.
func (l *layout) side(hub int) []int {
	out := l.users(hub)
	if !isNew(hub) {
		out = append(out, hub)
	}
	return out
}

// joined reports whether a tunnel joins a hub to another.
func (l *layout) joined(hub int) bool {
	return slices.ContainsFunc(l.links, func(k [2]int) bool { return slices.Contains(k[:], hub) })
}

// unlink notes the hubs that no user passes a tunnel between, or between which one would do harm. It reports whether there were any.
func (l *layout) unlink() (news bool) {
	for _, link := range l.links {
		if why := l.harm(link); why != "" {
			l.unjoined[link], news = why, true
		}
	}
	return news
}

// harm says why hubs are not to be joined, now that it is known who uses their gateways, or "".
func (l *layout) harm(link [2]int) string {
	if !slices.ContainsFunc(l.through, func(p [2]int) bool { return l.hubsOf(p[0], p[1]) == link && (l.remote[p[0]] || l.remote[p[1]]) }) {
		return noTwoHubs
	}
	for i, hub := range link {
		far := l.across(link[1-i], hub)
		for _, c := range l.stayingAt(hub) {
			if c.EnableBGP.Known() {
				return fmt.Sprintf("the gateway of %q tells by BGP what its tunnels lead to", l.hubName(hub))
			}
			if s := l.offers(c); s != nil {
				if k := slices.IndexFunc(far, func(v int) bool { return estate.Overlap(s.Prefixes, l.g.e.VNets[v].Space) }); k >= 0 {
					return fmt.Sprintf("the gateway of %q would be led to addresses of %q by %q as well", l.hubName(hub), l.g.name(far[k]), s.Name)
				}
			}
		}
		for _, v := range far {
			if k := slices.IndexFunc(l.peers[hub], func(peer int) bool {
				return peer == v || peer >= 0 && estate.Overlap(l.g.e.VNets[peer].Space, l.g.e.VNets[v].Space)
			}); k >= 0 {
				return fmt.Sprintf("%q is peered with %q, and a gateway prefers that to a tunnel to addresses of %q", l.hubName(hub), l.g.name(l.peers[hub][k]), l.g.name(v))
			}
		}
	}
	return ""
}

// hubName is a hub for people.
func (l *layout) hubName(hub int) string {
	if isNew(hub) {
		return "the new hub"
	}
	return l.g.name(hub)
}

// stayingAt are the connections of a hub's gateway in the target, but for tunnels to other hubs: those that stay, and those
// that are copied.
func (l *layout) stayingAt(hub int) []*estate.Connection {
	var out []*estate.Connection
	if !isNew(hub) {
		for _, c := range l.g.connections[hub] {
			if c.Pairing.Partner.IsZero() || l.keep[c.ID.Key()] || l.keep[c.Pairing.Partner.Key()] {
				out = append(out, c)
			}
		}
	}
	for _, v := range l.users(hub) {
		for _, n := range l.premises(v) {
			if c := l.connectionTo(n.network); c != nil {
				out = append(out, c)
			}
		}
	}
	return out
}

// across are the VNets of a hub that the tunnel to another one leads to, ascending.
func (l *layout) across(hub, other int) []int {
	var out []int
	for _, p := range l.through {
		for _, v := range p {
			if w, _ := (vnetPair{a: p[0], b: p[1]}).with(v); l.hubOf(v) == hub && l.hubOf(w) == other && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	slices.Sort(out)
	return out
}

// joins counts the pairs of VNets that the tunnels between hubs join and that are apart today, if in one direction only.
func (l *layout) joins() (n int) {
	for _, link := range l.links {
		for _, a := range l.across(link[0], link[1]) {
			for _, b := range l.across(link[1], link[0]) {
				if !slices.Contains(l.through, [2]int{min(a, b), max(a, b)}) && !l.required(min(a, b), max(a, b)) && !l.g.between(Accepted, a, b) {
					n++
				}
			}
		}
		for i, hub := range link { // who is in no list can send to those of the other end, who cannot answer
			for _, a := range l.side(hub) {
				for _, b := range l.across(link[1-i], hub) {
					if !slices.Contains(l.across(hub, link[1-i]), a) && !l.required(min(a, b), max(a, b)) && !l.g.between(Accepted, a, b) {
						n++
					}
				}
			}
		}
	}
	return n
}

// hubLink is a tunnel between two hubs as objects.
type hubLink struct {
	of     [2]int // hubs
	sites  [2]estate.Site
	halves [2]estate.Connection
}

// linkUp makes the tunnels between the hubs.
func (d *draft) linkUp() {
	for _, link := range d.links {
		made := hubLink{of: link}
		for i := range link {
			near, far := d.drawn[link[i]], d.drawn[link[1-i]]
			name := near.id.Name + "-to-" + far.id.Name
			site := &made.sites[i]
			*site = estate.Site{ID: beside(near.id, estate.TypeSite, d.names.Unique(estate.TypeSite, azure.LegalName(estate.TypeSite, name))),
				Region: d.regionOf(link[i]), AddressOf: far.gw, Endpoint: far.id, Class: estate.SiteVNet}
			site.Name = site.ID.Name
			for _, v := range d.across(link[1-i], link[i]) {
				site.Prefixes = append(site.Prefixes, d.g.e.VNets[v].Space...)
				if v != link[1-i] {
					site.Class = estate.SiteTransit
				}
			}
			made.halves[i] = estate.Connection{ID: beside(near.id, estate.TypeConnection, d.names.Unique(estate.TypeConnection, azure.LegalName(estate.TypeConnection, name))),
				Gateway: near.gw, Kind: estate.IPsec, Site: site.ID, Pairing: estate.Pairing{Confidence: estate.Certain}}
		}
		for i := range made.halves {
			made.halves[i].KeyName, made.halves[i].Pairing.Partner = made.halves[0].ID.Name, made.halves[1-i].ID
		}
		d.hubLinks = append(d.hubLinks, made)
	}
}

// join makes the tunnels between hubs that the pairs of a window pass, once what they replace is gone.
func (s *sequence) join(d *draft, group int, needs []string, window string, cleared map[estate.Key][]string) []string {
	var made []string
	for i := range d.hubLinks {
		link := &d.hubLinks[i]
		if !slices.ContainsFunc(d.windows.groups[group], func(v int) bool {
			return slices.Contains(d.across(link.of[0], link.of[1]), v) || slices.Contains(d.across(link.of[1], link.of[0]), v)
		}) {
			continue
		}
		x, y := d.drawn[link.of[0]], d.drawn[link.of[1]]
		made = append(made, s.add(Step{
			Action: CreateConnection, Object: link.halves[0].ID, Also: []estate.ID{link.halves[1].ID}, Needs: slices.Concat(needs, cleared[x.gw.Key()], cleared[y.gw.Key()]),
			Because: fmt.Sprintf("%q and %q are joined by a tunnel: each leads to the ranges at the other that somebody here reaches", x.id.Name, y.id.Name),
			Effect:  Effect{Add: &estate.Estate{Sites: link.sites[:], Connections: link.halves[:]}},
			Impact:  Impact{Class: Live, Minutes: minutesConnection, Window: window},
			Verify:  "connectionStatus of both halves is Connected", Undo: "delete both connections and their local network gateways",
		}))
	}
	return made
}

// hubsOf are the hubs of two VNets, one that is there already before a new one.
func (l *layout) hubsOf(a, b int) [2]int {
	x, y := l.hubOf(a), l.hubOf(b)
	return [2]int{max(x, y), min(x, y)}
}

// linkedIn reports whether a pair of two hubs passes a tunnel that is made in the window of a group.
func (d *draft) linkedIn(group int, p [2]int) bool {
	return d.passage == VPNPassage && slices.ContainsFunc(d.windows.groups[group], func(v int) bool {
		return slices.ContainsFunc(d.through, func(q [2]int) bool { return slices.Contains(q[:], v) && d.hubsOf(q[0], q[1]) == d.hubsOf(p[0], p[1]) })
	})
}
