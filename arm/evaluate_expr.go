package arm

import (
	"strconv"
	"strings"
)

// context is where an expression stands.
type context struct {
	e      *evaluator
	env    *frame // whose parameters, variables and scope it sees
	home   *frame // whose resources it sees first
	loops  *turn
	locals *local
	args   *object // of a function that the template defines; nil outside of one
	nested bool    // in a nested template that is evaluated in the outer one's scope
}

// turn is a turn of a loop, within those of outer loops.
type turn struct {
	name    string
	index   int
	unnamed bool // copyIndex() without a name means this one: the loop of a resource or an output
	outer   *turn
}

// local is a variable of a lambda.
type local struct {
	name  string
	value any
	outer *local
}

// text works out a string of a template. A fault is reported here, at its place, and becomes unknown.
func (x *context) text(v Value) any {
	text := v.Text()
	x.e.spend(cost(text))
	if !IsExpression(text) {
		if x.nested && strings.HasPrefix(text, "[[") && strings.HasSuffix(text, "]") {
			return unknownFor("an escaped expression in a nested template of outer scope is evaluated twice")
		}
		return Unescape(text)
	}
	expr, broken := x.e.parse(text)
	if broken != nil {
		return x.blame(v, broken.Offset, broken.Message)
	}
	if x.e.depth >= maxNesting {
		return x.blame(v, 0, "too many values wait for one another")
	}
	x.e.depth++
	result := settle(x.eval(expr))
	x.e.depth--
	if f, ok := result.(*fault); ok {
		return x.blame(v, max(f.at, 0), f.message)
	}
	return result
}

func (x *context) blame(v Value, offset int, message string) *unknown {
	x.e.broken(x.env.doc, v, offset, message)
	return &unknown{why: "its expression is broken", cause: x.e.fresher(), quiet: true}
}

// eval works out an expression; the result may be a *fault or a *referred.
func (x *context) eval(expr Expr) any {
	x.e.spend(1)
	switch expr := expr.(type) {
	case *Text:
		return expr.Value
	case *Number:
		return expr.Value
	case *Call:
		return x.call(expr)
	case *Property:
		return placed(x.property(x.eval(expr.Of), expr.Name), expr.At)
	case *Index:
		of, key := x.eval(expr.Of), settle(x.eval(expr.Key))
		return placed(x.element(of, key), expr.At)
	}
	return nil
}

// placed is a result with the place of a fault that has none yet.
func placed(result any, at int) any {
	if f, ok := result.(*fault); ok && f.at < 0 {
		return &fault{at, f.message}
	}
	return result
}

// property is a member of a value.
func (x *context) property(of any, name string) any {
	x.e.spend(cost(name))
	if u := doubt(of); u != nil {
		return u.derived("." + name)
	}
	switch of := of.(type) {
	case *fault:
		return of
	case *referred:
		return of.member(x, name)
	case *results:
		return &result{of.of, name}
	case *result:
		return of.member(name)
	case *object:
		if v, ok := of.get(name); ok {
			return v
		}
		return faultOf("there is no property %q", name)
	}
	return faultOf("property %q of %s; an object is expected", name, kindOf(of))
}

// element is x[key] of a list or an object.
func (x *context) element(of, key any) any {
	for _, v := range []any{of, key} {
		if _, broken := v.(*fault); broken {
			return v
		}
		if u := doubt(v); u != nil {
			return u.derived("[] " + x.e.fresher())
		}
	}
	switch key := key.(type) {
	case string:
		return x.property(of, key)
	case int64:
		if r, ok := of.(*referred); ok {
			return r.item(key)
		}
		items, ok := of.(list)
		switch {
		case !ok:
			return faultOf("item %d of %s; a list is expected", key, kindOf(of))
		case key < 0 || key >= int64(len(items)):
			return faultOf("item %d of a list of %d", key, len(items))
		}
		return items[key]
	}
	return faultOf("an index that is %s; a name or an integer is expected", kindOf(key))
}

// call is a function at work. The methods that take an argument leave a function that cannot go on.
type call struct {
	*context
	expr *Call
	args []any
}

// giveUp is the panic of such a function, with what the call comes to.
type giveUp struct{ result any }

func (x *context) call(expr *Call) any {
	if strings.Contains(expr.Name, ".") {
		return placed(x.defined(expr), expr.At)
	}
	name := strings.ToLower(expr.Name)
	f, ok := functions()[name]
	if !ok {
		return x.unsupported(expr, name)
	}
	if n := len(expr.Args); n < f.least || f.most >= 0 && n > f.most {
		return &fault{expr.At, expr.Name + " with " + strconv.Itoa(n) + " arguments"}
	}
	c := &call{context: x, expr: expr}
	if f.takes < takesExpressions {
		c.args = make([]any, len(expr.Args))
		for i, arg := range expr.Args {
			c.args[i] = settle(x.eval(arg))
			if _, broken := c.args[i].(*fault); broken {
				return c.args[i]
			}
			x.e.charge(c.args[i])
		}
		if f.takes < takesHoles {
			if result, stop := c.stopped(f.takes, name); stop {
				return result
			}
		}
	}
	result := placed(c.run(f), expr.At)
	x.e.charge(result)
	return result
}

func (x *context) unsupported(expr *Call, name string) any {
	switch {
	case strings.HasPrefix(name, "list"):
		return &unknown{why: "only the service answers " + expr.Name, cause: x.e.fresher()}
	case otherFunctions[name]:
		return &unknown{why: "function " + expr.Name + " is not worked out", cause: x.e.fresher()}
	}
	return &fault{expr.At, "there is no function " + expr.Name}
}

// stopped is what a call comes to whose arguments are not wholly known.
func (c *call) stopped(takes takes, name string) (any, bool) {
	solid := true
	var first *unknown
	for _, arg := range c.args {
		u := doubt(arg)
		if u == nil {
			continue
		}
		p, isText := arg.(*partial)
		if solid = solid && isText && p.isSolid(); first == nil {
			first = u
		}
	}
	if first == nil {
		return nil, false
	}
	if takes == takesPlaceholders && solid {
		return textOf([]part{{hole: c.placeholder(name)}}), true
	}
	return c.derived(first), true
}

// derived is what a function makes of an unknown value.
func (c *call) derived(u *unknown) *unknown {
	how := []string{c.expr.Name}
	for _, arg := range c.args {
		if _, ok := partsOf(arg); !ok {
			return u.derived(c.e.fresher())
		}
		how = append(how, identity(arg))
	}
	if len(c.args) < len(c.expr.Args) { // the others may be anything
		return u.derived(c.e.fresher())
	}
	return u.derived(how...)
}

// placeholder stands for the text that a function makes of texts which are not wholly known.
func (c *call) placeholder(name string) *hole {
	of := make([]string, len(c.args))
	for i, arg := range c.args {
		of[i] = identity(arg)
	}
	return placeholder(name, of...)
}

func (c *call) run(f function) (result any) {
	defer func() {
		switch stopped := recover().(type) {
		case nil:
		case giveUp:
			result = stopped.result
			if u, ok := result.(*unknown); ok {
				result = c.derived(u)
			}
		default:
			panic(stopped)
		}
	}()
	return f.run(c)
}

func (c *call) fail(format string, args ...any) { panic(giveUp{faultOf(format, args...)}) }

// stop ends the call with a value.
func (c *call) stop(result any) { panic(giveUp{result}) }

func (c *call) wrong(i int, want string) {
	if u := doubt(c.args[i]); u != nil {
		c.stop(u)
	}
	c.fail("argument %d of %s is %s; %s is expected", i+1, c.expr.Name, kindOf(c.args[i]), want)
}

// string is an argument that must be a string.
func (c *call) string(i int) string {
	text, ok := c.args[i].(string)
	if !ok {
		c.wrong(i, "a string")
	}
	return text
}

func (c *call) int(i int) int64 {
	n, ok := c.args[i].(int64)
	if !ok {
		c.wrong(i, "an integer")
	}
	return n
}

func (c *call) list(i int) list {
	items, ok := c.args[i].(list)
	if !ok {
		c.wrong(i, "a list")
	}
	c.e.spend(len(items))
	return items
}

func (c *call) object(i int) *object {
	o, ok := c.args[i].(*object)
	if !ok {
		c.wrong(i, "an object")
	}
	c.e.through(o)
	return o
}

func (c *call) bool(i int) bool {
	b, ok := c.args[i].(bool)
	if !ok {
		c.wrong(i, "true or false")
	}
	return b
}

// lazily works out an argument of a function that takes expressions; a fault in it ends the call.
func (c *call) lazily(i int) any {
	v := settle(c.eval(c.expr.Args[i]))
	if _, ok := v.(*fault); ok {
		c.stop(v)
	}
	c.e.charge(v)
	return v
}

// known ends the call when something in a value is unknown.
func (c *call) known(v any) {
	if u := c.e.unknownIn(v); u != nil {
		c.stop(u)
	}
}

// truth is a comparison's outcome.
func (c *call) truth(t truth, of ...any) any {
	if t != maybe {
		return t == yes
	}
	for _, v := range of {
		if u := c.e.unknownIn(v); u != nil {
			return c.derived(u)
		}
	}
	return &unknown{why: "two numbers cannot be compared here", cause: c.e.fresher()}
}

// lambda is an argument that is a function: lambda('name', …, body).
func (c *call) lambda(i, arguments int) func(args ...any) any {
	l, ok := c.expr.Args[i].(*Call)
	if !ok || !l.Is("lambda") {
		c.fail("argument %d of %s is no lambda", i+1, c.expr.Name)
	}
	var names []string
	for _, arg := range l.Args[:max(len(l.Args)-1, 0)] {
		name, ok := arg.(*Text)
		if !ok {
			c.fail("a lambda's argument has no name")
		}
		names = append(names, name.Value)
	}
	// Some take the index of an item as well, when they name an argument for it.
	if len(l.Args) == 0 || len(names) == 0 || len(names) > arguments {
		c.fail("a lambda of %s with %d arguments", c.expr.Name, len(names))
	}
	return func(args ...any) any {
		in := *c.context
		for k, name := range names {
			in.locals = &local{name, args[k], in.locals}
		}
		v := settle(in.eval(l.Args[len(l.Args)-1]))
		if _, broken := v.(*fault); broken {
			c.stop(v)
		}
		return v
	}
}

// defined calls a function that the template defines.
func (x *context) defined(expr *Call) any {
	declared, ok := x.env.function(expr.Name)
	if !ok {
		return faultOf("there is no function %s", expr.Name)
	}
	args := &object{}
	i := 0
	for p := range declared.Member("parameters").Items() {
		if i == len(expr.Args) {
			return faultOf("%s with %d arguments", expr.Name, i)
		}
		v := settle(x.eval(expr.Args[i]))
		if _, broken := v.(*fault); broken {
			return v
		}
		args.set(p.Member("name").Text(), v)
		i++
	}
	if i < len(expr.Args) {
		return faultOf("%s with %d arguments", expr.Name, len(expr.Args))
	}
	inside := &context{e: x.e, env: x.env, home: x.env, args: args}
	return inside.value(declared.Member("output").Member("value"))
}

// function finds a function that the template defines: namespace.name.
func (f *frame) function(name string) (Value, bool) {
	all := f.e.index(f.root)["functions"]
	index, known := f.e.defined[all]
	if !known {
		index = map[string]Value{}
		for space := range all.Items() {
			prefix := strings.ToLower(space.Member("namespace").Text()) + "."
			for m := range space.Member("members").Items() {
				index[prefix+strings.ToLower(m.Name())] = m
			}
		}
		f.e.defined[all] = index
	}
	v, ok := index[strings.ToLower(name)]
	return v, ok
}
