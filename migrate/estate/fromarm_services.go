package estate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
)

// services reads what forwards packets or announces routes beside the gateways: circuits, firewalls,
// appliances and Route Servers.
func (r *armReader) services() {
	r.circuits()
	for _, it := range r.of(TypeFirewall) {
		r.firewall(it)
	}
	r.appliances()
	r.balancers()
	r.routeServers()
}

func (r *armReader) circuits() {
	for _, it := range r.of(TypeCircuit) {
		b := it.Body
		provider := b.Property("serviceProviderProperties")
		r.e.Circuits = append(r.e.Circuits, Circuit{ID: it.id, ResourceID: it.ID(), Refs: r.refs(it, b, b.Member("name")),
			Provider: r.fact(it, provider.Member("serviceProviderName")), Location: r.fact(it, provider.Member("peeringLocation")),
			Bandwidth: r.fact(it, provider.Member("bandwidthInMbps")), SKU: r.fact(it, b.Path("sku", "tier")), Status: r.fact(it, b.Property("circuitProvisioningState"))})
	}
}

func (r *armReader) firewall(it *armItem) {
	b := it.Body
	if b.Property("virtualHub").Given() {
		r.pass(it.Item)
		return // a firewall of a virtual WAN's hub
	}
	g := Gateway{ID: it.id, Kind: Firewall, Region: r.region(it), SKU: b.Properties("sku", "tier").Text(), State: r.gatewayState(it),
		ActiveActive: true, ZoneRedundant: b.Member("zones").Len() > 1, Refs: r.refs(it, b, b.Member("name"))}
	for c := range b.Property("ipConfigurations").Items() {
		if vnet, subnet := r.vnetOf(it, c.Property("subnet")); !vnet.IsZero() {
			g.VNet, g.Subnet = vnet, subnet
		}
		if a, ok := r.address(it, c.Property("privateIPAddress")); ok {
			g.PrivateIPs = append(g.PrivateIPs, a)
		}
		if g.PublicIP.IsZero() {
			g.PublicIP = r.reference(it, c.Property("publicIPAddress"), TypePublicIP)
		}
	}
	if g.VNet.IsZero() {
		r.bad(it, b, "nothing says in which VNet it stands")
		return
	}
	if !r.live && len(g.PrivateIPs) == 0 {
		g.PrivateIPs = r.firstFree(g.VNet, g.Subnet)
	}
	r.e.Gateways = append(r.e.Gateways, g)
}

// firstFree is the address that the platform will most likely give a firewall of a template, which cannot
// name one: see AsmFirewall. It has no Refs.
func (r *armReader) firstFree(vnet ID, subnet string) []Address {
	i, ok := r.vnets[vnet.Key()]
	if !ok {
		return nil
	}
	for _, s := range r.e.VNets[i].Subnets {
		if strings.EqualFold(s.Name, subnet) && s.Prefix.IsValid() {
			a := FirstFree(s.Prefix.Prefix)
			return []Address{{Addr: a, Raw: a.String()}}
		}
	}
	return nil
}

// appliances are the interfaces that forward, and those that a route names as its next hop: without IP
// forwarding they drop what they get.
func (r *armReader) appliances() {
	named := map[netip.Addr]bool{}
	for i := range r.e.RouteTables {
		for _, route := range r.e.RouteTables[i].Routes {
			if route.NextHop.Value == HopAppliance && route.Address.IsValid() {
				named[route.Address.Addr] = true
			}
		}
	}
	for _, it := range r.of(arm.TypeRouteServerPeer[len(arm.Provider):]) {
		if a, ok := r.address(it, it.Body.Property("peerIp")); ok {
			named[a.Addr] = true
		}
	}
	for _, it := range r.of(TypeInterface) {
		b := it.Body
		g := Gateway{ID: it.id, Kind: Appliance, Region: r.region(it), NoForwarding: !b.Property("enableIPForwarding").True(), Refs: r.refs(it, b, b.Member("name"))}
		wanted := !g.NoForwarding
		for c := range b.Property("ipConfigurations").Items() {
			if vnet, subnet := r.vnetOf(it, c.Property("subnet")); g.VNet.IsZero() {
				g.VNet, g.Subnet = vnet, subnet
			}
			if a, ok := r.address(it, c.Property("privateIPAddress")); ok {
				g.PrivateIPs = append(g.PrivateIPs, a)
				wanted = wanted || named[a.Addr]
			}
		}
		if wanted && !g.VNet.IsZero() {
			r.e.Gateways = append(r.e.Gateways, g)
		}
	}
}

// balancers are the internal load balancers in front of appliances: a route that names the address of one
// leads to whichever of them is up. One without an appliance behind it forwards nothing, and is none.
func (r *armReader) balancers() {
	forwards := map[Key]*Gateway{}
	for i := range r.e.Gateways {
		if g := &r.e.Gateways[i]; g.Kind == Appliance && !g.NoForwarding {
			forwards[g.ID.Key()] = g
		}
	}
	var found []Gateway
	for _, it := range r.of(TypeLoadBalancer) {
		b := it.Body
		g := Gateway{ID: it.id, Kind: Appliance, Region: r.region(it), Refs: r.refs(it, b, b.Member("name"))}
		behind := map[Key]bool{}
		for pool := range b.Property("backendAddressPools").Items() {
			for c := range pool.Property("backendIPConfigurations").Items() {
				if nic, ok := arm.ParseResourceID(c.Member("id").Text()); ok && len(nic.Names) > 1 {
					if key := r.id(nic.Parent()).Key(); forwards[key] != nil {
						behind[key] = true
					}
				}
			}
		}
		for c := range b.Property("frontendIPConfigurations").Items() {
			if vnet, subnet := r.vnetOf(it, c.Property("subnet")); !vnet.IsZero() {
				g.VNet, g.Subnet = vnet, subnet
			}
			if a, ok := r.address(it, c.Property("privateIPAddress")); ok {
				g.PrivateIPs = append(g.PrivateIPs, a)
			}
		}
		g.ActiveActive, g.ZoneRedundant = len(behind) > 1, len(behind) > 1
		if len(behind) > 0 && !g.VNet.IsZero() {
			found = append(found, g)
		}
	}
	r.e.Gateways = append(r.e.Gateways, found...)
}

// routeServers reads the virtual hubs that are Route Servers; one of a virtual WAN is none.
func (r *armReader) routeServers() {
	configurations, peers := r.byOwner(arm.TypeRouteServerConfiguration), r.byOwner(arm.TypeRouteServerPeer)
	for _, it := range r.of(TypeRouteServer) {
		b := it.Body
		if b.Property("virtualWan").Given() || b.Property("addressPrefix").Text() != "" {
			r.pass(it.Item)
			continue
		}
		g := Gateway{ID: it.id, Kind: RouteServer, Region: r.region(it), BranchToBranch: b.Property("allowBranchToBranchTraffic").True(),
			State: r.gatewayState(it), Refs: r.refs(it, b, b.Member("name"))}
		stands := func(in *armItem, c arm.Value) {
			if v := c.Property("subnet"); v.Given() && g.VNet.IsZero() {
				g.VNet, g.Subnet = r.vnetOf(in, v)
			}
		}
		for c := range b.Property("ipConfigurations").Items() {
			stands(it, c)
		}
		for _, c := range configurations[ownerKey(it.id)] {
			stands(c, c.Body)
		}
		if g.VNet.IsZero() {
			r.bad(it, b, "nothing says in which VNet it stands: list its ipConfigurations")
			continue
		}
		peer := func(in *armItem, c arm.Value) {
			p := RoutePeer{Name: c.Member("name").Text(), Appliance: r.applianceAt(g.VNet, in, c.Property("peerIp")), ASN: r.fact(in, c.Property("peerAsn")), Refs: r.refs(in, c)}
			p.Name = p.Name[strings.LastIndexByte(p.Name, '/')+1:] // a template has the Route Server's before it
			p.Address, _ = r.address(in, c.Property("peerIp"))
			g.RoutePeers = append(g.RoutePeers, p)
		}
		for c := range b.Property("bgpConnections").Items() {
			if c.Property("peerIp").Given() {
				peer(it, c)
			}
		}
		for _, c := range peers[ownerKey(it.id)] {
			peer(c, c.Body)
		}
		r.e.Gateways = append(r.e.Gateways, g)
	}
}

// applianceAt is the appliance with a private address, in the VNet of a Route Server before others.
func (r *armReader) applianceAt(vnet ID, it *armItem, v arm.Value) ID {
	a, ok := r.address(it, v)
	if !ok {
		return ID{}
	}
	var found ID
	for i := range r.e.Gateways {
		g := &r.e.Gateways[i]
		if g.Kind.Forwards() && slices.ContainsFunc(g.PrivateIPs, func(p Address) bool { return p.Addr == a.Addr }) && (found.IsZero() || g.VNet.Same(vnet)) {
			found = g.ID
		}
	}
	return found
}

// managers reads network managers, and the connected groups that their configurations make.
func (r *armReader) managers() {
	for _, it := range r.of(TypeNetworkManager) {
		b := it.Body
		m := NetworkManager{ID: it.id, Region: r.region(it), Refs: r.refs(it, b, b.Member("name"))}
		scopes := b.Property("networkManagerScopes")
		m.Scope = append(scopes.Property("subscriptions").Texts(), scopes.Property("managementGroups").Texts()...)
		r.e.Managers = append(r.e.Managers, m)
	}
	members := map[Key][]ID{}
	for _, it := range r.of(arm.TypeStaticMember[len(arm.Provider):]) {
		group := it.id
		group.Type = TypeNetworkGroup
		group.Child, _, _ = strings.Cut(it.id.Child, "/")
		if v := r.reference(it, it.Body.Property("resourceId"), TypeVNet); !v.IsZero() {
			members[group.Key()] = append(members[group.Key()], v)
		}
	}
	for _, it := range r.of(arm.TypeConnectivity[len(arm.Provider):]) {
		r.connectivity(it, members)
	}
}

// connectivity reads a configuration that joins the members of groups directly: a mesh, or a hub and
// spokes with direct connectivity. The peerings that it makes with a hub are listed as peerings.
func (r *armReader) connectivity(it *armItem, members map[Key][]ID) {
	b := it.Body
	mesh := strings.EqualFold(b.Property("connectivityTopology").Text(), "Mesh")
	var hub ID
	for h := range b.Property("hubs").Items() {
		hub = r.reference(it, h.Member("resourceId"), TypeVNet)
	}
	for a := range b.Property("appliesToGroups").Items() {
		if !mesh && !strings.EqualFold(a.Member("groupConnectivity").Text(), "DirectlyConnected") {
			continue
		}
		group := r.reference(it, a.Member("networkGroupId"), TypeNetworkGroup)
		if group.IsZero() {
			continue
		}
		g := NetworkGroup{ID: group, Members: members[group.Key()], Refs: r.refs(it, a)}
		if !mesh {
			g.Hub = hub
		}
		r.e.Groups = append(r.e.Groups, g)
	}
}
