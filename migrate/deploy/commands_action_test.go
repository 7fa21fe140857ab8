package deploy_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
)

const (
	firstSubscription  = "aaaaaaaa-0000-0000-0000-000000000001"
	secondSubscription = "bbbbbbbb-0000-0000-0000-000000000002"
)

func prefixesOf(texts ...string) []estate.Prefix {
	var out []estate.Prefix
	for _, p := range texts {
		out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(p), Raw: p})
	}
	return out
}

// world is a hub and a spoke in two subscriptions, with a tunnel between them and one from the hub to HQ. Names pass
// through name.
type world struct {
	hub, spoke       estate.VNet
	hubGW, spokeGW   estate.Gateway
	out, back, leads estate.Connection
	hq               estate.Site
	toSpoke, toHub   estate.Peering
}

func id(subscription, group, typ, name, child string) estate.ID {
	return estate.ID{Subscription: subscription, Group: group, Type: typ, Name: name, Child: child}
}

func newWorld(name func(string) string) *world {
	region := estate.Region{Name: "westeurope", Raw: "West Europe"}
	at := func(first bool, typ, n string) estate.ID {
		if first {
			return id(firstSubscription, name("rg-hub"), typ, name(n), "")
		}
		return id(secondSubscription, name("rg-spoke"), typ, name(n), "")
	}
	w := &world{
		hub:   estate.VNet{ID: at(true, estate.TypeVNet, "hub"), Name: name("hub"), Model: estate.ARM, Region: region, Space: prefixesOf("10.0.0.0/16")},
		spoke: estate.VNet{ID: at(false, estate.TypeVNet, "spoke"), Name: name("spoke"), Model: estate.ARM, Region: region, Space: prefixesOf("10.1.0.0/16")},
	}
	gateway := func(first bool, v *estate.VNet, n string) estate.Gateway {
		return estate.Gateway{ID: at(first, estate.TypeGateway, n), VNet: v.ID, SKU: "VpnGw1AZ", PublicIP: at(first, estate.TypePublicIP, n+"-ip"), Region: region}
	}
	w.hubGW, w.spokeGW = gateway(true, &w.hub, "hub-gw"), gateway(false, &w.spoke, "spoke-gw")
	w.hq = estate.Site{ID: at(true, estate.TypeSite, "HQ"), Name: name("HQ"), Region: region, Prefixes: prefixesOf("192.168.0.0/24", "192.168.8.0/24"), Address: estate.Address{Addr: netip.MustParseAddr("81.2.69.160"), Raw: "81.2.69.160"}}
	secret := netcfg.NewSecret("NobodyReadsThis1")
	w.out = estate.Connection{ID: at(true, estate.TypeConnection, "hub-to-spoke"), Gateway: w.hubGW.ID, Kind: estate.Vnet2Vnet, RemoteGateway: w.spokeGW.ID, KeyName: name("hub-to-spoke"), Key: secret}
	w.back = estate.Connection{ID: at(false, estate.TypeConnection, "spoke-to-hub"), Gateway: w.spokeGW.ID, Kind: estate.Vnet2Vnet, RemoteGateway: w.hubGW.ID, KeyName: name("hub-to-spoke"), Key: secret}
	w.leads = estate.Connection{ID: at(true, estate.TypeConnection, "hub-to-HQ"), Gateway: w.hubGW.ID, Site: w.hq.ID, KeyName: name("hub-to-HQ"), Key: secret, Vault: estate.Fact{Value: "hq-key"}}
	half := func(v, remote *estate.VNet, child string) estate.Peering {
		p := v.ID
		p.Type, p.Child = estate.TypePeering, name(child)
		return estate.Peering{ID: p, VNet: v.ID, Remote: remote.ID, AllowVirtualNetworkAccess: true}
	}
	w.toSpoke, w.toHub = half(&w.hub, &w.spoke, "to-spoke"), half(&w.spoke, &w.hub, "to-hub")
	w.toSpoke.AllowGatewayTransit = true
	return w
}

// base is all of it but the peerings.
func (w *world) base() *estate.Estate {
	return &estate.Estate{VNets: []estate.VNet{w.hub, w.spoke}, Sites: []estate.Site{w.hq}, Gateways: []estate.Gateway{w.hubGW, w.spokeGW},
		Connections: []estate.Connection{w.out, w.leads, w.back}, Listings: []estate.Listing{{Subscription: firstSubscription}, {Subscription: secondSubscription}}}
}

func of(base *estate.Estate, mode options.Mode, opts deploy.Options, steps ...plan.Step) *deploy.Book {
	for i := range steps {
		steps[i].ID, steps[i].Wave = "S00"+string(rune('1'+i)), i+1
	}
	return deploy.CommandsOf(takenBack(&plan.Plan{Mode: mode, Base: base, Target: base, Steps: steps}), opts)
}

func adds(action plan.Action, add estate.Estate) plan.Step {
	return plan.Step{Action: action, Effect: plan.Effect{Add: &add}}
}

// flat is a command on one line.
func flat(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\\\n", " ", "`\n", " ").Replace(s)), " ")
}

// said are the commands of one shell, or the words of those that have none, in order.
func said(commands []deploy.Command, posix bool) []string {
	var out []string
	for _, c := range commands {
		switch text := map[bool]string{true: c.Posix, false: c.PowerShell}[posix]; {
		case text != "":
			out = append(out, flat(text))
		case !c.Typed():
			out = append(out, "by hand: "+c.Note)
		}
	}
	return out
}

const (
	inHub   = "--subscription='" + firstSubscription + "' --resource-group='rg-hub'"
	inSpoke = "--subscription='" + secondSubscription + "' --resource-group='rg-spoke'"
	psHub   = "-DefaultProfile (Context '" + firstSubscription + "') -ResourceGroupName 'rg-hub'"
	psSpoke = "-DefaultProfile (Context '" + secondSubscription + "') -ResourceGroupName 'rg-spoke'"
	hubNet  = "/subscriptions/" + firstSubscription + "/resourceGroups/rg-hub/providers/Microsoft.Network/"
	farNet  = "/subscriptions/" + secondSubscription + "/resourceGroups/rg-spoke/providers/Microsoft.Network/"
)

func TestCommandsOfActions(t *testing.T) {
	w := newWorld(func(s string) string { return s })
	peered := func(change func(toSpoke, toHub *estate.Peering)) *estate.Estate {
		e, a, b := w.base(), w.toSpoke, w.toHub
		a.AllowGatewayTransit = false
		change(&a, &b)
		e.Peerings = []estate.Peering{a, b}
		return e
	}
	one := func(change func(*estate.Peering)) *estate.Estate {
		e, a := w.base(), w.toSpoke
		change(&a)
		e.Peerings = []estate.Peering{a}
		return e
	}
	remote := w.toHub
	remote.UseRemoteGateways = true
	both := estate.Estate{Peerings: []estate.Peering{w.toSpoke, w.toHub}}
	newHub := estate.VNet{ID: id(firstSubscription, "rg-hub", estate.TypeVNet, "hub2", ""), Region: w.hub.Region, Space: prefixesOf("10.9.0.0/22"),
		Subnets: []estate.Subnet{{Name: estate.GatewaySubnet, Prefix: prefixesOf("10.9.0.0/26")[0]}}}
	newGW := w.hubGW
	newGW.ID, newGW.VNet, newGW.PublicIP = id(firstSubscription, "rg-hub", estate.TypeGateway, "gw2", ""), newHub.ID, id(firstSubscription, "rg-hub", estate.TypePublicIP, "gw2-ip", "")
	asIPsec := w.out
	asIPsec.Kind, asIPsec.RemoteGateway, asIPsec.Site = estate.IPsec, estate.ID{}, w.hq.ID
	vault := deploy.Options{KeyVault: testVault}
	flagsOf := func(access, forwarded, transit, remote string) string {
		return "--allow-vnet-access=" + access + " --allow-forwarded-traffic=" + forwarded + " --allow-gateway-transit=" + transit + " --use-remote-gateways=" + remote + " --output=none"
	}
	createHub := "az network vnet peering create " + inHub + " --vnet-name='hub' --name='to-spoke' --remote-vnet='" + farNet + "virtualNetworks/spoke' " + flagsOf("true", "false", "true", "false")
	createSpoke := "az network vnet peering create " + inSpoke + " --vnet-name='spoke' --name='to-hub' --remote-vnet='" + hubNet + "virtualNetworks/hub' " + flagsOf("true", "false", "false", "false")
	deleteHub := "az network vnet peering delete " + inHub + " --vnet-name='hub' --name='to-spoke'"
	deleteSpoke := "az network vnet peering delete " + inSpoke + " --vnet-name='spoke' --name='to-hub'"
	syncHub := "az network vnet peering sync " + inHub + " --vnet-name='hub' --name='to-spoke' --output=none"
	makeOut := "key=$(az keyvault secret show --vault-name='kv-net' --name='vpn-hub-to-spoke' --query=value --output=tsv) && az network vpn-connection create " + inHub + " --name='hub-to-spoke' --location='westeurope' --vnet-gateway1='" + hubNet +
		"virtualNetworkGateways/hub-gw' --vnet-gateway2='" + farNet + `virtualNetworkGateways/spoke-gw' --shared-key="${key:?}" --routing-weight=0 --output=none; unset key`

	for _, test := range []struct {
		name             string
		base             *estate.Estate
		step             plan.Step
		do, undo         []string // for a POSIX shell; a part of each is enough
		psDo             string   // a part of the last one for PowerShell
		beforeHas, after string   // parts of what is looked at first, and last
	}{
		{name: "export", base: w.base(), step: plan.Step{Action: plan.Export}, do: []string{"netmigrate collect --force --folder=listing --output=collect.sh && bash collect.sh"}, psDo: "netmigrate collect --force --shell=powershell --folder=listing --output=collect.ps1 && ./collect.ps1"},
		{name: "verify listing", base: w.base(), step: plan.Step{Action: plan.VerifyListing}, do: []string{"--folder=listing-S001 --output=collect.sh && bash collect.sh && netmigrate verify . listing-S001"}, psDo: "netmigrate verify . listing-S001"},
		{name: "change device", base: w.base(), step: plan.Step{Action: plan.ChangeDevice, Object: w.hubGW.ID}, do: []string{"by hand: no command here reaches a device on-premises"}, undo: []string{"by hand: the owner"}},
		{name: "create peering", base: w.base(), step: adds(plan.CreatePeering, both), do: []string{createHub, createSpoke}, undo: []string{deleteHub, deleteSpoke},
			psDo: "Add-AzVirtualNetworkPeering -Name (Absent 'to-hub' (Get-AzVirtualNetworkPeering " + psSpoke + " -VirtualNetworkName 'spoke' -ErrorAction Stop)) -DefaultProfile (Context '" + secondSubscription + "') -VirtualNetwork (Get-AzVirtualNetwork " + psSpoke + " -Name 'spoke') -RemoteVirtualNetworkId '" + hubNet +
				"virtualNetworks/hub' -BlockVirtualNetworkAccess:$false -AllowForwardedTraffic:$false -AllowGatewayTransit:$false -UseRemoteGateways:$false", after: "show-effective-route-table"},
		{name: "one half is there", base: one(func(*estate.Peering) {}), step: adds(plan.CreatePeering, both), do: []string{createSpoke, syncHub}, undo: []string{deleteSpoke},
			psDo: "Sync-AzVirtualNetworkPeering " + psHub + " -VirtualNetworkName 'hub' -Name 'to-spoke'"},
		{name: "one half has other flags", base: one(func(p *estate.Peering) { p.AllowGatewayTransit, p.AllowForwardedTraffic = false, true }), step: adds(plan.CreatePeering, both),
			do:   []string{"az network vnet peering update " + inHub + " --vnet-name='hub' --name='to-spoke' --set allowForwardedTraffic=false allowGatewayTransit=true --output=none", createSpoke, syncHub},
			undo: []string{deleteSpoke, "--set allowForwardedTraffic=true allowGatewayTransit=false"}},
		{name: "a half is Disconnected", base: peered(func(a, _ *estate.Peering) { a.State = estate.PeeringDisconnected }), step: adds(plan.CreatePeering, both),
			do: []string{deleteHub, deleteSpoke, createHub, createSpoke}, undo: []string{deleteHub, deleteSpoke, "by hand: ", "by hand: "}},
		{name: "a part of the VNets", base: w.base(), step: adds(plan.CreatePeering, estate.Estate{Peerings: []estate.Peering{func() estate.Peering {
			p := w.toSpoke
			p.Partial, p.LocalSubnets, p.RemoteSubnets = true, []string{"a", "b"}, []string{"c"}
			return p
		}()}}), do: []string{"--peer-complete-vnets=false --local-subnet-names 'a' 'b' --remote-subnet-names 'c'"}, undo: []string{deleteHub}, psDo: "-PeerCompleteVnets $false -LocalSubnetNames 'a', 'b' -RemoteSubnetNames 'c'"},
		{name: "use remote gateway", base: peered(func(a, _ *estate.Peering) { a.AllowGatewayTransit = true }), step: adds(plan.UseRemoteGateway, estate.Estate{Peerings: []estate.Peering{remote}}),
			do:   []string{"az network vnet peering update " + inSpoke + " --vnet-name='spoke' --name='to-hub' --set useRemoteGateways=true --output=none"},
			undo: []string{"--set useRemoteGateways=false"}, psDo: "ForEach-Object { $_.UseRemoteGateways = $true; $_ } | ForEach-Object { Set-AzVirtualNetworkPeering -VirtualNetworkPeering $_", beforeHas: "az network vnet-gateway show " + inHub + " --name='hub-gw'"},
		{name: "delete tunnel", base: w.base(), step: plan.Step{Action: plan.DeleteTunnel, Effect: plan.Effect{Remove: []estate.ID{w.out.ID, w.back.ID}}},
			do:   []string{"az network vpn-connection delete " + inHub + " --name='hub-to-spoke'", "az network vpn-connection delete " + inSpoke + " --name='spoke-to-hub'"},
			undo: []string{makeOut, "--name='spoke-to-hub'"}, psDo: "Remove-AzVirtualNetworkGatewayConnection " + psSpoke + " -Name 'spoke-to-hub' -Force",
			beforeHas: "az network vpn-connection show " + inSpoke + " --name='spoke-to-hub' --query='[connectionStatus, ingressBytesTransferred, egressBytesTransferred]'", after: "az resource list"},
		{name: "delete a tunnel to on-premises", base: w.base(), step: plan.Step{Action: plan.DeleteTunnel, Effect: plan.Effect{Remove: []estate.ID{w.leads.ID}}},
			do: []string{"az network vpn-connection delete " + inHub + " --name='hub-to-HQ'"}, undo: []string{"--name='hq-key' --query=value"}, psDo: "-Name 'hub-to-HQ'"},
		{name: "delete gateway", base: w.base(), step: plan.Step{Action: plan.DeleteGateway, Effect: plan.Effect{Remove: []estate.ID{w.spokeGW.ID}}},
			do:   []string{"az network vnet-gateway delete " + inSpoke + " --name='spoke-gw'"},
			undo: []string{"az network vnet-gateway create " + inSpoke + " --name='spoke-gw' --location='westeurope' --vnet='" + farNet + "virtualNetworks/spoke' --gateway-type=Vpn --sku='VpnGw1AZ' --vpn-type=RouteBased --vpn-gateway-generation=Generation1 --public-ip-addresses='" + farNet + "publicIPAddresses/spoke-gw-ip'"},
			psDo: "Remove-AzVirtualNetworkGateway " + psSpoke + " -Name 'spoke-gw' -Force", beforeHas: "az network vpn-connection list " + inSpoke + " --vnet-gateway='spoke-gw'", after: "--resource-type='Microsoft.Network/virtualNetworkGateways'"},
		{name: "create VNet", base: w.base(), step: adds(plan.CreateVNet, estate.Estate{VNets: []estate.VNet{newHub}}),
			do:   []string{"az network vnet create " + inHub + " --name='hub2' --location='westeurope' --address-prefixes '10.9.0.0/22' --output=none && az network vnet subnet create " + inHub + " --vnet-name='hub2' --name='GatewaySubnet' --address-prefixes '10.9.0.0/26' --default-outbound-access=false"},
			undo: []string{"az network vnet delete " + inHub + " --name='hub2'"}, psDo: "New-AzVirtualNetworkSubnetConfig -Name 'GatewaySubnet' -AddressPrefix '10.9.0.0/26' -DefaultOutboundAccess $false"},
		{name: "a VNet that exists", base: w.base(), step: adds(plan.CreateVNet, estate.Estate{VNets: []estate.VNet{w.hub}}), do: []string{"by hand: VNet hub exists"}, undo: []string{"by hand: "}},
		{name: "create gateway", base: w.base(), step: adds(plan.CreateGateway, estate.Estate{Gateways: []estate.Gateway{newGW}}),
			do:   []string{"az network public-ip create " + inHub + " --name='gw2-ip' --location='westeurope' --sku=Standard --allocation-method=Static --version=IPv4 --zone 1 2 3", "az network vnet-gateway create " + inHub + " --name='gw2'"},
			undo: []string{"az network vnet-gateway delete " + inHub + " --name='gw2'", "az network public-ip delete " + inHub + " --name='gw2-ip'"}, psDo: "New-AzVirtualNetworkGatewayIpConfig -Name default -SubnetId '" + hubNet + "virtualNetworks/hub2/subnets/GatewaySubnet'"},
		{name: "create connection", base: &estate.Estate{VNets: w.base().VNets, Gateways: w.base().Gateways, Sites: w.base().Sites, Listings: w.base().Listings}, step: adds(plan.CreateConnection, estate.Estate{Connections: []estate.Connection{w.leads}}),
			do: []string{"--local-gateway2='" + hubNet + `localNetworkGateways/HQ' --shared-key="${key:?}"`}, undo: []string{"az network vpn-connection delete " + inHub + " --name='hub-to-HQ'"},
			psDo: "-ConnectionType IPsec -VirtualNetworkGateway1 (Get-AzVirtualNetworkGateway " + psHub + " -Name 'hub-gw' -ErrorAction Stop) -LocalNetworkGateway2 (Get-AzLocalNetworkGateway " + psHub + " -Name 'HQ' -ErrorAction Stop) -SharedKey (Key 'kv-net' 'hq-key')"},
		{name: "create connection with its site", base: &estate.Estate{VNets: w.base().VNets, Gateways: w.base().Gateways, Listings: w.base().Listings}, step: adds(plan.CreateConnection, estate.Estate{Connections: []estate.Connection{w.leads}, Sites: []estate.Site{w.hq}}),
			do:   []string{"az network local-gateway create " + inHub + " --name='HQ' --location='westeurope' --address-prefixes '192.168.0.0/24' '192.168.8.0/24' --gateway-ip-address='81.2.69.160'", "az network vpn-connection create"},
			undo: []string{"az network vpn-connection delete", "az network local-gateway delete"}, psDo: "New-AzVirtualNetworkGatewayConnection"},
		{name: "restore prefixes", base: w.base(), step: adds(plan.RestorePrefixes, estate.Estate{Connections: []estate.Connection{asIPsec}}),
			do:   []string{"az network vpn-connection delete " + inHub + " --name='hub-to-spoke'", "az network local-gateway create", "--local-gateway2="},
			undo: []string{"az network vpn-connection delete", "az network local-gateway delete", "--vnet-gateway2="}, psDo: "-ConnectionType IPsec"},
		{name: "clean up", base: w.base(), step: plan.Step{Action: plan.CleanUp, Effect: plan.Effect{Remove: []estate.ID{w.hq.ID, w.spokeGW.PublicIP}}},
			do:   []string{"az network local-gateway delete " + inHub + " --name='HQ'", "az network public-ip delete " + inSpoke + " --name='spoke-gw-ip'"},
			undo: []string{"az network local-gateway create", "by hand: nothing brings public address spoke-gw-ip back"}, psDo: "Remove-AzPublicIpAddress " + psSpoke + " -Name 'spoke-gw-ip' -Force", beforeHas: "--query=ipConfiguration.id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := of(test.base, options.ARMLive, vault, test.step).Steps[0]
			match := func(what string, got, want []string) {
				if len(got) != len(want) {
					t.Errorf("%s: %d, want %d:\n%s", what, len(got), len(want), strings.Join(got, "\n"))
					return
				}
				for i := range want {
					if !strings.Contains(got[i], want[i]) {
						t.Errorf("%s: %s\nwant %s", what, got[i], want[i])
					}
				}
			}
			match("do", slices.DeleteFunc(said(c.Do, true), func(s string) bool { return strings.HasPrefix(s, "by hand: keep") }), test.do)
			match("undo", said(c.Undo, true), test.undo)
			if ps := said(c.Do, false); !strings.Contains(strings.Join(ps, "\n"), test.psDo) {
				t.Errorf("PowerShell does\n%s\nwant %s", strings.Join(ps, "\n"), test.psDo)
			}
			if before := said(c.Before, true); !strings.Contains(strings.Join(before, "\n"), test.beforeHas) {
				t.Errorf("before:\n%s\nwant %s", strings.Join(before, "\n"), test.beforeHas)
			}
			if after := said(c.Verify, true); !strings.Contains(strings.Join(after, "\n"), test.after) {
				t.Errorf("verify:\n%s\nwant %s", strings.Join(after, "\n"), test.after)
			}
		})
	}
}

// The platform's migration is in PowerShell alone, by the name that the classic VNet has.
func TestCommandsOfMigration(t *testing.T) {
	w := newWorld(func(s string) string { return s })
	w.hub.Name = "Group corp hub’s"
	c := of(w.base(), options.ClassicLive, deploy.Options{}, plan.Step{Action: plan.MigrateVNet, Object: w.hub.ID}).Steps[0]
	got := strings.Join(said(slices.Concat(c.Before, c.Do, c.Undo), false), "\n")
	for _, stage := range []string{"Validate", "Prepare", "Commit", "Abort"} {
		if !strings.Contains(got, "Move-AzureVirtualNetwork -"+stage+" -VirtualNetworkName 'Group corp hub’’s'") {
			t.Errorf("%s is missing in\n%s", stage, got)
		}
	}
	if posix := said(c.Do, true); len(posix) != 1 || !strings.HasPrefix(posix[0], "by hand: ") {
		t.Errorf("az does %q", posix)
	}
}

// A gateway of which commands cannot say all that it was is not made again by one.
func TestGatewaysThatStayGone(t *testing.T) {
	for want, change := range map[string]func(*estate.Gateway){
		"cannot be created any more":   func(g *estate.Gateway) { g.SKU = "VpnGw1" },
		"point-to-site clients":        func(g *estate.Gateway) { g.ClientPools = prefixesOf("172.16.0.0/24") },
		"several instances":            func(g *estate.Gateway) { g.ActiveActive = true },
		"a Basic one":                  func(g *estate.Gateway) { g.BasicIP = true },
		"nothing tells its public":     func(g *estate.Gateway) { g.PublicIP = estate.ID{} },
		"no virtual network gateway":   func(g *estate.Gateway) { g.Kind = estate.Firewall },
		"several instances or routes ": func(g *estate.Gateway) { g.CustomRoutes = prefixesOf("10.9.0.0/16") },
	} {
		w := newWorld(func(s string) string { return s })
		change(&w.spokeGW)
		c := of(w.base(), options.ARMLive, deploy.Options{}, plan.Step{Action: plan.DeleteGateway, Effect: plan.Effect{Remove: []estate.ID{w.spokeGW.ID}}}).Steps[0]
		if got := strings.Join(said(c.Undo, true), "\n"); !strings.HasPrefix(got, "by hand: no command takes this back") || !strings.Contains(got, want) {
			t.Errorf("undo: %s, want %q", got, want)
		}
	}
}

// The keys of tunnels that go are put into the vault, and none is told.
func TestCommandsKeepKeys(t *testing.T) {
	w := newWorld(func(s string) string { return s })
	steps := []plan.Step{{Action: plan.Export}, {Action: plan.DeleteTunnel, Effect: plan.Effect{Remove: []estate.ID{w.out.ID, w.back.ID}}}}
	book := of(w.base(), options.ARMLive, deploy.Options{KeyVault: testVault}, steps...)
	keep := strings.Join(said(book.Steps[0].Do, true), "\n")
	if n := strings.Count(keep, "az keyvault secret set"); n != 1 || !strings.Contains(keep, "shared-key show "+inHub+" --connection-name='hub-to-spoke'") || !strings.Contains(keep, `--value="${key:?}" --output=none; unset key`) {
		t.Errorf("one key of two halves is kept by\n%s", keep)
	}
	for _, opts := range []deploy.Options{{}, {KeyVault: testVault}} {
		for _, c := range of(w.base(), options.ARMLive, opts, steps...).Steps {
			for _, one := range all(c) {
				if strings.Contains(one.Posix+one.PowerShell+one.Note, "NobodyReadsThis1") {
					t.Errorf("a key is told: %+v", one)
				}
			}
		}
	}
	loose := of(w.base(), options.ARMLive, deploy.Options{}, steps...)
	want := []deploy.Variable{{Name: "SHARED_KEY_HUB_TO_SPOKE", Means: `the shared key of the tunnel "hub-to-spoke"`, Secret: true, When: deploy.ToUndo}}
	if !slices.Equal(loose.Variables, want) {
		t.Errorf("variables %+v, want %+v", loose.Variables, want)
	}
}

// isCount is the word by which a command asks whether what it makes is there.
func isCount(word string) bool { return strings.HasPrefix(word, "--query=length(") }

// Two documents without ids need two variables; what an options file says needs none.
func TestCommandsOfUnknownPlaces(t *testing.T) {
	w := newWorld(func(s string) string { return s })
	for _, e := range []*estate.ID{&w.hub.ID, &w.toSpoke.ID, &w.toSpoke.VNet, &w.toHub.Remote} {
		e.Subscription, e.Group = "corp/west.netcfg", ""
	}
	for _, e := range []*estate.ID{&w.spoke.ID, &w.toHub.ID, &w.toHub.VNet, &w.toSpoke.Remote} {
		e.Subscription, e.Group = "corp/east.netcfg", ""
	}
	base := &estate.Estate{VNets: []estate.VNet{w.hub, w.spoke}}
	step := adds(plan.CreatePeering, estate.Estate{Peerings: []estate.Peering{w.toSpoke, w.toHub}})
	first := said(of(base, options.AsIfLive, deploy.Options{}, step).Steps[0].Do, true)[0]
	for _, want := range []string{`--subscription="${SUBSCRIPTION_WEST:?}" --resource-group="${RESOURCE_GROUP_WEST:?}"`, `--remote-vnet="/subscriptions/${SUBSCRIPTION_EAST:?}/resourceGroups/${RESOURCE_GROUP_EAST:?}/providers/`} {
		if !strings.Contains(first, want) {
			t.Errorf("%s\nwant %s", first, want)
		}
	}
	base.Subscriptions = []estate.Subscription{{Name: "corp/west.netcfg", ID: firstSubscription, ResourceGroup: "rg-west"}, {Name: "corp/east.netcfg", ID: secondSubscription, ResourceGroup: "rg-east"}}
	book := of(base, options.AsIfLive, deploy.Options{}, step)
	for _, v := range book.Variables {
		if v.When == deploy.AtStart {
			t.Errorf("variable %s, and the options say all", v.Name)
		}
	}
	if first = said(book.Steps[0].Do, true)[0]; !strings.Contains(first, "--subscription='"+firstSubscription+"' --resource-group='rg-west'") {
		t.Error(first)
	}
}

// Whatever things are called, a command is one command: az is called with the name as it is, or there are words.
func TestCommandsTakeNamesAsTheyAre(t *testing.T) {
	odd := []string{"$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "-x", "--help", "a\ntouch pwned", "’; New-Item pwned; ’", "@/etc/passwd", "a b", "a|touch pwned", "!!", "#", "a\\", "$HOME", "{a}", "null", "\x1b[2J"}
	asked := 0
	check := func(rt interface{ Fatalf(string, ...any) }, evil string) {
		w := newWorld(func(s string) string { return s + evil })
		book := of(w.base(), options.ARMLive, deploy.Options{KeyVault: testVault},
			plan.Step{Action: plan.DeleteTunnel, Effect: plan.Effect{Remove: []estate.ID{w.out.ID, w.back.ID}}},
			adds(plan.CreatePeering, estate.Estate{Peerings: []estate.Peering{w.toSpoke, w.toHub}}),
			plan.Step{Action: plan.CleanUp, Effect: plan.Effect{Remove: []estate.ID{w.spokeGW.ID, w.hq.ID}}})
		for _, c := range book.Steps {
			for _, one := range all(c) {
				if strings.ContainsAny(one.Note, "\n\r\x1b") {
					rt.Fatalf("the note %q has a line of its own", one.Note)
				}
			}
		}
		var named []string
		for _, c := range posix(book) {
			if strings.Contains(c, "vpn-connection delete") || strings.Contains(c, "peering create") {
				named = append(named, c)
			}
		}
		calls, failed := run(t, named)
		calls = slices.DeleteFunc(calls, func(call []string) bool { return slices.ContainsFunc(call, isCount) })
		if failed > 0 || len(calls) != len(named) {
			rt.Fatalf("%d commands, %d calls of az, %d failed", len(named), len(calls), failed)
		}
		for _, call := range calls {
			asked++
			if !slices.Contains(call, "--name=hub-to-spoke"+evil) && !slices.Contains(call, "--name=spoke-to-hub"+evil) && !slices.Contains(call, "--name=to-spoke"+evil) && !slices.Contains(call, "--name=to-hub"+evil) {
				rt.Fatalf("az %q, want a name that ends in %q", call, evil)
			}
		}
	}
	for _, evil := range odd {
		check(t, evil)
	}
	if asked < 4*len(odd)/2 {
		t.Errorf("only %d names came to az", asked)
	}
	rapid.Check(t, func(rt *rapid.T) { check(rt, rapid.OneOf(rapid.SampledFrom(odd), rapid.String()).Draw(rt, "name")) })
}
