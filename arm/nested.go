package arm

import "strings"

// deployment checks a nested deployment: its template on its own, and what it is given against
// what that template declares. With outer scope the inner expressions belong to this template, and
// secrets given to it end up readable in the deployment history; so inner scope is wanted.
func (r *resolver) deployment(i int) {
	res := &r.t.Resources[i]
	body, _ := res.Properties.(Object)
	shell := *res
	shell.Properties = body.without("template", "parameters")
	r.body(i, &shell)

	inner, err := body.object("template")
	if err != nil {
		return // a linked template is somebody else's document
	}
	options, _ := body.object("expressionEvaluationOptions")
	if scope, _ := options.Get("scope"); scope != "Inner" {
		r.report(i, BadSecret, ".properties.expressionEvaluationOptions", "a nested deployment without inner scope shows its secrets")
		return
	}
	t, err := templateOf(inner)
	if err != nil {
		r.report(i, BadExpression, ".properties.template", "%s", err)
		return
	}
	given, _ := body.object("parameters")
	r.given(i, given, t)
	for _, p := range Resolve(t) {
		r.report(i, p.Kind, ".properties.template."+p.Path, "%s", p.Message)
	}
}

// given checks the values that a nested deployment passes on.
func (r *resolver) given(i int, values Object, inner *Template) {
	secure := map[string]bool{}
	wanted := map[string]bool{}
	for k := range inner.Parameters {
		p := &inner.Parameters[k]
		secure[strings.ToLower(p.Name)] = p.Secure()
		wanted[strings.ToLower(p.Name)] = p.Default == nil
	}
	for _, m := range values {
		folded := strings.ToLower(m.Name)
		if _, known := wanted[folded]; !known {
			r.report(i, BadParameter, ".properties.parameters."+m.Name, "the nested template does not declare it")
		}
		delete(wanted, folded)
		entry, _ := m.Value.(Object)
		w := &walker{r: r, resource: i, secretPlace: secure[folded]}
		w.stack = []step{{"", -1}, {"properties", -1}, {"parameters", -1}, {m.Name, -1}}
		for _, part := range entry.without("reference") {
			emitter{w}.member(part)
		}
	}
	for k := range inner.Parameters {
		if name := inner.Parameters[k].Name; wanted[strings.ToLower(name)] {
			r.report(i, BadParameter, ".properties.parameters", "the nested template wants %q", name)
		}
	}
}

// without is the object less some of its members.
func (o Object) without(names ...string) Object {
	var rest Object
	for _, m := range o {
		keep := true
		for _, name := range names {
			keep = keep && m.Name != name
		}
		if keep {
			rest = append(rest, m)
		}
	}
	return rest
}
