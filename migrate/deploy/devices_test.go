package deploy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// network is a VNet of a test with the sites it refers to.
type network struct{ name, region, space, refs string }

// document writes a network configuration: sites are "name prefix address".
func document(sites []string, vnets ...network) []byte {
	var b strings.Builder
	b.WriteString(`<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"><VirtualNetworkConfiguration>` + "\n<LocalNetworkSites>\n")
	for _, s := range sites {
		f := strings.Fields(s)
		fmt.Fprintf(&b, "<LocalNetworkSite name=\"%s\"><AddressSpace><AddressPrefix>%s</AddressPrefix></AddressSpace><VPNGatewayAddress>%s</VPNGatewayAddress></LocalNetworkSite>\n", f[0], f[1], f[2])
	}
	b.WriteString("</LocalNetworkSites>\n<VirtualNetworkSites>\n")
	for _, v := range vnets {
		fmt.Fprintf(&b, `<VirtualNetworkSite name="%s" Location="%s"><AddressSpace><AddressPrefix>%s.0.0/16</AddressPrefix></AddressSpace><Subnets><Subnet name="GatewaySubnet"><AddressPrefix>%s.0.0/27</AddressPrefix></Subnet></Subnets><Gateway><ConnectionsToLocalNetwork>`, v.name, v.region, v.space, v.space)
		for _, r := range strings.Fields(v.refs) {
			fmt.Fprintf(&b, `<LocalNetworkSiteRef name="%s"><Connection type="IPsec" /></LocalNetworkSiteRef>`, r)
		}
		b.WriteString("</ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>\n")
	}
	b.WriteString("</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>\n")
	return []byte(b.String())
}

// judged converts a document, lets the judges see the template, and returns the messages of a rule.
func judged(t *testing.T, src []byte, rule string) (*deploy.Deployment, diag.List) {
	t.Helper()
	_, e, _ := meaning(t, "net", src)
	d, _, found := convertOne(t, e, deploy.Options{})
	template, parameters := encoded(t, d)
	armtest.Judge(t, "net", template)
	judgeParameters(t, template, parameters)
	var of diag.List
	for _, f := range found {
		if f.Rule == rule {
			of = append(of, f)
		}
	}
	return d, of
}

func outputs(d *deploy.Deployment) []string {
	var out []string
	for _, o := range d.Template.Outputs {
		out = append(out, fmt.Sprint(o.Name, " ", o.Value))
	}
	return out
}

// Each device is told of every new gateway that calls it; gateways among themselves are not.
func TestDevicesFollow(t *testing.T) {
	d, found := judged(t, document(
		[]string{"HQ 192.168.0.0/16 81.2.69.160", "lab 172.20.0.0/16 81.2.69.161", "toA 10.1.0.0/16 40.68.10.20", "toB 10.2.0.0/16 40.69.30.41", "toC 10.3.0.0/16 40.70.3.7"},
		network{"VA", "West Europe", "10.1", "toB HQ"},
		network{"VB", "West Europe", "10.2", "toA toC HQ lab"},
		network{"VC", "West Europe", "10.3", "toB"}), "ONP-004")
	want := []string{
		`the device of local network site "HQ" must be pointed at the new address of VA-gateway (output address_VA_gateway), VB-gateway (output address_VB_gateway)`,
		`the device of local network site "lab" must be pointed at the new address of VB-gateway (output address_VB_gateway)`,
	}
	var got []string
	for _, f := range found {
		got = append(got, f.Message)
		if f.Pos.Line == 0 || f.Severity != diag.Warning {
			t.Errorf("%s at %v", f.Severity, f.Pos)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("devices (-want +got):\n%s", diff)
	}
	addresses := []string{
		"address_VA_gateway [reference(resourceId('Microsoft.Network/publicIPAddresses', 'VA-gateway-ip'), '2025-05-01').ipAddress]",
		"address_VB_gateway [reference(resourceId('Microsoft.Network/publicIPAddresses', 'VB-gateway-ip'), '2025-05-01').ipAddress]",
	}
	if diff := cmp.Diff(addresses, outputs(d)); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

// Names that differ in what an output cannot hold stay apart.
func TestOutputNamesAreUnique(t *testing.T) {
	d, _ := judged(t, document([]string{"HQ 192.168.0.0/16 81.2.69.160"},
		network{"a-b", "West Europe", "10.1", "HQ"}, network{"a.b", "West Europe", "10.2", "HQ"}), "ONP-004")
	if len(d.Template.Outputs) != 2 || d.Template.Outputs[0].Name != "address_a_b_gateway" || d.Template.Outputs[1].Name != "address_a_b_gateway_2" {
		t.Errorf("outputs: %v", outputs(d))
	}
}

// A template has 64 outputs at most; beyond, the finding names the public IP address.
func TestMoreDevicesThanOutputs(t *testing.T) {
	for _, n := range []int{arm.MaxOutputs, arm.MaxOutputs + 1} {
		var vnets []network
		for i := range n {
			vnets = append(vnets, network{fmt.Sprintf("V%d", i), "West Europe", fmt.Sprintf("10.%d", i), "HQ"})
		}
		_, e, _ := meaning(t, "net", document([]string{"HQ 192.168.0.0/16 81.2.69.160"}, vnets...))
		d, _, found := convertOne(t, e, deploy.Options{})
		outputs, words := n, "V7-gateway (output address_V7_gateway)"
		if n > arm.MaxOutputs {
			outputs, words = 0, "V7-gateway (see public IP address V7-gateway-ip)"
		}
		if len(d.Template.Outputs) != outputs {
			t.Errorf("%d gateways: %d outputs", n, len(d.Template.Outputs))
		}
		told := 0
		for _, f := range found {
			if f.Rule == "ONP-004" && strings.Contains(f.Message, words) {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%d gateways: %d findings say %q", n, told, words)
		}
	}
}

// A gateway that exists keeps its address, so nothing follows.
func TestDevicesOfGatewaysThatExist(t *testing.T) {
	_, e, _ := meaning(t, "net", document([]string{"HQ 192.168.0.0/16 81.2.69.160"}, network{"VA", "West Europe", "10.1", "HQ"}))
	base, _, _ := estate.ToARM(e)
	add := &estate.Estate{Docs: base.Docs, Connections: base.Connections, Sites: base.Sites}
	d, found := deploy.Render(add, base, deploy.Options{})
	if len(d.Template.Outputs) > 0 {
		t.Errorf("outputs: %v", outputs(d))
	}
	for _, f := range found {
		if f.Rule == "ONP-004" {
			t.Errorf("%v", f)
		}
	}
	// A new gateway with a site that exists is told all the same.
	add = &estate.Estate{Docs: base.Docs, Gateways: base.Gateways, Connections: base.Connections}
	if d, found = deploy.Render(add, base, deploy.Options{}); len(d.Template.Outputs) != 1 {
		t.Errorf("outputs: %v, %v", outputs(d), found)
	}
}

// A tunnel between clouds is IPsec, and neither written address holds: both are asked for.
func TestTwoClouds(t *testing.T) {
	src := document([]string{"toA 10.1.0.0/16 40.68.10.20", "toB 10.2.0.0/16 40.69.30.41"},
		network{"VA", "West Europe", "10.1", "toB"}, network{"VB", "China North", "10.2", "toA"})
	d, found := judged(t, src, "ARM-015")
	all := resources(t, d)
	mention(t, all, "connections/VA-to-VB", `"IPsec"`, "parameters('sharedKey_VA_to_VB')", "!virtualNetworkGateway2")
	mention(t, all, "connections/VB-to-VA", `"IPsec"`, "parameters('sharedKey_VA_to_VB')")
	mention(t, all, "localNetworkGateways/toB", "parameters('gatewayAddress_toB')", "!reference(", "!40.69.30.41")
	mention(t, all, "localNetworkGateways/toA", "parameters('gatewayAddress_toA')", "!reference(", "!40.68.10.20")
	if len(found) != 1 || !strings.Contains(found[0].Message, "2 clouds: AzurePublic, AzureChinaCloud") || len(found[0].Related) != 2 {
		t.Fatalf("findings: %v", found)
	}
	for _, r := range found[0].Related {
		if r.Pos.Line == 0 {
			t.Errorf("%q has no place", r.Message)
		}
	}
	if _, asked := judged(t, src, "ARM-010"); len(asked) != 2 {
		t.Errorf("addresses asked for: %v", asked)
	}
	if _, devices := judged(t, src, "ONP-004"); len(devices) > 0 || len(d.Template.Outputs) != 2 {
		t.Errorf("devices: %v, outputs: %v", devices, outputs(d))
	}
	if _, one := judged(t, document([]string{"toA 10.1.0.0/16 40.68.10.20"}, network{"VA", "China East", "10.1", ""}, network{"VB", "China North", "10.2", "toA"}), "ARM-015"); len(one) > 0 {
		t.Errorf("one cloud: %v", one)
	}
}

func TestGatewayGenerations(t *testing.T) {
	for tunnels, want := range map[int][2]string{30: {"VpnGw1AZ", "Generation1"}, 31: {"VpnGw4AZ", "Generation2"}} {
		var sites []string
		refs := ""
		for i := range tunnels {
			sites = append(sites, fmt.Sprintf("s%d 192.168.%d.0/24 81.2.69.%d", i, i, i+1))
			refs += fmt.Sprintf(" s%d", i)
		}
		d, _ := judged(t, document(sites, network{"VA", "West Europe", "10.1", refs}), "ARM-018")
		mention(t, resources(t, d), "virtualNetworkGateways/VA-gateway", want[0], want[1])
	}
}
