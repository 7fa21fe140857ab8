package risk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// pair is two VNets with one tunnel.
const pair = `
	site A 40.1.1.1 10.1.0.0/16
	site B 40.1.1.2 10.2.0.0/16
	vnet A 10.1.0.0/16 in=West~Europe to=B
	vnet B 10.2.0.0/16 in=North~Europe to=A
`

// chain is three VNets in a row; A and C reach each other through B.
const chain = `
	site A    40.1.1.1 10.1.0.0/16
	site C    40.1.1.3 10.3.0.0/16
	site B-C  40.1.1.2 10.2.0.0/16 10.3.0.0/16
	site B-A  40.1.1.2 10.2.0.0/16 10.1.0.0/16
	vnet A 10.1.0.0/16 to=B-C
	vnet B 10.2.0.0/16 to=A,C
	vnet C 10.3.0.0/16 to=B-A
`

// swapped is pair with the addresses of the two gateways crosswise.
var swapped = strings.NewReplacer("site A 40.1.1.1", "site A 40.1.1.2", "site B 40.1.1.2", "site B 40.1.1.1").Replace(pair)

// estateCases hold, for each rule over an estate, a network that fires, with the messages, and one
// that nearly does.
var estateCases = []struct {
	rule, name    string
	fires, silent string
	want          []string
}{
	{
		rule: "ADDR-008", name: "site",
		fires:  "site HQ 40.9.9.9 131.107.0.0/16\n vnet A 10.1.0.0/16 to=HQ",
		silent: "site HQ 40.9.9.9 172.31.0.0/16\n vnet A 10.1.0.0/16 to=HQ",
		want:   []string{`131.107.0.0/16 of local network site "HQ" is not private`},
	},
	{
		rule: "ADDR-008", name: "VNet",
		fires:  "vnet A 10.1.0.0/16 20.1.0.0/16 20.2.0.0/16",
		silent: "vnet A 10.1.0.0/16 100.64.0.0/10 224.0.0.0/4",
		want:   []string{`20.1.0.0/16 and 20.2.0.0/16 of VNet "A" are not private`},
	},
	{
		rule: "ADDR-009", name: "own VNet",
		fires:  "vnet A 10.1.0.0/16 pool=10.1.200.0/24",
		silent: "vnet A 10.1.0.0/16 pool=10.2.0.0/24",
		want:   []string{`point-to-site pool 10.1.200.0/24 of VNet "A" overlaps 10.1.0.0/16 of VNet "A"`},
	},
	{
		rule: "ADDR-009", name: "site",
		fires:  "site HQ 40.9.9.9 172.20.0.0/16\n vnet A 10.1.0.0/16 pool=172.20.1.0/24 to=HQ",
		silent: "site HQ 40.9.9.9 172.20.0.0/16\n vnet A 10.1.0.0/16 pool=172.21.1.0/24 to=HQ",
		want:   []string{`point-to-site pool 172.20.1.0/24 of VNet "A" overlaps 172.20.0.0/16 of local network site "HQ"`},
	},
	{
		rule: "ADDR-010", name: "two",
		fires:  "vnet A 10.1.0.0/16\n vnet B 10.1.128.0/17",
		silent: "vnet A 10.1.0.0/17\n vnet B 10.1.128.0/17",
		want:   []string{`VNet "A" (10.1.0.0/16) shares addresses with "B" (10.1.128.0/17), and no tunnel joins them`},
	},
	{
		rule: "ADDR-010", name: "copies are one cause",
		fires:  "vnet A 10.0.0.0/8\n vnet B 10.0.0.0/8\n vnet C 10.0.0.0/8\n vnet D 10.0.0.0/8\n vnet E 10.200.0.0/16\n vnet F 172.16.0.0/16",
		silent: "vnet A 10.0.0.0/16 10.1.0.0/16\n vnet F 172.16.0.0/16",
		want:   []string{`VNet "A" (10.0.0.0/8) shares addresses with "B" (10.0.0.0/8), "C" (10.0.0.0/8), "D" (10.0.0.0/8) and 1 more; they are not all connected`},
	},
	{
		rule: "ADDR-012", name: "gateway",
		fires:  "vnet A 10.1.0.0/24 pool=172.16.0.0/24 subnet=apps:10.1.0.0/25 subnet=data:10.1.0.128/26 subnet=GatewaySubnet:10.1.0.224/27",
		silent: "vnet A 10.1.0.0/24 pool=172.16.0.0/24 subnet=apps:10.1.0.0/25 subnet=GatewaySubnet:10.1.0.224/27",
		want:   []string{`subnets fill 87 % of VNet "A" (224 of 256 addresses)`},
	},
	{
		rule: "SITE-001", name: "swapped",
		fires: `
			site A-B 40.1.1.3 10.2.0.0/16
			site A-C 40.1.1.2 10.3.0.0/16
			site B-A 40.1.1.1 10.1.0.0/16
			site B-C 40.1.1.3 10.3.0.0/16
			site C-A 40.1.1.1 10.1.0.0/16
			site C-B 40.1.1.2 10.2.0.0/16
			site D-B 40.1.1.2 10.2.0.0/16
			site D-C 40.1.1.3 10.3.0.0/16
			site B-D 40.1.1.4 10.4.0.0/16
			vnet A 10.1.0.0/16 to=A-B,A-C
			vnet B 10.2.0.0/16 to=B-A,B-C,B-D
			vnet C 10.3.0.0/16 to=C-A,C-B,B-D
			vnet D 10.4.0.0/16 to=D-B,D-C`,
		silent: `
			site A-B 40.1.1.2 10.2.0.0/16
			site A-C 40.1.1.3 10.3.0.0/16
			site B-A 40.1.1.1 10.1.0.0/16
			site B-C 40.1.1.3 10.3.0.0/16
			site C-A 40.1.1.1 10.1.0.0/16
			site C-B 40.1.1.2 10.2.0.0/16
			vnet A 10.1.0.0/16 to=A-B,A-C
			vnet B 10.2.0.0/16 to=B-A,B-C
			vnet C 10.3.0.0/16 to=C-A,C-B`,
		want: []string{`gateway addresses of local network sites "A-B" (40.1.1.3, for VNet "B") and "A-C" (40.1.1.2, for VNet "C") look swapped`},
	},
	{
		rule: "SITE-001", name: "each its own",
		fires:  swapped + "gateway A 40.1.1.1\n gateway B 40.1.1.2",
		silent: pair + "gateway A 40.1.1.1\n gateway B 40.1.1.2",
		want:   []string{`gateway addresses of local network sites "A" (40.1.1.2, for VNet "A") and "B" (40.1.1.1, for VNet "B") look swapped`},
	},
	{
		rule: "SITE-001", name: "its own, and the other gateway is unknown",
		fires:  swapped + "gateway B 40.1.1.2",
		silent: swapped,
		want:   []string{`gateway addresses of local network sites "A" (40.1.1.2, for VNet "A") and "B" (40.1.1.1, for VNet "B") look swapped`},
	},
	{
		rule: "SITE-001", name: "its own, alone",
		fires:  strings.Replace(pair, "site B 40.1.1.2", "site B 40.1.1.1", 1) + "gateway A 40.1.1.1\n gateway B 40.1.1.2",
		silent: pair + "gateway A 40.1.1.1",
		want:   []string{`gateway address 40.1.1.1 of local network site "B" is that of VNet "A", and the site stands for VNet "B"`},
	},
	{
		rule: "SITE-011", name: "the gateway has another",
		fires:  pair + "gateway B 40.1.1.9",
		silent: pair + "gateway B 40.1.1.9\n state A/B Connected",
		want:   []string{`gateway address 40.1.1.2 of local network site "B" is not that of VNet "B", whose gateway has 40.1.1.9`},
	},
	{
		rule: "SITE-011", name: "of a VNet without a connection back",
		fires:  strings.Replace(pair, "to=A", "pool=172.16.0.0/24", 1) + "gateway B 40.1.1.9",
		silent: strings.Replace(pair, "to=A", "pool=172.16.0.0/24", 1) + "gateway B 40.1.1.2",
		want:   []string{`gateway address 40.1.1.2 of local network site "B" is not that of VNet "B", whose gateway has 40.1.1.9`},
	},
	{
		rule: "SITE-012", name: "another gateway's address",
		fires:  pair + "gateway B 40.1.1.2\n declare B on-premises",
		silent: pair + "gateway B 40.1.1.2\n declare B vnet B",
		want:   []string{`local network site "B" is declared "on-premises", but its gateway address 40.1.1.2 is that of VNet "B"`},
	},
	{
		rule: "SITE-012", name: "another VNet",
		fires:  pair + "vnet C 10.3.0.0/16\n gateway B 40.1.1.2\n declare B vnet C",
		silent: pair + "vnet C 10.3.0.0/16\n gateway B 40.1.1.3\n declare B vnet C",
		want:   []string{`local network site "B" is declared to be VNet "C", but its gateway address 40.1.1.2 is that of VNet "B"`},
	},
	{
		rule: "SITE-012", name: "gone and up",
		fires:  pair + "state A/B Connected\n declare B gone",
		silent: pair + "state A/B NotConnected\n declare B gone",
		want:   []string{`local network site "B" is declared "gone", but the service said that a connection to it is up`},
	},
	{
		rule: "SITE-002", name: "placeholder",
		fires:  "site HQ 1.1.1.1 192.168.0.0/16\n site Lab 1.1.1.1 192.169.0.0/24\n vnet A 10.1.0.0/16 to=HQ\n vnet B 10.2.0.0/16 to=Lab",
		silent: "site HQ 40.9.9.9 192.168.0.0/16\n site Lab 1.1.1.1 192.169.0.0/24\n vnet A 10.1.0.0/16 to=HQ\n vnet B 10.2.0.0/16",
		want:   []string{`gateway address 1.1.1.1 of local network sites "HQ" and "Lab" is a placeholder of repeated numbers`},
	},
	{
		rule: "SITE-002", name: "missing",
		fires:  "site HQ - 192.168.0.0/16\n vnet A 10.1.0.0/16 to=HQ",
		silent: "site HQ - 192.168.0.0/16\n vnet A 10.1.0.0/16 er=HQ",
		want:   []string{`local network site "HQ" has no gateway address`},
	},
	{
		rule: "SITE-003", name: "part",
		fires:  strings.Replace(pair, "10.2.0.0/16", "10.2.1.0/24", 1),
		silent: strings.Replace(pair, "10.2.0.0/16", "10.2.0.0/17 10.2.128.0/17", 1),
		want:   []string{`local network site "B" leaves out 10.2.0.0/24, 10.2.2.0/23, 10.2.4.0/22 and 5 more of VNet "B"`},
	},
	{
		rule: "SITE-004", name: "nobody's prefix",
		fires:  strings.Replace(pair, "10.2.0.0/16", "10.2.0.0/16 10.9.0.0/16", 1),
		silent: pair,
		want:   []string{`nothing behind VNet "B" has 10.9.0.0/16, which local network site "B" lists`},
	},
	{
		rule: "SITE-004", name: "wider prefix",
		fires:  strings.Replace(pair, "10.2.0.0/16", "10.2.0.0/15", 1),
		silent: chain,
		want:   []string{`nothing behind VNet "B" has 10.3.0.0/16, which local network site "B" lists`},
	},
	{
		rule: "SITE-005", name: "chain",
		fires:  chain,
		silent: strings.ReplaceAll(strings.ReplaceAll(chain, "10.2.0.0/16 10.3.0.0/16", "10.2.0.0/16"), "10.2.0.0/16 10.1.0.0/16", "10.2.0.0/16"),
		want: []string{
			`local network site "B-C" stands for VNet "B" and also leads through it to "C" (10.3.0.0/16)`,
			`local network site "B-A" stands for VNet "B" and also leads through it to "A" (10.1.0.0/16)`,
		},
	},
	{
		rule: "SITE-005", name: "on-premises behind a VNet",
		fires: `
			site A 40.1.1.1 10.1.0.0/16 192.168.0.0/16
			site B 40.1.1.2 10.2.0.0/16
			site HQ 40.9.9.9 192.168.0.0/16
			vnet A 10.1.0.0/16 to=B,HQ
			vnet B 10.2.0.0/16 to=A`,
		silent: pair,
		want:   []string{`local network site "A" stands for VNet "A" and also leads through it to on-premises network "HQ" (192.168.0.0/16)`},
	},
	{
		rule: "SITE-006", name: "supernet",
		fires:  "site HQ 40.9.9.9 172.16.0.0/12\n vnet A 10.1.0.0/16 to=HQ\n vnet B 172.16.5.0/24\n vnet C 172.17.0.0/16",
		silent: "site HQ 40.9.9.9 172.16.0.0/22\n vnet A 10.1.0.0/16 to=HQ\n vnet B 172.16.5.0/24\n vnet C 172.17.0.0/16",
		want:   []string{`prefix 172.16.0.0/12 of local network site "HQ" covers 2 other VNets: "B" and "C"`},
	},
	{
		rule: "SITE-007", name: "unreferenced",
		fires:  "site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16",
		silent: "site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16 to=HQ",
		want:   []string{`no VNet refers to local network site "HQ"`},
	},
	{
		rule: "SITE-009", name: "two of one range",
		fires: `
			site S - 10.2.0.0/16
			site A - 10.1.0.0/16
			vnet A 10.1.0.0/16 to=S
			vnet B 10.2.0.0/16 to=A
			vnet C 10.2.0.0/16 to=A`,
		silent: `
			site S - 10.2.0.0/16
			site A - 10.1.0.0/16
			vnet A 10.1.0.0/16 to=S
			vnet B 10.2.0.0/16 to=A
			vnet C 10.3.0.0/16`,
		want: []string{
			`connection of VNet "A" to local network site "S" could end at "B" and "C"`,
			`connection of VNet "B" to local network site "A" could end at "A", and so could another`,
			`connection of VNet "C" to local network site "A" could end at "A", and so could another`,
		},
	},
	{
		rule: "SITE-010", name: "portal name",
		fires:  "site 17BE5E2C_VNet4Local 40.1.1.4 10.4.0.0/16\n vnet A 10.1.0.0/16 to=17BE5E2C_VNet4Local",
		silent: "site 17BE5E2C_Office 40.1.1.4 10.4.0.0/16\n vnet A 10.1.0.0/16 to=17BE5E2C_Office",
		want:   []string{`local network site "17BE5E2C_VNet4Local" is named like a VNet, but no VNet of the input has its prefixes`},
	},
	{
		rule: "SITE-010", name: "named like a VNet",
		fires:  "site VNet4-Local 40.1.1.4 10.4.0.0/16\n vnet A 10.1.0.0/16 to=VNet4-Local",
		silent: "site VNet4-Local 40.1.1.4 10.4.0.0/16\n vnet A 10.1.0.0/16 to=VNet4-Local\n vnet VNet4 10.4.0.0/16",
		want:   []string{`local network site "VNet4-Local" is named like a VNet, but no VNet of the input has its prefixes`},
	},
	{
		rule: "SITE-010", name: "named after its owner, or an office",
		fires:  "site VNet1-to-VNet9 40.1.1.4 10.4.0.0/16\n vnet VNet1 10.1.0.0/16 to=VNet1-to-VNet9",
		silent: "site VNet1-to-Berlin 40.1.1.4 10.4.0.0/16\n site vnet-onprem 40.1.1.5 10.5.0.0/16\n vnet VNet1 10.1.0.0/16 to=VNet1-to-Berlin,vnet-onprem",
		want:   []string{`local network site "VNet1-to-VNet9" is named like a VNet, but no VNet of the input has its prefixes`},
	},
	{
		rule: "SITE-010", name: "connected to something of the same addresses",
		fires:  strings.Replace(pair, "to=A", "", 1) + "state A/B Connected",
		silent: strings.Replace(pair, "to=A", "", 1) + "state A/B NotConnected",
		want:   []string{`local network site "B" is connected and has addresses of VNet "B", which has no connection back: it stands for another network`},
	},
	{
		rule: "SITE-010", name: "declared",
		fires:  pair + "declare B other-subscription",
		silent: pair + "declare B on-premises",
		want:   []string{`local network site "B" is declared to be a VNet of a subscription that is not in the input`},
	},
	{
		rule: "LINK-001", name: "declared gone",
		fires:  pair + "declare B gone",
		silent: pair + "declare B vnet B",
		want: []string{
			`VNet "B" connects to VNet "A" by local network site "A", but "A" has no connection back`,
		},
	},
	{
		rule: "LINK-002", name: "not up",
		fires:  pair + "state A/B NotConnected\n state B/A Connecting",
		silent: pair + "state A/B Connected\n state B/A Unknown",
		want: []string{
			`the state of the connection of VNet "A" to local network site "B" is given as NotConnected`,
			`the state of the connection of VNet "B" to local network site "A" is given as Connecting`,
		},
	},
	{
		rule: "LINK-008", name: "two keys",
		fires:  pair + "key A/B TOPSECRET1\n key B/A TOPSECRET2",
		silent: pair + "key A/B TOPSECRET1\n key B/A TOPSECRET1",
		want:   []string{`the shared key of VNet "A" for local network site "B" differs from that of VNet "B" for "A"`},
	},
	{
		rule: "LINK-009", name: "sites and no connection",
		fires:  "site A 40.1.1.1 10.1.0.0/16\n site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16\n vnet B 10.2.0.0/16",
		silent: "site A 40.1.1.1 10.1.0.0/16\n site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16\n vnet B 10.2.0.0/16 to=A",
		want:   []string{`2 VNets have a GatewaySubnet and 2 local network sites are defined, but nothing is connected`},
	},
	{
		rule: "P2S-004", name: "pool",
		fires:  strings.Replace(pair, "to=A", "pool=172.16.0.0/24 to=A", 1),
		silent: strings.Replace(strings.Replace(pair, "to=A", "pool=172.16.0.0/24 to=A", 1), "10.2.0.0/16", "10.2.0.0/16 172.16.0.0/23", 1),
		want:   []string{`local network site "B" stands for VNet "B", but leaves out 172.16.0.0/24 of its point-to-site pool`},
	},
	{
		rule: "LINK-001", name: "no way back",
		fires:  strings.Replace(pair, " to=A", "", 1),
		silent: pair,
		want:   []string{`VNet "A" connects to VNet "B" by local network site "B", but "B" has no connection back`},
	},
	{
		rule: "LINK-003", name: "lopsided chain",
		fires:  strings.Replace(chain, "10.2.0.0/16 10.1.0.0/16", "10.2.0.0/16", 1),
		silent: chain,
		want:   []string{`"A" sends to "C" (10.3.0.0/16) through "B", but nothing comes back from there`},
	},
	{
		rule: "LINK-005", name: "ten",
		fires:  branches(10),
		silent: branches(9),
		want:   []string{`the gateway of VNet "A" has 10 tunnels; sizes Default and Standard hold 10, HighPerformance holds 30`},
	},
	{
		rule: "LINK-005", name: "size is known",
		fires:  branches(10) + "gateway A - Standard",
		silent: branches(12) + "gateway A - HighPerformance",
		want:   []string{`the gateway of VNet "A" has 10 tunnels; size Standard holds 10`},
	},
	{
		rule: "LINK-005", name: "more than any",
		fires:  branches(31),
		silent: branches(1),
		want:   []string{`the gateway of VNet "A" has 31 tunnels; no classic size holds more than 30`},
	},
	{
		rule: "LINK-006", name: "one region",
		fires:  strings.Replace(pair, "North~Europe", "West~Europe", 1),
		silent: pair,
		want:   []string{`1 tunnel joins VNets of westeurope: "A" with "B"`},
	},
	{
		rule: "GW-003", name: "hub",
		fires:  strings.Replace(pair, "to=B", "to=B,HQ subnet=GatewaySubnet:10.1.0.0/28", 1) + "site HQ 40.9.9.9 192.168.0.0/16",
		silent: strings.Replace(pair, "to=B", "to=B,HQ subnet=GatewaySubnet:10.1.0.0/27", 1) + "site HQ 40.9.9.9 192.168.0.0/16",
		want:   []string{`GatewaySubnet 10.1.0.0/28 of VNet "A" is smaller than /27`},
	},
	{
		rule: "CLS-001", name: "both",
		fires:  "site HQ 40.9.9.9 192.168.0.0/16\n site DC - 192.168.0.0/16\n vnet A 10.1.0.0/16 to=HQ er=DC",
		silent: "site DC - 192.168.0.0/16\n vnet A 10.1.0.0/16 er=DC",
		want:   []string{`VNet "A" has an ExpressRoute connection ("DC") and a VPN connection ("HQ")`},
	},
	{
		rule: "CLS-006", name: "chain",
		fires:  chain,
		silent: strings.Replace(chain, "10.2.0.0/16 10.1.0.0/16", "10.2.0.0/16", 1),
		want:   []string{`multi-hop traffic passes VNet "B": "A" with "C"`},
	},
	{
		rule: "CLS-007", name: "two in one group",
		fires:  "vnet A 10.1.0.0/16 group=ag-west\n vnet B 10.2.0.0/16 group=ag-west",
		silent: "vnet A 10.1.0.0/16 in=West~US\n vnet B 10.2.0.0/16 in=Nowhere",
		want:   []string{`the region of affinity group "ag-west" is unknown; VNets "A" and "B" are in it`},
	},
	{
		rule: "CLS-008", name: "portal and spaces",
		fires:  "vnet Group~rg1~net 10.1.0.0/16 subnet=my~apps:10.1.0.0/24",
		silent: "vnet Grouprg1net 10.1.0.0/16 subnet=my-apps:10.1.0.0/24",
		want:   []string{`VNet "Group rg1 net" has a name that the portal made`, `subnet "my apps" has a name that Resource Manager refuses`},
	},
	{
		rule: "ONP-003", name: "two devices",
		fires:  "site HQ 40.9.9.8 192.168.0.0/16\n site Branch 40.9.9.9 192.168.7.0/24\n vnet A 10.1.0.0/16 to=HQ\n vnet B 10.2.0.0/16 to=Branch",
		silent: "site HQ 40.9.9.8 192.168.0.0/16\n site Branch 40.9.9.8 192.168.7.0/24\n vnet A 10.1.0.0/16 to=HQ\n vnet B 10.2.0.0/16 to=Branch",
		want:   []string{`prefix 192.168.7.0/24 of local network site "Branch" overlaps 192.168.0.0/16 of "HQ", which is another device: VNet "B" uses the one, VNet "A" the other`},
	},
	{
		rule: "ER-001", name: "Dedicated",
		fires:  "site DC - 192.168.0.0/16\n vnet A 10.1.0.0/16 er=DC",
		silent: "site DC 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16 to=DC",
		want:   []string{`the Dedicated connection of VNet "A" to "DC" does not name its circuit`},
	},
	{
		rule: "ER-004", name: "Dedicated",
		fires:  "site DC - 192.168.0.0/16\n vnet A 10.1.0.0/16 er=DC",
		silent: "site DC 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16 to=DC",
		want:   []string{`VNet "A" has ExpressRoute; VPN sites beside it would not be in its network configuration`},
	},
	{
		rule: "DNS-001", name: "another VNet",
		fires:  "dns dc1 10.2.0.4\n vnet A 10.1.0.0/16 dns=dc1\n vnet B 10.2.0.0/16 dns=dc1",
		silent: "dns dc1 10.1.0.4\n dns open 8.8.8.8\n vnet A 10.1.0.0/16 dns=dc1,open\n vnet B 10.2.0.0/16",
		want:   []string{`DNS server "dc1" (10.2.0.4) of VNet "A" is in VNet "B"`},
	},
	{
		rule: "DNS-001", name: "on-premises and nowhere",
		fires:  "dns dc1 192.168.1.4\n dns old 172.20.0.4\n site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16 dns=dc1,old to=HQ",
		silent: "dns dc1 192.168.1.4\n site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16 to=HQ",
		want: []string{
			`DNS server "dc1" (192.168.1.4) of VNet "A" is on-premises, behind local network site "HQ"`,
			`DNS server "old" (172.20.0.4) of VNet "A" is in no network of the input`,
		},
	},
	{
		rule: "DNS-002", name: "pair",
		fires:  pair,
		silent: "dns dc1 10.1.0.4\n" + strings.ReplaceAll(pair, "to=", "dns=dc1 to="),
		want:   []string{`2 VNets with tunnels to others have no DNS server: "A" and "B"`},
	},
	{
		rule: "LIM-001", name: "sites",
		fires:  branches(20),
		silent: branches(19),
		want:   []string{`20 local network sites in one subscription; 20 are allowed, 50 on request`},
	},
	{
		rule: "LIM-001", name: "DNS servers and VNets",
		fires:  resolvers(20) + vnets(100),
		silent: resolvers(19) + vnets(98),
		want:   []string{`101 classic VNets in one subscription; 100 are allowed`, `VNet "A" names 20 DNS servers; 20 are allowed`},
	},
	{
		rule: "LIM-002", name: "prefixes",
		fires:  "site HQ 40.9.9.9" + prefixes(1001) + "\n vnet A 10.1.0.0/16 to=HQ",
		silent: "site HQ 40.9.9.9" + prefixes(1000) + "\n site spare 40.9.9.8" + prefixes(1001) + "\n vnet A 10.1.0.0/16 to=HQ",
		want:   []string{`local network site "HQ" lists 1001 prefixes; 1000 are allowed`},
	},
	{
		rule: "LIM-003", name: "subnets",
		fires:  "vnet A 10.0.0.0/8" + subnets(3001),
		silent: "vnet A 10.0.0.0/8" + subnets(3000),
		want:   []string{`VNet "A" has 3001 subnets; 3000 are allowed`},
	},
	{
		rule: "LIM-004", name: "subnet",
		fires:  "vnet A 10.1.0.0/16 subnet=apps:10.1.1.0/30",
		silent: "vnet A 10.1.0.0/16 subnet=apps:10.1.1.0/29",
		want:   []string{`subnet "apps" of VNet "A" has the prefix 10.1.1.0/30; the smallest is /29`},
	},
	{
		rule: "SITE-014", name: "device",
		fires:  "site HQ 131.107.9.9 192.168.0.0/16 131.107.0.0/16\n vnet A 10.1.0.0/16 to=HQ",
		silent: "site HQ 131.107.9.9 131.108.0.0/16\n site spare 131.107.9.9 131.107.0.0/16\n site lab 10.9.0.1 10.9.0.0/16\n vnet A 10.1.0.0/16 to=HQ,lab",
		want:   []string{`gateway address 131.107.9.9 of local network site "HQ" lies in its own prefix 131.107.0.0/16`},
	},
	{
		rule: "SEC-007", name: "two files",
		fires:  "site B 40.1.1.2 10.2.0.0/16\n vnet A 10.1.0.0/16 to=B\n file other.netcfg\n site A 40.1.1.1 10.1.0.0/16\n vnet B 10.2.0.0/16 to=A",
		silent: pair + "file other.netcfg\n vnet C 10.3.0.0/16",
		want:   []string{`1 tunnel joins VNets of "corp.netcfg" and "other.netcfg": "A" with "B"`},
	},
	{
		rule: "P2S-003", name: "far site",
		fires:  strings.Replace(strings.Replace(pair, "to=B", "pool=172.20.0.0/24 to=B", 1), "10.1.0.0/16\n", "10.1.0.0/16 172.20.0.0/24\n", 1),
		silent: strings.Replace(pair, "to=B", "pool=172.20.0.0/24 to=B", 1),
		want:   []string{`clients of VNet "A" (172.20.0.0/24) reach VNet "B" only as long as the tunnel is IPsec with the pool in its site`},
	},
}

// prefixes is n disjoint prefixes of on-premises networks.
func prefixes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " 172.%d.%d.0/24", 16+i/256, i%256)
	}
	return b.String()
}

// subnets is n disjoint subnets of 10.0.0.0/8.
func subnets(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " subnet=s%04d:10.%d.%d.0/24", i, i/256, i%256)
	}
	return b.String()
}

// branches is a VNet with n on-premises sites.
func branches(n int) string {
	var b strings.Builder
	var names []string
	for i := range n {
		fmt.Fprintf(&b, "site branch%02d 40.9.9.%d 192.168.%d.0/24\n", i, 100+i, i)
		names = append(names, fmt.Sprintf("branch%02d", i))
	}
	return b.String() + "vnet A 10.1.0.0/16 to=" + strings.Join(names, ",") + "\n"
}

// resolvers is a VNet with n DNS servers.
func resolvers(n int) string {
	var b strings.Builder
	var names []string
	for i := range n {
		fmt.Fprintf(&b, "dns ns%d 10.1.0.%d\n", i, 10+i)
		names = append(names, fmt.Sprintf("ns%d", i))
	}
	return b.String() + "vnet A 10.1.0.0/16 dns=" + strings.Join(names, ",") + "\n"
}

// vnets is n disjoint VNets.
func vnets(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "vnet N%03d 172.16.%d.0/24\n", i, i)
	}
	return b.String()
}

func TestEstateRules(t *testing.T) {
	for _, c := range estateCases {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, messages(lint(read(t, c.fires)), c.rule)); diff != "" {
				t.Errorf("messages (-want +got)\n%s", diff)
			}
			if got := messages(lint(read(t, c.silent)), c.rule); len(got) > 0 {
				t.Errorf("near miss fires: %q", got)
			}
		})
	}
}

// TestRightAddresses checks that findings about addresses name those that belong there.
func TestRightAddresses(t *testing.T) {
	for _, c := range []struct{ rule, lines, want string }{
		{"SITE-001", swapped + "gateway A 40.1.1.1\n gateway B 40.1.1.2", `put 40.1.1.1 into "A" and 40.1.1.2 into "B"`},
		{"SITE-002", strings.Replace(pair, "site B 40.1.1.2", "site B 1.1.1.1", 1) + "gateway B 40.1.1.2", `put 40.1.1.2 into "B"`},
		{"SITE-011", pair + "gateway B 40.1.1.9", "put 40.1.1.9 into the site"},
	} {
		hint := ""
		for _, f := range Estate(read(t, c.lines)) {
			if f.Rule == c.rule {
				hint = f.Hint
			}
		}
		if hint != c.want {
			t.Errorf("%s hints %q, want %q", c.rule, hint, c.want)
		}
	}
}

// TestLostReference checks that a one-sided connection names the site that the other end once used.
func TestLostReference(t *testing.T) {
	related := func(lines string) []diag.Related {
		for _, f := range Estate(read(t, lines)) {
			if f.Rule == "LINK-001" {
				return f.Related
			}
		}
		return nil
	}
	lost := strings.Replace(pair, " to=A", "", 1)
	got := related(lost)
	want := `local network site "A" has the address space of "A" and nothing refers to it: the reference of "B" may have been lost`
	if len(got) != 2 || got[1].Message != want {
		t.Errorf("related are %v, want %s", got, want)
	}
	if got := related(strings.Replace(lost, "10.1.0.0/16\n", "10.1.0.0/24\n", 1)); len(got) != 1 {
		t.Errorf("a site of other addresses is named: %v", got)
	}
}

// TestPathThroughPremises gives the pairing by hand: what the sites of one device mean is another
// package's question.
func TestPathThroughPremises(t *testing.T) {
	throughHQ := func(prefixOfA, prefixOfC string) []string {
		e := read(t, `
			site HQ-A 40.9.9.9 192.168.0.0/16 `+prefixOfC+`
			site HQ-C 40.9.9.9 192.168.0.0/16 `+prefixOfA+`
			vnet A 10.1.0.0/16 to=HQ-A
			vnet C 10.3.0.0/16 to=HQ-C`)
		for i := range e.Sites {
			s := &e.Sites[i]
			s.Endpoint, s.Class, s.Network, s.Address.Placeholder = estate.ID{}, estate.SiteTransit, "HQ", ""
		}
		for i := range e.Connections {
			e.Connections[i].Pairing = estate.Pairing{}
		}
		return messages(Estate(e), "LINK-007")
	}
	want := []string{`"A" and "C" can reach each other only through on-premises network "HQ", if it passes packets on`}
	if diff := cmp.Diff(want, throughHQ("10.1.0.0/16", "10.3.0.0/16")); diff != "" {
		t.Errorf("messages (-want +got)\n%s", diff)
	}
	if got := throughHQ("", "10.3.0.0/16"); len(got) > 0 {
		t.Errorf("one direction fires: %q", got)
	}
	if got := throughHQ("", ""); len(got) > 0 {
		t.Errorf("no direction fires: %q", got)
	}
}
