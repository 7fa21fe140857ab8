package deploy

import (
	"cmp"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addConnections makes connections, with the sites that they end at. One that exists has its kind or its end
// changed, which only making it anew does.
func (w *bookWriter) addConnections(c *Commands, add *estate.Estate) {
	for i := range add.Connections {
		if n := &add.Connections[i]; w.now.connections[n.ID.Key()] != nil {
			c.Do = append(c.Do, w.remove(n.ID))
		}
	}
	for i := range add.Connections {
		n := &add.Connections[i]
		if s := w.toMake(n, add); s != nil {
			w.makeSite(c, s)
		}
		c.Do = append(c.Do, w.createConnection(n))
		c.Verify = append(c.Verify, w.showConnection(n.ID, "Connected; it may take some minutes. The counters grow once something is sent this way"))
	}
}

// makeSite makes a site that commands need on the way.
func (w *bookWriter) makeSite(c *Commands, s *estate.Site) {
	c.Do = append(c.Do, w.createSite(s))
	w.now.sites[s.ID.Key()] = s
	w.made = append(w.made, s.ID)
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

// createConnection makes one half of a tunnel, or a connection to a circuit.
func (w *bookWriter) createConnection(c *estate.Connection) Command {
	gateway := w.gateway(c.Gateway)
	if gateway == nil {
		return people("connection %s: nothing tells where its gateway %s is", c.ID.Name, c.Gateway.Name)
	}
	az := w.az("network vpn-connection create", c.ID).named("name", c.ID.Name).opt("location", w.region(gateway.Region)).opt("vnet-gateway1", w.resourceID(c.Gateway))
	ps := w.ps("New-AzVirtualNetworkGatewayConnection", c.ID).opt("Location", w.region(gateway.Region)).
		add("-ConnectionType "+c.Kind.String(), "-VirtualNetworkGateway1 "+w.got("Get-AzVirtualNetworkGateway", c.Gateway))
	before := ""
	switch c.Kind {
	case estate.ExpressRoute:
		before = w.toCircuit(c, az, ps)
	case estate.Vnet2Vnet:
		az.opt("vnet-gateway2", w.resourceID(c.RemoteGateway))
		ps.add("-VirtualNetworkGateway2 " + w.got("Get-AzVirtualNetworkGateway", c.RemoteGateway))
		before = w.keyed(c, az, ps)
	default:
		az.opt("local-gateway2", w.resourceID(c.Site))
		ps.add("-LocalNetworkGateway2 " + w.got("Get-AzLocalNetworkGateway", c.Site))
		if c.EnableBGP.Known() && estate.Exchanges(c, gateway, w.site(c.Site)) {
			az.add("--enable-bgp")
			ps.add("-EnableBgp $true")
		}
		before = w.keyed(c, az, ps)
	}
	az.add("--routing-weight=0", "--output=none")
	ps.add("-RoutingWeight 0", "-Force")
	posix := before + az.String() + w.policy(c)
	if before != "" {
		posix += "; unset key"
	}
	return w.create(c.ID, posix, ps, "Select-Object Name, ProvisioningState", "connection %s", c.ID.Name)
}

// got is an argument of PowerShell that is a resource, fetched when the command runs.
func (w *bookWriter) got(cmdlet string, id estate.ID) string {
	return w.ps(cmdlet, id).named("Name", id.Name).add("-ErrorAction Stop").wrapped()
}

// keyed adds the shared key of a tunnel and what else only tunnels have.
func (w *bookWriter) keyed(c *estate.Connection, az, ps *line) (before string) {
	before, posix, powershell := w.key(c)
	az.add("--shared-key=" + posix)
	ps.add("-SharedKey " + powershell)
	if c.PolicyBased {
		az.add("--use-policy-based-traffic-selectors")
		ps.add("-UsePolicyBasedTrafficSelectors $true")
	}
	if c.Policy != nil {
		p := ipsecPolicy(c.Policy)
		ps.add("-IpsecPolicies (New-AzIpsecPolicy -SALifeTimeSeconds " + itoa(p.SALifeTimeSeconds) + " -SADataSizeKilobytes " + itoa(p.SADataSizeKilobytes) +
			" -IpsecEncryption " + w.text(p.IPsecEncryption).powershell() + " -IpsecIntegrity " + w.text(p.IPsecIntegrity).powershell() +
			" -IkeEncryption " + w.text(p.IKEEncryption).powershell() + " -IkeIntegrity " + w.text(p.IKEIntegrity).powershell() +
			" -DhGroup " + w.text(p.DHGroup).powershell() + " -PfsGroup " + w.text(p.PFSGroup).powershell() + ")")
	}
	return before
}

// toCircuit adds the circuit of a connection, and the key by which its owner lets in another subscription.
func (w *bookWriter) toCircuit(c *estate.Connection, az, ps *line) (before string) {
	circuit := w.circuit(c.Circuit)
	var id value
	if circuit != nil && circuit.ResourceID != "" {
		id = w.text(circuit.ResourceID)
	} else {
		id = w.variable("circuit "+c.Circuit.Key().String()+c.ID.Name, "CIRCUIT_"+c.ID.Name, Variable{Means: "the resource id of the ExpressRoute circuit of " + c.ID.Name})
	}
	az.opt("express-route-circuit2", id)
	ps.opt("PeerId", id)
	if circuit == nil || !circuit.Authorization {
		return ""
	}
	before, posix, powershell := w.secret("authorization of "+c.ID.Name, "AUTHORIZATION_"+c.ID.Name, authorizationSecret(c), "the authorization key of the ExpressRoute circuit of "+c.ID.Name)
	az.add("--authorization-key=" + posix)
	ps.add("-AuthorizationKey " + powershell)
	return before
}

// policy sets the IPsec policy of a connection, which az does after the connection is there.
func (w *bookWriter) policy(c *estate.Connection) string {
	if c.Policy == nil || c.Kind == estate.ExpressRoute {
		return ""
	}
	p := ipsecPolicy(c.Policy)
	az := w.az("network vpn-connection ipsec-policy add", c.ID).named("connection-name", c.ID.Name).
		opt("ipsec-encryption", w.text(p.IPsecEncryption)).opt("ipsec-integrity", w.text(p.IPsecIntegrity)).
		opt("ike-encryption", w.text(p.IKEEncryption)).opt("ike-integrity", w.text(p.IKEIntegrity)).
		opt("dh-group", w.text(p.DHGroup)).opt("pfs-group", w.text(p.PFSGroup)).
		add("--sa-lifetime="+itoa(p.SALifeTimeSeconds), "--sa-max-size="+itoa(p.SADataSizeKilobytes), "--output=none")
	return " &&\n" + az.String()
}

// showConnection shows the status of a connection and its counters, and nothing else: an answer may hold the key.
func (w *bookWriter) showConnection(id estate.ID, want string) Command {
	az := w.az("network vpn-connection show", id).named("name", id.Name).
		add("--query='[connectionStatus, ingressBytesTransferred, egressBytesTransferred]'", "--output=json")
	ps := w.ps("Get-AzVirtualNetworkGatewayConnection", id).named("Name", id.Name).String() +
		" |\n  Select-Object Name, ConnectionStatus, IngressBytesTransferred, EgressBytesTransferred"
	return w.command(az.String(), ps, "connection %s: %s", id.Name, want)
}

// keepKey puts the key of a connection that is to go into the Key Vault, so that nobody sees it.
func (w *bookWriter) keepKey(c *estate.Connection, secret string) Command {
	vault, entry := w.name(w.vaultName()), w.name(secret)
	show := strings.Join(w.az("network vpn-connection shared-key show", c.ID).named("connection-name", c.ID.Name).add("--query=value", "--output=tsv").words, " ")
	az := "key=$(" + show + ") &&\naz keyvault secret set --vault-name=" + vault.posix() + " --name=" + entry.posix() + " --value=\"${key:?}\" --output=none; unset key"
	get := w.ps("Get-AzVirtualNetworkGatewayConnectionSharedKey", c.ID).named("Name", c.ID.Name).wrapped()
	ps := "Set-AzKeyVaultSecret -VaultName " + vault.powershell() + " -Name " + entry.powershell() +
		" `\n  -SecretValue (ConvertTo-SecureString -AsPlainText -Force (Given " + get + ")) | Select-Object Name, Version"
	return w.command(az, ps, "the shared key of %s becomes secret %s, or a new version of it, unseen", c.ID.Name, secret)
}

// createSite makes a local network gateway. One that stands for a gateway of this network takes its address when
// it is made.
func (w *bookWriter) createSite(s *estate.Site) Command {
	az := w.az("network local-gateway create", s.ID).named("name", s.ID.Name).opt("location", w.region(s.Region)).list("address-prefixes", prefixes(s.Prefixes))
	ps := w.ps("New-AzLocalNetworkGateway", s.ID).opt("Location", w.region(s.Region)).list("AddressPrefix", prefixes(s.Prefixes))
	before, after, noAz := "", "", false
	switch g := w.gateway(s.AddressOf); {
	case !s.AddressOf.IsZero() && (g == nil || g.PublicIP.IsZero()):
		return people("local network gateway %s: nothing tells the public address of gateway %s", s.ID.Name, s.AddressOf.Name)
	case g != nil:
		get := w.az("network public-ip show", g.PublicIP).named("name", g.PublicIP.Name).add("--query=ipAddress", "--output=tsv")
		before, after = "address=$("+strings.Join(get.words, " ")+") &&\n", "; unset address"
		az.add(`--gateway-ip-address="${address:?}"`)
		ps.add("-GatewayIpAddress (Given " + w.got("Get-AzPublicIpAddress", g.PublicIP) + ".IpAddress)")
	case addressKnown(s) || w.live() && s.Address.IsValid():
		az.opt("gateway-ip-address", literal(s.Address.Addr.String()))
		ps.opt("GatewayIpAddress", literal(s.Address.Addr.String()))
	case s.FQDN.Known():
		noAz = true
		ps.opt("Fqdn", w.text(s.FQDN.Value))
	default:
		address := w.variable("address "+s.ID.Key().String(), "ADDRESS_"+s.ID.Name, Variable{Means: "the public address of the VPN device of " + s.ID.Name})
		az.opt("gateway-ip-address", address)
		ps.opt("GatewayIpAddress", address)
	}
	if s.Announces() {
		asn, _ := s.BGP.Number()
		peer, _ := s.BGP.Peer()
		weight := s.BGP.Weight()
		az.add("--asn="+itoa(asn)).opt("bgp-peering-address", literal(peer.String())).when(weight > 0, "--peer-weight="+itoa(weight))
		ps.add("-Asn "+itoa(asn)).opt("BgpPeeringAddress", literal(peer.String())).when(weight > 0, "-PeerWeight "+itoa(weight))
	}
	note := "local network gateway %s"
	posix := before + az.add("--output=none").String() + after
	if noAz {
		posix, note = "", note+": az cannot give it the name of a device"
	}
	return w.create(s.ID, posix, ps, "Select-Object Name, ProvisioningState", note, s.ID.Name)
}
