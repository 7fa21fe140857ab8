package main

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// choose settles which of the documents count. A live listing says what is, so templates beside one are
// passed over; and a template that is found in a folder with a network configuration is what convert made of it.
func (in *input) choose(docs []*parsed) []*parsed {
	classic, live := false, false
	for _, d := range docs {
		classic = classic || d.Document != nil
		live = live || d.resources != nil && d.resources.Form.Live()
	}
	return slices.DeleteFunc(docs, func(d *parsed) bool {
		if d.resources == nil || d.resources.Form.Live() || d.resources.Form == arm.FormNote {
			return false
		}
		switch {
		case live:
			in.passed = append(in.passed, d.document.name+": passed over: a "+d.resources.Form.String()+" beside a live listing")
		case classic && !d.named:
			in.passed = append(in.passed, d.document.name+": passed over: a "+d.resources.Form.String()+" beside a network configuration")
		default:
			return false
		}
		return true
	})
}

// hasResources reports whether a document of Resource Manager is among the sources.
func hasResources(sources []estate.Source) bool {
	return slices.ContainsFunc(sources, func(s estate.Source) bool { return len(s.Resources) > 0 })
}

// classicOf are the sources with classic documents.
func classicOf(sources []estate.Source) []estate.Source {
	return slices.DeleteFunc(slices.Clone(sources), func(s estate.Source) bool { return len(s.Documents) == 0 })
}

// meaning is the estate that documents describe. Where some are of Resource Manager they say what it is,
// and the classic ones beside them what it was: what became of that is among the findings.
func meaning(opts *options.Options, sources []estate.Source) (*estate.Estate, []diag.Fate, diag.List) {
	if !hasResources(sources) {
		return estate.FromClassic(opts, sources...)
	}
	e, found := estate.FromARM(opts, sources...)
	if was := classicOf(sources); len(was) > 0 {
		before, _, more := estate.FromClassic(opts, was...)
		_, lost := estate.Became(before, e)
		found = slices.Concat(answeredOnce(found, more), lost)
	}
	return e, nil, found
}

// answeredOnce puts the findings about two networks together that one options file answers: an answer
// that counts for one of them is not reported as idle for the other (OPT-011).
func answeredOnce(a, b diag.List) diag.List {
	idle := func(f diag.Finding) bool { return f.Rule == "OPT-011" }
	in := func(l diag.List, f diag.Finding) bool {
		return slices.ContainsFunc(l, func(g diag.Finding) bool { return idle(g) && g.Pos == f.Pos })
	}
	var both diag.List
	for _, f := range a {
		if !idle(f) || in(b, f) {
			both = append(both, f)
		}
	}
	for _, f := range b {
		if !idle(f) {
			both = append(both, f)
		}
	}
	return both
}

// classicOnly refuses documents of Resource Manager for what works on classic ones.
func (in *input) classicOnly(what string) error {
	for _, s := range in.sources {
		for _, d := range s.Resources {
			return fmt.Errorf("%s works on classic files; %s is a %s of Resource Manager", what, diag.Plain(d.Name), d.Form)
		}
	}
	return nil
}
