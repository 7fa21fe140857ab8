package deploy

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Command is one thing to do, in the words of two shells. Where both are empty it is for people: no command does it.
// Where one is, that tool has no such command. Names in it are data: none can become an option, another command or
// another line. Nothing in it is a shared key.
type Command struct {
	Note       string // what it is for, or why there is no command
	Posix      string // az in a POSIX shell
	PowerShell string // the module Az in PowerShell 7; for a classic network the module Azure
}

// Typed reports whether a tool does it.
func (c Command) Typed() bool { return c.Posix != "" || c.PowerShell != "" }

// Commands are the commands of one step. Undo takes back what the step did; where nothing does, it says so.
type Commands struct {
	Step   string    // its ID
	Before []Command // they change nothing, and show whether the step may begin
	Do     []Command
	Verify []Command // they change nothing
	Undo   []Command // none where the step changes nothing
}

// Variable is what commands need and the plan does not know. Whoever runs them says it; a command that uses it
// fails until then.
type Variable struct {
	Name   string // legal in both shells
	Means  string
	Secret bool // a shared key: it is asked for without being shown
	When   When
}

// When says when a variable has to be said.
type When string

// The times.
const (
	AtStart  When = "before the first command"
	EachTime When = "anew for each command that uses it"
	ToUndo   When = "only to undo something"
)

// Book is the commands of every step of a plan.
type Book struct {
	Variables []Variable // that the commands use, in order of their names
	Steps     []Commands // of the plan's steps, in their order
	Sheets    []Sheet    // of the devices on-premises
}

// PowerShellPreamble is what the commands for PowerShell rely on. A session without it fails at each of them.
// Source: docs/sources.md#commands.
const PowerShellPreamble = `Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# Given passes on what is there, and stops a command that would go on with nothing.
function Given($value, [string] $what = 'a value that the command needs') {
    if (-not $value) { throw "$what is missing" }
    $value
}
# Unbound passes on a subnet without a security group, and stops a command that would take one off.
function Unbound { process { if ($_.NetworkSecurityGroup) { throw 'STOP: the subnet has a security group already: nothing was changed' }; $_ } }
# Known is a variable that you have set.
function Known([string] $name) { Given (Get-Variable -Name $name -ValueOnly -ErrorAction Ignore) "variable $name" }
# Context is the subscription that a command works on, whichever is selected.
function Context([string] $subscription) { Set-AzContext -Subscription $subscription -Scope Process -ErrorAction Stop }
# Absent is the name of what is to be made. Where something of the listed has it, nothing is made.
function Absent([string] $name, $listed) {
    foreach ($one in $listed) { if ($one.Name -eq $name) { throw "STOP: $name is there already: nothing was made" } }
    $name
}
# Key is a shared key, from a Key Vault.
function Key([string] $vault, [string] $name) {
    Given (Get-AzKeyVaultSecret -VaultName $vault -Name $name -AsPlainText -ErrorAction Stop) "secret $name"
}`

// CommandsOf renders the commands of a plan. They follow from the effects of its steps, how each is taken back, and
// the network before it; the plan itself holds none. What is made is made only where nothing is there. What exists is
// changed property by property. A VNet that exists is never written, with one exception: az writes a subnet as it read
// it, and PowerShell the VNet, with the subnet's route table changed.
func CommandsOf(p *plan.Plan, opts Options) *Book {
	w := newBookWriter(p, opts)
	b := &Book{Steps: make([]Commands, len(p.Steps))}
	for i := range p.Steps {
		b.Steps[i] = w.step(&p.Steps[i])
		w.now.apply(p.Steps[i].Effect)
	}
	b.Sheets = w.sheets()
	needed := b.needed()
	for _, v := range w.variables {
		if v.When == "" {
			v.When = ToUndo
			if needed[v.Name] {
				v.When = AtStart
			}
		}
		b.Variables = append(b.Variables, *v)
	}
	slices.SortFunc(b.Variables, func(x, y Variable) int { return strings.Compare(x.Name, y.Name) })
	return b
}

// variableUse finds the variables of a command, as this package writes them.
var variableUse = regexp.MustCompile(`\$\{([A-Z0-9_]+):\?\}|\(Known ([A-Z0-9_]+)\)`)

// needed are the variables that commands use which are not for undoing.
func (b *Book) needed() map[string]bool {
	names := map[string]bool{}
	for i := range b.Steps {
		for _, one := range slices.Concat(b.Steps[i].Before, b.Steps[i].Do, b.Steps[i].Verify) {
			for _, m := range variableUse.FindAllStringSubmatch(one.Posix+one.PowerShell, -1) {
				names[m[1]+m[2]] = true
			}
		}
	}
	return names
}

// bookWriter renders the commands of one step after the other.
type bookWriter struct {
	builder
	p            *plan.Plan
	opts         Options
	now          *state // the network before the step at hand
	base, target *estate.Index
	steps        map[string]*plan.Step
	destinations destinations
	several      bool // subscriptions of which something is not known

	variables map[string]*Variable // by what they stand for
	taken     map[string]bool      // folded names of variables

	made  []estate.ID // what the commands of the step at hand make beside its objects: addresses, sites, policies
	fault string      // why the command at hand cannot be written
}

func newBookWriter(p *plan.Plan, opts Options) *bookWriter {
	w := &bookWriter{p: p, opts: opts, now: newState(), steps: map[string]*plan.Step{}, variables: map[string]*Variable{}, taken: map[string]bool{}}
	if p.Mode != options.Rebuild {
		w.now.apply(plan.Effect{Add: p.Base})
	}
	w.destinations, w.base, w.target = destinationsOf(p.Base), estate.NewIndex(p.Base), estate.NewIndex(p.Target)
	w.builder = builder{w.base}
	for i := range p.Steps {
		w.steps[p.Steps[i].ID] = &p.Steps[i]
	}
	seen := map[string]bool{}
	for _, e := range []*estate.Estate{p.Base, p.Target} {
		for i := range e.VNets {
			id := e.VNets[i].ID
			if subscription, group := w.destinations.of(id); !arm.IsGUID(subscription) || group == "" {
				seen[strings.ToLower(id.Subscription)] = true
			}
		}
	}
	w.several = len(seen) > 1
	return w
}

// variable is the value of something that the plan does not know. Of one thing there is one variable.
func (w *bookWriter) variable(stands, name string, v Variable) value {
	known, ok := w.variables[stands]
	if !ok {
		v.Name = unused(w.taken, strings.ToUpper(parameterName(name)))
		v.Means = diag.Plain(v.Means)
		known = &v
		w.variables[stands] = known
	}
	return value{{variable: known.Name}}
}

// within is a variable name for something of a subscription: its name is a part only where several need one.
func (w *bookWriter) within(name string, id estate.ID) string {
	if !w.several {
		return name
	}
	document := path.Base(id.Subscription)
	return name + "_" + strings.TrimSuffix(document, path.Ext(document))
}

func (w *bookWriter) subscription(id estate.ID) value {
	known, _ := w.destinations.of(id)
	if arm.IsGUID(known) {
		return literal(known)
	}
	return w.variable("subscription "+strings.ToLower(id.Subscription), w.within("SUBSCRIPTION", id), Variable{Means: fmt.Sprintf("the id of the subscription that %q describes", id.Subscription)})
}

func (w *bookWriter) group(id estate.ID) value {
	if _, known := w.destinations.of(id); known != "" {
		return w.name(known)
	}
	means := fmt.Sprintf("the resource group of the networks that %q describes", id.Subscription)
	if w.p.Mode == options.ClassicLive {
		means += "; the platform's migration makes one for each VNet, so set it anew before a step about another one"
	}
	return w.variable("group "+strings.ToLower(id.Subscription), w.within("RESOURCE_GROUP", id), Variable{Means: means})
}

// region is the region of an object; nothing says where what is new goes when that is not known.
func (w *bookWriter) region(r estate.Region) value {
	if r.Name != "" {
		return w.text(r.Name)
	}
	return w.variable("region "+strings.ToLower(r.String()), "LOCATION_"+cmp.Or(r.AffinityGroup, r.Raw, "UNKNOWN"), Variable{Means: "the region of what was in " + r.String()})
}

// resourceID is the whole id of an object.
func (w *bookWriter) resourceID(id estate.ID) value {
	v := append(literal("/subscriptions/"), w.subscription(id)...).then("/resourceGroups/")
	v = append(v, w.group(id)...)
	typ, names := armType(id)
	segments := strings.Split(strings.TrimPrefix(typ, "Microsoft.Network/"), "/")
	v = v.then("/providers/Microsoft.Network")
	for i, name := range names {
		v = append(v.then("/"+segments[i]+"/"), w.name(name)...)
	}
	return v
}

// text is a text that is known. One that no command can be given is the fault of the command at hand.
func (w *bookWriter) text(s string) value {
	w.faulty(s, untypable(s))
	return literal(s)
}

// name is text for a part of a resource id.
func (w *bookWriter) name(s string) value {
	w.faulty(s, unnameable(s))
	return literal(s)
}

func (w *bookWriter) faulty(s, why string) {
	if why != "" && w.fault == "" {
		w.fault = fmt.Sprintf("no command is written, because of the name %q: %s", s, why)
	}
}

// command ends a command: what it is for is cleaned, and one that names what no command can be given becomes a
// task for people.
func (w *bookWriter) command(posix, powershell, note string, args ...any) Command {
	c := Command{Note: diag.Plain(fmt.Sprintf(note, args...)), Posix: posix, PowerShell: powershell}
	if w.fault != "" {
		c = Command{Note: c.Note + ": " + diag.Plain(w.fault)}
	}
	w.fault = ""
	return c
}

// people is what no command does.
func people(note string, args ...any) Command {
	return Command{Note: diag.Plain(fmt.Sprintf(note, args...))}
}

// key is the shared key of a connection, for either shell: fetched where the command runs, and never written here.
// before is what a POSIX shell does first.
func (w *bookWriter) key(c *estate.Connection) (before, posix, powershell string) {
	return w.secret("shared key of "+c.KeyName, "SHARED_KEY_"+c.KeyName, keySecret(c),
		fmt.Sprintf("the shared key of the tunnel %q", c.KeyName))
}

func (w *bookWriter) secret(stands, name, secret, means string) (before, posix, powershell string) {
	if w.opts.KeyVault == "" {
		v := w.variable(stands, name, Variable{Means: means, Secret: true})
		return "", v.posix(), v.powershell()
	}
	vault, entry := w.name(w.vaultName()), w.name(secret)
	before = "key=$(az keyvault secret show --vault-name=" + vault.posix() + " --name=" + entry.posix() + " --query=value --output=tsv) &&\n"
	return before, `"${key:?}"`, "(Key " + vault.powershell() + " " + entry.powershell() + ")"
}

func (w *bookWriter) vaultName() string { return path.Base(w.opts.KeyVault) }

// gateway finds a gateway that is there, or is there before or after.
func (w *bookWriter) gateway(id estate.ID) *estate.Gateway {
	return cmp.Or(w.now.gateways[id.Key()], w.target.Gateway(id), w.base.Gateway(id))
}

func (w *bookWriter) site(id estate.ID) *estate.Site {
	return cmp.Or(w.now.sites[id.Key()], w.target.Site(id), w.base.Site(id))
}

func (w *bookWriter) circuit(id estate.ID) *estate.Circuit {
	return cmp.Or(w.target.Circuit(id), w.base.Circuit(id))
}
