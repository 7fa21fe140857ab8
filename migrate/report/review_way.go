package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// target shows the peerings by their flags, then what becomes of everything else.
func (r *reviewer) target() {
	r.section("Target")
	r.peerings(r.p.Target.Peerings)
	r.groups(r.p.Target.Groups)
	r.outcomes()
}

// peerings groups the halves that have the same flags, so that each flag is stated and can still
// be read.
func (r *reviewer) peerings(all []estate.Peering) {
	if len(all) == 0 {
		r.say("No peerings.")
		return
	}
	r.say("%d peering halves, each as VNet -> remote VNets, by their flags:", len(all))
	var flags []string
	of := map[string][]*estate.Peering{}
	for i := range all {
		f := flagWords(&all[i])
		if of[f] == nil {
			flags = append(flags, f)
		}
		of[f] = append(of[f], &all[i])
	}
	for _, f := range flags {
		r.add(heading{3, say("%s", f)})
		shown, more := cut(r.remotes(of[f]), longest)
		r.add(list{shown})
		r.add(more...)
	}
}

// groups lists the connected groups with their members.
func (r *reviewer) groups(all []estate.NetworkGroup) {
	if len(all) == 0 {
		return
	}
	r.say("%s, each with the VNets that it joins with each other:", plural(len(all), "connected group"))
	shown, more := cut(all, longest)
	r.add(list{each(shown, func(g estate.NetworkGroup) phrase { return r.name(g.ID).say(" -> ").and(r.names(g.All(), longest)) })})
	r.add(more...)
}

// remotes lists halves by the VNet they belong to: "hub -> a, b".
func (r *reviewer) remotes(halves []*estate.Peering) []phrase {
	var order []estate.ID
	remotes := map[estate.Key][]estate.ID{}
	for _, p := range halves {
		key := p.VNet.Key()
		if remotes[key] == nil {
			order = append(order, p.VNet)
		}
		remotes[key] = append(remotes[key], p.Remote)
	}
	return each(order, func(v estate.ID) phrase { return r.name(v).say(" -> ").and(r.names(remotes[v.Key()], longest)) })
}

func flagWords(p *estate.Peering) string {
	return fmt.Sprintf("allowVirtualNetworkAccess %t, allowForwardedTraffic %t, allowGatewayTransit %t, useRemoteGateways %t",
		p.AllowVirtualNetworkAccess, p.AllowForwardedTraffic, p.AllowGatewayTransit, p.UseRemoteGateways)
}

// offers is what a hub has that VNets use by the flag for remote gateways.
func (r *reviewer) offers(hub estate.ID) string {
	what := map[bool]bool{}
	for i := range r.p.Target.Gateways {
		if g := &r.p.Target.Gateways[i]; g.VNet.Same(hub) && !g.Kind.Forwards() {
			what[g.Kind == estate.RouteServer] = true
		}
	}
	switch {
	case what[true] && what[false]:
		return "gateway and Route Server"
	case what[true]:
		return "Route Server"
	}
	return "gateway"
}

// kinds names the types of objects for people.
var kinds = map[string]string{
	estate.TypeVNet: "VNet", estate.TypePeering: "peering", estate.TypeSite: "local network gateway", estate.TypeGateway: "gateway",
	estate.TypeConnection: "connection", estate.TypePublicIP: "public IP address", estate.TypeCircuit: "ExpressRoute circuit",
	estate.TypeFirewall: "firewall", estate.TypeLoadBalancer: "load balancer", estate.TypeInterface: "appliance", estate.TypeRouteServer: "Route Server",
	estate.TypeDNSServer: "name server", estate.TypeNetworkGroup: "connected group", estate.TypeNetworkManager: "network manager",
	estate.TypeNSG: "network security group", estate.TypeRouteTable: "route table",
}

func kindOf(id estate.ID) string {
	if k, ok := kinds[id.Type]; ok {
		return k
	}
	return id.Type
}

var whatTones = map[plan.What]tone{plan.Remove: bad, plan.Create: good, plan.Change: warn}

func (r *reviewer) outcomes() {
	var all []plan.Outcome
	for _, o := range r.p.Outcomes {
		if o.Object.Type != estate.TypePeering { // shown above, with its flags
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		return
	}
	r.add(heading{3, say("What becomes of gateways, connections and sites: %s", outcomeCounts(all))})
	shown, more := cut(all, longest)
	g := grid{head: []string{"object", "name", "plan", "because"}}
	for _, o := range shown {
		g.rows = append(g.rows, []phrase{say("%s", kindOf(o.Object)), r.name(o.Object), toned(whatTones[o.What], "%s", o.What), say("%s", o.Because)})
	}
	r.table(g, more)
}

func outcomeCounts(all []plan.Outcome) string {
	var parts []string
	for _, what := range []plan.What{plan.Keep, plan.Change, plan.Create, plan.Remove} {
		n := 0
		for _, o := range all {
			if o.What == what {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
		}
	}
	return strings.Join(parts, ", ")
}

// mostSteps is how many steps a person is shown.
const mostSteps = 200

// steps lists the waves. Steps of a wave that are done and verified alike stand together, with
// what is common to them said once.
func (r *reviewer) steps() {
	r.section("Steps")
	if len(r.p.Steps) == 0 {
		r.say("Nothing to do.")
		return
	}
	r.say("Steps of one wave may be done in any order, but one at a time per VNet and gateway: the platform takes no second write meanwhile. A step begins when those it needs are verified.")
	shown, more := cut(r.p.Steps, mostSteps)
	wave := 0
	for i := 0; i < len(shown); {
		if shown[i].Wave != wave {
			wave = shown[i].Wave
			r.add(heading{3, say("Wave %d", wave)})
		}
		end := i + 1
		for end < len(shown) && alike(&shown[i], &shown[end]) {
			end++
		}
		r.stepsAlike(shown[i:end])
		i = end
	}
	r.add(more...)
}

func alike(a, b *plan.Step) bool {
	return a.Wave == b.Wave && a.Action == b.Action && a.Impact == b.Impact && a.Verify == b.Verify && a.Undo == b.Undo && a.Back.Minutes == b.Back.Minutes
}

func (r *reviewer) stepsAlike(steps []plan.Step) {
	first := &steps[0]
	head := toned(strong, "%s", first.Action).say(": ").and(impactWords(&first.Impact))
	if len(steps) > 1 {
		head = head.say(" each")
	}
	if first.Impact.NoReturn {
		head = head.say(". ").and(toned(bad, "POINT OF NO RETURN"))
	} else if first.Back.Builds() {
		head = head.say(". ").and(toned(warn, "SLOW TO UNDO"))
	}
	r.para(head)
	g := grid{head: []string{"step", "object", "because", "needs"}}
	for i := range steps {
		s := &steps[i]
		g.rows = append(g.rows, []phrase{toned(strong, "%s", s.ID), r.object(s), say("%s", s.Because), say("%s", orDash(rangeWords(s.Needs)))})
	}
	r.add(g, facts{{"verify", say("%s", orDash(first.Verify))}, {"undo", undoWords(first)}})
}

// undoWords say how a step is taken back, and how long that takes where it is known.
func undoWords(s *plan.Step) phrase {
	p := say("%s", orDash(s.Undo))
	if m := s.Back.Minutes; m != [2]int{} {
		p = p.say("; takes %s", minuteWords(m))
	}
	return p
}

func impactWords(i *plan.Impact) phrase {
	p := toned(map[plan.ImpactClass]tone{plan.Live: good, plan.Brief: warn, plan.Interrupting: bad}[i.Class], "%s", i.Class)
	if i.Minutes != [2]int{} {
		p = p.say(", %s", minuteWords(i.Minutes))
	}
	if i.Window != "" {
		p = p.say(", ").and(toned(warn, "in window %s", i.Window))
	}
	return p
}

func minuteWords(m [2]int) string {
	if m[0] == m[1] {
		return plural(m[0], "minute")
	}
	return fmt.Sprintf("%d to %d minutes", m[0], m[1])
}

// rangeWords sorts step ids and shortens them to ranges: "S002 to S005, S009".
func rangeWords(ids []string) string {
	ids = slices.SortedStableFunc(slices.Values(ids), func(a, b string) int { return cmp.Compare(stepNumber(a), stepNumber(b)) })
	var parts []string
	for i := 0; i < len(ids); {
		end := i
		for end+1 < len(ids) && stepNumber(ids[end+1]) == stepNumber(ids[end])+1 {
			end++
		}
		switch {
		case end-i >= 2:
			parts = append(parts, ids[i]+" to "+ids[end])
		default:
			parts = append(parts, ids[i:end+1]...)
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}

func stepNumber(id string) int {
	n := -1
	if _, err := fmt.Sscanf(id, "S%d", &n); err != nil {
		return -1 << 30 // no successor
	}
	return n
}

// object says what a step works on.
func (r *reviewer) object(s *plan.Step) phrase {
	switch {
	case s.Object.IsZero():
		return say("the live network")
	case s.Action == plan.VerifyReach:
		return say("the component of ").and(r.name(s.Object))
	case s.Action == plan.CreatePeering && len(s.Also) == 1:
		return r.name(s.Object).say(" <-> ").and(r.name(s.Also[0]))
	case s.Action == plan.UseRemoteGateway:
		if half := addedPeering(s); half != nil {
			return r.name(half.VNet).say(" uses the %s of ", r.offers(half.Remote)).and(r.name(half.Remote))
		}
	case s.Action == plan.CleanUp:
		return r.typed(append([]estate.ID{s.Object}, s.Also...))
	}
	return joined(each(append([]estate.ID{s.Object}, s.Also...), r.name))
}

func addedPeering(s *plan.Step) *estate.Peering {
	if s.Effect.Add == nil || len(s.Effect.Add.Peerings) == 0 {
		return nil
	}
	return &s.Effect.Add.Peerings[0]
}

// typed names objects by kind: "local network gateways a, b; public IP address c".
func (r *reviewer) typed(ids []estate.ID) phrase {
	var order []string
	of := map[string][]estate.ID{}
	for _, id := range ids {
		if of[id.Type] == nil {
			order = append(order, id.Type)
		}
		of[id.Type] = append(of[id.Type], id)
	}
	return apartBy("; ", each(order, func(typ string) phrase { return say("%s ", kindOf(of[typ][0])).and(r.names(of[typ], 8)) }))
}

func (r *reviewer) windows() {
	r.section("Declared windows")
	if len(r.p.Windows) == 0 {
		r.say("None: no required pair is interrupted.")
		return
	}
	shown, more := cut(r.p.Windows, longest)
	for i := range shown {
		w := &shown[i]
		r.add(heading{3, toned(warn, "%s", w.ID).say(" (%s), %s", w.Cause, minuteWords(w.Minutes))})
		f := facts{{"because", say("%s", w.Because)}, {"steps", say("%s", rangeWords(w.Steps))}}
		if others := meanwhile(r.p, w); len(others) > 0 {
			f = append(f, fact{"leave", say("%s, until it has ended: %s between these steps, and none of these needs %s; done in between, the pairs are cut for %s more",
				rangeWords(stepIDs(others)), pluralOf(len(others), "it stands", "they stand"), pluralOf(len(others), "it", "them"), minuteWords(minutesOf(others)))})
		}
		const few = 12
		var pairs []phrase
		for _, pair := range w.Pairs[:min(few, len(w.Pairs))] {
			pairs = append(pairs, named(pair[0]).say(" with ").and(named(pair[1])))
		}
		cutOff := say("")
		if n := len(w.Pairs) - few; n > 0 {
			cutOff = say(" and %d more, see plan.json", n)
		} else if len(w.Pairs) == 0 {
			cutOff = say("none that is required")
		}
		r.add(append(f, fact{"pairs", joined(pairs).and(cutOff)}))
	}
	r.add(more...)
}
