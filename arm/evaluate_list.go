package arm

import (
	"slices"
	"strings"
)

func toArray(c *call) any {
	if items, ok := c.args[0].(list); ok {
		return items
	}
	if u, ok := c.args[0].(*unknown); ok {
		return c.derived(u)
	}
	return list{c.args[0]}
}

func createObject(c *call) any {
	if len(c.args)%2 != 0 {
		return faultOf("createObject with a name that has no value")
	}
	o := &object{}
	for i := 0; i < len(c.args); i += 2 {
		o.set(c.string(i), c.args[i+1])
	}
	return o
}

func length(c *call) any {
	switch v := c.args[0].(type) {
	case string:
		return int64(units(v))
	case list:
		return int64(len(v))
	case *object:
		return int64(len(v.members))
	}
	return faultOf("length of %s", kindOf(c.args[0]))
}

func empty(c *call) any {
	switch v := c.args[0].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case list:
		return len(v) == 0
	case *object:
		return len(v.members) == 0
	case *partial:
		for _, p := range v.parts {
			if p.hole == nil || p.hole.plain { // no part of a scope is empty, and no hash
				return false
			}
		}
	}
	c.wrong(0, "a string, a list or an object")
	return nil
}

// contains looks for an item, a member in any letter case, or a part of a text.
func contains(c *call) any {
	switch in := c.args[0].(type) {
	case list:
		var doubt any
		for _, item := range in {
			switch c.e.equal(item, c.args[1]) {
			case yes:
				return true
			case maybe:
				doubt = c.truth(maybe, item, c.args[1])
			}
		}
		if doubt != nil {
			return doubt
		}
		return false
	case *object:
		_, ok := in.get(c.string(1))
		return ok
	case *partial:
		what := c.string(1)
		for _, p := range in.parts {
			if p.hole == nil && strings.Contains(p.text, what) {
				return true
			}
		}
	}
	text := c.string(0)
	if n, ok := c.args[1].(int64); ok {
		return strings.Contains(text, shown(n))
	}
	return strings.Contains(text, c.string(1))
}

// end is first and last; of an empty list it is null.
func (c *call) end(last bool) any {
	if items, ok := c.args[0].(list); ok {
		switch {
		case len(items) == 0:
			return nil
		case last:
			return items[len(items)-1]
		}
		return items[0]
	}
	text := c.string(0)
	n := units(text)
	switch {
	case n == 0:
		return ""
	case last:
		return cut(text, n-1, n)
	}
	return cut(text, 0, 1)
}

// part is take and skip.
func (c *call) part(take bool) any {
	n := int(min(max(c.int(1), 0), MaxText))
	if items, ok := c.args[0].(list); ok {
		if n = min(n, len(items)); take {
			return items[:n:n]
		}
		return items[n:]
	}
	text := c.string(0)
	length := units(text)
	if n = min(n, length); take {
		return cut(text, 0, n)
	}
	return cut(text, n, length)
}

// maxRange is how many numbers range makes. Source: docs/sources.md#template-evaluation.
const maxRange = 10_000

func rangeOf(c *call) any {
	start, n := c.int(0), c.int(1)
	if n < 0 || n > maxRange || start > 1<<31 || start < -1<<31 {
		return faultOf("a range of %d numbers from %d", n, start)
	}
	out := make(list, n)
	for i := range out {
		out[i] = start + int64(i)
	}
	c.e.spend(len(out))
	return out
}

// union joins lists without repetitions, or objects member by member; a later one wins.
func union(c *call) any {
	c.noUnknown()
	if _, ok := c.args[0].(list); ok {
		out := newSet(c)
		for i := range c.args {
			for _, item := range c.list(i) {
				out.add(item)
			}
		}
		return out.items
	}
	var out any
	for i := range c.args {
		if c.args[i] == nil {
			continue
		}
		o := c.object(i)
		if out == nil {
			out = o
			continue
		}
		out = c.merged(out.(*object), o)
	}
	return out
}

// noUnknown ends the call when an argument as a whole is unknown.
func (c *call) noUnknown() {
	for _, arg := range c.args {
		if u, ok := arg.(*unknown); ok {
			c.stop(u)
		}
	}
}

// merged is the union of two objects; where both have an object, these are joined in turn.
func (c *call) merged(a, b *object) *object {
	out := &object{members: slices.Clone(a.members)}
	c.e.through(a)
	c.e.through(b)
	for _, m := range b.members {
		was, _ := out.get(m.name)
		inner, ok := was.(*object)
		more, both := m.value.(*object)
		if ok && both {
			out.set(m.name, c.merged(inner, more))
		} else {
			out.set(m.name, m.value)
		}
	}
	return out
}

// set is a list without repetitions.
type set struct {
	c     *call
	items list
	known map[string]bool
	odd   list // items that nobody knows wholly
}

func newSet(c *call) *set { return &set{c: c, items: list{}, known: map[string]bool{}} }

// add appends an item that is not there; the call ends when nobody can tell.
func (s *set) add(item any) {
	if s.has(item) {
		return
	}
	s.items = append(s.items, item)
	if s.c.e.unknownIn(item) == nil {
		s.known[string(s.c.e.encoded(nil, item))] = true
	} else {
		s.odd = append(s.odd, item)
	}
}

func (s *set) has(item any) bool {
	among := s.odd
	if s.c.e.unknownIn(item) == nil {
		if s.known[string(s.c.e.encoded(nil, item))] {
			return true
		}
	} else {
		among = s.items
	}
	for _, other := range among {
		switch s.c.e.equal(item, other) {
		case yes:
			return true
		case maybe:
			s.c.stop(s.c.truth(maybe, item, other))
		}
	}
	return false
}

// intersection are the items that all lists have, or the members that all objects have alike.
func intersection(c *call) any {
	c.noUnknown()
	if _, ok := c.args[0].(list); ok {
		out := newSet(c)
		others := make([]*set, len(c.args))
		for i := range c.args {
			others[i] = newSet(c)
			for _, item := range c.list(i) {
				others[i].add(item)
			}
		}
		for _, item := range others[0].items {
			if !slices.ContainsFunc(others[1:], func(s *set) bool { return !s.has(item) }) {
				out.add(item)
			}
		}
		return out.items
	}
	others := make([]*object, len(c.args))
	for i := range c.args {
		others[i] = c.object(i)
	}
	out := &object{}
	for _, m := range others[0].members {
		common := true
		for i := 1; i < len(others) && common; i++ {
			v, ok := others[i].get(m.name)
			same := no
			if ok {
				same = c.e.equal(v, m.value)
			}
			if same == maybe {
				c.stop(c.truth(maybe, v, m.value))
			}
			common = same == yes
		}
		if common {
			out.set(m.name, m.value)
		}
	}
	return out
}

func flatten(c *call) any {
	out := list{}
	for _, item := range c.list(0) {
		inner, ok := item.(list)
		if !ok {
			c.known(item)
			return faultOf("flatten of a list with %s in it", kindOf(item))
		}
		c.e.spend(len(inner))
		out = append(out, inner...)
	}
	return out
}

func (c *call) fromEnd(items list, n int64) any {
	if n < 1 || n > int64(len(items)) {
		return faultOf("item %d from the end of a list of %d", n, len(items))
	}
	return items[int64(len(items))-n]
}

// ordered are the members of an object by name, as the service sorts them; which order it takes for
// names of different letter case is not documented.
func (c *call) ordered() []member {
	members := slices.Clone(c.object(0).members)
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(members); i++ {
		a, b := members[i-1].name, members[i].name
		if strings.ToLower(a) >= strings.ToLower(b) || !isASCII(a) || !isASCII(b) {
			c.stop(unknownFor("the order of %s depends on the service", c.expr.Name))
		}
	}
	return members
}

func items(c *call) any {
	out := list{}
	for _, m := range c.ordered() {
		out = append(out, objectOf("key", m.name, "value", m.value))
	}
	return out
}

func objectKeys(c *call) any {
	out := list{}
	for _, m := range c.ordered() {
		out = append(out, m.name)
	}
	return out
}

func shallowMerge(c *call) any {
	out := &object{}
	for _, item := range c.list(0) {
		o, ok := item.(*object)
		if !ok {
			c.known(item)
			return faultOf("shallowMerge of a list with %s in it", kindOf(item))
		}
		c.e.through(o)
		for _, m := range o.members {
			out.set(m.name, m.value)
		}
	}
	return out
}

// try follows keys as far as they lead; null where there is nothing. The first may count from the end.
func (c *call) try(v any, from int, fromEnd bool) any {
	for i := from; i < len(c.args); i++ {
		key := c.args[i]
		if o, ok := key.(*object); ok { // { value, fromEnd }
			key, _ = o.get("value")
			end, _ := o.get("fromEnd")
			fromEnd = end == true
		}
		for _, needed := range []any{v, key} {
			if u := doubt(needed); u != nil {
				return c.derived(u)
			}
		}
		next, ok := tried(v, key, fromEnd)
		if !ok {
			return nil
		}
		v, fromEnd = next, false
	}
	return v
}

func tried(v, key any, fromEnd bool) (any, bool) {
	switch v := v.(type) {
	case *object:
		name, ok := key.(string)
		if !ok {
			return nil, false
		}
		return v.get(name)
	case list:
		n, ok := key.(int64)
		if fromEnd {
			n = int64(len(v)) - n
		}
		if !ok || n < 0 || n >= int64(len(v)) {
			return nil, false
		}
		return v[n], true
	}
	return nil, false
}

// source is the list or the object that a function with a lambda works on.
func (c *call) source() any {
	v := c.lazily(0)
	c.args = []any{v}
	if u, ok := v.(*unknown); ok {
		c.stop(u)
	}
	return v
}

func mapped(c *call) any {
	c.source()
	f := c.lambda(1, 2)
	out := list{}
	for i, item := range c.list(0) {
		out = append(out, f(item, int64(i)))
	}
	return out
}

// holds is the outcome of a predicate; an unknown one ends the call.
func (c *call) holds(v any) bool {
	if b, ok := v.(bool); ok {
		return b
	}
	if u := doubt(v); u != nil {
		c.stop(u)
	}
	c.fail("a lambda of %s that comes to %s; true or false is expected", c.expr.Name, kindOf(v))
	return false
}

func filtered(c *call) any {
	c.source()
	f := c.lambda(1, 2)
	out := list{}
	for i, item := range c.list(0) {
		if c.holds(f(item, int64(i))) {
			out = append(out, item)
		}
	}
	return out
}

func reduced(c *call) any {
	c.source()
	sum := c.lazily(1)
	f := c.lambda(2, 3)
	for i, item := range c.list(0) {
		sum = f(sum, item, int64(i))
	}
	return sum
}

// sorted sorts by whether one item comes before another. Merging needs few questions, and an answer
// that contradicts itself does no harm.
func sorted(c *call) any {
	c.source()
	before := c.lambda(1, 2)
	out := slices.Clone(c.list(0))
	slices.SortStableFunc(out, func(a, b any) int {
		switch {
		case c.holds(before(a, b)):
			return -1
		case c.holds(before(b, a)):
			return 1
		}
		return 0
	})
	return out
}

func (c *call) name(v any) string {
	text, ok := v.(string)
	if !ok {
		c.known(v)
		c.fail("a lambda of %s that comes to %s; a name is expected", c.expr.Name, kindOf(v))
	}
	return text
}

func toObject(c *call) any {
	c.source()
	key := c.lambda(1, 1)
	out := &object{}
	for _, item := range c.list(0) {
		v := item
		if len(c.expr.Args) == 3 {
			v = c.lambda(2, 1)(item)
		}
		out.set(c.name(key(item)), v)
	}
	return out
}

func mapValues(c *call) any {
	c.source()
	f := c.lambda(1, 1)
	out := &object{}
	for _, m := range c.object(0).members {
		out.set(m.name, f(m.value))
	}
	return out
}

func groupBy(c *call) any {
	c.source()
	key := c.lambda(1, 1)
	out := &object{}
	for _, item := range c.list(0) {
		name := c.name(key(item))
		group, _ := out.get(name)
		items, _ := group.(list)
		out.set(name, append(items, item))
	}
	return out
}
