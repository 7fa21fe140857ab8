package netcfg

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What the members of a recorded call are called, in lower case.
var (
	urlNames    = []string{"url", "uri", "requesturi", "requesturl"}
	bodyNames   = []string{"response", "body", "responsebody", "content"}
	statusNames = []string{"status", "statuscode", "httpstatuscode"}
)

// entriesName is the member that holds the calls of a recorded session.
const entriesName = "Entries"

// isResponses reports whether a JSON document is a record of calls: an object from URL to response,
// an array of objects with both, or an object with such an array as its entries.
func isResponses(root *jsonValue) bool {
	switch root.kind {
	case jsonArray:
		return slices.ContainsFunc(root.members, func(m jsonValue) bool { return m.oneOf(urlNames) != nil })
	case jsonObject:
		if entries := root.member(entriesName); entries != nil {
			return entries.kind == jsonArray && isResponses(entries)
		}
		return slices.ContainsFunc(root.members, func(m jsonValue) bool { return isURL(m.name) })
	}
	return false
}

// isURL reports whether the name of a member is the URL of a call, or the path of one of ours.
func isURL(name string) bool {
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		return true
	}
	_, ok := PlaceOf(name)
	return ok
}

// oneOf is the first member of an object with one of these names, without regard to letter case.
func (v *jsonValue) oneOf(names []string) *jsonValue {
	for i := range v.members {
		if v.kind == jsonObject && slices.Contains(names, strings.ToLower(v.members[i].name)) {
			return &v.members[i]
		}
	}
	return nil
}

// last is the ordinal of the last leaf of a value.
func (v *jsonValue) last() int {
	for len(v.members) > 0 {
		v = &v.members[len(v.members)-1]
	}
	return int(v.ref.Ordinal)
}

// responses reads a record of calls. The leaves of JSON come first, then those of the XML in its
// strings, in their order.
func responses(root *jsonValue, n *notes) *Document {
	m := &mapReader{
		notes:  n,
		reader: newResponseReader(n),
		doc:    &Document{Name: n.file, Form: FormResponses, Leaves: root.last()},
		other:  map[string]int{},
	}
	calls, path := root, ""
	if entries := root.member(entriesName); entries != nil {
		m.structure(root, "")
		for i := range root.members {
			if e := &root.members[i]; e != entries {
				m.unknown(e, e.name)
			}
		}
		calls, path = entries, entriesName
	}
	m.structure(calls, path)
	for i := range calls.members {
		m.call(&calls.members[i], calls.kind == jsonObject)
	}
	m.remarkOthers(root)
	m.reader.leavesTo(m.doc)
	return m.doc
}

// mapReader reads a record of calls.
type mapReader struct {
	*notes
	reader *responseReader
	doc    *Document
	other  map[string]int // what is not read, by the name of its root element
}

func (m *mapReader) structure(v *jsonValue, path string) {
	m.reader.keep(&m.reader.scraps.Structure, v.ref, v.leafKind(), path, "")
}

// unknown keeps a value with all that it holds.
func (m *mapReader) unknown(v *jsonValue, path string) {
	m.reader.keep(&m.reader.scraps.Unknown, v.ref, v.leafKind(), path, "")
	for i := range v.members {
		m.unknown(&v.members[i], path+"/"+v.members[i].name)
	}
}

func (v *jsonValue) leafKind() LeafKind {
	if v.kind == jsonObject || v.kind == jsonArray {
		return ElementLeaf
	}
	return TextLeaf
}

// call reads one call. In an object its name is the URL, in an array the URL is a member.
func (m *mapReader) call(v *jsonValue, named bool) {
	url, status := withoutQuery(v.name), 0
	if v.kind != jsonObject {
		m.body(v, url, status)
		return
	}
	body, state, address := v.oneOf(bodyNames), v.oneOf(statusNames), v.oneOf(urlNames)
	if state != nil {
		status = statusOf(state.text)
	}
	if !named && address != nil {
		url = withoutQuery(address.text)
	}
	for i := range v.members {
		switch e := &v.members[i]; e {
		case body:
		case state, address:
			m.structure(e, url+"/"+e.name)
		default:
			m.unknown(e, url+"/"+e.name)
		}
	}
	if body == nil {
		m.nothing(v, url, status)
		return
	}
	m.structure(v, url)
	m.body(body, url, status)
}

// withoutQuery is a URL without its query, which says nothing of the place and may carry a signature.
func withoutQuery(url string) string {
	url, _, _ = strings.Cut(url, "?")
	return url
}

// statuses are the words for the statuses of HTTP that the service answers with, in lower case.
var statuses = map[string]int{
	"ok": 200, "created": 201, "accepted": 202, "nocontent": 204,
	"badrequest": 400, "unauthorized": 401, "forbidden": 403, "notfound": 404, "conflict": 409, "toomanyrequests": 429,
	"internalservererror": 500, "serviceunavailable": 503,
}

// statusOf reads the status of HTTP: 404, "404", "404 Not Found" or "NotFound". It is 0 for others.
func statusOf(text string) int {
	word, _, _ := strings.Cut(text, " ")
	if code, err := strconv.Atoi(word); err == nil && code >= 100 && code < 600 {
		return code
	}
	return statuses[strings.ToLower(strings.ReplaceAll(text, " ", ""))]
}

// body reads what a call was answered.
func (m *mapReader) body(v *jsonValue, url string, status int) {
	text := bytes.TrimSpace([]byte(strings.TrimLeft(v.text, "\ufeff")))
	switch {
	case v.kind == jsonNull, v.kind == jsonString && len(text) == 0:
		m.nothing(v, url, status)
	case v.kind == jsonString && text[0] == '<' && m.document(v, url, status):
		m.structure(v, url)
	default:
		m.unknown(v, url)
	}
}

// nothing is a call without an answer, which says as much as its status does: the value stands for
// the error that the service did not send. After a success there was nothing to say.
func (m *mapReader) nothing(v *jsonValue, url string, status int) {
	if status >= 200 && status < 300 {
		m.structure(v, url)
		return
	}
	where, _ := PlaceOf(url)
	answer := &Response{Kind: errorKind, Place: where, Status: status, Root: Node{Name: errorKind, Ref: v.ref}}
	if answer.Answer() == NotKnown {
		m.add("XML-031", at(v.ref), "the record holds no answer of %v, and does not say that there is none", quoted(url))
	}
	m.doc.Responses = append(m.doc.Responses, answer)
}

// document reads the XML in a string, and reports whether it did.
func (m *mapReader) document(v *jsonValue, url string, status int) bool {
	s := jsonInset(v).scan(m.notes)
	if s == nil {
		return false
	}
	if m.doc.Leaves+len(s.places) > m.bounds.Leaves {
		m.fail("XML-006", at(v.ref), "more than %d elements, attributes, texts and values", m.bounds.Leaves)
		return false
	}
	before := m.fatal
	root := s.root()
	if root == nil || root.Name.Local != rootName {
		// Half of a network configuration is none; another answer that cannot be read does not stop the rest.
		defer func() { m.fatal = before }()
	}
	if root == nil {
		return false
	}
	where, _ := PlaceOf(url)
	read := false
	switch {
	case root.Name.Local == rootName:
		read = m.configuration(s, where)
	case isResponseRoot(root.Name.Local, root.Name.Space):
		read = m.answer(s, where, status)
	default:
		m.other[root.Name.Local]++
	}
	if read {
		m.doc.Leaves += len(s.places)
	}
	return read
}

func (m *mapReader) configuration(s *scanner, where Place) bool {
	f := s.file(m.doc.Leaves)
	if f == nil {
		return false
	}
	m.locate(f, where, s.places[0])
	if m.doc.File == nil {
		m.doc.File = f
	} else {
		m.doc.More = append(m.doc.More, f)
	}
	return true
}

// locate gives a network configuration its place, if it has one.
func (n *notes) locate(f *File, where Place, root place) {
	switch where.Call {
	case NoCall:
	case CallConfiguration:
		f.Place = where
	default:
		n.add("XML-030", root, "<%s> does not answer %v; where it comes from is not known", rootName, quoted(where.words()))
	}
}

func (m *mapReader) answer(s *scanner, where Place, status int) bool {
	answer := m.reader.read(s, m.doc.Leaves)
	if answer == nil {
		return false
	}
	answer.Status = status
	m.placed(answer, where)
	m.doc.Responses = append(m.doc.Responses, answer)
	return true
}

// remarkOthers says what of the record is not read, in one finding: a whole subscription has
// hundreds of machines.
func (m *mapReader) remarkOthers(root *jsonValue) {
	if len(m.other) == 0 {
		return
	}
	const most = 10
	var what []string
	for i, name := range slices.Sorted(maps.Keys(m.other)) {
		if i == most {
			what = append(what, "and "+strconv.Itoa(len(m.other)-most)+" more")
			break
		}
		what = append(what, named(name).String()+" ("+strconv.Itoa(m.other[name])+")")
	}
	m.add("XML-033", at(root.ref), "answers that say nothing of networks are not read: %s", strings.Join(what, ", "))
}
