package arm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Deployment is a template with what is known beside it.
type Deployment struct {
	Template   *Document   // of FormTemplate
	Parameters []*Document // parameter files; of a parameter that several of them give, the last one counts

	// Where it is deployed to; empty where nothing tells. Location is that of the resource group, or
	// of the deployment itself when it is to a subscription.
	Subscription, Group, Tenant, Location string
}

// Evaluate works out the resources that templates deploy together: what one refers to may be another's,
// as with the stages of a plan. Items come in the order of the templates; Doc counts these. Copy loops
// are unrolled; what stands in nested deployments comes out with the scope of those, and the deployments
// themselves do not; what is inside a resource stays there, and child resources are items of their own.
//
// A Body is the resource as the template states it: type and name in full, no expressions, and none of
// the members that only steer the deployment (condition, copy, dependsOn, resources). What no input tells
// is a value of KindUnknown and a finding, one for each cause. No finding tells of unknown values that are
// unknown on purpose (secrets are never read) or say what they are (see Value.Refers).
//
// An id in a scope that nothing tells has an empty subscription and group, as ParseResourceID takes it. A
// scope that an unknown parameter names is a placeholder that begins with "unknown-": another one than all
// others. So are texts that only the service computes, such as uniqueString: see Value.Opaque.
func Evaluate(together []Deployment) ([]Item, diag.List) {
	e := newEvaluator(together)
	items := e.run()
	return items, e.findings()
}

// Bounds of the work that the templates of one call may ask for together. A step of an expression costs
// one, as textPerWork does; a value costs one or a few, and a resource some dozens. What Resource Manager
// takes needs far less: templates of 4 MiB after expansion.
const (
	workAtLeast = 4 << 20
	workPerLeaf = 16  // and one for each byte, so that every expression can be worked out once
	textPerWork = 32  // bytes
	maxNesting  = 500 // expressions that wait for others' values
)

// evaluator works on all templates of one call.
type evaluator struct {
	together []Deployment
	roots    []*frame
	frames   int
	fresh    int     // unknown values that are like no other
	all      []*decl // in order, without deployments
	ready    bool    // all is complete
	byKey    map[string][]*decl
	types    map[string]bool // folded, of everything declared

	exprs   map[string]parsedExpr
	indexes map[Value]map[string]Value
	loops   map[Value]map[string]Value // of the member copy among variables
	defined map[Value]map[string]Value // functions of templates

	left  int // work
	depth int // expressions that wait for others

	found  diag.List
	blamed map[diag.Pos]bool // places of LST-007 and LST-009
	causes map[cause]*undetermined
	order  []*undetermined
}

type parsedExpr struct {
	expr   Expr
	broken *ExprError
}

// cause is why something of a document is unknown, and what follows for it. Values share one, whatever
// their names: most follow from one parameter.
type cause struct {
	doc          int
	why, outcome string
}

// undetermined is a cause with the first place that it counts at.
type undetermined struct {
	message string
	pos     diag.Pos
	count   int
}

// spent is the panic of a template that asks for too much; only run sees it.
type spent struct{}

func newEvaluator(together []Deployment) *evaluator {
	e := &evaluator{
		together: together, left: workAtLeast, byKey: map[string][]*decl{}, types: map[string]bool{},
		exprs: map[string]parsedExpr{}, indexes: map[Value]map[string]Value{}, loops: map[Value]map[string]Value{}, defined: map[Value]map[string]Value{},
		blamed: map[diag.Pos]bool{}, causes: map[cause]*undetermined{},
	}
	for i := range together {
		root := together[i].Template.Root
		e.left += workPerLeaf*len(root.t.nodes) + len(root.t.src)
		e.roots = append(e.roots, e.rootFrame(i))
	}
	return e
}

// run declares every resource first, because any may refer to any, and then writes their bodies.
func (e *evaluator) run() (items []Item) {
	defer func() {
		switch broken := recover().(type) {
		case nil:
		case spent:
			items = nil
			e.found.Add("LST-007", diag.Pos{File: e.together[0].Template.Name, Line: 1, Col: 1},
				"the templates come to far more values than any deployment has; nothing of them is read")
		default:
			panic(broken)
		}
	}()
	for _, f := range e.roots {
		e.expand(f)
	}
	e.ready = true
	items = make([]Item, 0, len(e.all))
	var w *writer
	for _, d := range e.all {
		if doc := d.frame.doc; w == nil || w.doc != doc {
			w = &writer{e: e, doc: doc, m: newMaker(d.at.t)}
			w.m.t.nodes = make([]leaf, 0, len(d.at.t.nodes))
		}
		items = append(items, w.item(d))
	}
	return items
}

// expand declares the resources of a template and of the deployments nested in it.
func (e *evaluator) expand(f *frame) {
	f.declare()
	for _, d := range f.decls {
		switch {
		case d.existing:
		case !d.isDeployment():
			e.all = append(e.all, d)
		default:
			if inner := d.nested(); inner != nil {
				e.expand(inner)
			}
		}
	}
}

func (e *evaluator) spend(n int) {
	if e.left -= n; e.left < 0 {
		panic(spent{})
	}
}

// cost is the work that a value takes for its text. What is inside of a list or an object costs when
// somebody goes through it.
func cost(v any) int {
	switch v := v.(type) {
	case string:
		return len(v) / textPerWork
	case *unknown:
		return 4 + len(v.why)/textPerWork // its identity is hashed
	case *partial:
		n := 0
		for _, part := range v.parts {
			n += 1 + len(part.text)/textPerWork
			if part.hole != nil {
				n += len(part.hole.id) / textPerWork
			}
		}
		return n
	}
	return 0
}

// charge spends what a value costs that a function takes or gives; no text of one is longer than MaxText.
func (e *evaluator) charge(v any) {
	n := cost(v)
	if e.spend(n); n > MaxText/textPerWork {
		panic(spent{})
	}
}

// through spends what it costs to go through the members of an object.
func (e *evaluator) through(o *object) {
	for i := range o.members {
		e.spend(1 + cost(o.members[i].name))
	}
}

// pos is a place in a template: of a value, or of a character in a string.
func (e *evaluator) pos(doc int, v Value, offset int) diag.Pos {
	pos := v.Ref().Pos(e.together[doc].Template.Name)
	if offset > 0 {
		pos.Line, pos.Col = v.inside(offset)
	}
	return pos
}

// bad notes a value that is not what it must be, once for each place.
func (e *evaluator) bad(doc int, v Value, format string, args ...any) {
	e.blame("LST-007", e.pos(doc, v, 0), format, args...)
}

func (e *evaluator) blame(rule string, pos diag.Pos, format string, args ...any) {
	if !e.blamed[pos] {
		e.blamed[pos] = true
		e.found.Add(rule, pos, format, args...)
	}
}

// broken notes an expression that cannot be understood, once for each place.
func (e *evaluator) broken(doc int, v Value, offset int, message string) {
	e.blame("LST-009", e.pos(doc, v, offset), "expression: %s", message)
}

// valueUnknown notes that a value is unknown.
func (e *evaluator) valueUnknown(doc int, v Value, u *unknown) {
	name := "a value"
	if v.Name() != "" {
		name = quotedText(v.Name())
	}
	e.note(cause{doc, u.why, ""}, v, u, name+" is unknown")
}

// undetermined notes what follows of an unknown value.
func (e *evaluator) undetermined(doc int, v Value, u *unknown, outcome string) {
	e.note(cause{doc, u.why, outcome}, v, u, outcome)
}

func (e *evaluator) note(key cause, v Value, u *unknown, outcome string) {
	if u.quiet {
		return
	}
	if known := e.causes[key]; known != nil {
		known.count++
		return
	}
	note := &undetermined{outcome + ": " + u.why, e.pos(key.doc, v, 0), 1}
	e.causes[key], e.order = note, append(e.order, note)
}

func (e *evaluator) findings() diag.List {
	for _, u := range e.order {
		more := ""
		if u.count > 1 {
			more = fmt.Sprintf(" (and %d more)", u.count-1)
		}
		e.found.Add("LST-006", u.pos, "%s%s", u.message, more)
	}
	e.found.Sort()
	return e.found
}

// parse parses an expression once, however often it stands in the templates.
func (e *evaluator) parse(text string) (Expr, *ExprError) {
	p, known := e.exprs[text]
	if !known {
		expr, err := ParseExpr(text)
		p.expr = expr
		p.broken, _ = err.(*ExprError)
		e.exprs[text] = p
	}
	return p.expr, p.broken
}

// fresher tells unknown values apart that nobody can compare.
func (e *evaluator) fresher() string {
	e.fresh++
	return "number " + strconv.Itoa(e.fresh)
}

// index finds members of an object by their folded names.
func (e *evaluator) index(object Value) map[string]Value {
	index, known := e.indexes[object]
	if !known {
		index = map[string]Value{}
		for m := range object.Items() {
			if name := strings.ToLower(m.Name()); index[name] == (Value{}) {
				index[name] = m
			}
		}
		e.indexes[object] = index
	}
	return index
}

// loopsIn finds the loops of a member copy by their folded names; nil when the member is no such.
func (e *evaluator) loopsIn(copies Value) map[string]Value {
	index, known := e.loops[copies]
	if !known {
		if loops, ok := propertyLoops(copies); ok {
			index = map[string]Value{}
			for _, loop := range loops {
				if name := strings.ToLower(loop.Member("name").Text()); index[name] == (Value{}) {
					index[name] = loop
				}
			}
		}
		e.loops[copies] = index
	}
	return index
}
