package estate

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// ID names one object. Parts are compared case-folded, but for the type: use Key or Same. In a classic estate Group
// is empty and Subscription is the name of the document that described it.
type ID struct{ Cloud, Tenant, Subscription, Group, Type, Name, Child string }

// The types an ID may have: the ARM type names without their provider.
const (
	TypeVNet       = "virtualNetworks"
	TypeSubnet     = "virtualNetworks/subnets"
	TypePeering    = "virtualNetworks/virtualNetworkPeerings"
	TypeSite       = "localNetworkGateways"
	TypeGateway    = "virtualNetworkGateways"
	TypeConnection = "connections"
	TypePublicIP   = "publicIPAddresses"
	TypeCircuit    = "expressRouteCircuits"
	TypeNSG        = "networkSecurityGroups"
	TypeRouteTable = "routeTables"

	TypeFirewall     = "azureFirewalls"
	TypeInterface    = "networkInterfaces" // of an appliance
	TypeLoadBalancer = "loadBalancers"     // in front of appliances
	TypeRouteServer  = "virtualHubs"
	TypeNetworkGroup = "networkManagers/networkGroups"
	TypeNATGateway   = "natGateways"

	TypeNetworkManager = "networkManagers"

	TypeDNSServer = "dnsServers" // classic only
)

// Key is an ID folded for comparison: equal Keys are equal objects. It is a map key.
type Key struct{ scope, typ, name, child string }

// Key folds the ID. Names that are lower case already are not copied.
func (id ID) Key() Key {
	scope := id.Subscription
	if id.Cloud != "" || id.Tenant != "" || id.Group != "" {
		scope = strings.Join([]string{id.Cloud, id.Tenant, id.Subscription, id.Group}, "\x00")
	}
	return Key{strings.ToLower(scope), id.Type, strings.ToLower(id.Name), strings.ToLower(id.Child)}
}

// String is the key as text: keys order as their texts do.
func (k Key) String() string {
	return k.scope + "\x00" + k.typ + "\x00" + k.name + "\x00" + k.child
}

// Same reports whether two IDs name the same object.
func (id ID) Same(other ID) bool {
	return id.Type == other.Type && strings.EqualFold(id.Name, other.Name) &&
		strings.EqualFold(id.Child, other.Child) && strings.EqualFold(id.Subscription, other.Subscription) &&
		strings.EqualFold(id.Group, other.Group) && strings.EqualFold(id.Tenant, other.Tenant) && strings.EqualFold(id.Cloud, other.Cloud)
}

// Compare orders IDs by subscription, type and name, whatever the letter case; it is 0 for the same object.
func (id ID) Compare(other ID) int {
	if c := compareFold(id.Cloud, other.Cloud); c != 0 {
		return c
	}
	if c := compareFold(id.Tenant, other.Tenant); c != 0 {
		return c
	}
	if c := compareFold(id.Subscription, other.Subscription); c != 0 {
		return c
	}
	if c := strings.Compare(id.Type, other.Type); c != 0 {
		return c
	}
	if c := compareFold(id.Name, other.Name); c != 0 {
		return c
	}
	if c := compareFold(id.Child, other.Child); c != 0 {
		return c
	}
	return compareFold(id.Group, other.Group)
}

// compareID is Compare for objects that differ in letter case alone, too.
func compareID(x, y ID) int {
	return cmp.Or(x.Compare(y), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Child, y.Child))
}

// compareFold compares without regard to letter case. Names mostly are ASCII, and then nothing is copied.
func compareFold(x, y string) int {
	if x == y {
		return 0
	}
	for i := range min(len(x), len(y)) {
		a, b := x[i], y[i]
		if a >= utf8.RuneSelf || b >= utf8.RuneSelf {
			return cmp.Compare(strings.ToLower(x), strings.ToLower(y))
		}
		if a, b = lower(a), lower(b); a != b {
			return cmp.Compare(a, b)
		}
	}
	return cmp.Compare(len(x), len(y))
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// sibling is the ID of an object of another type and name in the same place.
func (id ID) sibling(typ, name string) ID {
	id.Type, id.Name, id.Child = typ, name, ""
	return id
}

// Path names an object apart from others of its name, as a person writes it, with what stands before the name.
func (id ID) Path() (path, before string) {
	if id.Group == "" {
		return id.Subscription + "/" + id.Name, "subscription"
	}
	return id.Subscription + "/" + id.Group + "/" + id.Name, "subscription and resource group"
}

// IsZero reports whether the ID names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String is the ID for people: "virtualNetworks/hub".
func (id ID) String() string {
	s := id.Type + "/" + id.Name
	if id.Child != "" {
		s += "/" + id.Child
	}
	return s
}
