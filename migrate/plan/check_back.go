package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// checkBack goes the way back (PLAN-023): undoing a step, right after it, has to restore the network before it. Steps
// are undone in reverse order, so when each of them restores what was before it, undoing all of a wave restores
// the state before the wave, and undoing all waves the start. Only what a step or its undo touches is compared.
func (c *checker) checkBack() {
	b := newWayBack(c)
	count := 0
	for i := range c.p.Steps {
		s := &c.p.Steps[i]
		for _, why := range b.step(s) {
			c.back = append(c.back, Violation{After: fmt.Sprintf("wave %d", s.Wave), Rule: "PLAN-023", Text: fmt.Sprintf("step %s (%s) %s", s.ID, s.Action, why)})
		}
		if len(b.changed) > 0 {
			count++
		}
	}
	switch {
	case count == 0:
	case b.told:
		c.wayBack = "before " + plural(count, "step") + ", undone from the last to the first"
	default:
		c.wayBack = "not the way back: the plan does not say how its steps are undone"
	}
}

// told reports whether a plan says as data how it is undone; older ones do not.
func told(steps []Step) bool {
	return slices.ContainsFunc(steps, func(s Step) bool { return !s.Back.IsZero() })
}

// wayBack is the network while its steps are done in order, each with a look at its undo.
type wayBack struct {
	*moment
	told    bool
	users   map[estate.Key][]held // of what some undo deletes: all that ever needed it
	changed []change              // by the step at hand
	was     map[estate.Key]any    // the same, as it was before
}

// change is an object that a step or its undo names.
type change struct {
	id  estate.ID
	key estate.Key
}

func newWayBack(c *checker) *wayBack {
	x := c.base
	if c.p.Mode == options.Rebuild {
		x = estate.NewIndex(startOf(c.p))
	}
	b := &wayBack{moment: newMoment(x), told: told(c.p.Steps), users: map[estate.Key][]held{}}
	for i := range c.p.Steps {
		for _, id := range c.p.Steps[i].Back.Remove {
			if id.Type != estate.TypePeering && id.Type != estate.TypeConnection { // those nothing needs
				b.users[id.Key()] = nil
			}
		}
	}
	if len(b.users) > 0 {
		for h := range holdings(startOf(c.p)) {
			b.watch(h)
		}
	}
	return b
}

// watch notes what an object needs of what some undo deletes.
func (b *wayBack) watch(h held) {
	if len(b.users) == 0 {
		return
	}
	for _, need := range needsOf(h.object) {
		key := need.Key()
		if users, watched := b.users[key]; watched {
			b.users[key] = append(users, h)
		}
	}
}

// needsOf lists what an object refers to and cannot be without.
func needsOf(object any) []estate.ID {
	var out []estate.ID
	add := func(ids ...estate.ID) {
		for _, id := range ids {
			if !id.IsZero() {
				out = append(out, id)
			}
		}
	}
	switch o := object.(type) {
	case *estate.VNet:
		for i := range o.Subnets {
			add(o.Subnets[i].RouteTable, o.Subnets[i].SecurityGroup)
		}
	case *estate.Gateway:
		add(o.VNet, o.DefaultSite)
	case *estate.Connection:
		add(o.Gateway, o.Site, o.RemoteGateway)
	case *estate.Peering:
		add(o.VNet, o.Remote)
	case *estate.NetworkGroup:
		add(o.Manager())
		add(o.All()...)
	}
	return out
}

// step does a step and says what is wrong with its undo.
func (b *wayBack) step(s *Step) []string {
	why := b.unmarked(s)
	b.do(s.Effect)
	u := &s.Back
	switch {
	case !b.told:
		return why
	case s.Impact.NoReturn && u.None == "":
		return append(why, "is marked as a point of no return and does not say why")
	case !s.Impact.NoReturn && u.None != "":
		return append(why, "has no way back, and is not marked as a point of no return: "+u.None)
	case s.Impact.NoReturn && len(u.Remove)+len(u.Restore) == 0:
		return why
	case len(b.changed) > 0 && u.IsZero():
		return append(why, "does not say how it is undone")
	}
	return append(why, b.undone(u)...)
}

// unmarked says why a step is a point of no return that is not marked as one.
func (b *wayBack) unmarked(s *Step) []string {
	if s.Impact.NoReturn {
		return nil
	}
	const text = "cannot be taken back, and is not marked as a point of no return: "
	if s.Action == MigrateVNet {
		return []string{text + "the platform takes no VNet back to classic"}
	}
	for _, id := range s.Effect.Remove {
		if lost := b.lost(id); lost != "" {
			return []string{text + lost}
		}
	}
	return nil
}

// lost says why an object that a step deletes can never be the same again, or "".
func (b *wayBack) lost(id estate.ID) string {
	if id.Type == estate.TypePublicIP {
		return "a deleted public address does not come back"
	}
	if id.Type != estate.TypeGateway {
		return ""
	}
	gw, ok := b.object(id, id.Key()).(*estate.Gateway)
	if !ok {
		return ""
	}
	if gw.BasicIP {
		return fmt.Sprintf("the public address of gateway %q is of the Basic size, and goes with it", id.Name)
	}
	if v, ok := b.object(gw.VNet, gw.VNet.Key()).(*estate.VNet); ok && v.Model == estate.Classic {
		return fmt.Sprintf("gateway %q is a classic one, and no new one can be made", id.Name)
	}
	return ""
}

// do does a step, and keeps what it changes as it was.
func (b *wayBack) do(f Effect) {
	b.changed, b.was = b.changed[:0], map[estate.Key]any{}
	set := func(id estate.ID, object any) {
		key := id.Key()
		if _, kept := b.was[key]; !kept {
			b.was[key] = b.object(id, key)
			b.changed = append(b.changed, change{id, key})
		}
		b.set(key, object)
	}
	for _, id := range f.Remove {
		if inEstate(id) {
			set(id, nil)
		}
	}
	for h := range holdings(f.Add) {
		set(h.id, h.object)
		b.watch(h)
	}
}

// undone says what is wrong with an undo right after its step.
func (b *wayBack) undone(u *Undo) []string {
	var why []string
	then := make(map[estate.Key]any, len(u.Remove)+len(u.Restore)) // what the undo changes, as it leaves it
	touched := b.changed
	say := func(format string, id estate.ID) { why = append(why, fmt.Sprintf(format, name(id))) }
	for _, id := range u.Remove {
		if !inEstate(id) {
			continue
		}
		key := id.Key()
		then[key] = nil
		touched = append(touched, change{id, key})
		if b.object(id, key) == nil {
			say("is undone by deleting %s, which is not there", id)
		}
	}
	for _, id := range u.Restore {
		key := id.Key()
		_, deleted := then[key]
		switch before := b.before(id, key); {
		case deleted:
			say("is undone by deleting %s and by putting it back, and what uses it is in the way of that", id)
		case !inEstate(id):
			say("is undone by putting back %s, which does not come back", id)
		case before == nil:
			say("is undone by putting back %s, which was not there before", id)
		default:
			then[key] = before
			touched = append(touched, change{id, key})
		}
	}
	why = append(why, b.refused(touched[len(b.changed):], then)...)
	return append(why, b.unrestored(touched, then)...)
}

// before is an object as it was before the step at hand.
func (b *wayBack) before(id estate.ID, key estate.Key) any {
	if old, changed := b.was[key]; changed {
		return old
	}
	return b.object(id, key)
}

// after is an object after the undo of the step at hand.
func (b *wayBack) after(id estate.ID, key estate.Key, then map[estate.Key]any) any {
	if object, changed := then[key]; changed {
		return object
	}
	return b.object(id, key)
}

// refused says why the platform would refuse an undo: something still uses what it deletes, or what it puts back
// needs something that is not there.
func (b *wayBack) refused(named []change, then map[estate.Key]any) []string {
	var why []string
	for _, c := range named {
		if object := then[c.key]; object != nil {
			for _, need := range needsOf(object) {
				key := need.Key()
				if b.after(need, key, then) == nil && b.before(need, key) != nil {
					why = append(why, fmt.Sprintf("is undone by putting back %s, whose %s is not there", name(c.id), name(need)))
				}
			}
			continue
		}
		for _, user := range b.users[c.key] {
			if object := b.after(user.id, user.id.Key(), then); object != nil && slices.ContainsFunc(needsOf(object), c.id.Same) {
				why = append(why, fmt.Sprintf("is undone by deleting %s, which %s still uses", name(c.id), name(user.id)))
				break
			}
		}
	}
	return why
}

// unrestored says what is otherwise after an undo than before its step.
func (b *wayBack) unrestored(touched []change, then map[estate.Key]any) []string {
	var why []string
	for _, c := range touched {
		was, is := b.before(c.id, c.key), b.after(c.id, c.key, then)
		text := ""
		switch {
		case was == is:
		case is == nil:
			text = fmt.Sprintf("is undone without putting back %s", name(c.id))
		case was == nil:
			text = fmt.Sprintf("is undone without deleting %s", name(c.id))
		default:
			if what := differing(c.id, was, is); what != "" {
				text = fmt.Sprintf("is undone without giving %s its %s back", name(c.id), what)
			}
		}
		if text != "" && !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	return why
}

// differing names what somebody configured otherwise in one of two versions of an object.
func differing(id estate.ID, was, is any) string {
	var what []string
	for _, d := range estate.DifferencesOf(estate.NewIndex(alone(id, was)), estate.NewIndex(alone(id, is)), id) {
		if d.Differs() {
			what = append(what, cmp.Or(d.Property, d.Part))
		}
	}
	return strings.Join(slices.Compact(what), ", ")
}

// alone is a network of one object. It tells all of it, as a listing does: a subnet without a route table has none.
func alone(id estate.ID, object any) *estate.Estate {
	e := &estate.Estate{Listings: []estate.Listing{{Subscription: id.Subscription, Types: []string{estate.TypeVNet, id.Type}}}}
	switch o := object.(type) {
	case *estate.VNet:
		e.VNets = []estate.VNet{*o}
	case *estate.Site:
		e.Sites = []estate.Site{*o}
	case *estate.Gateway:
		e.Gateways = []estate.Gateway{*o}
	case *estate.Connection:
		e.Connections = []estate.Connection{*o}
	case *estate.Peering:
		e.Peerings = []estate.Peering{*o}
	case *estate.SecurityGroup:
		e.SecurityGroups = []estate.SecurityGroup{*o}
	case *estate.RouteTable:
		e.RouteTables = []estate.RouteTable{*o}
	case *estate.NetworkGroup:
		e.Groups = []estate.NetworkGroup{*o}
	case *estate.NetworkManager:
		e.Managers = []estate.NetworkManager{*o}
	}
	return e
}
