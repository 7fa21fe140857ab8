package report

import (
	"reflect"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func wireEstate(e *estate.Estate) WireEstate {
	if e == nil {
		return WireEstate{}
	}
	at := func(refs []diag.Ref) WirePos {
		if len(refs) == 0 {
			return WirePos{}
		}
		return wirePos(e.Pos(refs[0]))
	}
	return WireEstate{
		VNets: each(e.VNets, func(v estate.VNet) WireVNet { return wireVNet(v, at(v.Refs)) }),
		DNSServers: each(e.DNSServers, func(d estate.DNSServer) WireDNSServer {
			return WireDNSServer{wireID(d.ID), d.Name, wireAddress(d.Address)}
		}),
		Sites:       each(e.Sites, func(s estate.Site) WireSite { return wireSite(s, at(s.Refs)) }),
		Gateways:    each(e.Gateways, func(g estate.Gateway) WireGateway { return wireGateway(g, at(g.Refs)) }),
		Connections: each(e.Connections, func(c estate.Connection) WireConnection { return wireConnection(c, at(c.Refs)) }),
		Peerings:    each(e.Peerings, wirePeering),
		Mapping:     each(e.Mapping, func(m estate.Mapping) WireMapping { return WireMapping{wireID(m.From), wireID(m.To), m.Rule} }),
	}
}

func wireVNet(v estate.VNet, at WirePos) WireVNet {
	w := WireVNet{
		ID: wireID(v.ID), WrittenName: v.Name, Model: "classic", Region: wireRegion(v.Region), Space: each(v.Space, wirePrefix), At: at,
		Subnets: each(v.Subnets, func(s estate.Subnet) WireSubnet {
			out := WireSubnet{Name: s.Name, Prefix: wirePrefix(s.Prefix)}
			if s.Raw != s.Name {
				out.WrittenName = s.Raw
			}
			return out
		}),
		DNS: each(v.DNS, func(d estate.DNSServerRef) WireDNSRef { return WireDNSRef{wireID(d.Server), d.Name, addrIf(d.Address)} }),
	}
	if v.Model == estate.ARM {
		w.Model = "arm"
	}
	return w
}

func wireRegion(r estate.Region) WireRegion { return WireRegion{r.Name, r.Raw, r.AffinityGroup} }

func wirePrefix(p estate.Prefix) WirePrefix {
	w := WirePrefix{Prefix: p.Prefix}
	if p.Raw != p.Prefix.String() {
		w.Written = p.Raw
	}
	return w
}

func wireAddress(a estate.Address) WireAddress {
	w := WireAddress{Address: addrIf(a.Addr), Placeholder: a.Placeholder}
	if a.Raw != w.Address {
		w.Written = a.Raw
	}
	return w
}

func wireSite(s estate.Site, at WirePos) WireSite {
	return WireSite{
		ID: wireID(s.ID), WrittenName: s.Name, Region: wireRegion(s.Region), Prefixes: each(s.Prefixes, wirePrefix), Address: wireAddress(s.Address),
		AddressOf: wireIDIf(s.AddressOf), Class: s.Class.String(), Endpoint: wireIDIf(s.Endpoint), Network: s.Network, At: at,
	}
}

func wireGateway(g estate.Gateway, at WirePos) WireGateway {
	return WireGateway{
		ID: wireID(g.ID), VNet: wireID(g.VNet), Kind: g.Kind.String(), SKU: g.SKU, PublicIP: wireIDIf(g.PublicIP),
		ClientPools: each(g.ClientPools, wirePrefix), Region: wireRegion(g.Region), At: at,
	}
}

func wireConnection(c estate.Connection, at WirePos) WireConnection {
	p := &c.Pairing
	return WireConnection{
		ID: wireID(c.ID), Gateway: wireID(c.Gateway), Kind: c.Kind.String(), Site: wireIDIf(c.Site), RemoteGateway: wireIDIf(c.RemoteGateway),
		KeyName: c.KeyName, At: at,
		Pairing: WirePairing{
			Confidence: p.Confidence.String(), Partner: wireIDIf(p.Partner), Candidates: each(p.Candidates, wireID), Toward: wireIDIf(p.Toward), Suspect: p.Suspect,
			Evidence: each(p.Evidence, func(e estate.Evidence) WireEvidence {
				return WireEvidence{evidenceKind(e.Kind), e.Value}
			}),
		},
	}
}

func wirePeering(p estate.Peering) WirePeering {
	return WirePeering{
		ID: wireID(p.ID), VNet: wireID(p.VNet), Remote: wireID(p.Remote),
		AllowVirtualNetworkAccess: p.AllowVirtualNetworkAccess, AllowForwardedTraffic: p.AllowForwardedTraffic,
		AllowGatewayTransit: p.AllowGatewayTransit, UseRemoteGateways: p.UseRemoteGateways, State: peeringState(p.State),
	}
}

func peeringState(s estate.PeeringState) string {
	switch s {
	case estate.PeeringInitiated:
		return "Initiated"
	case estate.PeeringDisconnected:
		return "Disconnected"
	}
	return "Connected"
}

// wireChange is what has to be removed from and added to base to make target: its objects are
// compared by id and content.
func wireChange(base, target *estate.Estate) WireEffect {
	if base == nil || target == nil {
		return WireEffect{}
	}
	var w WireEffect
	var add estate.Estate
	add.Docs = target.Docs
	add.VNets = changed(base.VNets, target.VNets, &w, func(v *estate.VNet) estate.ID { return v.ID })
	add.Sites = changed(base.Sites, target.Sites, &w, func(s *estate.Site) estate.ID { return s.ID })
	add.Gateways = changed(base.Gateways, target.Gateways, &w, func(g *estate.Gateway) estate.ID { return g.ID })
	add.Connections = changed(base.Connections, target.Connections, &w, func(c *estate.Connection) estate.ID { return c.ID })
	add.Peerings = changed(base.Peerings, target.Peerings, &w, func(p *estate.Peering) estate.ID { return p.ID })
	if e := wireEstate(&add); !reflect.DeepEqual(e, wireEstate(&estate.Estate{})) {
		w.Add = &e
	}
	return w
}

// changed notes the objects that after has not and returns those that before has not or has
// otherwise.
func changed[T any](before, after []T, w *WireEffect, id func(*T) estate.ID) []T {
	stays := make(map[estate.Key]bool, len(after))
	for i := range after {
		stays[id(&after[i]).Key()] = true
	}
	was := make(map[estate.Key]*T, len(before))
	for i := range before {
		key := id(&before[i]).Key()
		was[key] = &before[i]
		if !stays[key] {
			w.Remove = append(w.Remove, wireID(id(&before[i])))
		}
	}
	var out []T
	for i := range after {
		if old := was[id(&after[i]).Key()]; old == nil || !reflect.DeepEqual(*old, after[i]) {
			out = append(out, after[i])
		}
	}
	return out
}
