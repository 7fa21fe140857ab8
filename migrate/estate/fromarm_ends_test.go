package estate_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func listedID(typ, name string) estate.ID {
	return estate.ID{Subscription: "8f4a6c1e-52d3-4b0f-9a77-1c2e3d4f5a6b", Group: "rg", Type: typ, Name: name}
}

// twoListed is an estate of two VNets, each with a gateway of its own address, and nothing between them.
func twoListed() *estate.Estate {
	region := estate.Region{Name: "westeurope", Raw: "westeurope"}
	e := &estate.Estate{}
	for i, name := range []string{"a", "b"} {
		space := prefixOf([]string{"10.1.0.0/16", "10.2.0.0/16"}[i])
		subnet := prefixOf([]string{"10.1.0.0/24", "10.2.0.0/24"}[i])
		e.VNets = append(e.VNets, estate.VNet{ID: listedID(estate.TypeVNet, name), Name: name, Model: estate.ARM, Region: region, Space: []estate.Prefix{space},
			Subnets: []estate.Subnet{{Name: "apps", Prefix: subnet}}})
		e.Gateways = append(e.Gateways, estate.Gateway{ID: listedID(estate.TypeGateway, name+"-gw"), VNet: e.VNets[i].ID, SKU: "VpnGw1AZ", Region: region,
			PublicIP: listedID(estate.TypePublicIP, name+"-ip"), Address: estate.Address{Addr: netip.AddrFrom4([4]byte{40, 74, 1, byte(1 + i)})}})
	}
	return e
}

func prefixOf(text string) estate.Prefix {
	return estate.Prefix{Prefix: netip.MustParsePrefix(text), Raw: text}
}

// connectListed adds a half from the one gateway to the other.
func connectListed(e *estate.Estate, name string, kind estate.ConnectionKind, from, to int) {
	c := estate.Connection{ID: listedID(estate.TypeConnection, name), Kind: kind, Gateway: e.Gateways[from].ID, State: estate.Fact{Value: "Connected", Raw: "Connected"}}
	if kind == estate.Vnet2Vnet {
		c.RemoteGateway = e.Gateways[to].ID
	} else {
		c.Site = listedID(estate.TypeSite, "site-"+name)
		e.Sites = append(e.Sites, estate.Site{ID: c.Site, Name: c.Site.Name, Prefixes: e.VNets[to].Space, AddressOf: e.Gateways[to].ID})
	}
	e.Connections = append(e.Connections, c)
}

// asListed reads what lists of an estate say, less the resources of some names.
func asListed(t *testing.T, e *estate.Estate, less ...string) (*estate.Estate, diag.List) {
	t.Helper()
	s := estate.Source{Name: "listing"}
	for _, d := range listing.Documents(e, listing.Options{}) {
		read, found := arm.Read(d.Path, d.Text, arm.Bounds{})
		if read == nil {
			t.Fatal(found)
		}
		read.Items = slices.DeleteFunc(read.Items, func(it arm.Item) bool { return slices.Contains(less, it.Name()) })
		s.Resources = append(s.Resources, read)
	}
	return estate.FromARM(nil, s)
}

// TestDeletingGatewayHasItsAddress: what leads to a gateway that is being deleted leads to no device
// outside.
func TestDeletingGatewayHasItsAddress(t *testing.T) {
	e := twoListed()
	connectListed(e, "ab", estate.IPsec, 0, 1)
	connectListed(e, "ba", estate.IPsec, 1, 0)
	e.Gateways[1].State = estate.Fact{Value: estate.GatewayDeprovisioning, Raw: "Deleting"}
	got, _ := asListed(t, e)
	for i := range got.Connections {
		c := &got.Connections[i]
		if c.Pairing.Confidence != estate.Certain || !c.Pairing.NoGateway() {
			t.Errorf("%s: %+v, want the other half, and no gateway there", c.ID.Name, c.Pairing)
		}
	}
	if s := estate.NewIndex(got).Site(listedID(estate.TypeSite, "site-ab")); s.Network != "" || s.Endpoint.Name != "b" {
		t.Errorf("the site of the deleting gateway is network %q at %q", s.Network, s.Endpoint.Name)
	}
}

// TestTunnelsHaveKeysOfTheirOwn: the halves of a tunnel share a parameter for their key, and no two tunnels
// do, not even those of one name in two groups.
func TestTunnelsHaveKeysOfTheirOwn(t *testing.T) {
	e := twoListed()
	connectListed(e, "ab", estate.IPsec, 0, 1)
	connectListed(e, "ba", estate.IPsec, 1, 0)
	connectListed(e, "v", estate.Vnet2Vnet, 0, 1)
	connectListed(e, "V", estate.Vnet2Vnet, 1, 0)
	connectListed(e, "ab", estate.Vnet2Vnet, 0, 1)
	e.Connections[3].ID.Group, e.Connections[4].ID.Group = "other", "other"
	got, _ := asListed(t, e)
	names := map[string][]string{}
	for _, c := range got.Connections {
		names[c.KeyName] = append(names[c.KeyName], c.ID.Group+"/"+c.ID.Name)
	}
	if len(names) != 3 || len(names[""]) > 0 {
		t.Errorf("parameters for keys: %v, want three", names)
	}
}

// TestHalvesOfOneKindJoin: between two gateways an IPsec half without another one does not stand between
// two Vnet2Vnet halves.
func TestHalvesOfOneKindJoin(t *testing.T) {
	e := twoListed()
	connectListed(e, "a1", estate.IPsec, 0, 1)
	connectListed(e, "a2", estate.Vnet2Vnet, 0, 1)
	connectListed(e, "b1", estate.Vnet2Vnet, 1, 0)
	got, _ := asListed(t, e)
	want := map[string]estate.Confidence{"a1": estate.OneSided, "a2": estate.Certain, "b1": estate.Certain}
	for i := range got.Connections {
		if c := &got.Connections[i]; c.Pairing.Confidence != want[c.ID.Name] {
			t.Errorf("%s is %s, want %s", c.ID.Name, c.Pairing.Confidence, want[c.ID.Name])
		}
	}
}

// TestPartialPeeringTakesOverSubnets: what a half that is limited to subnets has taken over is compared
// with these, not with the address space.
func TestPartialPeeringTakesOverSubnets(t *testing.T) {
	e := twoListed()
	for i, child := range []string{"to-b", "to-a"} {
		id := listedID(estate.TypePeering, e.VNets[i].Name)
		id.Child = child
		e.Peerings = append(e.Peerings, estate.Peering{ID: id, VNet: e.VNets[i].ID, Remote: e.VNets[1-i].ID, AllowVirtualNetworkAccess: true,
			Partial: true, LocalSubnets: []string{"apps"}, RemoteSubnets: []string{"Apps"}})
	}
	e.Peerings[1].RemoteSpace = []estate.Prefix{prefixOf("10.1.9.0/24")}
	got, _ := asListed(t, e)
	if p := got.Peerings[0]; p.RemoteSpace != nil {
		t.Errorf("the half of a has %v, and what it was given is what is there", p.RemoteSpace)
	}
	if p := got.Peerings[1]; len(p.RemoteSpace) != 1 || p.RemoteSpace[0].Prefix != netip.MustParsePrefix("10.1.9.0/24") {
		t.Errorf("the half of b has %v, want what it took over", p.RemoteSpace)
	}
}

// TestContradictionsTellNoSecret: two documents have different keys of one connection.
func TestContradictionsTellNoSecret(t *testing.T) {
	document := func(name, rest string) *arm.Document {
		d, found := arm.Read(name, []byte(`[{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/connections/c", "properties": {`+rest+`}}]`), arm.Bounds{})
		if d == nil {
			t.Fatal(found)
		}
		return d
	}
	for _, tt := range []struct{ one, other, want string }{
		{`"sharedKey": "K3yOne"`, `"sharedKey": "K3yTwo"`, "sharedKey is another here"},
		{`"sharedKey": {"value": "K3yOne"}`, `"sharedKey": {"value": "K3yTwo"}`, "sharedKey.value is another here"},
		{`"authorizationKey": "K3yOne"`, `"AuthorizationKey": 7`, "authorizationKey is another here"},
		{`"radius": [{"radiusServerSecret": "K3yOne"}]`, `"radius": [{"radiusServerSecret": "K3yTwo"}]`, "radius[0].radiusServerSecret is another here"},
		{`"routingWeight": 10`, `"routingWeight": 20`, "routingWeight is 20 here"},
	} {
		_, found := estate.FromARM(nil, estate.Source{Name: "listing", Resources: []*arm.Document{document("a.json", tt.one), document("b.json", tt.other)}})
		all := fmt.Sprint(found)
		if strings.Contains(all, "K3y") || !strings.Contains(all, tt.want) {
			t.Errorf("%s and %s: %s, want %s and no key", tt.one, tt.other, all, tt.want)
		}
	}
}

// TestUnlistedAddressLeavesThePrefixes: no input lists the public address of one gateway, or of both; the
// prefixes tell what the address would, and they tell it to both halves.
func TestUnlistedAddressLeavesThePrefixes(t *testing.T) {
	for _, unlisted := range [][]int{{1}, {0}, {0, 1}} {
		e := twoListed()
		connectListed(e, "ab", estate.IPsec, 0, 1)
		connectListed(e, "ba", estate.IPsec, 1, 0)
		var less []string
		for _, i := range unlisted {
			e.Gateways[i].SKU = "Basic" // which has no bgpSettings with the address
			less = append(less, e.Gateways[i].PublicIP.Name)
		}
		got, _ := asListed(t, e, less...)
		for i := range got.Connections {
			c, other := &got.Connections[i], &got.Connections[1-i]
			if c.Pairing.Confidence < estate.Likely || !c.Pairing.Partner.Same(other.ID) {
				t.Errorf("without %v: %s is %s with %q, want the other half: %v", less, c.ID.Name, c.Pairing.Confidence, c.Pairing.Partner.Name, c.Pairing.Evidence)
			}
		}
	}
}
