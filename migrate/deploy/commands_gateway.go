package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// createGateway makes a gateway with what it stands on: its public address, and the site that its default route
// leads to.
func (w *bookWriter) createGateway(g *estate.Gateway) []Command {
	if planned(g) {
		return w.createFirewall(g)
	}
	if !g.Kind.Virtual() {
		return []Command{people("%s %s of VNet %s: a listing does not tell what it does with packets, so a person builds it", g.Kind, g.ID.Name, g.VNet.Name)}
	}
	var out []Command
	if !g.PublicIP.IsZero() && w.now.addressOf[g.PublicIP.Key()].IsZero() {
		out = append(out, w.createAddress(g))
	}
	if s := w.site(g.DefaultSite); s != nil && w.now.sites[s.ID.Key()] == nil {
		out = append(out, w.createSite(s))
		w.now.sites[s.ID.Key()] = s
	}
	out = append(out, w.gatewayAlone(g))
	if g.ActiveActive || len(g.MoreAddresses) > 0 || len(g.CustomRoutes) > 0 {
		out = append(out, people("gateway %s has several instances or routes of its own for clients: a person sets them", g.ID.Name))
	}
	if len(g.ClientPools) > 0 {
		out = append(out, people("point-to-site clients of %s: their pool (%s), protocols and root certificates are in the template of the kit, or are set by hand", g.ID.Name, strings.Join(prefixes(g.ClientPools), ", ")))
	}
	return out
}

func (w *bookWriter) createAddress(g *estate.Gateway) Command {
	az := w.az("network public-ip create", g.PublicIP).named("name", g.PublicIP.Name).opt("location", w.region(g.Region)).
		add("--sku=Standard", "--allocation-method=Static", "--version=IPv4")
	ps := w.ps("New-AzPublicIpAddress", g.PublicIP).named("Name", g.PublicIP.Name).opt("Location", w.region(g.Region)).
		add("-Sku Standard", "-AllocationMethod Static", "-IpAddressVersion IPv4")
	if spread := zones(g.Region); len(spread) > 0 {
		az.add("--zone " + strings.Join(spread, " "))
		ps.add("-Zone " + strings.Join(spread, ", "))
	}
	note := "public address %s: it is the platform's to choose"
	if g.Kind.Virtual() {
		note += "; the devices that are pointed at the gateway have to learn it"
	}
	return w.command(az.add("--output=none").String(), ps.String()+" |\n  Select-Object Name, IpAddress", note, g.PublicIP.Name)
}

func (w *bookWriter) gatewayAlone(g *estate.Gateway) Command {
	az := w.az("network vnet-gateway create", g.ID).named("name", g.ID.Name).opt("location", w.region(g.Region)).
		opt("vnet", w.resourceID(g.VNet)).add("--gateway-type="+g.Kind.String()).opt("sku", w.text(g.SKU))
	ps := w.ps("New-AzVirtualNetworkGateway", g.ID).named("Name", g.ID.Name).opt("Location", w.region(g.Region)).
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
	return w.command(az.String(), ps.add("-Force").String()+" |\n  Select-Object Name, ProvisioningState", "gateway %s: 30 to 45 minutes, or more", g.ID.Name)
}

// remakeGateway takes back the deletion of a gateway, where commands can say all that it was.
func (w *bookWriter) remakeGateway(g *estate.Gateway) Command {
	lost := func(why string) Command {
		return people("no command takes this back: %s. Build gateway %s from the listing that was kept, with its template or by hand", why, g.ID.Name)
	}
	size, known := azure.LookupVPNGatewaySKU(g.SKU)
	switch {
	case !g.Kind.Virtual():
		return lost("it is no virtual network gateway")
	case g.Kind == estate.VPNGateway && known && !size.Creatable:
		return lost("its size " + g.SKU + " cannot be created any more")
	case g.Kind == estate.VPNGateway && g.PublicIP.IsZero():
		return lost("nothing tells its public address")
	case g.BasicIP:
		return lost("its public address is a Basic one, which is lost with it")
	case len(g.ClientPools) > 0:
		return lost("it has point-to-site clients, whose certificates no command here has")
	case g.ActiveActive || len(g.MoreAddresses) > 0 || len(g.CustomRoutes) > 0:
		return lost("it has several instances or routes of its own for clients")
	}
	c := w.gatewayAlone(g)
	c.Note += "; its connections come after it"
	return c
}

func (w *bookWriter) deleteGateway(id estate.ID) Command {
	if id.Type != estate.TypeGateway {
		return people("%s: a person takes it down", id)
	}
	az := w.az("network vnet-gateway delete", id).named("name", id.Name)
	ps := w.ps("Remove-AzVirtualNetworkGateway", id).named("Name", id.Name).add("-Force")
	return w.command(az.String(), ps.String(), "gateway %s", id.Name)
}

func (w *bookWriter) deleteAddress(id estate.ID) Command {
	az := w.az("network public-ip delete", id).named("name", id.Name)
	ps := w.ps("Remove-AzPublicIpAddress", id).named("Name", id.Name).add("-Force")
	return w.command(az.String(), ps.String(), "public address %s", id.Name)
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

// gone shows that a resource is not there any more, in no resource group.
func (w *bookWriter) gone(id estate.ID) Command {
	typ, _ := armType(id)
	az := w.azIn("resource list", id).named("name", id.Name).opt("resource-type", literal(typ)).add("--query='[].id'", "--output=tsv")
	ps := w.psIn("Get-AzResource", id).named("Name", id.Name).opt("ResourceType", literal(typ)).String() + " | Select-Object ResourceId"
	return w.command(az.String(), ps, "%s %s is not listed: nothing is printed", typeWord(id), id.Name)
}

// typeWord names the type of an object for people.
func typeWord(id estate.ID) string {
	switch id.Type {
	case estate.TypeConnection:
		return "connection"
	case estate.TypeGateway:
		return "gateway"
	case estate.TypeSite:
		return "local network gateway"
	case estate.TypePublicIP:
		return "public address"
	}
	return "resource"
}

// createNetwork makes a VNet that does not exist, with what its subnets refer to. A VNet that exists is never
// written: a write drops what it does not name.
func (w *bookWriter) createNetwork(v *estate.VNet, add *estate.Estate) []Command {
	if w.now.vnets[v.ID.Key()] != nil {
		return []Command{people("VNet %s exists, and is changed property by property by a person: no VNet that exists is written", v.ID.Name)}
	}
	var out []Command
	for i := range add.SecurityGroups {
		if g := &add.SecurityGroups[i]; w.now.securityGroups[g.ID.Key()] == nil {
			out = append(out, w.createSecurityGroup(g)...)
		}
	}
	for i := range add.RouteTables {
		if t := &add.RouteTables[i]; w.now.routeTables[t.ID.Key()] == nil {
			out = append(out, w.createRouteTable(t)...)
		}
	}
	return append(out, w.networkAlone(v)...)
}

// networkAlone makes the VNet for either shell: az adds the subnets one after the other.
func (w *bookWriter) networkAlone(v *estate.VNet) []Command {
	space := prefixes(v.Space)
	var servers []string
	for _, d := range v.DNS {
		servers = append(servers, d.Address.String())
	}
	test, absent := w.unlessThere(v.ID, arm.TypeVirtualNetwork)
	az := w.az("network vnet create", v.ID).named("name", v.ID.Name).opt("location", w.region(v.Region)).list("address-prefixes", space).list("dns-servers", servers).add("--output=none")
	ps := w.ps("New-AzVirtualNetwork", v.ID).add("-Name "+absent).opt("Location", w.region(v.Region)).list("AddressPrefix", space).list("DnsServer", servers)
	if subnets := w.subnetsForPowerShell(v); len(subnets) > 0 {
		ps.add("-Subnet @(\n    " + strings.Join(subnets, "\n    ") + "\n  )")
	}
	out := []Command{w.command(test+az.String(), ps.String()+" |\n  Select-Object Name, ProvisioningState", "VNet %s; nothing is done when there is one already", v.ID.Name)}
	for i := range v.Subnets {
		s := &v.Subnets[i]
		one := w.az("network vnet subnet create", v.ID).named("vnet-name", v.ID.Name).named("name", s.Name).list("address-prefixes", subnetPrefixes(s)).
			add("--default-outbound-access=" + boolWord(len(s.Refs) > 0))
		if !s.SecurityGroup.IsZero() {
			one.opt("network-security-group", w.resourceID(s.SecurityGroup))
		}
		if !s.RouteTable.IsZero() {
			one.opt("route-table", w.resourceID(s.RouteTable))
		}
		out = append(out, w.command(one.add("--output=none").String(), "", "subnet %s of %s; in PowerShell it was made with the VNet", s.Name, v.ID.Name))
		if len(s.ServiceEndpoints)+len(s.Delegations) > 0 || !s.NATGateway.IsZero() {
			out = append(out, people("subnet %s of %s has service endpoints, a delegation or a NAT gateway: a person sets them", s.Name, v.ID.Name))
		}
	}
	if v.Encryption {
		out = append(out, people("encryption of VNet %s: a person switches it on", v.ID.Name))
	}
	return out
}

func subnetPrefixes(s *estate.Subnet) []string {
	return prefixes(slices.Concat([]estate.Prefix{s.Prefix}, s.MorePrefixes))
}

func (w *bookWriter) subnetsForPowerShell(v *estate.VNet) []string {
	out := make([]string, len(v.Subnets))
	for i := range v.Subnets {
		s := &v.Subnets[i]
		l := (&line{w: w, shell: PowerShell, words: []string{"New-AzVirtualNetworkSubnetConfig"}}).named("Name", s.Name).list("AddressPrefix", subnetPrefixes(s)).
			add("-DefaultOutboundAccess $" + boolWord(len(s.Refs) > 0))
		if !s.SecurityGroup.IsZero() {
			l.opt("NetworkSecurityGroupId", w.resourceID(s.SecurityGroup))
		}
		if !s.RouteTable.IsZero() {
			l.opt("RouteTableId", w.resourceID(s.RouteTable))
		}
		out[i] = strings.Join(l.words, " ")
	}
	return out
}

func (w *bookWriter) deleteNetwork(id estate.ID) Command {
	az := w.az("network vnet delete", id).named("name", id.Name)
	ps := w.ps("Remove-AzVirtualNetwork", id).named("Name", id.Name).add("-Force")
	return w.command(az.String(), ps.String(), "VNet %s", id.Name)
}

// showNetwork shows the address space and the subnets of a VNet.
func (w *bookWriter) showNetwork(id estate.ID) Command {
	az := w.az("network vnet show", id).named("name", id.Name).
		add("--query='{state: provisioningState, space: addressSpace.addressPrefixes, subnets: subnets[].[name, addressPrefix, addressPrefixes]}'", "--output=json")
	ps := w.ps("Get-AzVirtualNetwork", id).named("Name", id.Name).String() + " |\n  Select-Object ProvisioningState, AddressSpaceText, SubnetsText"
	return w.command(az.String(), ps, "VNet %s: its address space and its subnets", id.Name)
}
