package deploy

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Additions is the template of what can be deployed before anything is taken away: the VNets,
// gateways, connections and peerings that the plan adds up to the first wave that removes
// something. What exists is referred to and never written. A rebuild is deployed whole.
func Additions(p *plan.Plan, opts Options) (*Deployment, diag.List) {
	if p.Mode == options.Rebuild {
		d, found := Target(p, opts)
		return d, append(found, unwritten(p)...)
	}
	return renderFor(added(p), p.Base, p.Base, p.Target, opts)
}

// Target is the template of the whole network after the last step of a plan.
func Target(p *plan.Plan, opts Options) (*Deployment, diag.List) {
	return renderFor(p.Target, &estate.Estate{}, p.Base, p.Target, opts)
}

// unwritten reports the gateways of a target that no template of ours builds.
func unwritten(p *plan.Plan) diag.List {
	var found diag.List
	b, e := builder{estate.NewIndex(p.Base)}, p.Target
	for i := range e.Gateways {
		if g := &e.Gateways[i]; !b.built(g) {
			at := diag.Pos{}
			if len(g.Refs) > 0 {
				at = e.Pos(g.Refs[0])
			}
			found.Add("ARM-005", at, "%s %q of VNet %q is not built: a listing does not tell what it does with packets", g.Kind, g.ID.Name, g.VNet.Name)
		}
	}
	return found
}

// added is what the plan adds before anything is taken away.
func added(p *plan.Plan) *estate.Estate {
	add, known := &estate.Estate{Docs: p.Base.Docs, Subscriptions: p.Base.Subscriptions}, present(p.Base)
	last := lastAddingWave(p)
	for i := range p.Steps {
		if step := &p.Steps[i]; step.Wave <= last && step.Effect.Add != nil {
			addNew(add, step.Effect.Add, known)
		}
	}
	add.Circuits = p.Base.Circuits // they are only referred to
	return add
}

// AdditionStages is Additions in the subscriptions and resource groups that a live network has: one template
// where all of it goes into one group, else one for each group and level, in order. A network that no
// listing describes has no groups, and one template.
func AdditionStages(p *plan.Plan, opts Options) ([]Stage, diag.List) {
	whole, found := Additions(p, opts)
	only := []Stage{{Name: "additions", Deployment: whole}}
	if len(p.Base.Listings) == 0 || p.Mode == options.Rebuild || len(whole.Template.Resources) == 0 {
		return only, found
	}
	return stagesBeside(added(p), p.Base, p.Target, opts)
}

// lastAddingWave is the last wave before the first that removes something.
func lastAddingWave(p *plan.Plan) int {
	last := 0
	for i := range p.Steps {
		if len(p.Steps[i].Effect.Remove) > 0 {
			return p.Steps[i].Wave - 1
		}
		last = p.Steps[i].Wave
	}
	return last
}

// present holds the keys of every object of an estate.
func present(e *estate.Estate) map[estate.Key]bool {
	keys := map[estate.Key]bool{}
	addNew(&estate.Estate{}, e, keys)
	return keys
}

// addNew appends to an estate what of another is not known yet, and notes it.
func addNew(to, from *estate.Estate, known map[estate.Key]bool) {
	to.VNets = appendNew(to.VNets, from.VNets, known, func(v *estate.VNet) estate.ID { return v.ID })
	to.Sites = appendNew(to.Sites, from.Sites, known, func(s *estate.Site) estate.ID { return s.ID })
	to.Gateways = appendNew(to.Gateways, from.Gateways, known, func(g *estate.Gateway) estate.ID { return g.ID })
	to.Connections = appendNew(to.Connections, from.Connections, known, func(c *estate.Connection) estate.ID { return c.ID })
	to.SecurityGroups = appendNew(to.SecurityGroups, from.SecurityGroups, known, func(g *estate.SecurityGroup) estate.ID { return g.ID })
	to.RouteTables = appendNew(to.RouteTables, from.RouteTables, known, func(t *estate.RouteTable) estate.ID { return t.ID })
	to.Managers = appendNew(to.Managers, from.Managers, known, func(m *estate.NetworkManager) estate.ID { return m.ID })
	to.Groups = appendNew(to.Groups, from.Groups, known, func(g *estate.NetworkGroup) estate.ID { return g.ID })
	to.Peerings = appendNew(to.Peerings, from.Peerings, known, func(p *estate.Peering) estate.ID { return p.ID })
}

func appendNew[T any](to, from []T, known map[estate.Key]bool, id func(*T) estate.ID) []T {
	for i := range from {
		if key := id(&from[i]).Key(); !known[key] {
			known[key] = true
			to = append(to, from[i])
		}
	}
	return to
}
