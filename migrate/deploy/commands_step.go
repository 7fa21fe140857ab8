package deploy

import (
	"cmp"
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
		w.verifyListing(&c)
	case plan.ChangeDevice:
		c.Do = []Command{people("no command here reaches a device on-premises: its owner changes it, at gateway %s", s.Object.Name)}
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

// export keeps what undoing a step needs: a listing, which holds no key, and the keys of what is taken away.
func (w *bookWriter) export(c *Commands) {
	c.Do = []Command{w.collect()}
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
		secret := cmp.Or(gone.Vault.Value, secretName("vpn-", gone.KeyName))
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
}

// collect lists the live network.
func (w *bookWriter) collect() Command {
	return Command{Note: "a listing of the live network, in the folder listing; it asks for no key, and needs the role Reader on every subscription of this plan",
		Posix:      "netmigrate collect --output=collect.sh && bash collect.sh",
		PowerShell: "netmigrate collect --shell=powershell --output=collect.ps1 && ./collect.ps1"}
}

func (w *bookWriter) verifyListing(c *Commands) {
	verify := Command{Note: "in the folder of this kit: exit code 0, the network is the state before the first step, and nothing was changed outside of the plan",
		Posix: "netmigrate verify . listing", PowerShell: "netmigrate verify . listing"}
	again := w.collect()
	again.Note += "; skip it if the one of the step before is of today"
	c.Do = []Command{again, verify}
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
		for i := range halves {
			if !seen[halves[i].VNet.Key()] {
				seen[halves[i].VNet.Key()] = true
				vnets = append(vnets, halves[i].VNet)
			}
		}
		if len(halves) == 2 {
			pairs = append(pairs, halves[0].VNet.Name+" with "+halves[0].Remote.Name)
		}
	}
	if len(vnets) == 0 {
		vnets = w.peered(s.Object)
	}
	for _, v := range vnets {
		c.Do = append(c.Do, w.listPeerings(v))
	}
	for i := range w.p.Steps {
		next := &w.p.Steps[i]
		if next.Action != plan.DeleteTunnel || !slices.Contains(next.Needs, s.ID) {
			continue
		}
		for _, id := range next.Effect.Remove {
			c.Do = append(c.Do, w.showConnection(id, "run it twice, some minutes apart; the counters stand still"))
		}
	}
	w.beforeRouting(c, s)
	for i := range w.p.Windows {
		if window := &w.p.Windows[i]; window.ID == s.Impact.Window {
			for _, pair := range window.Pairs {
				pairs = append(pairs, pair[0]+" with "+pair[1])
			}
		}
	}
	what := "every pair of the component that has to, as report.md lists them"
	if len(pairs) > 0 {
		what = strings.Join(pairs, "; ")
	}
	c.Do = append(c.Do, people("from a machine of each reach one of the other, in both directions: %s. No command here logs in to a machine", what))
	c.Verify = []Command{w.stands()}
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
			for _, v := range append(slices.Clone(vnets), w.p.Components[i].Hub.VNet) {
				if has[v.Key()] && !slices.ContainsFunc(out, v.Same) {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// stands asks where the network stands in the plan.
func (w *bookWriter) stands() Command {
	return Command{Note: "with a listing taken now: which steps are done, and which may run next", Posix: "netmigrate verify . listing", PowerShell: "netmigrate verify . listing"}
}

// carryOut renders a step by its effect: what it removes first, then what it adds.
func (w *bookWriter) carryOut(c *Commands, s *plan.Step) {
	var sites []string
	for _, id := range s.Effect.Remove {
		w.remove(c, s, id)
		if id.Type == estate.TypeSite {
			sites = append(sites, id.Name)
		}
	}
	if len(sites) > 0 {
		c.Before = append(c.Before, people("no connection and no default route names these local network gateways, in no resource group: %s. The platform refuses to delete one that is used", strings.Join(sites, ", ")))
	}
	if s.Effect.Add != nil {
		w.addNetworks(c, s.Effect.Add)
		w.addConnections(c, s.Effect.Add)
		if len(s.Effect.Add.Peerings) > 0 {
			w.addPeerings(c, s)
		}
	}
	if len(c.Do) == 0 {
		c.Do = []Command{people("the step changes nothing that a command could do")}
	}
	if len(c.Verify) == 0 {
		c.Verify = []Command{w.stands()}
	}
	if len(c.Undo) == 0 {
		c.Undo = []Command{people("no command takes it back")}
	}
}

// remove takes an object away, after a look at whether it may go.
func (w *bookWriter) remove(c *Commands, s *plan.Step, id estate.ID) {
	key := id.Key()
	switch id.Type {
	case estate.TypeConnection:
		want := "run it twice, some minutes apart; the counters stand still, or somebody still uses it"
		if s.Impact.Class == plan.Interrupting {
			want = "whoever still uses it is cut now, and the window says who that may be; counters that others move are a reason to stop"
		}
		c.Before = append(c.Before, w.showConnection(id, want))
		c.Do = append(c.Do, w.deleteConnection(id))
		c.Verify = append(c.Verify, w.gone(id))
		c.Undo = append(c.Undo, w.remakeConnection(w.now.connections[key], id)...)
	case estate.TypeGateway:
		c.Before = append(c.Before, w.connectionsOf(id))
		c.Do = append(c.Do, w.deleteGateway(id))
		c.Verify = append(c.Verify, w.gone(id))
		if g := w.now.gateways[key]; g != nil {
			c.Undo = append(c.Undo, w.remakeGateway(g))
		}
	case estate.TypeSite:
		c.Do = append(c.Do, w.deleteSite(id))
		c.Verify = append(c.Verify, w.gone(id))
		if s := w.now.sites[key]; s != nil {
			c.Undo = append(c.Undo, w.remakeSite(s))
		}
	case estate.TypePublicIP:
		c.Before = append(c.Before, w.addressUsed(id))
		c.Do = append(c.Do, w.deleteAddress(id))
		c.Verify = append(c.Verify, w.gone(id))
		c.Undo = append(c.Undo, people("nothing brings public address %s back: another one would have another address", id.Name))
	case estate.TypePeering:
		if p := w.now.peerings[key]; p != nil {
			c.Do, c.Verify, c.Undo = append(c.Do, w.deletePeering(p)), append(c.Verify, w.listPeerings(p.VNet)), append(c.Undo, w.createPeering(p))
		}
	default:
		c.Do = append(c.Do, people("%s: a person takes it away", id))
	}
}

// remakeConnection makes a connection again as far as the plan knows it. What a listing has beyond that no command
// here would bring back.
func (w *bookWriter) remakeConnection(was *estate.Connection, id estate.ID) []Command {
	switch {
	case was == nil:
		return []Command{people("connection %s: the plan does not know it well enough to make it again; build it from the listing that was kept", id.Name)}
	case w.live() && (was.Policy != nil || len(was.Selectors) > 0 || was.NAT || was.Bypass):
		return []Command{people("connection %s: it has an IPsec policy, traffic selectors, NAT rules or FastPath; build it from the listing that was kept, with its template or by hand", id.Name)}
	}
	return append([]Command{w.createConnection(was)}, w.policy(was)...)
}

// remakeSite makes a local network gateway again. One that stood for a gateway that is gone has no address to give.
func (w *bookWriter) remakeSite(s *estate.Site) Command {
	gone := !s.AddressOf.IsZero() && w.now.gateways[s.AddressOf.Key()] == nil
	if gone || !s.Endpoint.IsZero() && len(w.standing(s.Endpoint)) == 0 {
		return people("local network gateway %s had the address of a gateway of %s that is gone: without that one it is good for nothing", s.ID.Name, s.Endpoint.Name)
	}
	return w.createSite(s)
}

// live reports whether the network was read from a listing.
func (w *bookWriter) live() bool { return len(w.p.Base.Listings) > 0 }

// addNetworks makes VNets, with what their subnets refer to, route tables, gateways and firewalls.
func (w *bookWriter) addNetworks(c *Commands, add *estate.Estate) {
	for i := range add.VNets {
		v := &add.VNets[i]
		was := w.now.vnets[v.ID.Key()]
		if was != nil && w.changeNetwork(c, was, v) {
			continue
		}
		c.Do = append(c.Do, w.createNetwork(v, add)...)
		if was != nil {
			continue
		}
		c.Verify = append(c.Verify, w.showNetwork(v.ID))
		c.Undo = append(c.Undo, w.deleteNetwork(v.ID))
	}
	if len(add.VNets) == 0 { // else they come with what uses them
		w.addTables(c, add)
	}
	for i := range add.Gateways {
		g := &add.Gateways[i]
		if w.now.gateways[g.ID.Key()] != nil {
			c.Do = append(c.Do, people("gateway %s exists: a person changes it", g.ID.Name))
			continue
		}
		c.Do = append(c.Do, w.createGateway(g)...)
		if planned(g) {
			c.Verify, c.Undo = append(c.Verify, w.showFirewall(g)), append(c.Undo, w.deleteFirewall(g)...)
		}
		if !g.Kind.Virtual() {
			continue
		}
		c.Verify = append(c.Verify, w.showGateway(g.ID, "Succeeded"))
		c.Undo = append(c.Undo, w.deleteGateway(g.ID))
		if !g.PublicIP.IsZero() && w.now.addressOf[g.PublicIP.Key()].IsZero() {
			c.Undo = append(c.Undo, w.deleteAddress(g.PublicIP))
		}
	}
}

// addConnections makes connections, with the sites that they end at. One that exists has its kind or its end
// changed, which only making it anew does.
func (w *bookWriter) addConnections(c *Commands, add *estate.Estate) {
	var made, back []Command // what takes back the sites that were made, and the connections that were there
	for i := range add.Connections {
		n := &add.Connections[i]
		if was := w.now.connections[n.ID.Key()]; was != nil {
			c.Do = append(c.Do, w.deleteConnection(n.ID))
			back = append(back, w.createConnection(was))
		}
	}
	for i := range add.Connections {
		n := &add.Connections[i]
		if s := w.toMake(n, add); s != nil {
			c.Do = append(c.Do, w.createSite(s))
			w.now.sites[s.ID.Key()] = s
			made = append(made, w.deleteSite(s.ID))
		}
		c.Do = append(append(c.Do, w.createConnection(n)), w.policy(n)...)
		c.Verify = append(c.Verify, w.showConnection(n.ID, "Connected, and the counters grow; it may take some minutes"))
		c.Undo = append(c.Undo, w.deleteConnection(n.ID))
	}
	c.Undo = slices.Concat(c.Undo, made, back)
}

// toMake is the site that a connection ends at, when it is not there yet. The platform's migration of a classic
// network joins two gateways without their sites, so those are made when the tunnel is to be IPsec again.
func (w *bookWriter) toMake(n *estate.Connection, add *estate.Estate) *estate.Site {
	if n.Kind != estate.IPsec {
		return nil
	}
	there := w.now.sites[n.Site.Key()]
	was := w.now.connections[n.ID.Key()]
	switch {
	case there == nil:
		return cmp.Or(estate.NewIndex(add).Site(n.Site), w.site(n.Site))
	case was != nil && was.Kind == estate.Vnet2Vnet:
		return there
	}
	return nil
}

// addPeerings makes the halves that are missing, gives those that are there their flags, and has them take over
// what the other side has. A Disconnected half can only be made anew, and the other one with it. The half that
// allows transit comes before the one that uses it.
func (w *bookWriter) addPeerings(c *Commands, s *plan.Step) {
	halves := make([]*estate.Peering, len(s.Effect.Add.Peerings))
	anew := false
	for i := range halves {
		halves[i] = &s.Effect.Add.Peerings[i]
		was := w.now.peerings[halves[i].ID.Key()]
		anew = anew || was != nil && was.State == estate.PeeringDisconnected
	}
	slices.SortStableFunc(halves, func(a, b *estate.Peering) int {
		return cmp.Compare(boolWord(a.UseRemoteGateways), boolWord(b.UseRemoteGateways))
	})
	var back, sync []Command
	for _, half := range halves {
		was := w.now.peerings[half.ID.Key()]
		switch {
		case was == nil:
			c.Undo = append(c.Undo, w.deletePeering(half))
		case anew:
			gone := w.deletePeering(half)
			gone.Note += ", which is made anew: a Disconnected peering connects only so"
			c.Do = append(c.Do, gone)
			c.Undo = append(c.Undo, w.deletePeering(half))
			back = append(back, people("the half of %s was there before, and cannot become what it was: it is made anew with its old flags, if at all", half.VNet.Name))
		case flags(was) != flags(half):
			back = append(back, w.changePeering(half, was))
		}
	}
	if s.Action == plan.UseRemoteGateway {
		w.beforeRemote(c, halves)
	}
	for _, half := range halves {
		was := w.now.peerings[half.ID.Key()]
		switch {
		case was == nil || anew:
			c.Do = append(c.Do, w.createPeering(half))
		case flags(was) != flags(half):
			c.Do = append(c.Do, w.changePeering(was, half))
		}
		if was != nil && !anew && s.Action == plan.CreatePeering {
			sync = append(sync, w.syncPeering(half))
		}
		w.afterPeering(c, s, half)
	}
	c.Do, c.Undo = append(c.Do, sync...), append(c.Undo, back...)
	if len(c.Undo) == 0 {
		c.Undo = []Command{people("nothing was made, and a synchronisation is not taken back")}
	}
}

// beforeRemote looks at the hub's side before a VNet uses its gateway: transit is allowed, the gateway is ready, and
// the VNet has none of its own.
func (w *bookWriter) beforeRemote(c *Commands, halves []*estate.Peering) {
	for _, half := range halves {
		for _, other := range w.facing(half) {
			c.Before = append(c.Before, w.showPeering(other, "Connected, and allowGatewayTransit is true"))
		}
		for _, g := range w.standing(half.Remote) {
			c.Before = append(c.Before, w.showGateway(g.ID, "Succeeded"))
		}
		for _, id := range w.removed(half.VNet) {
			c.Before = append(c.Before, w.gone(id))
		}
	}
}

// facing are the halves that lead back from a peering.
func (w *bookWriter) facing(half *estate.Peering) []*estate.Peering {
	var out []*estate.Peering
	for _, p := range w.now.peerings {
		if p.VNet.Same(half.Remote) && p.Remote.Same(half.VNet) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *estate.Peering) int { return a.ID.Compare(b.ID) })
	return out
}

// standing are the virtual network gateways of a VNet now.
func (w *bookWriter) standing(vnet estate.ID) []*estate.Gateway {
	var out []*estate.Gateway
	for _, g := range w.now.gateways {
		if g.VNet.Same(vnet) && g.Kind.Virtual() {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *estate.Gateway) int { return a.ID.Compare(b.ID) })
	return out
}

// removed are the gateways of a VNet that an earlier step deleted.
func (w *bookWriter) removed(vnet estate.ID) []estate.ID {
	var out []estate.ID
	for _, g := range w.base.GatewaysOf(vnet) {
		if w.now.gateways[g.ID.Key()] == nil {
			out = append(out, g.ID)
		}
	}
	return out
}

// afterPeering shows that a half is as it should be, and what the machines of its VNet make of it.
func (w *bookWriter) afterPeering(c *Commands, s *plan.Step, half *estate.Peering) {
	c.Verify = append(c.Verify, w.showPeering(half, "Connected and FullyInSync"))
	want := fmt.Sprintf("the prefixes of %s have the next hop VNetPeering, or its global form in another region", half.Remote.Name)
	if s.Action == plan.UseRemoteGateway {
		want = "what is behind the gateway of " + half.Remote.Name + " has the next hop VirtualNetworkGateway"
	}
	c.Verify = append(c.Verify, w.effectiveRoutes(half.VNet, want))
}
