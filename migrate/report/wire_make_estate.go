package report

import (
	"cmp"
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
		Peerings: each(e.Peerings, func(p estate.Peering) WirePeering {
			w := wirePeering(p)
			w.At = posIf(at(p.Refs))
			return w
		}),
		Mapping: each(e.Mapping, func(m estate.Mapping) WireMapping { return WireMapping{wireID(m.From), wireID(m.To), m.Rule} }),

		NetworkGroups: each(e.Groups, func(g estate.NetworkGroup) WireNetworkGroup {
			return WireNetworkGroup{wireID(g.ID), each(g.Members, wireID), wireIDIf(g.Hub), posIf(at(g.Refs))}
		}),
		Managers: each(e.Managers, func(m estate.NetworkManager) WireNetworkManager {
			return WireNetworkManager{wireID(m.ID), m.Scope, wireRegion(m.Region), posIf(at(m.Refs))}
		}),
		SecurityGroups: each(e.SecurityGroups, func(g estate.SecurityGroup) WireSecurityGroup {
			return WireSecurityGroup{wireID(g.ID), g.Name, wireRegion(g.Region), each(g.Rules, wireRule), g.RulesKnown, posIf(at(g.Refs))}
		}),
		RouteTables: each(e.RouteTables, func(t estate.RouteTable) WireRouteTable {
			return WireRouteTable{wireID(t.ID), t.Name, wireRegion(t.Region), each(t.Routes, wireRoute), t.RoutesKnown, t.NoPropagation, posIf(at(t.Refs))}
		}),
		Circuits: each(e.Circuits, func(c estate.Circuit) WireCircuit {
			return WireCircuit{wireID(c.ID), wireFact(c.Provider), wireFact(c.Location), wireFact(c.Bandwidth), wireFact(c.SKU), wireFact(c.Status),
				c.ResourceID, c.Authorization, each(c.Links, wireID), each(c.Learned, wirePrefix), c.LearnedKnown, posIf(at(c.Refs))}
		}),
		Subscriptions: each(e.Subscriptions, func(s estate.Subscription) WireSubscription { return WireSubscription(s) }),
		Listings:      each(e.Listings, func(l estate.Listing) WireListing { return WireListing{l.Subscription, l.Types, wireFact(l.TakenAt)} }),
	}
}

func posIf(p WirePos) *WirePos {
	if p == (WirePos{}) {
		return nil
	}
	return &p
}

// wireFact is a fact, or nil when no input says it.
func wireFact(f estate.Fact) *WireFact {
	if f.Value == "" && f.Raw == "" {
		return nil
	}
	w := WireFact{Value: f.Value}
	if f.Raw != f.Value {
		w.Written = f.Raw
	}
	return &w
}

func wireAddressIf(a estate.Address) *WireAddress {
	w := wireAddress(a)
	if w == (WireAddress{}) {
		return nil
	}
	return &w
}

func wireBGP(b *estate.BGP) *WireBGP {
	if b == nil {
		return nil
	}
	return &WireBGP{wireFact(b.ASN), wireFact(b.PeeringAddress), wireFact(b.PeerWeight)}
}

func wireRule(r estate.SecurityRule) WireSecurityRule {
	return WireSecurityRule{wireFact(r.Name), wireFact(r.Direction), wireFact(r.Priority), wireFact(r.Access), wireFact(r.Protocol),
		wireFact(r.Source), wireFact(r.SourcePort), wireFact(r.Destination), wireFact(r.DestinationPort)}
}

func wireRoute(r estate.Route) WireTableRoute {
	return WireTableRoute{wireFact(r.Name), wirePrefix(r.Prefix), wireFact(r.NextHop), wireAddressIf(r.Address)}
}

func wireVNet(v estate.VNet, at WirePos) WireVNet {
	w := WireVNet{
		ID: wireID(v.ID), WrittenName: v.Name, Model: modelWord(v.Model), Region: wireRegion(v.Region), Space: each(v.Space, wirePrefix), At: at,
		Encryption: v.Encryption, GUID: wireFact(v.GUID), State: wireFact(v.State),
		Subnets: each(v.Subnets, func(s estate.Subnet) WireSubnet {
			out := WireSubnet{Name: s.Name, Prefix: wirePrefix(s.Prefix), MorePrefixes: each(s.MorePrefixes, wirePrefix),
				SecurityGroup: wireIDIf(s.SecurityGroup), RouteTable: wireIDIf(s.RouteTable), NATGateway: wireIDIf(s.NATGateway), InUse: s.InUse,
				ServiceEndpoints: each(s.ServiceEndpoints, func(e estate.ServiceEndpoint) WireServiceEndpoint {
					return WireServiceEndpoint{e.Service, each(e.Prefixes, wirePrefix)}
				}),
				Delegations: each(s.Delegations, func(f estate.Fact) WireFact { return *cmp.Or(wireFact(f), &WireFact{}) }),
			}
			if s.Raw != s.Name {
				out.WrittenName = s.Raw
			}
			return out
		}),
		DNS: each(v.DNS, func(d estate.DNSServerRef) WireDNSRef { return WireDNSRef{wireID(d.Server), d.Name, addrIf(d.Address)} }),
	}
	return w
}

func modelWord(m estate.Model) string {
	if m == estate.ARM {
		return "arm"
	}
	return "classic"
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
	var declared *WireDeclaration
	if s.Declared.Kind != estate.Undeclared {
		declared = &WireDeclaration{s.Declared.Kind.String(), wireIDIf(s.Declared.VNet)}
	}
	return WireSite{
		FQDN: wireFact(s.FQDN), Unlisted: s.Unlisted, BGP: wireBGP(s.BGP), Announced: each(s.Announced, wirePrefix), AnnouncedKnown: s.AnnouncedKnown, Declared: declared,
		ID: wireID(s.ID), WrittenName: s.Name, Region: wireRegion(s.Region), Prefixes: each(s.Prefixes, wirePrefix), Address: wireAddress(s.Address),
		AddressOf: wireIDIf(s.AddressOf), Class: s.Class.String(), Endpoint: wireIDIf(s.Endpoint), Network: s.Network, At: at,
	}
}

func wireGateway(g estate.Gateway, at WirePos) WireGateway {
	return WireGateway{
		ID: wireID(g.ID), VNet: wireID(g.VNet), Kind: g.Kind.String(), SKU: g.SKU, PublicIP: wireIDIf(g.PublicIP),
		ClientPools: each(g.ClientPools, wirePrefix), Region: wireRegion(g.Region), At: at,
		State: wireFact(g.State), Routing: wireFact(g.Routing), Size: wireFact(g.Size), Generation: wireFact(g.Generation), Beside: wireFact(g.Beside),
		Address: wireAddressIf(g.Address), MoreAddresses: each(g.MoreAddresses, wireAddress), BasicIP: g.BasicIP, DefaultSite: wireIDIf(g.DefaultSite),
		Certificates: each(g.Certificates, func(c estate.Certificate) WireCertificate {
			return WireCertificate{wireFact(c.Subject), wireFact(c.Thumbprint)}
		}),
		BGP: wireBGP(g.BGP), CustomRoutes: each(g.CustomRoutes, wirePrefix), ActiveActive: g.ActiveActive, ZoneRedundant: g.ZoneRedundant,
		RemoteVNets: toggles[g.RemoteVNets], Subnet: g.Subnet, PrivateIPs: each(g.PrivateIPs, wireAddress), NoForwarding: g.NoForwarding, BranchToBranch: g.BranchToBranch,
		RoutePeers: each(g.RoutePeers, func(p estate.RoutePeer) WireRoutePeer {
			return WireRoutePeer{p.Name, wireAddressIf(p.Address), wireID(p.Appliance), wireFact(p.ASN), each(p.Learned, wirePrefix), p.LearnedKnown}
		}),
	}
}

// toggles are the words for a switch.
var toggles = map[estate.Toggle]string{estate.Unstated: "", estate.On: "on", estate.Off: "off"}

func wireConnection(c estate.Connection, at WirePos) WireConnection {
	p := &c.Pairing
	var policy *WireIPsecPolicy
	if x := c.Policy; x != nil {
		policy = &WireIPsecPolicy{wireFact(x.Encryption), wireFact(x.Hash), wireFact(x.PFS), wireFact(x.LifetimeSeconds), wireFact(x.Kilobytes)}
	}
	return WireConnection{
		State: wireFact(c.State), Managed: wireFact(c.Managed), Ingress: wireFact(c.Ingress), Egress: wireFact(c.Egress), Policy: policy, PolicyBased: c.PolicyBased,
		Protocol: wireFact(c.Protocol), Selectors: c.Selectors, EnableBGP: wireFact(c.EnableBGP), Circuit: wireIDIf(c.Circuit), Bypass: c.Bypass, NAT: c.NAT, DeclaredDown: c.DeclaredDown,
		ID: wireID(c.ID), Gateway: wireID(c.Gateway), Kind: c.Kind.String(), Site: wireIDIf(c.Site), RemoteGateway: wireIDIf(c.RemoteGateway),
		KeyName: c.KeyName, At: at,
		Pairing: WirePairing{
			Confidence: p.Confidence.String(), Partner: wireIDIf(p.Partner), Candidates: each(p.Candidates, wireID), Toward: wireIDIf(p.Toward), Suspect: p.Suspect,
			Evidence: each(p.Evidence, func(e estate.Evidence) WireEvidence {
				return WireEvidence{evidenceKind(e.Kind), e.Value}
			}),
			Decide: p.Decide,
		},
	}
}

func wirePeering(p estate.Peering) WirePeering {
	return WirePeering{
		ID: wireID(p.ID), VNet: wireID(p.VNet), Remote: wireID(p.Remote),
		AllowVirtualNetworkAccess: p.AllowVirtualNetworkAccess, AllowForwardedTraffic: p.AllowForwardedTraffic,
		AllowGatewayTransit: p.AllowGatewayTransit, UseRemoteGateways: p.UseRemoteGateways, State: p.State.String(),
		Sync: wireFact(p.Sync), Unstated: p.Unstated, Managed: p.Managed, RemoteSpace: each(p.RemoteSpace, wirePrefix), Partial: p.Partial, LocalSubnets: p.LocalSubnets, RemoteSubnets: p.RemoteSubnets,
	}
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
	add.SecurityGroups = changed(base.SecurityGroups, target.SecurityGroups, &w, func(g *estate.SecurityGroup) estate.ID { return g.ID })
	add.Groups = changed(base.Groups, target.Groups, &w, func(g *estate.NetworkGroup) estate.ID { return g.ID })
	add.Managers = changed(base.Managers, target.Managers, &w, func(m *estate.NetworkManager) estate.ID { return m.ID })
	add.RouteTables = changed(base.RouteTables, target.RouteTables, &w, func(t *estate.RouteTable) estate.ID { return t.ID })
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
