package deploy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// twoSpokes are the commands of a plan that joins two VNets to a firewall, and those of the look before it.
func twoSpokes(name func(int) string, change func(*plan.Plan)) *deploy.Book {
	p := spokes(2, name)
	p.Steps = slices.Insert(p.Steps, 3, plan.Step{ID: "S00X", Wave: 3, Action: plan.VerifyReach, Object: p.Target.VNets[1].ID})
	p.Steps[4].Needs, p.Steps[4].Also = []string{"S00X"}, []estate.ID{p.Target.RouteTables[0].ID, p.Target.RouteTables[1].ID}
	if change != nil {
		change(p)
	}
	return deploy.CommandsOf(takenBack(p), deploy.Options{})
}

func plainSpoke(i int) string { return fmt.Sprint("spoke-", i) }

func TestCommandsOfFirewalls(t *testing.T) {
	rules := hubNet + "firewallPolicies/fw-policy/ruleCollectionGroups/spoke-to-spoke"
	rule := func(from, to string) string {
		return `{"ruleType": "NetworkRule","name": "from-spoke-` + from + `","ipProtocols": ["Any"],"sourceAddresses": ["172.16.` + from + `.0/24"],"destinationAddresses": ["172.16.` + to + `.0/24"],"destinationPorts": ["*"]}`
	}
	isThere := "[ \"$(az resource list " + inHub + " --name="
	update := "az network vnet subnet update " + inSpoke
	table := " --route-table='" + farNet + "routeTables/routes-0' --output=none"
	former := func(p *plan.Plan) {
		p.Base.RouteTables = []estate.RouteTable{{ID: id(secondSubscription, "rg-spoke", estate.TypeRouteTable, "old", "")}}
		p.Base.VNets[1].Subnets[0].RouteTable = p.Base.RouteTables[0].ID
	}
	for _, test := range []struct {
		name      string
		change    func(*plan.Plan)
		step      int
		do, undo  []string // parts of the first ones, for a POSIX shell
		psDo      []string // parts of those for PowerShell
		before    string
		after     string
		psAfter   string
		doneTimes int
	}{
		{name: "create firewall", step: 0, doneTimes: 4,
			do: []string{"az extension add --name=azure-firewall", "az network public-ip create " + inHub + " --name='fw-ip' --location='westeurope' --sku=Standard",
				isThere + "'fw-policy' --resource-type=Microsoft.Network/firewallPolicies --query='length(@)' --output=tsv)\" = 0 ]; then az network firewall policy create " + inHub + " --name='fw-policy' --location='westeurope' --sku='Standard' --threat-intel-mode=Alert --output=none && " +
					"az rest --method=put --url='" + rules + "?api-version=2025-05-01' --output=none --body='{\"properties\":{\"priority\": 200,\"ruleCollections\": [{\"ruleCollectionType\": \"FirewallPolicyFilterRuleCollection\",\"name\": \"allow\",\"priority\": 100,\"action\": {\"type\": \"Allow\"},\"rules\": [" +
					rule("0", "1") + "," + rule("1", "0") + "]}]}}' && az resource wait --created --api-version=2025-05-01 --ids='" + rules + "' else echo 'STOP: firewall policy fw-policy is there already, or nobody could tell: nothing was made' >&2; false; fi",
				"= 0 ]; then az network firewall create " + inHub + " --name='fw' --location='westeurope' --sku=AZFW_VNet --tier='Standard' --firewall-policy='" + hubNet + "firewallPolicies/fw-policy' --vnet-name='hub' --conf-name=default --public-ip='" + hubNet + "publicIPAddresses/fw-ip' --zones 1 2 3"},
			undo: []string{"az network firewall delete " + inHub + " --name='fw'", "az network firewall policy delete " + inHub + " --name='fw-policy'", "az network public-ip delete " + inHub + " --name='fw-ip'"},
			psDo: []string{"New-AzFirewallPolicy -Name (Absent 'fw-policy' (Get-AzResource " + psHub + " -ResourceType Microsoft.Network/firewallPolicies -ErrorAction Stop))",
				"-FirewallPolicyName 'fw-policy' -Name 'spoke-to-spoke' -Priority 200 -RuleCollection (New-AzFirewallPolicyFilterRuleCollection -Name allow -Priority 100 -ActionType Allow -Rule @(",
				"New-AzFirewallPolicyNetworkRule -Name 'from-spoke-0' -Protocol 'Any' -SourceAddress '172.16.0.0/24' -DestinationAddress '172.16.1.0/24' -DestinationPort '*'",
				"-SkuName AZFW_VNet -SkuTier 'Standard' -FirewallPolicyId '" + hubNet + "firewallPolicies/fw-policy' -VirtualNetwork (Get-AzVirtualNetwork " + psHub + " -Name 'hub' -ErrorAction Stop)"},
			after: "az network firewall show " + inHub + " --name='fw' --query='[provisioningState, ipConfigurations[].privateIPAddress]'", psAfter: "$_.IpConfigurations.PrivateIPAddress"},
		{name: "create route tables", step: 1, doneTimes: 2,
			do: []string{"az rest --method=put --url='" + farNet + "routeTables/routes-0?api-version=2025-05-01' --output=none --body='{\"location\":\"westeurope\",\"properties\":{\"disableBgpRoutePropagation\": false,\"routes\": [" +
				"{\"name\": \"to-1\",\"properties\": {\"addressPrefix\": \"172.16.1.0/24\",\"nextHopType\": \"VirtualAppliance\",\"nextHopIpAddress\": \"10.9.0.68\"}},{\"name\": \"out\",\"properties\": {\"addressPrefix\": \"0.0.0.0/0\",\"nextHopType\": \"Internet\"}}]}}' && az resource wait --created --api-version=2025-05-01 --ids='" + farNet + "routeTables/routes-0'",
				"routeTables/routes-1?"},
			undo: []string{"az network route-table delete " + inSpoke + " --name='routes-0'", "--name='routes-1'"}, psDo: []string{"-NextHopType 'VirtualAppliance' -NextHopIpAddress '10.9.0.68'"},
			after: "az network route-table show " + inSpoke + " --name='routes-1' --query='{routes: routes[]", psAfter: "$_.Routes | Select-Object Name, AddressPrefix"},
		{name: "look before it", step: 3, doneTimes: 3,
			do:   []string{"az network firewall show " + inHub, "az network firewall policy rule-collection-group show " + inHub + " --policy-name='fw-policy' --name='spoke-to-spoke'"},
			psDo: []string{"Get-AzFirewallPolicyRuleCollectionGroup " + psHub + " -AzureFirewallPolicyName 'fw-policy' -Name 'spoke-to-spoke'"}, after: "netmigrate verify"},
		{name: "associate route table", step: 4, doneTimes: 4,
			do:     []string{update + " --vnet-name='spoke-0' --name='app'" + table, update + " --vnet-name='spoke-0' --name='more'" + table, "--vnet-name='spoke-1'"},
			undo:   []string{update + " --vnet-name='spoke-0' --name='app' --remove routeTable --output=none"},
			psDo:   []string{"Get-AzVirtualNetwork " + psSpoke + " -Name 'spoke-0' -ErrorAction Stop | ForEach-Object { (Given ($_.Subnets | Where-Object Name -EQ 'app') 'the subnet').RouteTable = [Microsoft.Azure.Commands.Network.Models.PSRouteTable] @{ Id = '" + farNet + "routeTables/routes-0' }; $_ } | ForEach-Object { Set-AzVirtualNetwork -VirtualNetwork $_ -DefaultProfile (Context '" + secondSubscription + "') }"},
			before: "az network vnet show " + inSpoke + " --name='spoke-0' --query='subnets[]", after: "show-effective-route-table", psAfter: "Get-AzEffectiveRouteTable"},
		{name: "a subnet had another table", step: 4, change: former, doneTimes: 4, do: []string{update + " --vnet-name='spoke-0' --name='app'" + table},
			undo: []string{update + " --vnet-name='spoke-0' --name='app' --route-table='" + farNet + "routeTables/old' --output=none", "--name='more' --remove routeTable"}, psDo: []string{"PSRouteTable"}},
		{name: "more than the table would change", step: 4, doneTimes: 1, change: func(p *plan.Plan) { p.Steps[4].Effect.Add.VNets = p.Base.VNets[1:2] },
			do: []string{"by hand: VNet spoke-0 exists: a person changes it"}},
		{name: "the table and more would change", step: 4, doneTimes: 5, change: func(p *plan.Plan) { p.Steps[4].Effect.Add.VNets[0].Space = prefixesOf("172.20.0.0/16") },
			do: []string{update, update, "by hand: VNet spoke-0 exists, and the step changes more of it"}},
		{name: "a table that is there", step: 1, doneTimes: 1, change: func(p *plan.Plan) { p.Base.RouteTables = p.Target.RouteTables[:1] }, do: []string{"/routes-1"}},
		{name: "a table that is there is another one", step: 1, doneTimes: 2, change: func(p *plan.Plan) {
			p.Base.RouteTables = []estate.RouteTable{{ID: p.Target.RouteTables[0].ID}}
		}, do: []string{"by hand: route table routes-0 exists: a person changes it"}, undo: []string{"by hand: route table routes-0: a person makes it again what it was", "routes-1"}},
		{name: "a firewall of a listing", step: 0, doneTimes: 1, change: func(p *plan.Plan) { p.Steps[0].Effect.Add.Gateways[0].Kind = estate.Appliance },
			do: []string{"by hand: NetworkVirtualAppliance fw of VNet hub: a listing does not tell"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := twoSpokes(plainSpoke, test.change).Steps[test.step]
			begins := func(what string, got, want []string) {
				for i := range want {
					if i >= len(got) || !strings.Contains(got[i], want[i]) {
						t.Errorf("%s %d: want %s in\n%s", what, i, want[i], strings.Join(got, "\n"))
					}
				}
			}
			begins("do", said(c.Do, true), test.do)
			begins("undo", said(c.Undo, true), test.undo)
			if len(c.Do) != test.doneTimes {
				t.Errorf("%d commands, want %d:\n%s", len(c.Do), test.doneTimes, strings.Join(said(c.Do, true), "\n"))
			}
			ps, looks := strings.Join(said(c.Do, false), "\n"), strings.Join(said(c.Verify, true), "\n")
			for _, want := range test.psDo {
				if !strings.Contains(ps, want) {
					t.Errorf("PowerShell: want %s in\n%s", want, ps)
				}
			}
			if before := strings.Join(said(c.Before, true), "\n"); !strings.Contains(before, test.before) {
				t.Errorf("before: want %s in\n%s", test.before, before)
			}
			if !strings.Contains(looks, test.after) || !strings.Contains(strings.Join(said(c.Verify, false), "\n"), test.psAfter) {
				t.Errorf("verify: want %s and %s in\n%s", test.after, test.psAfter, looks)
			}
		})
	}
}

// The address that every route names is told where the firewall is looked at.
func TestFirewallAddressIsTold(t *testing.T) {
	for _, step := range []int{0, 3} {
		c := twoSpokes(plainSpoke, nil).Steps[step]
		if !slices.ContainsFunc(all(c), func(one deploy.Command) bool {
			return strings.Contains(one.Note, "its private address is 10.9.0.68; with another one, stop")
		}) {
			t.Errorf("step %d does not tell the address: %+v", step, all(c))
		}
	}
}

// Whatever VNets and subnets are called, a command is one command with the name as it is, or there are words; and
// a rule has a legal name.
func TestFirewallsTakeNamesAsTheyAre(t *testing.T) {
	for _, evil := range []string{"$(touch pwned)", "`touch pwned`", "'; touch pwned; '", " --help", "a\ntouch pwned", "’; New-Item pwned; ’", "a b", "|touch pwned", "!!", "%d", "\x1b[2J"} {
		name := func(i int) string { return fmt.Sprint("spoke-", i, evil) }
		book := twoSpokes(name, func(p *plan.Plan) {
			for i := range p.Steps[4].Effect.Add.VNets {
				for _, v := range []*estate.VNet{&p.Base.VNets[i+1], &p.Steps[4].Effect.Add.VNets[i]} {
					for k := range v.Subnets {
						v.Subnets[k].Name += evil
					}
				}
			}
		})
		var updates []string
		for i, c := range book.Steps {
			if i == 2 {
				continue // peerings have a test of their own
			}
			for _, one := range all(c) {
				if strings.ContainsAny(one.Note, "\n\r\x1b") {
					t.Errorf("the note %q has a line of its own", one.Note)
				}
				if strings.Contains(one.Posix, "subnet update") || strings.Contains(one.Posix, "az rest ") || strings.Contains(one.Posix, "network firewall ") {
					updates = append(updates, one.Posix)
				}
				if one.PowerShell != "" && !strings.HasPrefix(one.PowerShell, "netmigrate ") {
					if err := (&powershell{in: []rune(one.PowerShell)}).read(); err != nil {
						t.Errorf("%q: %v in\n%s", evil, err, one.PowerShell)
					}
				}
			}
		}
		calls, failed := run(t, updates)
		if failed > 0 || len(calls) < len(updates) {
			t.Errorf("%q: %d commands, %d calls of az, %d failed", evil, len(updates), len(calls), failed)
		}
		subnets, rules := 0, 0
		for _, call := range calls {
			if slices.Contains(call, "subnet") {
				subnets++
			}
			if slices.Contains(call, "subnet") && !slices.Contains(call, "--name=app"+evil) && !slices.Contains(call, "--name=more"+evil) {
				t.Errorf("az %q, want a name that ends in %q", call, evil)
			}
			for _, word := range call {
				if text, ok := strings.CutPrefix(word, "--body="); ok {
					var body struct {
						Properties struct {
							RuleCollections []struct{ Rules []struct{ Name string } }
						}
					}
					if err := json.Unmarshal([]byte(text), &body); err != nil {
						t.Errorf("%q: %v in %s", evil, err, text)
					}
					for _, c := range body.Properties.RuleCollections {
						for _, r := range c.Rules {
							if rules++; strings.ContainsAny(r.Name, " $`';|!%\n") {
								t.Errorf("a rule is called %q", r.Name)
							}
						}
					}
				}
			}
		}
		if words := strings.ContainsAny(evil, "\n\x1b%"); rules != 2 || !words && subnets < 4 || words && subnets > 0 {
			t.Errorf("%q: %d subnets and %d rules were looked at", evil, subnets, rules)
		}
	}
}

// Commands of a firewall plan do not depend on the order of a map.
func TestFirewallCommandsAreTheSame(t *testing.T) {
	p := planOf(t, func() *estate.Estate { _, e, _ := meaning(t, "star.netcfg", fixture(t, "star")); return e }(), options.Options{Transit: options.TransitFirewall})
	first := posix(deploy.CommandsOf(p, deploy.Options{}))
	for range 5 {
		if !slices.Equal(first, posix(deploy.CommandsOf(p, deploy.Options{}))) {
			t.Fatal("the commands differ")
		}
	}
}
