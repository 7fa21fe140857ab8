package deploy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// flags are the switches of a peering half, by the names that the service has for them.
func flags(p *estate.Peering) [4]bool {
	return [4]bool{p.AllowVirtualNetworkAccess, p.AllowForwardedTraffic, p.AllowGatewayTransit, p.UseRemoteGateways}
}

var (
	flagNames   = [4]string{"allowVirtualNetworkAccess", "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways"}
	flagOptions = [4]string{"allow-vnet-access", "allow-forwarded-traffic", "allow-gateway-transit", "use-remote-gateways"}
	// flagMembers are those of an object of Az. Its switches have the same names but for the first one.
	flagMembers = [4]string{"AllowVirtualNetworkAccess", "AllowForwardedTraffic", "AllowGatewayTransit", "UseRemoteGateways"}
)

// addPeerings makes the halves that are missing, gives those that are there their flags, and has them take over
// what the other side has. A Disconnected half can only be made anew, and the other one with it. The half that
// allows transit comes before the one that uses it.
func (w *bookWriter) addPeerings(c *Commands, s *plan.Step) {
	halves := make([]*estate.Peering, len(s.Effect.Add.Peerings))
	for i := range halves {
		halves[i] = &s.Effect.Add.Peerings[i]
	}
	anew := len(w.anew(s.Effect.Add)) > 0
	slices.SortStableFunc(halves, func(a, b *estate.Peering) int {
		return cmp.Compare(boolWord(a.UseRemoteGateways), boolWord(b.UseRemoteGateways))
	})
	var sync []Command
	for _, half := range halves {
		if anew && w.now.peerings[half.ID.Key()] != nil {
			gone := w.remove(half.ID)
			gone.Note += ", which is made anew: a Disconnected peering connects only so"
			c.Do = append(c.Do, gone)
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
	c.Do = append(c.Do, sync...)
}

// anew are the halves that are there and have to be made anew, because one of those that a step adds is Disconnected.
func (w *bookWriter) anew(add *estate.Estate) []estate.ID {
	if add == nil {
		return nil
	}
	var there []estate.ID
	disconnected := false
	for i := range add.Peerings {
		if was := w.now.peerings[add.Peerings[i].ID.Key()]; was != nil {
			there = append(there, was.ID)
			disconnected = disconnected || was.State == estate.PeeringDisconnected
		}
	}
	if !disconnected {
		return nil
	}
	return there
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
		for _, g := range w.target.StandingIn(half.Remote) {
			if w.ownServer(g) {
				c.Before = append(append(c.Before, w.showServer(g)), w.learnedFrom(g)...)
			}
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

// afterPeering shows that a half is as it should be, and what the machines of its VNet make of it.
func (w *bookWriter) afterPeering(c *Commands, s *plan.Step, half *estate.Peering) {
	c.Verify = append(c.Verify, w.showPeering(half, "Connected and FullyInSync"))
	if w.withoutMachines(half.VNet) {
		return
	}
	want := fmt.Sprintf("the prefixes of %s have the next hop VNetPeering, or its global form in another region", half.Remote.Name)
	if s.Action == plan.UseRemoteGateway {
		want = w.remoteRoutes(half.Remote)
	}
	c.Verify = append(c.Verify, w.effectiveRoutes(half.VNet, want))
}

// remoteRoutes says which routes a VNet has once it uses the gateway, or the Route Server, of another one.
func (w *bookWriter) remoteRoutes(hub estate.ID) string {
	var said []string
	if slices.ContainsFunc(w.target.StandingIn(hub), func(g *estate.Gateway) bool { return g.Kind.Virtual() }) {
		said = append(said, "what is behind the gateway of "+hub.Name+" has the next hop VirtualNetworkGateway")
	}
	for _, g := range w.target.StandingIn(hub) {
		if g.Kind == estate.RouteServer && len(g.RoutePeers) > 0 && w.ownServer(g) {
			said = append(said, fmt.Sprintf("%s has the next hop address %s", strings.Join(prefixes(g.RoutePeers[0].Learned), ", "), w.nextHop(&g.RoutePeers[0])))
		}
	}
	return strings.Join(said, "; ")
}

// createPeering makes one half, and states all of its flags.
func (w *bookWriter) createPeering(p *estate.Peering) Command {
	az := w.az("network vnet peering create", p.ID).named("vnet-name", p.ID.Name).named("name", p.ID.Child).opt("remote-vnet", w.resourceID(p.Remote))
	ps := w.psIn("Add-AzVirtualNetworkPeering", p.ID).
		add("-VirtualNetwork "+w.ps("Get-AzVirtualNetwork", p.ID).named("Name", p.ID.Name).wrapped()).opt("RemoteVirtualNetworkId", w.resourceID(p.Remote))
	for i, on := range flags(p) {
		az.add("--" + flagOptions[i] + "=" + boolWord(on))
		if i == 0 {
			ps.add("-BlockVirtualNetworkAccess:$" + boolWord(!on))
			continue
		}
		ps.add("-" + flagMembers[i] + ":$" + boolWord(on))
	}
	if p.Partial {
		az.add("--peer-complete-vnets=false", "--local-subnet-names "+w.words(p.LocalSubnets, value.posix, " "), "--remote-subnet-names "+w.words(p.RemoteSubnets, value.posix, " "))
		ps.add("-PeerCompleteVnets $false", "-LocalSubnetNames "+w.words(p.LocalSubnets, value.powershell, ", "), "-RemoteSubnetNames "+w.words(p.RemoteSubnets, value.powershell, ", "))
	}
	return w.create(p.ID, az.add("--output=none").String(), ps, "Select-Object Name, PeeringState", "the half of %s", p.VNet.Name)
}

// words are names in a row. One that begins with a hyphen would be an option of az, where a list follows.
func (w *bookWriter) words(names []string, quoted func(value) string, between string) string {
	out := make([]string, len(names))
	for i, name := range names {
		if strings.HasPrefix(name, "-") {
			w.faulty(name, "it begins with a hyphen")
		}
		out[i] = quoted(w.name(name))
	}
	return strings.Join(out, between)
}

// changePeering gives a half that exists other flags, and leaves those alone that are right.
func (w *bookWriter) changePeering(from, to *estate.Peering) Command {
	az := w.az("network vnet peering update", to.ID).named("vnet-name", to.ID.Name).named("name", to.ID.Child)
	var set []string
	var members strings.Builder
	was, is := flags(from), flags(to)
	for i := range is {
		if was[i] == is[i] {
			continue
		}
		set = append(set, flagNames[i]+"="+boolWord(is[i]))
		members.WriteString("$_." + flagMembers[i] + " = $" + boolWord(is[i]) + "; ")
	}
	az.add("--set "+strings.Join(set, " "), "--output=none")
	get := w.ps("Get-AzVirtualNetworkPeering", to.ID).named("VirtualNetworkName", to.ID.Name).named("Name", to.ID.Child).add("-ErrorAction Stop")
	ps := get.String() + " |\n  ForEach-Object { " + members.String() + "$_ } |\n  ForEach-Object { Set-AzVirtualNetworkPeering -VirtualNetworkPeering $_ -DefaultProfile (Context " + w.subscription(to.ID).powershell() + ") } |\n  Select-Object Name, PeeringState"
	return w.command(az.String(), ps, "the half of %s: %s", to.VNet.Name, strings.Join(set, ", "))
}

// syncPeering has a half take over the address space that the other VNet has now.
func (w *bookWriter) syncPeering(p *estate.Peering) Command {
	az := w.az("network vnet peering sync", p.ID).named("vnet-name", p.ID.Name).named("name", p.ID.Child).add("--output=none")
	ps := w.ps("Sync-AzVirtualNetworkPeering", p.ID).named("VirtualNetworkName", p.ID.Name).named("Name", p.ID.Child)
	return w.command(az.String(), ps.String(), "synchronise the half of %s, which was there before", p.VNet.Name)
}

// showPeering shows the state of a half.
func (w *bookWriter) showPeering(p *estate.Peering, want string) Command {
	az := w.az("network vnet peering show", p.ID).named("vnet-name", p.ID.Name).named("name", p.ID.Child).
		add("--query='[peeringState, peeringSyncLevel, allowGatewayTransit, useRemoteGateways]'", "--output=json")
	ps := w.ps("Get-AzVirtualNetworkPeering", p.ID).named("VirtualNetworkName", p.ID.Name).named("Name", p.ID.Child).String() +
		" |\n  Select-Object Name, PeeringState, PeeringSyncLevel, AllowGatewayTransit, UseRemoteGateways"
	return w.command(az.String(), ps, "the half of %s: %s", p.VNet.Name, want)
}

// listPeerings shows the states of all halves of a VNet.
func (w *bookWriter) listPeerings(vnet estate.ID) Command {
	az := w.az("network vnet peering list", vnet).named("vnet-name", vnet.Name).
		add("--query='[].{name: name, state: peeringState, sync: peeringSyncLevel}'", "--output=table")
	ps := w.ps("Get-AzVirtualNetworkPeering", vnet).named("VirtualNetworkName", vnet.Name).String() + " |\n  Select-Object Name, PeeringState, PeeringSyncLevel"
	return w.command(az.String(), ps, "the peerings of %s: those made so far are Connected and FullyInSync", vnet.Name)
}
