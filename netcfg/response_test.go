package netcfg_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
)

const (
	azure = ` xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"`
	other = `xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"`
	subID = "0f0e0d0c-0b0a-4909-8807-060504030201"
)

// responseCases are answers of every kind. The first word of a case is the path of its file.
var responseCases = []struct {
	name, src string
	want      string // as summary prints it
	findings  string
}{
	{"affinitygroups.xml", `<AffinityGroups` + azure + `><AffinityGroup><Name>west</Name><Label>d2VzdA==</Label><Description i:nil="true"/><Location>West Europe</Location>` +
		`<Capabilities><Capability>PersistentVMRole</Capability></Capabilities><ComputeCapabilities><WebWorkerRoleSizes><RoleSize>A1</RoleSize></WebWorkerRoleSizes></ComputeCapabilities></AffinityGroup></AffinityGroups>`, `
[affinitygroups]
AffinityGroups
  AffinityGroup
    Name: west
    Label: d2VzdA==
    Description (nil)
    Location: West Europe
    Capabilities
      Capability: PersistentVMRole
    ComputeCapabilities
      WebWorkerRoleSizes
        RoleSize: A1
`, ""},
	{"affinitygroups/west.xml", `<AffinityGroup><Name>west</Name><Location>West Europe</Location><StorageServices><StorageService><Url>https://u</Url><ServiceName>s</ServiceName></StorageService></StorageServices></AffinityGroup>`, `
[affinitygroups/west]
AffinityGroup
  Name: west
  Location: West Europe
  StorageServices
    StorageService
      Url: https://u
      ServiceName: s
`, ""},
	{"networking/virtualnetwork.xml", "\ufeff<?xml version=\"1.0\"?>\r\n<VirtualNetworkSites>\r\n<VirtualNetworkSite><Name>hub</Name><Id>" + subID + `</Id><Location>West Europe</Location><State>Created</State><InUse>true</InUse>
<AddressSpace><AddressPrefixes><AddressPrefix>10.0.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace>
<Subnets><Subnet><Name>apps</Name><AddressPrefix>10.0.1.0/24</AddressPrefix><NetworkSecurityGroup>web</NetworkSecurityGroup><RouteTableName>rt</RouteTableName></Subnet></Subnets>
<Dns><DnsServers><DnsServer><Name>d</Name><Address>10.0.0.4</Address></DnsServer></DnsServers></Dns>
<Gateway><Profile>Small</Profile><Sites><LocalNetworkSite><Name>office</Name><AddressSpace><AddressPrefixes><AddressPrefix>192.168.0.0/16</AddressPrefix></AddressPrefixes></AddressSpace><VpnGatewayAddress>40.1.2.3</VpnGatewayAddress><Connections><Connection><Type>IPsec</Type></Connection></Connections></LocalNetworkSite></Sites><VPNClientAddressPool><AddressPrefixes/></VPNClientAddressPool><VnetNames/></Gateway>
</VirtualNetworkSite></VirtualNetworkSites>`, `
[networking/virtualnetwork]
VirtualNetworkSites
  VirtualNetworkSite
    Name: hub
    Id: ` + subID + `
    Location: West Europe
    State: Created
    InUse: true
    AddressSpace
      AddressPrefixes
        AddressPrefix: 10.0.0.0/16
    Subnets
      Subnet
        Name: apps
        AddressPrefix: 10.0.1.0/24
        NetworkSecurityGroup: web
        RouteTableName: rt
    Dns
      DnsServers
        DnsServer
          Name: d
          Address: 10.0.0.4
    Gateway
      Profile: Small
      Sites
        LocalNetworkSite
          Name: office
          AddressSpace
            AddressPrefixes
              AddressPrefix: 192.168.0.0/16
          VpnGatewayAddress: 40.1.2.3
          Connections
            Connection
              Type: IPsec
      VPNClientAddressPool
        AddressPrefixes
      VnetNames
`, ""},
	{subID + "/services/networking/Group rg hub/gateway.xml", `<Gateway` + azure + `><GatewayType>DynamicRouting</GatewayType><LastEvent><Id>23002</Id><Message>made</Message><Timestamp>2015</Timestamp><Data i:nil="true"/></LastEvent><State>Provisioned</State><VIPAddress>40.9.8.7</VIPAddress><DefaultSites ` + other + `><a:string>office</a:string></DefaultSites><GatewaySize>Default</GatewaySize><GatewayId>x</GatewayId></Gateway>`, `
[` + subID + `/services/networking/Group%20rg%20hub/gateway]
Gateway
  GatewayType: DynamicRouting
  LastEvent
    Id: 23002
    Message: made
    Timestamp: 2015
    Data (nil)
  State: Provisioned
  VIPAddress: 40.9.8.7
  DefaultSites
    string: office
  GatewaySize: Default
  GatewayId: x
`, ""},
	{"networking/hub/gateway/connections.xml", `<Connections` + azure + `><Connection><AllocatedIPAddresses ` + other + `/><ConnectivityState>Connected</ConnectivityState><EgressBytesTransferred>1</EgressBytesTransferred><LastConnectionEstablished>2015</LastConnectionEstablished><LocalNetworkSiteName>office</LocalNetworkSiteName></Connection></Connections>`, `
[networking/hub/gateway/connections]
Connections
  Connection
    AllocatedIPAddresses
    ConnectivityState: Connected
    EgressBytesTransferred: 1
    LastConnectionEstablished: 2015
    LocalNetworkSiteName: office
`, ""},
	{"networking/hub/gateway/connection/office/sharedkey.xml", `<SharedKey` + azure + `><Value>TOPSECRET1</Value></SharedKey>`, `
[networking/hub/gateway/connection/office/sharedkey]
SharedKey
  Value: (not shown)
`, ""},
	{"networking/hub/gateway/connection/office/ipsecparameters.xml", `<IPsecParameters><EncryptionType>AES256</EncryptionType><PfsGroup>None</PfsGroup><SADataSizeKilobytes>1</SADataSizeKilobytes><SALifeTimeSeconds>2</SALifeTimeSeconds><HashAlgorithm>SHA1</HashAlgorithm></IPsecParameters>`, `
[networking/hub/gateway/connection/office/ipsecparameters]
IPsecParameters
  EncryptionType: AES256
  PfsGroup: None
  SADataSizeKilobytes: 1
  SALifeTimeSeconds: 2
  HashAlgorithm: SHA1
`, ""},
	{"networking/hub/gateway/clientrootcertificates.xml", `<ClientRootCertificates><ClientRootCertificate><ExpirationTime>2020</ExpirationTime><Subject>CN=r</Subject><Thumbprint>AB12</Thumbprint></ClientRootCertificate></ClientRootCertificates>`, `
[networking/hub/gateway/clientrootcertificates]
ClientRootCertificates
  ClientRootCertificate
    ExpirationTime: 2020
    Subject: CN=r
    Thumbprint: AB12
`, ""},
	{"networking/hub/gateway/clientrootcertificates/AB12.xml", `<data>TUlJ</data>`, `
[networking/hub/gateway/clientrootcertificates/AB12]
data: TUlJ
`, ""},
	{"networking/virtualnetworkgateways.xml", `<VirtualNetworkGateways` + azure + `><VirtualNetworkGateway><GatewayId>g</GatewayId><GatewayName>gw</GatewayName><State>Provisioned</State><EnableBgp>true</EnableBgp><Location i:nil="1"/><BgpSettings><Asn>65515</Asn><BgpPeeringAddress>10.0.0.254</BgpPeeringAddress><PeerWeight>0</PeerWeight></BgpSettings></VirtualNetworkGateway></VirtualNetworkGateways>`, `
[networking/virtualnetworkgateways]
VirtualNetworkGateways
  VirtualNetworkGateway
    GatewayId: g
    GatewayName: gw
    State: Provisioned
    EnableBgp: true
    Location (nil)
    BgpSettings
      Asn: 65515
      BgpPeeringAddress: 10.0.0.254
      PeerWeight: 0
`, ""},
	{"networking/virtualnetworkgateways/g.xml", `<VirtualNetworkGateway><GatewayId>g</GatewayId></VirtualNetworkGateway>`, `
[networking/virtualnetworkgateways/g]
VirtualNetworkGateway
  GatewayId: g
`, ""},
	{"networking/localnetworkgateways.xml", `<LocalNetworkGateways><LocalNetworkGateway><AddressSpace><string>10.1.0.0/16</string><string>10.2.0.0/16</string></AddressSpace><GatewayName>l</GatewayName><Id>i</Id><IpAddress>40.1.1.2</IpAddress></LocalNetworkGateway></LocalNetworkGateways>`, `
[networking/localnetworkgateways]
LocalNetworkGateways
  LocalNetworkGateway
    AddressSpace
      string: 10.1.0.0/16
      string: 10.2.0.0/16
    GatewayName: l
    Id: i
    IpAddress: 40.1.1.2
`, ""},
	{"networking/gatewayconnections.xml", `<GatewayConnections><GatewayConnection><ConnectedEntityId>i</ConnectedEntityId><GatewayConnectionName>c</GatewayConnectionName><GatewayConnectionType>IPsec</GatewayConnectionType><VirtualNetworkGatewayId>g</VirtualNetworkGatewayId><RoutingWeight>10</RoutingWeight><SharedKey>TOPSECRET2</SharedKey></GatewayConnection></GatewayConnections>`, `
[networking/gatewayconnections]
GatewayConnections
  GatewayConnection
    ConnectedEntityId: i
    GatewayConnectionName: c
    GatewayConnectionType: IPsec
    VirtualNetworkGatewayId: g
    RoutingWeight: 10
    SharedKey: (not shown)
`, ""},
	{"networking/dedicatedcircuits.xml", `<DedicatedCircuits><DedicatedCircuit><Bandwidth>200</Bandwidth><CircuitName>er</CircuitName><ServiceKey>k</ServiceKey><Sku>Standard</Sku><Status>Enabled</Status></DedicatedCircuit></DedicatedCircuits>`, `
[networking/dedicatedcircuits]
DedicatedCircuits
  DedicatedCircuit
    Bandwidth: 200
    CircuitName: er
    ServiceKey: k
    Sku: Standard
    Status: Enabled
`, ""},
	{"networking/dedicatedcircuits/k/vnets.xml", `<DedicatedCircuitLinks><DedicatedCircuitLink><State>Provisioned</State><VnetName>hub</VnetName></DedicatedCircuitLink></DedicatedCircuitLinks>`, `
[networking/dedicatedcircuits/k/vnets]
DedicatedCircuitLinks
  DedicatedCircuitLink
    State: Provisioned
    VnetName: hub
`, ""},
	{"networking/dedicatedcircuits/k/bgppeerings/private.xml", `<BgpPeering><AzureAsn>12076</AzureAsn><PeerAsn>65001</PeerAsn><PrimaryPeerSubnet>172.16.0.0/30</PrimaryPeerSubnet><VlanId>100</VlanId></BgpPeering>`, `
[networking/dedicatedcircuits/k/bgppeerings/private]
BgpPeering
  AzureAsn: 12076
  PeerAsn: 65001
  PrimaryPeerSubnet: 172.16.0.0/30
  VlanId: 100
`, ""},
	{"networking/authorizeddedicatedcircuits.xml", `<AuthorizedDedicatedCircuits><AuthorizedDedicatedCircuit><ServiceKey>k</ServiceKey><MaximumAllowedLinks>10</MaximumAllowedLinks><UsedLinks>1</UsedLinks></AuthorizedDedicatedCircuit></AuthorizedDedicatedCircuits>`, `
[networking/authorizeddedicatedcircuits]
AuthorizedDedicatedCircuits
  AuthorizedDedicatedCircuit
    ServiceKey: k
    MaximumAllowedLinks: 10
    UsedLinks: 1
`, ""},
	{"networking/networksecuritygroups.xml", `<NetworkSecurityGroups><NetworkSecurityGroup><Name>web</Name></NetworkSecurityGroup></NetworkSecurityGroups>`, `
[networking/networksecuritygroups]
NetworkSecurityGroups
  NetworkSecurityGroup
    Name: web
`, ""},
	{"networking/networksecuritygroups/web.xml", `<NetworkSecurityGroup><Name>web</Name><Label>l</Label><Location>West Europe</Location><Rules><Rule><Name>in</Name><Type>Inbound</Type><Priority>100</Priority><Action>Allow</Action><SourceAddressPrefix>INTERNET</SourceAddressPrefix><SourcePortRange>*</SourcePortRange><DestinationAddressPrefix>*</DestinationAddressPrefix><DestinationPortRange>443</DestinationPortRange><Protocol>TCP</Protocol><State>Active</State><IsDefault>false</IsDefault></Rule></Rules></NetworkSecurityGroup>`, `
[networking/networksecuritygroups/web]
NetworkSecurityGroup
  Name: web
  Label: l
  Location: West Europe
  Rules
    Rule
      Name: in
      Type: Inbound
      Priority: 100
      Action: Allow
      SourceAddressPrefix: INTERNET
      SourcePortRange: *
      DestinationAddressPrefix: *
      DestinationPortRange: 443
      Protocol: TCP
      State: Active
      IsDefault: false
`, ""},
	{"networking/virtualnetwork/hub/subnets/apps/networksecuritygroups.xml", `<NetworkSecurityGroup><Name>web</Name><State>Created</State></NetworkSecurityGroup>`, `
[networking/virtualnetwork/hub/subnets/apps/networksecuritygroups]
NetworkSecurityGroup
  Name: web
  State: Created
`, ""},
	{"networking/routetables.xml", `<RouteTables><RouteTable><Name>rt</Name><RouteList><Route><Name>out</Name><AddressPrefix>0.0.0.0/0</AddressPrefix><NextHopType><Type>VirtualAppliance</Type><IpAddress>10.0.0.9</IpAddress></NextHopType><Metric>0</Metric></Route></RouteList></RouteTable></RouteTables>`, `
[networking/routetables]
RouteTables
  RouteTable
    Name: rt
    RouteList
      Route
        Name: out
        AddressPrefix: 0.0.0.0/0
        NextHopType
          Type: VirtualAppliance
          IpAddress: 10.0.0.9
        Metric: 0
`, ""},
	{"networking/virtualnetwork/hub/subnets/apps/routetables.xml", `<RouteTableAssociation><RouteTableName>rt</RouteTableName></RouteTableAssociation>`, `
[networking/virtualnetwork/hub/subnets/apps/routetables]
RouteTableAssociation
  RouteTableName: rt
`, ""},
	{"networking/reservedips.xml", `<ReservedIPs><ReservedIP><Name>r</Name><Address>40.1.1.1</Address><InUse>true</InUse></ReservedIP></ReservedIPs>`, `
[networking/reservedips]
ReservedIPs
  ReservedIP
    Name: r
    Address: 40.1.1.1
    InUse: true
`, ""},
	{"subscriptions.xml", `<Subscriptions><Subscription><SubscriptionID>` + subID + `</SubscriptionID><MaxDnsServers>20</MaxDnsServers></Subscription></Subscriptions>`, `
[] other call
Subscriptions
  Subscription
    SubscriptionID: ` + subID + `
    MaxDnsServers: 20
`, ""},
	{"networking/operation/" + subID + ".xml", `<GatewayOperation><ID>x</ID><Status>Failed</Status><Error><Code>InternalError</Code><Message>m</Message></Error></GatewayOperation>`, `
[] other call
GatewayOperation
  ID: x
  Status: Failed
  Error
    Code: InternalError
    Message: m
`, ""},
	{"networking/hub/gateway/publicdiagnostics.xml", `<GatewayPublicDiagnosticsStatus><PublicDiagnosticsUrl>https://u?sig=TOPSECRET3</PublicDiagnosticsUrl><State>Ready</State></GatewayPublicDiagnosticsStatus>`, `
[] other call
GatewayPublicDiagnosticsStatus
  PublicDiagnosticsUrl: (not shown)
  State: Ready
`, ""},
	{"routes.xml", `<EffectiveRouteTable><EffectiveRouteList><EffectiveRoute><Name/><EffectiveNextHop><Type>VNETLocal</Type><IpAddresses/></EffectiveNextHop></EffectiveRoute></EffectiveRouteList></EffectiveRouteTable>`, `
[]
EffectiveRouteTable
  EffectiveRouteList
    EffectiveRoute
      Name
      EffectiveNextHop
        Type: VNETLocal
        IpAddresses
`, ""},
	{"absent.xml", `<Error` + azure + `><Code>ResourceNotFound</Code><Message>The gateway does not exist.</Message></Error>`, `
[]
Error
  Code: ResourceNotFound
  Message: The gateway does not exist.
`, ""},
	{"networking/spoke/gateway.xml", `<Error><Code>InternalError</Code><Message>Try again.</Message></Error>`, `
[networking/spoke/gateway]
Error
  Code: InternalError
  Message: Try again.
`, "1:1: warning XML-031: the service answered with the error \"InternalError\" in place of data\n"},
	{"body.xml", `<CreateGatewayConnectionParameters` + azure + `><SharedKey>TOPSECRET4</SharedKey></CreateGatewayConnectionParameters>`, `
[]
CreateGatewayConnectionParameters
  SharedKey: (not shown)
`, "1:1: warning XML-029: <CreateGatewayConnectionParameters> is the body of a request, not an answer; it is not used\n"},
	{"networking/spoke/gateway/connections.xml", `
<Gateway><State>NotProvisioned</State></Gateway>`, `
[]
Gateway
  State: NotProvisioned
`, "2:1: warning XML-030: <Gateway> does not answer \"networking/spoke/gateway/connections\"; where it comes from is not known\n"},
	{"unknown parts.xml", `<SharedKey x="TOPSECRET5"><Value>TOPSECRET6<b/>TOPSECRET7</Value><Older>TOPSECRET8</Older>TOPSECRET9</SharedKey>`, `
[]
SharedKey: (not shown)
  Value: (not shown)
`, ""},
}

func TestResponses(t *testing.T) {
	for _, c := range responseCases {
		t.Run(c.name, func(t *testing.T) {
			d, found := read(t, c.name, c.src)
			if got := cmp.Diff(strings.TrimPrefix(c.want, "\n"), summary(d)); got != "" {
				t.Errorf("(-want +got):\n%s", got)
			}
			if got := cmp.Diff(c.findings, lines(found)); got != "" {
				t.Errorf("findings (-want +got):\n%s", got)
			}
			if d.Form != netcfg.FormResponse {
				t.Errorf("form %v", d.Form)
			}
		})
	}
}

// Every kind of the table has a case here or in the corpus, and all that it may hold has a role.
func TestKindsHaveCases(t *testing.T) {
	all := ""
	for _, c := range responseCases {
		all += c.src
	}
	for _, kind := range netcfg.Kinds() {
		e, ok := netcfg.Known(kind, nil)
		if !ok || e.Role == "" {
			t.Errorf("%s: no role", kind)
		}
		if strings.HasPrefix(kind, "Create") || strings.HasPrefix(kind, "Update") || strings.HasPrefix(kind, "Reset") {
			continue
		}
		singular := []string{"DefaultSiteList", "VpnClientParameters", "GatewayOperationAsyncResponse"}
		if !strings.Contains(all, "<"+kind) && !slices.Contains(singular, kind) {
			t.Errorf("%s: no case", kind)
		}
	}
}

func TestKnown(t *testing.T) {
	for _, c := range []struct {
		kind, path, drop string
		secret, known    bool
	}{
		{"Gateway", "State", "", false, true},
		{"Gateway", "LastEvent/Message", "what happened last is history and no configuration", false, true},
		{"Gateway", "Nothing", "", false, false},
		{"Nothing", "", "", false, false},
		{"SharedKey", "Value", "", true, true},
		{"GatewayConnections", "GatewayConnection/SharedKey", "", true, true},
		{"CreateGatewayParameters", "GatewaySize", "a request says what somebody wanted, not what there is", false, true},
		{"Connections", "Connection/EgressBytesTransferred", "a counter says what happened, not what is configured", false, true},
		{"GatewayPublicDiagnosticsStatus", "PublicDiagnosticsUrl", "a diagnostic session is no configuration", true, true},
	} {
		var path []string
		if c.path != "" {
			path = strings.Split(c.path, "/")
		}
		e, ok := netcfg.Known(c.kind, path)
		if ok != c.known || e.Drop != c.drop || e.Secret != c.secret || ok != (e.Role != "") {
			t.Errorf("%s %s: %+v %v", c.kind, c.path, e, ok)
		}
	}
}

func TestAnswer(t *testing.T) {
	failed := func(code, message string) netcfg.Response {
		return netcfg.Response{Kind: "Error", Root: netcfg.Node{Name: "Error", Nodes: []netcfg.Node{{Name: "Code", Text: code}, {Name: "Message", Text: message}}}}
	}
	status := func(s int) netcfg.Response { return netcfg.Response{Kind: "Error", Status: s} }
	for i, c := range []struct {
		response netcfg.Response
		want     netcfg.Answer
	}{
		{failed("ResourceNotFound", "Network configuration does not exist."), netcfg.Absent},
		{failed("NotFound", "The gateway does not exist."), netcfg.Absent},
		{failed("BadRequest", "The specified virtual network name 'x' is not valid or could not be found."), netcfg.NotKnown},
		{failed("TooManyRequests", ""), netcfg.NotKnown},
		{status(404), netcfg.Absent},
		{status(0), netcfg.NotKnown},
		{status(500), netcfg.NotKnown},
		{netcfg.Response{Kind: "Gateway"}, netcfg.Answered},
		{netcfg.Response{Kind: "DefaultSiteList"}, netcfg.NoResponse},
	} {
		if got := c.response.Answer(); got != c.want {
			t.Errorf("%d: %v, want %v", i, got, c.want)
		}
	}
}

// What is no response, or a piece of a network configuration that looks like one, is refused in
// words that say so.
func TestNoResponses(t *testing.T) {
	for _, c := range []struct{ src, want, hint string }{
		{`<VirtualNetworkSites><VirtualNetworkSite name="a"/></VirtualNetworkSites>`,
			"1:1: error XML-002: the root element is <VirtualNetworkSites> of a network configuration, not <NetworkConfiguration>\n", "put it inside"},
		{`<VirtualNetworkSites xmlns="` + netcfg.Namespace + `"/>`,
			"1:1: error XML-002: the root element is <VirtualNetworkSites> in namespace \"" + netcfg.Namespace + "\", not <NetworkConfiguration>\n", "seems to be a piece"},
		{`<Gateway profile="Small"/>`, "1:1: error XML-002: the root element is <Gateway> of a network configuration, not <NetworkConfiguration>\n", "put it inside"},
		{`<Gateway><ConnectionsToLocalNetwork/></Gateway>`, "1:1: error XML-002: the root element is <Gateway> of a network configuration, not <NetworkConfiguration>\n", "put it inside"},
		{`<data><row/></data>`, "1:1: error XML-002: the root element is <data>, but it holds no certificate\n", "pass the file"},
		{`<HostedServices` + azure + `/>`, "1:1: error XML-002: the root element is <HostedServices> in namespace \"http://schemas.microsoft.com/windowsazure\", not <NetworkConfiguration>\n", "says nothing of networks"},
		{`<Gateway xmlns="urn:x"/>`, "1:1: error XML-002: the root element is <Gateway> in namespace \"urn:x\", not <NetworkConfiguration>\n", "pass the file"},
		{`<Gateway><State></Gateway>`, "1:17: error XML-001: end tag </Gateway> where </State> is expected\n", ""},
	} {
		d, found, err := netcfg.Read("x.xml", []byte(c.src))
		if d != nil || err == nil || len(found) == 0 {
			t.Errorf("%s: it is read, with %v", c.src, found)
			continue
		}
		if !strings.Contains(found[0].Hint, c.hint) {
			t.Errorf("%s: hint %q", c.src, found[0].Hint)
		}
		if got := cmp.Diff(c.want, lines(found)); got != "" && c.hint != "" {
			t.Errorf("%s (-want +got):\n%s", c.src, got)
		}
	}
}
