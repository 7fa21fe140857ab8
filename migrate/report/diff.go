package report

import (
	"cmp"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Diff is what changes: first what became of every classic element, then, with Unified, the ARM
// form of the mesh against that of the target.
type Diff struct {
	Elements  []Element
	Resources []ResourceChange // of the resources that are not the same in both, in order

	classic       *estate.Estate
	before, after *arm.Template
	same          int // resources that are equal
	coverage      coverage
	live          *ConfigDiff // in place of all else
}

// Element is a classic element and what became of it.
type Element struct {
	Kind    string // VNet, site, connection, gateway
	Name    string // as written; a connection is "VNet to site"
	Pos     diag.Pos
	Became  []Became
	Without string // why nothing came of it: a rule or assumption id, or words
}

// Became is an ARM object that an element became, and what the plan does with it.
type Became struct {
	Object  estate.ID
	Rule    string // the rule, or the reason in words, when it changed on the way
	What    plan.What
	Because string
}

// NewDiff compares. classic is the estate as read, fates what became of its leaves, p the plan made
// of it; before and after are its Base and Target as templates. It fails only when a resource
// holds a value that JSON cannot.
func NewDiff(classic *estate.Estate, fates []diag.Fate, p *plan.Plan, before, after *arm.Template) (*Diff, error) {
	d := &Diff{classic: classic, before: before, after: after, coverage: coverageOf(fates)}
	d.elements(classic, fates, p)
	return d, d.compare()
}

// NewLiveDiff compares the network that a plan starts from with its target, object by object: what runs already is
// no template.
func NewLiveDiff(p *plan.Plan) *Diff {
	return &Diff{live: NewConfigDiff("before", "after", p.Base, p.Target, nil)}
}

// elements lists the classic elements in the order VNets, gateways, connections, sites.
func (d *Diff) elements(classic *estate.Estate, fates []diag.Fate, p *plan.Plan) {
	became := map[estate.Key][]estate.Mapping{}
	for _, m := range p.Base.Mapping {
		became[m.From.Key()] = append(became[m.From.Key()], m)
	}
	outcome := make(map[estate.Key]plan.Outcome, len(p.Outcomes))
	for _, o := range p.Outcomes {
		outcome[o.Object.Key()] = o
	}
	first := map[diag.Ref]int{} // the leaf that an element begins with → the element
	add := func(kind, name string, id estate.ID, refs []diag.Ref) {
		e := Element{Kind: kind, Name: name}
		if len(refs) > 0 {
			e.Pos = classic.Pos(refs[0])
			first[refs[0]] = len(d.Elements)
		}
		for _, m := range became[id.Key()] {
			o, known := outcome[m.To.Key()]
			if !known {
				o.What = plan.Keep
			}
			e.Became = append(e.Became, Became{m.To, m.Rule, o.What, o.Because})
		}
		d.Elements = append(d.Elements, e)
	}
	for i := range classic.VNets {
		add("VNet", classic.VNets[i].Name, classic.VNets[i].ID, classic.VNets[i].Refs)
	}
	for i := range classic.Gateways {
		add("gateway", "of "+classic.Gateways[i].VNet.Name, classic.Gateways[i].ID, classic.Gateways[i].Refs)
	}
	for i := range classic.Connections {
		c := &classic.Connections[i]
		add("connection", c.ID.Name+" to "+cmp.Or(c.Site.Name, c.RemoteGateway.Name), c.ID, c.Refs)
	}
	for i := range classic.Sites {
		add("site", classic.Sites[i].Name, classic.Sites[i].ID, classic.Sites[i].Refs)
	}
	d.reasons(first, fates)
}

// reasons takes from the fates why an element changed, or why nothing came of it.
func (d *Diff) reasons(first map[diag.Ref]int, fates []diag.Fate) {
	for _, f := range fates {
		i, ok := first[f.Ref]
		if !ok || f.Why == "" {
			continue
		}
		e := &d.Elements[i]
		if len(e.Became) == 0 && e.Without == "" {
			e.Without = f.Why
		}
		for j := range e.Became {
			if b := &e.Became[j]; b.Rule == "" && f.Kind != diag.Dropped {
				b.Rule = f.Why
			}
		}
	}
}

// ResourceChange is a resource that is not the same before and after.
type ResourceChange struct {
	Name          string // type and name: "virtualNetworkGateways/hub-gateway"
	Before, After bool   // where it exists
	before, after *arm.Resource
}

// compare pairs the resources by type and name, letter case apart, and keeps what differs: the
// resources of before in their order, then what is new in its order.
func (d *Diff) compare() error {
	rest := make(map[string][]*arm.Resource, len(d.after.Resources))
	for i := range d.after.Resources {
		r := &d.after.Resources[i]
		rest[resourceKey(r)] = append(rest[resourceKey(r)], r)
	}
	matched := make(map[*arm.Resource]bool, len(d.before.Resources))
	for i := range d.before.Resources {
		r := &d.before.Resources[i]
		c := ResourceChange{Name: resourceName(r), Before: true, before: r}
		if like := rest[resourceKey(r)]; len(like) > 0 {
			c.After, c.after = true, like[0]
			matched[like[0]] = true
			rest[resourceKey(r)] = like[1:]
			equal, err := sameResource(r, like[0])
			if err != nil {
				return err
			}
			if equal {
				d.same++
				continue
			}
		}
		d.Resources = append(d.Resources, c)
	}
	for i := range d.after.Resources {
		if r := &d.after.Resources[i]; !matched[r] {
			d.Resources = append(d.Resources, ResourceChange{Name: resourceName(r), After: true, after: r})
		}
	}
	return nil
}

func resourceName(r *arm.Resource) string {
	return strings.TrimPrefix(r.Type, arm.Provider) + "/" + r.Name
}

func resourceKey(r *arm.Resource) string { return strings.ToLower(r.Type + "\x00" + r.Name) }

func sameResource(a, b *arm.Resource) (bool, error) {
	x, err := arm.EncodeResource(a)
	if err != nil {
		return false, err
	}
	y, err := arm.EncodeResource(b)
	return string(x) == string(y), err
}
