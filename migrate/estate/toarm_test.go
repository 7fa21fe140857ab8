package estate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// armForm converts a sketch.
func armForm(t failer, text string) (*estate.Estate, []diag.Fate, diag.List) {
	t.Helper()
	e, _ := meaning(t, text)
	return estate.ToARM(e)
}

// connectionLines tells what an ARM estate's connections route, a line each:
//
//	VA-to-VB Vnet2Vnet VB-gateway
//	VA-to-VB IPsec toB 10.2.0.0/16 via VB-gateway
//	VA-to-office IPsec office 192.168.0.0/16 via 81.2.69.160
func connectionLines(e *estate.Estate) []string {
	x := estate.NewIndex(e)
	var out []string
	for i := range e.Connections {
		c := &e.Connections[i]
		line := c.ID.Name + " " + c.Kind.String()
		if s := x.Site(c.Site); s != nil {
			line += " " + s.ID.Name
			for _, p := range s.Prefixes {
				line += " " + p.Prefix.String()
			}
			switch {
			case !s.AddressOf.IsZero():
				line += " via " + s.AddressOf.Name
			case s.Address.IsValid():
				line += " via " + s.Address.String()
			}
		}
		if !c.RemoteGateway.IsZero() {
			line += " " + c.RemoteGateway.Name
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func TestToARMConnections(t *testing.T) {
	tests := []struct {
		name, sketch, want string
		rules              []string
	}{
		{"exact on both ends", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.0.0/16 172.20.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 172.20.0.0/16 10.2.0.0/16 -> toA`, `
			VA-to-VB Vnet2Vnet VB-gateway
			VB-to-VA Vnet2Vnet VA-gateway`, nil},
		{"more behind one end", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.0.0/16 192.168.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 -> toA`, `
			VA-to-VB IPsec toB 10.2.0.0/16 192.168.0.0/16 via VB-gateway
			VB-to-VA IPsec toA 10.1.0.0/16 via VA-gateway`, []string{"ARM-009"}},
		{"less than the other space", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.4.0/24 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 -> toA`, `
			VA-to-VB IPsec toB 10.2.4.0/24 via VB-gateway
			VB-to-VA IPsec toA 10.1.0.0/16 via VA-gateway`, []string{"ARM-009"}},
		{"the same addresses in other prefixes", `
			site toA 10.1.0.0/17 10.1.128.0/17 @40.68.10.20
			site toB 10.2.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 -> toA`, `
			VA-to-VB IPsec toB 10.2.0.0/16 via VB-gateway
			VB-to-VA IPsec toA 10.1.0.0/17 10.1.128.0/17 via VA-gateway`, []string{"ARM-009"}},
		{"placeholders do not matter where the gateway is known", `
			site toA 10.1.0.0/16 @1.1.1.1
			site toB 10.2.0.0/16 10.3.0.0/16 @1.1.1.1
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 -> toA`, `
			VA-to-VB IPsec toB 10.2.0.0/16 10.3.0.0/16 via VB-gateway
			VB-to-VA IPsec toA 10.1.0.0/16 via VA-gateway`, []string{"ARM-009"}},
		{"one multi-hop site for two spokes", `
			site hub 10.0.0.0/16 192.168.0.0/16 @40.70.91.7
			site a 10.1.0.0/16 @40.68.10.20
			site b 10.2.0.0/16 @40.69.30.41
			site office 192.168.0.0/16 @81.2.69.160
			vnet VH 10.0.0.0/16 -> a b office
			vnet VA 10.1.0.0/16 -> hub
			vnet VB 10.2.0.0/16 -> hub`, `
			VA-to-VH IPsec hub 10.0.0.0/16 192.168.0.0/16 via VH-gateway
			VB-to-VH IPsec hub 10.0.0.0/16 192.168.0.0/16 via VH-gateway
			VH-to-VA IPsec a 10.1.0.0/16 via VA-gateway
			VH-to-VB IPsec b 10.2.0.0/16 via VB-gateway
			VH-to-office IPsec office 192.168.0.0/16 via 81.2.69.160`, []string{"ARM-009"}},
		{"one-sided", `
			site toB 10.2.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16`, ``, []string{"ARM-005"}},
		{"ambiguous", `
			site toA 10.1.0.0/16
			site toB 10.2.0.0/16
			vnet VA 10.1.0.0/16 -> toB
			vnet a2 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 -> toA
			vnet b2 10.2.0.0/16 -> toA`, ``, []string{"ARM-005"}},
		{"a site without a usable prefix", `
			site office 10.2.0.0 @81.2.69.160
			vnet VA 10.1.0.0/16 -> office`, ``, []string{"ARM-005"}},
		{"ExpressRoute with a site and without", `
			site london 172.16.0.0/12
			vnet VA 10.1.0.0/16 -> london!
			vnet VB 10.2.0.0/16 -> circuit!`, `
			VA-to-london ExpressRoute london 172.16.0.0/12
			VB-to-circuit ExpressRoute`, nil},
		{"ExpressRoute beside a tunnel", `
			site london 172.16.0.0/12
			site leeds 192.168.0.0/16 @81.2.69.160
			vnet VA 10.1.0.0/16 gateway:no subnet:GatewaySubnet=10.1.0.0/27 -> london! leeds`, `
			VA-to-leeds IPsec leeds 192.168.0.0/16 via 81.2.69.160
			VA-to-london ExpressRoute london 172.16.0.0/12`, nil},
		{"both gateways in a small subnet", `
			site london 172.16.0.0/12
			site leeds 192.168.0.0/16 @81.2.69.160
			vnet VA 10.1.0.0/16 gateway:no subnet:GatewaySubnet=10.1.0.0/28 -> london! leeds`, `
			VA-to-leeds IPsec leeds 192.168.0.0/16 via 81.2.69.160
			VA-to-london ExpressRoute london 172.16.0.0/12`, []string{"ARM-016", "ARM-025"}},
		{"two clouds", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 in:China_North -> toA`, `
			VA-to-VB IPsec toB 10.2.0.0/16 via 40.69.30.41
			VB-to-VA IPsec toA 10.1.0.0/16 via 40.68.10.20`, nil},
		{"two regions of one cloud that is not the public one", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 in:China_East -> toB
			vnet VB 10.2.0.0/16 in:China_North -> toA`, `
			VA-to-VB Vnet2Vnet VB-gateway
			VB-to-VA Vnet2Vnet VA-gateway`, nil},
		{"a region that is not known may be anywhere", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 in:Atlantis -> toB
			vnet VB 10.2.0.0/16 in:China_North -> toA`, `
			VA-to-VB Vnet2Vnet VB-gateway
			VB-to-VA Vnet2Vnet VA-gateway`, nil},
		{"a device of two clouds is a resource in each", `
			site office 192.168.0.0/16 @81.2.69.160
			vnet VA 10.1.0.0/16 -> office
			vnet VB 10.2.0.0/16 in:US_Gov_Virginia -> office`, `
			VA-to-office IPsec office 192.168.0.0/16 via 81.2.69.160
			VB-to-office IPsec office-2 192.168.0.0/16 via 81.2.69.160`, []string{"ARM-003"}},
		{"no gateway subnet at the far end", `
			site toA 10.1.0.0/16 @40.68.10.20
			site toB 10.2.0.0/16 @40.69.30.41
			vnet VA 10.1.0.0/16 -> toB
			vnet VB 10.2.0.0/16 gateway:no -> toA`, ``, []string{"ARM-005", "ARM-025"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			arm, _, found := armForm(t, tt.sketch)
			wantLines(t, "connections", tt.want, connectionLines(arm))
			if diff := cmp.Diff(tt.rules, rules(found)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestToARMGateways(t *testing.T) {
	arm, _, found := armForm(t, `
		site london 172.16.0.0/12
		site leeds 192.168.0.0/16 @81.2.69.160
		vnet both 10.1.0.0/16 -> london! leeds
		vnet dial-in 10.2.0.0/16 pool:172.31.0.0/24
		vnet bare 10.3.0.0/16 gateway:no pool:172.31.1.0/24
		vnet plain 10.4.0.0/16`)
	var got []string
	for _, g := range arm.Gateways {
		got = append(got, fmt.Sprintf("%s %s in %s ip:%q pools:%d", g.ID.Name, g.Kind, g.VNet.Name, g.PublicIP.Name, len(g.ClientPools)))
		if g.SKU == "" || g.Region.Name != "westeurope" {
			t.Errorf("%s: SKU %q in %s, want one in its VNet's region", g.ID.Name, g.SKU, g.Region)
		}
	}
	wantLines(t, "gateways", `
		both-er-gateway ExpressRoute in both ip:"" pools:0
		both-gateway Vpn in both ip:"both-gateway-ip" pools:0
		dial-in-gateway Vpn in dial-in ip:"dial-in-gateway-ip" pools:1`, slices.Sorted(slices.Values(got)))
	wantMessage(t, found, "ARM-005", `"bare"`, estate.GatewaySubnet)
}

// The size of a gateway follows from its tunnels.
func TestToARMSizes(t *testing.T) {
	tests := []struct {
		tunnels     int
		size, rules string
	}{{1, "VpnGw1AZ", ""}, {30, "VpnGw1AZ", ""}, {31, "VpnGw4AZ", "ARM-018"}, {100, "VpnGw4AZ", "ARM-018"}, {101, "VpnGw4AZ", "ARM-017"}}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.tunnels), func(t *testing.T) {
			var sites, refs strings.Builder
			for i := range tt.tunnels {
				fmt.Fprintf(&sites, "site s%d 192.168.%d.0/24 @81.2.69.%d\n", i, i, i+1)
				fmt.Fprintf(&refs, " s%d", i)
			}
			arm, _, found := armForm(t, sites.String()+"vnet VA 10.1.0.0/16 pool:172.31.0.0/24 ->"+refs.String())
			if got := arm.Gateways[0].SKU; got != tt.size || len(arm.Connections) != tt.tunnels {
				t.Errorf("%d tunnels on %s, want %d on %s", len(arm.Connections), got, tt.tunnels, tt.size)
			}
			if got := strings.Join(rules(found), " "); got != tt.rules {
				t.Errorf("rules %q, want %q", got, tt.rules)
			}
			if tt.rules != "" {
				wantMessage(t, found, tt.rules, "VA-gateway", tt.size, fmt.Sprint(tt.tunnels))
			}
		})
	}
}

// Both halves of a tunnel take their key from one parameter, and no two tunnels share one.
func TestToARMKeys(t *testing.T) {
	for _, name := range fixtureNames(t) {
		arm, _, _ := estate.ToARM(fixture(t, name))
		users := map[string][]string{}
		for i := range arm.Connections {
			c := &arm.Connections[i]
			if (c.Kind == estate.ExpressRoute) != (c.KeyName == "") {
				t.Errorf("%s: %s connection %s has the key %q", name, c.Kind, c.ID.Name, c.KeyName)
			}
			if c.KeyName != "" {
				users[c.KeyName] = append(users[c.KeyName], c.ID.Name)
			}
		}
		x := estate.NewIndex(arm)
		for i := range arm.Connections {
			c := &arm.Connections[i]
			want := []string{c.ID.Name}
			if partner := x.Connection(c.Pairing.Partner); partner != nil {
				want = append(want, partner.ID.Name)
			}
			got := slices.Clone(users[c.KeyName])
			slices.Sort(want)
			slices.Sort(got)
			if c.KeyName != "" && !slices.Equal(want, got) {
				t.Errorf("%s: the key of %s serves %v, want %v", name, c.ID.Name, got, want)
			}
		}
	}
}

func TestToARMNames(t *testing.T) {
	arm, _, found := armForm(t, `
		site 17BE5E2C_office 192.168.0.0/24 @81.2.69.160
		site 6C74F6E6_office 192.168.1.0/24 @81.2.69.161
		vnet Group_shop-rg_web 10.1.0.0/16 -> 17BE5E2C_office
		vnet Group_bank-rg_web 10.2.0.0/16 -> 6C74F6E6_office
		vnet ne@@wvnet 10.3.0.0/16`)
	got := map[string]string{}
	for _, m := range arm.Mapping {
		if m.From.Type == estate.TypeVNet || m.From.Type == estate.TypeSite {
			got[m.From.Name] = m.To.Name + " " + m.Rule
		}
	}
	// An underscore in a sketch is a space: portal sites are written with one, so these are not.
	want := map[string]string{
		"Group bank-rg web": "web ARM-002", "Group shop-rg web": "web-2 ARM-003", "ne@@wvnet": "ne-wvnet ARM-002",
		"17BE5E2C office": "17BE5E2C-office ARM-002", "6C74F6E6 office": "6C74F6E6-office ARM-002",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ARM-002", "ARM-003"}, rules(found)); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

// Names that the portal made lose what it put before them; the triangle has both sorts.
func TestToARMPortalNames(t *testing.T) {
	arm, _, _ := estate.ToARM(fixture(t, "triangle"))
	x := estate.NewIndex(arm)
	for i := range arm.Connections {
		for _, name := range []string{arm.Connections[i].ID.Name, x.Gateway(arm.Connections[i].Gateway).VNet.Name} {
			if strings.Contains(name, "rg-") || strings.Contains(name, "17BE5E2C") {
				t.Errorf("%q keeps what the portal added", name)
			}
		}
	}
}

func TestToARMSubnets(t *testing.T) {
	tests := []struct {
		name, words string
		want        []string
		rules       []string
	}{
		{"as they should be", "subnet:web=10.1.0.0/24 subnet:GatewaySubnet=10.1.1.0/29", []string{"web", "GatewaySubnet"}, nil},
		{"a gateway subnet in another spelling", "subnet:gatewaysubnet=10.1.1.0/29", []string{"GatewaySubnet"}, []string{"ARM-002"}},
		{"two gateway subnets", "subnet:GATEWAYSUBNET=10.1.1.0/29 subnet:gatewaysubnet=10.1.2.0/29", []string{"GatewaySubnet", "gatewaysubnet-2"}, []string{"ARM-002", "ARM-003"}},
		{"a space", "subnet:Web_Tier=10.1.0.0/24", []string{"Web-Tier"}, []string{"ARM-002"}},
		{"two that become one name", "subnet:Web_Tier=10.1.0.0/24 subnet:Web-Tier=10.1.1.0/24", []string{"Web-Tier", "Web-Tier-2"}, []string{"ARM-002", "ARM-003"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			arm, _, found := armForm(t, "vnet VA 10.1.0.0/16 gateway:no "+tt.words)
			var got []string
			for _, s := range arm.VNets[0].Subnets {
				got = append(got, s.Name)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("subnets (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rules, rules(found)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

// A site ends as a local network gateway, in its connections, on purpose nowhere, or with a person.
func TestToARMSiteFates(t *testing.T) {
	e, _ := meaning(t, `
		site kept 192.168.0.0/16 @81.2.69.160
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		site lonely 10.2.0.0/16 @40.69.30.41
		site left 192.168.99.0/24 @1.1.1.1
		vnet VA 10.1.0.0/16 -> toB kept
		vnet VB 10.2.0.0/16 -> toA
		vnet VC 10.3.0.0/16 -> lonely`)
	_, fates, _ := estate.ToARM(e)
	byRef := map[diag.Ref]diag.Fate{}
	for _, f := range fates {
		byRef[f.Ref] = f
	}
	want := map[string]diag.FateKind{"kept": 0, "toA": diag.Changed, "toB": diag.Changed, "lonely": diag.NeedsPerson, "left": diag.Dropped}
	for i := range e.Sites {
		s := &e.Sites[i]
		leaves := slices.Concat(s.Refs, s.Prefixes[0].Refs, s.Address.Refs)
		for _, r := range leaves {
			if f := byRef[r]; f.Kind != want[s.Name] {
				t.Errorf("leaf of %s is %s (%s), want %s", s.Name, f.Kind, f.Why, want[s.Name])
			} else if f.Kind == diag.Changed && len(f.Targets) == 0 {
				t.Errorf("leaf of %s is changed into nothing", s.Name)
			}
		}
	}
}

func TestToARMLeavesItsInputAlone(t *testing.T) {
	for _, name := range fixtureNames(t) {
		e := fixture(t, name)
		estate.ToARM(e)
		if diff := cmp.Diff(fixture(t, name), e, sameMeaning); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
}

// Two halves want the same other end.
func TestToARMNumbersCandidates(t *testing.T) {
	_, _, found := armForm(t, `
		site one 10.1.0.0/16
		site two 10.2.0.0/16
		vnet first 10.1.0.0/16 -> two
		vnet other 10.1.0.0/16 -> two
		vnet last 10.2.0.0/16 -> one`)
	var got []string
	for _, f := range found {
		_, message, _ := strings.Cut(f.Message, "is not built: ")
		got = append(got, message)
	}
	slices.Sort(got)
	wantLines(t, "messages", `
		1 connection could be its other end, and that of others as well
		1 connection could be its other end, and that of others as well
		2 connections could be its other end`, got)
}

// What the service said of a connection goes along: one to on-premises has no partner to ask.
func TestToARMOfWhatWasNotUp(t *testing.T) {
	e, _ := meaning(t, `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		site office 192.168.0.0/16 @81.2.69.160
		site past 10.3.0.0/16 @40.69.77.12
		vnet A 10.1.0.0/16 -> toB office past
		vnet B 10.2.0.0/16 -> toA
		state A/office NotConnected
		declare past gone`)
	_, _, found := estate.ToARM(e)
	wantMessage(t, found, "ARM-013", `with "office" is not up (LINK-002)`)
	if slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-005" }) {
		t.Errorf("what is declared gone has been reported before: %v", found)
	}
}

// TestRoomForGatewaySubnet offers the lowest free block that takes what is to stand in it.
func TestRoomForGatewaySubnet(t *testing.T) {
	tests := []struct{ name, sketch, want string }{
		{"after a subnet", "vnet A 10.1.0.0/24 gateway:no subnet:web=10.1.0.0/26 pool:172.31.0.0/24", `10.1.0.64/27 is free in VNet "A"`},
		{"before a subnet", "vnet A 10.1.0.0/24 gateway:no subnet:web=10.1.0.128/25 pool:172.31.0.0/24", `10.1.0.0/27 is free`},
		{"aligned", "vnet A 10.1.0.0/24 gateway:no subnet:web=10.1.0.0/29 pool:172.31.0.0/24", `10.1.0.32/27 is free`},
		{"a smaller one for one gateway", "vnet A 10.1.0.0/26 gateway:no subnet:web=10.1.0.0/27 subnet:db=10.1.0.32/28 pool:172.31.0.0/24", `10.1.0.48/28 is free`},
		{"in the second prefix", "vnet A 10.1.0.0/24 10.2.0.0/24 gateway:no subnet:web=10.1.0.0/24 pool:172.31.0.0/24", `10.2.0.0/27 is free`},
		{"none", "vnet A 10.1.0.0/24 gateway:no subnet:web=10.1.0.0/24 pool:172.31.0.0/24", `no block of /27 is free in VNet "A"`},
		{"where the small one is", `
			site london 172.16.0.0/12
			site leeds 192.168.0.0/16 @81.2.69.160
			vnet A 10.1.0.0/24 gateway:no subnet:GatewaySubnet=10.1.0.0/28 subnet:web=10.1.0.128/25 -> london! leeds`, `10.1.0.0/27 is free`},
		{"not a smaller one for two gateways", `
			site london 172.16.0.0/12
			site leeds 192.168.0.0/16 @81.2.69.160
			vnet A 10.1.0.0/26 gateway:no subnet:GatewaySubnet=10.1.0.0/28 subnet:db=10.1.0.16/28 subnet:web=10.1.0.32/27 -> london! leeds`, `no block of /27 is free`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, found := armForm(t, tt.sketch)
			wantMessage(t, found, "ARM-025", tt.want)
		})
	}
}
