package deploy

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
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

// createPeering makes one half, and states all of its flags.
func (w *bookWriter) createPeering(p *estate.Peering) Command {
	az := w.az("network vnet peering create", p.ID).named("vnet-name", p.ID.Name).named("name", p.ID.Child).opt("remote-vnet", w.resourceID(p.Remote))
	ps := w.psIn("Add-AzVirtualNetworkPeering", p.ID).named("Name", p.ID.Child).
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
	return w.command(az.add("--output=none").String(), ps.String()+" |\n  Select-Object Name, PeeringState", "the half of %s", p.VNet.Name)
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

func boolWord(on bool) string {
	if on {
		return "true"
	}
	return "false"
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

func (w *bookWriter) deletePeering(p *estate.Peering) Command {
	az := w.az("network vnet peering delete", p.ID).named("vnet-name", p.ID.Name).named("name", p.ID.Child)
	ps := w.ps("Remove-AzVirtualNetworkPeering", p.ID).named("VirtualNetworkName", p.ID.Name).named("Name", p.ID.Child).add("-Force")
	return w.command(az.String(), ps.String(), "the half of %s", p.VNet.Name)
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

// effectiveRoutes shows the routes of a machine in a VNet, which whoever runs it chooses.
func (w *bookWriter) effectiveRoutes(vnet estate.ID, want string) Command {
	nic := w.variable("interface", "NIC", Variable{Means: "the resource id of a network interface of a running machine; the command says in which VNet", When: EachTime})
	part := func(i string) string { return "((" + nic.powershell() + " -split '/')[" + i + "])" }
	az := "az network nic show-effective-route-table --ids=" + nic.posix() + " --output=table"
	ps := "Get-AzEffectiveRouteTable -DefaultProfile (Context " + part("2") + ") -ResourceGroupName " + part("4") + " `\n  -NetworkInterfaceName " + part("-1") +
		" |\n  Format-Table Source, State, AddressPrefix, NextHopType"
	return w.command(az, ps, "set NIC to a network interface in %s: %s", vnet.Name, want)
}
