package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

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
	d := newDirectory(before.Locations(), opts)
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

// directory finds places by name: of ten thousand there may be a hundred thousand names.
type directory struct {
	opts    *options.Options
	at      []reach.Location
	named   map[string][]int // by name, folded
	longest int              // of these, in bytes
	known   map[string]*answer
	order   []*answer
}

// answer is what a name of the options file stands for.
type answer struct {
	place *reach.Location // nil: none, or several
	why   diag.Finding
	again int // how often it was asked for after the first time
}

func newDirectory(at []reach.Location, opts *options.Options) *directory {
	d := &directory{opts: opts, at: at, named: map[string][]int{}, known: map[string]*answer{}}
	for i, l := range at {
		for _, name := range []string{folded(l.Name), folded(written(l))} {
			d.named[name] = append(d.named[name], i)
			d.longest = max(d.longest, len(name))
		}
	}
	return d
}

// folded is the same for names that differ in letter case alone.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}

// one is the place that a name stands for.
func (d *directory) one(t options.Text) *reach.Location {
	if f := d.known[t.Value]; f != nil {
		f.again++
		return f.place
	}
	f := &answer{}
	d.known[t.Value], d.order = f, append(d.order, f)
	switch all := d.places(t); len(all) {
	case 0:
		f.why = nowhere(d.opts, t)
	case 1:
		f.place = &all[0]
	default:
		f.why = several(d.opts, t, all)
	}
	return f.place
}

// places are all that a name may stand for. The name of a place ends it: what it is, the subscription and the group
// stand before.
func (d *directory) places(t options.Text) []reach.Location {
	name := strings.TrimSpace(folded(t.Value))
	var which []int
	for i := range len(name) {
		if (i == 0 || name[i-1] == '/' || name[i-1] == ' ') && len(name)-i <= d.longest {
			which = append(which, d.named[name[i:]]...)
		}
	}
	slices.Sort(which)
	var out []reach.Location
	for _, i := range slices.Compact(which) {
		if calls(d.opts, t, d.at[i]) {
			out = append(out, d.at[i])
		}
	}
	return out
}

// odd are the names that stand for no place or several.
func (d *directory) odd() diag.List {
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
