package deploy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// step renders one step; w.now is the network before it.
func (w *bookWriter) step(s *plan.Step) Commands {
	c := Commands{Step: s.ID}
	switch s.Action {
	case plan.Export:
		w.export(&c)
	case plan.VerifyListing:
		w.verifyListing(&c, s)
	case plan.ChangeDevice:
		c.Do = []Command{people("no command here reaches a device on-premises: its owner changes it, at gateway %s; the work sheets above have what is to do", s.Object.Name)}
		c.Verify = []Command{people("the owner of the device says so")}
		c.Undo = []Command{people("the owner of the device takes it back")}
	case plan.MigrateVNet:
		w.migrate(&c, s)
	case plan.VerifyReach:
		w.verifyReach(&c, s)
	default:
		w.carryOut(&c, s)
	}
	return c
}

// atStart is what a listing shows that is held against a plan before its first step.
const atStart = "exit code 0, the network is the state before the first step, and nothing was changed outside of the plan"

// export keeps what undoing a step needs: a listing, which holds no key, and the keys of what is taken away. A plan of a
// listing has no step that verifies a new one: this is the one to hold against it.
func (w *bookWriter) export(c *Commands) {
	note := "a listing of the live network, in the folder listing; it asks for no key, and needs the role Reader on every subscription of this plan"
	if w.live() {
		note += ". Held against this plan: " + atStart
	}
	c.Do = []Command{w.collect("listing", w.live(), note)}
	var unkept []string
	var last []*estate.Connection // of those that steps take away, one of each key
	seen := map[string]bool{}
	for i := range w.p.Steps {
		for _, id := range w.p.Steps[i].Effect.Remove {
			if gone := w.base.Connection(id); gone != nil && gone.Kind != estate.ExpressRoute && !seen[gone.KeyName] {
				seen[gone.KeyName] = true
				last = append(last, gone)
			}
		}
	}
	for _, gone := range last {
		secret := keySecret(gone)
		if w.opts.KeyVault == "" {
			unkept = append(unkept, gone.ID.Name)
			continue
		}
		c.Do = append(c.Do, w.keepKey(gone, secret))
		vault, entry := w.name(w.vaultName()), w.name(secret)
		c.Verify = append(c.Verify, w.command("az keyvault secret show --vault-name="+vault.posix()+" --name="+entry.posix()+" --query=attributes.updated --output=tsv",
			"Get-AzKeyVaultSecret -VaultName "+vault.powershell()+" -Name "+entry.powershell()+" | Select-Object Name, Updated", "secret %s is there, as of now", secret))
	}
	if len(unkept) > 0 {
		c.Do = append(c.Do, people("keep the shared keys of these connections where only their owner reads them: %s. With --key-vault there are commands for it", strings.Join(unkept, ", ")))
	}
	c.Verify = append(c.Verify, people("the folder listing is there, and is kept where it will be found"))
	if w.live() {
		c.Verify = append(c.Verify, people("what verify calls drift, lost or refused is explained before anything else is done"))
	}
}

// listingOf is the folder of the listing that a step is verified with.
func listingOf(s *plan.Step) string { return "listing-" + parameterName(s.ID) }

// collect lists the live network into a folder that is not there yet, and asks where it stands.
func (w *bookWriter) collect(folder string, verify bool, note string) Command {
	then := ""
	if verify {
		then = " &&\nnetmigrate verify . " + folder
		note += "; for a further look, take another name than " + folder
	}
	return Command{Note: note,
		Posix:      "netmigrate collect --force --folder=" + folder + " --output=collect.sh && bash collect.sh" + then,
		PowerShell: "netmigrate collect --force --shell=powershell --folder=" + folder + " --output=collect.ps1 && ./collect.ps1" + then}
}

func (w *bookWriter) verifyListing(c *Commands, s *plan.Step) {
	c.Do = []Command{w.collect(listingOf(s), true, "in the folder of this kit: "+atStart)}
	c.Verify = []Command{people("what verify calls drift, lost or refused is explained before anything else is done")}
}

// migrate is the platform's own migration, which only the old module for classic networks has.
// Source: docs/sources.md#commands.
func (w *bookWriter) migrate(c *Commands, s *plan.Step) {
	name := s.Object.Name
	if v := w.now.vnets[s.Object.Key()]; v != nil {
		name = v.Name
	}
	move := func(stage, note string) Command {
		return w.command("", "Move-AzureVirtualNetwork -"+stage+" -VirtualNetworkName "+w.text(name).powershell(), "%s", note)
	}
	c.Before = []Command{
		w.command("az provider show --namespace=Microsoft.ClassicInfrastructureMigrate --subscription="+w.subscription(s.Object).posix()+" --query=registrationState --output=tsv",
			"Get-AzResourceProvider -DefaultProfile (Context "+w.subscription(s.Object).powershell()+") -ProviderNamespace Microsoft.ClassicInfrastructureMigrate | Select-Object -First 1 RegistrationState", "Registered"),
		w.command("", "Select-AzureSubscription -SubscriptionId "+w.subscription(s.Object).powershell()+" -Current", "historic: the module Azure for classic networks; az has none of these commands"),
		move("Validate", "what the platform has against it: nothing"),
	}
	c.Do = []Command{
		move("Prepare", "prepares the migration; the network cannot be changed until it ends"),
		people("look at the prepared resources in the portal: VNet, gateway, every connection. This is the last moment to turn back"),
		move("Commit", "after this there is no way back to classic"),
	}
	c.Verify = []Command{people("the VNet, its gateway and its connections are in a resource group of their own, which the platform named; every connection is Connected")}
	c.Undo = []Command{move("Abort", "before the commit only"), people("after the commit nothing takes it back")}
}

// verifyReach shows what the platform says of the peerings made so far and the tunnels that are to go. Whether
// pairs answer, only a machine in them can tell.
func (w *bookWriter) verifyReach(c *Commands, s *plan.Step) {
	var vnets []estate.ID
	seen := map[estate.Key]bool{}
	var pairs []string
	for _, id := range s.Needs {
		before := w.steps[id]
		if before == nil || before.Effect.Add == nil {
			continue
		}
		halves := before.Effect.Add.Peerings
		empty := false
		for i := range halves {
			empty = empty || w.withoutMachines(halves[i].VNet)
			if !seen[halves[i].VNet.Key()] {
				seen[halves[i].VNet.Key()] = true
				vnets = append(vnets, halves[i].VNet)
			}
		}
		if len(halves) == 2 && !empty {
			pairs = append(pairs, halves[0].VNet.Name+" with "+halves[0].Remote.Name)
		}
	}
	if len(vnets) == 0 {
		vnets = w.peered(s.Object)
	}
	for _, v := range vnets {
		c.Do = append(c.Do, w.listPeerings(v))
	}
	w.verifyGroups(c, s)
	for i := range w.p.Steps {
		next := &w.p.Steps[i]
		if next.Action != plan.DeleteTunnel || !slices.Contains(next.Needs, s.ID) || next.Impact.Window != "" && s.Impact.Window == "" {
			continue // what goes in a window carries something until then
		}
		still := "run it twice, some minutes apart; the counters stand still"
		if next.Impact.Window != "" {
			still += fmt.Sprintf(", but for what the pairs of window %s send", next.Impact.Window)
		}
		for _, id := range next.Effect.Remove {
			c.Do = append(c.Do, w.showConnection(id, still))
		}
	}
	w.beforeRouting(c, s)
	w.beforeLearning(c, s)
	for i := range w.p.Windows {
		if window := &w.p.Windows[i]; window.ID == s.Impact.Window && w.closes(window, s) {
			for _, pair := range window.Pairs {
				pairs = append(pairs, pair[0]+" with "+pair[1])
			}
		}
	}
	what := "every pair of the component that has to, as report.md lists them"
	if len(pairs) > 0 {
		what = strings.Join(pairs, "; ")
	} else if s.Impact.Window != "" {
		what += ", but for those that window " + s.Impact.Window + " cuts until it ends"
	}
	by := ""
	if slices.ContainsFunc(w.p.Components, func(one plan.Component) bool {
		return one.Hub.Passage == plan.AppliancesPassage || one.Hub.Passage == plan.RouteServerPassage
	}) {
		by = ", by TCP and not by ping alone, which a load balancer need not pass"
	}
	c.Do = append(c.Do, people("from a machine of each reach one of the other, in both directions%s: %s. No command here logs in to a machine", by, what))
	c.Verify = []Command{w.stands(s)}
}

// closes reports whether a step is the last one of a window: only then do the pairs that it cuts talk again.
func (w *bookWriter) closes(window *plan.Window, s *plan.Step) bool {
	last := ""
	for i := range w.p.Steps {
		if slices.Contains(window.Steps, w.p.Steps[i].ID) {
			last = w.p.Steps[i].ID
		}
	}
	return last == s.ID
}

// withoutMachines reports whether a VNet is a hub that the plan makes: nothing in it could answer, or show its routes.
func (w *bookWriter) withoutMachines(vnet estate.ID) bool {
	return slices.ContainsFunc(w.p.Components, func(c plan.Component) bool { return c.Hub.Kind == plan.NewHub && c.Hub.VNet.Same(vnet) })
}

// peered are the VNets of a component that have peerings now.
func (w *bookWriter) peered(member estate.ID) []estate.ID {
	has := map[estate.Key]bool{}
	for _, p := range w.now.peerings {
		has[p.VNet.Key()] = true
	}
	var out []estate.ID
	for i := range w.p.Components {
		if vnets := w.p.Components[i].VNets; slices.ContainsFunc(vnets, member.Same) {
			for _, v := range append(slices.Clone(vnets), w.p.Components[i].Hub.VNets()...) {
				if has[v.Key()] && !slices.ContainsFunc(out, v.Same) {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// stands asks where the network stands in the plan, by a listing that is taken after the step.
func (w *bookWriter) stands(s *plan.Step) Command {
	return w.collect(listingOf(s), true, "with a listing taken now: which steps are done, and which may run next")
}

// carryOut renders a step by its effect: what it removes first, then what it adds.
func (w *bookWriter) carryOut(c *Commands, s *plan.Step) {
	w.made = nil
	var sites []string
	for _, id := range s.Effect.Remove {
		w.takeAway(c, s, id)
		if id.Type == estate.TypeSite {
			sites = append(sites, id.Name)
		}
	}
	if len(sites) > 0 {
		c.Before = append(c.Before, people("no connection and no default route names these local network gateways, in no resource group: %s. The platform refuses to delete one that is used", strings.Join(sites, ", ")))
	}
	if add := s.Effect.Add; add != nil {
		w.addFilters(c, add)
		for i := range add.VNets {
			w.addNetwork(c, &add.VNets[i])
		}
		for i := range add.Gateways {
			w.addGateway(c, &add.Gateways[i])
		}
		w.addConnections(c, add)
		if len(add.Peerings) > 0 {
			w.addPeerings(c, s)
		}
		w.addGroups(c, s)
	}
	w.undo(c, s)
	if len(c.Do) == 0 {
		c.Do = []Command{people("the step changes nothing that a command could do")}
	}
	if len(c.Verify) == 0 {
		c.Verify = []Command{w.stands(s)}
	}
	if len(c.Undo) == 0 {
		c.Undo = []Command{people("nothing was made that a command could take back")}
	}
}

// takeAway removes an object, after a look at whether it may go.
func (w *bookWriter) takeAway(c *Commands, s *plan.Step, id estate.ID) {
	gone := w.gone
	switch id.Type {
	case estate.TypeConnection:
		want := "run it twice, some minutes apart; the counters stand still, or somebody still uses it"
		if s.Impact.Class == plan.Interrupting {
			want = "whoever still uses it is cut now, and the window says who that may be; counters that others move are a reason to stop"
		}
		c.Before = append(c.Before, w.showConnection(id, want))
	case estate.TypeGateway:
		c.Before = append(c.Before, w.connectionsOf(id))
	case estate.TypePublicIP:
		c.Before = append(c.Before, w.addressUsed(id))
	case estate.TypePeering:
		gone = w.listPeerings
	case estate.TypeSite:
	default:
		c.Do = append(c.Do, people("%s: a person takes it away", id))
		return
	}
	c.Do, c.Verify = append(c.Do, w.remove(id)), append(c.Verify, gone(id))
}

// live reports whether the network was read from a listing.
func (w *bookWriter) live() bool { return len(w.p.Base.Listings) > 0 }
