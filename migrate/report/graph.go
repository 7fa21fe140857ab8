package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The formats of a picture.
const (
	SVG     Format = "svg"
	DOT     Format = "dot"     // for Graphviz
	Mermaid Format = "mermaid" // for Markdown pages
	DrawIO  Format = "drawio"  // for diagrams.net
)

// Graph is the picture of a network: its places and what joins them. Names in it are data: no format takes
// one for anything else.
type Graph struct {
	nodes []node
	edges []edge
}

// nodeKind is what a place is.
type nodeKind uint8

const (
	vnetNode      nodeKind = iota
	premisesNode           // an on-premises network
	circuitNode            // an ExpressRoute circuit
	groupNode              // a connected group of a network manager
	elsewhereNode          // the network of a subscription that was not supplied
)

var nodeWords = [...]string{"VNet", "on-premises network", "ExpressRoute circuit", "connected group", "not in the input"}

type node struct {
	kind   nodeKind
	name   string
	region string   // VNets
	lines  []string // what it has, a line each
}

// edgeKind is what joins two places.
type edgeKind uint8

const (
	tunnelEdge edgeKind = iota
	peeringEdge
	expressRouteEdge
	memberEdge
)

var edgeWords = [...]string{"VPN tunnel", "peering", "ExpressRoute", "member of a connected group"}

// edgeMark is what is odd about an edge.
type edgeMark uint8

const (
	sound    edgeMark = iota
	unsure            // one of several ends, or likely only
	halfOnly          // the other half is missing, or not connected
	broken            // not up, or it cannot have been
)

var markWords = [...]string{"", "not certain", "one-sided", "not up"}

// edge joins two nodes. With an arrow it leads from the first to the second.
type edge struct {
	from, to int
	kind     edgeKind
	mark     edgeMark
	arrow    bool
	label    string   // short
	about    []string // the connections or halves that it stands for
}

// words is a line about an edge, for readers of the picture.
func (e *edge) words() string {
	out := edgeWords[e.kind]
	if e.label != "" {
		out += ", " + e.label
	}
	if e.mark != sound {
		out += ", " + markWords[e.mark]
	}
	if len(e.about) > 0 {
		out += ": " + strings.Join(e.about, ", ")
	}
	return out
}

// NewGraph draws an estate.
func NewGraph(e *estate.Estate) *Graph {
	d := &drawer{e: e, x: estate.NewIndex(e), names: estate.NewNames(e), at: map[estate.Key]int{}, called: map[string]int{}, joined: map[joint]int{}}
	d.vnets()
	d.connections()
	d.peerings()
	d.groups()
	return &d.g
}

// Write writes the picture. An error comes from w, or is ErrFormat.
func (g *Graph) Write(w io.Writer, f Format) error {
	switch f {
	case SVG:
		return g.svg(w)
	case DOT:
		return g.dot(w)
	case Mermaid:
		return g.mermaid(w)
	case DrawIO:
		return g.drawIO(w)
	}
	return fmt.Errorf("%w: %s", ErrFormat, f)
}

// drawer makes a graph of an estate.
type drawer struct {
	g      Graph
	e      *estate.Estate
	x      *estate.Index
	names  *estate.Names
	at     map[estate.Key]int // nodes of objects, in the estate or not
	called map[string]int     // nodes of on-premises networks, by name
	joined map[joint]int      // edges
}

// joint tells edges apart that are drawn once.
type joint struct {
	a, b  int
	kind  edgeKind
	mark  edgeMark
	label string
	arrow bool
}

func (d *drawer) add(n node) int {
	n.name = diag.Plain(n.name)
	for i := range n.lines {
		n.lines[i] = diag.Plain(n.lines[i])
	}
	d.g.nodes = append(d.g.nodes, n)
	return len(d.g.nodes) - 1
}

// premises is the node of an on-premises network, made when it is new.
func (d *drawer) premises(name string) int {
	key := strings.ToLower(name)
	i, known := d.called[key]
	if !known {
		i = d.add(node{kind: premisesNode, name: name})
		d.called[key] = i
	}
	return i
}

// object is the node of an object that is no VNet of the estate, made when it is new. Two of one name are two.
func (d *drawer) object(kind nodeKind, id estate.ID) int {
	i, known := d.at[id.Key()]
	if !known {
		n := node{kind: kind, name: id.Name + d.names.Whose(id.Type, id, id.Name)}
		if kind == elsewhereNode && id.Group != "" {
			n.lines = append(n.lines, "of "+id.Group)
		}
		i = d.add(n)
		d.at[id.Key()] = i
	}
	return i
}

// join draws an edge, or adds to one that is drawn already.
func (d *drawer) join(e edge) {
	if !e.arrow && e.from > e.to {
		e.from, e.to = e.to, e.from
	}
	for i := range e.about {
		e.about[i] = diag.Plain(e.about[i])
	}
	key := joint{e.from, e.to, e.kind, e.mark, e.label, e.arrow}
	if i, known := d.joined[key]; known {
		d.g.edges[i].about = append(d.g.edges[i].about, e.about...)
		return
	}
	d.joined[key] = len(d.g.edges)
	d.g.edges = append(d.g.edges, e)
}

// mostLines is how many prefixes of a place are shown.
const mostLines = 3

// prefixLines are some prefixes, a line each, and how many more there are.
func prefixLines(in []estate.Prefix) []string {
	lines := each(in[:min(len(in), mostLines)], func(p estate.Prefix) string { return diag.Plain(p.String()) })
	if more := len(in) - mostLines; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

func (d *drawer) vnets() {
	for i := range d.e.VNets {
		v := &d.e.VNets[i]
		n := node{kind: vnetNode, name: d.names.VNet(v), region: diag.Plain(cmp.Or(v.Region.Name, v.Region.AffinityGroup)), lines: prefixLines(v.Space)}
		for _, g := range d.x.GatewaysOf(v.ID) {
			n.lines = append(n.lines, gatewayLine(g))
			for _, p := range g.ClientPools {
				n.lines = append(n.lines, "clients "+p.String())
			}
		}
		d.at[v.ID.Key()] = d.add(n)
	}
}

var kindLines = map[estate.GatewayKind]string{
	estate.VPNGateway: "VPN gateway", estate.ExpressRouteGateway: "ExpressRoute gateway", estate.Firewall: "Azure Firewall",
	estate.Appliance: "appliance", estate.RouteServer: "Route Server",
}

func gatewayLine(g *estate.Gateway) string {
	line := kindLines[g.Kind]
	if detail := cmp.Or(g.SKU, g.Size.Value); detail != "" && g.Kind != estate.Appliance {
		line += " " + detail
	}
	if g.Absent() {
		line += " (does not exist)"
	}
	return line
}

// connections draws tunnels, one for both halves, and ExpressRoute connections.
func (d *drawer) connections() {
	drawn := map[estate.Key]bool{}
	for i := range d.e.Connections {
		c := &d.e.Connections[i]
		from, ok := d.end(c)
		if !ok || drawn[c.ID.Key()] {
			continue
		}
		e := edge{from: from, kind: tunnelEdge, label: c.Kind.String(), mark: markOf(c), about: []string{about(c)}}
		switch other := d.x.Connection(c.Pairing.Partner); {
		case c.Kind == estate.ExpressRoute:
			e.kind, e.label, e.to = expressRouteEdge, "", d.circuit(c)
			d.join(e)
		case other != nil:
			if to, ok := d.end(other); ok {
				drawn[other.ID.Key()] = true
				e.to, e.mark, e.about = to, max(e.mark, markOf(other)), append(e.about, about(other))
				d.join(e)
			}
		case c.Pairing.Confidence == estate.Ambiguous:
			d.perhaps(e, c)
		case !c.Pairing.Toward.IsZero():
			if to, ok := d.at[c.Pairing.Toward.Key()]; ok {
				e.to, e.arrow, e.mark = to, true, max(e.mark, halfOnly)
				d.join(e)
			}
		default:
			d.outward(e, c)
		}
	}
}

// about names a connection: a classic one has no name of its own.
func about(c *estate.Connection) string {
	if c.ID.Child != "" {
		return c.ID.Name + " by " + c.Site.Name
	}
	return c.ID.Name
}

// circuit is the node of the circuit of a connection. One that is not named is nobody else's.
func (d *drawer) circuit(c *estate.Connection) int {
	if !c.Circuit.IsZero() {
		return d.object(circuitNode, c.Circuit)
	}
	if name := d.network(c); name != "" { // a classic file names the network behind it
		return d.object(circuitNode, estate.ID{Type: estate.TypeCircuit, Name: name})
	}
	return d.add(node{kind: circuitNode, name: "not named"})
}

// end is the node that a connection starts at.
func (d *drawer) end(c *estate.Connection) (int, bool) {
	g := d.x.Gateway(c.Gateway)
	if g == nil {
		return 0, false
	}
	i, ok := d.at[g.VNet.Key()]
	return i, ok
}

func markOf(c *estate.Connection) edgeMark {
	switch {
	case c.Pairing.Suspect != "" || c.Pairing.Has(estate.DeclaredDown):
		return broken
	case c.Pairing.Confidence == estate.Likely || c.Pairing.Confidence == estate.Ambiguous:
		return unsure
	}
	return sound
}

// perhaps draws the halves that an ambiguous one could belong to; those are drawn from both ends, and once.
func (d *drawer) perhaps(e edge, c *estate.Connection) {
	for _, id := range c.Pairing.Candidates {
		other := d.x.Connection(id)
		if other == nil {
			continue
		}
		if to, ok := d.end(other); ok && to != e.from {
			one := e
			one.to, one.about = to, slices.Clone(e.about)
			d.join(one)
		}
	}
}

// outward draws a connection that leads out of the estate.
func (d *drawer) outward(e edge, c *estate.Connection) {
	site := d.x.Site(c.Site)
	switch {
	case site != nil && site.Declared.Kind == estate.DeclaredElsewhere:
		e.to = d.object(elsewhereNode, site.ID)
	case c.Kind == estate.Vnet2Vnet && c.RemoteGateway.IsZero():
		e.to = d.add(node{kind: elsewhereNode, name: "not named"})
	case c.Kind == estate.Vnet2Vnet:
		e.to = d.object(elsewhereNode, c.RemoteGateway)
	case c.Pairing.Confidence == estate.OneSided: // declared gone
		e.to, e.arrow, e.mark = d.object(elsewhereNode, c.Site), true, max(e.mark, halfOnly)
		d.g.nodes[e.to].lines = []string{"declared gone"}
	default:
		e.to = d.premises(cmp.Or(d.network(c), c.Site.Name))
	}
	if n := &d.g.nodes[e.to]; len(n.lines) == 0 && site != nil {
		n.lines = prefixLines(site.Prefixes)
	}
	d.join(e)
}

func (d *drawer) network(c *estate.Connection) string {
	if s := d.x.Site(c.Site); s != nil {
		return s.Network
	}
	return ""
}

// peerings draws both halves of a peering as one edge; the arrow leads to the VNet whose gateway is used.
func (d *drawer) peerings() {
	half := map[[2]int]*estate.Peering{}
	ends := func(p *estate.Peering) ([2]int, bool) {
		from, ok := d.at[p.VNet.Key()]
		to, there := d.at[p.Remote.Key()]
		if !there {
			to = d.object(elsewhereNode, p.Remote)
		}
		return [2]int{from, to}, ok
	}
	for i := range d.e.Peerings {
		if at, ok := ends(&d.e.Peerings[i]); ok {
			half[at] = &d.e.Peerings[i]
		}
	}
	for i := range d.e.Peerings {
		p := &d.e.Peerings[i]
		at, ok := ends(p)
		if !ok {
			continue
		}
		back := half[[2]int{at[1], at[0]}]
		if back != nil && at[0] > at[1] {
			continue // drawn from the other end
		}
		e := edge{from: at[0], to: at[1], kind: peeringEdge, about: []string{peeringWord(p)}}
		switch {
		case p.UseRemoteGateways:
			e.arrow, e.label = true, "uses the gateway"
		case back != nil && back.UseRemoteGateways:
			e.from, e.to, e.arrow, e.label = at[1], at[0], true, "uses the gateway"
		}
		switch {
		case back != nil:
			e.about = append(e.about, peeringWord(back))
			if p.State != estate.PeeringConnected || back.State != estate.PeeringConnected {
				e.mark = broken
			}
		case d.g.nodes[at[1]].kind == elsewhereNode && p.State == estate.PeeringConnected: // the other half is in no input
		default:
			e.mark = halfOnly
		}
		d.join(e)
	}
}

func peeringWord(p *estate.Peering) string { return p.ID.Name + "/" + p.ID.Child }

// groups draws connected groups as places that their members are joined to.
func (d *drawer) groups() {
	for i := range d.e.Groups {
		g := &d.e.Groups[i]
		at := d.add(node{kind: groupNode, name: cmp.Or(g.ID.Child, g.ID.Name)})
		for _, m := range g.All() {
			if v, ok := d.at[m.Key()]; ok {
				d.join(edge{from: v, to: at, kind: memberEdge})
			}
		}
	}
}
