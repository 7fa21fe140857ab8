package deploy_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// inSubscriptions puts every object of a dumped estate that belongs to the VNet data into a
// subscription and group of its own.
func inSubscriptions(t *testing.T, first, second, group string) *estate.Estate {
	e := dumpedEstate(t)
	ofData := map[string]bool{}
	move := func(id *estate.ID, data bool) {
		id.Subscription, id.Group = first, group
		if data {
			id.Subscription = second
		}
	}
	for i := range e.VNets {
		v := &e.VNets[i]
		ofData[v.ID.Name] = v.Name == "data"
		move(&v.ID, v.Name == "data")
		for j := range v.Subnets {
			s := &v.Subnets[j]
			if v.Name == "data" {
				s.SecurityGroup, s.RouteTable = estate.ID{}, estate.ID{}
			}
			for _, id := range []*estate.ID{&s.SecurityGroup, &s.RouteTable} {
				if !id.IsZero() {
					move(id, false)
				}
			}
		}
	}
	move(&e.SecurityGroups[0].ID, false)
	move(&e.RouteTables[0].ID, false)
	for i := range e.Circuits {
		move(&e.Circuits[i].ID, false)
	}
	for i := range e.Sites {
		move(&e.Sites[i].ID, e.Sites[i].Name == "to-apps")
		if !e.Sites[i].Endpoint.IsZero() {
			move(&e.Sites[i].Endpoint, ofData[e.Sites[i].Endpoint.Name])
		}
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		data := ofData[g.VNet.Name]
		move(&g.ID, data)
		move(&g.VNet, data)
		if !g.DefaultSite.IsZero() {
			move(&g.DefaultSite, false)
		}
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		data := ofData[c.ID.Name]
		move(&c.ID, data)
		move(&c.Gateway, data)
		move(&c.Site, data)
		if !c.Pairing.Partner.IsZero() {
			move(&c.Pairing.Partner, !data)
		}
		if !c.Circuit.IsZero() {
			move(&c.Circuit, false)
		}
	}
	return e
}

func judgeStages(t *testing.T, stages []deploy.Stage) {
	t.Helper()
	made := map[string]string{} // resource → stage
	before := map[string]bool{}
	for i := range stages {
		s := &stages[i]
		for _, need := range s.Needs {
			if !before[need] {
				t.Errorf("stage %s needs %s, which does not come first", s.Name, need)
			}
		}
		before[s.Name] = true
		template, parameters := encoded(t, s.Deployment)
		armtest.Judge(t, s.Name, template)
		judgeParameters(t, template, parameters)
		if over := arm.Check(s.Template, len(template)); len(over) > 0 {
			t.Errorf("stage %s is over a limit: %v", s.Name, over)
		}
		for _, r := range s.Template.Resources {
			name := arm.Existing(r.Type, r.Name)
			if first := made[name]; first != "" {
				t.Errorf("%s is in %s and in %s", name, first, s.Name)
			}
			made[name] = s.Name
		}
		for _, name := range s.Existing {
			subnet := strings.HasPrefix(name, "virtualNetworks/subnets/")
			if subnet {
				name = "virtualNetworks/" + strings.Split(name, "/")[2]
			}
			if by := made[name]; by == "" && !strings.HasPrefix(name, "expressRouteCircuits/") || by == s.Name {
				t.Errorf("stage %s refers to %s, which no earlier stage makes", s.Name, name)
			} else if by != "" && !slices.Contains(s.Needs, by) {
				t.Errorf("stage %s refers to %s of %s, which it does not need", s.Name, name, by)
			}
		}
	}
}

// wholeOf is the one template that the stages are parts of.
func wholeOf(t *testing.T, classic *estate.Estate) *deploy.Deployment {
	t.Helper()
	modern, _, _ := estate.ToARM(classic)
	d, _ := deploy.Render(modern, nil, deploy.Options{})
	return d
}

// The stages of a network hold what one template would, each resource once; inside one group they
// differ from it only in what waits for what.
func TestStagesOfALargeNetwork(t *testing.T) {
	_, e, _ := meaning(t, "mesh.netcfg", fixtures.Mesh(180, 5))
	stages, _, found := deploy.Convert(e, deploy.Options{KeyVault: vaultID})
	judgeStages(t, stages)
	want, got := resources(t, wholeOf(t, e)), map[string]string{}
	for i := range stages {
		for name, text := range resources(t, stages[i].Deployment) {
			got[name] = text
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d resources in stages, %d in one template", len(got), len(want))
	}
	for name, text := range want {
		if withoutDependsOn(got[name]) != withoutDependsOn(text) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got[name], text)
			break
		}
	}
	kept := 0
	for _, f := range found {
		if f.Rule == "ARM-008" {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("outbound access is told %d times", kept)
	}
	again, _, _ := deploy.Convert(e, deploy.Options{KeyVault: vaultID})
	for i := range stages {
		a, _ := encoded(t, stages[i].Deployment)
		b, _ := encoded(t, again[i].Deployment)
		if stages[i].Name != again[i].Name || !bytes.Equal(a, b) {
			t.Errorf("stage %s differs from run to run", stages[i].Name)
		}
	}
}

func withoutDependsOn(text string) string {
	before, rest, ok := strings.Cut(text, `"dependsOn": [`)
	if !ok {
		return text
	}
	_, after, _ := strings.Cut(rest, "],\n  ")
	return before + after
}

// Subscriptions have stages of their own; a tunnel between them refers to the other end by an id.
func TestStagesOfSubscriptions(t *testing.T) {
	const one, two = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-22222222222f"
	tests := []struct {
		name, first, second, group string
		want                       string // of the id of the other gateway, in the parameter file
		asked                      bool
	}{
		{"ids of resources are known", one, two, "net", "/subscriptions/" + two + "/resourceGroups/net/providers/Microsoft.Network/virtualNetworkGateways/data-gateway", false},
		{"documents", "shop.netcfg", "bank.netcfg", "", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stages, _, found := deploy.Convert(inSubscriptions(t, tt.first, tt.second, tt.group), deploy.Options{KeyVault: vaultID})
			judgeStages(t, stages)
			var names []string
			for _, s := range stages {
				names = append(names, s.Name)
				_, parameters := encoded(t, s.Deployment)
				all := resources(t, s.Deployment)
				if _, here := all["connections/apps-to-data"]; !here {
					continue
				}
				mention(t, all, "connections/apps-to-data", "parameters('id_data_gateway')", "resourceId('Microsoft.Network/virtualNetworkGateways', 'apps-gateway')")
				if s.Subscription != tt.first || s.ResourceGroup != tt.group {
					t.Errorf("stage %s goes to %s, %s", s.Name, s.Subscription, s.ResourceGroup)
				}
				if has := strings.Contains(string(parameters), tt.want); tt.want != "" && !has {
					t.Errorf("parameters lack %s:\n%s", tt.want, parameters)
				}
			}
			if len(stages) != 6 {
				t.Errorf("stages %s, want three of each subscription", names)
			}
			if asked := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-028" }); asked != tt.asked {
				t.Errorf("ids are asked for: %t, want %t", asked, tt.asked)
			}
		})
	}
}

// A tunnel between subscriptions that stays IPsec takes the address of a resource in the other one.
func TestStagesReferToAddressesOfOthers(t *testing.T) {
	e := inSubscriptions(t, "shop.netcfg", "bank.netcfg", "")
	for i := range e.Sites {
		if s := &e.Sites[i]; s.Name == "to-data" {
			s.Prefixes = append(s.Prefixes, prefix("10.77.0.0/16"))
		}
	}
	stages, _, _ := deploy.Convert(e, deploy.Options{})
	judgeStages(t, stages)
	for _, s := range stages {
		if all := resources(t, s.Deployment); all["localNetworkGateways/to-data"] != "" {
			mention(t, all, "localNetworkGateways/to-data", "[reference(parameters('id_data_gateway_ip'), '2025-05-01').ipAddress]")
			return
		}
	}
	t.Error("there is no local network gateway for data")
}

// What the options file says of a subscription goes into the stages and the ids of their parameters;
// the objects keep the names of their documents.
func TestStagesGoWhereOptionsSay(t *testing.T) {
	const bank, shop = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-22222222222f"
	const gateway = "/providers/Microsoft.Network/virtualNetworkGateways/data-gateway"
	tests := []struct {
		name          string
		known         []estate.Subscription
		want          [2]string // subscription and group of the stages of shop.netcfg
		value, untold string    // of the parameter for the other gateway
	}{
		{"both", []estate.Subscription{{Name: "shop.netcfg", ID: shop, ResourceGroup: "rg-shop"}, {Name: "bank.netcfg", ID: bank, ResourceGroup: "rg-bank"}},
			[2]string{shop, "rg-shop"}, "/subscriptions/" + bank + "/resourceGroups/rg-bank" + gateway, ""},
		{"one", []estate.Subscription{{Name: "shop.netcfg", ID: shop, ResourceGroup: "rg-shop"}},
			[2]string{shop, "rg-shop"}, "", "does not tell the id and the resource group"},
		{"no group", []estate.Subscription{{Name: "shop.netcfg", ID: shop}, {Name: "bank.netcfg", ID: bank}},
			[2]string{shop, ""}, "", "does not tell the resource group"},
		{"no id", []estate.Subscription{{Name: "bank.netcfg", ResourceGroup: "rg-bank"}},
			[2]string{"shop.netcfg", ""}, "", "does not tell the id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			classic := inSubscriptions(t, "shop.netcfg", "bank.netcfg", "")
			classic.Subscriptions = tt.known
			stages, _, found := deploy.Convert(classic, deploy.Options{KeyVault: vaultID})
			judgeStages(t, stages)
			for _, s := range stages {
				if _, here := resources(t, s.Deployment)["connections/apps-to-data"]; !here {
					continue
				}
				if got := [2]string{s.Subscription, s.ResourceGroup}; got != tt.want {
					t.Errorf("stage %s goes to %q, want %q", s.Name, got, tt.want)
				}
				template, parameters := encoded(t, s.Deployment)
				for _, text := range []string{string(template), string(parameters)} {
					if got := strings.Contains(text, gateway); got != (tt.value != "") || tt.value != "" && !strings.Contains(text, `"`+tt.value+`"`) {
						t.Errorf("the id of the other gateway is not %q in\n%s", tt.value, text)
					}
				}
			}
			asked := slices.ContainsFunc(found, func(f diag.Finding) bool {
				return f.Rule == "ARM-028" && strings.Contains(f.Message, "data-gateway") && strings.Contains(f.Message, tt.untold)
			})
			if asked != (tt.untold != "") {
				t.Errorf("ARM-028 of data-gateway with %q: %t", tt.untold, asked)
			}
		})
	}
}

// One subscription that needs several templates has one group, and refers to nothing by a parameter.
func TestStagesOfOneSubscriptionGoWhereOptionsSay(t *testing.T) {
	_, e, _ := meaning(t, "mesh.netcfg", fixtures.Mesh(180, 5))
	for _, name := range []string{"mesh.netcfg", "MESH.netcfg"} {
		e.Subscriptions = []estate.Subscription{{Name: name, ID: "11111111-1111-1111-1111-111111111111", ResourceGroup: "rg-mesh"}}
		stages, _, _ := deploy.Convert(e, deploy.Options{KeyVault: vaultID})
		if len(stages) < 2 {
			t.Fatalf("%d stages", len(stages))
		}
		for _, s := range stages {
			if s.Subscription != "11111111-1111-1111-1111-111111111111" || s.ResourceGroup != "rg-mesh" {
				t.Errorf("stage %s goes to %s, %s", s.Name, s.Subscription, s.ResourceGroup)
			}
			for _, p := range s.Template.Parameters {
				if strings.HasPrefix(p.Name, "id_") {
					t.Errorf("stage %s asks for %s", s.Name, p.Name)
				}
			}
		}
	}
}
