package arm

import (
	"strconv"
	"strings"
)

// frame is a template that is deployed once: a root, or a nested one.
type frame struct {
	e      *evaluator
	id     int
	doc    int
	root   Value
	outer  *frame
	by     *decl    // the deployment that it is nested in
	own    *context // of its variables and of defaults
	x      *context // of its other expressions; the outer template's when the scope of evaluation is outer
	scope  scope
	tenant string
	maybe  string // why it may not be deployed

	// passed is the value that a parameter was given.
	passed func(name string) (v any, given bool)

	thunks   map[string]*thunk
	declared bool
	decls    []*decl
	bySymbol map[string][]*decl
	byName   map[string][]*decl // by the last name
	byKey    map[string][]*decl
}

// scope is where a template or a resource goes. A nil group is none: the subscription itself.
type scope struct {
	subscription, group any // a string or a *partial
	location            func() any
}

// thunk is a value that is worked out when first asked for.
type thunk struct {
	state uint8
	value any
}

const (
	thunkFresh uint8 = iota
	thunkBusy
	thunkDone
)

// once works out a value of the frame, and notices when the value needs itself.
func (f *frame) once(key string, work func() any) any {
	t := f.thunks[key]
	if t == nil {
		t = &thunk{}
		f.thunks[key] = t
	}
	return t.get(key, work)
}

func (t *thunk) get(what string, work func() any) any {
	switch t.state {
	case thunkBusy:
		return faultOf("%s depends on itself", what)
	case thunkFresh:
		t.state = thunkBusy
		t.value = work()
		t.state = thunkDone
	}
	return t.value
}

func (e *evaluator) newFrame(doc int, root Value) *frame {
	e.frames++
	e.spend(200 + root.Leaves()/workPerLeaf)
	f := &frame{e: e, id: e.frames, doc: doc, root: root, thunks: map[string]*thunk{},
		bySymbol: map[string][]*decl{}, byName: map[string][]*decl{}, byKey: map[string][]*decl{}}
	f.own = &context{e: e, env: f, home: f}
	f.x = f.own
	return f
}

// rootFrame is the frame of a template that the caller gave.
func (e *evaluator) rootFrame(doc int) *frame {
	given := &e.together[doc]
	f := e.newFrame(doc, given.Template.Root)
	f.tenant = given.Tenant
	f.scope.subscription = known(given.Subscription, "subscription")
	if f.atGroup(true) {
		f.scope.group = known(given.Group, "resource group")
	}
	f.scope.location = func() any {
		if given.Location == "" {
			return unknownFor("no input tells the location of the deployment")
		}
		return given.Location
	}
	f.passed = func(name string) (any, bool) { return e.fromFiles(given.Parameters, name) }
	return f
}

// known is a part of a scope, or a hole where it should be.
func known(text, what string) any {
	if text != "" {
		return text
	}
	why := unknownFor("no input tells the %s of the deployment", what)
	return &partial{[]part{{hole: &hole{id: what, why: why, plain: true}}}}
}

// atGroup reports whether the template is deployed to a resource group, as its schema says.
func (f *frame) atGroup(byDefault bool) bool {
	schema := strings.ToLower(f.root.Member("$schema").Text())
	for _, other := range []string{"subscriptiondeploymenttemplate", "managementgroupdeploymenttemplate", "tenantdeploymenttemplate"} {
		if strings.Contains(schema, other) {
			return false
		}
	}
	return byDefault
}

// fromFiles is the value of a parameter in the last file that gives one.
func (e *evaluator) fromFiles(files []*Document, name string) (any, bool) {
	for i := len(files) - 1; i >= 0; i-- {
		entry, ok := e.index(files[i].Root.Member("parameters"))[strings.ToLower(name)]
		if !ok {
			continue
		}
		if entry.Member("reference").Given() {
			return fromVault(name), true
		}
		if v := entry.Member("value"); v.Kind() != KindAbsent {
			return e.data(v), true
		}
		return unknownFor("the parameter file gives %q in a way that is not read", name), true
	}
	return nil, false
}

func fromVault(name string) *unknown {
	return &unknown{why: "parameter " + quotedText(name) + " is a secret of a key vault", quiet: true}
}

// section finds what a member of the template has, such as its parameters, by folded names.
func (f *frame) section(name string) map[string]Value { return f.e.index(f.e.index(f.root)[name]) }

// parameter is the value of a parameter of the template.
func (f *frame) parameter(name string) any {
	declared, ok := f.section("parameters")[strings.ToLower(name)]
	if !ok {
		return faultOf("there is no parameter %q", name)
	}
	return f.once("parameter "+strings.ToLower(name), func() any {
		v := f.typed(declared, "parameter "+quotedText(declared.Name()), func() any { return f.given(declared) })
		if u, ok := v.(*unknown); ok && u.cause == "" && u.is == nil {
			u = u.derived("parameter " + strings.ToLower(name) + " of " + strconv.Itoa(f.id))
			return u
		}
		return v
	})
}

func (f *frame) given(declared Value) any {
	v, given := f.passed(declared.Name())
	byDefault := declared.Member("defaultValue")
	switch {
	case given && (v != nil || byDefault.Kind() == KindAbsent):
		return v
	case byDefault.Kind() != KindAbsent:
		return f.own.value(byDefault)
	case declared.Member("nullable").True():
		return nil
	}
	return unknownFor("parameter %q has no value", declared.Name())
}

// typed is a value of a declared type. What is secure is not even worked out.
func (f *frame) typed(declared Value, what string, work func() any) any {
	if f.isSecure(declared) {
		return &unknown{why: what + " is secure", quiet: true}
	}
	return f.veiled(declared, what, work(), 0)
}

// maxTypeDepth bounds how far types are followed; they may refer to themselves.
const maxTypeDepth = 16

// resolved is the definition that a type refers to, or itself.
func (f *frame) resolved(declared Value) Value {
	for range maxTypeDepth {
		name, ok := strings.CutPrefix(declared.Member("$ref").Text(), "#/definitions/")
		if !ok {
			break
		}
		declared = f.section("definitions")[strings.ToLower(name)]
	}
	return declared
}

func (f *frame) isSecure(declared Value) bool {
	typ := f.resolved(declared).Member("type").Text()
	return strings.EqualFold(typ, ParamSecureString) || strings.EqualFold(typ, ParamSecureObject)
}

// veiled is a value without what its type says is secure inside of it.
func (f *frame) veiled(declared Value, what string, v any, depth int) any {
	declared = f.resolved(declared)
	switch {
	case !declared.Is(KindObject):
		return v
	case depth > maxTypeDepth:
		return &unknown{why: what + " is of a type that is nested too deeply", quiet: true}
	}
	f.e.spend(1)
	inside := func(typ Value, v any) any {
		if f.isSecure(typ) {
			return &unknown{why: what + " is secure in part", quiet: true}
		}
		return f.veiled(typ, what, v, depth+1)
	}
	switch v := v.(type) {
	case list:
		items := declared.Member("items")
		if !items.Is(KindObject) {
			return v
		}
		out := make(list, len(v))
		for i := range v {
			out[i] = inside(items, v[i])
		}
		return out
	case *object:
		properties, others := declared.Member("properties"), declared.Member("additionalProperties")
		if !properties.Is(KindObject) && !others.Is(KindObject) {
			return v
		}
		f.e.through(v)
		out := &object{members: make([]member, len(v.members))}
		for i, m := range v.members {
			typ := f.e.index(properties)[strings.ToLower(m.name)]
			if typ == (Value{}) {
				typ = others
			}
			out.members[i] = member{m.name, inside(typ, m.value)}
		}
		return out
	}
	return v
}

// variable is the value of a variable of the template.
func (f *frame) variable(name string) any {
	folded := strings.ToLower(name)
	all := f.section("variables")
	loops := f.e.loopsIn(all["copy"])
	if loop, ok := loops[folded]; ok {
		return f.once("variable "+folded, func() any { return f.own.unrolled(loop) })
	}
	declared, ok := all[folded]
	if !ok || loops != nil && folded == "copy" {
		return faultOf("there is no variable %q", name)
	}
	return f.once("variable "+folded, func() any { return f.own.value(declared) })
}

// output is the value of an output of the template.
func (f *frame) output(name string) any {
	declared, ok := f.section("outputs")[strings.ToLower(name)]
	if !ok {
		return faultOf("there is no output %q", name)
	}
	return f.once("output "+strings.ToLower(name), func() any {
		return f.typed(declared, "output "+quotedText(declared.Name()), func() any { return f.result(declared) })
	})
}

func (f *frame) result(declared Value) any {
	if c := declared.Member("condition"); c.Given() {
		on := f.x.value(c)
		if u := doubt(on); u != nil {
			return u
		}
		if on == false {
			return nil
		}
	}
	loop := declared.Member("copy")
	if !loop.Given() {
		return f.x.value(declared.Member("value"))
	}
	n, u := f.x.count(loop)
	if u != nil {
		return u
	}
	out := list{}
	for i := range n {
		in := *f.x
		in.loops = &turn{index: i, unnamed: true, outer: f.x.loops}
		out = append(out, in.value(loop.Member("input")))
	}
	return out
}
