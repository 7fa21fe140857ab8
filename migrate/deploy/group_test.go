package deploy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// grouped is a plan that joins the hub, the spoke and a VNet in another region by a connected group.
func grouped(name func(string) string) *plan.Plan {
	w := newWorld(name)
	far := w.spoke
	far.ID.Name, far.Name, far.Space = name("far"), name("far"), prefixesOf("10.2.0.0/16")
	far.Region = estate.Region{Name: "northeurope", Raw: "North Europe"}
	base := w.base()
	base.VNets = append(base.VNets, far)
	m := estate.NetworkManager{ID: id(firstSubscription, name("rg-hub"), estate.TypeNetworkManager, name("manager"), ""), Region: w.hub.Region, Scope: []string{"/subscriptions/" + firstSubscription, "/subscriptions/" + secondSubscription}}
	g := estate.NetworkGroup{ID: m.ID, Members: []estate.ID{w.hub.ID, w.spoke.ID, far.ID}}
	g.ID.Type, g.ID.Child = estate.TypeNetworkGroup, name("mesh")
	target := *base
	target.Managers, target.Groups = []estate.NetworkManager{m}, []estate.NetworkGroup{g}
	return takenBack(&plan.Plan{Mode: options.ARMLive, Base: base, Target: &target, Steps: []plan.Step{{ID: "S001", Wave: 1, Action: plan.CreateGroups, Object: g.ID, Also: []estate.ID{m.ID},
		Effect: plan.Effect{Add: &estate.Estate{Managers: target.Managers, Groups: target.Groups}}}}})
}

// typedFor are the commands for a POSIX shell, as they are.
func typedFor(commands []deploy.Command) []string {
	var out []string
	for _, c := range commands {
		if c.Posix != "" {
			out = append(out, c.Posix)
		}
	}
	return out
}

func itself(s string) string { return s }

// TestGroupCommands holds what az is asked, word by word: what is put, what is deployed, and how it is taken away.
func TestGroupCommands(t *testing.T) {
	step := deploy.CommandsOf(grouped(itself), deploy.Options{}).Steps[0]
	asked := func(commands []deploy.Command) []string {
		calls, failed := run(t, typedFor(commands))
		if failed > 0 {
			t.Errorf("%d of %v failed", failed, commands)
		}
		var out []string
		for _, call := range calls {
			if call[0] == "rest" {
				out = append(out, strings.NewReplacer("/subscriptions/"+firstSubscription+"/resourceGroups/rg-hub/providers/Microsoft.Network", "HUB", "/subscriptions/"+secondSubscription+"/resourceGroups/rg-spoke/providers/Microsoft.Network", "SPOKE",
					"?api-version="+arm.APIVersion, "", " --output=none", "", "rest --method=", "", `": `, `":`).Replace(strings.Join(call, " ")))
			}
		}
		return out
	}
	do := asked(step.Do)
	want := []string{
		`put --url=HUB/networkManagers/manager --body={"location":"westeurope","properties":{"networkManagerScopes":{"subscriptions":["/subscriptions/` + firstSubscription + `","/subscriptions/` + secondSubscription + `"]},"networkManagerScopeAccesses":["Connectivity"]}}`,
		`put --url=HUB/networkManagers/manager/networkGroups/mesh --body={"properties":{"memberType":"VirtualNetwork"}}`,
		`put --url=HUB/networkManagers/manager/networkGroups/mesh/staticMembers/hub --body={"properties":{"resourceId":"HUB/virtualNetworks/hub"}}`,
		`put --url=HUB/networkManagers/manager/networkGroups/mesh/staticMembers/spoke --body={"properties":{"resourceId":"SPOKE/virtualNetworks/spoke"}}`,
		`put --url=HUB/networkManagers/manager/networkGroups/mesh/staticMembers/far --body={"properties":{"resourceId":"SPOKE/virtualNetworks/far"}}`,
		`put --url=HUB/networkManagers/manager/connectivityConfigurations/mesh-connectivity --body={"properties":{"connectivityTopology":"Mesh","isGlobal":"True","deleteExistingPeering":"False","appliesToGroups":[{"networkGroupId":"HUB/networkManagers/manager/networkGroups/mesh","groupConnectivity":"DirectlyConnected","isGlobal":"True","useHubGateway":"False"}]}}`,
		`post --url=HUB/networkManagers/manager/commit --body={"commitType":"Connectivity","configurationIds":["HUB/networkManagers/manager/connectivityConfigurations/mesh-connectivity"],"targetLocations":["westeurope","northeurope"]}`,
	}
	if diff := cmp.Diff(want, do); diff != "" {
		t.Errorf("do (-want +got):\n%s", diff)
	}
	undo := asked(slices.DeleteFunc(slices.Clone(step.Undo), func(c deploy.Command) bool { return strings.Contains(c.Posix, "listDeploymentStatus") }))
	want = []string{
		`post --url=HUB/networkManagers/manager/commit --body={"commitType":"Connectivity","configurationIds":[],"targetLocations":["westeurope","northeurope"]}`,
		`delete --url=HUB/networkManagers/manager&force=true`,
	}
	if diff := cmp.Diff(want, undo); diff != "" {
		t.Errorf("undo (-want +got):\n%s", diff)
	}
	ps := flat(strings.Join(said(step.Do, false), "\n"))
	for _, words := range []string{
		"-NetworkManagerScope (New-AzNetworkManagerScope -Subscription @('/subscriptions/" + firstSubscription + "', '/subscriptions/" + secondSubscription + "')) -NetworkManagerScopeAccess Connectivity",
		"-NetworkManagerName 'manager' -NetworkGroupName 'mesh' -Name 'far' -ResourceId '/subscriptions/" + secondSubscription + "/resourceGroups/rg-spoke/providers/Microsoft.Network/virtualNetworks/far'",
		"-GroupConnectivity DirectlyConnected -IsGlobal) -IsGlobal",
		"-CommitType Connectivity -TargetLocation @('westeurope', 'northeurope') -ConfigurationId @('",
	} {
		if !strings.Contains(ps, words) {
			t.Errorf("%q is not in\n%s", words, ps)
		}
	}
}

// TestGroupTemplates holds that the templates of a plan write a manager and its group, with the members of another place
// by their whole ids, and say that nothing is deployed by that.
func TestGroupTemplates(t *testing.T) {
	stages, found := deploy.AdditionStages(grouped(itself), deploy.Options{})
	var got []string
	var mesh *arm.Mesh
	for _, s := range stages {
		for _, r := range s.Template.Resources {
			got = append(got, strings.TrimPrefix(r.Type, arm.Provider)+" "+r.Name)
			if m, ok := r.Properties.(*arm.Mesh); ok {
				mesh = m
			}
			if m, ok := r.Properties.(*arm.NetworkManager); ok {
				if diff := cmp.Diff([]string{"/subscriptions/" + firstSubscription, "/subscriptions/" + secondSubscription}, m.Subscriptions); diff != "" {
					t.Error(diff)
				}
			}
		}
	}
	want := []string{"networkManagers manager", "networkManagers/networkGroups manager/mesh", "networkManagers/networkGroups/staticMembers manager/mesh/hub", "networkManagers/networkGroups/staticMembers manager/mesh/spoke",
		"networkManagers/networkGroups/staticMembers manager/mesh/far", "networkManagers/connectivityConfigurations manager/mesh-connectivity"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if mesh == nil || !mesh.Global {
		t.Errorf("mesh %+v, whose members are in two regions", mesh)
	}
	if len(found) != 1 || found[0].Rule != "ARM-032" {
		t.Errorf("found %v", found)
	}
}

// TestGroupNames holds that names that mean something to a shell stay names.
func TestGroupNames(t *testing.T) {
	for _, evil := range []string{"$(touch pwned)", "'; touch pwned; '", "a b", `"}`, "’; New-Item pwned; ’", "!!"} {
		step := deploy.CommandsOf(grouped(func(s string) string { return s + evil }), deploy.Options{}).Steps[0]
		calls, failed := run(t, typedFor(step.Do))
		seen := 0
		for _, call := range calls {
			for _, word := range call {
				if strings.HasPrefix(word, "--url=") && strings.Contains(word, "/networkManagers/manager"+evil) {
					seen++
				}
			}
		}
		if failed > 0 || seen != 7 {
			t.Errorf("%q: %d of the commands failed, %d requests of 7 about the network manager", evil, failed, seen)
		}
	}
}

// TestGroupBodiesWithVariables holds that what the input does not tell comes into the bodies when the commands run.
func TestGroupBodiesWithVariables(t *testing.T) {
	commands, environment := typed(t, "full-mesh group")
	commands = slices.DeleteFunc(commands, func(c string) bool { return !strings.Contains(c, "/networkManagers/") })
	calls, failed := run(t, commands, environment...)
	members := 0
	for _, call := range calls {
		for _, word := range call {
			text, ok := strings.CutPrefix(word, "--body=")
			if !ok {
				continue
			}
			var body struct{ Properties struct{ ResourceID string } }
			if err := json.Unmarshal([]byte(text), &body); err != nil {
				t.Errorf("%v: %s", err, text)
			}
			if id := body.Properties.ResourceID; id != "" {
				if members++; strings.Contains(id, "//") || strings.ContainsAny(id, "$\uE000\uE001") || strings.Count(id, "/") != 8 {
					t.Errorf("member %q", id)
				}
			}
		}
	}
	if failed > 0 || members != 5 {
		t.Errorf("%d commands failed, %d members", failed, members)
	}
}
