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
		found = slices.Concat(opts.Idle(found, more), lost)
	}
	return e, nil, found
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
