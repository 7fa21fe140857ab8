package estate

import (
	"github.com/netmigrate/netmigrate/arm"
)

// templates takes in what the templates of a source would deploy together.
func (r *armReader) templates(s *Source, docs []*arm.Document, first int, home string) {
	var all, parameters []*arm.Document
	numbers := map[*arm.Document]int{}
	for i, d := range docs {
		numbers[d] = first + i
		switch d.Form {
		case arm.FormTemplate:
			all = append(all, d)
		case arm.FormParameters:
			parameters = append(parameters, d)
		}
	}
	if len(all) == 0 {
		return
	}
	items, found := arm.Evaluate(all, arm.Given{Parameters: parameters, Subscription: s.ID})
	r.found = append(r.found, found...)
	for _, it := range items {
		it.Doc = numbers[all[it.Doc]]
		r.item(it, home, arm.FormTemplate)
	}
}
