package estate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What an input says is not assumed.
func TestAssumeOnlyWhatIsNotSaid(t *testing.T) {
	vnet := ID{Type: TypeVNet, Name: "apps"}
	vpn := ID{Type: TypeGateway, Name: "apps", Child: "Vpn"}
	er := ID{Type: TypeGateway, Name: "apps", Child: "ExpressRoute"}
	said := func(s string) Fact { return Fact{Value: s, Raw: s} }
	whole := func() *Estate {
		return &Estate{
			VNets: []VNet{{ID: vnet, Name: "apps", Region: Region{Name: "westeurope"}}},
			Gateways: []Gateway{
				{ID: vpn, VNet: vnet, State: said(GatewayProvisioned), Routing: said(RoutingDynamic), Size: said("Standard"), Beside: said("second"),
					ClientPools: make([]Prefix, 1), Certificates: []Certificate{{Data: said("MII")}}},
				{ID: er, VNet: vnet, Kind: ExpressRouteGateway, State: said(GatewayProvisioned), Size: said("Standard")},
			},
			Connections: []Connection{
				{ID: ID{Type: TypeConnection, Name: "apps", Child: "office"}, Gateway: vpn, Site: ID{Type: TypeSite, Name: "office"}},
				{ID: ID{Type: TypeConnection, Name: "apps", Child: "London"}, Gateway: er, Kind: ExpressRoute, Circuit: ID{Type: TypeCircuit, Name: "London"}},
			},
		}
	}
	tests := []struct {
		name   string
		change func(e *Estate)
		want   []string
	}{
		{"all is said", func(*Estate) {}, nil},
		{"no routing type", func(e *Estate) { e.Gateways[0].Routing = Fact{} }, []string{AsmGateway}},
		{"no state", func(e *Estate) { e.Gateways[1].State = Fact{} }, []string{AsmGateway}},
		{"no gateway", func(e *Estate) { e.Gateways[0].State = said(GatewayNotProvisioned) }, []string{AsmSKU}},
		{"no size", func(e *Estate) { e.Gateways[0].Size = Fact{} }, []string{AsmSKU}},
		{"a wanted size", func(e *Estate) { e.Gateways[0].Size, e.Gateways[0].SKU = Fact{}, "VpnGw2AZ" }, nil},
		{"no certificates", func(e *Estate) { e.Gateways[0].Certificates = nil }, []string{AsmCertificates}},
		{"a certificate without data", func(e *Estate) { e.Gateways[0].Certificates[0].Data = Fact{} }, []string{AsmCertificates}},
		{"the certificate of an App Service", func(e *Estate) {
			e.Gateways[0].Certificates[0] = Certificate{Subject: said("CN=WebsitesCertificateapps")}
		}, nil},
		{"no circuit", func(e *Estate) { e.Connections[1].Circuit = ID{} }, []string{AsmCircuit}},
		{"nothing about a gateway beside", func(e *Estate) { e.Gateways[0].Beside = Fact{} }, []string{AsmCoexistence}},
		{"a policy", func(e *Estate) { e.Connections[0].Policy = &IPsecPolicy{Encryption: said("AES256")} }, []string{AsmIPsec}},
		{"a policy of defaults", func(e *Estate) {
			e.Connections[0].Policy = &IPsecPolicy{Encryption: said("RequireEncryption"), LifetimeSeconds: said("0")}
		}, nil},
		{"a policy that is not carried on", func(e *Estate) { e.Connections[0].Policy = &IPsecPolicy{Encryption: said("NoEncryption")} }, nil},
		{"a static gateway", func(e *Estate) { e.Gateways[0].Routing = said(RoutingStatic) }, []string{AsmIPsec}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := whole()
			tt.change(e)
			var got []string
			for _, a := range assume(e) {
				if !slices.Contains([]string{AsmLive, AsmRoutes, AsmKey}, a.ID) {
					got = append(got, a.ID)
				}
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("assumptions (-want +got):\n%s", diff)
			}
		})
	}
}

// What was read of filters and routes is told, and never assumed not to exist.
func TestAssumeNothingAboutFiltersThatWereRead(t *testing.T) {
	site := ID{Type: TypeSite, Name: "office"}
	tests := []struct {
		tables, groups, sites int
		want                  string
	}{
		{0, 0, 0, "no route table, network security group or default site (forced tunnelling) changes what is reachable"},
		{1, 0, 0, "nothing diverts packets but the 1 route table that was read, and no network security group stops them"},
		{0, 0, 1, "nothing diverts packets but the 1 default site (forced tunnelling) that was read, and no network security group stops them"},
		{0, 2, 0, "no route table or default site diverts packets; the 2 network security groups that were read let everything through: reach is about routes"},
		{3, 2, 0, "nothing diverts packets but the 3 route tables that were read; the 2 network security groups that were read let everything through: reach is about routes"},
		{1, 1, 2, "nothing diverts packets but the 1 route table and 2 default sites (forced tunnelling) that were read; the 1 network security group that was read let everything through: reach is about routes"},
	}
	for _, tt := range tests {
		e := &Estate{VNets: []VNet{{Name: "apps", Region: Region{Name: "westeurope"}}}, RouteTables: make([]RouteTable, tt.tables), SecurityGroups: make([]SecurityGroup, tt.groups)}
		for range tt.sites {
			e.Gateways = append(e.Gateways, Gateway{DefaultSite: site})
		}
		all := assume(e)
		i := slices.IndexFunc(all, func(a Assumption) bool { return a.ID == AsmRoutes })
		if i < 0 || all[i].Assumed != tt.want {
			t.Errorf("%d, %d, %d: %v, want %q", tt.tables, tt.groups, tt.sites, all, tt.want)
		}
	}
}
