package options

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Parse reads an options file. The name appears in positions and in Options.File. All that is wrong
// with the values comes at once, as findings of the OPT family; what they are about is left out of
// the Options. The error is the finding of a file that cannot be read at all, and then the Options
// are nil.
func Parse(name string, src []byte) (*Options, diag.List, error) {
	root, failed := readYAML(src)
	if failed != nil {
		f := diag.New("OPT-001", diag.Pos{File: name, Line: failed.line, Col: failed.col}, "%s", failed.message)
		if failed.hint != "" {
			f = f.WithHint("%s", failed.hint)
		}
		return nil, diag.List{f}, f
	}
	d := &decoder{o: &Options{File: name}}
	d.file(root)
	d.crossCheck()
	d.found.Sort()
	return d.o, d.found, nil
}

// decoder makes Options of the tree of a file.
type decoder struct {
	o       *Options
	found   diag.List
	ordinal int32
}

func (d *decoder) at(n node) diag.Pos { return diag.Pos{File: d.o.File, Line: n.line, Col: n.col} }

func (d *decoder) add(rule string, n node, format string, args ...any) *diag.Finding {
	d.found = append(d.found, diag.New(rule, d.at(n), format, args...))
	return &d.found[len(d.found)-1]
}

// ref is the reference of the next scalar.
func (d *decoder) ref(n node) diag.Ref {
	d.ordinal++
	return diag.Ref{Ordinal: d.ordinal, Line: int32(n.line), Col: int32(n.col)}
}

// file reads the document.
func (d *decoder) file(root node) {
	if root.kind == nothing {
		return // all of it may be commented out
	}
	if root.kind != mapping {
		d.add("OPT-004", root, "the file is %s; it must be a mapping that begins with version: 1", root.kind)
		return
	}
	var known []string
	for _, s := range sections {
		known = append(known, s.name)
	}
	var h head
	object(d, root, "the file", headMembers, &h, known)
	d.o.Mode, d.o.Hub, d.o.Transit, d.o.Inspect, d.o.Exposure, d.o.KeyVault = Mode(h.mode.Value), Hub(h.hub.Value), Transit(h.transit.Value), Inspect(h.inspect.Value), Exposure(h.exposure.Value), h.keyVault
	for _, s := range sections {
		for _, e := range root.entries {
			if e.key.text == s.name && e.value.kind != nothing {
				s.read(d, e.value, s.name)
			}
		}
	}
}

// object reads the members of one object into out. Members in others are read elsewhere.
func object[T any](d *decoder, n node, what string, members []member[T], out *T, others []string) {
	if n.kind != mapping {
		d.add("OPT-004", n, "%s is %s; it must be a mapping of %s", what, n.kind, names(members))
		return
	}
	seen := map[string]node{}
	for _, e := range n.entries {
		key := e.key.text
		if before, again := seen[key]; again {
			d.twice(e.key, before, "%q of %s", key, what)
			continue
		}
		seen[key] = e.key
		i := slices.IndexFunc(members, func(m member[T]) bool { return m.name == key })
		switch {
		case i >= 0:
			readMember(d, e.value, members[i], out)
		case !slices.Contains(others, key):
			d.unknown(e.key, what, append(memberNames(members), others...))
		}
	}
	for _, m := range members {
		if _, said := seen[m.name]; m.required && !said {
			d.missing(n, what, m.name)
		}
	}
}

func (d *decoder) missing(n node, what, name string) {
	rule := "OPT-004"
	if name == "reason" {
		rule = "OPT-010"
	}
	d.add(rule, n, "%s has no %q", what, name)
}

func (d *decoder) twice(n, before node, format string, args ...any) {
	f := d.add("OPT-003", n, format+" stands here a second time", args...)
	*f = f.See(d.at(before), "the first one is here")
}

// twiceAt is twice for values that were read already.
func (d *decoder) twiceAt(t, before Text, format string, args ...any) {
	d.found = append(d.found, diag.New("OPT-003", d.o.Pos(t), format, args...).See(d.o.Pos(before), "the first one is here"))
}

// secretWords are names under which people keep keys.
var secretWords = regexp.MustCompile(`(?i)shared.?key|psk|password|passphrase|secret|private.?key|authorization.?key|service.?key|^keys?$`)

func (d *decoder) unknown(key node, what string, known []string) {
	if secretWords.MatchString(key.text) {
		d.add("OPT-006", key, "%s has a member %q; secrets never stand in this file", what, key.text)
		return
	}
	f := d.add("OPT-002", key, "%s has no member %q", what, key.text)
	if near := nearest(key.text, known); near != "" {
		*f = f.WithHint("did you mean %s?", near)
	} else {
		*f = f.WithHint("it may have %s", strings.Join(known, ", "))
	}
}

func readMember[T any](d *decoder, n node, m member[T], out *T) {
	switch {
	case m.text != nil:
		if t, ok := d.text(n, m.name, m.form); ok {
			*m.text(out) = t
		} else if m.required && n.kind == nothing {
			d.missing(n, "the entry", m.name)
		}
	case m.texts != nil:
		*m.texts(out) = d.texts(n, m.name, m.form)
	default:
		*m.certificates(out) = d.certificates(n, m)
	}
}

// text reads a scalar of a form. Nothing at all is no answer yet.
func (d *decoder) text(n node, name string, f form) (Text, bool) {
	switch n.kind {
	case nothing:
		return Text{}, false
	case scalar:
	default:
		d.add("OPT-004", n, "%q is %s; it must be %s", name, n.kind, f.what)
		return Text{}, false
	}
	value, ok := f.read(n.text)
	if !ok {
		d.badValue(n, name, f)
		return Text{}, false
	}
	return Text{Value: value, Raw: n.text, Ref: d.ref(n)}, true
}

func (d *decoder) badValue(n node, name string, f form) {
	rule := "OPT-005"
	switch {
	case f.secret:
		d.add("OPT-006", n, "the value of %q is not %s; it is not shown, because it may be a secret", name, f.what)
		return
	case name == "reason":
		rule = "OPT-010"
	}
	found := d.add(rule, n, "%q is %q, which is not %s", name, n.text, f.what)
	words := f.words
	if f.near != nil {
		words = f.near()
	}
	if near := nearest(n.text, words); near != "" {
		*found = found.WithHint("did you mean %s?", near)
	} else if f.words != nil {
		*found = found.WithHint("it takes %s", strings.Join(f.words, ", "))
	}
}

func (d *decoder) texts(n node, name string, f form) []Text {
	if n.kind == nothing {
		return nil
	}
	if n.kind != list {
		d.add("OPT-004", n, "%q is %s; it must be a list", name, n.kind)
		return nil
	}
	var out []Text
	for _, item := range n.items {
		if t, ok := d.text(item, name, f); ok {
			out = append(out, t)
		}
	}
	return out
}

func (d *decoder) certificates(n node, m interface{ label() (string, form) }) []RootCertificate {
	name, f := m.label()
	var out []RootCertificate
	d.table(n, name, func(key, value node) {
		if data, ok := d.text(value, key.text, f); ok {
			out = append(out, RootCertificate{Name: d.name(key), Data: data})
		}
	})
	return out
}

func (m member[T]) label() (string, form) { return m.name, m.form }

func (d *decoder) name(key node) Text { return Text{Value: key.text, Raw: key.text, Ref: d.ref(key)} }

// table goes through a mapping of names. A name counts once, in whatever letter case.
func (d *decoder) table(n node, what string, each func(key, value node)) {
	if n.kind == nothing {
		return
	}
	if n.kind != mapping {
		d.add("OPT-004", n, "%q is %s; it must be a mapping of names", what, n.kind)
		return
	}
	seen := map[string]node{}
	for _, e := range n.entries {
		folded := strings.ToLower(e.key.text)
		before, again := seen[folded]
		switch {
		case strings.TrimSpace(e.key.text) == "":
			d.add("OPT-005", e.key, "a name in %q is empty", what)
		case again:
			d.twice(e.key, before, "%q in %q", e.key.text, what)
		default:
			seen[folded] = e.key
			each(e.key, e.value)
		}
	}
}

func (d *decoder) affinityGroups(n node, section string) {
	d.table(n, section, func(key, value node) {
		if region, ok := d.text(value, key.text, regions); ok {
			d.o.AffinityGroups = append(d.o.AffinityGroups, AffinityGroup{Name: d.name(key), Region: region})
		}
	})
}

// named reads a mapping of names to objects.
func named[T any](d *decoder, n node, section string, members []member[T], name func(*T) *Text, out *[]T) {
	d.table(n, section, func(key, value node) {
		if value.kind == nothing {
			return
		}
		var one T
		*name(&one) = d.name(key)
		object(d, value, fmt.Sprintf("%q", key.text), members, &one, nil)
		*out = append(*out, one)
	})
}

// listed reads a list of objects.
func listed[T any](d *decoder, n node, section string, members []member[T], out *[]T) {
	if n.kind != list {
		d.add("OPT-004", n, "%q is %s; it must be a list", section, n.kind)
		return
	}
	for _, item := range n.items {
		before := len(d.found)
		var one T
		object(d, item, "the entry", members, &one, nil)
		if len(d.found) == before {
			*out = append(*out, one)
		}
	}
}

// crossCheck looks at what members say about each other.
func (d *decoder) crossCheck() {
	for _, s := range d.o.Sites {
		switch {
		case s.Kind() == OfVNet && !s.VNet.Given():
			d.found.Add("OPT-004", d.o.Pos(s.Is), "site %q is a vnet, but not which: %q is missing", s.Name.Value, "vnet")
		case s.Kind() != OfVNet && s.VNet.Given():
			d.found.Add("OPT-005", d.o.Pos(s.VNet), "site %q has a vnet, but %q does not say that it is one", s.Name.Value, "is")
		}
	}
	type ends struct{ vnet, site string }
	seen := map[ends]Text{}
	for _, c := range d.o.Connections {
		if c.Circuit.Given() {
			d.circuit(c.Circuit)
		}
		key := ends{strings.ToLower(c.VNet.Value), strings.ToLower(c.Site.Value)}
		if before, again := seen[key]; again {
			d.twiceAt(c.VNet, before, "the connection of %q to %q stands here a second time", c.VNet.Value, c.Site.Value)
			continue
		}
		seen[key] = c.VNet
	}
	d.pairs()
	d.traffic()
	d.suppressions()
}

// pairs looks for what a pair cannot be: of patterns at both ends, of one place, or there twice.
func (d *decoder) pairs() {
	for _, of := range [][]Pair{d.o.Required, d.o.Forbidden, d.o.Accepted} {
		seen := map[[2]string]Text{}
		for _, p := range of {
			a, b := strings.ToLower(p.Between.Value), strings.ToLower(p.And.Value)
			key := [2]string{min(a, b), max(a, b)}
			before, again := seen[key]
			switch {
			case again:
				d.twiceAt(p.Between, before, "the pair of %q and %q stands here a second time", p.Between.Value, p.And.Value)
				continue
			case IsPattern(a) && IsPattern(b):
				d.found.Add("OPT-005", d.o.Pos(p.And), "%q and %q both stand for many places; one of the two has to be named", p.Between.Value, p.And.Value)
			case a == b:
				d.found.Add("OPT-005", d.o.Pos(p.And), "%q is paired with itself", p.And.Value)
			}
			seen[key] = p.Between
		}
	}
}

// circuit looks for the circuit that a connection names.
func (d *decoder) circuit(name Text) {
	if _, ok := d.o.Circuit(name.Value); ok {
		return
	}
	var known []string
	for _, c := range d.o.Circuits {
		known = append(known, c.Name.Value)
	}
	f := diag.New("OPT-005", d.o.Pos(name), "%q is none of the circuits", name.Value)
	if near := nearest(name.Value, known); near != "" {
		f = f.WithHint("did you mean %s?", near)
	}
	d.found = append(d.found, f)
}

// suppressions looks for two that leave out the same.
func (d *decoder) suppressions() {
	type subject struct{ rule, object string }
	seen := map[subject]Text{}
	for _, s := range d.o.Suppressions {
		key := subject{s.Rule.Value, strings.ToLower(s.Object.Value)}
		if before, again := seen[key]; again {
			d.twiceAt(s.Rule, before, "the suppression of %s stands here a second time", s.Rule.Value)
			continue
		}
		seen[key] = s.Rule
	}
}

func memberNames[T any](members []member[T]) []string {
	var out []string
	for _, m := range members {
		out = append(out, m.name)
	}
	return out
}

func names[T any](members []member[T]) string { return strings.Join(memberNames(members), ", ") }

// nearest is the word that could have been meant, or "".
func nearest(written string, words []string) string {
	best, least := "", max(1, len(written)/3)+1
	for _, w := range words {
		if distance := diag.Distance(strings.ToLower(written), strings.ToLower(w)); distance < least {
			best, least = w, distance
		}
	}
	return best
}
