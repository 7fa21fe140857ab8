package plan

import (
	"fmt"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Flows finds out which places of a network the traffic of the options is between. An entry that names no place of it,
// or several, counts for nothing and is reported (OPT-011), each name once.
func Flows(before *reach.Relation, opts *options.Options) ([]cost.Flow, diag.List) {
	if len(opts.Traffic) == 0 {
		return nil, nil
	}
	d := &answers{Places: NewPlaces(before.Locations(), opts), known: map[string]*answer{}}
	var out []cost.Flow
	var found diag.List
	for _, t := range opts.Traffic {
		from, to := d.one(t.From), d.one(t.To)
		switch {
		case from == nil || to == nil:
		case from.Same(*to):
			found.Add("OPT-011", opts.Pos(t.To), "%q and %q are the same place; what stays inside of it costs nothing", t.From.Value, t.To.Value)
		default:
			out = append(out, cost.Flow{From: *from, To: *to, Volume: t.Volume()})
		}
	}
	return cost.Merge(out), append(found, d.odd()...)
}

// answers are the places that names of the options file stand for, each looked up once.
type answers struct {
	*Places
	known map[string]*answer
	order []*answer
}

// answer is what a name of the options file stands for.
type answer struct {
	place *reach.Location // nil: none, or several
	why   diag.Finding
	again int // how often it was asked for after the first time
}

// one is the place that a name stands for.
func (d *answers) one(t options.Text) *reach.Location {
	if f := d.known[t.Value]; f != nil {
		f.again++
		return f.place
	}
	f := &answer{}
	d.known[t.Value], d.order = f, append(d.order, f)
	switch all := d.of(t); len(all) {
	case 0:
		f.why = nowhere(d.opts, t)
	case 1:
		f.place = &all[0]
	default:
		f.why = several(d.opts, t, all)
	}
	return f.place
}

// odd are the names that stand for no place or several.
func (d *answers) odd() diag.List {
	var out diag.List
	for _, f := range d.order {
		if f.place != nil {
			continue
		}
		if f.again > 0 {
			f.why.Message += fmt.Sprintf("; it stands there %d times", f.again+1)
		}
		out = append(out, f.why)
	}
	return out
}
