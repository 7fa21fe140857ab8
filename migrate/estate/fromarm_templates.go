package estate

import (
	"path"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
)

// templates takes in what the templates of a source would deploy together.
func (r *armReader) templates(s *Source, docs []*arm.Document, first int, home string) {
	var all []arm.Deployment
	var numbers []int
	for i, d := range docs {
		if d.Form != arm.FormTemplate {
			continue
		}
		numbers = append(numbers, first+i)
		all = append(all, arm.Deployment{Template: d, Parameters: parametersOf(d, docs), Subscription: s.ID})
	}
	if len(all) == 0 {
		return
	}
	items, found := arm.Evaluate(all)
	r.found = append(r.found, found...)
	for _, it := range items {
		it.Doc = numbers[it.Doc]
		r.item(it, home)
	}
}

// parametersOf are the parameter files of a template: those named after it, and where the source has
// one template, all.
func parametersOf(template *arm.Document, docs []*arm.Document) []*arm.Document {
	var named, all []*arm.Document
	templates := 0
	for _, d := range docs {
		switch d.Form {
		case arm.FormTemplate:
			templates++
		case arm.FormParameters:
			all = append(all, d)
			if stem(d.Name) == stem(template.Name) {
				named = append(named, d)
			}
		}
	}
	if len(named) > 0 || templates > 1 {
		return named
	}
	return all
}

// stem is what a template and its parameter file have in common: 01-networks of 01-networks.template.json
// and 01-networks.parameters.json, and nothing of template.json and parameters.json.
func stem(name string) string {
	folder, file := path.Split(strings.ToLower(name))
	file = strings.TrimSuffix(file, path.Ext(file))
	for _, word := range []string{"template", "parameters", "azuredeploy", "main"} {
		file = strings.TrimSuffix(strings.TrimSuffix(file, word), ".")
	}
	return folder + file
}
