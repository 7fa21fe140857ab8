package netcfg

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// LeavesOf lists every leaf of a document in document order, with its path and its value: what a
// ledger is made of. A document keeps the paths only of leaves without a field of their own, because
// a large one has a million leaves; the others follow from where they stand.
//
// A secret has no value here. The value of a leaf that the schema does not know may be one all the
// same: it is for nobody's eyes.
func LeavesOf(d *Document) []Leaf {
	l := &leafLister{}
	l.out = make([]Leaf, 0, d.Leaves)
	l.leaves(d.Structure)
	l.leaves(d.Unknown)
	for _, f := range append([]*File{d.File}, d.More...) {
		if f != nil {
			l.file(f)
		}
	}
	for _, r := range d.Responses {
		l.node("", &r.Root)
	}
	slices.SortFunc(l.out, func(a, b Leaf) int { return a.Ref.Compare(b.Ref) })
	return l.out
}

type leafLister struct{ out []Leaf }

func (l *leafLister) leaves(in []Leaf) {
	for _, leaf := range in {
		leaf.Path = withoutKey(leaf.Path)
		l.out = append(l.out, leaf)
	}
}

// keyElement is the element of the service that holds a key, itself or as its Value.
const keyElement = "SharedKey"

// belongsToKey reports whether a name is one of those that the service uses for a key.
func belongsToKey(name string) bool {
	return name == "Value" || name == "xmlns" || strings.HasPrefix(name, "xmlns:") || strings.HasSuffix(name, keyElement)
}

// withoutKey is a path in which names that stand inside the element of a key and do not belong there
// are not shown: they may be the key.
func withoutKey(path string) string {
	above, below, ok := strings.Cut(path, keyElement+"/")
	if !ok {
		return path
	}
	steps := strings.Split(below, "/")
	for i, step := range steps {
		if name := strings.TrimPrefix(step, "@"); name != "text()" && !belongsToKey(name) {
			steps[i] = strings.TrimSuffix(step, name) + private(name).String()
		}
	}
	return above + keyElement + "/" + strings.Join(steps, "/")
}

func (l *leafLister) add(ref diag.Ref, kind LeafKind, path, value string) {
	if !ref.IsZero() {
		l.out = append(l.out, Leaf{Ref: ref, Kind: kind, Path: path, Value: value})
	}
}

func (l *leafLister) element(ref diag.Ref, path string) { l.add(ref, ElementLeaf, path, "") }

func (l *leafLister) attr(a Attr, path string) { l.add(a.Ref, AttributeLeaf, path, a.Value) }

func (l *leafLister) text(t Text, path string) {
	l.element(t.Ref, path)
	l.add(t.TextRef, TextLeaf, path+"/text()", t.Value)
}

func (l *leafLister) texts(in []Text, path string) {
	for _, t := range in {
		l.text(t, path)
	}
}

func (l *leafLister) spaces(in []AddressSpace, path string) {
	for _, s := range in {
		l.element(s.Ref, path)
		l.texts(s.Prefixes, path+"/AddressPrefix")
	}
}

// inConfiguration is the path of the element that holds everything.
const inConfiguration = rootName + "/VirtualNetworkConfiguration"

func (l *leafLister) file(f *File) {
	l.leaves(f.Structure)
	l.leaves(f.Unknown)
	for i := range f.DNSServers {
		const path = inConfiguration + "/Dns/DnsServers/DnsServer"
		d := &f.DNSServers[i]
		l.element(d.Ref, path)
		l.attr(d.Name, path+"/@name")
		l.attr(d.IPAddress, path+"/@IPAddress")
	}
	for i := range f.LocalNetworkSites {
		const path = inConfiguration + "/LocalNetworkSites/LocalNetworkSite"
		s := &f.LocalNetworkSites[i]
		l.element(s.Ref, path)
		l.attr(s.Name, path+"/@name")
		l.spaces(s.AddressSpaces, path+"/AddressSpace")
		l.text(s.VPNGatewayAddress, path+"/VPNGatewayAddress")
	}
	for i := range f.VirtualNetworkSites {
		l.vnet(&f.VirtualNetworkSites[i])
	}
}

func (l *leafLister) vnet(v *VirtualNetworkSite) {
	const path = inConfiguration + "/VirtualNetworkSites/VirtualNetworkSite"
	l.element(v.Ref, path)
	l.attr(v.Name, path+"/@name")
	l.attr(v.AffinityGroup, path+"/@AffinityGroup")
	l.attr(v.Location, path+"/@Location")
	l.text(v.Label, path+"/Label")
	l.spaces(v.AddressSpaces, path+"/AddressSpace")
	l.element(v.SubnetsRef, path+"/Subnets")
	for i := range v.Subnets {
		const path = path + "/Subnets/Subnet"
		s := &v.Subnets[i]
		l.element(s.Ref, path)
		l.attr(s.Name, path+"/@name")
		l.texts(s.Prefixes, path+"/AddressPrefix")
	}
	l.element(v.DNSServersRefRef, path+"/DnsServersRef")
	for _, r := range v.DNSServers {
		l.nameRef(&r, path+"/DnsServersRef/DnsServerRef")
	}
	if v.Gateway != nil {
		l.gateway(v.Gateway, path+"/Gateway")
	}
	if v.InternetGatewayNetwork != nil {
		l.nameRef(v.InternetGatewayNetwork, path+"/InternetGatewayNetwork")
	}
}

func (l *leafLister) nameRef(r *NameRef, path string) {
	l.element(r.Ref, path)
	l.attr(r.Name, path+"/@name")
}

func (l *leafLister) gateway(g *Gateway, path string) {
	l.element(g.Ref, path)
	l.attr(g.Profile, path+"/@profile")
	if pool := g.VPNClientAddressPool; pool != nil {
		l.spaces([]AddressSpace{*pool}, path+"/VPNClientAddressPool")
	}
	l.element(g.ConnectionsRef, path+"/ConnectionsToLocalNetwork")
	for i := range g.Connections {
		path := path + "/ConnectionsToLocalNetwork/LocalNetworkSiteRef"
		r := &g.Connections[i]
		l.element(r.Ref, path)
		l.attr(r.Name, path+"/@name")
		for _, c := range r.Connections {
			l.element(c.Ref, path+"/Connection")
			l.attr(c.Type, path+"/Connection/@type")
		}
	}
}

// node lists an element of a response with what it holds.
func (l *leafLister) node(above string, n *Node) {
	path := n.Name
	if above != "" {
		path = above + "/" + n.Name
	}
	l.element(n.Ref, path)
	l.add(n.TextRef, TextLeaf, path+"/text()", n.Text)
	for i := range n.Nodes {
		l.node(path, &n.Nodes[i])
	}
}
