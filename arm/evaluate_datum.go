package arm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// What an expression comes to is a Go value: nil is null, bool, int64 and string are themselves, and
// the types below are the rest.
type (
	decimal string // a number that is no integer, as written
	list    []any
	object  struct {
		members []member
		index   map[string]int // by folded name; only of large ones
	}
	member struct {
		name  string
		value any
	}

	// unknown is a value that nothing tells.
	unknown struct {
		why   string
		cause string    // what distinguishes it from others, in a fixed size; empty means why
		quiet bool      // reported already, or not to be reported
		is    *referral // when it is a resource's property
	}

	// partial is a text with holes in it, such as the id of a resource in a group that nothing tells.
	partial struct{ parts []part }
	part    struct {
		text string
		hole *hole
	}
	hole struct {
		id    string // equal ids stand for equal texts
		why   *unknown
		shown string // equal ones may stand for other texts
		solid bool   // may be shown anywhere: a placeholder for what only the service computes
		plain bool   // stands for a text without slashes, and not for an empty one
		lower bool   // stands for a text without capital letters
	}

	// fault says that an expression is wrong, and where; at is -1 for the function at hand.
	fault struct {
		at      int
		message string
	}
)

func unknownFor(format string, args ...any) *unknown {
	return &unknown{why: fmt.Sprintf(format, args...)}
}

func (u *unknown) identity() string {
	if u.cause != "" {
		return u.cause
	}
	return u.why
}

// derived is an unknown value that something was made of: it is unknown for the same reason, and another.
func (u *unknown) derived(how ...string) *unknown {
	return &unknown{why: u.why, cause: identityOf(append([]string{u.identity()}, how...)...), quiet: u.quiet}
}

// identityOf is the identity of what was made of other things in a certain way. It is no longer than
// that of one of them, however often it goes on.
func identityOf(of ...string) string {
	var all []byte
	for _, text := range of { // behind its length, so that no others read the same
		all = append(strconv.AppendInt(all, int64(len(text)), 10), ' ')
		all = append(all, text...)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:])
}

func faultOf(format string, args ...any) *fault { return &fault{-1, fmt.Sprintf(format, args...)} }

// kindOf names the kind of a value for people.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return KindNull.String()
	case bool:
		return KindBool.String()
	case int64, decimal:
		return KindNumber.String()
	case string, *partial:
		return KindString.String()
	case list:
		return KindList.String()
	case *object:
		return KindObject.String()
	}
	return KindUnknown.String()
}

// manyMembers is how many members an object has before it is worth an index.
const manyMembers = 12

func (o *object) find(name string) int {
	if o.index == nil && len(o.members) > manyMembers {
		o.index = make(map[string]int, len(o.members))
		for i := len(o.members) - 1; i >= 0; i-- {
			o.index[strings.ToLower(o.members[i].name)] = i
		}
	}
	if o.index != nil {
		if i, ok := o.index[strings.ToLower(name)]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if strings.EqualFold(o.members[i].name, name) {
			return i
		}
	}
	return -1
}

func (o *object) get(name string) (any, bool) {
	if i := o.find(name); i >= 0 {
		return o.members[i].value, true
	}
	return nil, false
}

// set changes a member or adds it; only for an object that nobody else has yet.
func (o *object) set(name string, v any) {
	if i := o.find(name); i >= 0 {
		o.members[i].value = v
		return
	}
	if o.index != nil {
		o.index[strings.ToLower(name)] = len(o.members)
	}
	o.members = append(o.members, member{name, v})
}

// objectOf makes an object of names and values in turn.
func objectOf(pairs ...any) *object {
	o := &object{}
	for i := 0; i < len(pairs); i += 2 {
		o.members = append(o.members, member{pairs[i].(string), pairs[i+1]})
	}
	return o
}

// literal is a part without a hole.
func literal(text string) part { return part{text: text} }

// partsOf are the parts of what can stand in a text; false for a list or an object.
func partsOf(v any) ([]part, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case string:
		return []part{{text: v}}, true
	case int64:
		return []part{{text: strconv.FormatInt(v, 10)}}, true
	case decimal:
		return []part{{text: string(v)}}, true
	case bool:
		if v {
			return []part{{text: "True"}}, true
		}
		return []part{{text: "False"}}, true
	case *partial:
		return v.parts, true
	case *unknown:
		return []part{{hole: holeOf(v)}}, true
	}
	return nil, false
}

// holeOf is an unknown text within another.
func holeOf(u *unknown) *hole {
	return &hole{id: "unknown " + u.identity(), why: u, shown: "unknown-" + digest(u.identity())}
}

// placeholder stands for a text that only the service computes, of what has these identities.
func placeholder(function string, of ...string) *hole {
	id := function + " " + identityOf(of...)
	return &hole{id: id, why: unknownFor("only the service computes %s", function), shown: function + "-" + digest(id), solid: true}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// textOf puts parts together: a string when there is no hole.
func textOf(parts []part) any {
	var joined []part
	var text strings.Builder
	for _, p := range parts {
		if p.hole == nil {
			text.WriteString(p.text)
			continue
		}
		if text.Len() > 0 {
			joined = append(joined, literal(text.String()))
			text.Reset()
		}
		joined = append(joined, p)
	}
	switch {
	case joined == nil:
		return text.String()
	case text.Len() > 0:
		joined = append(joined, literal(text.String()))
	}
	return &partial{joined}
}

// glue is textOf for values; nil when one of them is no text.
func glue(values ...any) any {
	var parts []part
	for _, v := range values {
		more, ok := partsOf(v)
		if !ok {
			return nil
		}
		parts = append(parts, more...)
	}
	return textOf(parts)
}

// identity tells a text from others, by what its holes stand for.
func identity(v any) string {
	parts, _ := partsOf(v)
	of := []string{kindOf(v)}
	for _, p := range parts {
		if p.hole != nil {
			of = append(of, "hole", p.hole.id)
		} else {
			of = append(of, "text", p.text)
		}
	}
	return identityOf(of...)
}

// shown is a text with its holes as they are shown.
func shown(v any) string {
	parts, _ := partsOf(v)
	if len(parts) == 1 && parts[0].hole == nil {
		return parts[0].text
	}
	var b strings.Builder
	for _, p := range parts {
		if p.hole != nil {
			b.WriteString(p.hole.shown)
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// settled is the text as a template's reader gets it: with placeholders, and of an id with the scope
// that it has. Otherwise it says why the text is unknown.
func (p *partial) settled() (string, *unknown) {
	var before strings.Builder
	for i, part := range p.parts {
		h := part.hole
		if h == nil {
			before.WriteString(part.text)
			continue
		}
		inID := i+1 < len(p.parts) && strings.HasPrefix(p.parts[i+1].text, "/") && endsInScope(before.String())
		switch {
		case h.solid || inID:
		case len(p.parts) == 1:
			return "", h.why
		default:
			return "", p.lacking(h)
		}
		before.WriteString(h.shown)
	}
	return before.String(), nil
}

// endsInScope reports whether the text is the beginning of a resource id before its subscription or its
// group.
func endsInScope(text string) bool {
	if strings.EqualFold(text, "/subscriptions/") {
		return true
	}
	_, rest, ok := cutWord(strings.TrimPrefix(text, "/"), "subscriptions")
	return ok && strings.EqualFold(rest, "resourceGroups/")
}

// reason is why a text is not wholly known, and what comes of it.
func (p *partial) reason() *unknown {
	for _, part := range p.parts {
		if part.hole != nil {
			return p.lacking(part.hole)
		}
	}
	return nil
}

// lacking is a text that is unknown because of one of its holes.
func (p *partial) lacking(h *hole) *unknown { return h.why.derived("part of", identity(p)) }

// doubt is why a value is unknown as a whole, or a text not known in full; nil for any other.
func doubt(v any) *unknown {
	switch v := v.(type) {
	case *unknown:
		return v
	case *partial:
		return v.reason()
	}
	return nil
}

// isSolid reports whether all holes are placeholders.
func (p *partial) isSolid() bool {
	for _, part := range p.parts {
		if part.hole != nil && !part.hole.solid {
			return false
		}
	}
	return true
}

// isOpaque reports whether a hole is shown as a placeholder; the scope that nothing tells is empty.
func (p *partial) isOpaque() bool {
	for _, part := range p.parts {
		if part.hole != nil && part.hole.shown != "" {
			return true
		}
	}
	return false
}

// folded is toLower or toUpper of a text.
func (p *partial) folded(function string, change func(string) string) *partial {
	out := &partial{make([]part, len(p.parts))}
	for i, part := range p.parts {
		part.text = change(part.text)
		if part.hole != nil {
			part.hole = part.hole.folded(function)
		}
		out.parts[i] = part
	}
	return out
}

// folded stands for a text in other letters: for another text, unless its letters were such before. What
// is shown for a scope stays, because there the letter case does not count.
func (h *hole) folded(function string) *hole {
	toLower := function == "tolower"
	if h.lower && toLower {
		return h
	}
	f := *h
	f.id, f.lower = function+" "+identityOf(h.id), toLower
	if f.solid {
		f.shown = function + "-" + digest(f.id)
	}
	return &f
}

// split cuts a text at a separator; false when a hole may have one in it.
func (p *partial) split(separator string) (list, bool) {
	for _, part := range p.parts {
		if h := part.hole; h != nil && (!h.plain || strings.Trim(separator, "/,;:|") != "") {
			return nil, false
		}
	}
	return p.pieces(separator), true
}

// pieces cuts a text at a separator as if no hole had one in it.
func (p *partial) pieces(separator string) list {
	var out list
	var now []part
	for _, part := range p.parts {
		if part.hole != nil {
			now = append(now, part)
			continue
		}
		pieces := strings.Split(part.text, separator)
		for i, piece := range pieces {
			if i > 0 {
				out, now = append(out, textOf(now)), nil
			}
			now = append(now, literal(piece))
		}
	}
	return append(out, textOf(now))
}

// truth is yes, no, or what nothing tells.
type truth uint8

const (
	no truth = iota
	yes
	maybe
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// equal compares two values; texts are compared with their letter case.
func (e *evaluator) equal(a, b any) truth {
	a, b = settle(a), settle(b)
	e.spend(1 + min(cost(a), cost(b)))
	switch a := a.(type) {
	case *unknown:
		return maybe
	case *partial:
		return equalParts(a, b)
	case list:
		if b, ok := b.(list); ok {
			return e.equalLists(a, b)
		}
	case *object:
		if b, ok := b.(*object); ok {
			return e.equalObjects(a, b)
		}
	case decimal:
		switch b := b.(type) {
		case decimal:
			if a == b {
				return yes
			}
			return maybe
		case int64:
			return maybe
		}
	}
	switch b := b.(type) {
	case *unknown:
		return maybe
	case *partial:
		return equalParts(b, a)
	case decimal:
		if _, ok := a.(int64); ok {
			return maybe
		}
		return no
	case list, *object:
		return no
	default:
		switch a.(type) {
		case list, *object, decimal:
			return no
		}
		return truthOf(a == b)
	}
}

func (e *evaluator) equalLists(a, b list) truth {
	if len(a) != len(b) {
		return no
	}
	all := yes
	for i := range a {
		switch e.equal(a[i], b[i]) {
		case no:
			return no
		case maybe:
			all = maybe
		}
	}
	return all
}

func (e *evaluator) equalObjects(a, b *object) truth {
	if len(a.members) != len(b.members) {
		return no
	}
	all := yes
	for i := range a.members {
		other, ok := b.get(a.members[i].name)
		if !ok {
			return no
		}
		switch e.equal(a.members[i].value, other) {
		case no:
			return no
		case maybe:
			all = maybe
		}
	}
	return all
}

// equalParts compares a text with holes to another value.
func equalParts(a *partial, b any) truth {
	switch b := b.(type) {
	case *unknown:
		return maybe
	case string:
		if first := a.parts[0]; first.hole == nil && !strings.HasPrefix(b, first.text) {
			return no
		}
		if last := a.parts[len(a.parts)-1]; last.hole == nil && !strings.HasSuffix(b, last.text) {
			return no
		}
		return maybe
	case *partial:
		if len(a.parts) != len(b.parts) {
			return maybe
		}
		differences := 0
		for i, p := range a.parts {
			q := b.parts[i]
			if (p.hole == nil) != (q.hole == nil) || p.hole != nil && p.hole.id != q.hole.id {
				return maybe
			}
			if p.text != q.text {
				differences++
			}
		}
		switch differences {
		case 0:
			return yes
		case 1:
			return no
		}
		return maybe
	}
	return no
}

// unknownIn is an unknown value in a value, or nil; a text with holes is one, whatever is shown for these.
func (e *evaluator) unknownIn(v any) *unknown {
	v = settle(v)
	e.spend(1 + cost(v))
	switch v := v.(type) {
	default:
		return doubt(v)
	case list:
		for _, item := range v {
			if u := e.unknownIn(item); u != nil {
				return u
			}
		}
	case *object:
		for i := range v.members {
			if u := e.unknownIn(v.members[i].value); u != nil {
				return u
			}
		}
	}
	return nil
}

// encoded is the JSON text of a known value, without white space.
func (e *evaluator) encoded(dst []byte, v any) []byte {
	before := len(dst)
	switch v := settle(v).(type) {
	case bool:
		dst = strconv.AppendBool(dst, v)
	case int64:
		dst = strconv.AppendInt(dst, v, 10)
	case decimal:
		dst = append(dst, v...)
	case string:
		dst = appendQuoted(dst, v)
	case list:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = e.encoded(dst, item)
		}
		dst = append(dst, ']')
	case *object:
		dst = append(dst, '{')
		for i := range v.members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendQuoted(dst, v.members[i].name), ':')
			dst = e.encoded(dst, v.members[i].value)
		}
		dst = append(dst, '}')
	default:
		dst = append(dst, "null"...)
	}
	e.spend(1 + (len(dst)-before)/textPerWork)
	return dst
}
