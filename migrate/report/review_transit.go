package report

import (
	"fmt"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// transitWords are what a way gives and what it lacks, whatever the network. Source: docs/sources.md#transit.
var transitWords = map[plan.TransitKind]string{
	plan.ByPeerings:    "nothing on the way looks at packets or encrypts them [D]",
	plan.ByGroups:      "as peerings; a network manager owns them [D]",
	plan.ByFirewall:    "every packet from VNet to VNet is looked at, none encrypted; window U6 [D]",
	plan.ByAppliances:  "every packet from VNet to VNet is looked at, none encrypted; window U6; machines of your own to run [D]",
	plan.ByRouteServer: "as appliances, without route tables: every VNet that uses the Route Server gets all that they announce, and what is behind the hub's gateway; their rules alone keep VNets apart [D]",
	plan.ByGateway:     "discouraged: for a while, in small networks; at most what the size of the gateway carries, shared with all its tunnels [D]",
	plan.ByHubTunnels:  fmt.Sprintf("encrypted from region to region; at most %d Mbps for each tunnel [D]", azure.MaxTunnelMbps),
}

// transits shows the ways to join the VNets of a component.
func (r *reviewer) transits(all []plan.TransitOption) {
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
		default:
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
		g.rows = append(g.rows, []phrase{name, say("%s", w.Monthly.String()), ofPairs(w), joined, say("%s", transitWords[w.Kind])})
	}
	r.add(g)
	r.add(list{each(reasons, func(why string) phrase { return toned(warn, "not here: ").and(joined(against[why])).say(": %s", why) })})
	r.para(chosenTransit(all))
}

func ofPairs(w *plan.TransitOption) phrase {
	if w.Moved == w.Of {
		return say("%d of %d", w.Moved, w.Of)
	}
	return toned(warn, "%d of %d", w.Moved, w.Of)
}

// chosenTransit says whether the way that the plan goes is the best.
func chosenTransit(all []plan.TransitOption) phrase {
	best := plan.BestTransit(all)
	for i := range all {
		switch w := &all[i]; {
		case !w.Taken:
		case best == "":
			return say("Each way has something against it.")
		case w.Kind == plan.ByGateway:
			return say("The platform discourages it. Of the other ways the best by these numbers is %s: --transit %s.", best, best.Transit())
		case w.Kind == best:
			return say("Of these ways it is %s: none takes more pairs off VPN, none that takes as many joins fewer anew, and of those none is known to cost less.", w.Kind)
		default:
			return say("Of these ways %s is better by these numbers: more pairs off VPN, or else fewer newly joined, or else less to pay. It is for you to ask for it: --transit %s.", best, best.Transit())
		}
	}
	return say("")
}
