package deploy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// readBack is what the templates of some stages say, each subscription with its own.
func readBack(t *testing.T, stages []deploy.Stage) (*estate.Estate, diag.List) {
	t.Helper()
	var sources []estate.Source
	for _, s := range stages {
		template, parameters := encoded(t, s.Deployment)
		i := slices.IndexFunc(sources, func(o estate.Source) bool { return o.Name == s.Subscription })
		if i < 0 {
			i, sources = len(sources), append(sources, estate.Source{Name: s.Subscription, ID: s.Subscription})
		}
		for name, text := range map[string][]byte{s.Name + ".template.json": template, s.Name + ".parameters.json": parameters} {
			d, found := arm.Read(name, text, arm.Bounds{})
			if d == nil {
				t.Fatal(found)
			}
			sources[i].Resources = append(sources[i].Resources, d)
		}
	}
	return estate.FromARM(nil, sources...)
}

// TestDumpedTemplatesRead reads the templates of a network with everything that the service can say: all
// of it is there again, but for what is said here to become another thing.
func TestDumpedTemplatesRead(t *testing.T) {
	modern, _, _ := estate.ToARM(dumpedEstate(t))
	stages, _ := deploy.Stages(modern, deploy.Options{KeyVault: vaultID})
	for i := range stages {
		stages[i].Subscription = modern.VNets[0].ID.Subscription
	}
	back, found := readBack(t, stages)
	if len(found) != 1 || found[0].Rule != "LST-005" { // the circuit is in another subscription
		t.Errorf("the templates are read with %v", found)
	}
	var got []string
	for _, d := range estate.Differences(modern, back, nil) {
		if d.Presence != estate.Untold {
			got = append(got, fmt.Sprintf("%s %s %s", d.Presence, d.Object(), d.Property))
		}
	}
	want := []string{
		"only before localNetworkGateways/London ",                              // the network behind a circuit is no local network gateway
		"changed virtualNetworkGateways/apps-gateway vpnClientRootCertificates", // its name is made legal
		"changed virtualNetworkGateways/branch-gateway vpnType",                 // a template makes route-based gateways
		"changed connections/apps-to-London expressRouteCircuit",                // the name of the resource that the options file tells
		"only before expressRouteCircuits/London metro ",                        // circuits are referred to and never written
		"only before expressRouteCircuits/spare ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// TestNoTemplateOfAFirewall writes an estate with a firewall: a template has no gateway in its place, and
// a rebuild says that it is missing.
func TestNoTemplateOfAFirewall(t *testing.T) {
	id := func(typ, name string) estate.ID { return estate.ID{Subscription: "s", Type: typ, Name: name} }
	hub := estate.VNet{ID: id(estate.TypeVNet, "hub"), Name: "hub", Model: estate.ARM, Space: []estate.Prefix{prefix("10.0.0.0/16")},
		Subnets: []estate.Subnet{{Name: "AzureFirewallSubnet", Prefix: prefix("10.0.0.0/26")}}}
	at := []diag.Ref{{Ordinal: 1, Line: 1, Col: 1}}
	e := &estate.Estate{Docs: []string{"azureFirewalls.json"}, VNets: []estate.VNet{hub},
		Gateways: []estate.Gateway{{ID: id(estate.TypeFirewall, "fw"), VNet: hub.ID, Kind: estate.Firewall, Subnet: "AzureFirewallSubnet", Refs: at}}}
	d, found := deploy.Additions(&plan.Plan{Mode: options.Rebuild, Base: e, Target: e}, deploy.Options{})
	if n := len(d.Template.Resources); n != 1 || d.Template.Resources[0].Type != arm.TypeVirtualNetwork {
		t.Errorf("%d resources: %v, want the VNet", n, d.Template.Resources)
	}
	if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-005" && f.Pos.File == "azureFirewalls.json" }) {
		t.Errorf("nothing says that the firewall is missing: %v", found)
	}
}
