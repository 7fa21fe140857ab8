package netcfg_test

import (
	"testing"

	"github.com/netmigrate/netmigrate/netcfg"
)

var placeCases = []struct {
	path string
	want netcfg.Place
	back string // Path of it, where it is not the path itself
}{
	{"https://management.core.windows.net/" + subID + "/services/networking/hub/gateway",
		netcfg.Place{Subscription: subID, Call: netcfg.CallGateway, VNet: "hub"}, subID + "/services/networking/hub/gateway"},
	{"https://management.core.chinacloudapi.cn/" + subID + "/services/networking/Group%20rg%20hub/gateway/connection/a%2Fb/sharedkey?x=1/2",
		netcfg.Place{Subscription: subID, Call: netcfg.CallSharedKey, VNet: "Group rg hub", Site: "a/b"},
		subID + "/services/networking/Group%20rg%20hub/gateway/connection/a%2Fb/sharedkey"},
	{"https://management.core.windows.net/" + subID + "/affinitygroups/west.xml",
		netcfg.Place{Subscription: subID, Call: netcfg.CallAffinityGroup, Name: "west.xml"}, subID + "/services/affinitygroups/west%2Exml"},
	{"/" + subID + "/services/networking/media?", netcfg.Place{Subscription: subID, Call: netcfg.CallConfiguration}, subID + "/services/networking/media"},
	{"services/networking/virtualnetwork", netcfg.Place{Call: netcfg.CallVNets}, "networking/virtualnetwork"},
	{`C:\dump\` + subID + `\networking\hub\gateway.xml`, netcfg.Place{Subscription: subID, Call: netcfg.CallGateway, VNet: "hub"}, subID + "/services/networking/hub/gateway"},
	{"dump/Networking/10.2.0.0/GATEWAY/Connections.XML", netcfg.Place{Call: netcfg.CallConnections, VNet: "10.2.0.0"}, "networking/10.2.0.0/gateway/connections"},
	{"networking/hub/gateway/connection/office/sharedkey.xml", netcfg.Place{Call: netcfg.CallSharedKey, VNet: "hub", Site: "office"}, "networking/hub/gateway/connection/office/sharedkey"},
	{"networking/hub/gateway/connection/office/ipsecparameters", netcfg.Place{Call: netcfg.CallIPsecParameters, VNet: "hub", Site: "office"}, ""},
	{"networking/virtualnetworkgateways/g/connectedentity/e/ipsecparameters", netcfg.Place{Call: netcfg.CallIPsecParameters, Gateway: "g", Entity: "e"}, ""},
	{"networking/hub/gateway/clientrootcertificates", netcfg.Place{Call: netcfg.CallRootCertificates, VNet: "hub"}, ""},
	{"networking/hub/gateway/clientrootcertificates/AB.xml", netcfg.Place{Call: netcfg.CallRootCertificate, VNet: "hub", Thumbprint: "AB"}, "networking/hub/gateway/clientrootcertificates/AB"},
	{"networking/media.netcfg", netcfg.Place{Call: netcfg.CallConfiguration}, "networking/media"},
	{"x/affinitygroups.json", netcfg.Place{Call: netcfg.CallAffinityGroups}, "affinitygroups"},
	{"networking/virtualnetworkgateways", netcfg.Place{Call: netcfg.CallGateways2}, ""},
	{"networking/virtualnetworkgateways/g", netcfg.Place{Call: netcfg.CallGateway2, Gateway: "g"}, ""},
	{"networking/localnetworkgateways", netcfg.Place{Call: netcfg.CallLocalGateways2}, ""},
	{"networking/gatewayconnections.txt", netcfg.Place{Call: netcfg.CallConnections2}, "networking/gatewayconnections"},
	{"networking/gatewayconnections/virtualnetworkgateway/g/connectedentity/e", netcfg.Place{Call: netcfg.CallConnection2, Gateway: "g", Entity: "e"}, ""},
	{"networking/dedicatedcircuits", netcfg.Place{Call: netcfg.CallCircuits}, ""},
	{"networking/dedicatedcircuits/k/vnets.xml", netcfg.Place{Call: netcfg.CallCircuitLinks, Key: "k"}, "networking/dedicatedcircuits/k/vnets"},
	{"networking/dedicatedcircuits/k/bgppeerings/private.xml", netcfg.Place{Call: netcfg.CallCircuitPeering, Key: "k", Name: "private"}, "networking/dedicatedcircuits/k/bgppeerings/private"},
	{"networking/authorizeddedicatedcircuits", netcfg.Place{Call: netcfg.CallAuthorizedCircuits}, ""},
	{"networking/networksecuritygroups/web.v2.xml", netcfg.Place{Call: netcfg.CallSecurityGroup, Name: "web.v2"}, "networking/networksecuritygroups/web.v2"},
	{"networking/networksecuritygroups", netcfg.Place{Call: netcfg.CallSecurityGroups}, ""},
	{"networking/virtualnetwork/hub/subnets/apps/networksecuritygroups.xml", netcfg.Place{Call: netcfg.CallSubnetSecurityGroup, VNet: "hub", Subnet: "apps"}, "networking/virtualnetwork/hub/subnets/apps/networksecuritygroups"},
	{"networking/virtualnetwork/hub/subnets/apps/routetables", netcfg.Place{Call: netcfg.CallSubnetRouteTable, VNet: "hub", Subnet: "apps"}, ""},
	{"networking/routetables/rt", netcfg.Place{Call: netcfg.CallRouteTable, Name: "rt"}, ""},
	{"networking/reservedips", netcfg.Place{Call: netcfg.CallReservedIPs}, ""},
	{"networking/..%2F..%2Fetc/gateway", netcfg.Place{Call: netcfg.CallGateway, VNet: "../../etc"}, ""},
	{"networking/%2E%2E/gateway", netcfg.Place{Call: netcfg.CallGateway, VNet: ".."}, ""},
	{"networking/ne@@wvnet$$%10/gateway", netcfg.Place{Call: netcfg.CallGateway, VNet: "ne@@wvnet$$%10"}, "networking/ne@@wvnet$$%2510/gateway"},
	{"networking/networking/gateway", netcfg.Place{Call: netcfg.CallGateway, VNet: "networking"}, ""},
}

func TestPlaceOf(t *testing.T) {
	for _, c := range placeCases {
		got, ok := netcfg.PlaceOf(c.path)
		if !ok || got != c.want {
			t.Errorf("%s: %+v %v", c.path, got, ok)
		}
		want := c.back
		if want == "" {
			want = c.path
		}
		if got.Path() != want {
			t.Errorf("%s: path %s, want %s", c.path, got.Path(), want)
		}
	}
	for _, path := range []string{"", "/", "corp.netcfg", "gateway.xml", "hub/gateway.xml", "networking/hub", "networking//gateway", "networking/.xml/x",
		"https://management.core.windows.net", "https://networking/media", subID, "networking/hub/gateway/connection//sharedkey"} {
		if got, ok := netcfg.PlaceOf(path); ok {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if other, ok := netcfg.PlaceOf("networking/hub/gateway/publicdiagnostics"); !ok || other.Call != netcfg.CallOther || other.Path() != "" {
		t.Errorf("diagnostics: %+v %v", other, ok)
	}
}

func FuzzPlace(f *testing.F) {
	for _, c := range placeCases {
		f.Add(c.path)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := netcfg.PlaceOf(text)
		if ok != (got.Call != netcfg.NoCall) {
			t.Fatalf("%q: %+v %v", text, got, ok)
		}
		path := got.Path()
		if path == "" {
			return
		}
		if again, ok := netcfg.PlaceOf(path); !ok || again != got {
			t.Errorf("%q: %+v, but its path %q: %+v", text, got, path, again)
		}
	})
}
