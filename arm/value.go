package arm

import (
	"bytes"
	"iter"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Kind is the kind of a Value.
type Kind uint8

// The kinds. KindAbsent is the zero Value's: nothing stands there. KindUnknown is a value that depends on
// what no input tells, such as the result of a function that only a deployment can call.
const (
	KindAbsent Kind = iota
	KindNull
	KindBool
	KindNumber
	KindString
	KindList
	KindObject
	KindUnknown
)

// String names the kind for people.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "true or false", "a number", "a string", "a list", "an object", "unknown"}[k]
}

// Value is a JSON value as written, with its place; or one that was worked out from an expression,
// with the place of the expression. Values are small, comparable and never change.
type Value struct {
	t *tree
	i int32
}

// tree holds the values of a document in document order: a large listing has ten million of them, so
// they hold no pointers and their texts stay in the source until somebody asks.
type tree struct {
	*source
	nodes []leaf
	texts []string // of names and values that were worked out

	refers map[int32]referral // of unknown values that are a resource's property
}

// source is the text of a document. All trees that were made of one document share it.
type source struct {
	src   []byte
	once  sync.Once
	lines []int32 // where lines begin
}

// referral is a property of a resource.
type referral struct {
	of       ResourceName
	property string
}

// leaf is a value. A text is the span of the source from from to to, quotes included; one that was
// worked out is texts[from], and to is -1.
type leaf struct {
	kind     Kind
	opaque   bool  // a string with a placeholder in it
	nameFrom int32 // of a member; nameTo is 0 for what is none, and -1 for a name that was worked out
	nameTo   int32
	from, to int32
	end      int32 // behind its last descendant
	ordinal  int32 // of the leaf that it comes from
	at       int32 // that leaf's first byte
}

// Kind is the kind of the value.
func (v Value) Kind() Kind {
	if v.t == nil {
		return KindAbsent
	}
	return v.t.nodes[v.i].kind
}

// Is reports whether the value is of a kind.
func (v Value) Is(k Kind) bool { return v.Kind() == k }

// Given reports whether something stands there that is not null.
func (v Value) Given() bool { k := v.Kind(); return k != KindAbsent && k != KindNull }

// Text is the text of a string, a number, true or false; of an unknown value, why it is unknown;
// otherwise empty.
func (v Value) Text() string {
	switch v.Kind() {
	case KindBool, KindNumber, KindString, KindUnknown:
		n := &v.t.nodes[v.i]
		return v.t.text(n.from, n.to)
	}
	return ""
}

// True reports whether the value is true, or the text of it in any letter case, as PowerShell and
// Resource Graph write some.
func (v Value) True() bool { return strings.EqualFold(v.Text(), "true") && v.Kind() != KindUnknown }

// False reports whether the value is false.
func (v Value) False() bool { return strings.EqualFold(v.Text(), "false") && v.Kind() != KindUnknown }

// Ref is the place of the value: that of the leaf of the document it stands in or comes from. The
// zero Value has the zero Ref.
func (v Value) Ref() diag.Ref {
	if v.t == nil {
		return diag.Ref{}
	}
	n := &v.t.nodes[v.i]
	line, col := v.t.place(n.at)
	return diag.Ref{Ordinal: n.ordinal, Line: line, Col: col}
}

// Refers is what an unknown value is: the property of a resource that only the service knows, such as
// ipAddress of a public IP address. The property is a path, as bgpSettings.asn or subnets[0].id, and
// empty for all of them.
func (v Value) Refers() (of ResourceName, property string, ok bool) {
	if v.t == nil {
		return ResourceName{}, "", false
	}
	r, ok := v.t.refers[v.i]
	return r.of, r.property, ok
}

// Opaque reports whether a string has a placeholder in it: for what only the service computes, such as
// uniqueString, or for the scope of an id that an unknown value names. Equal placeholders stand for equal
// texts, those of scopes in any letter case; nothing else can be told from one.
func (v Value) Opaque() bool { return v.t != nil && v.t.nodes[v.i].opaque }

// Name is the name of a member, and empty for what is none.
func (v Value) Name() string {
	if v.t == nil {
		return ""
	}
	n := &v.t.nodes[v.i]
	if n.nameTo == 0 {
		return ""
	}
	return v.t.text(n.nameFrom, n.nameTo)
}

// Len is how many items a list or members an object has.
func (v Value) Len() int {
	n := 0
	for range v.Items() {
		n++
	}
	return n
}

// Leaves is how many values the value is, with all below it.
func (v Value) Leaves() int {
	if v.t == nil {
		return 0
	}
	return int(v.t.nodes[v.i].end - v.i)
}

// Items are the items of a list or the members of an object, in order.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if k := v.Kind(); k != KindList && k != KindObject {
			return
		}
		for i, end := v.i+1, v.t.nodes[v.i].end; i < end; i = v.t.nodes[i].end {
			if !yield(Value{v.t, i}) {
				return
			}
		}
	}
}

// Item is the i-th item of a list, counted from 0, or the zero Value.
func (v Value) Item(i int) Value {
	if v.Kind() == KindList {
		for item := range v.Items() {
			if i == 0 {
				return item
			}
			i--
		}
	}
	return Value{}
}

// Member finds a member of an object by its name, in any letter case as Resource Manager does; the
// zero Value when there is none.
func (v Value) Member(name string) Value {
	if v.Kind() != KindObject {
		return Value{}
	}
	for i, end := v.i+1, v.t.nodes[v.i].end; i < end; i = v.t.nodes[i].end {
		if n := &v.t.nodes[i]; v.t.equal(n.nameFrom, n.nameTo, name) {
			return Value{v.t, i}
		}
	}
	return Value{}
}

// Path follows members by name.
func (v Value) Path(names ...string) Value {
	for _, name := range names {
		v = v.Member(name)
	}
	return v
}

// Property finds a property of a resource or of a part of one: in its member properties, where
// Resource Manager keeps them, or beside its name, where the command line and PowerShell print them.
func (v Value) Property(name string) Value {
	if p := v.Member("properties"); p.Is(KindObject) {
		if in := p.Member(name); in.Given() {
			return in
		}
	}
	return v.Member(name)
}

// Properties follows properties by name: each may stand in a member properties of the one before.
func (v Value) Properties(names ...string) Value {
	for _, name := range names {
		v = v.Property(name)
	}
	return v
}

// Texts are the texts of a list of strings, or of one string. Items of other kinds are left out.
func (v Value) Texts() []string {
	if v.Is(KindString) {
		return []string{v.Text()}
	}
	var out []string
	for item := range v.Items() {
		if item.Is(KindString) {
			out = append(out, item.Text())
		}
	}
	return out
}

// text is a span of the source as text, or a text that was worked out.
func (t *tree) text(from, to int32) string {
	if to < 0 {
		return t.texts[from]
	}
	span := t.src[from:to]
	if len(span) == 0 || span[0] != '"' {
		return string(span)
	}
	if inside := span[1 : len(span)-1]; bytes.IndexByte(inside, '\\') < 0 {
		return string(inside)
	}
	text, err := jsontext.AppendUnquote(nil, span)
	if err != nil { // the document was found sound when it was read
		return string(span)
	}
	return string(text)
}

// equal compares a name without making a text of it.
func (t *tree) equal(from, to int32, name string) bool {
	switch {
	case to < 0:
		return strings.EqualFold(t.texts[from], name)
	case to == 0:
		return false
	}
	inside := t.src[from+1 : to-1]
	if len(inside) == len(name) {
		return equalFold(inside, name)
	}
	return bytes.IndexByte(inside, '\\') >= 0 && strings.EqualFold(t.text(from, to), name)
}

// equalFold is strings.EqualFold for two texts of one length of which the second is ASCII.
func equalFold(a []byte, b string) bool {
	for i := range a {
		if x, y := a[i], b[i]; x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}

// place is the line and column of a byte, both from 1.
func (t *source) place(at int32) (line, col int32) {
	t.once.Do(func() {
		t.lines = append(make([]int32, 0, bytes.Count(t.src, newline)+1), 0)
		for i, b := range t.src {
			if b == '\n' {
				t.lines = append(t.lines, int32(i+1))
			}
		}
	})
	i := sort.Search(len(t.lines), func(i int) bool { return t.lines[i] > at }) - 1
	return int32(i + 1), at - t.lines[i] + 1
}

var newline = []byte{'\n'}

// inside is the line and column of a byte of a string's text, which the document may write in escapes.
func (v Value) inside(offset int) (line, col int) {
	n := &v.t.nodes[v.i]
	at := n.at
	if n.to > 0 && n.kind == KindString {
		at = n.from + 1 + rawOffset(v.t.src[n.from+1:n.to-1], offset)
	}
	l, c := v.t.place(at)
	return int(l), int(c)
}

// rawOffset is how far into the text of a JSON string a byte of what it means stands.
func rawOffset(raw []byte, offset int) int32 {
	at := 0
	for at < len(raw) && offset > 0 {
		switch {
		case raw[at] != '\\':
			at, offset = at+1, offset-1
		case at+1 < len(raw) && raw[at+1] == 'u':
			end := min(at+6, len(raw))
			code, _ := strconv.ParseUint(string(raw[at+2:end]), 16, 32)
			size := utf8.RuneLen(rune(code))
			if utf16.IsSurrogate(rune(code)) { // a pair of escapes, four bytes: two for each
				size = 2
			}
			at, offset = end, offset-max(size, 1)
		default:
			at, offset = min(at+2, len(raw)), offset-1
		}
	}
	return int32(at)
}

// maker builds values that were worked out. The spans of the source stay what they were, so a part
// that is taken over costs no text.
type maker struct {
	t    *tree
	open []int32
	name string // of the next value
	has  bool
	like Value // whose name the next value has
}

func newMaker(of *tree) *maker {
	if of == nil {
		return &maker{t: &tree{source: &source{}}}
	}
	return &maker{t: &tree{source: of.source}}
}

// member names the next value.
func (m *maker) member(name string) { m.name, m.has = name, true }

// memberLike names the next value as one of the same document is named.
func (m *maker) memberLike(v Value) { m.like = v }

// add appends a node in the place of a value.
func (m *maker) add(at Value, n leaf) {
	if at.t != nil {
		from := &at.t.nodes[at.i]
		n.ordinal, n.at = from.ordinal, from.at
	}
	m.push(n)
}

// push appends a node under the name that is waiting for it.
func (m *maker) push(n leaf) {
	n.nameFrom, n.nameTo = 0, 0
	switch {
	case m.has:
		n.nameFrom, n.nameTo, m.has = m.keep(m.name), -1, false
	case m.like.t != nil:
		from := &m.like.t.nodes[m.like.i]
		n.nameFrom, n.nameTo = from.nameFrom, from.nameTo
		m.like = Value{}
	}
	n.end = int32(len(m.t.nodes) + 1)
	m.t.nodes = append(m.t.nodes, n)
}

func (m *maker) keep(text string) int32 {
	m.t.texts = append(m.t.texts, text)
	return int32(len(m.t.texts) - 1)
}

func (m *maker) scalar(at Value, kind Kind, text string) {
	m.add(at, leaf{kind: kind, from: m.keep(text), to: -1})
}

// begin opens a list or an object; end closes it.
func (m *maker) begin(at Value, kind Kind) {
	m.add(at, leaf{kind: kind})
	m.open = append(m.open, int32(len(m.t.nodes)-1))
}

func (m *maker) end() {
	last := len(m.open) - 1
	m.t.nodes[m.open[last]].end = int32(len(m.t.nodes))
	m.open = m.open[:last]
}

// same appends a scalar that is what it is in the document.
func (m *maker) same(v Value) { m.push(v.t.nodes[v.i]) }

// copy appends a value and all below it as they are.
func (m *maker) copy(v Value) {
	switch v.Kind() {
	case KindAbsent:
		m.add(v, leaf{kind: KindNull})
	case KindList, KindObject:
		m.begin(v, v.Kind())
		for item := range v.Items() {
			if v.Kind() == KindObject {
				m.member(item.Name())
			}
			m.copy(item)
		}
		m.end()
	default:
		m.scalar(v, v.Kind(), v.Text())
	}
}

func (m *maker) done() Value { return Value{m.t, 0} }

// quotedText is a text as findings print it.
func quotedText(text string) string { return strconv.Quote(text) }
