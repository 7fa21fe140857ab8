package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

const testVault = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-net"

// planOf is the plan of some options, or nil where there is none.
func planOf(t *testing.T, e *estate.Estate, opts options.Options) *plan.Plan {
	t.Helper()
	p, _, err := plan.Make(e, opts)
	if err != nil {
		t.Log(err)
		return nil
	}
	return p
}

// fixturePlans are the plans of all networks of fixtures, in every mode and with every sort of hub.
func fixturePlans(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	if cachedPlans == nil {
		cachedPlans = makeFixturePlans(t)
	}
	return cachedPlans
}

var cachedPlans map[string]*plan.Plan

func makeFixturePlans(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	plans := map[string]*plan.Plan{}
	add := func(name string, p *plan.Plan) {
		if p != nil {
			plans[name] = p
		}
	}
	paths, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(paths) < 10 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		_, e, _ := meaning(t, name+".netcfg", fixture(t, name))
		for _, mode := range []options.Mode{options.AsIfLive, options.Rebuild, options.ClassicLive} {
			add(name+" "+string(mode), planOf(t, e, options.Options{Mode: mode}))
		}
		add(name+" new hub", planOf(t, e, options.Options{Hub: options.HubNew}))
		add(name+" group", planOf(t, e, options.Options{Transit: options.TransitGroup}))
		add(name+" group anew", planOf(t, e, options.Options{Mode: options.Rebuild, Transit: options.TransitGroup}))
	}
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		add("live "+name, planOf(t, e, options.Options{}))
		add("live "+name+" new hub", planOf(t, e, options.Options{Hub: options.HubNew}))
	}
	for name, p := range passagePlans(t, options.TransitFirewall) {
		add(name+" firewall", p)
	}
	if len(plans) < 40 {
		t.Fatalf("only %d plans", len(plans))
	}
	return plans
}

// all are the commands of a step, in the order in which a person meets them.
func all(c deploy.Commands) []deploy.Command { return slices.Concat(c.Before, c.Do, c.Verify, c.Undo) }

// changes reports whether a step changes the network.
func changes(s *plan.Step) bool {
	return s.Action == plan.MigrateVNet || s.Action == plan.ChangeDevice || len(s.Effect.Remove) > 0 || s.Effect.Add != nil
}

// Every step of every fixture's plan has commands, or words why not, and both dialects or a word why not.
func TestEveryStepHasCommands(t *testing.T) {
	for name, p := range fixturePlans(t) {
		for _, opts := range []deploy.Options{{}, {KeyVault: testVault}} {
			book := deploy.CommandsOf(p, opts)
			if len(book.Steps) != len(p.Steps) {
				t.Fatalf("%s: commands of %d steps, and the plan has %d", name, len(book.Steps), len(p.Steps))
			}
			for i, c := range book.Steps {
				s := &p.Steps[i]
				if c.Step != s.ID || len(c.Do) == 0 || len(c.Verify) == 0 || changes(s) && len(c.Undo) == 0 {
					t.Errorf("%s %s (%s): do %d, verify %d, undo %d", name, s.ID, s.Action, len(c.Do), len(c.Verify), len(c.Undo))
				}
				for _, one := range all(c) {
					if one.Note == "" {
						t.Errorf("%s %s: a command without a word: %q", name, s.ID, one.Posix)
					}
					if strings.ContainsAny(one.Note, "\n\r") || strings.Contains(one.Note, "no command is written") {
						t.Errorf("%s %s: %s", name, s.ID, one.Note)
					}
					if (one.Posix == "") != (one.PowerShell == "") && !strings.Contains(one.Note, "PowerShell") && !strings.Contains(one.Note, "az ") && s.Action != plan.MigrateVNet {
						t.Errorf("%s %s: %q has one dialect only", name, s.ID, one.Note)
					}
				}
				if s.Action != plan.ChangeDevice && !slices.ContainsFunc(c.Do, deploy.Command.Typed) {
					t.Errorf("%s %s (%s): nothing to type: %v", name, s.ID, s.Action, c.Do)
				}
			}
		}
	}
}

var (
	azVerb = regexp.MustCompile(`\baz ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)`)
	cmdlet = regexp.MustCompile(`\b[A-Z][a-z]+-Azu?r?e?[A-Z]\w+`)
	spoken = regexp.MustCompile("`([^`]*)`")
)

// Every verb of az, and every cmdlet, stands in docs/sources.md with where it is from.
func TestCommandsHaveASource(t *testing.T) {
	page, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Commands\n")
	section, _, _ = strings.Cut(section, "\n## ")
	known := map[string]bool{}
	for _, m := range spoken.FindAllStringSubmatch(section, -1) {
		known[m[1]] = true
	}
	sourced := func(verb string) bool {
		words := strings.Fields(verb)
		group, last := strings.Join(words[:len(words)-1], " "), words[len(words)-1]
		if known["az "+verb] {
			return true
		}
		// "`az network vnet peering create`, `update`" in one row
		for _, row := range strings.Split(section, "\n") {
			if strings.Contains(row, "az "+group+" ") && strings.Contains(row, "`"+last+"`") {
				return true
			}
		}
		return slices.ContainsFunc(spoken.FindAllStringSubmatch(section, -1), func(m []string) bool { return strings.HasPrefix(m[1], "az "+verb+" ") })
	}
	seen := map[string]bool{}
	for name, p := range fixturePlans(t) {
		for _, c := range deploy.CommandsOf(p, deploy.Options{KeyVault: testVault}).Steps {
			for _, one := range all(c) {
				for _, m := range azVerb.FindAllStringSubmatch(one.Posix, -1) {
					if verb := m[1]; !seen[verb] && !sourced(verb) {
						t.Errorf("%s %s: az %s has no source", name, c.Step, verb)
					}
					seen[m[1]] = true
				}
				for _, word := range cmdlet.FindAllString(one.PowerShell, -1) {
					if !seen[word] && !known[word] {
						t.Errorf("%s %s: %s has no source", name, c.Step, word)
					}
					seen[word] = true
				}
			}
		}
	}
	for _, word := range cmdlet.FindAllString(deploy.PowerShellPreamble, -1) {
		if !known[word] {
			t.Errorf("%s has no source", word)
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d verbs and cmdlets were seen", len(seen))
	}
}

// standIn is a folder with an az that notes the words of each call, and answers with what a command waits for: that
// there are THERE of what is to be made, or none.
func standIn(t *testing.T) (bin, calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	fake := "#!/bin/sh\nfor word; do printf '%s\\0' \"$word\" >>\"$CALLS\"; done\nprintf '\\n\\0' >>\"$CALLS\"\ncase \"$*\" in *--query=length\\(*) echo \"${THERE:-0}\" ;; *) echo answer ;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte(fake), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir, calls
}

// run runs commands for a POSIX shell, one after the other, each as one person would type it, and gives the calls of
// az. Those of netmigrate are left out.
func run(t *testing.T, commands []string, environment ...string) (calls [][]string, failed int) {
	t.Helper()
	shell := deploy.POSIXShell(t)
	bin, noted := standIn(t)
	var script strings.Builder
	for _, c := range commands {
		if !strings.HasPrefix(c, "netmigrate ") {
			script.WriteString("( " + c + "\n) >/dev/null 2>&1 || echo failed\n")
		}
	}
	cmd := exec.Command(shell)
	cmd.Stdin, cmd.Dir = strings.NewReader(script.String()), t.TempDir()
	cmd.Env = append([]string{"PATH=" + bin + ":/usr/bin:/bin", "CALLS=" + noted, "LC_ALL=C.UTF-8"}, environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
		t.Errorf("the commands made %v", left)
	}
	text, _ := os.ReadFile(noted)
	var call []string
	for _, word := range strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00") {
		if word == "\n" {
			calls, call = append(calls, call), nil
			continue
		}
		call = append(call, word)
	}
	return calls, strings.Count(string(out), "failed")
}

func posix(book *deploy.Book) []string {
	var out []string
	for _, c := range book.Steps {
		for _, one := range all(c) {
			if one.Posix != "" {
				out = append(out, one.Posix)
			}
		}
	}
	return out
}

// Every command for a POSIX shell can be read by bash and by sh.
func TestCommandsAreRead(t *testing.T) {
	var script []string
	for _, p := range fixturePlans(t) {
		script = slices.Concat(script, posix(deploy.CommandsOf(p, deploy.Options{})), posix(deploy.CommandsOf(p, deploy.Options{KeyVault: testVault})))
	}
	slices.Sort(script)
	script = slices.Compact(script)
	for _, shell := range []string{"bash", "sh"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("no %s is installed: it was not asked", shell)
			continue
		}
		cmd := exec.Command(path, "-n")
		cmd.Stdin = strings.NewReader(strings.Join(script, "\n"))
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s cannot read the commands: %v\n%s", shell, err, out)
		}
	}
}

// shellPlans are plans whose commands together are of every sort.
var shellPlans = []string{"star as-if-live", "expressroute rebuild", "chain-multihop classic-live", "live star", "live two-regions", "star as-if-live firewall", "live full-mesh firewall", "star rebuild firewall", "full-mesh group"}

// typed are the commands of one of those for a POSIX shell, each once and in order, and what its variables say.
func typed(t *testing.T, name string) (commands, environment []string) {
	t.Helper()
	p := fixturePlans(t)[name]
	if p == nil {
		t.Fatalf("there is no plan %q", name)
	}
	book := deploy.CommandsOf(p, deploy.Options{KeyVault: testVault})
	for _, v := range book.Variables {
		environment = append(environment, v.Name+"=said")
	}
	seen := map[string]bool{}
	for _, c := range posix(book) {
		if !seen[c] && !strings.HasPrefix(c, "netmigrate ") {
			seen[c] = true
			commands = append(commands, c)
		}
	}
	return commands, environment
}

// The commands of some plans run in a real shell, with a stand-in for az, and call it in a way that holds together:
// an option has a value, and nothing is empty.
func TestCommandsInShell(t *testing.T) {
	for _, name := range shellPlans {
		commands, environment := typed(t, name)
		calls, failed := run(t, commands, environment...)
		if failed > 0 || len(calls) < len(commands) || len(commands) < 30 {
			t.Errorf("%s: %d commands, %d calls of az, %d failed", name, len(commands), len(calls), failed)
		}
		for _, call := range calls {
			for i, word := range call {
				if word == "" || strings.HasSuffix(word, "=") || strings.Contains(word, "\n") || i == 0 && strings.HasPrefix(word, "-") {
					t.Errorf("%s: az %q", name, call)
					break
				}
			}
		}
		if name == "star as-if-live" {
			first := func(words ...string) int {
				return slices.IndexFunc(calls, func(call []string) bool { return len(call) > len(words) && slices.Equal(call[:len(words)], words) })
			}
			peering, tunnel, gateway := first("network", "vnet", "peering", "create"), first("network", "vpn-connection", "delete"), first("network", "vnet-gateway", "delete")
			if peering < 0 || tunnel < peering || gateway < tunnel {
				t.Errorf("the first peering is made by call %d, the first tunnel goes by %d, the first gateway by %d", peering, tunnel, gateway)
			}
		}
	}
}

// Without the variables nothing is called that would change the network.
func TestCommandsWithoutVariables(t *testing.T) {
	_, e, _ := meaning(t, "star.netcfg", fixture(t, "star"))
	book := deploy.CommandsOf(planOf(t, e, options.Options{}), deploy.Options{})
	if !slices.ContainsFunc(book.Variables, func(v deploy.Variable) bool { return v.Name == "SUBSCRIPTION" && !v.Secret }) {
		t.Errorf("variables %v, want the subscription", book.Variables)
	}
	commands := posix(book)
	if calls, _ := run(t, commands); len(calls) > 0 {
		t.Errorf("without variables: az %q", calls[0])
	}
	var ids []string
	for _, v := range book.Variables {
		if !v.Secret {
			ids = append(ids, v.Name+"=said")
		}
	}
	calls, failed := run(t, commands, ids...)
	if failed == 0 {
		t.Error("no command needs a key")
	}
	for _, call := range calls {
		if slices.Contains(call, "vpn-connection") && slices.Contains(call, "create") {
			t.Errorf("a connection is made without its key: az %q", call)
		}
	}
}

// What changes one property of a subnet that was read: its route table, and nothing else of it.
var (
	oneProperty = regexp.MustCompile(`^az network vnet subnet update((?: \\\n )? --(?:subscription|resource-group|vnet-name|name)=\S+)+(?: \\\n )? (--route-table=\S+|--remove routeTable)(?: \\\n )? --output=none$`)
	oneMember   = regexp.MustCompile(`^Get-AzVirtualNetwork [^|]*\|\n  ForEach-Object \{ \(Given \(\$_\.Subnets \| Where-Object Name -EQ '[^']*'\) 'the subnet'\)\.RouteTable = ([^;]*); \$_ \} \|\n  ForEach-Object \{ Set-AzVirtualNetwork -VirtualNetwork \$_ -DefaultProfile [^|]*\} \|\n  Select-Object Name, ProvisioningState$`)
)

// A VNet or a subnet that exists is never written but for one property of what was read, and no answer that may hold
// a key is printed.
func TestCommandsLeaveAlone(t *testing.T) {
	changed, made, keyed := 0, 0, 0
	for name, p := range fixturePlans(t) {
		exists := map[string]bool{}
		if p.Mode != options.Rebuild {
			for i := range p.Base.VNets {
				exists[p.Base.VNets[i].ID.Name] = true
			}
		}
		for i, c := range deploy.CommandsOf(p, deploy.Options{}).Steps {
			for _, one := range all(c) {
				both := one.Posix + one.PowerShell
				bare := oneProperty.ReplaceAllString(one.Posix, "")
				if bare != one.Posix && oneMember.MatchString(one.PowerShell) {
					changed++
				}
				if strings.Contains(both, "network vnet create") {
					made++
				}
				if strings.Contains(one.Posix, "--shared-key=") {
					keyed++
				}
				if strings.Contains(bare, "vnet update") || strings.Contains(bare, "subnet update") ||
					strings.Contains(one.PowerShell, "Set-AzVirtualNetwork ") && !oneMember.MatchString(one.PowerShell) {
					t.Errorf("%s %s writes a VNet:\n%s", name, c.Step, both)
				}
				if strings.Contains(both, "network vnet create") && exists[p.Steps[i].Object.Name] {
					t.Errorf("%s %s makes a VNet that exists", name, c.Step)
				}
				if strings.Contains(one.Posix, "vpn-connection show ") && !strings.Contains(one.Posix, "--query=") ||
					strings.Contains(one.Posix, "--shared-key=") && !strings.Contains(one.Posix, "--output=none") ||
					strings.Contains(one.PowerShell, "VirtualNetworkGatewayConnection ") && !strings.Contains(one.PowerShell, "Select-Object") && !strings.Contains(one.PowerShell, "Remove-") {
					t.Errorf("%s %s may print a key:\n%s", name, c.Step, both)
				}
			}
		}
	}
	if changed < 10 || made < 10 || keyed < 100 {
		t.Errorf("looked at %d changes of subnets, %d VNets that are made and %d tunnels", changed, made, keyed)
	}
}

// People are asked to try only what can answer: a pair that a window cuts talks again when it ends, and no machine is
// in a hub that the plan makes.
func TestPeopleTryWhatCanAnswer(t *testing.T) {
	open, closed, hubs := 0, 0, 0
	for name, p := range fixturePlans(t) {
		book := deploy.CommandsOf(p, deploy.Options{})
		for _, w := range p.Windows {
			last := 0
			for i := range p.Steps {
				if slices.Contains(w.Steps, p.Steps[i].ID) {
					last = i
				}
			}
			for i, c := range book.Steps {
				if p.Steps[i].Action != plan.VerifyReach || p.Steps[i].Impact.Window != w.ID {
					continue
				}
				for _, pair := range w.Pairs {
					asked := slices.ContainsFunc(c.Do, func(one deploy.Command) bool { return strings.Contains(one.Note, pair[0]+" with "+pair[1]) })
					if asked != (i == last) {
						t.Errorf("%s %s, of window %s, which ends with %s: %v asked: %t", name, c.Step, w.ID, p.Steps[last].ID, pair, asked)
					}
					if i == last {
						closed++
					} else {
						open++
					}
				}
			}
		}
		for _, component := range p.Components {
			hub := component.Hub.VNet.Name
			if component.Hub.Kind != plan.NewHub {
				continue
			}
			hubs++
			for _, c := range book.Steps {
				for _, one := range all(c) {
					if strings.Contains(one.Note, "set NIC to a network interface in "+hub+":") || !one.Typed() && strings.Contains(one.Note, hub+" with ") {
						t.Errorf("%s %s asks for a machine in the new hub: %s", name, c.Step, one.Note)
					}
				}
			}
		}
	}
	if open < 8 || closed < 20 || hubs < 10 {
		t.Errorf("looked at %d pairs in open windows, %d at the end of one, and %d new hubs", open, closed, hubs)
	}
}
