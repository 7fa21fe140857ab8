package plan

import (
	"reflect"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Undo is what takes a step back. It is empty of a step that changes nothing, or only what people do.
type Undo struct {
	Remove  []estate.ID // what the step added; it is deleted
	Restore []estate.ID // what the step removed or replaced; it is put back as it was before the step
	Minutes [2]int      // shortest and longest duration
	None    string      // why there is no way back, or none that brings back everything: the step is a point of no return
}

// IsZero reports whether nothing is said.
func (u *Undo) IsZero() bool { return len(u.Remove)+len(u.Restore) == 0 && u.None == "" }

// Builds reports whether a gateway has to be built to take the step back, which takes long.
func (u *Undo) Builds() bool {
	for _, id := range u.Restore {
		if id.Type == estate.TypeGateway {
			return true
		}
	}
	return false
}

// takeBack says of every step, in order, how it is taken back; start is the network before the first.
func takeBack(start *estate.Index, steps []Step) {
	at := newMoment(start)
	for i := range steps {
		s := &steps[i]
		s.Back = backOf(s, at)
		s.Impact.NoReturn = s.Back.None != ""
		for _, id := range s.Effect.Remove {
			at.set(id.Key(), nil)
		}
		for h := range holdings(s.Effect.Add) {
			at.set(h.id.Key(), h.object)
		}
	}
}

// backOf is the inverse of a step.
func backOf(s *Step, at *moment) Undo {
	if s.Action == MigrateVNet {
		return Undo{None: "after its commit the platform takes no VNet back to classic"}
	}
	var u Undo
	for _, id := range s.Effect.Remove {
		if why := goneForGood(id, at); why != "" {
			u.None = why
		}
		if inEstate(id) {
			u.restore(id)
		}
	}
	for h := range holdings(s.Effect.Add) {
		switch old := at.object(h.id, h.id.Key()); {
		case old == nil:
			u.remove(h.id)
			if gw, ok := h.object.(*estate.Gateway); ok && !gw.PublicIP.IsZero() {
				u.remove(gw.PublicIP)
			}
		case !reflect.DeepEqual(old, h.object): // what an earlier step brought as well is that one's to undo
			u.restore(h.id)
		}
	}
	return u
}

// goneForGood says why an object does not come back as it was once it is deleted, or "".
func goneForGood(id estate.ID, at *moment) string {
	switch id.Type {
	case estate.TypePublicIP:
		return "a deleted public address does not come back"
	case estate.TypeGateway:
		if gw, ok := at.object(id, id.Key()).(*estate.Gateway); ok && gw.BasicIP {
			return "its public address is of the Basic size, and does not come back once the gateway is deleted"
		}
	}
	return ""
}

// minutesUnplacing is how long it takes to take appliances away, and their load balancer. Source: docs/sources.md#durations.
var minutesUnplacing = [2]int{10, 240}

// Durations of undoing, by what is deleted and what is put back. Source: docs/sources.md#durations.
var (
	minutesRemoving = map[string][2]int{
		estate.TypeVNet: minutesVNet, estate.TypeGateway: minutesGatewayOff, estate.TypeConnection: minutesTunnelGone, estate.TypePeering: minutesPeering,
		estate.TypeFirewall: passages[FirewallPassage].minutes, estate.TypeLoadBalancer: minutesUnplacing, estate.TypeRouteServer: minutesServer, estate.TypeRouteTable: minutesRoutes, estate.TypeNSG: minutesGuard, estate.TypeNetworkGroup: minutesGroup,
	}
	minutesRestoring = map[string][2]int{
		estate.TypeVNet: minutesVNet, estate.TypeGateway: minutesGateway, estate.TypeConnection: minutesConnection, estate.TypePeering: minutesFlag,
		estate.TypeSite: minutesClean,
	}
)

func (u *Undo) remove(id estate.ID) {
	u.Remove = append(u.Remove, id)
	u.take(minutesRemoving[id.Type])
}

func (u *Undo) restore(id estate.ID) {
	u.Restore = append(u.Restore, id)
	u.take(minutesRestoring[id.Type])
}

// take makes the undo last as long as one of its parts: they are done together.
func (u *Undo) take(minutes [2]int) {
	u.Minutes = [2]int{max(u.Minutes[0], minutes[0]), max(u.Minutes[1], minutes[1])}
}
