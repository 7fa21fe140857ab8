package arm

import (
	"bytes"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Form is the kind of document that holds resources.
type Form uint8

// The forms.
const (
	FormTemplate   Form = iota + 1 // a deployment template: own, exported, or built from Bicep
	FormParameters                 // the parameters of one
	FormList                       // a list that the command line or PowerShell printed
	FormPage                       // a page of a list as Resource Manager answers: value and nextLink
	FormGraph                      // the result of a Resource Graph query
	FormItem                       // one resource
	FormNote                       // what netmigrate collect says of a listing: when, and of which subscription
)

// String names the form for people.
func (f Form) String() string {
	return [...]string{"no document", "template", "parameter file", "list", "page of a list", "Resource Graph result", "resource", "note of a listing"}[f]
}

// Live reports whether the form tells what runs, and not what somebody meant to deploy.
func (f Form) Live() bool { return f >= FormList && f <= FormItem }

// Document is a document of Resource Manager as written.
type Document struct {
	Name   string // only for positions
	Form   Form
	Leaves int // values, each with a Ref
	Root   Value

	Items []Item // of a live form: the resources that it holds, as they stand
	// More says what a live form leaves out, with its place: "the next page" and so on; a document with
	// all of its resources has none.
	More    string
	MoreRef diag.Ref
	// Lists is the type that the document lists, by what it holds or by its name; empty when it holds
	// several or nothing tells. A list without items says that there are none.
	Lists string

	// Total is how many rows a Resource Graph query has in all its pages; 0 where it does not say.
	Total int

	Note Note // of FormNote
}

// Note is what netmigrate collect writes beside the lists.
type Note struct {
	Taken                           time.Time
	Tool                            string
	Subscription, Name              string // its id and name
	Tenant, Cloud                   string
	Groups                          []string // the resource groups that were asked for; nil for all
	Types                           []string // that are listed, without their provider
	GroupsRef, SubscriptionRef, Ref diag.Ref
}

// Item is a resource as written, live or worked out from a template.
type Item struct {
	ResourceName
	Body     Value
	Location string
	Tenant   string // where the resource states one, as rows of Resource Graph do, or whoever deploys its template
	Doc      int    // that it stands in, as the caller counts them
	// Maybe says why a resource of a template may not be deployed: nothing decides its condition. It is
	// empty for what is deployed.
	Maybe string
}

// Recognise reports whether a text that begins with head may be a document of Resource Manager, as far
// as a mebibyte of it tells. It promises nothing: Read may refuse it.
func Recognise(head []byte) bool {
	text := bytes.TrimLeft(plain(head), " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	for _, mark := range []string{"microsoft.network/", "deploymenttemplate.json", "deploymentparameters.json", noteFormat, "microsoft.resources/deployments"} {
		if containsFold(text, mark) {
			return true
		}
	}
	return len(text) < mostOfNothing && isNothing(text)
}

// mostOfNothing is how long a list without items may be.
const mostOfNothing = 400

// isNothing reports whether a text is a list without items, as one of the commands prints it.
func isNothing(text []byte) bool {
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, string(text))
	return bare == "[]" || strings.Contains(bare, `"value":[]`) || strings.Contains(bare, `"data":[]`)
}

// plain is the text without what UTF-16 puts between its letters.
func plain(head []byte) []byte {
	if len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		return bytes.ReplaceAll(head[2:], []byte{0}, nil)
	}
	return bytes.TrimPrefix(head, byteOrderMark)
}

// containsFold looks for a mark in lower case, in any letter case.
func containsFold(text []byte, mark string) bool {
	for len(text) >= len(mark) {
		at := bytes.IndexAny(text[:len(text)-len(mark)+1], mark[:1]+strings.ToUpper(mark[:1]))
		if at < 0 {
			return false
		}
		if equalFold(text[at:at+len(mark)], mark) {
			return true
		}
		text = text[at+1:]
	}
	return false
}

// Read reads a document of Resource Manager. The name appears in positions, and tells what an empty
// list is a list of. The document is nil when it cannot be read; the findings then say why.
func Read(name string, src []byte, bounds Bounds) (*Document, diag.List) {
	root, found := parse(name, src, bounds)
	if len(found) > 0 {
		return nil, found
	}
	d := &Document{Name: name, Root: root, Leaves: len(root.t.nodes), Form: formOf(root)}
	switch d.Form {
	case 0:
		pos := diag.Pos{File: name, Line: 1, Col: 1}
		found.Add("LST-001", pos, "the document is JSON, but no template, parameter file, list, Resource Graph result or resource of Resource Manager")
		return nil, found
	case FormNote:
		return d, d.note()
	case FormList:
		d.items(root)
	case FormPage:
		d.items(root.Member("value"))
		if next := root.Member("nextLink"); next.Text() != "" {
			d.more(next, "the pages behind nextLink")
		}
	case FormGraph:
		d.graph()
	case FormItem:
		d.item(root)
	}
	if d.Form.Live() {
		d.kind()
	}
	return d, found
}

func formOf(root Value) Form {
	if root.Is(KindList) {
		for item := range root.Items() {
			if !isResource(item) {
				return 0
			}
		}
		return FormList
	}
	schema := root.Member("$schema").Text()
	switch has := func(name string, k Kind) bool { return root.Member(name).Is(k) }; {
	case strings.Contains(strings.ToLower(schema), "deploymentparameters.json"):
		return FormParameters
	case has("resources", KindList), has("resources", KindObject):
		return FormTemplate
	case has("parameters", KindObject) && has("contentVersion", KindString):
		return FormParameters
	case isResource(root):
		return FormItem
	case has("data", KindList), has("data", KindObject):
		return FormGraph
	case has("value", KindList):
		return FormPage
	case strings.HasPrefix(root.Member("format").Text(), noteFormat):
		return FormNote
	}
	return 0
}

// isResource reports whether an object names a resource by its id.
func isResource(v Value) bool {
	_, ok := ParseResourceID(v.Member("id").Text())
	return ok
}

func (d *Document) more(at Value, what string) { d.More, d.MoreRef = what, at.Ref() }

func (d *Document) items(list Value) {
	for item := range list.Items() {
		d.item(item)
	}
}

// item takes a resource in; what has no id is kept without a name, for whoever reads the document to
// report.
func (d *Document) item(v Value) {
	name, _ := ParseResourceID(v.Member("id").Text())
	if name.Subscription == "" {
		name.Subscription = v.Member("subscriptionId").Text()
	}
	if name.Group == "" {
		if group := v.Member("resourceGroup").Text(); !strings.Contains(group, "/") { // else it is no name
			name.Group = group
		}
	}
	d.Items = append(d.Items, Item{ResourceName: name, Body: v, Location: v.Member("location").Text(), Tenant: v.Member("tenantId").Text()})
}

// graph reads the rows of a Resource Graph result: a list of objects, or a table of columns and rows.
func (d *Document) graph() {
	data := d.Root.Member("data")
	if data.Is(KindObject) {
		data = table(data)
	}
	d.items(data)
	for _, name := range []string{"skip_token", "$skipToken", "skipToken"} {
		if token := d.Root.Member(name); token.Text() != "" {
			d.more(token, "the rows behind "+name)
		}
	}
	if cut := d.Root.Member("resultTruncated"); cut.True() {
		d.more(cut, "rows that the service cut off (resultTruncated)")
	}
	for _, name := range []string{"total_records", "totalRecords"} {
		total := d.Root.Member(name)
		if n, err := strconv.Atoi(total.Text()); err == nil {
			d.Total = n
		}
		if text := total.Text(); d.More == "" && text != "" && text != strconv.Itoa(len(d.Items)) {
			d.more(total, "rows: "+strconv.Itoa(len(d.Items))+" of "+text+" are here")
		}
	}
}

// table turns columns and rows into objects.
func table(data Value) Value {
	var columns []string
	for c := range data.Member("columns").Items() {
		columns = append(columns, c.Member("name").Text())
	}
	m := newMaker(data.t)
	m.begin(data, KindList)
	for row := range data.Member("rows").Items() {
		m.begin(row, KindObject)
		i := 0
		for cell := range row.Items() {
			if i < len(columns) {
				m.member(columns[i])
				m.copy(cell)
			}
			i++
		}
		m.end()
	}
	m.end()
	return m.done()
}

// kind finds out what the document is a list of.
func (d *Document) kind() {
	for i := range d.Items {
		switch typ := d.Items[i].Type; {
		case i == 0:
			d.Lists = typ
		case !strings.EqualFold(typ, d.Lists):
			d.Lists = ""
			return
		}
	}
	if len(d.Items) == 0 && d.Form != FormItem {
		d.Lists = typeOfFile(d.Name)
	}
}

// typeOfFile is the type that a file's name speaks of, such as virtualNetworks.json and
// virtualHubs.bgpConnections.json, or empty. The name may be that of a child type alone, and a number may
// follow it: bgpConnections-2.json.
func typeOfFile(name string) string {
	file := path.Base(name)
	stem := strings.TrimRight(strings.TrimSuffix(file, path.Ext(file)), "-_0123456789")
	for _, typ := range knownTypes {
		kinds := strings.Split(strings.TrimPrefix(typ, Provider), "/")
		if strings.EqualFold(stem, strings.Join(kinds, ".")) || strings.EqualFold(stem, kinds[len(kinds)-1]) {
			return typ
		}
	}
	return ""
}

// note reads what collect wrote.
func (d *Document) note() diag.List {
	var found diag.List
	root, sub := d.Root, d.Root.Member("subscription")
	n := &d.Note
	*n = Note{Tool: root.Member("tool").Text(), Subscription: sub.Member("id").Text(), Name: sub.Member("name").Text(), Cloud: sub.Member("cloud").Text(),
		Tenant: sub.Member("homeTenantId").Text(), Types: root.Member("types").Texts(), GroupsRef: root.Member("groups").Ref(), SubscriptionRef: sub.Ref(), Ref: root.Ref()}
	if n.Tenant == "" {
		n.Tenant = sub.Member("tenantId").Text()
	}
	if groups := root.Member("groups"); groups.Is(KindList) {
		n.Groups = groups.Texts()
	}
	at := root.Member("taken")
	taken, err := time.Parse(time.RFC3339, at.Text())
	if err != nil {
		found.Add("LST-001", at.Ref().Pos(d.Name), "taken is %q; a time such as 2026-11-20T08:30:00Z is expected", at.Text())
	}
	n.Taken = taken
	return found
}

// noteFormat begins what collect says of the form of its note. Its parts are described in
// docs/listing.schema.json.
const noteFormat = "netmigrate.listing/"
