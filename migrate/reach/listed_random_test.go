package reach_test

import (
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	resources "github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The regions of listed estates: each is a resource group, and two of them are subscriptions of their own.
var listedRegions = []string{"westeurope", "northeurope", "eastus"}

var listedSubscriptions = []string{"8f4a6c1e-52d3-4b0f-9a77-1c2e3d4f5a6b", "0b9d7e55-6a41-4c8e-8f13-2d3c4b5a6978"}

func listedSpot(region string) listing.Spot {
	at := slices.Index(listedRegions, region)
	return listing.Spot{Subscription: listedSubscriptions[at%2], Group: "rg-" + region}
}

// drawListed is a drawn estate as it would be listed. What no list of resources tells is taken from it:
// what is announced, what lies behind a circuit, prefixes of services, and doubts about a tunnel that are
// none of its state. What every listing tells is given to it.
func drawListed(t *rapid.T) *estate.Estate {
	w := drawEstate(t)
	listedNetworks(t, w)
	listedGateways(t, w)
	listedConnections(t, w)
	listedFilters(t, w)
	for i := range w.Groups {
		g := &w.Groups[i]
		g.ID.Child, g.ID.Name = g.ID.Name, "manager"
		if len(w.Managers) == 0 {
			w.Managers = append(w.Managers, estate.NetworkManager{ID: id(estate.TypeNetworkManager, "manager"), Scope: []string{"/subscriptions/" + listedSubscriptions[0]}, Region: estate.Region{Name: listedRegions[0], Raw: listedRegions[0]}})
		}
	}
	return listing.Place(&w.Estate, listedSpot)
}

func listedNetworks(t *rapid.T, w *world) {
	for i := range w.VNets {
		v := &w.VNets[i]
		region := pick(t, "region", listedRegions...)
		v.Model, v.Region, v.State = estate.ARM, estate.Region{Name: region, Raw: region}, told("Succeeded")
		v.GUID = told(listing.GUID("network", v.Name))
		v.Encryption = oneIn(t, 6, "encryption")
		if oneIn(t, 4, "name server") {
			v.DNS = []estate.DNSServerRef{{Name: "10.0.0.4", Address: netip.MustParseAddr("10.0.0.4")}}
		}
		for j := range v.Subnets {
			n := &v.Subnets[j]
			for k := range n.ServiceEndpoints {
				n.ServiceEndpoints[k].Prefixes = nil
			}
			if oneIn(t, 8, "delegation") {
				n.Delegations = []estate.Fact{told("Microsoft.Web/serverFarms")}
			}
			if oneIn(t, 8, "NAT gateway") {
				n.NATGateway = id(estate.TypeNATGateway, "nat-"+v.Name)
			}
		}
	}
	for i := range w.Peerings {
		w.Peerings[i].Sync = told(pick(t, "sync", "FullyInSync", "LocalNotInSync"))
	}
}

func told(word string) estate.Fact { return estate.Fact{Value: word, Raw: word} }

// listedGateways gives gateways what each has, and drops the appliances that nobody could tell from a
// machine: they do not forward, and no route names them.
func listedGateways(t *rapid.T, w *world) {
	for i := range w.Sites {
		if end := w.Sites[i].Endpoint; !end.IsZero() {
			w.gateway(end.Name) // a site has the address of a gateway, or none that means a network
		}
	}
	named := map[netip.Addr]bool{}
	for _, table := range w.RouteTables {
		for _, r := range table.Routes {
			named[r.Address.Addr] = true
		}
	}
	owners := map[netip.Addr]int{}
	for i := range w.Gateways {
		if g := &w.Gateways[i]; g.ID.Type == estate.TypeFirewall { // a twist made an appliance of one
			g.Kind, g.NoForwarding = estate.Firewall, false
		}
		for _, a := range w.Gateways[i].PrivateIPs {
			owners[a.Addr]++
		}
	}
	w.Gateways = slices.DeleteFunc(w.Gateways, func(g estate.Gateway) bool {
		return g.NoForwarding && !slices.ContainsFunc(g.PrivateIPs, func(a estate.Address) bool { return named[a.Addr] })
	})
	for i := range w.Gateways {
		g := &w.Gateways[i]
		g.Region = w.at(g.VNet.Name).Region
		if g.State.Value == estate.GatewayNotProvisioned { // an answer of the classic service
			g.State = estate.Fact{Value: estate.GatewayDeprovisioning, Raw: "Deleting"}
		} else if g.Kind != estate.Appliance {
			g.State = estate.Fact{Value: estate.GatewayProvisioned, Raw: "Succeeded"}
		}
		switch g.Kind {
		case estate.VPNGateway:
			g.SKU, g.ZoneRedundant, g.Generation, g.Routing = "VpnGw2AZ", true, told("Generation2"), told(estate.RoutingDynamic)
			g.PublicIP, g.Address = id(estate.TypePublicIP, g.ID.Name+"-ip"), estate.Address{Addr: netip.AddrFrom4([4]byte{40, 74, 1, byte(1 + i)})}
			if g.BGP == nil && oneIn(t, 4, "two instances") { // the writer knows one address for BGP
				g.ActiveActive, g.MoreAddresses = true, []estate.Address{{Addr: netip.AddrFrom4([4]byte{40, 74, 2, byte(1 + i)})}}
			}
			if len(g.ClientPools) > 0 {
				g.CustomRoutes = prefixes(pick(t, "custom routes", "", "52.0.0.0/30"))
				g.Certificates = []estate.Certificate{{Subject: told("root"), Data: told("MIIDdummydatafortests")}}
			}
			if g.BGP != nil {
				g.BGP.PeeringAddress, g.BGP.PeerWeight = told("10.255.0.30"), told("0")
			}
		case estate.ExpressRouteGateway:
			g.SKU, g.ZoneRedundant = "ErGw1AZ", true
			if g.RemoteVNets == estate.Unstated {
				g.RemoteVNets = estate.Off
			}
		case estate.Firewall:
			g.PublicIP = id(estate.TypePublicIP, g.ID.Name+"-ip")
			g.SKU, g.ActiveActive, g.ZoneRedundant, g.PrivateIPs = "Standard", true, true, g.PrivateIPs[:1]
		case estate.RouteServer:
			g.Subnet = "RouteServerSubnet"
			g.RoutePeers = slices.DeleteFunc(g.RoutePeers, func(p estate.RoutePeer) bool {
				at := slices.IndexFunc(w.Gateways, func(a estate.Gateway) bool { return a.ID == p.Appliance })
				return at < 0 || owners[w.Gateways[at].PrivateIPs[0].Addr] > 1 // the peer's address has to tell which it is
			})
			slices.SortStableFunc(g.RoutePeers, func(a, b estate.RoutePeer) int { return strings.Compare(a.Appliance.Name, b.Appliance.Name) })
			g.RoutePeers = slices.CompactFunc(g.RoutePeers, func(a, b estate.RoutePeer) bool { return a.Appliance == b.Appliance })
			for j := range g.RoutePeers {
				p := &g.RoutePeers[j]
				at := slices.IndexFunc(w.Gateways, func(a estate.Gateway) bool { return a.ID == p.Appliance })
				p.Name, p.Address, p.Learned, p.LearnedKnown = p.Appliance.Name, w.Gateways[at].PrivateIPs[0], nil, false
			}
		}
	}
}

// listedConnections keeps one connection of a kind between two gateways, pairs them by their ends, and
// says of each whether it is up.
func listedConnections(t *rapid.T, w *world) {
	type ends struct {
		from, to estate.ID
		kind     estate.ConnectionKind
	}
	toward := func(c *estate.Connection) estate.ID {
		if c.Kind == estate.Vnet2Vnet {
			return c.RemoteGateway
		}
		for i := range w.Sites {
			if s := &w.Sites[i]; s.ID == c.Site && !s.Endpoint.IsZero() {
				return w.gateway(s.Endpoint.Name).ID
			}
		}
		return estate.ID{}
	}
	seen := map[ends]*estate.Connection{}
	w.Connections = slices.DeleteFunc(w.Connections, func(c estate.Connection) bool {
		at := ends{c.Gateway, toward(&c), c.Kind}
		again := seen[at] != nil
		if !at.to.IsZero() {
			seen[at] = &c
		}
		return again || at.from == at.to
	})
	clear(seen)
	for i := range w.Connections {
		c := &w.Connections[i]
		if to := toward(c); !to.IsZero() {
			seen[ends{c.Gateway, to, c.Kind}] = c
		}
	}
	for i := range w.Connections {
		c := &w.Connections[i]
		c.Managed = told("Succeeded")
		c.State = told(estate.StateConnected)
		if c.Pairing.Suspect == "LINK-002" {
			c.State = told(estate.StateNotConnected)
		}
		if c.Kind == estate.ExpressRoute {
			c.Site, c.EnableBGP, c.Bypass = estate.ID{}, estate.Fact{}, oneIn(t, 4, "FastPath")
			continue
		}
		c.Protocol = told("IKEv2")
		if oneIn(t, 8, "policy-based") {
			c.PolicyBased, c.Selectors = true, []string{"10.0.0.0/27 -> 10.0.0.32/30"}
		}
		if oneIn(t, 6, "policy") {
			c.Policy = &estate.IPsecPolicy{Encryption: told("AES256"), Hash: told("SHA256"), PFS: told("PFS24"), LifetimeSeconds: told("27000"), Kilobytes: told("102400000")}
		}
	}
	for i := range w.Connections {
		c := &w.Connections[i]
		c.Pairing = estate.Pairing{}
		to := toward(c)
		partner := seen[ends{to, c.Gateway, c.Kind}]
		down, absent := c.State.Value != estate.StateConnected, w.absentGateway(c.Gateway)
		switch {
		case to.IsZero():
		case partner == nil:
			c.Pairing = estate.Pairing{Confidence: estate.OneSided, Toward: w.vnetOf(to)}
		default:
			c.Pairing = estate.Pairing{Confidence: estate.Certain, Partner: partner.ID}
			down, absent = down || partner.State.Value != estate.StateConnected, absent || w.absentGateway(to)
		}
		if absent {
			c.Pairing.Suspect = "GW-012"
		} else if down {
			c.Pairing.Suspect = "LINK-002"
		}
		if !c.Circuit.IsZero() && !slices.ContainsFunc(w.Circuits, func(x estate.Circuit) bool { return x.ID.Same(c.Circuit) }) {
			w.Circuits = append(w.Circuits, estate.Circuit{ID: c.Circuit})
		}
	}
	listedSites(w)
	placed := func(id estate.ID) estate.ID { // all circuits get one spot
		id.Subscription, id.Group = "", ""
		return id
	}
	for i := range w.Circuits {
		w.Circuits[i].ID = placed(w.Circuits[i].ID)
	}
	slices.SortFunc(w.Circuits, func(x, y estate.Circuit) int {
		return strings.Compare(x.ID.Key().String(), y.ID.Key().String())
	})
	w.Circuits = slices.CompactFunc(w.Circuits, func(x, y estate.Circuit) bool { return x.ID.Same(y.ID) })
	for i := range w.Connections { // a circuit of which there is an id alone is in no list
		c := &w.Connections[i]
		c.Circuit = placed(c.Circuit)
		if !slices.ContainsFunc(w.Circuits, func(x estate.Circuit) bool { return x.ID.Same(c.Circuit) }) {
			c.Circuit = estate.ID{}
		}
	}
	for i := range w.Circuits {
		x := &w.Circuits[i]
		x.Learned, x.LearnedKnown, x.SKU, x.Status = nil, false, told("Standard"), told("Enabled")
	}
}

func (w *world) absentGateway(at estate.ID) bool {
	return slices.ContainsFunc(w.Gateways, func(g estate.Gateway) bool { return g.ID == at && g.Absent() })
}

func (w *world) vnetOf(gateway estate.ID) estate.ID {
	return w.Gateways[slices.IndexFunc(w.Gateways, func(g estate.Gateway) bool { return g.ID == gateway })].VNet
}

// listedSites gives every site the address of its gateway or device.
func listedSites(w *world) {
	used := map[estate.ID]bool{}
	for _, c := range w.Connections {
		used[c.Site] = true
	}
	for _, g := range w.Gateways {
		used[g.DefaultSite] = true
	}
	w.Sites = slices.DeleteFunc(w.Sites, func(s estate.Site) bool { return !used[s.ID] })
	for i := range w.Sites {
		s := &w.Sites[i]
		s.Announced, s.AnnouncedKnown = nil, false
		if s.BGP != nil {
			s.BGP.PeerWeight = told("0")
		}
		if s.Endpoint.IsZero() {
			s.Address = estate.Address{Addr: netip.AddrFrom4([4]byte{81, 2, 69, byte(160 + slices.Index(networks, s.Network))})}
		} else {
			s.Address = w.gateway(s.Endpoint.Name).Address
		}
		s.Region = estate.Region{Name: listedRegions[0], Raw: listedRegions[0]}
	}
}

// listedFilters names routes, and binds security groups to some subnets.
func listedFilters(t *rapid.T, w *world) {
	for i := range w.RouteTables {
		table := &w.RouteTables[i]
		table.RoutesKnown, table.Region = true, estate.Region{Name: listedRegions[i%3], Raw: listedRegions[i%3]}
		for j := range table.Routes {
			table.Routes[j].Name = told(fmt.Sprintf("route%02d", j))
		}
	}
	if !oneIn(t, 3, "security groups") {
		return
	}
	group := estate.SecurityGroup{ID: id(estate.TypeNSG, "rules"), Name: "rules", Region: w.VNets[0].Region, RulesKnown: true}
	for i := range number(t, "rules", 0, 3) {
		group.Rules = append(group.Rules, estate.SecurityRule{Name: told(fmt.Sprint("rule", i)), Direction: told("Inbound"), Priority: told(fmt.Sprint(100 + i)),
			Access: told(pick(t, "access", "Allow", "Deny")), Protocol: told("Tcp"), Source: told(drawPrefix(t)), SourcePort: told("*"), Destination: told("*"), DestinationPort: told("443")})
	}
	w.SecurityGroups = append(w.SecurityGroups, group)
	for i := range w.VNets {
		for j := range w.VNets[i].Subnets {
			if oneIn(t, 2, "bound") {
				w.VNets[i].Subnets[j].SecurityGroup = group.ID
			}
		}
	}
}

// listings are the documents of an estate in one form, by subscription, each with the note that says
// what is listed.
func listings(t interface{ Fatal(...any) }, e *estate.Estate, o listing.Options) []estate.Source {
	var out []estate.Source
	for _, sub := range listedSubscriptions {
		o.Subscription = sub
		taken := listing.Taken{Format: "netmigrate.listing/v1", At: "2026-11-20T08:30:00Z", Types: listing.Types(),
			Subscription: listing.TakenSubscription{ID: sub, Tenant: "t", Home: "t", Cloud: "AzureCloud"}}
		s := estate.Source{Name: sub}
		for _, d := range append(listing.Documents(e, o), taken.Document()) {
			read, found := resources.Read(sub+"/"+d.Path, d.Text, resources.Bounds{})
			if read == nil || len(found) > 0 {
				t.Fatal(d.Path, found)
			}
			s.Resources = append(s.Resources, read)
		}
		out = append(out, s)
	}
	return out
}

// inAnyOrder puts documents, and the resources in each, into another order.
func inAnyOrder(dice *rand.Rand, sources []estate.Source) []estate.Source {
	out := slices.Clone(sources)
	for i := range out {
		out[i].Resources = slices.Clone(out[i].Resources)
		for j, d := range out[i].Resources {
			other := *d
			other.Name = fmt.Sprintf("%02d/%s", dice.Intn(100), d.Name)
			other.Items = slices.Clone(d.Items)
			shuffle(dice, other.Items)
			out[i].Resources[j] = &other
		}
		shuffle(dice, out[i].Resources)
	}
	shuffle(dice, out)
	return out
}

// asRead are estates that say the same, wherever it stood and however it was spelt.
var asRead = cmp.Options{
	cmpopts.IgnoreTypes([]diag.Ref(nil)), cmpopts.IgnoreFields(estate.Estate{}, "Docs"),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b netcfg.Secret) bool { return a.Equal(b) || !a.Known() && !b.Known() }),
}

// called gives the networks of an estate that was read the names that they have in another: a listing
// names a network after the first of its sites.
func called(t interface{ Fatalf(string, ...any) }, read, as *estate.Estate) *estate.Estate {
	out := *read
	out.Sites = slices.Clone(read.Sites)
	x := estate.NewIndex(as)
	names := map[string]string{}
	for i := range out.Sites {
		s := &out.Sites[i]
		was := x.Site(s.ID)
		if was == nil || s.Network == "" {
			continue
		}
		if names[s.Network] == "" {
			names[s.Network] = was.Network
		}
		if names[s.Network] != was.Network {
			t.Fatalf("%s and %s became one network", was.Network, names[s.Network])
		}
		s.Network = was.Network
	}
	return &out
}

// TestListedEstates lists drawn estates and reads them: nothing that a listing can say is lost, packets
// go where they went, and neither the form nor any order makes a difference.
func TestListedEstates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawListed(t)
		first, found := estate.FromARM(nil, listings(t, e, listing.Options{Form: listing.CLI})...)
		for _, f := range found {
			if f.Rule != "LST-005" && f.Rule != "LST-012" && f.Rule != "LST-010" {
				t.Fatalf("unexpected finding: %v", f)
			}
		}
		for _, d := range estate.Differences(e, first, nil) {
			if listed(&d) {
				t.Fatalf("%s %s %s %s %s: %v, was %v", d.Presence, d.Object(), d.Part, d.PartName, d.Property, d.New, d.Old)
			}
		}
		if diff := cmp.Diff(everything(e), everything(called(t, first, e))); diff != "" {
			t.Fatalf("relation (-estate +listed):\n%s", diff)
		}
		dice := drawDice(t)
		for _, o := range []listing.Options{{Form: listing.OldCLI}, {Form: listing.REST, Page: 1 + dice.Intn(3)}, {Form: listing.Graph, Tenant: "t"}, {Form: listing.CLI}} {
			again, _ := estate.FromARM(nil, inAnyOrder(dice, listings(t, e, o))...)
			if diff := cmp.Diff(first, again, asRead); diff != "" {
				t.Fatalf("form %d (-CLI in order +this one shuffled):\n%s", o.Form, diff)
			}
		}
		// What was read can be listed, and is then read as the same.
		again, _ := estate.FromARM(nil, listings(t, first, listing.Options{Form: listing.REST})...)
		if diff := cmp.Diff(first, again, asRead); diff != "" {
			t.Fatalf("listed again (-first +again):\n%s", diff)
		}
	})
}

// listed reports whether a listing could have said what differs.
func listed(d *estate.Difference) bool {
	// A half that took over what its remote has is read as one that says nothing of it.
	return d.Property != "remote addressSpace" || d.Presence != estate.Untold
}
