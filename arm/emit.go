package arm

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
)

// A sink takes a document as events, in order. Encoding and checking are two sinks over the same
// emit methods, so what is checked is what is written.
type sink interface {
	open(bracket byte) // '{' or '['
	close(bracket byte)
	key(name string)
	str(s string)
	boolean(b bool)
	number(text string)
	null()
	rest()          // between two resources: a good moment to flush
	fail(err error) // the value cannot be written
}

// emitter is a sink with the shapes that ARM documents are made of.
type emitter struct{ sink }

// Object is a JSON object whose members keep their order.
type Object []Member

// Member is one member of an Object. Value is a string, bool, int, json.Number, nil, Object, Array or
// Stream.
type Member struct {
	Name  string
	Value any
}

// Array is a JSON array of values as in Member.
type Array []any

// Stream is a JSON array whose items are made while it is written, for documents larger than what
// they are made from.
type Stream iter.Seq[any]

// Get is the value of the member with that name, compared exactly, and whether there is one.
func (o Object) Get(name string) (any, bool) {
	for i := range o {
		if o[i].Name == name {
			return o[i].Value, true
		}
	}
	return nil, false
}

func (o Object) emit(e emitter) {
	e.open('{')
	for i := range o {
		e.member(o[i])
	}
	e.close('}')
}

func (e emitter) member(m Member) {
	e.key(m.Name)
	e.value(m.Value)
}

func (e emitter) value(v any) {
	switch v := v.(type) {
	case nil:
		e.null()
	case string:
		e.str(v)
	case bool:
		e.boolean(v)
	case int:
		e.number(strconv.Itoa(v))
	case json.Number:
		e.number(v.String())
	case Object:
		v.emit(e)
	case Array:
		e.open('[')
		for _, item := range v {
			e.value(item)
		}
		e.close(']')
	case Stream:
		e.open('[')
		for item := range v {
			e.value(item)
			e.rest()
		}
		e.close(']')
	default:
		e.fail(fmt.Errorf("a %T cannot stand in a template", v))
	}
}

func (e emitter) text(key, s string) {
	e.key(key)
	e.str(s)
}

func (e emitter) textIf(key, s string) {
	if s != "" {
		e.text(key, s)
	}
}

func (e emitter) flag(key string, b bool) {
	e.key(key)
	e.boolean(b)
}

func (e emitter) flagIf(key string, b bool) {
	if b {
		e.flag(key, b)
	}
}

func (e emitter) integer(key string, n int) {
	e.key(key)
	e.value(n)
}

func (e emitter) integerIf(key string, n int) {
	if n != 0 {
		e.integer(key, n)
	}
}

func (e emitter) list(key string, items []string) {
	e.key(key)
	e.open('[')
	for _, s := range items {
		e.str(s)
	}
	e.close(']')
}

func (e emitter) listIf(key string, items []string) {
	if len(items) > 0 {
		e.list(key, items)
	}
}

func (e emitter) object(key string, o Object) {
	if len(o) > 0 {
		e.key(key)
		o.emit(e)
	}
}

// prefixes writes the {"addressPrefixes": [...]} that ARM wraps every list of prefixes in.
func (e emitter) prefixes(key string, list []string) {
	e.key(key)
	e.open('{')
	e.list("addressPrefixes", list)
	e.close('}')
}

// ref writes a sub-resource reference, or nothing when there is no id.
func (e emitter) ref(key, id string) {
	if id == "" {
		return
	}
	e.key(key)
	e.open('{')
	e.text("id", id)
	e.close('}')
}

// whole writes a reference where the schema wants a whole resource: the service reads the id
// alone, the official schema and the SDK types ask for properties beside it.
func (e emitter) whole(key, id string) {
	if id == "" {
		return
	}
	e.key(key)
	e.open('{')
	e.text("id", id)
	e.key("properties")
	e.open('{')
	e.close('}')
	e.close('}')
}

// secret writes a reference to a secure parameter; a secret has no other way into a template.
func (e emitter) secret(key, parameter string) {
	if parameter != "" {
		e.text(key, ParameterRef(parameter))
	}
}
