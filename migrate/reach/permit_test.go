package reach_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// securityRule reads "Inbound 100 Allow Tcp SOURCE PORTS DESTINATION PORTS"; the name is the direction
// and the priority.
func securityRule(text string) estate.SecurityRule {
	f := strings.Fields(text)
	fact := func(i int) estate.Fact { return estate.Fact{Value: f[i], Raw: f[i]} }
	return estate.SecurityRule{
		Name: estate.Fact{Value: f[0] + f[1]}, Direction: fact(0), Priority: fact(1), Access: fact(2), Protocol: fact(3),
		Source: fact(4), SourcePort: fact(5), Destination: fact(6), DestinationPort: fact(7),
	}
}

// secure binds a group of rules to subnets ("A/s1").
func (w *world) secure(name, subnets string, rules ...string) *estate.SecurityGroup {
	g := estate.SecurityGroup{ID: id(estate.TypeNSG, name), Name: name, RulesKnown: true}
	for _, text := range rules {
		g.Rules = append(g.Rules, securityRule(text))
	}
	w.SecurityGroups = append(w.SecurityGroups, g)
	for _, s := range strings.Fields(subnets) {
		vnet, subnet, _ := strings.Cut(s, "/")
		for i := range w.at(vnet).Subnets {
			if s := &w.at(vnet).Subnets[i]; s.Name == subnet {
				s.SecurityGroup = g.ID
			}
		}
	}
	return &w.SecurityGroups[len(w.SecurityGroups)-1]
}

// guarded is a hub H with a site HQ and clients, a spoke A that uses its gateway, a peer B of H that does
// not, and C beside A in a connected group. Z is alone.
func guarded() *world {
	w := &world{}
	for i, name := range []string{"H", "A", "B", "C", "Z"} {
		w.vnet(estate.ARM, name, fmt.Sprintf("10.%d.0.0/16", i))
		w.subnet(name, "s1", fmt.Sprintf("10.%d.1.0/24", i))
		w.subnet(name, "s2", fmt.Sprintf("10.%d.2.0/24", i))
	}
	w.onPrem("H", "192.168.0.0/16", "HQ")
	w.clients("H", "172.16.0.0/24")
	w.peer("H", "A", "A")
	w.peer("H", "B", "")
	w.group("g", "", "A", "C")
	return w
}

func ask(w *world, from, to point) reach.Permission {
	return reach.Permit(&w.Estate, endpoint(from), endpoint(to))
}

// TestPermitRules asks single rules at subnet s1 of A.
func TestPermitRules(t *testing.T) {
	a, a2, h, b, z := in("A", "10.1.1.4"), in("A", "10.1.2.4"), in("H", "10.0.1.4"), in("B", "10.2.1.4"), in("Z", "10.4.1.4")
	hq, dialled, site := outside("HQ", "192.168.3.4"), pool("H", "172.16.0.4"), web("52.1.2.3")
	tests := []struct {
		name     string
		rules    []string
		from, to point
		value    reach.PermitValue
		ports    string
		doubt    string
	}{
		{"no rule but the defaults, in the tag", nil, h, a, reach.PermitAll, "any", ""},
		{"inside a subnet", nil, a, in("A", "10.1.1.5"), reach.PermitAll, "any", ""},
		{"from another subnet of the VNet", nil, a2, a, reach.PermitAll, "any", ""},
		{"from a peer's peer", nil, b, a, reach.PermitNone, "none", ""},
		{"to a peer's peer", nil, a, b, reach.PermitNone, "none", ""},
		{"from a stranger", nil, z, a, reach.PermitNone, "none", ""},
		{"from a member of the same group", nil, in("C", "10.3.1.4"), a, reach.PermitAll, "any", ""},
		{"from on-premises by the hub's gateway", nil, hq, a, reach.PermitAll, "any", ""},
		{"to on-premises by the hub's gateway", nil, a, hq, reach.PermitAll, "any", ""},
		{"from beside the site's prefix", nil, outside("HQ", "192.169.0.1"), a, reach.PermitNone, "none", ""},
		{"from clients of the hub", nil, dialled, a, reach.PermitAll, "any", ""},
		{"to the Internet", nil, a, site, reach.PermitAll, "any", ""},
		{"from the Internet", nil, site, a, reach.PermitNone, "none", ""},
		{"to a private address of the Internet", nil, a, web("10.9.0.1"), reach.PermitNone, "none", ""},
		{"from the host", nil, web("168.63.129.16"), a, reach.PermitAll, "any", ""},
		{"from beside the host", nil, web("168.63.129.17"), a, reach.PermitNone, "none", ""},

		{"an address", []string{"Inbound 100 Deny * 10.0.1.4 * * *"}, h, a, reach.PermitNone, "none", ""},
		{"the address beside it", []string{"Inbound 100 Deny * 10.0.1.5 * * *"}, h, a, reach.PermitAll, "any", ""},
		{"a prefix", []string{"Inbound 100 Deny * 10.0.1.0/29 * * *"}, h, a, reach.PermitNone, "none", ""},
		{"a prefix with host bits", []string{"Inbound 100 Deny * 10.0.1.7/29 * * *"}, h, a, reach.PermitNone, "none", ""},
		{"the prefix beside it", []string{"Inbound 100 Deny * 10.0.1.8/29 * * *"}, h, a, reach.PermitAll, "any", ""},
		{"a range of addresses", []string{"Inbound 100 Deny * 10.0.1.2-10.0.1.4 * * *"}, h, a, reach.PermitNone, "none", ""},
		{"the range beside it", []string{"Inbound 100 Deny * 10.0.1.5-10.0.1.9 * * *"}, h, a, reach.PermitAll, "any", ""},
		{"a list of addresses", []string{"Inbound 100 Deny * 10.9.0.0/16,10.0.1.4 * * *"}, h, a, reach.PermitNone, "none", ""},
		{"the destination", []string{"Inbound 100 Deny * * * 10.1.1.4 *"}, h, a, reach.PermitNone, "none", ""},
		{"another destination", []string{"Inbound 100 Deny * * * 10.1.1.5 *"}, h, a, reach.PermitAll, "any", ""},
		{"the other direction", []string{"Outbound 100 Deny * * * * *"}, h, a, reach.PermitAll, "any", ""},
		{"directions in any case", []string{"INBOUND 100 deny TCP * * * *"}, h, a, reach.PermitSome, "all but tcp any", ""},

		{"a port", []string{"Inbound 100 Deny Tcp * * * 22"}, h, a, reach.PermitSome, "all but tcp 22", ""},
		{"a range of ports", []string{"Inbound 100 Allow Tcp * * * 80-82", "Inbound 200 Deny * * * * *"}, h, a, reach.PermitSome, "tcp 80-82", ""},
		{"a list of ports", []string{"Inbound 100 Allow Udp * * * 53,80-90,81-82", "Inbound 200 Deny * * * * *"}, h, a, reach.PermitSome, "udp 53 80-90", ""},
		{"source ports", []string{"Inbound 100 Allow Udp * 53 * 1024-65535", "Inbound 200 Deny * * * * *"}, h, a, reach.PermitSome, "udp 1024-65535 from 53", ""},
		{"all ports in two halves", []string{"Inbound 100 Allow * * 0-9 * *", "Inbound 101 Allow * * 10-65535 * *", "Inbound 200 Deny * * * * *"}, h, a, reach.PermitSome, "tcp any, udp any", ""},
		{"a port, any protocol", []string{"Inbound 100 Deny * * * * 22"}, h, a, reach.PermitSome, "all but tcp 22, udp 22", ""},
		{"a protocol without ports", []string{"Inbound 100 Deny Icmp * * * *"}, h, a, reach.PermitSome, "all but icmp", ""},
		{"ports of a protocol without them", []string{"Inbound 100 Deny Icmp * * * 22"}, h, a, reach.PermitAll, "any", ""},
		{"ESP and AH", []string{"Inbound 100 Allow Esp * * * *", "Inbound 101 Allow Ah * * * *", "Inbound 200 Deny * * * * *"}, h, a, reach.PermitSome, "esp, ah", ""},

		{"the first that matches", []string{"Inbound 200 Deny Tcp * * * 20-30", "Inbound 100 Allow Tcp * * * 22", "Inbound 300 Allow Tcp * * * 25"}, h, a, reach.PermitSome, "all but tcp 20-21 23-30", ""},
		{"an equal priority: by name", []string{"Inbound 0100 Allow Tcp * * * 22", "Inbound 100 Deny Tcp * * * 22"}, h, a, reach.PermitAll, "any", ""},
		{"a rule that decides nothing of what is in doubt", []string{"Inbound 100 Deny Sctp * * * 22", "Inbound 200 Deny * * * * *"}, h, a, reach.PermitNone, "none", ""},
		{"before the defaults", []string{"Inbound 4096 Allow Tcp * * * 443"}, z, a, reach.PermitSome, "tcp 443", ""},

		{"VirtualNetwork", []string{"Inbound 100 Deny * VirtualNetwork * * *"}, h, a, reach.PermitNone, "none", ""},
		{"VIRTUAL_NETWORK", []string{"Inbound 100 Deny * VIRTUAL_NETWORK * * *"}, h, a, reach.PermitNone, "none", ""},
		{"virtualnetwork", []string{"Inbound 100 Deny * virtualnetwork * virtual_network *"}, h, a, reach.PermitNone, "none", ""},
		{"VirtualNetwork without the source", []string{"Inbound 100 Allow Tcp VirtualNetwork * * *"}, b, a, reach.PermitNone, "none", ""},
		{"Internet", []string{"Inbound 100 Allow Tcp INTERNET * * 443"}, site, a, reach.PermitSome, "tcp 443", ""},
		{"Internet is no private address", []string{"Inbound 100 Allow Tcp Internet * * 443"}, z, a, reach.PermitNone, "none", ""},
		{"AZURE_LOADBALANCER", []string{"Inbound 100 Deny * azure_loadbalancer * * *"}, web("168.63.129.16"), a, reach.PermitNone, "none", ""},
		{"a service tag and a private address", []string{"Outbound 100 Deny * * * Storage *"}, a, hq, reach.PermitAll, "any", ""},
		{"a service tag and a public address", []string{"Outbound 100 Deny Tcp * * Storage.WestEurope 443"}, a, site, reach.PermitUnknown, "all but tcp 443", "tcp 443"},
		{"a service tag that opens", []string{"Outbound 100 Allow * * * Storage *", "Outbound 200 Deny * * * Internet *"}, a, site, reach.PermitUnknown, "none", "any"},
		{"a service tag that changes nothing", []string{"Outbound 100 Allow * * * Storage *"}, a, site, reach.PermitAll, "any", ""},

		{"a port that is none", []string{"Inbound 100 Deny Tcp * * * 22-x"}, h, a, reach.PermitUnknown, "all but tcp any", "tcp any"},
		{"ports the wrong way round", []string{"Inbound 100 Deny Tcp * * * 30-20"}, h, a, reach.PermitUnknown, "all but tcp any", "tcp any"},
		{"a protocol that is none", []string{"Inbound 100 Deny Sctp * * * *"}, h, a, reach.PermitUnknown, "none", "any"},
		{"a source that is none", []string{"Inbound 100 Deny * 10.0.0.256 * * *"}, h, a, reach.PermitUnknown, "none", "any"},
		{"an access that is none", []string{"Inbound 100 Maybe Tcp * * * 22"}, h, a, reach.PermitUnknown, "all but tcp 22", "tcp 22"},
		{"a direction that is none", []string{"Sideways 100 Deny Tcp * * * 22"}, h, a, reach.PermitUnknown, "all but tcp 22", "tcp 22"},
		{"a priority that is none", []string{"Inbound first Deny Tcp * * * 22", "Inbound 100 Allow * * * * *"}, h, a, reach.PermitUnknown, "all but tcp 22", "tcp 22"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := guarded()
			w.secure("web", "A/s1", tt.rules...)
			got := ask(w, tt.from, tt.to)
			if got.Value != tt.value || got.Ports != tt.ports || got.Doubt != tt.doubt {
				t.Errorf("%s %q in doubt %q, want %s %q %q", got.Value, got.Ports, got.Doubt, tt.value, tt.ports, tt.doubt)
			}
			if doubtful := slices.Contains(got.Assumptions, reach.AssumeRules); doubtful != (tt.doubt != "") {
				t.Errorf("assumptions %v", got.Assumptions)
			}
		})
	}
}

// TestPermitSides has groups at neither, either and both ends.
func TestPermitSides(t *testing.T) {
	a, b, hq := in("A", "10.1.1.4"), in("H", "10.0.1.4"), outside("HQ", "192.168.3.4")
	none := func(*world) {}
	tests := []struct {
		name     string
		change   func(*world)
		from, to point
		want     string
	}{
		{"none", func(w *world) { w.secure("idle", "") }, a, b, "all any"},
		{"out", func(w *world) { w.secure("g", "A/s1", "Outbound 100 Deny Tcp * * * 22") }, a, b, "some all but tcp 22"},
		{"in", func(w *world) { w.secure("g", "H/s1", "Inbound 100 Deny Tcp * * * 22") }, a, b, "some all but tcp 22"},
		{"both", func(w *world) {
			w.secure("g", "A/s1", "Outbound 100 Allow Tcp * * * 20-30", "Outbound 200 Deny * * * * *")
			w.secure("h", "H/s1", "Inbound 100 Allow Tcp * 1024-65535 * 25-90", "Inbound 200 Deny * * * * *")
		}, a, b, "some tcp 25-30 from 1024-65535"},
		{"both, with nothing in common", func(w *world) {
			w.secure("g", "A/s1", "Outbound 100 Allow Tcp * * * 20-30", "Outbound 200 Deny * * * * *")
			w.secure("h", "H/s1", "Inbound 100 Allow Tcp * * * 31-90", "Inbound 200 Deny * * * * *")
		}, a, b, "none none"},
		{"one group at both", func(w *world) {
			w.secure("g", "A/s1 H/s1", "Outbound 100 Deny Tcp * * * 22", "Inbound 100 Deny Tcp * * * 23")
		}, a, b, "some all but tcp 22-23"},
		{"answers need no rule", func(w *world) { w.secure("g", "A/s1", "Inbound 100 Deny * * * * *") }, a, b, "all any"},
		{"from a network that has no subnet", func(w *world) { w.secure("g", "H/s1", "Inbound 100 Deny Tcp * * * 22") }, hq, b, "some all but tcp 22"},
		{"to a network that has no subnet", func(w *world) { w.secure("g", "H/s1", "Inbound 100 Deny Tcp * * * 22") }, b, hq, "all any"},
		{"between two networks", none, hq, web("52.1.2.3"), "all any"},
		{"rules not known", func(w *world) { w.secure("g", "H/s1").RulesKnown = false }, a, b, "unknown none, perhaps any ASM-NSG-RULES"},
		{"a group that no input has", func(w *world) { w.at("H").Subnets[0].SecurityGroup = id(estate.TypeNSG, "ghost") }, a, b, "unknown none, perhaps any ASM-NSG-RULES"},
		{"rules not known behind a closed door", func(w *world) {
			w.secure("g", "H/s1").RulesKnown = false
			w.secure("h", "A/s1", "Outbound 100 Deny * * * * *")
		}, a, b, "none none"},
		{"rules not known behind a half open one", func(w *world) {
			w.secure("g", "H/s1").RulesKnown = false
			w.secure("h", "A/s1", "Outbound 100 Allow Udp * * * 53", "Outbound 101 Deny * * * * *")
		}, a, b, "unknown none, perhaps udp 53 ASM-NSG-RULES"},
		{"a group by its name in another case", func(w *world) {
			w.secure("g", "H/s1", "Inbound 100 Deny * * * * *")
			w.at("H").Subnets[0].SecurityGroup.Name = "G"
		}, a, b, "none none"},
		{"an address in no subnet", func(w *world) { w.secure("g", "H/s1 H/s2", "Inbound 100 Deny * * * * *") }, a, in("H", "10.0.9.9"), "all any"},
		{"the smallest subnet counts", func(w *world) {
			w.subnet("H", "inner", "10.0.1.0/28")
			w.secure("g", "H/inner", "Inbound 100 Deny * * * * *")
		}, a, b, "none none"},
		{"the smallest subnet counts, wherever it stands", func(w *world) {
			w.subnet("H", "inner", "10.0.1.0/28")
			w.secure("g", "H/inner", "Inbound 100 Deny * * * * *")
			slices.Reverse(w.at("H").Subnets)
		}, a, b, "none none"},
		{"a VNet's own public range is not Internet", func(w *world) {
			w.at("H").Space = prefixes("10.0.0.0/16 52.9.0.0/16")
			w.secure("g", "H/s1", "Outbound 100 Deny * * * Internet *")
		}, b, in("H", "52.9.0.4"), "all any"},
		{"a peer's public range is not Internet", func(w *world) {
			w.at("B").Space = prefixes("10.2.0.0/16 52.9.0.0/16")
			w.secure("g", "H/s1", "Outbound 100 Deny * * * Internet *")
		}, b, in("B", "52.9.0.4"), "all any"},
		{"whether a site's public prefix is Internet", func(w *world) {
			w.onPrem("H", "52.9.0.0/16", "lab")
			w.secure("g", "H/s1", "Outbound 100 Deny * * * Internet *")
		}, b, outside("lab", "52.9.0.4"), "unknown none, perhaps any ASM-NSG-RULES"},
		{"a default site leaves Internet as it is", func(w *world) {
			w.gateway("H").DefaultSite = w.Sites[0].ID
			w.secure("g", "H/s1", "Outbound 100 Deny * * * Internet *")
		}, b, web("52.9.0.4"), "none none"},
		{"a default site may widen VirtualNetwork", func(w *world) {
			w.gateway("H").DefaultSite = w.Sites[0].ID
			w.secure("g", "H/s1")
		}, web("52.9.0.4"), b, "unknown none, perhaps any ASM-NSG-RULES"},
		{"a place that is not there", none, a, in("Q", "10.9.9.9"), "unknown none, perhaps any"},

		{"a live ARM estate without groups", none, in("B", "10.2.1.4"), a, "all any"},
		{"a netcfg alone", classicWorld, in("B", "10.2.1.4"), a, "none none ASM-NSG"},
		{"a netcfg alone, in the tag", classicWorld, hq, b, "all any ASM-NSG"},
		{"a netcfg and an answer about one group", func(w *world) { classicWorld(w); w.secure("g", "Z/s1") }, in("B", "10.2.1.4"), a, "all any"},
		{"a netcfg and an answer that names a group", func(w *world) {
			classicWorld(w)
			w.at("Z").Subnets[0].SecurityGroup = id(estate.TypeNSG, "g")
		}, in("B", "10.2.1.4"), a, "all any"},
		{"what a netcfg became in ARM", func(w *world) { w.Assumptions = []estate.Assumption{{ID: estate.AsmRoutes}} }, in("B", "10.2.1.4"), a, "none none ASM-NSG"},
		{"a netcfg alone, GatewaySubnet", func(w *world) {
			classicWorld(w)
			w.subnet("A", estate.GatewaySubnet, "10.1.255.0/24")
		}, hq, in("A", "10.1.255.4"), "all any"},
		{"a netcfg alone, in no subnet", classicWorld, in("B", "10.2.1.4"), in("A", "10.1.9.9"), "none none ASM-NSG"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := guarded()
			tt.change(w)
			p := ask(w, tt.from, tt.to)
			got := p.Value.String() + " " + p.Ports
			if p.Doubt != "" {
				got += ", perhaps " + p.Doubt
			}
			if len(p.Assumptions) > 0 {
				got += " " + strings.Join(p.Assumptions, " ")
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// classicWorld makes an estate one that a netcfg describes.
func classicWorld(w *world) {
	w.Peerings, w.Groups = nil, nil
	for i := range w.VNets {
		w.VNets[i].Model = estate.Classic
	}
}

// TestVirtualNetworkTag has a case for each thing that the tag covers, and for what it does not.
func TestVirtualNetworkTag(t *testing.T) {
	tests := []struct {
		name      string
		change    func(*world)
		vnet      string
		sure, may string // what is doubtful beside it
	}{
		{"alone", func(*world) {}, "Z", "10.4.0.0/16", ""},
		{"peer, not its peers", func(*world) {}, "B", "10.0.0.0/16 10.2.0.0/16", ""},
		{"own gateway", func(w *world) { w.Peerings = nil }, "H", "10.0.0.0/16 172.16.0.0/24 192.168.0.0/16", ""},
		{"used gateway and group", func(*world) {}, "A", "10.0.0.0/15 10.3.0.0/16 172.16.0.0/24 192.168.0.0/16", ""},
		{"not of a group's other groups", func(*world) {}, "C", "10.1.0.0/16 10.3.0.0/16", ""},
		{"access off in one half", func(w *world) { w.peering("B", "H").AllowVirtualNetworkAccess = false }, "B", "10.2.0.0/16", ""},
		{"access off in the other half", func(w *world) { w.peering("H", "B").AllowVirtualNetworkAccess = false }, "B", "10.2.0.0/16", ""},
		{"access off, but the gateway is used", func(w *world) { w.peering("H", "A").AllowVirtualNetworkAccess = false; w.Groups = nil }, "A",
			"10.1.0.0/16 172.16.0.0/24 192.168.0.0/16", ""},
		{"one half is not connected", func(w *world) { w.peering("H", "B").State = estate.PeeringInitiated }, "B", "10.2.0.0/16", ""},
		{"a peer's range before it was taken over", func(w *world) {
			w.peering("B", "H").RemoteSpace = prefixes("10.0.0.0/17")
		}, "B", "10.0.0.0/17 10.2.0.0/16", ""},
		{"a partial peering", func(w *world) {
			p := w.peering("B", "H")
			p.Partial, p.LocalSubnets, p.RemoteSubnets = true, []string{"s1"}, []string{"s2"}
		}, "B", "10.0.2.0/24 10.2.0.0/16", ""},
		{"a user route", func(w *world) { w.table("t", "Z/s1", "10.8.0.0/16 None", "8.8.8.8/32 Internet") }, "Z", "8.8.8.8/32 10.4.0.0/16 10.8.0.0/16", ""},
		{"a user route of another subnet", func(w *world) { w.table("t", "Z/s2", "10.8.0.0/16 None") }, "Z", "10.4.0.0/16", ""},
		{"a user route to everything", func(w *world) { w.table("t", "Z/s1", "0.0.0.0/0 10.4.2.4") }, "Z", "0.0.0.0/0", ""},
		{"a user route to everything on GatewaySubnet", func(w *world) {
			w.at("Z").Subnets[0].Name = estate.GatewaySubnet
			w.table("t", "Z/GatewaySubnet", "0.0.0.0/0 None", "10.8.0.0/16 None", "!")
			w.onPrem("Z", "192.168.0.0/16", "HQ")
		}, "Z/GatewaySubnet", "10.4.0.0/16 10.8.0.0/16 192.168.0.0/16", ""},
		{"the hub of a group", func(w *world) { w.group("star", "Z", "B") }, "Z", "10.2.0.0/16 10.4.0.0/16", ""},
		{"without propagation", func(w *world) { w.table("t", "A/s1", "!"); w.Groups = nil }, "A", "10.0.0.0/15", "172.16.0.0/24 192.168.0.0/16"},
		{"a default site", func(w *world) { w.Peerings = nil; w.gateway("H").DefaultSite = w.Sites[0].ID }, "H",
			"10.0.0.0/16 172.16.0.0/24 192.168.0.0/16", "0.0.0.0/0"},
		{"a circuit that nothing lists", func(w *world) { w.edge("Z", "10.200.0.0/16", "DC", "") }, "Z", "10.4.0.0/16", "10.200.0.0/16"},
		{"a circuit that an input lists", func(w *world) { w.edge("Z", "10.200.0.0/16", "DC", "c"); w.learned("c", "10.201.0.0/16") }, "Z",
			"10.4.0.0/16 10.201.0.0/16", ""},
		{"a Route Server", func(w *world) {
			nva := w.box(estate.Appliance, "nva", "Z", "s2", "10.4.2.4").ID
			w.exchanges(w.routeServer("Z", false), nva, "10.99.0.0/16")
		}, "Z", "10.4.0.0/16 10.99.0.0/16", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := guarded()
			tt.change(w)
			p := reach.NewPermits(&w.Estate)
			name, subnet, ok := strings.Cut(tt.vnet, "/")
			if !ok {
				subnet = "s1"
			}
			sure, may := p.Tag(vnet(name), subnet), p.MayTag(vnet(name), strings.ToUpper(subnet))
			if got := strings.Trim(fmt.Sprint(sure), "[]"); got != tt.sure {
				t.Errorf("tag %s, want %s", got, tt.sure)
			}
			more := slices.DeleteFunc(slices.Clone(may), func(x netip.Prefix) bool { return slices.Contains(sure, x) })
			if got := strings.Trim(fmt.Sprint(more), "[]"); !strings.HasPrefix(got, tt.may) || tt.may == "" && got != "" {
				t.Errorf("perhaps %s, want %s", got, tt.may)
			}
		})
	}
}

// TestPermitWhy is what a person is told.
func TestPermitWhy(t *testing.T) {
	w := guarded()
	w.secure("web", "A/s1", "Inbound 100 Allow Tcp 10.0.0.0/8 * * 443", "Inbound 200 Deny Udp * * * 53", "Outbound 100 Deny * * * Storage *")
	w.secure("empty", "H/s1")
	w.secure("hidden", "B/s1").RulesKnown = false
	w.table("t", "A/s1", "10.4.0.0/16 10.0.2.4")
	classic := guarded()
	classicWorld(classic)
	tests := []struct {
		w         *world
		from, to  point
		out, into string
	}{
		{w, in("H", "10.0.1.4"), in("A", "10.1.1.4"),
			"AllowVnetOutBound (65000) allows everything; 10.1.1.4 is in VirtualNetwork by 10.1.0.0/16 of the peered VNet A",
			`"Inbound100" (100) allows tcp 443; "Inbound200" (200) denies udp 53; AllowVnetInBound (65000) allows the rest; 10.0.1.4 is in VirtualNetwork by 10.0.0.0/16 of the peered VNet H`},
		{w, in("C", "10.3.1.4"), in("A", "10.1.1.4"), `subnet "s1" has no network security group`,
			`"Inbound100" (100) allows tcp 443; "Inbound200" (200) denies udp 53; AllowVnetInBound (65000) allows the rest; 10.3.1.4 is in VirtualNetwork by 10.3.0.0/16 of VNet C in the same connected group`},
		{w, in("Z", "10.4.1.4"), in("A", "10.1.1.4"), `subnet "s1" has no network security group`,
			`"Inbound100" (100) allows tcp 443; "Inbound200" (200) denies udp 53; AllowVnetInBound (65000) allows the rest; 10.4.1.4 is in VirtualNetwork by the user route 10.4.0.0/16`},
		{w, in("A", "10.1.1.4"), web("52.0.0.1"),
			`"Outbound100" (100) perhaps denies everything; AllowInternetOutBound (65001) allows the rest`, ""},
		{w, in("H", "10.0.1.4"), in("Z", "10.4.9.9"), "DenyAllOutBound (65500) denies everything; 10.4.9.9 is not in VirtualNetwork",
			"no subnet holds 10.4.9.9, so nothing filters it"},
		{w, outside("HQ", "192.168.0.1"), in("H", "10.0.1.4"), "",
			"AllowVnetInBound (65000) allows everything; 192.168.0.1 is in VirtualNetwork by the route 192.168.0.0/16 of the gateway of VNet H"},
		{w, in("H", "10.0.1.4"), in("B", "10.2.1.4"), "AllowVnetOutBound (65000) allows everything; 10.2.1.4 is in VirtualNetwork by 10.2.0.0/16 of the peered VNet B",
			`the rules of network security group "hidden" are not known`},
		{classic, in("Z", "10.4.1.4"), in("Q", "10.9.1.4"), "", "the estate has no VNet Q"},
		{classic, in("Z", "10.4.1.4"), outside("HQ", "192.168.0.1"),
			"no input says anything of network security groups: the default rules; DenyAllOutBound (65500) denies everything; 192.168.0.1 is not in VirtualNetwork", ""},
	}
	for _, tt := range tests {
		p := ask(tt.w, tt.from, tt.to)
		why := func(s *reach.PermitSide) string {
			if s == nil {
				return ""
			}
			return s.Why
		}
		if diff := cmp.Diff([]string{tt.out, tt.into}, []string{why(p.Outbound), why(p.Inbound)}); diff != "" {
			t.Errorf("%s to %s (-want +got)\n%s", tt.from, tt.to, diff)
		}
	}
	side := ask(w, in("H", "10.0.1.4"), in("A", "10.1.1.4")).Inbound
	want := &reach.PermitSide{VNet: side.VNet, Subnet: "s1", Group: id(estate.TypeNSG, "web"), Why: side.Why, Rules: []reach.PermitRule{
		{Name: "Inbound100", Priority: 100, Allows: true, Ports: "tcp 443"}, {Name: "Inbound200", Priority: 200, Ports: "udp 53"},
		{Name: "AllowVnetInBound", Priority: 65000, Default: true, Allows: true, Ports: "any"},
	}}
	if diff := cmp.Diff(want, side); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestWideTagOpens is rule SEC-004: a user route to everything lets the default rules admit whatever is
// sent.
func TestWideTagOpens(t *testing.T) {
	w := guarded()
	w.secure("empty", "Z/s1")
	if got := ask(w, web("52.0.0.1"), in("Z", "10.4.1.4")).Value; got != reach.PermitNone {
		t.Errorf("without the route: %s", got)
	}
	w.table("t", "Z/s1", "0.0.0.0/0 10.4.2.4")
	for _, from := range []point{web("52.0.0.1"), in("B", "10.2.1.4"), outside("HQ", "192.168.0.1")} {
		if got := ask(w, from, in("Z", "10.4.1.4")).Value; got != reach.PermitAll {
			t.Errorf("%s: %s", from, got)
		}
	}
	w.SecurityGroups[0].Rules = append(w.SecurityGroups[0].Rules, securityRule("Inbound 4000 Deny * Internet * * *"))
	if got := ask(w, web("52.0.0.1"), in("Z", "10.4.1.4")).Value; got != reach.PermitNone {
		t.Errorf("a public address is Internet all the same: %s", got)
	}
}

// A spoke's subnet lets the hub in by a rule of its own and the rest of the VNet by default.
func ExamplePermits() {
	w := guarded()
	w.secure("web", "A/s1", "Inbound 100 Allow Tcp 10.0.0.0/16 * * 443", "Inbound 200 Deny * 10.0.0.0/16 * * *")
	permits := reach.NewPermits(&w.Estate)
	for _, from := range []point{in("H", "10.0.1.4"), in("A", "10.1.2.4"), in("B", "10.2.1.4")} {
		p := permits.Between(endpoint(from), endpoint(in("A", "10.1.1.4")))
		fmt.Println(from, "may begin with A:", p.Value, p.Ports)
		fmt.Println("  ", p.Inbound.Why)
	}
	fmt.Println("VirtualNetwork is", permits.Tag(vnet("A"), "s1"))
	// Output:
	// VNet H 10.0.1.4 may begin with A: some tcp 443
	//    "Inbound100" (100) allows tcp 443; "Inbound200" (200) denies the rest
	// VNet A 10.1.2.4 may begin with A: all any
	//    AllowVnetInBound (65000) allows everything; 10.1.2.4 is in VirtualNetwork by 10.1.0.0/16 of VNet A itself
	// VNet B 10.2.1.4 may begin with A: none none
	//    DenyAllInBound (65500) denies everything; 10.2.1.4 is not in VirtualNetwork
	// VirtualNetwork is [10.0.0.0/15 10.3.0.0/16 172.16.0.0/24 192.168.0.0/16]
}
