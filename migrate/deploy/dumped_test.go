package deploy_test

import (
	"crypto/ed25519"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// dumpedNetwork is the network that the tests below add the answers of the service to: apps has both
// kinds of gateway, branch one tunnel to a device.
const dumpedNetwork = `<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"><VirtualNetworkConfiguration>
<Dns><DnsServers><DnsServer name="names" IPAddress="10.1.0.4" /></DnsServers></Dns>
<LocalNetworkSites>
<LocalNetworkSite name="to-apps"><AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressSpace><VPNGatewayAddress>40.68.10.20</VPNGatewayAddress></LocalNetworkSite>
<LocalNetworkSite name="to-data"><AddressSpace><AddressPrefix>10.2.0.0/16</AddressPrefix></AddressSpace><VPNGatewayAddress>40.69.30.41</VPNGatewayAddress></LocalNetworkSite>
<LocalNetworkSite name="office"><AddressSpace><AddressPrefix>192.168.0.0/16</AddressPrefix></AddressSpace><VPNGatewayAddress>81.2.69.160</VPNGatewayAddress></LocalNetworkSite>
<LocalNetworkSite name="depot"><AddressSpace><AddressPrefix>172.20.0.0/16</AddressPrefix></AddressSpace><VPNGatewayAddress>81.2.69.161</VPNGatewayAddress></LocalNetworkSite>
<LocalNetworkSite name="harbour"><AddressSpace><AddressPrefix>172.21.0.0/16</AddressPrefix></AddressSpace><VPNGatewayAddress>81.2.69.162</VPNGatewayAddress></LocalNetworkSite>
<LocalNetworkSite name="London"><AddressSpace><AddressPrefix>172.16.0.0/14</AddressPrefix></AddressSpace></LocalNetworkSite>
<LocalNetworkSite name="nobody"><AddressSpace><AddressPrefix>172.31.0.0/16</AddressPrefix></AddressSpace></LocalNetworkSite>
</LocalNetworkSites>
<VirtualNetworkSites>
<VirtualNetworkSite name="apps" Location="West Europe"><AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressSpace>
<Subnets><Subnet name="web"><AddressPrefix>10.1.0.0/24</AddressPrefix></Subnet><Subnet name="GatewaySubnet"><AddressPrefix>10.1.255.0/27</AddressPrefix></Subnet></Subnets>
<DnsServersRef><DnsServerRef name="names" /></DnsServersRef>
<Gateway><VPNClientAddressPool><AddressPrefix>10.99.0.0/24</AddressPrefix></VPNClientAddressPool><ConnectionsToLocalNetwork>
<LocalNetworkSiteRef name="to-data"><Connection type="IPsec" /></LocalNetworkSiteRef>
<LocalNetworkSiteRef name="office"><Connection type="IPsec" /></LocalNetworkSiteRef>
<LocalNetworkSiteRef name="London"><Connection type="Dedicated" /></LocalNetworkSiteRef>
</ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>
<VirtualNetworkSite name="data" Location="West Europe"><AddressSpace><AddressPrefix>10.2.0.0/16</AddressPrefix></AddressSpace>
<Subnets><Subnet name="sql"><AddressPrefix>10.2.0.0/24</AddressPrefix></Subnet><Subnet name="GatewaySubnet"><AddressPrefix>10.2.255.0/29</AddressPrefix></Subnet></Subnets>
<Gateway><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="to-apps"><Connection type="IPsec" /></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>
<VirtualNetworkSite name="branch" Location="North Europe"><AddressSpace><AddressPrefix>10.3.0.0/16</AddressPrefix></AddressSpace>
<Subnets><Subnet name="tills"><AddressPrefix>10.3.0.0/24</AddressPrefix></Subnet><Subnet name="GatewaySubnet"><AddressPrefix>10.3.255.0/29</AddressPrefix></Subnet></Subnets>
<Gateway><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="depot"><Connection type="IPsec" /></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>
<VirtualNetworkSite name="bare" Location="North Europe"><AddressSpace><AddressPrefix>10.4.0.0/16</AddressPrefix></AddressSpace>
<Subnets><Subnet name="all"><AddressPrefix>10.4.0.0/17</AddressPrefix></Subnet></Subnets>
<Gateway><VPNClientAddressPool><AddressPrefix>10.98.0.0/24</AddressPrefix></VPNClientAddressPool><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="harbour"><Connection type="IPsec" /></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>
</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>`

func fact(value string) estate.Fact { return estate.Fact{Value: value, Raw: value} }

func prefix(s string) estate.Prefix {
	p := netip.MustParsePrefix(s)
	return estate.Prefix{Prefix: p, Raw: s}
}

// certificate is a root certificate, as base64, with its thumbprint. Equal names give equal ones.
func certificate(t *testing.T, name string) (data, thumbprint string) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{7}, ed25519.SeedSize))
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(1_400_000_000, 0), NotAfter: time.Unix(2_000_000_000, 0)}
	der, err := x509.CreateCertificate(nil, root, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(der)
	return base64.StdEncoding.EncodeToString(der), strings.ToUpper(hex.EncodeToString(sum[:]))
}

func rule(name, direction, priority, access, protocol, source, sourcePort, destination, destinationPort string) estate.SecurityRule {
	return estate.SecurityRule{Name: fact(name), Direction: fact(direction), Priority: fact(priority), Access: fact(access), Protocol: fact(protocol),
		Source: fact(source), SourcePort: fact(sourcePort), Destination: fact(destination), DestinationPort: fact(destinationPort)}
}

func route(name, to, hop, address string) estate.Route {
	r := estate.Route{Name: fact(name), Prefix: prefix(to), NextHop: fact(hop)}
	if address != "" {
		r.Address = estate.Address{Addr: netip.MustParseAddr(address), Raw: address}
	}
	return r
}

// dumpedEstate is dumpedNetwork with everything that the service can say, none of it in error.
func dumpedEstate(t *testing.T) *estate.Estate {
	t.Helper()
	_, e, _ := meaning(t, "network.netcfg", []byte(dumpedNetwork))
	id := func(typ, name string) estate.ID {
		return estate.ID{Subscription: e.VNets[0].ID.Subscription, Type: typ, Name: name}
	}
	for i := range e.VNets {
		e.VNets[i].GUID = fact("5c0e3f1a")
	}
	bind := func(vnet, subnet, group, table string) {
		s := subnetOf(t, e, vnet, subnet)
		s.SecurityGroup, s.RouteTable = id(estate.TypeNSG, group), id(estate.TypeRouteTable, table)
	}
	bind("apps", "web", "web rules", "through firewall")
	bind("data", "sql", "web rules", "through firewall")
	e.SecurityGroups = []estate.SecurityGroup{{ID: id(estate.TypeNSG, "web rules"), Name: "web rules", Region: estate.Region{Name: "westeurope", Raw: "West Europe"}, RulesKnown: true,
		Rules: []estate.SecurityRule{
			rule("https in", "Inbound", "100", "Allow", "Tcp", "Internet", "*", "10.1.0.0/24", "443"),
			rule("no telnet", "Inbound", "4096", "Deny", "*", "VirtualNetwork", "1024-65535", "*", "23"),
			rule("probe", "Outbound", "100", "Allow", "Udp", "AzureLoadBalancer", "*", "10.1.0.9", "53"),
		}}}
	e.RouteTables = []estate.RouteTable{{ID: id(estate.TypeRouteTable, "through firewall"), Name: "through firewall", RoutesKnown: true,
		Routes: []estate.Route{
			route("out", "0.0.0.0/0", "VirtualAppliance", "10.1.0.250"),
			route("home", "10.0.0.0/8", "VnetLocal", ""),
			route("hole", "192.0.2.0/24", "None", ""),
		}}}
	data, thumbprint := certificate(t, "Clients of apps")
	for i := range e.Gateways {
		g := &e.Gateways[i]
		g.State, g.Routing = fact(estate.GatewayProvisioned), fact(estate.RoutingDynamic)
		g.Size, g.Address = fact("HighPerformance"), estate.Address{Addr: netip.MustParseAddr("40.68.10.20"), Raw: "40.68.10.20"}
		switch {
		case g.Kind == estate.ExpressRouteGateway:
			g.Size = fact("UltraPerformance")
		case g.VNet.Name == "apps":
			g.Beside = fact("apps second")
			g.DefaultSite = id(estate.TypeSite, "office")
			g.Certificates = []estate.Certificate{{Subject: fact("CN=Clients of apps"), Thumbprint: fact(thumbprint), Data: fact(data)}}
			g.BGP = &estate.BGP{ASN: fact("65010"), PeeringAddress: fact("10.1.255.30")}
		case g.VNet.Name == "branch":
			g.Routing, g.Size = fact(estate.RoutingStatic), fact("Default")
		}
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		c.State, c.Key = fact("Connected"), netcfg.NewSecret("K3yOfTheTests")
		switch c.Site.Name {
		case "London":
			c.Circuit, c.Key = id(estate.TypeCircuit, "London metro"), netcfg.Secret{}
		case "to-data":
			c.Policy = &estate.IPsecPolicy{Encryption: fact("AES128"), Hash: fact("SHA256"), PFS: fact("PFS1"), LifetimeSeconds: fact("7200"), Kilobytes: fact("0")}
			c.Vault = fact("apps-data")
		case "office":
			c.Policy = &estate.IPsecPolicy{Encryption: fact("RequireEncryption"), Hash: fact("SHA1"), PFS: fact("None"), LifetimeSeconds: fact("3600"), Kilobytes: fact("102400000")}
		}
	}
	e.Circuits = []estate.Circuit{
		{ID: id(estate.TypeCircuit, "London metro"), ServiceKey: fact("3f1a"), Provider: fact("Telco"), Location: fact("London"), Bandwidth: fact("200"), SKU: fact("Premium"),
			Status: fact("Enabled"), ResourceID: circuitID, Authorization: true},
		{ID: id(estate.TypeCircuit, "spare"), ServiceKey: fact("5c0e"), Provider: fact("Telco")},
	}
	return e
}

const (
	circuitID = "/subscriptions/1/resourceGroups/wan/providers/Microsoft.Network/expressRouteCircuits/london"
	vaultID   = "/subscriptions/0/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/keys"
)

func subnetOf(t *testing.T, e *estate.Estate, vnet, subnet string) *estate.Subnet {
	t.Helper()
	for i := range e.VNets {
		for j := range e.VNets[i].Subnets {
			if s := &e.VNets[i].Subnets[j]; e.VNets[i].Name == vnet && s.Raw == subnet {
				return s
			}
		}
	}
	t.Fatalf("VNet %s has no subnet %s", vnet, subnet)
	return nil
}

func gatewayOf(t *testing.T, e *estate.Estate, vnet string, kind estate.GatewayKind) *estate.Gateway {
	t.Helper()
	for i := range e.Gateways {
		if g := &e.Gateways[i]; g.VNet.Name == vnet && g.Kind == kind {
			return g
		}
	}
	t.Fatalf("VNet %s has no %s gateway", vnet, kind)
	return nil
}

func connectionOf(t *testing.T, e *estate.Estate, vnet, site string) *estate.Connection {
	t.Helper()
	for i := range e.Connections {
		if c := &e.Connections[i]; c.ID.Name == vnet && c.Site.Name == site {
			return c
		}
	}
	t.Fatalf("VNet %s has no connection to %s", vnet, site)
	return nil
}

// TestConvertDumped wants all judges to accept every construct that only dumps lead to, and each to
// hold what was said.
func TestConvertDumped(t *testing.T) {
	d, _, found := convertOne(t, dumpedEstate(t), deploy.Options{KeyVault: vaultID})
	template, parameters := encoded(t, d)
	armtest.Judge(t, "dumped", template)
	judgeParameters(t, template, parameters)
	if strings.Contains(string(template)+string(parameters)+fmt.Sprint(found), "K3yOfTheTests") {
		t.Error("a shared key is in the output")
	}
	back, err := arm.Decode(template)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := encoded(t, &deploy.Deployment{Template: back, Parameters: &arm.Parameters{}})
	if string(again) != string(template) {
		t.Error("the template reads back as another one")
	}
	all := resources(t, d)
	mention(t, all, "networkSecurityGroups/web-rules", `"https-in"`, `"priority": 100`, `"Internet"`, `"1024-65535"`, `"AzureLoadBalancer"`, "parameters('location_westeurope')")
	mention(t, all, "routeTables/through-firewall", `"disableBgpRoutePropagation": false`, `"nextHopIpAddress": "10.1.0.250"`, `"VnetLocal"`, `"None"`, "parameters('location_westeurope')")
	mention(t, all, "virtualNetworks/apps", `"networkSecurityGroup"`, `"[resourceId('Microsoft.Network/routeTables', 'through-firewall')]"`, `"dependsOn"`, `"defaultOutboundAccess": true`)
	mention(t, all, "virtualNetworks/branch", "!networkSecurityGroup", "!dependsOn")
	mention(t, all, "virtualNetworkGateways/apps-gateway", `"VpnGw2AZ"`, `"gatewayDefaultSite"`, `'office')]"`, `"asn": 65010`, `"Clients-of-apps"`, `"publicCertData": "M`, "!parameters('p2sRoot")
	mention(t, all, "virtualNetworkGateways/apps-er-gateway", `"ErGw3AZ"`, "'apps-gateway'")
	mention(t, all, "virtualNetworkGateways/branch-gateway", `"VpnGw1AZ"`, `"RouteBased"`)
	mention(t, all, "connections/branch-to-depot", `"usePolicyBasedTrafficSelectors": true`, `"IKEv2"`, `"saLifeTimeSeconds": 3600`, `"dhGroup": "DHGroup2"`, `"pfsGroup": "None"`)
	for _, half := range []string{"connections/apps-to-data", "connections/data-to-apps"} {
		mention(t, all, half, `"Vnet2Vnet"`, `"saLifeTimeSeconds": 7200`, `"saDataSizeKilobytes": 102400000`, `"ipsecEncryption": "AES128"`, `"ipsecIntegrity": "SHA256"`, `"pfsGroup": "PFS1"`, `"ikeEncryption": "AES256"`)
	}
	mention(t, all, "connections/apps-to-office", "!ipsecPolicies", "!usePolicyBased")
	mention(t, all, "connections/apps-to-London", "parameters('circuit_London_metro')", "parameters('authorizationKey_apps_to_London')")
	for _, want := range []string{`"secretName": "apps-data"`, `"value": "` + circuitID + `"`, `"secretName": "expressroute-apps-to-London"`} {
		if !strings.Contains(string(parameters), want) {
			t.Errorf("the parameters lack %s:\n%s", want, parameters)
		}
	}
}

// armOnly are the fields with Refs that a classic estate has not.
var armOnly = []string{"Gateway.Region", "Site.Region", "VNet.State", "Site.FQDN", "Gateway.Generation", "Gateway.MoreAddresses", "Gateway.CustomRoutes",
	"Connection.Ingress", "Connection.Egress", "Connection.Protocol", "Connection.Managed"}

// renumber gives every list of Refs in an estate one Ref of its own and returns how many there are.
// Fields that only an ARM estate has are left out.
func renumber(e *estate.Estate) int {
	n := 0
	refs := reflect.TypeFor[[]diag.Ref]()
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case v.Type() == refs:
			n++
			v.Set(reflect.ValueOf([]diag.Ref{{Ordinal: int32(n), Line: int32(n), Col: 1}}))
		case v.Kind() == reflect.Pointer && !v.IsNil():
			walk(v.Elem())
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && !slices.Contains(armOnly, v.Type().Name()+"."+f.Name) {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(e).Elem())
	return n
}

// TestEveryRefOfDumpsHasOneFate changes a dumped estate in every way that the rules below know, gives
// each of its lists of Refs a Ref of its own, and looks for each in the fates.
func TestEveryRefOfDumpsHasOneFate(t *testing.T) {
	check := func(t *testing.T, e *estate.Estate) {
		n := renumber(e)
		_, fates, _ := convertOne(t, e, deploy.Options{})
		merged := diag.MergeFates(fates)
		seen := map[int32]int{}
		for _, f := range merged {
			seen[f.Ref.Ordinal]++
			if f.Kind != diag.Converted && f.Why == "" {
				t.Errorf("leaf %d is %s for no reason", f.Ref.Ordinal, f.Kind)
			}
		}
		for i := int32(1); i <= int32(n); i++ {
			if seen[i] != 1 {
				t.Errorf("leaf %d of %d has %d fates: %s", i, n, seen[i], holder(reflect.ValueOf(e).Elem(), i, "estate"))
			}
			delete(seen, i)
		}
		if len(seen) > 0 {
			t.Errorf("fates of leaves that are not there: %v", seen)
		}
	}
	t.Run("as it is", func(t *testing.T) { check(t, dumpedEstate(t)) })
	for _, tt := range dumpedRules {
		t.Run(tt.rule, func(t *testing.T) {
			e := dumpedEstate(t)
			tt.fires(t, e)
			check(t, e)
		})
	}
}

// holder is the path of the field that holds a Ref.
func holder(v reflect.Value, ordinal int32, path string) string {
	switch {
	case v.Type() == reflect.TypeFor[[]diag.Ref]():
		if refs := v.Interface().([]diag.Ref); len(refs) > 0 && refs[0].Ordinal == ordinal {
			return path
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return holder(v.Elem(), ordinal, path)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if found := holder(v.Index(i), ordinal, path+"[]"); found != "" {
				return found
			}
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				if found := holder(v.Field(i), ordinal, path+"."+f.Name); found != "" {
					return found
				}
			}
		}
	}
	return ""
}

// change makes one thing of a dumped estate different.
type change func(t *testing.T, e *estate.Estate)

func nothing(*testing.T, *estate.Estate) {}

func changeRule(i int, edit func(r *estate.SecurityRule)) change {
	return func(_ *testing.T, e *estate.Estate) { edit(&e.SecurityGroups[0].Rules[i]) }
}

func changeRoute(i int, edit func(r *estate.Route)) change {
	return func(_ *testing.T, e *estate.Estate) { edit(&e.RouteTables[0].Routes[i]) }
}

func changeGateway(vnet string, kind estate.GatewayKind, edit func(g *estate.Gateway)) change {
	return func(t *testing.T, e *estate.Estate) { edit(gatewayOf(t, e, vnet, kind)) }
}

func changePolicy(edit func(p *estate.IPsecPolicy)) change {
	return func(t *testing.T, e *estate.Estate) { edit(connectionOf(t, e, "apps", "to-data").Policy) }
}

// dumpedRules shows every rule that only the answers of the service can fire: what makes it fire,
// words of the finding, and a near miss.
var dumpedRules = []struct {
	rule   string
	fires  change
	want   []string // words of all its findings together
	silent change
}{
	{"ARM-012", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.Certificates[0].Data = estate.Fact{} }),
		[]string{`"Clients-of-apps"`, "p2sRootCertificate_apps_Clients_of_apps"}, nothing},
	{"ARM-029", withBGP(func(c *estate.Connection, s *estate.Site) { s.BGP.PeeringAddress = fact("") }), []string{`"apps-to-office"`, "no usable address"}, withBGP(nil)},
	{"ARM-029", withBGP(func(c *estate.Connection, s *estate.Site) { s.BGP.ASN = fact("65010") }), []string{"both ends have the number 65010"}, nothing},
	{"ARM-029", withBGP(func(c *estate.Connection, s *estate.Site) { s.BGP = nil }), []string{"no number of the device"}, nothing},
	{"ARM-030", withBGP(nil), []string{`"apps-to-office"`, `"office"`}, nothing},
	{"ARM-011", func(_ *testing.T, e *estate.Estate) { e.Circuits[0].ResourceID = "" },
		[]string{`"London metro"`, "circuit_London_metro"}, nothing},
	{"ARM-019", nothing, []string{"HighPerformance", "VpnGw2AZ", "UltraPerformance", "ErGw3AZ"}, func(_ *testing.T, e *estate.Estate) {
		for i := range e.Gateways {
			e.Gateways[i].Size = estate.Fact{}
		}
	}},
	{"ARM-020", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.SKU = "VpnGw2" }),
		[]string{`"VpnGw2"`, "cannot be created"}, changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.SKU = "vpngw3az" })},
	{"ARM-020", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.SKU = "Basic" }), []string{`"Basic"`}, nothing},
	{"ARM-020", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.Size = fact("UltraPerformance") }), []string{"UltraPerformance"}, nothing},
	{"ARM-020", changeGateway("apps", estate.ExpressRouteGateway, func(g *estate.Gateway) { g.SKU = "ErGwScale" }),
		[]string{"bounds"}, changeGateway("apps", estate.ExpressRouteGateway, func(g *estate.Gateway) { g.SKU = "ErGw2AZ" })},
	{"ARM-021", nothing, []string{`"apps-to-data"`, `"branch-to-depot"`, "DHGroup2"}, func(t *testing.T, e *estate.Estate) {
		connectionOf(t, e, "apps", "to-data").Policy = nil
		gatewayOf(t, e, "branch", estate.VPNGateway).Routing = fact(estate.RoutingDynamic)
	}},
	{"ARM-022", changePolicy(func(p *estate.IPsecPolicy) { p.Encryption = fact("NoEncryption") }), []string{"no encryption"}, changePolicy(func(p *estate.IPsecPolicy) { p.Encryption = fact("DES3") })},
	{"ARM-022", changePolicy(func(p *estate.IPsecPolicy) { p.LifetimeSeconds = fact("299") }), []string{"299"}, changePolicy(func(p *estate.IPsecPolicy) { p.LifetimeSeconds = fact("300") })},
	{"ARM-022", changePolicy(func(p *estate.IPsecPolicy) { p.Hash = fact("CRC") }), []string{`"CRC"`}, nothing},
	{"ARM-022", func(t *testing.T, e *estate.Estate) {
		connectionOf(t, e, "data", "to-apps").Policy = &estate.IPsecPolicy{Encryption: fact("AES256"), PFS: fact("None")}
	}, []string{"different IPsec policies"}, func(t *testing.T, e *estate.Estate) {
		p := *connectionOf(t, e, "apps", "to-data").Policy
		connectionOf(t, e, "data", "to-apps").Policy = &p
	}},
	{"ARM-023", func(t *testing.T, e *estate.Estate) { connectionOf(t, e, "data", "to-apps").Vault = fact("other") },
		[]string{`"apps-data"`, `"other"`}, func(t *testing.T, e *estate.Estate) { connectionOf(t, e, "data", "to-apps").Vault = fact("apps-data") }},
	{"ARM-024", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.Certificates[0].Data = fact("bm90IGEgY2VydGlmaWNhdGU=") }), []string{"not a certificate"}, nothing},
	{"ARM-024", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.Certificates[0].Data = fact("-----BEGIN") }), []string{"not base64"}, nothing},
	{"ARM-024", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.Certificates[0].Thumbprint = fact("00") }), []string{"another thumbprint"},
		changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) {
			g.Certificates[0].Thumbprint.Value = strings.ToLower(g.Certificates[0].Thumbprint.Value)
		})},
	{"ARM-026", func(_ *testing.T, e *estate.Estate) { e.SecurityGroups[0].RulesKnown = false }, []string{`security group "web rules"`}, nothing},
	{"ARM-026", func(_ *testing.T, e *estate.Estate) { e.RouteTables = nil }, []string{`route table "through firewall"`}, nothing},
	{"ARM-026", func(_ *testing.T, e *estate.Estate) { e.RouteTables[0].RoutesKnown = false }, []string{`route table "through firewall"`}, nothing},
	{"ARM-027", func(t *testing.T, e *estate.Estate) {
		subnetOf(t, e, "branch", "tills").SecurityGroup = e.SecurityGroups[0].ID
	}, []string{`"tills"`, "northeurope", "westeurope"}, nothing},
	{"GW-001", func(t *testing.T, e *estate.Estate) {
		gatewayOf(t, e, "apps", estate.VPNGateway).Routing = fact(estate.RoutingStatic)
	}, []string{"1 to other VNets", "2 connections", "clients"}, nothing},
	{"GW-010", func(t *testing.T, e *estate.Estate) {
		s := subnetOf(t, e, "apps", "GatewaySubnet")
		s.SecurityGroup, s.RouteTable = e.SecurityGroups[0].ID, e.RouteTables[0].ID
	}, []string{"security group", "route table"}, func(t *testing.T, e *estate.Estate) {
		e.RouteTables[0].Routes = e.RouteTables[0].Routes[1:]
		subnetOf(t, e, "apps", "GatewaySubnet").RouteTable = e.RouteTables[0].ID
	}},
	{"GW-011", nothing, []string{`"branch"`, "IKEv2"}, changeGateway("branch", estate.VPNGateway, func(g *estate.Gateway) { g.State = fact(estate.GatewayNotProvisioned) })},
	{"GW-012", changeGateway("branch", estate.VPNGateway, func(g *estate.Gateway) { g.State = fact(estate.GatewayNotProvisioned) }), []string{`"branch"`}, nothing},
	{"P2S-005", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.Certificates[0].Subject = fact("CN=WebsitesCertificateapps") }), []string{"App Service"}, nothing},
	{"RTE-005", func(_ *testing.T, e *estate.Estate) { manyRoutes(e, 401) }, []string{"401"}, func(_ *testing.T, e *estate.Estate) { manyRoutes(e, 400) }},
	{"RTE-007", changeRoute(0, func(r *estate.Route) { *r = route("out", "0.0.0.0/0", "VirtualNetworkGateway", "") }), []string{`"apps"`}, nothing},
	{"RTE-008", changeRoute(0, func(r *estate.Route) { *r = route("out", "0.0.0.0/0", "VirtualNetworkGateway", "") }), []string{`"data"`}, nothing},
	{"RTE-008", changeGateway("apps", estate.VPNGateway, func(g *estate.Gateway) { g.DefaultSite.Name = "nobody" }), []string{`"nobody"`}, nothing},
	{"RTE-012", changeRoute(1, func(r *estate.Route) { r.NextHop = fact("Moon") }), []string{`"Moon"`}, nothing},
	{"RTE-012", changeRoute(0, func(r *estate.Route) { r.Address = estate.Address{} }), []string{"no usable address"}, nothing},
	{"RTE-012", changeRoute(1, func(r *estate.Route) { r.Prefix = prefix("192.0.2.0/24") }), []string{"same prefix"}, nothing},
	{"SEC-009", changeRule(1, func(r *estate.SecurityRule) { r.Priority = fact("4097") }), []string{`"4097"`, "passes without it"}, nothing},
	{"SEC-009", changeRule(1, func(r *estate.SecurityRule) { r.Priority = fact("100") }), []string{"same direction"}, changeRule(1, func(r *estate.SecurityRule) { r.Priority = fact("101") })},
	{"SEC-009", changeRule(0, func(r *estate.SecurityRule) { r.Source = fact("INTERNET") }), []string{"INTERNET", "stops without it"}, nothing},
	{"SEC-009", changeRule(0, func(r *estate.SecurityRule) { r.DestinationPort = fact("443-80") }), []string{"443-80"}, changeRule(0, func(r *estate.SecurityRule) { r.DestinationPort = fact("80-443") })},
	{"SEC-009", changeRule(0, func(r *estate.SecurityRule) { r.Protocol = fact("TCP") }), []string{`protocol cannot be "TCP"`}, nothing},
	{"SEC-009", changeRule(0, func(r *estate.SecurityRule) { r.Access = estate.Fact{} }), []string{"no access"}, nothing},
	{"SEC-009", changeRule(0, func(r *estate.SecurityRule) { r.Destination = fact("10.1.0.0/24,10.2.0.0/24") }), []string{"destination"}, changeRule(0, func(r *estate.SecurityRule) { r.Destination = fact("10.1.0.7/24") })},
}

func manyRoutes(e *estate.Estate, n int) {
	e.RouteTables[0].Routes = nil
	for i := range n {
		to := netip.PrefixFrom(netip.AddrFrom4([4]byte{11, byte(i >> 8), byte(i), 0}), 24)
		e.RouteTables[0].Routes = append(e.RouteTables[0].Routes, route("to-"+strings.ReplaceAll(to.Addr().String(), ".", "-"), to.String(), "None", ""))
	}
}

// withBGP lets apps exchange routes with the office, but for what the edit changes.
func withBGP(edit func(*estate.Connection, *estate.Site)) change {
	return func(t *testing.T, e *estate.Estate) {
		c := connectionOf(t, e, "apps", "office")
		s := &e.Sites[slices.IndexFunc(e.Sites, func(s estate.Site) bool { return s.Name == "office" })]
		c.EnableBGP = fact("true")
		s.BGP = &estate.BGP{ASN: fact("65020"), PeeringAddress: fact("192.168.0.1"), PeerWeight: fact("10")}
		if edit != nil {
			edit(c, s)
		}
	}
}

func TestRulesOfDumps(t *testing.T) {
	for _, tt := range dumpedRules {
		t.Run(tt.rule, func(t *testing.T) {
			told := func(edit change) string {
				e := dumpedEstate(t)
				edit(t, e)
				d, _, found := convertOne(t, e, deploy.Options{})
				template, _ := encoded(t, d)
				armtest.Judge(t, tt.rule, template)
				var text []string
				for _, f := range found {
					if f.Rule == tt.rule {
						text = append(text, f.Message)
					}
				}
				return strings.Join(text, "\n")
			}
			got := told(tt.fires)
			if got == "" {
				t.Error("does not fire")
			}
			for _, w := range tt.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is not in\n%s", w, got)
				}
			}
			if got := told(tt.silent); got != "" {
				t.Errorf("the near miss fires:\n%s", got)
			}
		})
	}
}
