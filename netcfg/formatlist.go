package netcfg

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// cmdlet is what one classic cmdlet prints through Format-List, in the words of the service.
// Source: docs/sources.md#service-management.
type cmdlet struct {
	name       string
	kind       string // root element of the response that it stands for
	item       string // element of the root that one block is; empty when it is the root itself
	call       Call
	first      string   // parameter that an argument without a name is for
	signs      []string // a block with all of these, and of no cmdlet before, is of this one
	properties []property
}

// property is a property and the element that it stands for, by its path below the item.
type property struct {
	name, path string
	shared     string // element below that one, around the parts of a "{a, b}" list
	each       string // element of one part, and perhaps the one in it that holds the text
	address    bool   // people mask it
	flag       bool   // True or False, which the service writes in lower case
}

func eventsAnd(more ...property) []property {
	return append([]property{
		{name: "LastEventData", path: "LastEvent/Data"},
		{name: "LastEventTimeStamp", path: "LastEvent/Timestamp"},
		{name: "LastEventMessage", path: "LastEvent/Message"},
		{name: "LastEventID", path: "LastEvent/Id"},
	}, more...)
}

func gatewayProperties(more ...property) []property {
	return eventsAnd(append([]property{
		{name: "State", path: "State"},
		{name: "VIPAddress", path: "VIPAddress", address: true},
		{name: "DefaultSite", path: "DefaultSites", each: "string"},
		{name: "GatewaySKU", path: "GatewaySize"},
	}, more...)...)
}

// same are properties that are called as their elements.
func same(names ...string) []property {
	all := make([]property, len(names))
	for i, name := range names {
		all[i] = property{name: name, path: name}
	}
	return all
}

// cmdlets are tried in order.
var cmdlets = []cmdlet{
	{name: "Get-AzureVNetConfig", kind: rootName, call: CallConfiguration, signs: []string{configurationProperty}},
	{name: "Get-AzureVirtualNetworkGatewayConnection", kind: "GatewayConnections", item: "GatewayConnection", call: CallConnections2,
		signs: []string{"GatewayConnectionType"},
		properties: append(same("ConnectedEntityId", "GatewayConnectionName", "GatewayConnectionType", "VirtualNetworkGatewayId", "RoutingWeight", "SharedKey"),
			property{name: "EnableBgp", path: "EnableBgp", flag: true})},
	{name: "Get-AzureVirtualNetworkGateway", kind: "VirtualNetworkGateways", item: "VirtualNetworkGateway", call: CallGateways2,
		signs: []string{"GatewayName", "VIPAddress"},
		properties: gatewayProperties(append(same("GatewayId", "GatewayName", "GatewayType", "Location", "VnetId", "SubnetId"),
			property{name: "EnableBgp", path: "EnableBgp", flag: true})...)},
	{name: "Get-AzureLocalNetworkGateway", kind: "LocalNetworkGateways", item: "LocalNetworkGateway", call: CallLocalGateways2,
		signs: []string{"GatewayName", "IpAddress"},
		properties: append(same("GatewayName", "Location"),
			property{name: "GatewayId", path: "Id"},
			property{name: "IpAddress", path: "IpAddress", address: true},
			property{name: "AddressSpace", path: "AddressSpace", each: "string", address: true})},
	{name: "Get-AzureVNetConnection", kind: "Connections", item: "Connection", call: CallConnections, first: "VNetName",
		signs: []string{"ConnectivityState"},
		properties: eventsAnd(same("ConnectivityState", "EgressBytesTransferred", "IngressBytesTransferred", "LastConnectionEstablished",
			"LocalNetworkSiteName")...)},
	{name: "Get-AzureVNetGateway", kind: "Gateway", call: CallGateway, first: "VNetName",
		signs: []string{"VIPAddress", "State"}, properties: gatewayProperties(same("GatewayType")...)},
	{name: "Get-AzureVNetSite", kind: "VirtualNetworkSites", item: "VirtualNetworkSite", call: CallVNets, first: "VNetName",
		signs: []string{"AddressSpacePrefixes"},
		properties: append(same("Name", "Label", "Id", "AffinityGroup", "Location", "State"),
			property{name: "InUse", path: "InUse", flag: true},
			property{name: "AddressSpacePrefixes", path: "AddressSpace", shared: "AddressPrefixes", each: "AddressPrefix", address: true},
			property{name: "Subnets", path: "Subnets", each: "Subnet/Name"},
			property{name: "DnsServers", path: "Dns", shared: "DnsServers", each: "DnsServer/Name"},
			property{name: "GatewayProfile", path: "Gateway/Profile"},
			property{name: "GatewaySites", path: "Gateway/Sites", each: "LocalNetworkSite/Name"})},
	{name: "Get-AzureAffinityGroup", kind: "AffinityGroup", call: CallAffinityGroup, first: "Name",
		signs: []string{"Name", "Location", "HostedServices"},
		properties: append(same("Name", "Label", "Description", "Location", "CreatedTime"),
			property{name: "HostedServices", path: "HostedServices"},
			property{name: "StorageServices", path: "StorageServices"},
			property{name: "Capabilities", path: "Capabilities"},
			property{name: "WebWorkerRoleSizes", path: "ComputeCapabilities/WebWorkerRoleSizes"},
			property{name: "VirtualMachineRoleSizes", path: "ComputeCapabilities/VirtualMachinesRoleSizes"})},
	{name: "Get-AzureVNetGatewayKey", kind: "SharedKey", call: CallSharedKey, first: "VNetName",
		signs: []string{"Value"}, properties: same("Value")},
}

// configurationProperty holds a whole network configuration.
const configurationProperty = "XMLConfiguration"

// operationProperties are what every cmdlet adds about the call itself.
var operationProperties = []string{"OperationDescription", "OperationId", "OperationStatus"}

// cmdletOf is the cmdlet that printed a block, or nil.
func cmdletOf(b *block) *cmdlet {
	for i := range cmdlets {
		if cmdlets[i].printed(b) {
			return &cmdlets[i]
		}
	}
	return nil
}

// printed reports whether a block shows all signs of the cmdlet. That of a key has no sign but
// a word that anybody writes, so it must have something of a cmdlet beside it.
func (c *cmdlet) printed(b *block) bool {
	for _, sign := range c.signs {
		if b.line(sign) == nil {
			return false
		}
	}
	return c.call != CallSharedKey || b.line(operationProperties[0]) != nil || b.prompt.runs(c)
}

// block is lines "Name : value" in a row.
type block struct {
	prompt *prompt
	lines  []listLine
}

// listLine is one property of a block, with the lines that its value goes on in.
type listLine struct {
	name          string
	at, valueAt   int // offsets
	values        []string
	colon, number int // column of the colon from 0, number of the line from 0
}

func (b *block) line(name string) *listLine {
	for i := range b.lines {
		if strings.EqualFold(b.lines[i].name, name) {
			return &b.lines[i]
		}
	}
	return nil
}

// prompt is a command as typed.
type prompt struct {
	words    []string
	explicit bool // it stands behind a prompt: what follows is no prose
}

// runs reports whether the command has the cmdlet in it.
func (p *prompt) runs(c *cmdlet) bool {
	return p != nil && slices.ContainsFunc(p.words, func(w string) bool { return strings.EqualFold(w, c.name) })
}

// parameter is the value given to a cmdlet's parameter, or "".
func (p *prompt) parameter(c *cmdlet, name string) string {
	if p == nil {
		return ""
	}
	from := slices.IndexFunc(p.words, func(w string) bool { return strings.EqualFold(w, c.name) })
	if from < 0 {
		return ""
	}
	for i := from + 1; i < len(p.words) && p.words[i] != "|" && p.words[i] != ";"; i++ {
		word := p.words[i]
		given, value, joined := strings.Cut(strings.TrimPrefix(word, "-"), ":")
		if !strings.HasPrefix(word, "-") {
			if i == from+1 && p.explicit && c.first == name {
				return literal(word)
			}
			continue
		}
		switch {
		case !strings.EqualFold(given, name):
			if i+1 < len(p.words) && !joined && !strings.HasPrefix(p.words[i+1], "-") && p.words[i+1] != "|" {
				i++
			}
		case joined && value != "":
			return literal(value)
		case i+1 < len(p.words):
			return literal(p.words[i+1])
		}
	}
	return ""
}

// literal is an argument, or "" where it is a variable or an expression.
func literal(word string) string {
	if strings.HasPrefix(word, "$") || strings.HasPrefix(word, "(") || word == "|" {
		return ""
	}
	return word
}

// looksLikeList reports whether a text holds what a classic cmdlet printed.
func looksLikeList(src []byte) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(src, byteOrderMark), " \t\r\n")
	if bytes.HasPrefix(first, []byte("<")) || bytes.HasPrefix(first, []byte("{")) {
		return false
	}
	if len(first) > longestLine && bytes.IndexByte(first[:longestLine], '\n') < 0 {
		return false
	}
	blocks, _, _ := cutList(src[:min(len(src), maxList)])
	return len(blocks) > 0
}

// longestLine bounds the first line of a text that may be the output of a cmdlet, so that a long text
// of one line is not copied.
const longestLine = 64 << 10

// maxList bounds the output of cmdlets, in bytes. A block has a few hundred; a longer text is a log.
const maxList = 4 << 20

// maxLines bounds a block, in properties. The longest known has 16.
const maxLines = 64

// cutList cuts a text into blocks. The rest is counted in lines, with the first of them.
func cutList(src []byte) (blocks []block, rest, firstRest int) {
	c := listCutter{src: src, firstRest: -1}
	for at := bomLength(src); at < len(src); c.number++ {
		end := len(src)
		if n := bytes.IndexByte(src[at:], '\n'); n >= 0 {
			end = at + n
		}
		c.take(at, string(bytes.TrimRight(src[at:end], " \t\r")))
		at = end + 1
	}
	c.end()
	return c.blocks, c.rest, c.firstRest
}

func bomLength(src []byte) int {
	n := 0
	for bytes.HasPrefix(src[n:], byteOrderMark) {
		n += len(byteOrderMark)
	}
	return n
}

type listCutter struct {
	src             []byte
	number          int
	blocks          []block
	open            block
	prompt          *prompt
	rest, firstRest int
}

// end closes the block at hand.
func (c *listCutter) end() {
	if len(c.open.lines) == 0 {
		return
	}
	if cmdletOf(&c.open) != nil {
		c.blocks = append(c.blocks, c.open)
	} else {
		c.skip(len(c.open.lines), c.open.lines[0].number)
	}
	c.open = block{}
}

func (c *listCutter) skip(lines, first int) {
	if c.rest == 0 {
		c.firstRest = first
	}
	c.rest += lines
}

// take reads the line that begins at an offset.
func (c *listCutter) take(at int, line string) {
	var last *listLine
	if n := len(c.open.lines); n > 0 {
		last = &c.open.lines[n-1]
	}
	if last != nil && strings.EqualFold(last.name, configurationProperty) && !strings.Contains(last.values[len(last.values)-1], "</"+rootName) {
		last.values = append(last.values, line)
		return
	}
	bare := strings.TrimLeft(line, " \t")
	indent := len(line) - len(bare)
	switch name, value, ok := cutProperty(bare); {
	case bare == "":
		c.end()
	case last != nil && indent > last.colon:
		if len(last.values) == 1 && last.values[0] == "" {
			last.valueAt, last.values = at+indent, nil
		}
		last.values = append(last.values, bare)
	case ok:
		if len(c.open.lines) == maxLines || c.open.line(name) != nil {
			c.end()
		}
		if len(c.open.lines) == 0 {
			c.open.prompt = c.prompt
		}
		c.open.lines = append(c.open.lines, listLine{
			name: name, at: at + indent, valueAt: at + len(line) - len(value), values: []string{value},
			colon: len(line) - len(bare) + strings.IndexByte(bare, ':'), number: c.number})
	default:
		c.end()
		if p := promptOf(bare); p != nil {
			c.prompt = p
		} else if !strings.HasPrefix(bare, "```") && !strings.HasPrefix(bare, "~~~") {
			c.skip(1, c.number)
		}
	}
}

// cutProperty cuts "Name : value". There is always a space before the colon.
func cutProperty(line string) (name, value string, ok bool) {
	end := strings.IndexFunc(line, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_')
	})
	if end <= 0 || line[end] != ' ' {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(line[end:], " "), ":")
	if !ok || rest != "" && rest[0] != ' ' {
		return "", "", false
	}
	return line[:end], strings.TrimLeft(rest, " "), true
}

// promptOf reads a line with a prompt, or one that is a command with a name of this family, or
// returns nil.
func promptOf(line string) *prompt {
	command, explicit := line, false
	if rest, ok := strings.CutPrefix(line, "PS"); ok {
		if _, typed, ok := strings.Cut(rest, ">"); ok {
			command, explicit = strings.TrimLeft(typed, "> "), true
		}
	}
	words := commandWords(command)
	if !explicit && !slices.ContainsFunc(words[:min(len(words), 3)], isCmdlet) {
		return nil
	}
	return &prompt{words, explicit}
}

// isCmdlet reports whether a word is a verb, a dash and a name of the classic module.
func isCmdlet(word string) bool {
	verb, noun, ok := strings.Cut(word, "-")
	return ok && slices.Contains([]string{"get", "set", "new", "remove", "resize", "reset"}, strings.ToLower(verb)) &&
		strings.HasPrefix(strings.ToLower(noun), "azure")
}

// commandWords cuts a command at spaces outside of quotes, and takes the quotes off. A pipe is a word.
func commandWords(command string) []string {
	var words []string
	var word []byte
	quote, begun := byte(0), false
	flush := func() {
		if begun {
			words = append(words, string(word))
		}
		word, begun = nil, false
	}
	for _, b := range []byte(command) {
		switch {
		case quote != 0 && b == quote:
			quote = 0
		case quote != 0:
			word = append(word, b)
		case b == '"' || b == '\'':
			quote, begun = b, true
		case b == ' ' || b == '\t':
			flush()
		case b == '|' || b == ';':
			flush()
			words = append(words, string(b))
		default:
			word, begun = append(word, b), true
		}
	}
	flush()
	return words
}

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
