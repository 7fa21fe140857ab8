package report

import (
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// wayWords are what a way gives and what it lacks, whatever the network. Source: docs/sources.md#transit.
var wayWords = map[plan.WayKind]string{
	plan.ByPeerings:    "nothing on the way looks at packets or encrypts them [D]",
	plan.ByGroups:      "as peerings; a network manager owns them [D]",
	plan.ByFirewall:    "every packet is looked at, none encrypted; window U6 [D]",
	plan.ByAppliances:  "every packet is looked at; machines of your own to run [D]",
	plan.ByRouteServer: "as appliances, which announce the routes [D]",
	plan.ByGateway:     "discouraged, without a promise of bandwidth; for a while, in small networks [D]",
	plan.ByHubTunnels:  "encrypted from region to region [D]",
}

// ways shows the ways to join the VNets of a component.
func (r *reviewer) ways(all []plan.Way) {
	if len(all) == 0 {
		return
	}
	r.para(toned(strong, "Ways to join the VNets that reach each other").say(", by the hour and without traffic:"))
	g := grid{head: []string{"way", "USD a month", "pairs off VPN", "newly joined", "to know"}}
	var reasons []string
	against := map[string][]phrase{}
	for i := range all {
		w := &all[i]
		name := say("%s", w.Kind)
		switch {
		case w.Taken:
			name = toned(good, "%s", w.Kind).say(", taken")
		case w.Kind.Transit() != "":
			name = name.say(" (--transit %s)", w.Kind.Transit())
		}
		if w.Against != "" {
			if against[w.Against] == nil {
				reasons = append(reasons, w.Against)
			}
			against[w.Against] = append(against[w.Against], name)
			continue
		}
		joined := say("0")
		if w.Joined > 0 {
			joined = toned(warn, "%d", w.Joined)
		}
		know := say("%s", wayWords[w.Kind])
		if ceiling := w.Kind.Ceiling(); ceiling != "" {
			know = know.say("; at most %s", ceiling)
		}
		g.rows = append(g.rows, []phrase{name, say("%s", w.Monthly.String()), ofPairs(w), joined, know})
	}
	r.add(g)
	r.add(list{each(reasons, func(why string) phrase { return toned(warn, "not here: ").and(joined(against[why])).say(": %s", why) })})
	r.para(chosenWay(all))
}

func ofPairs(w *plan.Way) phrase {
	if w.Moved == w.Of {
		return say("%d of %d", w.Moved, w.Of)
	}
	return toned(warn, "%d of %d", w.Moved, w.Of)
}

// chosenWay says whether the way that the plan goes is the best of those that can be planned.
func chosenWay(all []plan.Way) phrase {
	best := plan.Best(all)
	for i := range all {
		switch w := &all[i]; {
		case !w.Taken:
		case best == "":
			return say("Each way that can be planned has something against it.")
		case w.Kind == best:
			return say("Of the ways that can be planned it is %s: none takes more pairs off VPN, none that takes as many joins fewer anew, and of those none is known to cost less.", w.Kind)
		default:
			return say("Of the ways that can be planned %s is better by these numbers: more pairs off VPN, or else fewer newly joined, or else less to pay. It is for you to ask for it: --transit %s.", best, best.Transit())
		}
	}
	return say("")
}

// WireJoining is one way to join the virtual networks of a component, for comparing.
type WireJoining struct {
	Kind    string       `json:"kind" jsonschema:"enum=direct peerings,enum=connected groups,enum=Azure Firewall in a hub,enum=appliances in a hub,enum=appliances and a Route Server,enum=the hub's VPN gateway as a router,enum=a hub for each region and VPN with BGP between them"`
	Taken   bool         `json:"taken,omitempty"`
	Moved   int          `json:"pairsOffVpn"`       // of virtual networks
	Of      int          `json:"pairsOnVpn"`        // that tunnels carry today
	Joined  int          `json:"newlyJoined"`       // pairs of virtual networks, or of one and an on-premises network
	Monthly *WireMonthly `json:"monthly,omitempty"` // what goes by the hour, without traffic
	Against string       `json:"against,omitempty"` // what is in its way here
}

func wireJoining(w plan.Way) WireJoining {
	return WireJoining{string(w.Kind), w.Taken, w.Moved, w.Of, w.Joined, wireMonthly(w.Monthly), w.Against}
}

func (d *unwirer) joining(w WireJoining) plan.Way {
	return plan.Way{Kind: oneOf(d, "way to join VNets", w.Kind, plan.WayKinds), Taken: w.Taken, Moved: w.Moved, Of: w.Of, Joined: w.Joined, Monthly: d.monthly(w.Monthly), Against: w.Against}
}
