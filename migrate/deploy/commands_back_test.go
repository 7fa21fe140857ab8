package deploy_test

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// objects are those of an estate that steps add, by their ids.
func objects(e *estate.Estate) (ids []estate.ID, of map[estate.Key]any) {
	of = map[estate.Key]any{}
	if e == nil {
		return nil, of
	}
	put := func(id estate.ID, object any) {
		ids = append(ids, id)
		of[id.Key()] = object
	}
	for _, v := range e.VNets {
		put(v.ID, v)
	}
	for _, v := range e.Sites {
		put(v.ID, v)
	}
	for _, v := range e.Gateways {
		put(v.ID, v)
	}
	for _, v := range e.Connections {
		put(v.ID, v)
	}
	for _, v := range e.SecurityGroups {
		put(v.ID, v)
	}
	for _, v := range e.RouteTables {
		put(v.ID, v)
	}
	for _, v := range e.Peerings {
		put(v.ID, v)
	}
	return ids, of
}

// takenBack gives steps that a test makes by hand the undo that a plan would give them.
func takenBack(p *plan.Plan) *plan.Plan {
	now := map[estate.Key]any{}
	if p.Mode != options.Rebuild {
		_, now = objects(p.Base)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		var back plan.Undo
		for _, id := range s.Effect.Remove {
			if id.Type == estate.TypePublicIP {
				back.None = "a deleted public address does not come back"
				continue
			}
			back.Restore = append(back.Restore, id)
		}
		added, objects := objects(s.Effect.Add)
		for _, id := range added {
			object := objects[id.Key()]
			switch was := now[id.Key()]; {
			case was == nil:
				back.Remove = append(back.Remove, id)
				if g, ok := object.(estate.Gateway); ok && !g.PublicIP.IsZero() {
					back.Remove = append(back.Remove, g.PublicIP)
				}
			case !reflect.DeepEqual(was, object):
				back.Restore = append(back.Restore, id)
			}
		}
		for _, id := range s.Effect.Remove {
			delete(now, id.Key())
		}
		for _, id := range added {
			now[id.Key()] = objects[id.Key()]
		}
		s.Back = back
	}
	return p
}

// What the commands undo is what the plan says: whatever is deleted or put back has a command or words.
func TestCommandsUndoWhatThePlanSays(t *testing.T) {
	deleted, restored := 0, 0
	for name, p := range fixturePlans(t) {
		for i, c := range deploy.CommandsOf(p, deploy.Options{KeyVault: testVault}).Steps {
			s := &p.Steps[i]
			says := func(commands []deploy.Command, verb, name string) bool {
				return slices.ContainsFunc(commands, func(one deploy.Command) bool {
					return strings.Contains(one.Posix, verb) && strings.Contains(one.Posix, "='"+name+"'") || one.Posix == "" && strings.Contains(one.Note, name)
				})
			}
			for _, id := range s.Back.Remove {
				deleted++
				if id.Type == estate.TypeNetworkManager || id.Type == estate.TypeNetworkGroup { // the manager goes with all its groups
					if !slices.ContainsFunc(c.Undo, func(one deploy.Command) bool {
						return strings.Contains(one.Posix, "--method=delete") && strings.Contains(one.Posix, "/networkManagers/"+id.Name+"?") && strings.Contains(one.Posix, "force=true")
					}) {
						t.Errorf("%s %s: %s was made, and is not deleted", name, s.ID, id)
					}
					continue
				}
				// A site that only ExpressRoute names has no local network gateway.
				if !says(c.Undo, " delete ", cmp.Or(id.Child, id.Name)) && id.Type != estate.TypeSite {
					t.Errorf("%s %s: %s was made, and is not deleted", name, s.ID, id)
				}
			}
			for _, id := range s.Back.Restore {
				restored++
				verb := cmp.Or(map[string]string{estate.TypePeering: " peering ", estate.TypeVNet: " subnet update "}[id.Type], " create ")
				if !says(c.Undo, verb, cmp.Or(id.Child, id.Name)) && !says(c.Do, " peering sync ", cmp.Or(id.Child, id.Name)) {
					t.Errorf("%s %s: %s was there before, and is not put back", name, s.ID, id)
				}
			}
			for _, one := range c.Undo {
				if strings.Contains(one.Posix, " delete ") && !strings.Contains(one.Note, "; only if this step made it") {
					t.Errorf("%s %s deletes what may be somebody else's: %s", name, s.ID, one.Note)
				}
			}
		}
	}
	if deleted < 500 || restored < 500 {
		t.Errorf("looked at %d deletions and %d restorations", deleted, restored)
	}
}
