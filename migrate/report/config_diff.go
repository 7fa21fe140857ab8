package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// ConfigDiff is how the configurations of two networks differ.
type ConfigDiff struct {
	Before, After             string // how the two are called
	EstateBefore, EstateAfter *estate.Estate
	Differences               []estate.Difference // in the order of estate.Differences
}

// NewConfigDiff compares two networks. The mapping is that of estate.Differences.
func NewConfigDiff(before, after string, was, is *estate.Estate, m []estate.Mapping) *ConfigDiff {
	return &ConfigDiff{before, after, was, is, estate.Differences(was, is, m)}
}

// Differs reports whether the configurations surely differ; a state is no configuration.
func (d *ConfigDiff) Differs() bool {
	return slices.ContainsFunc(d.Differences, func(x estate.Difference) bool { return x.Differs() })
}

// Write writes the difference: text and Markdown for people, JSON in the format DiffFormat, CSV with a row
// for each difference. An error comes from w, or is ErrFormat.
func (d *ConfigDiff) Write(w io.Writer, format Format, s Style) error {
	return (&NetworkDiff{Config: d}).Write(w, format, s)
}

// NetworkDiff is how two networks differ: in their configuration, and in who can talk to whom. Either may
// be nil.
type NetworkDiff struct {
	Config *ConfigDiff
	Reach  *ReachDiff
}

// Write writes both parts, one after the other: as text, Markdown, or JSON in the format DiffFormat. CSV is
// about one of them. An error comes from w, or is ErrFormat.
func (d *NetworkDiff) Write(w io.Writer, format Format, s Style) error {
	var blocks []block
	wire := WireDiff{Format: DiffFormat}
	if d.Config != nil {
		v := newConfigDiffer(d.Config)
		blocks = v.blocks()
		config := v.wire()
		wire.Before, wire.After, wire.Configuration = d.Config.Before, d.Config.After, &config
		if format == CSV && d.Reach == nil {
			return v.csv(w)
		}
	}
	if d.Reach != nil {
		v := &differ{d.Reach, newPlacer(d.Reach.EstateBefore), newPlacer(d.Reach.EstateAfter)}
		blocks = append(blocks, v.blocks()...)
		reach := v.wire()
		wire.Before, wire.After, wire.Reach = d.Reach.Before, d.Reach.After, &reach
		if format == CSV && d.Config == nil {
			return v.csv(w)
		}
	}
	return writeView(w, format, s, func() []block { return blocks }, func() WireDiff { return wire })
}

// configDiffer prints a ConfigDiff.
type configDiffer struct {
	*ConfigDiff
	objects []differingObject
	alike   map[string]int // objects by their title: several want more than that
}

// differingObject is an object with its differences.
type differingObject struct {
	all      []*estate.Difference
	presence estate.Presence // of the whole object, or Changed
}

func newConfigDiffer(d *ConfigDiff) *configDiffer {
	v := &configDiffer{ConfigDiff: d, alike: map[string]int{}}
	for i := range d.Differences {
		x := &d.Differences[i]
		if n := len(v.objects); n > 0 && v.objects[n-1].all[0].Before == x.Before && v.objects[n-1].all[0].After == x.After {
			v.objects[n-1].all = append(v.objects[n-1].all, x)
			continue
		}
		o := differingObject{[]*estate.Difference{x}, estate.Changed}
		if x.Part == "" && x.Property == "" {
			o.presence = x.Presence
		}
		v.objects = append(v.objects, o)
		v.alike[titleOf(x.Object())]++
	}
	return v
}

// configured are the differences of an object that are surely ones, in its configuration.
func (o *differingObject) configured() []*estate.Difference {
	var out []*estate.Difference
	for _, d := range o.all {
		if d.Differs() {
			out = append(out, d)
		}
	}
	return out
}

// diffTypes are the types in the order of a report, and what several are called.
var diffTypes = []struct{ typ, heading string }{
	{estate.TypeVNet, "VNets"},
	{estate.TypeDNSServer, "Name servers"},
	{estate.TypeSite, "Local network sites"},
	{estate.TypeGateway, "Gateways"},
	{estate.TypeFirewall, "Firewalls"},
	{estate.TypeInterface, "Appliances"},
	{estate.TypeRouteServer, "Route Servers"},
	{estate.TypeConnection, "Connections"},
	{estate.TypePeering, "Peerings"},
	{estate.TypeNetworkGroup, "Network groups"},
	{estate.TypeNetworkManager, "Network managers"},
	{estate.TypeNSG, "Security groups"},
	{estate.TypeRouteTable, "Route tables"},
	{estate.TypeCircuit, "Circuits"},
}

// nameIn is the name of an object among those of its type. Gateways and connections of a classic network
// have none of their own.
func nameIn(id estate.ID) string {
	switch {
	case id.Child == "":
		return id.Name
	case id.Type == estate.TypeGateway:
		return id.Name + " (" + id.Child + ")"
	case id.Type == estate.TypeConnection:
		return id.Name + " to " + id.Child
	}
	return id.Name + "/" + id.Child
}

func titleOf(id estate.ID) string { return kindOf(id) + " " + nameIn(id) }

// title names an object, with its subscription where another one has the name.
func (v *configDiffer) title(id estate.ID) phrase {
	out := named(nameIn(id))
	if v.alike[titleOf(id)] > 1 {
		out = out.say(" (").and(named(id.Subscription)).say(")")
	}
	return out
}

// tally counts objects: only before, only after, changed; and those of which only a state differs, or what
// one side alone says.
type tally struct{ gone, fresh, changed, state, untold int }

func (v *configDiffer) tally() tally {
	var n tally
	for i := range v.objects {
		o := &v.objects[i]
		switch {
		case len(o.configured()) > 0 && o.presence == estate.OnlyBefore:
			n.gone++
		case len(o.configured()) > 0 && o.presence == estate.OnlyAfter:
			n.fresh++
		case len(o.configured()) > 0:
			n.changed++
		}
		if slices.ContainsFunc(o.all, isState) {
			n.state++
		}
		if slices.ContainsFunc(o.all, isUntold) {
			n.untold++
		}
	}
	return n
}

func isUntold(d *estate.Difference) bool { return d.Presence == estate.Untold }
func isState(d *estate.Difference) bool  { return d.Aspect == estate.State && !isUntold(d) }

func (v *configDiffer) blocks() []block {
	n := v.tally()
	out := []block{heading{1, say("Configuration: ").and(named(v.Before)).say(" against ").and(named(v.After))}}
	if n.gone+n.fresh+n.changed == 0 {
		out = append(out, para{toned(good, "The configurations are the same.")})
	} else {
		out = append(out, para{say("%s changed, %d only before, %d only after", plural(n.changed, "object"), n.gone, n.fresh)})
	}
	for _, t := range diffTypes {
		out = append(out, v.section(t.typ, t.heading)...)
	}
	out = append(out, v.states()...)
	return append(out, v.untold()...)
}

// changes are the configured differences alone, as a part of a review.
func (v *configDiffer) changes() []block {
	n := v.tally()
	out := []block{heading{3, say("Configuration before against after: %s changed, %d removed, %d added", plural(n.changed, "object"), n.gone, n.fresh)}}
	for _, t := range diffTypes {
		for _, b := range v.section(t.typ, t.heading) {
			if h, ok := b.(heading); ok {
				h.level += 2
				b = h
			}
			out = append(out, b)
		}
	}
	return out
}

// section lists the objects of a type.
func (v *configDiffer) section(typ, title string) []block {
	var all []*differingObject
	for i := range v.objects {
		if o := &v.objects[i]; o.all[0].Object().Type == typ && len(o.configured()) > 0 {
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		return nil
	}
	out := []block{heading{2, say("%s (%d)", title, len(all))}}
	for _, o := range all[:min(len(all), longest)] {
		out = append(out, v.object(o)...)
	}
	return append(out, restOf(max(0, len(all)-longest))...)
}

// sign is the mark of an object or part, as in a text diff.
func sign(p estate.Presence) phrase {
	switch p {
	case estate.OnlyBefore:
		return toned(bad, "-")
	case estate.OnlyAfter:
		return toned(good, "+")
	}
	return toned(warn, "~")
}

func (v *configDiffer) object(o *differingObject) []block {
	first := o.all[0]
	title := sign(o.presence).say(" ").and(v.title(first.Object()))
	if after := nameIn(first.After); !first.Before.IsZero() && !first.After.IsZero() && after != nameIn(first.Before) {
		title = title.say(", now ").and(named(after))
	}
	if o.presence != estate.Changed {
		out := []block{heading{3, title.and(v.places(first))}}
		if f := saidFacts(first); len(f) > 0 {
			out = append(out, f)
		}
		return out
	}
	var f facts
	for _, d := range o.configured() {
		f = append(f, v.fact(d))
	}
	return []block{heading{3, title}, f}
}

// saidFacts are the properties of an object that only one network has.
func saidFacts(d *estate.Difference) facts {
	var f facts
	for _, line := range slices.Concat(d.Old, d.New) {
		property, value, _ := strings.Cut(line, ": ")
		f = append(f, fact{diag.Plain(property), named(value)})
	}
	return f
}

// fact is one difference of an object that both networks have.
func (v *configDiffer) fact(d *estate.Difference) fact {
	if d.Part == "" {
		return fact{d.Property, v.change(d)}
	}
	text := named(d.PartName)
	if d.Property != "" {
		return fact{d.Part, text.say(": %s ", d.Property).and(v.change(d))}
	}
	if said := strings.Join(slices.Concat(d.Old, d.New), "; "); said != "" {
		text = text.say(" (").and(named(said)).say(")")
	}
	return fact{d.Part, sign(d.Presence).say(" ").and(text, v.places(d))}
}

// change is "old -> new" with the places of both.
func (v *configDiffer) change(d *estate.Difference) phrase {
	var out phrase
	switch old, now := names(d.Old), names(d.New); {
	case len(old) > 0 && len(now) > 0:
		out = old.say(" -> ").and(now)
	case len(old) > 0:
		out = toned(bad, "-").say(" ").and(old)
	default:
		out = toned(good, "+").say(" ").and(now)
	}
	return out.and(v.places(d))
}

func names(in []string) phrase {
	var list []phrase
	for _, s := range in {
		list = append(list, named(s))
	}
	return joined(list)
}

// places are the first place before and the first after, in brackets; one where both are the same.
func (v *configDiffer) places(d *estate.Difference) phrase {
	var at []string
	for _, p := range []diag.Pos{firstPlace(v.EstateBefore, d.OldRefs), firstPlace(v.EstateAfter, d.NewRefs)} {
		if p != (diag.Pos{}) && !slices.Contains(at, p.String()) {
			at = append(at, p.String())
		}
	}
	if len(at) == 0 {
		return nil
	}
	return toned(faint, "  (").and(phrase{{text: strings.Join(at, ", "), tone: faint, name: true}}, toned(faint, ")"))
}

func firstPlace(e *estate.Estate, refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return e.Pos(refs[0])
}

// states lists what differs and was not configured.
func (v *configDiffer) states() []block {
	return v.table("State", "What comes and goes by itself; it does not count as a difference.", isState)
}

// untold lists what one of the two networks alone says.
func (v *configDiffer) untold() []block {
	return v.table("Said of one only", "Whether it differs is unknown: the other one says nothing of it.", isUntold)
}

func (v *configDiffer) table(title, meaning string, which func(*estate.Difference) bool) []block {
	g := grid{head: []string{"object", "property", "before", "after"}}
	rows := 0
	for i := range v.Differences {
		d := &v.Differences[i]
		if !which(d) {
			continue
		}
		if rows++; rows > longest {
			continue
		}
		g.rows = append(g.rows, []phrase{say("%s ", kindOf(d.Object())).and(v.title(d.Object())), propertyOf(d), orNothing(d.Old), orNothing(d.New)})
	}
	if rows == 0 {
		return nil
	}
	return append([]block{heading{2, say("%s (%d)", title, rows)}, para{say("%s", meaning)}, g}, restOf(rows-len(g.rows))...)
}

func propertyOf(d *estate.Difference) phrase {
	switch {
	case d.Part == "" && d.Property == "":
		return say("the object itself")
	case d.Part != "":
		return say("%s ", d.Part).and(named(d.PartName)).say(" %s", d.Property)
	}
	return say("%s", d.Property)
}

func orNothing(in []string) phrase {
	if len(in) == 0 {
		return say("-")
	}
	return names(in)
}

func (v *configDiffer) wire() WireConfigDiff {
	n := v.tally()
	w := WireConfigDiff{Differs: v.Differs(), Summary: WireConfigSummary{OnlyBefore: n.gone, OnlyAfter: n.fresh, Changed: n.changed, State: n.state, Untold: n.untold}}
	w.Differences = each(v.Differences, func(d estate.Difference) WireDifference { return wireDifference(d, v.EstateBefore, v.EstateAfter) })
	return w
}

// csv writes a head and a row for each difference.
func (v *configDiffer) csv(w io.Writer) error {
	var b strings.Builder
	csvRow(&b, "type", "object", "subscription", "part", "property", "presence", "aspect", "before", "after", "at before", "at after")
	for i := range v.Differences {
		d := &v.Differences[i]
		id, part := d.Object(), d.Part
		if part != "" {
			part += " " + d.PartName
		}
		at := func(p diag.Pos) string {
			if p == (diag.Pos{}) {
				return ""
			}
			return p.String()
		}
		csvRow(&b, kindOf(id), nameIn(id), id.Subscription, part, d.Property, d.Presence.String(), d.Aspect.String(),
			strings.Join(d.Old, ", "), strings.Join(d.New, ", "), at(firstPlace(v.EstateBefore, d.OldRefs)), at(firstPlace(v.EstateAfter, d.NewRefs)))
	}
	_, err := fmt.Fprint(w, b.String())
	return err
}
