package reach_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// somePorts stand for all: the drawn rules name no ports but 1 to 5, so that others are alike.
var somePorts = []int{0, 1, 2, 3, 4, 5, 6, 65535}

var someProtocols = []string{"tcp", "udp", "icmp", "esp", "ah", "other"}

// drawGroups gives security groups to subnets.
func drawGroups(t *rapid.T, w *world) {
	for i := range number(t, "groups", 0, 3) {
		g := w.secure(fmt.Sprint("g", i), "")
		for j := range number(t, "rules", 0, 5) {
			text := strings.Join([]string{
				pick(t, "direction", "Inbound", "Outbound", "Inbound", "outbound"), strconv.Itoa(100 + number(t, "priority", 0, 5)),
				pick(t, "access", "Allow", "Deny", "Allow", "deny"), pick(t, "protocol", "Tcp", "udp", "*", "*", "Icmp", "Esp"),
				drawSource(t, w), drawPorts(t), drawSource(t, w), drawPorts(t)}, " ")
			r := securityRule(text)
			r.Name.Value = fmt.Sprint("rule", j)
			if oneIn(t, 12, "unreadable") {
				*pick(t, "part", &r.Access, &r.Protocol, &r.Source, &r.DestinationPort, &r.Priority, &r.Direction) = estate.Fact{Value: "???"}
			}
			g.Rules = append(g.Rules, r)
		}
		g.RulesKnown = !oneIn(t, 6, "rules not known")
	}
	if len(w.SecurityGroups) == 0 {
		return
	}
	for i := range w.VNets {
		for j := range w.VNets[i].Subnets {
			if rapid.Bool().Draw(t, "guarded") {
				w.VNets[i].Subnets[j].SecurityGroup = pick(t, "group", w.SecurityGroups...).ID
			}
		}
	}
}

func drawSource(t *rapid.T, w *world) string {
	switch number(t, "source", 0, 7) {
	case 0, 1:
		return "*"
	case 2, 3:
		return pick(t, "tag", "VirtualNetwork", "VIRTUAL_NETWORK", "Internet", "INTERNET", "AzureLoadBalancer", "Storage")
	case 4:
		return pick(t, "address", addresses...).String()
	}
	return drawTarget(t, w)
}

func drawPorts(t *rapid.T) string { return pick(t, "ports", "*", "*", "*", "3", "1-3", "2-5", "1,3-4") }

// rulings are what may become of a packet.
type rulings struct{ passes, stops bool }

// guarding are the rules that may be about two addresses, in their order, and whether they surely are.
type guarding struct {
	rules []estate.SecurityRule
	about []reach.Value
}

// permitted asks one packet of all rules in their order, as docs/reach.md says.
func permitted(all []guarding, protocol string, source, destination int) reach.Value {
	v := reach.Yes
	for _, g := range all {
		switch o := g.of(protocol, source, destination); {
		case !o.passes:
			return reach.No
		case o.stops:
			v = reach.Unknown
		}
	}
	return v
}

func (g *guarding) of(protocol string, source, destination int) rulings {
	var out rulings
	for i := range g.rules {
		r := &g.rules[i]
		is := min(g.about[i], either(r.Protocol.Value == "*" || strings.EqualFold(r.Protocol.Value, protocol), r.Protocol.Value),
			atPort(r.SourcePort.Value, protocol, source), atPort(r.DestinationPort.Value, protocol, destination))
		if is == reach.No {
			continue
		}
		out.passes = out.passes || !strings.EqualFold(r.Access.Value, "deny")
		out.stops = out.stops || !strings.EqualFold(r.Access.Value, "allow")
		if is == reach.Yes {
			return out
		}
	}
	panic("the last rule is about everything")
}

// guards are the rules at the subnet of an endpoint.
func (d *definition) guards(direction string, at, from, to point) guarding {
	everything := func(access string) guarding {
		return guarding{[]estate.SecurityRule{securityRule(direction + " 1 " + access + " * * * * *")}, []reach.Value{reach.Yes}}
	}
	if at.kind != reach.VNet {
		return everything("Allow")
	}
	v := d.named(at.name)
	s := subnetOf(v, at.addr)
	var rules []estate.SecurityRule
	switch {
	case len(d.e.SecurityGroups) == 0 && v.Model == estate.Classic && (s == nil || s.Name != estate.GatewaySubnet):
	case s == nil, s.SecurityGroup.IsZero():
		return everything("Allow")
	default:
		i := slices.IndexFunc(d.e.SecurityGroups, func(g estate.SecurityGroup) bool { return g.ID.Same(s.SecurityGroup) })
		if i < 0 || !d.e.SecurityGroups[i].RulesKnown {
			return everything("???")
		}
		rules = slices.Clone(d.e.SecurityGroups[i].Rules)
		slices.SortFunc(rules, func(a, b estate.SecurityRule) int { // those without a priority first
			return strings.Compare(strings.ReplaceAll(a.Priority.Value, "?", " ")+a.Name.Value, strings.ReplaceAll(b.Priority.Value, "?", " ")+b.Name.Value)
		})
	}
	for _, text := range []string{direction + " 65000 Allow * VirtualNetwork * VirtualNetwork *", "Inbound 65001 Allow * AzureLoadBalancer * * *",
		"Outbound 65001 Allow * * * Internet *", direction + " 65500 Deny * * * * *"} {
		rules = append(rules, securityRule(text))
	}
	out := guarding{rules: rules}
	for _, r := range rules {
		out.about = append(out.about, min(either(strings.EqualFold(r.Direction.Value, direction), r.Direction.Value), either(true, r.Priority.Value),
			d.among(stand{v, s}, r.Source.Value, from.addr), d.among(stand{v, s}, r.Destination.Value, to.addr)))
	}
	return out
}

// either is unknown where the text cannot be read.
func either(is bool, text string) reach.Value {
	switch {
	case text == "???":
		return reach.Unknown
	case is:
		return reach.Yes
	}
	return reach.No
}

func atPort(text, protocol string, port int) reach.Value {
	switch {
	case text == "*", text == "???":
		return either(true, text)
	case protocol != "tcp" && protocol != "udp":
		return reach.No
	}
	for _, part := range strings.Split(text, ",") {
		low, high, ok := strings.Cut(part, "-")
		if !ok {
			high = low
		}
		lo, _ := strconv.Atoi(low)
		hi, _ := strconv.Atoi(high)
		if lo <= port && port <= hi {
			return reach.Yes
		}
	}
	return reach.No
}

// among says whether a source or destination means an address, for the rules of a subnet.
func (d *definition) among(at stand, text string, a netip.Addr) reach.Value {
	public := !slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) })
	switch strings.ToLower(text) {
	case "*", "???":
		return either(true, text)
	case "virtualnetwork", "virtual_network":
		return d.tagged(at, a)
	case "azureloadbalancer":
		return reach.No
	case "storage":
		return min(reach.Unknown, either(public, ""))
	case "internet":
		for _, r := range append(d.tagRoutes(at), over(at.v.Space, route{rank: byItself})...) {
			switch {
			case !r.prefix.Contains(a):
			case r.rank == byItself, r.rank == byNeighbour:
				return reach.No
			case r.rank == byGateway && r.prefix.Bits() > 0 && public:
				public = false
				text = "???"
			}
		}
		return either(public, text)
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return either(p.Contains(a), text)
	}
	return either(netip.MustParseAddr(text) == a, text)
}

// tagRoutes are the routes whose prefixes the VirtualNetwork tag of a subnet covers, beside the ranges of
// its VNet.
func (d *definition) tagRoutes(at stand) []route {
	var all []route
	for _, r := range d.peeringRoutes(at.v) {
		if r.half.AllowVirtualNetworkAccess && d.half(r.to, at.v).AllowVirtualNetworkAccess {
			all = append(all, r)
		}
	}
	all = append(all, d.groupRoutes(at.v)...)
	all = append(all, d.userRoutes(at)...)
	all = append(all, d.gatewayRoutes(at.v)...)
	return append(all, d.routeServerRoutes(at.v)...)
}

func (d *definition) tagged(at stand, a netip.Addr) reach.Value {
	v := either(has(at.v, a), "")
	for _, r := range d.tagRoutes(at) {
		doubtful := r.rank == byGateway && (r.maybe != "" || r.prefix.Bits() == 0 || d.unpropagated(at))
		if r.prefix.Contains(a) {
			v = max(v, map[bool]reach.Value{true: reach.Unknown, false: reach.Yes}[doubtful])
		}
	}
	return v
}

// TestPermitMatchesDefinition compares the answers about ranges of ports with what the definition says of
// single packets.
func TestPermitMatchesDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		drawGroups(t, w)
		d := newDefinition(&w.Estate)
		permits := reach.NewPermits(&w.Estate)
		all := points(d)
		dice := drawDice(t)
		for range 30 {
			from, to := all[dice.Intn(len(all))], all[dice.Intn(len(all))]
			got := permits.Between(endpoint(from), endpoint(to))
			both := []guarding{d.guards("Outbound", from, from, to), d.guards("Inbound", to, from, to)}
			seen := map[reach.Value]bool{}
			for _, protocol := range someProtocols {
				for _, source := range somePorts {
					for _, destination := range somePorts {
						want := permitted(both, protocol, source, destination)
						seen[want] = true
						if is := got.Allows(protocol, uint16(source), uint16(destination)); is != want {
							t.Fatalf("%s to %s, %s %d to %d: %s, definition %s (%s; %s)\n%s%s", from, to, protocol, source, destination, is, want,
								got.Ports, got.Doubt, describe(w), describeGroups(w))
						}
					}
				}
			}
			if want := valueOf(seen); got.Value != want {
				t.Fatalf("%s to %s: %s, definition %s\n%s%s", from, to, got.Value, want, describe(w), describeGroups(w))
			}
		}
	})
}

// valueOf sums up what single packets say: some is known as soon as one surely passes and one does not.
func valueOf(seen map[reach.Value]bool) reach.PermitValue {
	switch {
	case seen[reach.Yes] && seen[reach.No]:
		return reach.PermitSome
	case seen[reach.Unknown]:
		return reach.PermitUnknown
	case seen[reach.Yes]:
		return reach.PermitAll
	}
	return reach.PermitNone
}

func describeGroups(w *world) string {
	var b strings.Builder
	for _, v := range w.VNets {
		for _, s := range v.Subnets {
			if !s.SecurityGroup.IsZero() {
				fmt.Fprintf(&b, "%s/%s: group %s\n", v.Name, s.Name, s.SecurityGroup.Name)
			}
		}
	}
	for _, g := range w.SecurityGroups {
		fmt.Fprintf(&b, "group %s%s\n", g.Name, flags(!g.RulesKnown, "rules not known"))
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "  %s %s %s %s %s %s:%s > %s:%s\n", r.Name.Value, r.Direction.Value, r.Priority.Value, r.Access.Value, r.Protocol.Value,
				r.Source.Value, r.SourcePort.Value, r.Destination.Value, r.DestinationPort.Value)
		}
	}
	return b.String()
}
