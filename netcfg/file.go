package netcfg

import "github.com/netmigrate/netmigrate/netcfg/diag"

// File is one NetworkConfiguration document as written: every value keeps its text and its Ref.
// Nothing is resolved, trimmed of meaning or corrected. Slices are in document order. What a JSON
// document leaves out of the markup (the AddressSpace around a single prefix) has a Ref that is zero
// but for its place.
type File struct {
	Name  string // as given to Parse; it appears in positions only
	Place Place  // as its URL, or a path that repeats the URL, says; mostly zero

	// Leaves is how many leaves (elements, attributes, texts that are not white space) it has. Refs
	// run from 1 to Leaves, or follow those of what it stands in ([Document]).
	Leaves int

	// Structure holds the leaves that carry no value of their own: the root, namespace
	// declarations, the containers above the lists below, and containers that stand again where
	// they may stand once (their contents are in the lists all the same).
	Structure []Leaf

	DNSServers          []DNSServer
	LocalNetworkSites   []LocalNetworkSite
	VirtualNetworkSites []VirtualNetworkSite

	// Remarks counts the comments, processing instructions and texts behind the root. They mean
	// nothing and are no leaves, but a person wrote them and Format leaves them out. FirstRemark is
	// the place of the first.
	Remarks     int
	FirstRemark diag.Pos

	// Unknown holds what the schema does not know, leaf by leaf, in document order.
	Unknown []Leaf
}

// LeafKind tells an element from an attribute from a text.
type LeafKind uint8

// The kinds of leaf.
const (
	ElementLeaf LeafKind = iota + 1
	AttributeLeaf
	TextLeaf
)

// Leaf is a leaf without a place of its own in the model. Path is the element names from the
// root, separated by slashes ("NetworkConfiguration/VirtualNetworkConfiguration/Dns"); an attribute
// adds "/@name", a text "/text()".
type Leaf struct {
	Ref   diag.Ref
	Kind  LeafKind
	Path  string
	Value string // of an attribute or a text
}

// Attr is an attribute. An absent one has the zero Ref. In a JSON document it has that of its value.
type Attr struct {
	Ref   diag.Ref
	Value string
}

// Present reports whether the attribute was written, even if empty.
func (a Attr) Present() bool { return !a.Ref.IsZero() }

// Text is an element that holds text. An absent element has the zero Ref; an empty one has the
// zero TextRef, and so has one of a JSON document, where the value is one leaf.
type Text struct {
	Ref     diag.Ref // the element, or the JSON value
	TextRef diag.Ref // its text; the position is that of the first byte that is not white space
	Value   string   // without leading and trailing white space
}

// Present reports whether the element was written, even if empty.
func (t Text) Present() bool { return !t.Ref.IsZero() }

// At is the leaf that holds the value: the text, or the element where it is empty and in JSON, where
// the two are one.
func (t Text) At() diag.Ref {
	if t.TextRef.IsZero() {
		return t.Ref
	}
	return t.TextRef
}

// AddressSpace is a list of prefixes: AddressSpace or VPNClientAddressPool.
type AddressSpace struct {
	Ref      diag.Ref
	Prefixes []Text // AddressPrefix
}

// DNSServer is a DnsServer.
type DNSServer struct {
	Ref             diag.Ref
	Name, IPAddress Attr
}

// LocalNetworkSite is a LocalNetworkSite: a next hop and the prefixes behind it.
type LocalNetworkSite struct {
	Ref               diag.Ref
	Name              Attr
	AddressSpaces     []AddressSpace // one; a second one was seen from a faulty client
	VPNGatewayAddress Text
}

// VirtualNetworkSite is a VirtualNetworkSite.
type VirtualNetworkSite struct {
	Ref                           diag.Ref
	Name, AffinityGroup, Location Attr
	Label                         Text           // 2012 only
	AddressSpaces                 []AddressSpace // one; see LocalNetworkSite
	SubnetsRef                    diag.Ref       // the Subnets element
	Subnets                       []Subnet
	DNSServersRefRef              diag.Ref // the DnsServersRef element
	DNSServers                    []NameRef
	Gateway                       *Gateway
	InternetGatewayNetwork        *NameRef
}

// Subnet is a Subnet. Prefixes has one entry in every valid document.
type Subnet struct {
	Ref      diag.Ref
	Name     Attr
	Prefixes []Text
}

// NameRef is an element whose name attribute refers to another: DnsServerRef,
// InternetGatewayNetwork.
type NameRef struct {
	Ref  diag.Ref
	Name Attr
}

// Gateway is a Gateway.
type Gateway struct {
	Ref                  diag.Ref
	Profile              Attr
	VPNClientAddressPool *AddressSpace
	ConnectionsRef       diag.Ref // the ConnectionsToLocalNetwork element
	Connections          []LocalNetworkSiteRef
}

// LocalNetworkSiteRef is a LocalNetworkSiteRef with its Connection elements; none means IPsec.
type LocalNetworkSiteRef struct {
	Ref         diag.Ref
	Name        Attr
	Connections []Connection
}

// Connection is a Connection: IPsec or Dedicated.
type Connection struct {
	Ref  diag.Ref
	Type Attr
}
