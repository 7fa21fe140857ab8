package estate_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// pile is what was supplied about one subscription: documents by path, in the notation of txtar, a
// line "-- path --" before each. A network configuration whose text does not begin with "<" is a
// sketch.
func pile(t *testing.T, name, text string) estate.Source {
	t.Helper()
	s := estate.Source{Name: name}
	for _, part := range strings.Split("\n"+text, "\n-- ")[1:] {
		path, body, ok := strings.Cut(part, " --\n")
		if !ok {
			t.Fatalf("no body in %q", part)
		}
		src := []byte(body)
		if strings.HasSuffix(path, ".netcfg") && !bytes.HasPrefix(src, []byte("<")) {
			src = sketch(t, body)
		}
		d, found, err := netcfg.Read(path, src)
		if err != nil {
			t.Fatalf("%v\n%v", err, found)
		}
		s.Documents = append(s.Documents, d)
	}
	return s
}

// twoLinked are two VNets with a tunnel, and an office.
const twoLinked = `-- net.netcfg --
dns resolver 10.1.0.4
site to-east 10.2.0.0/16 @52.0.0.2
site to-west 10.1.0.0/16 @52.0.0.1
site office 192.168.0.0/16 @81.20.30.40
vnet west 10.1.0.0/16 in:West_Europe subnet:apps=10.1.0.0/24 dns:resolver -> to-east office
vnet east 10.2.0.0/16 in:West_US -> to-west
`

const westGateway = `<Gateway><GatewayType>DynamicRouting</GatewayType><State>Provisioned</State><VIPAddress>52.0.0.1</VIPAddress>` +
	`<DefaultSites><string>office</string></DefaultSites><GatewaySize>HighPerformance</GatewaySize><GatewayId>id-west</GatewayId></Gateway>`

const list = `<VirtualNetworkSites xmlns="http://schemas.microsoft.com/windowsazure"><VirtualNetworkSite><Name>west</Name><Id>id-west</Id><State>Created</State>` +
	`<AddressSpace><AddressPrefixes><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace><Location>West Europe</Location>` +
	`<Subnets><Subnet><Name>apps</Name><AddressPrefix>10.1.0.0/24</AddressPrefix><NetworkSecurityGroup>web</NetworkSecurityGroup></Subnet>` +
	`<Subnet><Name>GatewaySubnet</Name><AddressPrefix>10.1.255.248/29</AddressPrefix></Subnet></Subnets>` +
	`<Dns><DnsServers><DnsServer><Name>resolver</Name><Address>10.1.0.4</Address></DnsServer></DnsServers></Dns></VirtualNetworkSite></VirtualNetworkSites>`

// heard is what the estate knows from answers, in lines.
func heard(e *estate.Estate) string {
	var b strings.Builder
	for i := range e.VNets {
		v := &e.VNets[i]
		fmt.Fprintf(&b, "vnet %s %s", v.Name, v.Region)
		if v.GUID.Known() {
			fmt.Fprintf(&b, " id=%s", v.GUID.Value)
		}
		for _, s := range v.Subnets {
			if !s.SecurityGroup.IsZero() {
				fmt.Fprintf(&b, " %s:nsg=%s", s.Name, s.SecurityGroup.Name)
			}
			if !s.RouteTable.IsZero() {
				fmt.Fprintf(&b, " %s:routes=%s", s.Name, s.RouteTable.Name)
			}
		}
		b.WriteByte('\n')
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		fmt.Fprintf(&b, "gateway %s %s %s %s %s %s default=%s", g.VNet.Name, g.Kind, g.State.Value, g.Routing.Value, g.Size.Value, g.Address.Raw, g.DefaultSite.Name)
		for _, c := range g.Certificates {
			fmt.Fprintf(&b, " certificate=%s,%s,%s", c.Subject.Value, c.Thumbprint.Value, c.Data.Value)
		}
		if g.Beside.Known() {
			fmt.Fprintf(&b, " beside=%s", g.Beside.Value)
		}
		b.WriteByte('\n')
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		fmt.Fprintf(&b, "connection %s to %s %s %s key=%t", c.ID.Name, c.Site.Name, c.Kind, c.State.Value, c.Key.Known())
		if c.Policy != nil {
			fmt.Fprintf(&b, " policy=%s,%s,%s,%s,%s", c.Policy.Encryption.Value, c.Policy.Hash.Value, c.Policy.PFS.Value, c.Policy.LifetimeSeconds.Value, c.Policy.Kilobytes.Value)
		}
		if !c.Circuit.IsZero() {
			fmt.Fprintf(&b, " circuit=%s", c.Circuit.Name)
		}
		if c.EnableBGP.Known() {
			fmt.Fprintf(&b, " bgp=%s", c.EnableBGP.Value)
		}
		b.WriteByte('\n')
	}
	for i := range e.Sites {
		if s := &e.Sites[i]; s.BGP != nil {
			fmt.Fprintf(&b, "site %s bgp=%s,%s,%s\n", s.Name, s.BGP.ASN.Value, s.BGP.PeeringAddress.Value, s.BGP.PeerWeight.Value)
		}
	}
	for _, g := range e.SecurityGroups {
		fmt.Fprintf(&b, "nsg %s %s\n", g.Name, g.Region)
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "  %s %s %s %s %s %s:%s %s:%s\n", r.Name.Value, r.Direction.Value, r.Priority.Value, r.Access.Value, r.Protocol.Value,
				r.Source.Value, r.SourcePort.Value, r.Destination.Value, r.DestinationPort.Value)
		}
	}
	for _, table := range e.RouteTables {
		fmt.Fprintf(&b, "routes %s %s\n", table.Name, table.Region)
		for _, r := range table.Routes {
			fmt.Fprintf(&b, "  %s %s %s %s\n", r.Name.Value, r.Prefix, r.NextHop.Value, r.Address.Raw)
		}
	}
	for _, c := range e.Circuits {
		fmt.Fprintf(&b, "circuit %s %s %s %s %s links=%d\n", c.ID.Name, c.Provider.Value, c.Location.Value, c.Bandwidth.Value, c.SKU.Value, len(c.Links))
	}
	return b.String()
}

var mergeCases = []struct {
	name, supplied string
	heard          string // lines that must be among those of heard
	found          string // the findings of the family XML-04x and their places; all of them
}{
	{"a gateway by its path", twoLinked + "-- networking/west/gateway.xml --\n" + westGateway,
		"gateway west Vpn Provisioned DynamicRouting HighPerformance 52.0.0.1 default=office", ""},
	{"a gateway by the id in the list of VNets", twoLinked + "-- vnets.xml --\n" + list + "\n-- some-answer.xml --\n" + westGateway,
		"vnet west westeurope id=id-west apps:nsg=web\ngateway west Vpn Provisioned DynamicRouting HighPerformance 52.0.0.1 default=office",
		"net.netcfg XML-041"},
	{"a gateway that is nobody's", twoLinked + "-- some-answer.xml --\n" + westGateway,
		"gateway west Vpn     default=", "some-answer.xml XML-043"},
	{"a gateway that was deleted keeps stale values", twoLinked + "-- networking/west/gateway.xml --\n" +
		`<Gateway><GatewayType>StaticRouting</GatewayType><State>NotProvisioned</State><VIPAddress>52.0.0.9</VIPAddress><GatewaySize>Default</GatewaySize></Gateway>`,
		"gateway west Vpn NotProvisioned    default=", ""},
	{"two answers about one gateway", twoLinked + "-- a/networking/west/gateway.xml --\n" + westGateway + "\n-- b/networking/west/gateway.xml --\n" +
		strings.Replace(westGateway, "HighPerformance", "Standard", 1),
		"gateway west Vpn Provisioned DynamicRouting HighPerformance 52.0.0.1 default=office", "b/networking/west/gateway.xml XML-040"},
	{"an affinity group tells its region", `-- net.netcfg --
site s 10.9.0.0/16
vnet v 10.1.0.0/16 in:group:USWest
-- affinitygroups.xml --
<AffinityGroups><AffinityGroup><Name>uswest</Name><Label>bA==</Label><Location>West US</Location></AffinityGroup><AffinityGroup><Name>other</Name><Location>East US</Location></AffinityGroup></AffinityGroups>`,
		"vnet v westus", ""},
	{"an affinity group that is elsewhere than its VNet", `-- net.netcfg --
vnet v 10.1.0.0/16 in:group:USWest
-- a/affinitygroups.xml --
<AffinityGroups><AffinityGroup><Name>uswest</Name><Location>West US</Location></AffinityGroup></AffinityGroups>
-- b/affinitygroups.xml --
<AffinityGroups><AffinityGroup><Name>uswest</Name><Location>East US</Location></AffinityGroup></AffinityGroups>`,
		"vnet v westus", "b/affinitygroups.xml XML-040"},
	{"the output of a cmdlet names subnets and sites", twoLinked + "-- transcript.txt --\n" + `PS C:\> Get-AzureVNetSite -VNetName west

AddressSpacePrefixes : {10.1.0.0/16}
Location             : West Europe
GatewayProfile       : Small
GatewaySites         : {to-east, office}
Id                   : 11111111-1111-1111-1111-111111111111
Name                 : west
State                : Created
Subnets              : {apps, GatewaySubnet}
OperationDescription : Get-AzureVNetSite
OperationStatus      : Succeeded
`, "vnet west westeurope id=11111111-1111-1111-1111-111111111111", "net.netcfg XML-041"},
	{"two circuits of one name", `-- net.netcfg --
vnet v 10.1.0.0/16 in:West_Europe
-- networking/dedicatedcircuits.xml --
<DedicatedCircuits><DedicatedCircuit><Bandwidth>200</Bandwidth><CircuitName>london</CircuitName><Location>London</Location><ServiceKey>key-1</ServiceKey><ServiceProviderName>carrier</ServiceProviderName><Sku>Standard</Sku></DedicatedCircuit>` +
		`<DedicatedCircuit><Bandwidth>500</Bandwidth><CircuitName>london</CircuitName><Location>Slough</Location><ServiceKey>key-2</ServiceKey><ServiceProviderName>carrier</ServiceProviderName><Sku>Standard</Sku></DedicatedCircuit></DedicatedCircuits>`,
		"circuit circuit-7c36b0a9 carrier Slough 500 Standard links=0\ncircuit london carrier London 200 Standard links=0", ""},
	{"root certificates of a second-generation gateway", twoLinked + "-- networking/virtualnetwork.xml --\n" + list + `
-- networking/virtualnetworkgateways.xml --
<VirtualNetworkGateways><VirtualNetworkGateway><GatewayId>gw-1</GatewayId><GatewayName>west-vpn</GatewayName><GatewaySize>Standard</GatewaySize><GatewayType>DynamicRouting</GatewayType><State>Provisioned</State><VIPAddress>52.0.0.1</VIPAddress><VnetId>id-west</VnetId></VirtualNetworkGateway></VirtualNetworkGateways>
-- networking/west/gateway/clientrootcertificates.xml --
<ClientRootCertificates><ClientRootCertificate><Subject>CN=Root</Subject><Thumbprint>AB12</Thumbprint></ClientRootCertificate></ClientRootCertificates>`,
		"gateway west Vpn Provisioned DynamicRouting Standard 52.0.0.1 default= certificate=CN=Root,AB12, beside=west-vpn", "net.netcfg XML-041"},
	{"states, keys and policies of connections", twoLinked + `-- networking/west/gateway/connections.xml --
<Connections><Connection><ConnectivityState>NotConnected</ConnectivityState><LocalNetworkSiteName>to-east</LocalNetworkSiteName></Connection></Connections>
-- networking/west/gateway/connection/to-east/sharedkey.xml --
<SharedKey><Value>abcdefghijklmnop</Value></SharedKey>
-- networking/west/gateway/connection/office/ipsecparameters.xml --
<IPsecParameters><EncryptionType>AES256</EncryptionType><PfsGroup>PFS1</PfsGroup><SADataSizeKilobytes>1024</SADataSizeKilobytes><SALifeTimeSeconds>3600</SALifeTimeSeconds><HashAlgorithm>SHA1</HashAlgorithm></IPsecParameters>`,
		"connection west to office IPsec  key=false policy=AES256,SHA1,PFS1,3600,1024\nconnection west to to-east IPsec NotConnected key=true", ""},
	{"a connection that the configuration does not have", twoLinked + `-- networking/west/gateway/connections.xml --
<Connections><Connection><ConnectivityState>Connected</ConnectivityState><LocalNetworkSiteName>gone</LocalNetworkSiteName></Connection></Connections>`,
		"", "networking/west/gateway/connections.xml XML-040"},
	{"root certificates with data", twoLinked + `-- networking/west/gateway/clientrootcertificates.xml --
<ClientRootCertificates><ClientRootCertificate><ExpirationTime>2039-12-31T23:59:59Z</ExpirationTime><Subject>CN=Root</Subject><Thumbprint>AB12</Thumbprint></ClientRootCertificate></ClientRootCertificates>`,
		"gateway west Vpn     default= certificate=CN=Root,AB12,", ""},
	{"address spaces that contradict", twoLinked + "-- networking/virtualnetwork.xml --\n" + strings.Replace(list, "10.1.0.0/16", "10.1.0.0/17", 1),
		"", "net.netcfg XML-041\nnetworking/virtualnetwork.xml XML-040"},
	{"a configuration that lost its gateways", `-- net.netcfg --
site office 192.168.0.0/16 @81.20.30.40
vnet west 10.1.0.0/16 in:West_Europe
-- networking/virtualnetwork.xml --
<VirtualNetworkSites><VirtualNetworkSite><Name>west</Name><AddressSpace><AddressPrefixes><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace><Location>West Europe</Location>` +
		`<Subnets><Subnet><Name>GatewaySubnet</Name><AddressPrefix>10.1.255.248/29</AddressPrefix></Subnet></Subnets><Gateway><Profile>Small</Profile><Sites><LocalNetworkSite><Name>office</Name>` +
		`<AddressSpace><AddressPrefixes><AddressPrefix>192.168.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace><VpnGatewayAddress>81.20.30.40</VpnGatewayAddress><Connections><Connection><Type>IPsec</Type></Connection></Connections></LocalNetworkSite></Sites></Gateway></VirtualNetworkSite></VirtualNetworkSites>`,
		"connection west to office IPsec  key=false", "networking/virtualnetwork.xml XML-042"},
	{"tunnels of the second generation", `-- net.netcfg --
site circuit-site 10.9.0.0/16
vnet core 10.1.0.0/16 in:West_Europe -> circuit-site!
-- networking/virtualnetwork.xml --
<VirtualNetworkSites><VirtualNetworkSite><Name>core</Name><Id>id-core</Id><AddressSpace><AddressPrefixes><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace><Location>West Europe</Location>` +
		`<Subnets><Subnet><Name>GatewaySubnet</Name><AddressPrefix>10.1.255.248/29</AddressPrefix></Subnet></Subnets></VirtualNetworkSite></VirtualNetworkSites>
-- networking/virtualnetworkgateways.xml --
<VirtualNetworkGateways><VirtualNetworkGateway><GatewayId>gw-1</GatewayId><GatewayName>core-vpn</GatewayName><GatewaySize>Standard</GatewaySize><GatewayType>DynamicRouting</GatewayType><State>Provisioned</State><VIPAddress>52.0.0.7</VIPAddress><EnableBgp>false</EnableBgp><VnetId>ID-CORE</VnetId></VirtualNetworkGateway></VirtualNetworkGateways>
-- networking/localnetworkgateways.xml --
<LocalNetworkGateways><LocalNetworkGateway><AddressSpace xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><a:string>192.168.0.0/16</a:string></AddressSpace><GatewayName>branch</GatewayName><Id>lng-1</Id><IpAddress>81.20.30.41</IpAddress></LocalNetworkGateway></LocalNetworkGateways>
-- networking/gatewayconnections.xml --
<GatewayConnections><GatewayConnection><ConnectedEntityId>lng-1</ConnectedEntityId><GatewayConnectionName>to-branch</GatewayConnectionName><GatewayConnectionType>IPsec</GatewayConnectionType><VirtualNetworkGatewayId>gw-1</VirtualNetworkGatewayId><RoutingWeight>0</RoutingWeight><SharedKey>abcdef</SharedKey></GatewayConnection></GatewayConnections>`,
		"gateway core Vpn Provisioned DynamicRouting Standard 52.0.0.7 default= beside=core-vpn\nconnection core to branch IPsec  key=true", ""},
	{"a connection of the second generation with BGP", `-- net.netcfg --
site circuit-site 10.9.0.0/16
vnet core 10.1.0.0/16 in:West_Europe -> circuit-site!
-- vnets.xml --
<VirtualNetworkSites><VirtualNetworkSite><Name>core</Name><Id>id-core</Id><AddressSpace><AddressPrefixes><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace><Location>West Europe</Location>` +
		`<Subnets><Subnet><Name>GatewaySubnet</Name><AddressPrefix>10.1.255.248/29</AddressPrefix></Subnet></Subnets></VirtualNetworkSite></VirtualNetworkSites>
-- networking/virtualnetworkgateways.xml --
<VirtualNetworkGateways><VirtualNetworkGateway><GatewayId>gw-1</GatewayId><GatewayName>core-vpn</GatewayName><State>Provisioned</State><EnableBgp>true</EnableBgp><BgpSettings><Asn>65010</Asn></BgpSettings><VnetId>id-core</VnetId></VirtualNetworkGateway></VirtualNetworkGateways>
-- networking/localnetworkgateways.xml --
<LocalNetworkGateways><LocalNetworkGateway><AddressSpace><string>192.168.0.0/16</string></AddressSpace><GatewayName>branch</GatewayName><Id>lng-1</Id><IpAddress>81.20.30.41</IpAddress><BgpSettings><Asn>65020</Asn><BgpPeeringAddress>10.9.0.1</BgpPeeringAddress><PeerWeight>0</PeerWeight></BgpSettings></LocalNetworkGateway></LocalNetworkGateways>
-- networking/gatewayconnections.xml --
<GatewayConnections><GatewayConnection><ConnectedEntityId>lng-1</ConnectedEntityId><GatewayConnectionName>to-branch</GatewayConnectionName><GatewayConnectionType>IPsec</GatewayConnectionType><VirtualNetworkGatewayId>gw-1</VirtualNetworkGatewayId><EnableBgp>true</EnableBgp></GatewayConnection></GatewayConnections>`,
		"connection core to branch IPsec  key=false bgp=true\nsite branch bgp=65020,10.9.0.1,0", ""},
	{"security groups and route tables", `-- net.netcfg --
site s 10.9.0.0/16
vnet v 10.1.0.0/16 in:West_Europe subnet:web=10.1.0.0/24
-- networking/networksecuritygroups/filter.xml --
<NetworkSecurityGroup><Name>filter</Name><Location>West Europe</Location><Rules><Rule><Name>web</Name><Type>Inbound</Type><Priority>100</Priority><Action>Allow</Action><SourceAddressPrefix>INTERNET</SourceAddressPrefix><SourcePortRange>*</SourcePortRange><DestinationAddressPrefix>VIRTUAL_NETWORK</DestinationAddressPrefix><DestinationPortRange>443</DestinationPortRange><Protocol>TCP</Protocol><State>Active</State></Rule>` +
		`<Rule><Name>ALLOW VNET INBOUND</Name><Type>Inbound</Type><Priority>65000</Priority><Action>Allow</Action><IsDefault>true</IsDefault></Rule></Rules></NetworkSecurityGroup>
-- networking/virtualnetwork/v/subnets/web/networksecuritygroups.xml --
<NetworkSecurityGroup><Name>filter</Name><State>Created</State></NetworkSecurityGroup>
-- networking/routetables/egress.xml --
<RouteTable><Name>egress</Name><Location>West Europe</Location><RouteList><Route><Name>all</Name><AddressPrefix>0.0.0.0/0</AddressPrefix><NextHopType><Type>VPNGateway</Type></NextHopType></Route>` +
		`<Route><Name>fw</Name><AddressPrefix>10.8.0.0/16</AddressPrefix><NextHopType><Type>VirtualAppliance</Type><IpAddress>10.1.0.4</IpAddress></NextHopType></Route></RouteList></RouteTable>
-- networking/virtualnetwork/v/subnets/web/routetables.xml --
<RouteTableAssociation><RouteTableName>egress</RouteTableName></RouteTableAssociation>`,
		"vnet v westeurope web:nsg=filter web:routes=egress\nnsg filter westeurope\n  web Inbound 100 Allow Tcp Internet:* VirtualNetwork:443\n" +
			"routes egress westeurope\n  all 0.0.0.0/0 VirtualNetworkGateway \n  fw 10.8.0.0/16 VirtualAppliance 10.1.0.4", ""},
	{"a circuit and its links", `-- net.netcfg --
site s 10.9.0.0/16
vnet v 10.1.0.0/16 in:West_Europe -> s!
-- networking/dedicatedcircuits.xml --
<DedicatedCircuits><DedicatedCircuit><Bandwidth>200</Bandwidth><CircuitName>london</CircuitName><Location>London</Location><ServiceKey>key-1</ServiceKey><ServiceProviderName>carrier</ServiceProviderName><Sku>Standard</Sku><Status>Enabled</Status></DedicatedCircuit></DedicatedCircuits>
-- networking/dedicatedcircuits/key-1/vnets.xml --
<DedicatedCircuitLinks><DedicatedCircuitLink><State>Provisioned</State><VnetName>v</VnetName></DedicatedCircuitLink></DedicatedCircuitLinks>`,
		"connection v to s ExpressRoute  key=false circuit=london\ncircuit london carrier London 200 Standard links=1", ""},
}

func TestFromClassic(t *testing.T) {
	for _, c := range mergeCases {
		t.Run(c.name, func(t *testing.T) {
			e, fates, found := estate.FromClassic(nil, pile(t, "sub", c.supplied))
			got := heard(e)
			for line := range strings.Lines(c.heard) {
				if !strings.Contains("\n"+got, "\n"+strings.TrimSuffix(line, "\n")) {
					t.Errorf("want %qamong\n%s", line, got)
				}
			}
			var places []string
			for _, f := range found {
				if strings.HasPrefix(f.Rule, "XML-04") {
					places = append(places, f.Pos.File+" "+f.Rule)
				}
			}
			slices.Sort(places)
			if diff := cmp.Diff(c.found, strings.Join(places, "\n")); diff != "" {
				t.Errorf("findings (-want +got)\n%s\n%v", diff, found)
			}
			once(t, fates)
		})
	}
}

// An answer that does not say of which subscription it is counts once, though its document holds
// answers of two.
func TestAnswerOfNoSubscription(t *testing.T) {
	both := pile(t, "", "-- net.netcfg --\nvnet west 10.1.0.0/16 in:West_Europe\n")
	first, second := both, both
	first.Name, first.ID = "a", "11111111-1111-1111-1111-111111111111"
	second.Name, second.ID = "b", "22222222-2222-2222-2222-222222222222"
	e, fates, _ := estate.FromClassic(nil, second, first)
	if len(e.VNets) != 1 || e.VNets[0].ID.Subscription != "a" {
		t.Errorf("%+v", e.VNets)
	}
	once(t, fates)
}

// A location that nobody knows stays known beside a document that has none.
func TestUnknownLocationStays(t *testing.T) {
	e, _, _ := estate.FromClassic(nil, pile(t, "sub", "-- net.netcfg --\nvnet west 10.1.0.0/16 in:The_Moon subnet:apps=10.1.0.0/24\n-- networking/virtualnetwork.xml --\n"+
		strings.Replace(list, "<Location>West Europe</Location>", "<AffinityGroup>lunar</AffinityGroup>", 1)))
	if r := e.VNets[0].Region; r.Raw != "The Moon" || r.AffinityGroup != "lunar" {
		t.Errorf("the region is %+v", r)
	}
}

// Of VNets that are left out, each leaf goes to a person once.
func TestLeftOutOnce(t *testing.T) {
	doc := func(vnet string) string {
		return `<VirtualNetworkSite name="` + vnet + `" Location="West US"><AddressSpace><AddressPrefix>10.x</AddressPrefix></AddressSpace></VirtualNetworkSite>`
	}
	e, fates, _ := estate.FromClassic(nil, pile(t, "sub", `-- net.netcfg --
<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"><VirtualNetworkConfiguration><VirtualNetworkSites>`+
		doc("a")+doc("b")+`</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>`))
	if len(e.VNets) > 0 {
		t.Errorf("%d VNets", len(e.VNets))
	}
	once(t, fates)
}

// once proves that no leaf has two fates of this stage.
func once(t *testing.T, fates []diag.Fate) {
	t.Helper()
	seen := map[diag.Ref]diag.Fate{}
	for _, f := range fates {
		if before, twice := seen[f.Ref]; twice {
			t.Errorf("leaf %v has two fates: %v and %v", f.Ref, before, f)
		}
		seen[f.Ref] = f
	}
}

// A key is kept to be compared and appears nowhere.
func TestKeysStayInside(t *testing.T) {
	const key = "abcdefghijklmnop"
	e, fates, found := estate.FromClassic(nil, pile(t, "sub", twoLinked+`-- networking/west/gateway/connection/to-east/sharedkey.xml --
<SharedKey><Value>`+key+`</Value></SharedKey>
-- copy/networking/west/gateway/connection/to-east/sharedkey.xml --
<SharedKey><Value>`+key+`x</Value></SharedKey>`))
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", e, e, e), fmt.Sprintf("%+v", fates), fmt.Sprintf("%+v", found)} {
		if strings.Contains(text, key) {
			t.Errorf("the key is in the output: %s", text)
		}
	}
	if len(found) == 0 {
		t.Error("two keys of one connection differ, and nothing is said")
	}
}

// A VNet may be linked to two circuits, and a network configuration has one connection for both.
func TestTwoCircuits(t *testing.T) {
	e, fates, found := estate.FromClassic(nil, pile(t, "sub", `-- net.netcfg --
site s 10.9.0.0/16
vnet v 10.1.0.0/16 in:West_Europe -> s!
-- networking/dedicatedcircuits.xml --
<DedicatedCircuits><DedicatedCircuit><CircuitName>london</CircuitName><ServiceKey>k1</ServiceKey></DedicatedCircuit><DedicatedCircuit><CircuitName>paris</CircuitName><ServiceKey>k2</ServiceKey></DedicatedCircuit></DedicatedCircuits>
-- networking/dedicatedcircuits/k1/vnets.xml --
<DedicatedCircuitLinks><DedicatedCircuitLink><VnetName>v</VnetName></DedicatedCircuitLink></DedicatedCircuitLinks>
-- networking/dedicatedcircuits/k2/vnets.xml --
<DedicatedCircuitLinks><DedicatedCircuitLink><VnetName>v</VnetName></DedicatedCircuitLink></DedicatedCircuitLinks>`))
	want := "connection v to s ExpressRoute  key=false circuit=london\nconnection v to s ExpressRoute  key=false circuit=paris\n"
	if got := heard(e); !strings.Contains(got, want) {
		t.Errorf("want two connections, got\n%s%v", got, found)
	}
	once(t, fates)
}
