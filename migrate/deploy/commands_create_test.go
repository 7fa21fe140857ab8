package deploy_test

import (
	"encoding/json"
	"os/exec"
	"regexp"
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

var (
	azMakes = regexp.MustCompile(`\baz (?:network [a-z -]*\bcreate\b|rest --method=put)`)
	psMakes = regexp.MustCompile(`^(?:Add-AzVirtualNetworkPeering|New-Az\w+) `)
)

// makes reports whether a call of az makes something.
func makes(call []string) bool {
	return len(call) > 3 && (call[0] == "rest" || call[0] == "network" && slices.Contains(call[:min(len(call), 6)], "create"))
}

// Whatever makes something asks first whether it is there, in both shells.
func TestCommandsAskBeforeTheyMake(t *testing.T) {
	seen := 0
	for name, p := range fixturePlans(t) {
		for _, c := range deploy.CommandsOf(p, deploy.Options{KeyVault: testVault}).Steps {
			for _, one := range all(c) {
				posix := azMakes.MatchString(one.Posix)
				if posix {
					seen++
				}
				if posix && (!strings.HasPrefix(one.Posix, `if [ "$(az `) || !strings.HasSuffix(one.Posix, "false; fi")) {
					t.Errorf("%s %s makes something unasked:\n%s", name, c.Step, one.Posix)
				}
				ps := flat(one.PowerShell)
				if makes := psMakes.FindString(ps); makes != "" && !strings.HasPrefix(ps, makes+"-Name (Absent '") || posix && ps != "" && makes == "" {
					t.Errorf("%s %s makes something unasked:\n%s", name, c.Step, one.PowerShell)
				}
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d commands make something", seen)
	}
}

// Where what a command makes is there, or az does not tell, it says so, fails, and makes nothing.
func TestCommandsStopAtWhatIsThere(t *testing.T) {
	shell := deploy.POSIXShell(t)
	sorts := map[string]bool{}
	for _, there := range []string{"1", "2", "ERROR"} {
		for _, name := range shellPlans {
			commands, environment := typed(t, name)
			commands = slices.DeleteFunc(commands, func(c string) bool { return !azMakes.MatchString(c) })
			calls, failed := run(t, commands, append(environment, "THERE="+there)...)
			if failed != len(commands) || len(calls) != len(commands) || len(commands) == 0 {
				t.Errorf("%s: %d commands make something, %d failed, %d calls of az", name, len(commands), failed, len(calls))
			}
			for _, call := range calls {
				if makes(call) || !slices.ContainsFunc(call, isCount) {
					t.Errorf("%s: something is there, and az %q", name, call)
				}
				for _, word := range call {
					if typ, ok := strings.CutPrefix(word, "--resource-type=Microsoft.Network/"); ok {
						sorts[typ] = true
					}
				}
			}
		}
	}
	for _, typ := range []string{estate.TypeVNet, estate.TypeGateway, estate.TypePublicIP, estate.TypeSite, estate.TypeConnection, estate.TypeRouteTable, estate.TypeFirewall, "firewallPolicies"} {
		if !sorts[typ] {
			t.Errorf("no command makes one of %s", typ)
		}
	}
	w := newWorld(func(s string) string { return s })
	step := of(w.base(), options.ARMLive, deploy.Options{}, adds(plan.CreatePeering, estate.Estate{Peerings: []estate.Peering{w.toSpoke}})).Steps[0]
	bin, noted := standIn(t)
	cmd := exec.Command(shell, "-c", step.Do[0].Posix)
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "CALLS=" + noted, "THERE=1"}
	out, err := cmd.CombinedOutput()
	if want := "STOP: peering to-spoke of hub is there already, or nobody could tell: nothing was made\n"; err == nil || string(out) != want {
		t.Errorf("%v, %q, want %q", err, out, want)
	}
	if got := flat(step.Do[0].Posix); !strings.HasPrefix(got, `if [ "$(az network vnet peering list `+inHub+` --vnet-name='hub' --query="length([?name=='to-spoke'])" --output=tsv)" = 0 ]; then az network vnet peering create `) {
		t.Error(got)
	}
	if !strings.HasSuffix(step.Undo[0].Note, "; only if this step made it") {
		t.Errorf("undo: %s", step.Undo[0].Note)
	}
}

// bodies are the properties that commands for az put, by the type and the name of the resource.
func bodies(t *testing.T, commands []string) map[string]any {
	t.Helper()
	out := map[string]any{}
	calls, _ := run(t, commands)
	for _, call := range calls {
		if call[0] != "rest" {
			continue
		}
		var id string
		var body struct{ Properties any }
		for _, word := range call {
			if url, ok := strings.CutPrefix(word, "--url="); ok {
				id, _, _ = strings.Cut(url, "?")
			}
			if text, ok := strings.CutPrefix(word, "--body="); ok {
				if err := json.Unmarshal([]byte(text), &body); err != nil {
					t.Fatalf("%v: %s", err, text)
				}
			}
		}
		_, id, _ = strings.Cut(id, "Microsoft.Network/")
		out[id] = body.Properties
	}
	return out
}

// The commands and the templates say the same of what they both write.
func TestCommandsSayWhatTemplatesSay(t *testing.T) {
	p := spokes(3, plainSpoke)
	for i := range p.Target.RouteTables {
		p.Target.RouteTables[i].NoPropagation = i == 1
	}
	fact := func(s string) estate.Fact { return estate.Fact{Value: s} }
	group := estate.SecurityGroup{ID: id(secondSubscription, "rg-spoke", estate.TypeNSG, "guard", ""), Region: p.Target.VNets[0].Region,
		Rules: []estate.SecurityRule{{Name: fact("in"), Direction: fact("Inbound"), Priority: fact("100"), Access: fact("Allow"), Protocol: fact("Tcp"), Source: fact("10.0.0.0/8"), SourcePort: fact("*"), Destination: fact("*"), DestinationPort: fact("443")}}}
	made := estate.VNet{ID: id(secondSubscription, "rg-spoke", estate.TypeVNet, "made", ""), Name: "made", Region: p.Target.VNets[0].Region, Space: prefixesOf("10.20.0.0/16"),
		Subnets: []estate.Subnet{{Name: "two", Prefix: prefixesOf("10.20.0.0/24")[0], MorePrefixes: prefixesOf("10.20.2.0/24"), SecurityGroup: group.ID}}}
	p.Target.SecurityGroups, p.Target.VNets = []estate.SecurityGroup{group}, append(p.Target.VNets, made)
	p.Steps = append(p.Steps, plan.Step{ID: "S005", Wave: 4, Action: plan.CreateVNet, Object: made.ID, Effect: plan.Effect{Add: &estate.Estate{SecurityGroups: p.Target.SecurityGroups, VNets: []estate.VNet{made}}}})

	book := deploy.CommandsOf(takenBack(p), deploy.Options{})
	got := bodies(t, posix(book))
	want := map[string]any{}
	subnet := ""
	stages, _ := deploy.AdditionStages(p, deploy.Options{})
	for _, s := range stages {
		for _, r := range s.Template.Resources {
			id := strings.TrimPrefix(r.Type, arm.Provider) + "/" + r.Name
			switch body := r.Properties.(type) {
			case *arm.RouteTable, *arm.SecurityGroup:
			case *arm.RuleCollectionGroup:
				id = "firewallPolicies/" + strings.Replace(r.Name, "/", "/ruleCollectionGroups/", 1)
			case *arm.VirtualNetwork:
				subnet = strings.Join(append([]string{body.Subnets[0].AddressPrefix}, body.Subnets[0].AddressPrefixes...), " ")
				continue
			default:
				continue
			}
			text, err := arm.EncodeResource(&r)
			var resource struct{ Properties any }
			if err != nil || json.Unmarshal(text, &resource) != nil {
				t.Fatal(err)
			}
			want[id] = resource.Properties
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 3+1+1 {
		t.Errorf("%d bodies (-templates +commands):\n%s", len(got), diff)
	}
	make := strings.Join(said(book.Steps[4].Do, true), "\n")
	if subnet != " 10.20.0.0/24 10.20.2.0/24" || !strings.Contains(make, "--address-prefixes '10.20.0.0/24' '10.20.2.0/24'") {
		t.Errorf("the template gives the subnet %q, and the commands are\n%s", subnet, make)
	}
	for i, c := range said(book.Steps[1].Do, false) {
		if strings.Contains(c, " -DisableBgpRoutePropagation ") != (i == 1) {
			t.Errorf("routes of gateways, in PowerShell: %s", c)
		}
	}
}

// A connection of which commands cannot say all that it was is not made again by one.
func TestConnectionsThatStayGone(t *testing.T) {
	yes := estate.Fact{Value: "true"}
	for want, change := range map[string]func(*estate.Connection){
		"":                     func(*estate.Connection) {},
		"an IPsec policy":      func(c *estate.Connection) { c.Policy = &estate.IPsecPolicy{} },
		"traffic selectors":    func(c *estate.Connection) { c.Selectors = []string{"10.0.0.0/8 -> 10.1.0.0/16"} },
		"NAT rules":            func(c *estate.Connection) { c.NAT = true },
		"BGP between two VNet": func(c *estate.Connection) { c.EnableBGP = yes },
		"the protocol IKEv1":   func(c *estate.Connection) { c.Protocol = estate.Fact{Value: "IKEv1"} },
	} {
		w := newWorld(func(s string) string { return s })
		w.out.Protocol = estate.Fact{Value: "IKEv2"}
		change(&w.out)
		for _, listed := range []bool{true, false} { // a template tells as much as a listing
			base := w.base()
			if !listed {
				base.Listings = nil
			}
			other := w.out
			other.Kind, other.RemoteGateway, other.Site = estate.IPsec, estate.ID{}, w.hq.ID
			for name, step := range map[string]plan.Step{
				"gone":         {Action: plan.DeleteTunnel, Effect: plan.Effect{Remove: []estate.ID{w.out.ID}}},
				"another kind": adds(plan.RestorePrefixes, estate.Estate{Connections: []estate.Connection{other}}),
			} {
				undo := of(base, options.ARMLive, deploy.Options{KeyVault: testVault}, step).Steps[0].Undo
				got := strings.Join(said(undo[len(undo)-1:], true), "\n")
				if byHand := strings.HasPrefix(got, "by hand: connection hub-to-spoke: no command here gives it what it had ("+want); byHand != (want != "") {
					t.Errorf("%s, want %q: %s", name, want, got)
				}
			}
		}
	}
}
