package arm

import (
	"strconv"
	"strings"
)

// decl is a resource that a template declares, one for each turn of its loop.
type decl struct {
	frame    *frame
	x        *context
	at       Value
	name     ResourceName
	fullName any // a string, or a *partial with placeholders
	scope    scope
	existing bool   // only referred to
	maybe    string // why it may not be deployed
	absent   bool   // its condition is false
	props    thunk
	inner    *frame // of a deployment
	expanded bool
}

func (d *decl) isDeployment() bool { return strings.EqualFold(d.name.Type, TypeDeployment) }

// typeResourceGroup has its name for an id of its own: it is in no group.
const typeResourceGroup = "Microsoft.Resources/resourceGroups"

// declare works out which resources the template has.
func (f *frame) declare() {
	if f.declared {
		return
	}
	f.declared = true
	f.resources(f.root.Member("resources"), nil, f.x)
}

// resources declares those of a template, or the children inside of a resource.
func (f *frame) resources(all Value, parent *decl, x *context) {
	for v := range all.Items() {
		if !v.Is(KindObject) {
			f.e.bad(f.doc, v, "a resource is %s; an object is expected", v.Kind())
			continue
		}
		symbol := v.Name()
		loop := v.Member("copy")
		if !loop.Given() {
			f.resource(v, symbol, symbol, parent, x)
			continue
		}
		n, u := x.count(loop)
		if u != nil {
			f.e.undetermined(f.doc, loop, u, "resources are left out, because nobody knows how many they are")
			continue
		}
		name := x.nameOf(loop)
		for i := range n {
			in := *x
			in.loops = &turn{name: name, index: i, unnamed: true, outer: x.loops}
			f.resource(v, symbol, symbol+"["+strconv.Itoa(i)+"]", parent, &in)
		}
	}
}

// resource declares one resource and the children inside of it. Source: docs/sources.md#template-evaluation
// (a condition does not reach the children).
func (f *frame) resource(v Value, loop, symbol string, parent *decl, x *context) {
	f.e.spend(40 + v.Leaves()/workPerLeaf) // its members are searched
	d := &decl{frame: f, x: x, at: v, maybe: f.maybe, existing: v.Member("existing").True()}
	if c := v.Member("condition"); c.Given() {
		d.decide(c)
	}
	children := v.Member("resources")
	if d.absent && !children.Given() {
		return // its name may not even make sense
	}
	d.scope = d.scoped()
	if !d.identify(parent) {
		return
	}
	if !d.absent {
		f.add(d, loop, symbol)
	}
	f.resources(children, d, x)
}

func (f *frame) add(d *decl, loop, symbol string) {
	f.decls = append(f.decls, d)
	if loop != "" {
		f.bySymbol[loop] = append(f.bySymbol[loop], d)
		if loop != symbol {
			f.bySymbol[symbol] = append(f.bySymbol[symbol], d)
		}
	}
	name := strings.ToLower(d.name.Name())
	f.byName[name] = append(f.byName[name], d)
	if d.existing {
		return
	}
	key := d.name.key()
	f.byKey[key] = append(f.byKey[key], d)
	f.e.byKey[key] = append(f.e.byKey[key], d)
	f.e.types[strings.ToLower(d.name.Type)] = true
}

// decide settles a condition.
func (d *decl) decide(condition Value) {
	switch on := d.x.value(condition).(type) {
	case bool:
		d.absent = !on
	case *unknown, *partial:
		u := doubt(on)
		d.maybe = "its condition is unknown: " + u.why
		d.frame.e.undetermined(d.frame.doc, condition, u, "whether a resource is deployed is unknown")
	default:
		d.maybe = "its condition is " + kindOf(on)
		d.frame.e.bad(d.frame.doc, condition, "a condition is %s; true or false is expected", kindOf(on))
	}
}

// scoped is where the resource goes: where its template goes, unless it says otherwise.
func (d *decl) scoped() scope {
	s := d.frame.scope
	s = s.narrowed(d.member("scope"))
	deployment := strings.EqualFold(d.at.Member("type").Text(), TypeDeployment)
	if !d.existing && !deployment {
		return s
	}
	if v := d.member("subscriptionId"); v != nil {
		s.subscription = inScope(v)
		if deployment {
			s.group = nil // unless one is named: the deployment is to the subscription
		}
	}
	if v := d.member("resourceGroup"); v != nil {
		s.group = inScope(v)
	}
	return s
}

// narrowed is the scope that an id names: of a group, a subscription, or a resource in one. What the id
// leaves open stays; one that nothing tells is a scope that is like no other.
func (s scope) narrowed(to any) scope {
	if u := unknownScope(to); u != nil {
		s.subscription, s.group = inScope(u.derived("its subscription")), inScope(u.derived("its group"))
		return s
	}
	words := shownNames(to)
	switch {
	case shown(to) == "/":
		s.group = nil
	case words[0] == "":
		words = words[1:]
	}
	subscription, ok := behind(words, 0, "subscriptions")
	if !ok {
		return s
	}
	if subscription != "" {
		s.subscription = subscription
	}
	group, ok := behind(words, 2, "resourceGroups")
	switch {
	case !ok:
		s.group = nil
	case group != "":
		s.group = group
	}
	return s
}

// unknownScope is why nothing tells where an id begins, or nil.
func unknownScope(id any) *unknown {
	switch id := id.(type) {
	case *unknown:
		return id
	case *partial:
		if first := id.parts[0].hole; first != nil && !first.solid && !first.plain {
			return id.reason()
		}
	}
	return nil
}

// behind is the part of an id that follows a word at a position.
func behind(words []any, at int, word string) (any, bool) {
	if at+1 >= len(words) {
		return nil, false
	}
	text, ok := words[at].(string)
	return words[at+1], ok && strings.EqualFold(text, word)
}

// member works out a member of the resource; nil when there is none.
func (d *decl) member(name string) any {
	if v := d.at.Member(name); v.Given() {
		return d.x.value(v)
	}
	return nil
}

// inScope is a subscription or a group; an unknown one is not any other.
func inScope(v any) any {
	switch v := v.(type) {
	case string, *partial:
		return v
	case *unknown:
		return &partial{[]part{{hole: holeOf(v)}}}
	}
	return ""
}

// identify works out the type and the name; false, with a finding, when they cannot be told.
func (d *decl) identify(parent *decl) bool {
	e, doc := d.frame.e, d.frame.doc
	typ, ok := d.x.value(d.at.Member("type")).(string)
	if !ok || !strings.Contains(typ, "/") && parent == nil {
		e.bad(doc, d.at, "a resource without a type")
		return false
	}
	name := d.member("name")
	text, reason := nameText(name)
	if reason != nil && strings.EqualFold(typ, TypeDeployment) { // what it deploys counts, whatever its name
		text, reason = shown(name), nil
	}
	switch {
	case reason != nil:
		e.undetermined(doc, d.at.Member("name"), reason, "a resource is left out, because its name is unknown")
		return false
	case text == "":
		e.bad(doc, d.at, "a resource without a name")
		return false
	}
	d.fullName = name
	if parent != nil {
		typ = d.under(parent, typ, text)
		text = shown(d.fullName)
	}
	names := strings.Split(text, "/")
	if strings.Count(typ, "/") != len(names) {
		e.bad(doc, d.at, "%q names a resource in %d parts, and its type %s has %d", text, len(names), quotedText(typ), strings.Count(typ, "/"))
		return false
	}
	if hollow(typ) || hollow(text) {
		e.bad(doc, d.at, "%q of type %s: a part of the name or of the type is empty", text, quotedText(typ))
		return false
	}
	d.name = d.named(typ, names)
	if p, ok := d.fullName.(*partial); ok && isNetwork(d.name.Type) {
		e.undetermined(doc, d.at.Member("name"), p.reason(), "a name has a placeholder for what is unknown")
	}
	return true
}

// hollow reports whether something between slashes is missing.
func hollow(path string) bool {
	return strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") || strings.Contains(path, "//")
}

// nameText is a name as text, or why there is none.
func nameText(name any) (string, *unknown) {
	switch name := name.(type) {
	case string:
		return name, nil
	case *partial:
		if !name.isSolid() {
			return "", name.reason()
		}
		return shown(name), nil
	case *unknown:
		return "", name
	}
	return "", nil
}

// under completes the type and the name of a resource inside of another: they may be written in full or
// without what they share with the parent.
func (d *decl) under(parent *decl, typ, text string) string {
	if first, _, _ := strings.Cut(typ, "/"); !strings.Contains(first, ".") {
		typ = parent.name.Type + "/" + typ
	} else if !hasPrefixFold(typ, parent.name.Type+"/") {
		return typ
	}
	if strings.Count(typ, "/") != strings.Count(text, "/")+1 {
		d.fullName = glue(parent.fullName, "/", d.fullName)
	}
	return typ
}

// hasPrefixFold is strings.HasPrefix in any letter case.
func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func (d *decl) named(typ string, names []string) ResourceName {
	n := ResourceName{Subscription: shown(d.scope.subscription), Type: canonicalType(typ), Names: names}
	if d.scope.group != nil && !strings.EqualFold(typ, typeResourceGroup) {
		n.Group = shown(d.scope.group)
	}
	if strings.Contains(strings.ToLower(typ), "/providers/") { // an extension, written as a child
		if extension, ok := ParseResourceID(n.ID()); ok {
			return extension
		}
	}
	return n
}

// key is a resource's id for look-up.
func (n ResourceName) key() string { return strings.ToLower(n.ID()) }

// id is the resource id as an expression would make it.
func (d *decl) id() any {
	s := d.scope
	if strings.EqualFold(d.name.Type, typeResourceGroup) {
		s.group = nil
	}
	return s.id(d.name.Type, shownNames(d.fullName))
}

// shownNames are the parts of a name or of an id.
func shownNames(name any) []any {
	if p, ok := name.(*partial); ok {
		return p.pieces("/")
	}
	var names []any
	for _, part := range strings.Split(shown(name), "/") {
		names = append(names, part)
	}
	return names
}

// properties is what the template states for the resource.
func (d *decl) properties() any {
	return d.props.get(d.name.label(), func() any { return d.member("properties") })
}

// nested is the template that a deployment deploys; nil when it is not at hand.
func (d *decl) nested() *frame {
	if d.expanded {
		return d.inner
	}
	d.expanded = true
	properties := d.at.Member("properties")
	template := properties.Member("template")
	e, doc := d.frame.e, d.frame.doc
	if !template.Is(KindObject) {
		at, what := d.at, "its template is not written out"
		if link := properties.Member("templateLink"); link.Given() {
			at, what = link, "its template is linked to"
		}
		e.undetermined(doc, at, unknownFor("%s", what), "what the deployment "+quotedText(d.name.Name())+" deploys is unknown")
		return nil
	}
	f := e.newFrame(doc, template)
	f.outer, f.by, f.maybe, f.tenant = d.frame, d, d.maybe, d.frame.tenant
	f.scope = d.scope
	if !f.atGroup(f.scope.group != nil) {
		f.scope.group = nil
	}
	f.scope.location = d.location
	f.passed = d.passed
	if mode, _ := d.x.value(properties.Path("expressionEvaluationOptions", "scope")).(string); !strings.EqualFold(mode, "inner") {
		in := *d.x
		in.home, in.nested = f, true
		f.x = &in
	}
	d.inner = f
	return f
}

// passed is the value that a deployment gives to a parameter of its template.
func (d *decl) passed(name string) (any, bool) {
	all := d.at.Member("properties").Member("parameters")
	if all.Is(KindString) {
		switch given := d.x.value(all).(type) {
		case *object:
			entry, _ := given.get(name)
			if o, ok := entry.(*object); ok {
				return o.get("value")
			}
		case *unknown:
			return given, true
		}
		return nil, false
	}
	entry, ok := d.x.e.index(all)[strings.ToLower(name)]
	if !ok {
		if link := d.at.Member("properties").Member("parametersLink"); link.Given() {
			return unknownFor("the values of the parameters of %q are linked to", d.name.Name()), true
		}
		return nil, false
	}
	if entry.Is(KindString) {
		switch given := d.x.value(entry).(type) {
		case *object:
			return given.get("value")
		case *unknown:
			return given, true
		}
		return nil, false
	}
	if entry.Member("reference").Given() {
		return fromVault(name), true
	}
	v := entry.Member("value")
	if v.Kind() == KindAbsent {
		return nil, false
	}
	return d.x.value(v), true
}

// location is that of the resource group or subscription that a deployment goes to.
func (d *decl) location() any {
	f, e := d.frame, d.frame.e
	if d.scope.group == nil {
		if v := d.member("location"); v != nil {
			return v
		}
		return unknownFor("the location of the deployment %q is not written", d.name.Name())
	}
	if shown(d.scope.group) == shown(f.scope.group) && shown(d.scope.subscription) == shown(f.scope.subscription) {
		return f.scope.location()
	}
	group := ResourceName{Subscription: shown(d.scope.subscription), Type: typeResourceGroup, Names: []string{shown(d.scope.group)}}
	if groups := e.byKey[group.key()]; len(groups) == 1 {
		if v := groups[0].member("location"); v != nil {
			return v
		}
	}
	return unknownFor("no input tells the location of the resource group %q", shown(d.scope.group))
}
