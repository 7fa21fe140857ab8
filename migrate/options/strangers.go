package options

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Object is something that an entry of the file can name.
type Object struct{ Subscription, Name string }

// Known is what an input has of the things that the file names.
type Known struct {
	Input                        string // what it is made of: "listing"
	VNets, Sites, AffinityGroups []Object
	Connections                  []Object // that have a name of their own, which may stand in the place of a site
}

// Strangers reports the names of the file that an input does not have (OPT-011): a misspelt answer
// would silently not count.
func (o *Options) Strangers(known Known) diag.List {
	var found diag.List
	vnets, sites, groups := o.directory(known.VNets), o.directory(known.Sites), o.directory(known.AffinityGroups)
	ends := o.directory(append(slices.Clip(known.Sites), known.Connections...))
	check := func(d directory, what string, t Text) {
		if !t.Given() || d.names[strings.ToLower(t.Value)] {
			return
		}
		f := diag.New("OPT-011", o.Pos(t), "no %s knows %s %q", known.Input, what, t.Value)
		if near := nearest(t.Value, d.written); near != "" {
			f = f.WithHint("did you mean %s?", near)
		}
		found = append(found, f)
	}
	for _, a := range o.AffinityGroups {
		check(groups, "affinity group", a.Name)
	}
	for _, g := range o.Gateways {
		check(vnets, "VNet", g.VNet)
		check(sites, "local network site", g.DefaultSite)
	}
	for _, c := range o.Connections {
		check(vnets, "VNet", c.VNet)
		check(ends, "local network site", c.Site)
	}
	for _, s := range o.Sites {
		check(sites, "local network site", s.Name)
		check(vnets, "VNet", s.VNet)
	}
	for _, c := range o.Circuits {
		for _, v := range c.VNets {
			check(vnets, "VNet", v)
		}
	}
	return found
}

// Idle puts the findings about two inputs together that this file answers questions of. An entry that counts for one of
// them is not reported as idle for the other (OPT-011).
func (o *Options) Idle(a, b diag.List) diag.List {
	entries := o.entries()
	entry := func(f diag.Finding) int { // that a finding is about, or -1
		if f.Rule != "OPT-011" {
			return -1
		}
		return sort.Search(len(entries), func(i int) bool {
			e := entries[i]
			return e.Line > f.Pos.Line || e.Line == f.Pos.Line && e.Col > f.Pos.Col
		}) - 1
	}
	idle := map[int]int{} // by entry: the inputs that it counts for nothing in
	for n, list := range []diag.List{a, b} {
		for _, f := range list {
			idle[entry(f)] |= 1 << n
		}
	}
	return slices.DeleteFunc(slices.Concat(a, b), func(f diag.Finding) bool { i := entry(f); return i >= 0 && idle[i] != 3 })
}

// entries are where the entries of the file begin, in order.
func (o *Options) entries() []diag.Pos {
	var all []diag.Pos
	first := func(texts ...Text) {
		var at Text
		for _, t := range texts {
			if t.Given() && (!at.Given() || t.Ref.Ordinal < at.Ref.Ordinal) {
				at = t
			}
		}
		if at.Given() {
			all = append(all, o.Pos(at))
		}
	}
	for _, s := range o.Subscriptions {
		first(s.Name)
	}
	for _, a := range o.AffinityGroups {
		first(a.Name)
	}
	for _, g := range o.Gateways {
		first(g.VNet)
	}
	for _, c := range o.Connections {
		first(c.VNet, c.Site, c.Key, c.State, c.Circuit)
	}
	for _, s := range o.Sites {
		first(s.Name)
	}
	for _, c := range o.Circuits {
		first(c.Name)
	}
	for _, of := range [][]Pair{o.Required, o.Forbidden, o.Accepted} {
		for _, p := range of {
			first(p.Between, p.And)
		}
	}
	for _, s := range o.Suppressions {
		first(s.Rule, s.Object, s.Reason, s.Expires)
	}
	slices.SortFunc(all, func(x, y diag.Pos) int { return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col)) })
	return all
}

// Vaultless reports names of secrets in a file that names no vault (OPT-013): they lead nowhere. Who
// names the vault on the command line does not ask.
func (o *Options) Vaultless() diag.List {
	if o.KeyVault.Given() {
		return nil
	}
	var first Text
	keys := 0
	for _, c := range o.Connections {
		if c.Key.Given() {
			if keys++; keys == 1 {
				first = c.Key
			}
		}
	}
	if keys == 0 {
		return nil
	}
	what := "a secret is" // its name is not shown: where there is no vault it may be the key
	if keys > 1 {
		what = fmt.Sprintf("%d secrets are", keys)
	}
	return diag.List{diag.New("OPT-013", o.Pos(first), "%s named, and not the vault: %q is missing", what, "keyVault")}
}

// directory has the names of objects, plain and with their subscriptions.
type directory struct {
	names   map[string]bool // folded
	written []string        // the plain ones, for suggestions
}

func (o *Options) directory(objects []Object) directory {
	d := directory{names: map[string]bool{}}
	aliases := map[string][]string{}
	for _, object := range objects {
		d.names[strings.ToLower(object.Name)] = true
		d.written = append(d.written, object.Name)
		if _, known := aliases[object.Subscription]; !known {
			aliases[object.Subscription] = o.subscriptionNames(object.Subscription)
		}
		for _, alias := range aliases[object.Subscription] {
			d.names[strings.ToLower(alias+"/"+object.Name)] = true
		}
	}
	return d
}
