package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addGateway makes a gateway, a firewall, a Route Server or the load balancer of appliances, with what it stands on: its public address,
// and the site that its default route leads to.
func (w *bookWriter) addGateway(c *Commands, g *estate.Gateway) {
	ours := w.ownFirewall(g)
	switch {
	case w.now.gateways[g.ID.Key()] != nil:
		c.Do = append(c.Do, people("gateway %s exists: a person changes it", g.ID.Name))
		return
	case w.ownBalancer(g):
		w.addAppliances(c, g)
		return
	case !ours && !g.Kind.Virtual() && !w.ownServer(g):
		c.Do = append(c.Do, people("%s %s of VNet %s: a listing does not tell what it does with packets, so a person builds it", g.Kind, g.ID.Name, g.VNet.Name))
		return
	case ours:
		c.Do = append(c.Do, w.extension())
		w.made = append(w.made, policyOf(g.ID))
	}
	if !g.PublicIP.IsZero() && w.now.addressOf[g.PublicIP.Key()].IsZero() {
		c.Do = append(c.Do, w.createAddress(g))
		w.made = append(w.made, g.PublicIP)
	}
	if w.ownServer(g) {
		w.addServer(c, g)
		return
	}
	if ours {
		c.Do = append(c.Do, w.createPolicy(g), w.createFirewall(g))
		c.Verify = append(c.Verify, w.showFirewall(g))
		return
	}
	if s := w.site(g.DefaultSite); s != nil && w.now.sites[s.ID.Key()] == nil {
		w.makeSite(c, s)
	}
	c.Do = append(c.Do, w.gatewayAlone(g))
	if g.ActiveActive || len(g.MoreAddresses) > 0 || len(g.CustomRoutes) > 0 {
		c.Do = append(c.Do, people("gateway %s has several instances or routes of its own for clients: a person sets them", g.ID.Name))
	}
	if len(g.ClientPools) > 0 {
		c.Do = append(c.Do, people("point-to-site clients of %s: their pool (%s), protocols and root certificates are in the template of the kit, or are set by hand", g.ID.Name, strings.Join(prefixes(g.ClientPools), ", ")))
	}
	c.Verify = append(c.Verify, w.showGateway(g.ID, "Succeeded"))
}

func (w *bookWriter) createAddress(g *estate.Gateway) Command {
	az := w.az("network public-ip create", g.PublicIP).named("name", g.PublicIP.Name).opt("location", w.region(g.Region)).
		add("--sku=Standard", "--allocation-method=Static", "--version=IPv4")
	ps := w.ps("New-AzPublicIpAddress", g.PublicIP).opt("Location", w.region(g.Region)).
		add("-Sku Standard", "-AllocationMethod Static", "-IpAddressVersion IPv4")
	if spread := zones(g.Region); len(spread) > 0 {
		az.add("--zone " + strings.Join(spread, " "))
		ps.add("-Zone " + strings.Join(spread, ", "))
	}
	note := "public address %s: it is the platform's to choose"
	if g.Kind.Virtual() {
		note += "; the devices that are pointed at the gateway have to learn it"
	}
	return w.create(g.PublicIP, az.add("--output=none").String(), ps, "Select-Object Name, IpAddress", note, g.PublicIP.Name)
}

func (w *bookWriter) gatewayAlone(g *estate.Gateway) Command {
	az := w.az("network vnet-gateway create", g.ID).named("name", g.ID.Name).opt("location", w.region(g.Region)).
		opt("vnet", w.resourceID(g.VNet)).add("--gateway-type="+g.Kind.String()).opt("sku", w.text(g.SKU))
	ps := w.ps("New-AzVirtualNetworkGateway", g.ID).opt("Location", w.region(g.Region)).
		add("-GatewayType "+g.Kind.String()).opt("GatewaySku", w.text(g.SKU))
	configuration := "-IpConfigurations (New-AzVirtualNetworkGatewayIpConfig -Name default -SubnetId " + w.resourceID(g.VNet).then("/subnets/"+estate.GatewaySubnet).powershell()
	if g.Kind == estate.VPNGateway {
		az.add("--vpn-type=RouteBased")
		ps.add("-VpnType RouteBased")
		if made := generation(g.SKU); made != "" {
			az.add("--vpn-gateway-generation=" + made)
			ps.add("-VpnGatewayGeneration " + made)
		}
	}
	if !g.PublicIP.IsZero() {
		az.opt("public-ip-addresses", w.resourceID(g.PublicIP))
		configuration += " -PublicIpAddressId " + w.resourceID(g.PublicIP).powershell()
	}
	ps.add(configuration + ")")
	if asn, ok := g.BGP.Number(); ok && g.Kind == estate.VPNGateway {
		weight := g.BGP.Weight()
		az.add("--enable-bgp=true", "--asn="+itoa(asn)).when(weight > 0, "--peer-weight="+itoa(weight))
		ps.add("-EnableBgp $true", "-Asn "+itoa(asn)).when(weight > 0, "-PeerWeight "+itoa(weight))
	}
	if !g.DefaultSite.IsZero() {
		az.opt("gateway-default-site", w.resourceID(g.DefaultSite))
		ps.add("-GatewayDefaultSite " + w.got("Get-AzLocalNetworkGateway", g.DefaultSite))
	}
	az.add("--output=none")
	return w.create(g.ID, az.String(), ps.add("-Force"), "Select-Object Name, ProvisioningState", "gateway %s: 30 to 45 minutes, or more", g.ID.Name)
}

// addressUsed shows what a public address is used by.
func (w *bookWriter) addressUsed(id estate.ID) Command {
	az := w.az("network public-ip show", id).named("name", id.Name).add("--query=ipConfiguration.id", "--output=tsv")
	ps := w.ps("Get-AzPublicIpAddress", id).named("Name", id.Name).String() + " |\n  ForEach-Object { $_.IpConfiguration.Id }"
	return w.command(az.String(), ps, "what uses public address %s: nothing is printed", id.Name)
}

// showGateway shows whether a gateway is ready.
func (w *bookWriter) showGateway(id estate.ID, want string) Command {
	az := w.az("network vnet-gateway show", id).named("name", id.Name).add("--query='[provisioningState, gatewayType, sku.name]'", "--output=json")
	ps := w.ps("Get-AzVirtualNetworkGateway", id).named("Name", id.Name).String() + " |\n  Select-Object Name, ProvisioningState, GatewayType"
	return w.command(az.String(), ps, "gateway %s: %s", id.Name, want)
}

// connectionsOf shows which connections a gateway has.
func (w *bookWriter) connectionsOf(id estate.ID) Command {
	az := w.az("network vpn-connection list", id).named("vnet-gateway", id.Name).add("--query='[].id'", "--output=tsv")
	ps := "@(" + strings.Join(w.ps("Get-AzVirtualNetworkGatewayConnection", id).words, " ") + ") |\n  Where-Object { $_.VirtualNetworkGateway1.Id -eq " + w.resourceID(id).powershell() +
		" -or $_.VirtualNetworkGateway2.Id -eq " + w.resourceID(id).powershell() + " } | Select-Object Name"
	return w.command(az.String(), ps, "connections of gateway %s: nothing is printed; in PowerShell, repeat it for every other resource group with connections", id.Name)
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
