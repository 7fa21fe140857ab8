package estate

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// networks reads the VNets, their subnets and their peerings.
func (r *armReader) networks() {
	subnets := r.byParent(TypeSubnet)
	for _, it := range r.of(TypeVNet) {
		v := r.vnet(it)
		for sub := range it.Body.Property("subnets").Items() {
			r.subnet(&v, it, sub)
		}
		for _, child := range subnets[v.ID.Key()] {
			r.subnet(&v, child, child.Body)
		}
		r.vnets[v.ID.Key()] = len(r.e.VNets)
		r.e.VNets = append(r.e.VNets, v)
		for p := range it.Body.Property("virtualNetworkPeerings").Items() {
			r.peering(v.ID, it, p, p.Member("name"))
		}
	}
	for _, it := range r.of(TypePeering) {
		r.peering(r.parent(it, TypeVNet), it, it.Body, it.Body.Member("name"))
	}
	r.settlePeerings()
}

// parent is the resource that a child stands under, in its own spelling.
func (r *armReader) parent(it *armItem, typ string) ID {
	parent := it.id.sibling(typ, it.id.Name)
	if known := r.items[parent.Key()]; known != nil {
		return known.id
	}
	if _, ok := r.unseen[parent.Key()]; !ok {
		r.unseen[parent.Key()] = outsider{parent, it.id, it.Body.Ref().In(it.Doc)}
	}
	return parent
}

// byParent groups child resources by the key of their VNet.
func (r *armReader) byParent(typ string) map[Key][]*armItem {
	out := map[Key][]*armItem{}
	for _, it := range r.of(typ) {
		key := it.id.sibling(TypeVNet, it.id.Name).Key()
		out[key] = append(out[key], it)
	}
	return out
}

func (r *armReader) vnet(it *armItem) VNet {
	b := it.Body
	v := VNet{ID: it.id, Name: it.id.Name, Model: ARM, Region: r.region(it), State: r.state(it), GUID: r.fact(it, b.Property("resourceGuid")),
		Space: r.prefixes(it, b.Properties("addressSpace", "addressPrefixes")), Encryption: b.Properties("encryption", "enabled").True(),
		Refs: r.refs(it, b, b.Member("name"))}
	for d := range b.Properties("dhcpOptions", "dnsServers").Items() {
		if a, ok := r.address(it, d); ok {
			v.DNS = append(v.DNS, DNSServerRef{Server: ID{Type: TypeDNSServer, Name: a.Raw}, Name: a.Raw, Address: a.Addr, Refs: a.Refs})
		}
	}
	return v
}

// subnet reads a subnet, as a part of its VNet or as a resource of its own. What both say has to agree.
func (r *armReader) subnet(v *VNet, it *armItem, b arm.Value) {
	name := b.Member("name").Text()
	if it.id.Type == TypeSubnet {
		name = it.id.Child
	}
	s := Subnet{Name: name, Raw: name, Refs: r.refs(it, b, b.Member("name"))}
	if name == "" {
		r.bad(it, b, "a subnet of it has no name")
		return
	}
	all := r.prefixes(it, b.Property("addressPrefixes"))
	if one := b.Property("addressPrefix"); one.Given() {
		if all2 := r.prefixes(it, one); len(all) == 0 {
			all = all2
		}
	}
	if len(all) > 0 {
		s.Prefix, s.MorePrefixes = all[0], slices.Clip(all[1:])
		if len(all) == 1 {
			s.MorePrefixes = nil
		}
	}
	group, table := b.Property("networkSecurityGroup"), b.Property("routeTable")
	s.SecurityGroup, s.SecurityGroupRefs = r.binding(it, group, TypeNSG)
	s.RouteTable, s.RouteTableRefs = r.binding(it, table, TypeRouteTable)
	s.NATGateway, _ = r.binding(it, b.Property("natGateway"), TypeNATGateway)
	for e := range b.Property("serviceEndpoints").Items() {
		if service := e.Member("service").Text(); service != "" {
			s.ServiceEndpoints = append(s.ServiceEndpoints, ServiceEndpoint{Service: service})
		}
	}
	for d := range b.Property("delegations").Items() {
		if f := r.fact(it, d.Property("serviceName")); f.Known() {
			s.Delegations = append(s.Delegations, f)
		}
	}
	s.InUse = b.Property("ipConfigurations").Len()
	i := slices.IndexFunc(v.Subnets, func(o Subnet) bool { return strings.EqualFold(o.Name, name) })
	if i < 0 {
		v.Subnets = append(v.Subnets, s)
		return
	}
	r.sameSubnet(v, &v.Subnets[i], &s)
}

// sameSubnet compares what a VNet says of a subnet with what the subnet's own resource says.
func (r *armReader) sameSubnet(v *VNet, a, b *Subnet) {
	what := ""
	switch {
	case a.Prefix.IsValid() && b.Prefix.IsValid() && a.Prefix.Prefix != b.Prefix.Prefix:
		what = "its address range is " + b.Prefix.String() + " and " + a.Prefix.String()
	case a.RouteTable.Key() != b.RouteTable.Key():
		what = "its route table"
	case a.SecurityGroup.Key() != b.SecurityGroup.Key():
		what = "its network security group"
	default:
		return
	}
	r.found = append(r.found, diag.New("LST-004", r.e.Pos(b.Refs[0]), "two places contradict each other about subnet %q of VNet %q: %s", a.Name, v.Name, what).
		See(r.e.Pos(a.Refs[0]), "this one counts"))
}

// binding reads what a subnet is bound to.
func (r *armReader) binding(it *armItem, v arm.Value, typ string) (ID, []diag.Ref) {
	id := r.reference(it, v, typ)
	if id.IsZero() {
		return ID{}, nil
	}
	return id, r.refs(it, v.Member("id"))
}

// peering reads one half. What a template does not say is as the service makes it: network access is
// allowed, everything else is not. Source: docs/sources.md#peering.
func (r *armReader) peering(vnet ID, it *armItem, b, name arm.Value) {
	child := name.Text()
	if it.id.Type == TypePeering {
		child = it.id.Child
	}
	id := vnet.sibling(TypePeering, vnet.Name)
	id.Child = child
	p := Peering{ID: id, VNet: vnet, Remote: r.reference(it, b.Property("remoteVirtualNetwork"), TypeVNet),
		AllowVirtualNetworkAccess: !b.Property("allowVirtualNetworkAccess").False(),
		AllowForwardedTraffic:     b.Property("allowForwardedTraffic").True(),
		AllowGatewayTransit:       b.Property("allowGatewayTransit").True(),
		UseRemoteGateways:         b.Property("useRemoteGateways").True(),
		Partial:                   b.Property("peerCompleteVnets").False(),
		Sync:                      r.fact(it, b.Property("peeringSyncLevel")),
		Managed:                   strings.HasPrefix(strings.ToUpper(child), managedPeering),
		Refs:                      r.refs(it, b)}
	if p.Remote.IsZero() {
		r.bad(it, b, "a peering of it leads nowhere")
		return
	}
	if first, seen := r.halvesSeen[id.Key()]; seen { // as a part of its VNet, too
		r.again(first, &armItem{Item: arm.Item{Body: b, Doc: it.Doc}, id: id})
		return
	}
	r.halvesSeen[id.Key()] = &armItem{Item: arm.Item{Body: b, Doc: it.Doc}, id: id}
	if p.Partial {
		p.LocalSubnets, p.RemoteSubnets = b.Property("localSubnetNames").Texts(), b.Property("remoteSubnetNames").Texts()
	}
	switch state := b.Property("peeringState"); {
	case strings.EqualFold(state.Text(), "Initiated"):
		p.State = PeeringInitiated
	case strings.EqualFold(state.Text(), "Disconnected"):
		p.State = PeeringDisconnected
	case r.live && !strings.EqualFold(state.Text(), "Connected"):
		p.Unstated = true
		r.found.Add("LST-007", r.posIn(it.Doc, b), "peering %q of VNet %q has no peeringState that is known here; nothing is built on it", child, vnet.Name)
	}
	for _, property := range []string{"remoteAddressSpace", "remoteVirtualNetworkAddressSpace"} {
		if p.RemoteSpace = r.prefixes(it, b.Properties(property, "addressPrefixes")); p.RemoteSpace != nil {
			break
		}
	}
	r.e.Peerings = append(r.e.Peerings, p)
}

// managedPeering begins the names of the peerings that a network manager makes. [K]
// Source: docs/sources.md#listings.
const managedPeering = "ANM_"

// settlePeerings drops the remote space of halves that took over what the remote has today, and says
// of the halves of a template, which have no state, whether they would be connected.
func (r *armReader) settlePeerings() {
	x := NewIndex(r.e)
	for i := range r.e.Peerings {
		p := &r.e.Peerings[i]
		if v := x.VNet(p.Remote); v != nil && p.RemoteSpace != nil && sameSpace(p.takes(v), p.RemoteSpace) {
			p.RemoteSpace = nil
		}
		if r.live || p.State != PeeringConnected {
			continue
		}
		if x.VNet(p.Remote) != nil && !slices.ContainsFunc(x.PeeringsOf(p.Remote), func(back *Peering) bool { return back.Remote.Same(p.VNet) }) {
			p.State = PeeringInitiated
		}
	}
}

// takes is what a half takes over of its remote: the address space, or the prefixes of the subnets that it
// is limited to.
func (p *Peering) takes(remote *VNet) []Prefix {
	if !p.Partial {
		return remote.Space
	}
	var out []Prefix
	for i := range remote.Subnets {
		s := &remote.Subnets[i]
		if s.Prefix.IsValid() && slices.ContainsFunc(p.RemoteSubnets, func(name string) bool { return strings.EqualFold(name, s.Name) }) {
			out = append(append(out, s.Prefix), s.MorePrefixes...)
		}
	}
	return out
}
