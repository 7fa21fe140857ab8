package arm

import (
	"strconv"
	"strings"
)

// receiver takes the values of a walk in document order.
type receiver interface {
	member(name string)       // names the next value
	memberLike(of Value)      // names it as that one is named
	begin(at Value, k Kind)   // a list or an object
	end()                     // of it
	literal(v Value)          // a scalar as written
	put(at Value, result any) // what an expression at that place comes to
}

// walk hands a value of a template on with its expressions worked out.
func (x *context) walk(v Value, into receiver) {
	x.e.spend(1)
	switch v.Kind() {
	case KindString:
		if isPlain(v) {
			into.literal(v)
		} else {
			into.put(v, x.text(v))
		}
	case KindList:
		into.begin(v, KindList)
		for item := range v.Items() {
			x.walk(item, into)
		}
		into.end()
	case KindObject:
		into.begin(v, KindObject)
		x.members(v, into)
		into.end()
	default:
		into.literal(v)
	}
}

func (x *context) members(v Value, into receiver) {
	for m := range v.Items() {
		if loops, ok := propertyLoops(m); ok {
			for _, loop := range loops {
				x.unroll(loop, into)
			}
			continue
		}
		into.memberLike(m)
		x.walk(m, into)
	}
}

// propertyLoops are the loops of a member copy that makes lists: [{name, count, input}].
func propertyLoops(m Value) ([]Value, bool) {
	if !m.Is(KindList) || !strings.EqualFold(m.Name(), "copy") {
		return nil, false
	}
	var loops []Value
	for loop := range m.Items() {
		if !loop.Member("name").Is(KindString) || !loop.Member("count").Given() || loop.Member("input").Is(KindAbsent) {
			return nil, false
		}
		loops = append(loops, loop)
	}
	return loops, len(loops) > 0
}

// unroll makes the list of a loop over a property or a variable.
func (x *context) unroll(loop Value, into receiver) {
	name := x.nameOf(loop)
	into.member(name)
	n, u := x.count(loop)
	if u != nil {
		into.put(loop.Member("count"), u)
		return
	}
	into.begin(loop, KindList)
	now, input := &turn{name: name, outer: x.loops}, loop.Member("input")
	in := *x
	in.loops = now
	for now.index = range n {
		in.walk(input, into)
	}
	into.end()
}

// unrolled is the list of a loop over a variable.
func (x *context) unrolled(loop Value) any {
	g := &gatherer{e: x.e, open: []any{&object{}}}
	x.unroll(loop, g)
	return g.open[0].(*object).members[0].value
}

func (x *context) nameOf(loop Value) string {
	name, _ := x.value(loop.Member("name")).(string)
	return name
}

// count is how often a loop runs, or why nobody knows.
func (x *context) count(loop Value) (int, *unknown) {
	count := loop.Member("count")
	at := count
	if !at.Given() {
		at = loop
	}
	switch n := x.value(count).(type) {
	case int64:
		if n >= 0 && n <= MaxResources {
			return int(n), nil
		}
		x.e.bad(x.env.doc, at, "a loop of %d turns; Resource Manager takes at most %d", n, MaxResources)
		return 0, &unknown{why: "its loop has no legal count", quiet: true}
	case *unknown, *partial:
		return 0, doubt(n)
	default:
		x.e.bad(x.env.doc, at, "the count of a loop is %s; an integer is expected", kindOf(n))
		return 0, &unknown{why: "its loop has no legal count", quiet: true}
	}
}

// value works out a value as a whole.
func (x *context) value(v Value) any {
	if v.Is(KindString) {
		x.e.spend(1)
		return x.text(v)
	}
	g := &gatherer{e: x.e}
	x.walk(v, g)
	return g.result
}

// isPlain reports whether a string means what it says, without making a text of it.
func isPlain(v Value) bool {
	n := &v.t.nodes[v.i]
	if n.to < 0 {
		return !strings.HasPrefix(v.t.texts[n.from], "[")
	}
	first := v.t.src[n.from+1] // at least the closing quote
	return first != '[' && first != '\\'
}

// gatherer is the receiver that makes a value of a walk.
type gatherer struct {
	e      *evaluator
	result any
	open   []any // *list and *object
	names  []string
}

func (g *gatherer) member(name string) { g.names = append(g.names, name) }

func (g *gatherer) memberLike(of Value) {
	name := of.Name()
	g.e.spend(cost(name))
	g.member(name)
}

func (g *gatherer) begin(_ Value, k Kind) {
	if k == KindList {
		g.open = append(g.open, &list{})
	} else {
		g.open = append(g.open, &object{})
	}
}

func (g *gatherer) end() {
	last := len(g.open) - 1
	done := g.open[last]
	g.open = g.open[:last]
	if l, ok := done.(*list); ok {
		done = *l
	}
	g.put(Value{}, done)
}

func (g *gatherer) literal(v Value) {
	scalar := scalarOf(v)
	g.e.spend(cost(scalar))
	g.put(v, scalar)
}

func (g *gatherer) put(_ Value, result any) {
	if len(g.open) == 0 {
		g.result = result
		return
	}
	switch into := g.open[len(g.open)-1].(type) {
	case *list:
		*into = append(*into, result)
	case *object:
		last := len(g.names) - 1
		into.set(g.names[last], result)
		g.names = g.names[:last]
	}
}

// scalarOf is a scalar of a document.
func scalarOf(v Value) any {
	switch text := v.Text(); v.Kind() {
	case KindBool:
		return v.True()
	case KindNumber:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		return decimal(text)
	case KindString:
		return text
	case KindUnknown:
		return unknownFor("%s", text)
	}
	return nil
}

// data is a value of a document in which nothing is an expression.
func (e *evaluator) data(v Value) any {
	e.spend(1)
	switch v.Kind() {
	case KindList:
		out := list{}
		for item := range v.Items() {
			out = append(out, e.data(item))
		}
		return out
	case KindObject:
		out := &object{}
		for m := range v.Items() {
			out.set(m.Name(), e.data(m))
		}
		return out
	}
	scalar := scalarOf(v)
	e.spend(cost(scalar))
	return scalar
}

// writer is the receiver that makes the body of an item. All bodies of a document stand in one tree.
type writer struct {
	e      *evaluator
	doc    int
	m      *maker
	report bool // what is unknown
}

func (w *writer) member(name string)     { w.m.member(name) }
func (w *writer) memberLike(of Value)    { w.m.memberLike(of) }
func (w *writer) begin(at Value, k Kind) { w.m.begin(at, k) }
func (w *writer) end()                   { w.m.end() }
func (w *writer) literal(v Value)        { w.m.same(v) }

func (w *writer) put(at Value, result any) {
	result = settle(result)
	w.e.spend(2 + cost(result))
	switch r := result.(type) {
	case nil:
		w.m.scalar(at, KindNull, "null")
	case bool:
		w.m.scalar(at, KindBool, strconv.FormatBool(r))
	case int64:
		w.m.scalar(at, KindNumber, strconv.FormatInt(r, 10))
	case decimal:
		w.m.scalar(at, KindNumber, string(r))
	case string:
		w.m.scalar(at, KindString, r)
	case *partial:
		text, u := r.settled()
		if u != nil {
			w.unknown(at, u)
			return
		}
		w.m.scalar(at, KindString, text)
		w.m.t.nodes[len(w.m.t.nodes)-1].opaque = r.isOpaque()
	case list:
		if w.tooDeep(at) {
			return
		}
		w.m.begin(at, KindList)
		for _, item := range r {
			w.put(at, item)
		}
		w.m.end()
	case *object:
		if w.tooDeep(at) {
			return
		}
		w.m.begin(at, KindObject)
		for i := range r.members {
			w.m.member(r.members[i].name)
			w.put(at, r.members[i].value)
		}
		w.m.end()
	case *unknown:
		w.unknown(at, r)
	}
}

// tooDeep keeps values as shallow as Read keeps them.
func (w *writer) tooDeep(at Value) bool {
	if len(w.m.open) < MaxDepth {
		return false
	}
	w.e.broken(w.doc, at, 0, "its value is nested too deeply")
	w.unknown(at, &unknown{why: "its value is nested too deeply", quiet: true})
	return true
}

func (w *writer) unknown(at Value, u *unknown) {
	w.m.scalar(at, KindUnknown, u.why)
	if u.is != nil {
		if w.m.t.refers == nil {
			w.m.t.refers = map[int32]referral{}
		}
		w.m.t.refers[int32(len(w.m.t.nodes)-1)] = *u.is
		return
	}
	if w.report {
		w.e.valueUnknown(w.doc, at, u)
	}
}

// steering are the members of a resource that are none of the resource's own.
var steering = wordSet("condition copy dependson resources existing scope subscriptionid resourcegroup comments")

// item writes a resource.
func (w *writer) item(d *decl) Item {
	item := Item{ResourceName: d.name, Doc: w.doc, Maybe: d.maybe, Tenant: d.frame.tenant}
	start := int32(len(w.m.t.nodes))
	network := isNetwork(d.name.Type)
	w.m.begin(d.at, KindObject)
	for m := range d.at.Items() {
		name := strings.ToLower(m.Name())
		if steering[name] {
			d.x.sound(m)
			continue
		}
		w.report = network && name != "tags"
		w.m.memberLike(m)
		switch name {
		case "type":
			w.put(m, d.name.Type)
		case "name":
			w.put(m, d.fullName)
		default:
			d.x.walk(m, w)
		}
	}
	w.m.end()
	item.Body = Value{w.m.t, start}
	if at := item.Body.Member("location"); at.Is(KindString) {
		item.Location = at.Text()
	}
	return item
}

// sound reports expressions that break where nothing is worked out: in dependsOn.
func (x *context) sound(v Value) {
	if !strings.EqualFold(v.Name(), "dependsOn") {
		return
	}
	for item := range v.Items() {
		text := item.Text()
		if x.e.spend(1 + cost(text)); item.Is(KindString) && IsExpression(text) {
			if _, broken := x.e.parse(text); broken != nil {
				x.blame(item, broken.Offset, broken.Message)
			}
		}
	}
}

// isNetwork reports whether a resource is of the network provider: nobody reads the values of others.
func isNetwork(typ string) bool { return hasPrefixFold(typ, Provider) }
