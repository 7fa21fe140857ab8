package deploy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The templates of every plan with a Route Server please all judges, and none says that it leaves something out: the Route
// Server, its place and its two sessions are there, and a gateway of its hub waits for them.
func TestRouteServersOfFixtures(t *testing.T) {
	servers := 0
	for name, p := range passagePlans(t, options.TransitRouteServer) {
		stages, found := deploy.AdditionStages(p, deploy.Options{})
		for _, s := range stages {
			template, parameters := encoded(t, s.Deployment)
			armtest.Judge(t, name+" "+s.Name, template)
			judgeParameters(t, template, parameters)
			text := string(template)
			n := strings.Count(text, `"Microsoft.Network/virtualHubs"`)
			servers += n
			if places, sessions := strings.Count(text, `"Microsoft.Network/virtualHubs/ipConfigurations",`), strings.Count(text, `"Microsoft.Network/virtualHubs/bgpConnections",`); places != n || sessions != 2*n {
				t.Errorf("%s: %d Route Servers, %d places, %d sessions", name, n, places, sessions)
			}
		}
		if slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-001" || f.Rule == "ARM-005" }) {
			t.Errorf("%s: %v", name, found)
		}
	}
	if servers < 10 {
		t.Errorf("only %d Route Servers", servers)
	}
}

// TestCommandsOfRouteServer reads what the runbook says of a Route Server, its sessions and the machines that announce.
func TestCommandsOfRouteServer(t *testing.T) {
	p := passagePlans(t, options.TransitRouteServer)["star as-if-live"]
	book := deploy.CommandsOf(p, deploy.Options{})
	of := func(action plan.Action) *deploy.Commands {
		return &book.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == action })]
	}
	wants := func(what string, all []deploy.Command, posix bool, want ...string) {
		t.Helper()
		text := strings.Join(said(all, posix), "\n")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: want %s in\n%s", what, w, text)
			}
		}
	}
	made := of(plan.CreateRouteServer)
	wants("made", made.Do, true, "az network routeserver create ", "--hosted-subnet=", "/subnets/RouteServerSubnet", "--public-ip-address=",
		"az network routeserver peering create ", "--routeserver='hub-westeurope-route-server' --name='appliance-1' --peer-asn=64512 --peer-ip=10.0.1.69", "--peer-ip=10.0.1.70")
	wants("made", made.Do, false, "New-AzRouteServer -RouteServerName (Absent 'hub-westeurope-route-server'", "Add-AzRouteServerPeer", "-PeerIp 10.0.1.70 -PeerAsn 64512")
	wants("seen", made.Verify, true, "az network routeserver show ")
	undo := said(made.Undo, true)
	if len(undo) != 4 || !strings.Contains(undo[1], "peering delete") || !strings.Contains(undo[2], "az network routeserver delete ") || !strings.Contains(undo[2], "--yes") || !strings.Contains(undo[3], "public-ip delete") {
		t.Errorf("undo %q", undo)
	}
	wants("sheet", of(plan.CreateAppliances).Do, true, "the machines have the addresses 10.0.1.69 and 10.0.1.70, and the BGP number 64512",
		"each announces 10.100.0.0/15, 10.100.0.0/19, 10.102.0.0/15, 10.104.0.0/15, with the next hop 10.0.1.68",
		"rule of the appliances: from claims (10.101.0.0/16) to hub-west (10.100.0.0/20), and back")
	if text := strings.Join(said(of(plan.CreateAppliances).Do, true), "\n"); strings.Count(text, "rule of the appliances") != 4 {
		t.Errorf("want a rule for each of four pairs\n%s", text)
	}
	look := book.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool {
		return s.Action == plan.VerifyReach && strings.Contains(s.Verify, "have learned")
	})]
	wants("look", look.Do, true, "az network routeserver peering list-learned-routes ", "the owner of the appliances shows for every rule")
	wants("look", look.Do, false, "Get-AzRouteServerPeerLearnedRoute ")
	if !slices.ContainsFunc(of(plan.UseRemoteGateway).Verify, func(c deploy.Command) bool {
		return strings.Contains(c.Note, "10.100.0.0/15, 10.100.0.0/19, 10.102.0.0/15, 10.104.0.0/15 has the next hop address 10.0.1.68")
	}) {
		t.Errorf("moved: %v", of(plan.UseRemoteGateway).Verify)
	}
}
