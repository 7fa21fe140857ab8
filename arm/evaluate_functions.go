package arm

import (
	"strconv"
	"strings"
	"sync"
)

// function is one of the template language. Letter case and order follow the documentation of
// Resource Manager. Source: docs/sources.md#template-evaluation.
type function struct {
	least, most int // arguments; most is negative for any number
	takes       takes
	run         func(c *call) any
}

// takes is which arguments a function deals with itself. Others come to what the first unknown one is.
type takes uint8

const (
	takesKnown        takes = iota
	takesPlaceholders       // makes a placeholder of placeholders
	takesHoles              // texts with holes, and unknown values
	takesExpressions        // works out its arguments itself
)

const unbounded = -1

// otherFunctions are those of the template language that are not worked out.
// Source: docs/sources.md#template-expressions.
var otherFunctions = wordSet(`
	any datauri datauritostring datetimeadd datetimefromepoch datetimetoepoch deployer extensions float lambda pickzones
	providers tologicalzone tologicalzones tophysicalzone tophysicalzones uri`)

// isFunction reports whether the template language has a function of a folded name.
func isFunction(name string) bool {
	_, ok := functions()[name]
	return ok || otherFunctions[name]
}

// functions is allFunctions, made once. The table is no initialised variable: its functions ask for it.
func functions() map[string]function {
	workedOut.Do(func() { workedOut.byName = allFunctions() })
	return workedOut.byName
}

var workedOut struct {
	sync.Once
	byName map[string]function
}

// allFunctions are the functions that are worked out, by folded name.
func allFunctions() map[string]function {
	return map[string]function{
		// Values of the template.
		"parameters": {1, 1, takesKnown, parametersOf},
		"variables":  {1, 1, takesKnown, func(c *call) any { return c.env.variable(c.string(0)) }},
		"copyindex":  {0, 2, takesKnown, copyIndex},
		"lambdavariables": {1, 1, takesKnown, func(c *call) any {
			for l := c.locals; l != nil; l = l.outer {
				if strings.EqualFold(l.name, c.string(0)) {
					return l.value
				}
			}
			return faultOf("there is no lambda variable %q", c.string(0))
		}},

		// Resources and scopes.
		"resourceid":                {2, unbounded, takesHoles, resourceID},
		"subscriptionresourceid":    {2, unbounded, takesHoles, subscriptionResourceID},
		"tenantresourceid":          {2, unbounded, takesHoles, tenantResourceID},
		"managementgroupresourceid": {2, unbounded, takesHoles, managementGroupResourceID},
		"extensionresourceid":       {3, unbounded, takesHoles, extensionResourceID},
		"reference":                 {1, 3, takesHoles, reference},
		"references":                {1, 3, takesKnown, references},
		"resourceinfo":              {1, 1, takesKnown, resourceInfo},
		"resourcegroup":             {0, 0, takesKnown, resourceGroupOf},
		"subscription":              {0, 0, takesKnown, subscriptionOf},
		"tenant":                    {0, 0, takesKnown, tenantOf},
		"deployment":                {0, 0, takesKnown, deploymentOf},
		"managementgroup":           {0, 0, takesKnown, func(*call) any { return unknownFor("no input tells the management group of the deployment") }},
		"environment":               {0, 0, takesKnown, func(*call) any { return unknownFor("no input tells the cloud of the deployment") }},
		"uniquestring":              {1, unbounded, takesHoles, func(c *call) any { return c.computed("uniqueString") }},
		"guid":                      {1, unbounded, takesHoles, func(c *call) any { return c.computed("guid") }},
		"newguid":                   {0, 0, takesKnown, everNew("newGuid")},
		"utcnow":                    {0, 1, takesKnown, everNew("utcNow")},

		// Logic.
		"true":  {0, 0, takesKnown, func(*call) any { return true }},
		"false": {0, 0, takesKnown, func(*call) any { return false }},
		"null":  {0, 0, takesKnown, func(*call) any { return nil }},
		"if":    {3, 3, takesExpressions, ifElse},
		"and":   {2, unbounded, takesExpressions, func(c *call) any { return c.until(false) }},
		"or":    {2, unbounded, takesExpressions, func(c *call) any { return c.until(true) }},
		"not":   {1, 1, takesKnown, func(c *call) any { return !c.bool(0) }},
		"bool":  {1, 1, takesKnown, toBool},
		"coalesce": {1, unbounded, takesExpressions, func(c *call) any {
			for i := range c.expr.Args {
				switch v := c.lazily(i).(type) {
				case nil:
				case *unknown:
					return v.derived("or another, " + c.e.fresher())
				default:
					return v
				}
			}
			return nil
		}},
		"equals": {2, 2, takesHoles, func(c *call) any {
			return c.truth(c.e.equal(c.args[0], c.args[1]), c.args[0], c.args[1])
		}},
		"less":            {2, 2, takesKnown, func(c *call) any { return c.compare() < 0 }},
		"lessorequals":    {2, 2, takesKnown, func(c *call) any { return c.compare() <= 0 }},
		"greater":         {2, 2, takesKnown, func(c *call) any { return c.compare() > 0 }},
		"greaterorequals": {2, 2, takesKnown, func(c *call) any { return c.compare() >= 0 }},

		// Numbers.
		"add": {2, 2, takesKnown, func(c *call) any {
			sum := c.int(0) + c.int(1)
			return c.within(sum, (c.int(0) < 0) == (c.int(1) < 0) && (sum < 0) != (c.int(0) < 0))
		}},
		"sub": {2, 2, takesKnown, func(c *call) any {
			difference := c.int(0) - c.int(1)
			return c.within(difference, (c.int(0) < 0) != (c.int(1) < 0) && (difference < 0) != (c.int(0) < 0))
		}},
		"mul": {2, 2, takesKnown, func(c *call) any {
			a, b := c.int(0), c.int(1)
			product := a * b
			return c.within(product, a != 0 && (product/a != b || a == -1 && b == -1<<63))
		}},
		"div": {2, 2, takesKnown, func(c *call) any { return c.within(c.int(0)/c.divisor(), c.int(0) == -1<<63 && c.int(1) == -1) }},
		"mod": {2, 2, takesKnown, func(c *call) any { return c.int(0) % c.divisor() }},
		"int": {1, 1, takesKnown, toInt},
		"min": {1, unbounded, takesKnown, func(c *call) any { return c.extreme(func(a, b int64) bool { return a < b }) }},
		"max": {1, unbounded, takesKnown, func(c *call) any { return c.extreme(func(a, b int64) bool { return a > b }) }},

		// Texts.
		"concat":               {1, unbounded, takesHoles, concat},
		"format":               {1, unbounded, takesHoles, format},
		"string":               {1, 1, takesHoles, toString},
		"tolower":              {1, 1, takesHoles, func(c *call) any { return c.letters("tolower", strings.ToLower) }},
		"toupper":              {1, 1, takesHoles, func(c *call) any { return c.letters("toupper", strings.ToUpper) }},
		"trim":                 {1, 1, takesPlaceholders, func(c *call) any { return strings.TrimSpace(c.string(0)) }},
		"substring":            {2, 3, takesPlaceholders, substring},
		"replace":              {3, 3, takesPlaceholders, replace},
		"padleft":              {2, 3, takesPlaceholders, padLeft},
		"split":                {2, 2, takesHoles, split},
		"join":                 {2, 2, takesHoles, join},
		"startswith":           {2, 2, takesHoles, startsWith},
		"endswith":             {2, 2, takesHoles, endsWith},
		"indexof":              {2, 2, takesHoles, func(c *call) any { return c.position(false) }},
		"lastindexof":          {2, 2, takesHoles, func(c *call) any { return c.position(true) }},
		"base64":               {1, 1, takesPlaceholders, base64Of},
		"base64tostring":       {1, 1, takesPlaceholders, base64ToString},
		"base64tojson":         {1, 1, takesKnown, base64ToJSON},
		"json":                 {1, 1, takesKnown, func(c *call) any { return c.parsed(c.string(0)) }},
		"uricomponent":         {1, 1, takesPlaceholders, uriComponent},
		"uricomponenttostring": {1, 1, takesPlaceholders, uriComponentToString},

		// Lists and objects.
		"array":           {1, 1, takesHoles, toArray},
		"createarray":     {0, unbounded, takesHoles, func(c *call) any { return append(list{}, c.args...) }},
		"createobject":    {0, unbounded, takesHoles, createObject},
		"length":          {1, 1, takesKnown, length},
		"empty":           {1, 1, takesHoles, empty},
		"contains":        {2, 2, takesHoles, contains},
		"first":           {1, 1, takesPlaceholders, func(c *call) any { return c.end(false) }},
		"last":            {1, 1, takesPlaceholders, func(c *call) any { return c.end(true) }},
		"take":            {2, 2, takesPlaceholders, func(c *call) any { return c.part(true) }},
		"skip":            {2, 2, takesPlaceholders, func(c *call) any { return c.part(false) }},
		"range":           {2, 2, takesKnown, rangeOf},
		"union":           {1, unbounded, takesHoles, union},
		"intersection":    {1, unbounded, takesHoles, intersection},
		"flatten":         {1, 1, takesHoles, flatten},
		"indexfromend":    {2, 2, takesKnown, func(c *call) any { return c.fromEnd(c.list(0), c.int(1)) }},
		"items":           {1, 1, takesKnown, items},
		"objectkeys":      {1, 1, takesKnown, objectKeys},
		"shallowmerge":    {1, 1, takesHoles, shallowMerge},
		"tryget":          {2, unbounded, takesHoles, func(c *call) any { return c.try(c.args[0], 1, false) }},
		"tryindexfromend": {2, unbounded, takesHoles, func(c *call) any { return c.try(c.args[0], 1, true) }},

		// Functions of functions.
		"map":       {2, 2, takesExpressions, mapped},
		"filter":    {2, 2, takesExpressions, filtered},
		"reduce":    {3, 3, takesExpressions, reduced},
		"sort":      {2, 2, takesExpressions, sorted},
		"toobject":  {2, 3, takesExpressions, toObject},
		"mapvalues": {2, 2, takesExpressions, mapValues},
		"groupby":   {2, 2, takesExpressions, groupBy},

		// Addresses.
		"parsecidr":  {1, 1, takesKnown, parseCIDR},
		"cidrsubnet": {3, 3, takesKnown, cidrSubnet},
		"cidrhost":   {2, 2, takesKnown, cidrHost},
	}
}

func parametersOf(c *call) any {
	name := c.string(0)
	if c.context.args == nil {
		return c.env.parameter(name)
	}
	v, ok := c.context.args.get(name)
	if !ok {
		return faultOf("the function has no parameter %q", name)
	}
	return v
}

// copyIndex is copyIndex([loop,] [offset]). Without a name it is about the loop of the resource.
func copyIndex(c *call) any {
	var offset int64
	named, name := false, ""
	for i, arg := range c.args {
		switch arg := arg.(type) {
		case string:
			named, name = i == 0, arg
		case int64:
			offset = arg
		default:
			c.wrong(i, "the name of a loop or an integer")
		}
	}
	for t := c.loops; t != nil; t = t.outer {
		if named && strings.EqualFold(t.name, name) || !named && t.unnamed {
			return int64(t.index) + offset
		}
	}
	if named {
		return faultOf("there is no loop %q around", name)
	}
	return faultOf("copyIndex outside of a loop over resources")
}

// computed is a hash that only the service computes of texts, known or not.
func (c *call) computed(function string) any {
	for i, arg := range c.args {
		if _, ok := partsOf(arg); !ok {
			c.wrong(i, "a string")
		}
	}
	hash := c.placeholder(function)
	hash.plain, hash.lower = true, true
	return textOf([]part{{hole: hash}})
}

func everNew(function string) func(*call) any {
	return func(c *call) any {
		return &unknown{why: "function " + function + " gives another value in every deployment", cause: c.e.fresher()}
	}
}

// ifElse works out only the branch that counts; with an unknown condition both, which may agree.
func ifElse(c *call) any {
	on := c.lazily(0)
	switch u := doubt(on); {
	case u != nil:
		return c.either(u)
	case on == true:
		return c.lazily(1)
	case on == false:
		return c.lazily(2)
	}
	return faultOf("if with a condition that is %s; true or false is expected", kindOf(on))
}

func (c *call) either(why *unknown) any {
	why = why.derived("decides, " + c.e.fresher())
	a, b := settle(c.eval(c.expr.Args[1])), settle(c.eval(c.expr.Args[2]))
	for _, v := range []any{a, b} {
		if _, broken := v.(*fault); broken {
			return why
		}
	}
	if c.e.equal(a, b) == yes {
		return a
	}
	return why
}

// until is and (until false) or or (until true): one argument can decide, whatever the others are.
func (c *call) until(decisive bool) any {
	var why *unknown
	for i := range c.expr.Args {
		switch v := settle(c.eval(c.expr.Args[i])).(type) {
		case bool:
			if v == decisive {
				return v
			}
		case *unknown, *partial:
			why = doubt(v).derived("decides, " + c.e.fresher())
		case *fault:
			if why == nil {
				return v
			}
		default:
			return faultOf("argument %d of %s is %s; true or false is expected", i+1, c.expr.Name, kindOf(v))
		}
	}
	if why != nil {
		return why
	}
	return !decisive
}

func toBool(c *call) any {
	switch v := c.args[0].(type) {
	case bool:
		return v
	case int64:
		return v != 0
	case string:
		switch strings.ToLower(v) {
		case "true", "1":
			return true
		case "false", "0":
			return false
		}
	}
	return faultOf("bool of %s", kindOf(c.args[0]))
}

// compare orders two numbers or two texts. How the service orders texts beyond ASCII, or of different
// letter case, is not documented.
func (c *call) compare() int {
	if a, ok := c.args[0].(string); ok {
		b := c.string(1)
		byCase, folded := strings.Compare(a, b), strings.Compare(strings.ToLower(a), strings.ToLower(b))
		if byCase != folded || !isASCII(a) || !isASCII(b) {
			c.stop(unknownFor("the order of two texts depends on the service"))
		}
		return byCase
	}
	switch a, b := c.int(0), c.int(1); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (c *call) within(n int64, over bool) any {
	if over {
		return faultOf("the number is too large")
	}
	return n
}

func (c *call) divisor() int64 {
	n := c.int(1)
	if n == 0 {
		c.fail("a division by zero")
	}
	return n
}

func toInt(c *call) any {
	if text, ok := c.args[0].(string); ok {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return faultOf("int of a text that is no number")
		}
		return n
	}
	return c.int(0)
}

func (c *call) extreme(better func(a, b int64) bool) any {
	numbers := list(c.args)
	if _, ok := c.args[0].(list); ok && len(c.args) == 1 {
		numbers = c.list(0)
	}
	if len(numbers) == 0 {
		return faultOf("%s of nothing", c.expr.Name)
	}
	var best int64
	for i, v := range numbers {
		n, ok := v.(int64)
		if !ok {
			c.known(v)
			return faultOf("%s of %s; integers are expected", c.expr.Name, kindOf(v))
		}
		if i == 0 || better(n, best) {
			best = n
		}
	}
	return best
}

// parsed is the value of a JSON text.
func (c *call) parsed(text string) any {
	root, found := parse("", []byte(text), Bounds{})
	if len(found) > 0 {
		return faultOf("%s of a text that is no JSON", c.expr.Name)
	}
	return c.e.data(root)
}
