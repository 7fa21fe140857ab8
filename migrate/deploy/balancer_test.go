package deploy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// behindBalancer makes the firewall of spokes a load balancer before appliances.
func behindBalancer(p *plan.Plan) {
	lb := id(firstSubscription, "rg-hub", estate.TypeLoadBalancer, "nva", "")
	for _, e := range []*estate.Estate{p.Target, p.Steps[0].Effect.Add} {
		e.Gateways = slices.Clone(e.Gateways)
		g := &e.Gateways[0]
		g.ID, g.Kind, g.SKU, g.PublicIP, g.Subnet = lb, estate.Appliance, "", estate.ID{}, "nva-trust"
	}
	for _, e := range []*estate.Estate{p.Target, p.Base} {
		e.VNets[0].Subnets = []estate.Subnet{{Name: "nva-trust", Prefix: prefixesOf("10.9.0.64/27")[0]}}
	}
	p.Steps[0].Action, p.Steps[0].Object = plan.CreateAppliances, lb
}

// The template of appliances is their load balancer with an empty pool, which says that nobody is in it.
func TestBalancerTemplate(t *testing.T) {
	p := spokes(2, plainSpoke)
	behindBalancer(p)
	stages, found := deploy.AdditionStages(p, deploy.Options{})
	balancers := 0
	for _, s := range stages {
		template, parameters := encoded(t, s.Deployment)
		armtest.Judge(t, s.Name, template)
		judgeParameters(t, template, parameters)
		for _, r := range s.Template.Resources {
			if r.Type == arm.TypeLoadBalancer {
				balancers++
				want := &arm.LoadBalancer{Name: "nva", Subnet: arm.ResourceID(arm.TypeSubnet, "hub", "nva-trust"), PrivateAddress: "10.9.0.68", Zones: []string{"1", "2", "3"}, Pool: "appliances", ProbePort: 22}
				if diff := cmp.Diff(want, r.Properties); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
			if strings.HasPrefix(r.Type, arm.TypeFirewall) || r.Type == arm.TypePublicIPAddress {
				t.Errorf("%s %s", r.Type, r.Name)
			}
		}
	}
	if balancers != 1 || len(found) != 1 || found[0].Rule != "ARM-033" || !strings.Contains(found[0].Message, `"nva"`) {
		t.Errorf("%d load balancers, %v", balancers, found)
	}
}

func TestCommandsOfAppliances(t *testing.T) {
	book := twoSpokes(plainSpoke, behindBalancer)
	made, look := book.Steps[0], book.Steps[3]
	self := hubNet + "loadBalancers/nva"
	do := said(made.Do, true)
	for i, want := range []string{
		"[ \"$(az resource list " + inHub + " --name='nva' --resource-type=Microsoft.Network/loadBalancers --query='length(@)' --output=tsv)\" = 0 ]; then az rest --method=put --url='" + self + "?api-version=2025-05-01'",
		"by hand: the owner of the appliances places them: two virtual machines or more, in different zones where westeurope has them, each with its inner interface in subnet nva-trust (10.9.0.64/27) of hub. 10.9.0.68 is the load balancer's",
		"by hand: the interfaces themselves are put into the pool appliances of load balancer nva: no uniform scale set",
		"by hand: IP forwarding is on at each inner interface, and in the system",
		"by hand: packets come in and go out by the inner interface, without translation",
		"by hand: where a machine has further interfaces, its own routes lead the ranges below and 168.63.129.16 to 10.9.0.65",
		"by hand: 168.63.129.16 reaches TCP port 22 of the inner interface",
		"by hand: a session without packets is dropped after 30 minutes",
		"by hand: subnet nva-trust has no way to the Internet",
		"by hand: rule of the appliances: from spoke-0 (172.16.0.0/24) to 172.16.1.0/24, every protocol and port; nothing else",
		"by hand: rule of the appliances: from spoke-1 (172.16.1.0/24) to 172.16.0.0/24",
	} {
		if i >= len(do) || !strings.Contains(do[i], want) {
			t.Errorf("do %d: want %s in\n%s", i, want, strings.Join(do, "\n"))
		}
	}
	ps := strings.Join(said(made.Do, false), "\n")
	for _, want := range []string{"New-AzLoadBalancer -Name (Absent 'nva' (", "-Sku Standard -FrontendIpConfiguration (New-AzLoadBalancerFrontendIpConfig -Name inside -PrivateIpAddress '10.9.0.68' -SubnetId '" + hubNet + "virtualNetworks/hub/subnets/nva-trust' -Zone 1, 2, 3)",
		"-Protocol All -FrontendPort 0 -BackendPort 0 -IdleTimeoutInMinutes 30 -EnableTcpReset -DisableOutboundSNAT -FrontendIpConfigurationId '" + self + "/frontendIPConfigurations/inside' -BackendAddressPoolId '" + self + "/backendAddressPools/appliances' -ProbeId '" + self + "/probes/alive')"} {
		if !strings.Contains(ps, want) {
			t.Errorf("PowerShell: want %s in\n%s", want, ps)
		}
	}
	for _, looks := range [][]deploy.Command{made.Verify, look.Do} {
		text := strings.Join(said(looks, true), "\n")
		for _, want := range []string{"az network lb show " + inHub + " --name='nva' --query='[provisioningState, frontendIPConfigurations[].privateIPAddress", "az monitor metrics list --subscription='" + firstSubscription + "' --resource='" + self + "' --metrics=DipAvailability"} {
			if !strings.Contains(text, want) {
				t.Errorf("want %s in\n%s", want, text)
			}
		}
	}
	if undo := said(made.Undo, true); len(undo) != 2 || !strings.Contains(undo[0], "takes the machines out of the pool") || !strings.Contains(undo[1], "az network lb delete "+inHub+" --name='nva'") {
		t.Errorf("undo %q", undo)
	}
}

// The templates of every plan through appliances please all judges, and none says that it leaves something out.
func TestBalancersOfFixtures(t *testing.T) {
	balancers := 0
	for name, p := range passagePlans(t, options.TransitNVA) {
		stages, found := deploy.AdditionStages(p, deploy.Options{})
		for _, s := range stages {
			template, parameters := encoded(t, s.Deployment)
			armtest.Judge(t, name+" "+s.Name, template)
			judgeParameters(t, template, parameters)
			balancers += strings.Count(string(template), `"Microsoft.Network/loadBalancers"`)
		}
		if slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-001" || f.Rule == "ARM-005" }) {
			t.Errorf("%s: %v", name, found)
		}
	}
	if balancers < 15 {
		t.Errorf("only %d load balancers", balancers)
	}
}

// What the command puts of a load balancer is what the template has, but for ids that a template has as expressions.
func TestBalancerBodies(t *testing.T) {
	p := spokes(2, plainSpoke)
	behindBalancer(p)
	put := bodies(t, typedFor(deploy.CommandsOf(takenBack(p), deploy.Options{}).Steps[0].Do))["loadBalancers/nva"]
	stages, _ := deploy.AdditionStages(p, deploy.Options{})
	var written any
	for _, s := range stages {
		for i := range s.Template.Resources {
			if r := s.Template.Resources[i]; r.Type == arm.TypeLoadBalancer {
				body := *r.Properties.(*arm.LoadBalancer)
				body.Self, body.Subnet = hubNet+"loadBalancers/nva", hubNet+"virtualNetworks/hub/subnets/nva-trust"
				r.Properties = &body
				text, err := arm.EncodeResource(&r)
				var resource struct{ Properties any }
				if err != nil || json.Unmarshal(text, &resource) != nil {
					t.Fatal(err)
				}
				written = resource.Properties
			}
		}
	}
	if diff := cmp.Diff(written, put); written == nil || diff != "" {
		t.Errorf("(-template +command)\n%s", diff)
	}
}

// Whatever VNets are called, the commands of appliances are commands, and the names stay names.
func TestAppliancesTakeNamesAsTheyAre(t *testing.T) {
	for _, evil := range []string{"$(touch pwned)", "'; touch pwned; '", "a\ntouch pwned", "’; New-Item pwned; ’", "%d", "\x1b[2J"} {
		book := twoSpokes(func(i int) string { return plainSpoke(i) + evil }, behindBalancer)
		for _, one := range all(book.Steps[0]) {
			if strings.ContainsAny(one.Note, "\n\r\x1b") {
				t.Errorf("the note %q has a line of its own", one.Note)
			}
		}
		if _, failed := run(t, typedFor(book.Steps[0].Do)); failed > 0 {
			t.Errorf("%q: %d failed", evil, failed)
		}
	}
}
