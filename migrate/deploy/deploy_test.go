package deploy_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func meaning(t *testing.T, name string, src []byte) (*netcfg.File, *estate.Estate, []diag.Fate) {
	t.Helper()
	f, found, err := netcfg.Parse(name, src)
	if err != nil {
		t.Fatalf("%v\n%v", err, found)
	}
	e, fates, _ := estate.FromNetcfg(f)
	return f, e, fates
}

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "..", "fixtures", name, "network.netcfg"))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func encoded(t *testing.T, d *deploy.Deployment) (template, parameters []byte) {
	t.Helper()
	var a, b bytes.Buffer
	if err := arm.Encode(&a, d.Template); err != nil {
		t.Fatal(err)
	}
	if err := arm.EncodeParameters(&b, d.Parameters); err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes()
}

// convertOne converts what has one stage.
func convertOne(t *testing.T, classic *estate.Estate, opts deploy.Options) (*deploy.Deployment, []diag.Fate, diag.List) {
	t.Helper()
	stages, fates, found := deploy.Convert(classic, opts)
	if len(stages) != 1 {
		t.Fatalf("%d stages, want 1", len(stages))
	}
	return stages[0].Deployment, fates, found
}

// judgeParameters lets the parameters without a value pass: they are the questions that the files
// leave open, and a deployment asks them.
func judgeParameters(t *testing.T, template, parameters []byte) {
	t.Helper()
	complaints, _ := armtest.ParametersVerdict(template, parameters)
	for _, c := range complaints {
		if !strings.HasSuffix(c, "has no value and no default") {
			t.Error(c)
		}
	}
}

// Every fixture converts to a template that all judges accept, and every leaf has one fate.
func TestConvertFixtures(t *testing.T) {
	folders, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(folders) < 10 {
		t.Fatalf("found %d fixtures, %v", len(folders), err)
	}
	for _, path := range folders {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			f, e, fates := meaning(t, name, fixture(t, name))
			d, more, _ := convertOne(t, e, deploy.Options{KeyVault: "/subscriptions/0/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/keys"})
			template, parameters := encoded(t, d)
			armtest.Judge(t, name, template)
			judgeParameters(t, template, parameters)
			all := append(fates, more...)
			if got := diag.Count(diag.MergeFates(all)).Total(); got != f.Leaves {
				t.Errorf("%d leaves have a fate, of %d", got, f.Leaves)
			}
			for i, fate := range diag.MergeFates(all) {
				if int(fate.Ref.Ordinal) != i+1 {
					t.Fatalf("leaf %d has no fate, or two", i+1)
				}
			}
		})
	}
}

// resources finds resources by type and name, and shows one as text.
func resources(t *testing.T, d *deploy.Deployment) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i := range d.Template.Resources {
		r := &d.Template.Resources[i]
		text, err := arm.EncodeResource(r)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(r.Type, arm.Provider)+"/"+r.Name] = string(text)
	}
	return out
}

func mention(t *testing.T, all map[string]string, name string, want ...string) {
	t.Helper()
	text, ok := all[name]
	if !ok {
		t.Errorf("%s is missing", name)
		return
	}
	for _, w := range want {
		if not, forbidden := strings.CutPrefix(w, "!"); forbidden {
			if strings.Contains(text, not) {
				t.Errorf("%s has %s:\n%s", name, not, text)
			}
		} else if !strings.Contains(text, w) {
			t.Errorf("%s lacks %s:\n%s", name, w, text)
		}
	}
}

// A tunnel that carries more than two spaces keeps its prefixes and finds the other gateway.
func TestConvertKeepsMultiHopPrefixes(t *testing.T) {
	_, e, _ := meaning(t, "star", fixture(t, "star"))
	d, _, _ := convertOne(t, e, deploy.Options{})
	all := resources(t, d)
	mention(t, all, "localNetworkGateways/hub-and-Zurich", `"10.16.0.0/12"`, `"10.100.0.0/20"`,
		`"[reference(resourceId('Microsoft.Network/publicIPAddresses', 'hub-west-gateway-ip'), '2025-05-01').ipAddress]"`)
	mention(t, all, "connections/claims-to-hub-west", `"IPsec"`, `'hub-and-Zurich'`, `parameters('sharedKey_claims_to_hub_west')`)
	mention(t, all, "connections/hub-west-to-claims", `"IPsec"`, `parameters('sharedKey_claims_to_hub_west')`)
	mention(t, all, "connections/website-to-hub-west", `"Vnet2Vnet"`, "!localNetworkGateway2")
	mention(t, all, "publicIPAddresses/hub-west-gateway-ip", `"Standard"`, `"Static"`, `"3"`)
	mention(t, all, "virtualNetworkGateways/hub-west-gateway", `"VpnGw1AZ"`, `"RouteBased"`, `"Generation1"`)
	mention(t, all, "virtualNetworks/hub-west", `"[parameters('location_westeurope')]"`, `"defaultOutboundAccess": true`)
}

func TestConvertExpressRoute(t *testing.T) {
	_, e, _ := meaning(t, "expressroute", fixture(t, "expressroute"))
	d, _, found := convertOne(t, e, deploy.Options{})
	all := resources(t, d)
	circuits := 0
	for name, text := range all {
		if strings.Contains(text, `"gatewayType": "ExpressRoute"`) {
			mention(t, all, name, `"ErGw1AZ"`, "!publicIPAddress", "!vpnType")
		}
		if strings.Contains(text, `"connectionType": "ExpressRoute"`) {
			circuits++
			mention(t, all, name, `"peer"`, "parameters('circuit_", "!sharedKey")
		}
	}
	if circuits == 0 {
		t.Error("there is no ExpressRoute connection")
	}
	if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-011" }) {
		t.Error("nothing says that the circuit is a parameter")
	}
}

func TestConvertPointToSite(t *testing.T) {
	_, e, _ := meaning(t, "point-to-site", fixture(t, "point-to-site"))
	d, _, found := convertOne(t, e, deploy.Options{})
	clients := 0
	for name, text := range resources(t, d) {
		if strings.Contains(text, "vpnClientConfiguration") {
			clients++
			mention(t, resources(t, d), name, `"OpenVPN"`, "!SSTP", "parameters('p2sRootCertificate_")
		}
	}
	if clients != 2 {
		t.Errorf("%d gateways have clients, of two", clients)
	}
	if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-012" }) {
		t.Error("nothing says that the certificate is a parameter")
	}
}

// A region that is not known is asked for: it has no default and no value.
func TestUnknownRegionIsAParameter(t *testing.T) {
	_, e, _ := meaning(t, "pair", fixture(t, "pair"))
	d, _, found := convertOne(t, e, deploy.Options{})
	asked := 0
	for _, p := range d.Template.Parameters {
		if strings.HasPrefix(p.Name, "location_") && p.Default == nil {
			asked++
			if slices.ContainsFunc(d.Parameters.Values, func(v arm.ParameterValue) bool { return v.Name == p.Name }) {
				t.Errorf("parameter %s has a value", p.Name)
			}
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(found), func(f diag.Finding) bool { return f.Rule != "ARM-004" })); asked == 0 || n != asked {
		t.Errorf("%d regions are asked for, %d findings say so", asked, n)
	}
}

// What a plan adds never writes what exists; what it refers to is declared.
func TestAdditionsDoNotWriteWhatExists(t *testing.T) {
	for _, name := range []string{"pair", "triangle", "full-mesh", "star", "chain-multihop", "two-regions", "overlap"} {
		t.Run(name, func(t *testing.T) {
			_, e, _ := meaning(t, name, fixture(t, name))
			for _, hub := range []options.Hub{options.HubAuto, options.HubNew} {
				p, _, err := plan.Make(e, options.Options{Hub: hub})
				if err != nil {
					continue // a new hub may be refused
				}
				d, _ := deploy.Additions(p, deploy.Options{})
				template, _ := encoded(t, d)
				armtest.Judge(t, fmt.Sprint(name, " ", hub), template)
				for _, r := range d.Template.Resources {
					for _, v := range p.Base.VNets {
						if r.Type == arm.TypeVirtualNetwork && r.Name == v.ID.Name {
							t.Errorf("VNet %s exists and is written", r.Name)
						}
					}
				}
			}
		})
	}
}

// Names are data: none becomes an expression, and all are legal.
func TestHostileNames(t *testing.T) {
	names := []string{"[concat('x')]", "<script>alert(1)</script>", "$(rm -rf /)", "../../etc/passwd", "\u202eevil", "a'b", "parameters('x')", "]['", "CON", " "}
	var b strings.Builder
	b.WriteString(`<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"><VirtualNetworkConfiguration><LocalNetworkSites>`)
	for i, n := range names {
		fmt.Fprintf(&b, `<LocalNetworkSite name="%s"><AddressSpace><AddressPrefix>192.168.%d.0/24</AddressPrefix></AddressSpace></LocalNetworkSite>`, escape(n), i)
	}
	b.WriteString(`</LocalNetworkSites><VirtualNetworkSites>`)
	for i, n := range names {
		fmt.Fprintf(&b, `<VirtualNetworkSite name="%s" AffinityGroup="%s"><AddressSpace><AddressPrefix>10.%d.0.0/16</AddressPrefix></AddressSpace><Subnets><Subnet name="GatewaySubnet"><AddressPrefix>10.%d.0.0/27</AddressPrefix></Subnet><Subnet name="%s"><AddressPrefix>10.%d.1.0/24</AddressPrefix></Subnet></Subnets><Gateway><VPNClientAddressPool><AddressPrefix>172.16.%d.0/24</AddressPrefix></VPNClientAddressPool><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="%s"><Connection type="IPsec" /></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>`,
			escape(n), escape(n), i, i, escape(n), i, i, escape(n))
	}
	b.WriteString(`</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>`)
	_, e, _ := meaning(t, "hostile", []byte(b.String()))
	if len(e.VNets) != len(names) {
		t.Fatalf("%d VNets", len(e.VNets))
	}
	d, _, _ := convertOne(t, e, deploy.Options{})
	template, parameters := encoded(t, d)
	armtest.Judge(t, "hostile", template)
	judgeParameters(t, template, parameters)
	for _, bad := range []string{"concat(", "alert(1)", "$(rm", "etc/passwd"} {
		for i := range d.Template.Resources {
			text, _ := arm.EncodeResource(&d.Template.Resources[i])
			if bytes.Contains(text, []byte(bad)) {
				t.Errorf("%q got into\n%s", bad, text)
			}
		}
	}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
