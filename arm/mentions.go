package arm

import "strings"

// mentions is what one string of a template refers to.
type mentions struct {
	err        error
	keys       []string // resources, as resourceKey makes them
	whole      bool     // the string is one id and nothing else
	open       bool     // an id whose parts are computed, so that nobody can tell what it names
	parameters []string
	variables  []string
	runtime    bool // uses reference() or a list function: only for properties and outputs
	nodes      []node
}

// plainText mentions nothing; nearly every string of a template is like that.
var plainText mentions

// node is a resource of the template, or one of the two values below.
type node int32

const (
	outside node = -1 // declared in the template's metadata
	missing node = -2
)

// resourceKey is a resource within a template: type and names, folded.
func resourceKey(typ, name string) string { return strings.ToLower(typ + " " + name) }

// mentionsOf reads one string of a template.
func mentionsOf(text string) *mentions {
	m := &mentions{}
	if !IsExpression(text) {
		if key, ok := literalKey(text); ok {
			m.keys, m.whole = []string{key}, true
		}
		return m
	}
	e, err := ParseExpr(text)
	if err != nil {
		m.err = err
		return m
	}
	Walk(e, func(e Expr) {
		if call, ok := e.(*Call); ok && m.err == nil {
			m.call(call)
		}
	})
	if call, ok := e.(*Call); ok {
		m.whole = idFunctions[strings.ToLower(call.Name)]
	}
	return m
}

func (m *mentions) call(call *Call) {
	name := strings.ToLower(call.Name)
	switch {
	case idFunctions[name]:
		if key, ok := callKey(call); ok {
			m.keys = append(m.keys, key)
		} else {
			m.open = true
		}
	case name == "parameters" || name == "variables":
		what, ok := soleText(call)
		if !ok {
			m.err = &ExprError{call.At, name + " wants one name"}
		} else if name == "parameters" {
			m.parameters = append(m.parameters, what)
		} else {
			m.variables = append(m.variables, what)
		}
	case name == "reference" || strings.HasPrefix(name, "list"):
		m.runtime = true
	case !isFunction(name) && !strings.Contains(name, "."):
		m.err = &ExprError{call.At, "there is no function " + call.Name}
	}
}

func soleText(call *Call) (string, bool) {
	if len(call.Args) != 1 {
		return "", false
	}
	text, ok := call.Args[0].(*Text)
	if !ok {
		return "", false
	}
	return text.Value, true
}

// callKey is what a call of resourceId names. Arguments before the type choose a subscription and a
// group; the type is the first that has a provider in it.
func callKey(call *Call) (string, bool) {
	var texts []string
	for _, arg := range call.Args {
		text, ok := arg.(*Text)
		switch {
		case ok && (texts != nil || strings.Contains(text.Value, "/")):
			texts = append(texts, text.Value)
		case texts != nil:
			return "", false
		}
	}
	if len(texts) < 2 || strings.Count(texts[0], "/") != len(texts)-1 {
		return "", false
	}
	return resourceKey(texts[0], strings.Join(texts[1:], "/")), true
}

// literalKey is what a written-out resource id names:
// /subscriptions/S/resourceGroups/G/providers/Microsoft.Network/virtualNetworks/hub/subnets/app.
func literalKey(text string) (string, bool) {
	if !strings.HasPrefix(text, "/") {
		return "", false
	}
	const providers = "/providers/"
	at := strings.LastIndex(strings.ToLower(text), providers)
	if at < 0 {
		return "", false
	}
	parts := strings.Split(text[at+len(providers):], "/")
	if len(parts) < 3 || len(parts)%2 == 0 {
		return "", false
	}
	typ, name := parts[0], ""
	for i := 1; i < len(parts); i += 2 {
		typ += "/" + parts[i]
		name += "/" + parts[i+1]
	}
	return resourceKey(typ, name[1:]), true
}

// existingKeys are the resources that a template declares to be outside of it.
func existingKeys(t *Template) map[string]bool {
	keys := map[string]bool{}
	value, _ := t.Metadata.Get(MetadataExisting)
	list, _ := value.(Array)
	for _, item := range list {
		text, _ := item.(string)
		provider, path := strings.TrimSuffix(Provider, "/"), text
		if first, rest, ok := strings.Cut(text, "/"); ok && strings.Contains(first, ".") {
			provider, path = first, rest
		}
		// As many type segments as names: virtualNetworks/subnets/hub/app.
		parts := strings.Split(path, "/")
		half := len(parts) / 2
		keys[resourceKey(provider+"/"+strings.Join(parts[:half], "/"), strings.Join(parts[half:], "/"))] = true
	}
	return keys
}

// idFunctions make resource ids.
var idFunctions = wordSet("resourceid subscriptionresourceid extensionresourceid tenantresourceid managementgroupresourceid")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}
