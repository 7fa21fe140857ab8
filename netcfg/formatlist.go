package netcfg

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// list reads what classic cmdlets printed. Each property is two leaves, as an element and its text
// are; what stands around the blocks is none.
func list(src []byte, n *notes) *Document {
	switch {
	case len(src) > maxList:
		n.fail("XML-006", place{}, "the output of cmdlets has %d bytes; at most %d are read", len(src), maxList)
		return nil
	case !utf8.Valid(src):
		n.fail("XML-012", place{}, "the document is not UTF-8")
		return nil
	}
	blocks, rest, firstRest := cutList(src)
	r := &listReader{notes: n, src: src, starts: lineStarts(src), doc: &Document{Name: n.file, Form: FormList}}
	for i := range blocks {
		r.block(&blocks[i])
	}
	if rest > 0 {
		n.add("XML-033", place{int32(firstRest + 1), 1}, "text around the output of cmdlets is not read: lines here and below, %d in all", rest)
	}
	return r.doc
}

type listReader struct {
	*notes
	src    []byte
	starts []int // of the lines
	doc    *Document
	merge  *prompt // of the last response that is a list
}

func (r *listReader) place(at int) place {
	i := sort.Search(len(r.starts), func(i int) bool { return r.starts[i] > at }) - 1
	i = max(i, 0)
	return place{int32(i + 1), int32(at - r.starts[i] + 1)}
}

func (r *listReader) leaf(at int) diag.Ref {
	r.doc.Leaves++
	p := r.place(at)
	return diag.Ref{Ordinal: int32(r.doc.Leaves), Line: p.line, Col: p.col}
}

func (r *listReader) block(b *block) {
	c := cmdletOf(b)
	if c.call == CallConfiguration {
		r.configuration(b)
		return
	}
	item := Node{Name: c.item}
	for i := range b.lines {
		r.line(c, &item, &b.lines[i])
	}
	where := Place{Call: c.call, VNet: b.prompt.parameter(c, "VNetName"), Site: b.prompt.parameter(c, "LocalNetworkSiteName")}
	if c.call == CallAffinityGroup {
		where.Name = item.Value("Name")
	}
	r.lookFor(c, b, where)
	if c.item == "" {
		item.Name = c.kind
		r.doc.Responses = append(r.doc.Responses, &Response{Kind: c.kind, Place: where, Root: item})
		return
	}
	r.join(c, b.prompt, where, item)
}

// join adds an item to the response of the command that printed it. Without a command each item
// is a response: nobody knows whether they belong together.
func (r *listReader) join(c *cmdlet, p *prompt, where Place, item Node) {
	if n := len(r.doc.Responses); p != nil && p == r.merge && r.doc.Responses[n-1].Kind == c.kind {
		root := &r.doc.Responses[n-1].Root
		root.Nodes = append(root.Nodes, item)
		return
	}
	r.merge = p
	r.doc.Responses = append(r.doc.Responses,
		&Response{Kind: c.kind, Place: where, Root: Node{Name: c.kind, Nodes: []Node{item}}})
}

// lookFor notes that a block does not say what it is about.
func (r *listReader) lookFor(c *cmdlet, b *block, where Place) {
	missing := ""
	switch {
	case c.first != "VNetName" || c.call == CallVNets:
	case where.VNet == "":
		missing = "virtual network"
	case c.call == CallSharedKey && where.Site == "":
		missing = "local network site"
	}
	if missing != "" {
		r.add("XML-032", r.place(b.lines[0].at), "the output of %s does not say of which %s it is", c.name, missing)
	}
}

// line reads one property into its element below the item.
func (r *listReader) line(c *cmdlet, item *Node, l *listLine) {
	i := slices.IndexFunc(c.properties, func(p property) bool { return strings.EqualFold(p.name, l.name) })
	if i < 0 {
		to := &r.doc.Unknown
		if slices.ContainsFunc(operationProperties, func(name string) bool { return strings.EqualFold(name, l.name) }) {
			to = &r.doc.Structure
		}
		r.keep(to, c, l)
		return
	}
	p := &c.properties[i]
	path := strings.Split(p.path, "/")
	for _, name := range path[:len(path)-1] {
		item = item.make(name)
	}
	item.Nodes = append(item.Nodes, Node{Name: path[len(path)-1], Ref: r.leaf(l.at)})
	n := &item.Nodes[len(item.Nodes)-1]
	if len(l.value(" ")) > 0 {
		n.TextRef = r.leaf(l.valueAt)
	}
	known, _ := Known(c.kind, strings.FieldsFunc(c.item+"/"+p.path, func(r rune) bool { return r == '/' }))
	switch {
	case known.Secret:
		r.secret(n, l)
	case p.each != "" && known.Drop == "":
		r.each(n, p, l)
	default:
		r.text(n, p, l)
	}
}

// make is the child of that name, which is added if there is none.
func (n *Node) make(name string) *Node {
	if c := n.Child(name); c != nil {
		return c
	}
	n.Nodes = append(n.Nodes, Node{Name: name})
	return &n.Nodes[len(n.Nodes)-1]
}

// value is the text of a property. A value that was too long for its line was cut at a space.
func (l *listLine) value(between string) string {
	return strings.TrimSpace(strings.Join(l.values, between))
}

func (r *listReader) keep(to *[]Leaf, c *cmdlet, l *listLine) {
	path := c.kind + "/" + l.name
	*to = append(*to, Leaf{Ref: r.leaf(l.at), Kind: ElementLeaf, Path: path})
	if len(l.value(" ")) > 0 {
		*to = append(*to, Leaf{Ref: r.leaf(l.valueAt), Kind: TextLeaf, Path: path + "/text()"})
	}
}

// secret keeps a key. The service's keys are letters and digits and have no space to be cut at.
func (r *listReader) secret(n *Node, l *listLine) {
	value := l.value("")
	if strings.ContainsAny(value, "*•…<>") || strings.Trim(value, "xX") == "" {
		r.hidden(n, l, "masked")
		return
	}
	n.Secret = NewSecret(value)
}

// hidden notes a value that is there, but not to be read.
func (r *listReader) hidden(n *Node, l *listLine, how string) {
	n.Nil = true
	if l.value("") != "" {
		r.add("XML-034", r.place(l.valueAt), "the value of %v is %s, so it is not known", named(l.name), how)
	}
}

func (r *listReader) text(n *Node, p *property, l *listLine) {
	value := l.value(" ")
	switch {
	case p.address && masked(value):
		r.hidden(n, l, "masked")
	case p.flag:
		n.Text = strings.ToLower(value)
	case value == "{}":
	default:
		n.Text = value
	}
}

// masked reports whether a text has what no address and no range has.
func masked(text string) bool {
	return strings.Trim(text, "0123456789abcdefABCDEF.:/") != ""
}

// each reads a list in braces, or a single value without. PowerShell shows four parts and three
// dots, and objects as the name of their type.
func (r *listReader) each(n *Node, p *property, l *listLine) {
	value := l.value(" ")
	inner, isList := strings.CutPrefix(value, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	parts := strings.Split(inner, ", ")
	if !isList {
		parts = []string{value}
	}
	last := parts[len(parts)-1]
	switch {
	case isList && (!closed || strings.HasSuffix(last, "...") || strings.HasSuffix(last, "…")):
		r.hidden(n, l, "cut off")
		return
	case slices.ContainsFunc(parts, func(s string) bool { return strings.HasPrefix(s, "Microsoft.") || strings.HasPrefix(s, "System.") }):
		r.hidden(n, l, "the name of a type")
		return
	case p.address && slices.ContainsFunc(parts, masked):
		r.hidden(n, l, "masked")
		return
	}
	if p.shared != "" {
		n = n.make(p.shared)
	}
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			n.addEach(p.each, part)
		}
	}
}

// addEach adds one element of a list, with its text in itself or in an element of it.
func (n *Node) addEach(path, text string) {
	name, inner, deep := strings.Cut(path, "/")
	one := Node{Name: name}
	if deep {
		one.Nodes = []Node{{Name: inner, Text: text}}
	} else {
		one.Text = text
	}
	n.Nodes = append(n.Nodes, one)
}

// configuration reads the network configuration that Get-AzureVNetConfig printed, if the text is
// whole: a line that was too long may be cut inside a name.
func (r *listReader) configuration(b *block) {
	c := cmdletOf(b)
	for i := range b.lines {
		l := &b.lines[i]
		switch {
		case !strings.EqualFold(l.name, configurationProperty):
			r.keep(&r.doc.Structure, c, l)
		case !r.embedded(l):
			r.keep(&r.doc.Unknown, c, l)
		}
	}
}

func (r *listReader) embedded(l *listLine) bool {
	if r.doc.File != nil {
		r.fail("XML-022", r.place(l.valueAt), "a second network configuration in the text; it is not known which one counts")
		return false
	}
	end := bytes.Index(r.src[l.valueAt:], []byte("</"+rootName+">"))
	text := r.src[l.valueAt:]
	if end >= 0 {
		text = text[:end+len("</"+rootName+">")]
	}
	if end < 0 || brokenOverLines(text) {
		r.add("XML-034", r.place(l.valueAt), "the network configuration is cut off or broken over lines, so it is not read").Hint =
			"pass the file that Get-AzureVNetConfig -ExportToFile writes"
		return false
	}
	in := &inset{text: text, outer: func(at int) place { return r.place(l.valueAt + at) }}
	s := in.scan(r.notes)
	if s == nil {
		return false
	}
	name := r.leaf(l.at)
	f := s.file(r.doc.Leaves)
	if f == nil {
		return false
	}
	r.doc.Structure = append(r.doc.Structure, Leaf{Ref: name, Kind: ElementLeaf, Path: rootName + "/" + l.name})
	r.doc.Leaves += f.Leaves
	r.doc.File = f
	return true
}

// brokenOverLines reports a line end inside an attribute value or a text.
func brokenOverLines(text []byte) bool {
	var quote byte
	inTag, line, word := false, false, false
	for _, b := range text {
		switch {
		case quote != 0:
			if b == '\n' {
				return true
			}
			if b == quote {
				quote = 0
			}
		case inTag:
			switch b {
			case '"', '\'':
				quote = b
			case '>':
				inTag, line, word = false, false, false
			}
		case b == '<':
			inTag = true
		case b == '\n':
			line = word
		case class[b]&white == 0:
			if line {
				return true
			}
			word = true
		}
	}
	return false
}
