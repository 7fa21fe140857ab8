package reach

import (
	"reflect"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// change is what became of one object: before or after is nil where it does not exist.
type change[T any] struct{ before, after *T }

// changes are the objects of two estates that differ in something reach asks.
type changes struct {
	sites       []change[estate.Site]
	gateways    []change[estate.Gateway]
	connections []change[estate.Connection]
	peerings    []change[estate.Peering]
}

// changesOf compares two estates. It is false where they differ in VNets, groups, route tables or circuits, or in
// very many objects: an overlay follows no such change. Which of the others it does not follow, patched finds;
// docs/decisions/0017 lists them all. Slices that the estates share cost nothing.
func changesOf(a, b *estate.Estate) (*changes, bool) {
	if !alikeAll(a.VNets, b.VNets) || !alikeAll(a.Groups, b.Groups) || !alikeAll(a.RouteTables, b.RouteTables) || !alikeAll(a.Circuits, b.Circuits) {
		return nil, false
	}
	var c changes
	most := max(maxChanged, (len(a.Connections)+len(a.Peerings))/8)
	ok := changed(&c.sites, a.Sites, b.Sites, most, sameSite) && changed(&c.gateways, a.Gateways, b.Gateways, most, sameGateway) &&
		changed(&c.connections, a.Connections, b.Connections, most, sameConnection) && changed(&c.peerings, a.Peerings, b.Peerings, most, samePeering)
	return &c, ok
}

// maxChanged is how many objects of a kind may differ, however small the estate is.
const maxChanged = 64

// shared reports whether two slices are one.
func shared[T any](a, b []T) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

func alikeAll[T any](a, b []T) bool {
	return shared(a, b) || len(a) == len(b) && slices.EqualFunc(a, b, func(x, y T) bool { return reflect.DeepEqual(x, y) })
}

// changed lists the objects of two lists that differ. The lists are mostly in one order: what was
// taken out of the first is missing in the second, and what is new stands at its end. Any other order is
// no mistake; it only makes more of the objects gone and new again.
func changed[T identified](out *[]change[T], a, b []T, most int, same func(a, b *T) bool) bool {
	if shared(a, b) {
		return true
	}
	j := 0
	for i := range a {
		if j < len(b) && *idOf(&a[i]) == *idOf(&b[j]) {
			if !same(&a[i], &b[j]) {
				*out = append(*out, change[T]{&a[i], &b[j]})
			}
			j++
		} else {
			*out = append(*out, change[T]{before: &a[i]})
		}
		if len(*out) > most {
			return false
		}
	}
	for ; j < len(b); j++ {
		*out = append(*out, change[T]{after: &b[j]})
	}
	return len(*out) <= most
}

// identified is what an overlay follows changes of.
type identified interface {
	estate.Site | estate.Gateway | estate.Connection | estate.Peering
}

func idOf[T identified](x *T) *estate.ID {
	switch x := any(x).(type) {
	case *estate.Site:
		return &x.ID
	case *estate.Gateway:
		return &x.ID
	case *estate.Connection:
		return &x.ID
	case *estate.Peering:
		return &x.ID
	}
	return nil
}

// The functions below compare all that reach asks of two objects with one ID, and nothing else: the key of a
// tunnel changes no route.

func sameSite(a, b *estate.Site) bool {
	return a.Name == b.Name && a.Network == b.Network && a.Endpoint == b.Endpoint && a.AddressOf == b.AddressOf &&
		a.AnnouncedKnown == b.AnnouncedKnown && samePrefixes(a.Prefixes, b.Prefixes) && samePrefixes(a.Announced, b.Announced) && sameASN(a.BGP, b.BGP)
}

func sameGateway(a, b *estate.Gateway) bool {
	return a.VNet == b.VNet && a.Kind == b.Kind && a.SKU == b.SKU && a.Size.Value == b.Size.Value && a.State.Value == b.State.Value &&
		a.ActiveActive == b.ActiveActive && a.ZoneRedundant == b.ZoneRedundant && a.RemoteVNets == b.RemoteVNets &&
		a.DefaultSite == b.DefaultSite && a.Subnet == b.Subnet && a.NoForwarding == b.NoForwarding && a.BranchToBranch == b.BranchToBranch &&
		samePrefixes(a.ClientPools, b.ClientPools) && sameASN(a.BGP, b.BGP) &&
		slices.EqualFunc(a.PrivateIPs, b.PrivateIPs, func(x, y estate.Address) bool { return x.Addr == y.Addr }) &&
		alikeAll(a.RoutePeers, b.RoutePeers)
}

func sameConnection(a, b *estate.Connection) bool {
	p, q := &a.Pairing, &b.Pairing
	return a.Gateway == b.Gateway && a.Kind == b.Kind && a.Site == b.Site && a.RemoteGateway == b.RemoteGateway && a.Circuit == b.Circuit &&
		a.EnableBGP.Known() == b.EnableBGP.Known() && p.Confidence == q.Confidence && p.Partner == q.Partner && p.Suspect == q.Suspect &&
		slices.Equal(p.Candidates, q.Candidates) && (shared(p.Evidence, q.Evidence) || p.Has(estate.DeclaredDown) == q.Has(estate.DeclaredDown))
}

func samePeering(a, b *estate.Peering) bool {
	return a.VNet == b.VNet && a.Remote == b.Remote && a.State == b.State && a.AllowVirtualNetworkAccess == b.AllowVirtualNetworkAccess &&
		a.AllowForwardedTraffic == b.AllowForwardedTraffic && a.AllowGatewayTransit == b.AllowGatewayTransit &&
		a.UseRemoteGateways == b.UseRemoteGateways && a.Partial == b.Partial && (a.RemoteSpace == nil) == (b.RemoteSpace == nil) &&
		samePrefixes(a.RemoteSpace, b.RemoteSpace) && slices.Equal(a.LocalSubnets, b.LocalSubnets) && slices.Equal(a.RemoteSubnets, b.RemoteSubnets)
}

func samePrefixes(a, b []estate.Prefix) bool {
	return shared(a, b) || slices.EqualFunc(a, b, func(x, y estate.Prefix) bool { return x.Prefix == y.Prefix })
}

func sameASN(a, b *estate.BGP) bool {
	return a == b || a != nil && b != nil && a.ASN.Value == b.ASN.Value
}
