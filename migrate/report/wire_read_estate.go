package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func unwiredID(w WireID) estate.ID { return estate.ID(w) }

func idIf(w *WireID) estate.ID {
	if w == nil {
		return estate.ID{}
	}
	return unwiredID(*w)
}

// several maps a slice; none stays none.
func several[A, B any](in []A, f func(A) B) []B {
	if len(in) == 0 {
		return nil
	}
	return each(in, f)
}

func ids(in []WireID) []estate.ID { return several(in, unwiredID) }

// refsAt are the refs of an object: its place is all that is known of them.
func (d *unwirer) refsAt(w WirePos) []diag.Ref {
	if w == (WirePos{}) {
		return nil
	}
	doc := slices.Index(d.docs, w.File)
	if doc < 0 {
		doc = len(d.docs)
		d.docs = append(d.docs, w.File)
	}
	d.refs++
	return []diag.Ref{{Doc: int32(doc), Ordinal: d.refs, Line: int32(w.Line), Col: int32(w.Column)}}
}

func (d *unwirer) refsIf(w *WirePos) []diag.Ref {
	if w == nil {
		return nil
	}
	return d.refsAt(*w)
}

// word finds the value whose word in the text is w.
func word[T ~uint8](d *unwirer, what, w string, text func(T) string, most T) T {
	for v := T(0); v <= most; v++ {
		if text(v) == w {
			return v
		}
	}
	if d.err == nil {
		d.err = fmt.Errorf("%q is no %s", w, what)
	}
	return 0
}

// oneOf refuses a word that is none of some.
func oneOf[T ~string](d *unwirer, what, w string, among []T) T {
	if !slices.Contains(among, T(w)) && d.err == nil {
		d.err = fmt.Errorf("%q is no %s; it can be %s", w, what, strings.Join(each(among, func(t T) string { return strconv.Quote(string(t)) }), ", "))
	}
	return T(w)
}

func unwiredFact(w *WireFact) estate.Fact {
	if w == nil {
		return estate.Fact{}
	}
	f := estate.Fact{Value: w.Value, Raw: w.Written}
	if f.Raw == "" {
		f.Raw = w.Value
	}
	return f
}

func unwiredFacts(in []WireFact) []estate.Fact {
	return several(in, func(w WireFact) estate.Fact { return unwiredFact(&w) })
}

func (d *unwirer) addr(text string) netip.Addr {
	if text == "" {
		return netip.Addr{}
	}
	a, err := estate.ParseAddr(text)
	if err != nil && d.err == nil {
		d.err = err
	}
	return a
}

func (d *unwirer) prefixText(text string) netip.Prefix {
	if text == "" {
		return netip.Prefix{}
	}
	p, err := netip.ParsePrefix(text)
	if err != nil && d.err == nil {
		d.err = err
	}
	return p
}

// unwiredPrefix is canonical, though a person may have written bits of hosts.
func unwiredPrefix(w WirePrefix) estate.Prefix {
	p := estate.Prefix{Prefix: w.Prefix.Masked(), Raw: w.Written}
	if p.Raw == "" && p.IsValid() {
		p.Raw = w.Prefix.String()
	}
	return p
}

func prefixes(in []WirePrefix) []estate.Prefix { return several(in, unwiredPrefix) }

func (d *unwirer) address(w WireAddress) estate.Address {
	a := estate.Address{Addr: d.addr(w.Address), Raw: w.Written, Placeholder: w.Placeholder}
	if a.Raw == "" {
		a.Raw = w.Address
	}
	return a
}

func (d *unwirer) addressIf(w *WireAddress) estate.Address {
	if w == nil {
		return estate.Address{}
	}
	return d.address(*w)
}

func unwiredRegion(w WireRegion) estate.Region {
	return estate.Region{Name: w.Name, Raw: w.Written, AffinityGroup: w.AffinityGroup}
}

func unwiredBGP(w *WireBGP) *estate.BGP {
	if w == nil {
		return nil
	}
	return &estate.BGP{ASN: unwiredFact(w.ASN), PeeringAddress: unwiredFact(w.PeeringAddress), PeerWeight: unwiredFact(w.PeerWeight)}
}

func (d *unwirer) estate(w *WireEstate) *estate.Estate {
	return &estate.Estate{
		VNets: several(w.VNets, d.vnet),
		DNSServers: several(w.DNSServers, func(w WireDNSServer) estate.DNSServer {
			return estate.DNSServer{ID: unwiredID(w.ID), Name: w.Name, Address: d.address(w.Address)}
		}),
		Sites: several(w.Sites, d.site), Gateways: several(w.Gateways, d.gateway), Connections: several(w.Connections, d.connection), Peerings: several(w.Peerings, d.peering),
		Groups: several(w.NetworkGroups, func(w WireNetworkGroup) estate.NetworkGroup {
			return estate.NetworkGroup{ID: unwiredID(w.ID), Members: ids(w.Members), Hub: idIf(w.Hub), Refs: d.refsIf(w.At)}
		}),
		Managers: several(w.Managers, func(w WireNetworkManager) estate.NetworkManager {
			return estate.NetworkManager{ID: unwiredID(w.ID), Scope: w.Scope, Region: unwiredRegion(w.Region), Refs: d.refsIf(w.At)}
		}),
		SecurityGroups: several(w.SecurityGroups, func(w WireSecurityGroup) estate.SecurityGroup {
			return estate.SecurityGroup{ID: unwiredID(w.ID), Name: w.WrittenName, Region: unwiredRegion(w.Region), Rules: several(w.Rules, unwiredRule), RulesKnown: w.RulesKnown, Refs: d.refsIf(w.At)}
		}),
		RouteTables: several(w.RouteTables, func(w WireRouteTable) estate.RouteTable {
			return estate.RouteTable{ID: unwiredID(w.ID), Name: w.WrittenName, Region: unwiredRegion(w.Region), Routes: several(w.Routes, d.route),
				RoutesKnown: w.RoutesKnown, NoPropagation: w.NoPropagation, Refs: d.refsIf(w.At)}
		}),
		Circuits: several(w.Circuits, func(w WireCircuit) estate.Circuit {
			return estate.Circuit{ID: unwiredID(w.ID), Provider: unwiredFact(w.Provider), Location: unwiredFact(w.Location), Bandwidth: unwiredFact(w.Bandwidth), SKU: unwiredFact(w.SKU),
				Status: unwiredFact(w.Status), ResourceID: w.ResourceID, Authorization: w.Authorization, Links: ids(w.Links), Learned: prefixes(w.Learned), LearnedKnown: w.LearnedKnown,
				Refs: d.refsIf(w.At)}
		}),
		Subscriptions: several(w.Subscriptions, func(w WireSubscription) estate.Subscription { return estate.Subscription(w) }),
		Listings: several(w.Listings, func(w WireListing) estate.Listing {
			return estate.Listing{Subscription: w.Subscription, Types: w.Types, TakenAt: unwiredFact(w.Taken)}
		}),
		Mapping: several(w.Mapping, func(w WireMapping) estate.Mapping {
			return estate.Mapping{From: unwiredID(w.From), To: unwiredID(w.To), Rule: w.Rule}
		}),
	}
}

func (d *unwirer) vnet(w WireVNet) estate.VNet {
	v := estate.VNet{ID: unwiredID(w.ID), Name: w.WrittenName, Region: unwiredRegion(w.Region), Space: prefixes(w.Space), GUID: unwiredFact(w.GUID),
		Encryption: w.Encryption, State: unwiredFact(w.State), Refs: d.refsAt(w.At),
		Subnets: several(w.Subnets, d.subnet),
		DNS: several(w.DNS, func(w WireDNSRef) estate.DNSServerRef {
			return estate.DNSServerRef{Server: unwiredID(w.Server), Name: w.Name, Address: d.addr(w.Address)}
		}),
	}
	v.Model = word(d, "deployment model", w.Model, modelWord, estate.ARM)
	return v
}

func (d *unwirer) subnet(w WireSubnet) estate.Subnet {
	s := estate.Subnet{Name: w.Name, Raw: w.WrittenName, Prefix: unwiredPrefix(w.Prefix), MorePrefixes: prefixes(w.MorePrefixes),
		SecurityGroup: idIf(w.SecurityGroup), RouteTable: idIf(w.RouteTable), NATGateway: idIf(w.NATGateway), Delegations: unwiredFacts(w.Delegations), InUse: w.InUse,
		ServiceEndpoints: several(w.ServiceEndpoints, func(w WireServiceEndpoint) estate.ServiceEndpoint {
			return estate.ServiceEndpoint{Service: w.Service, Prefixes: prefixes(w.Prefixes)}
		}),
	}
	if s.Raw == "" {
		s.Raw = w.Name
	}
	return s
}

func (d *unwirer) site(w WireSite) estate.Site {
	s := estate.Site{ID: unwiredID(w.ID), Name: w.WrittenName, Region: unwiredRegion(w.Region), Prefixes: prefixes(w.Prefixes), Address: d.address(w.Address),
		AddressOf: idIf(w.AddressOf), FQDN: unwiredFact(w.FQDN), Unlisted: w.Unlisted, BGP: unwiredBGP(w.BGP), Announced: prefixes(w.Announced), AnnouncedKnown: w.AnnouncedKnown,
		Endpoint: idIf(w.Endpoint), Network: w.Network, Refs: d.refsAt(w.At)}
	s.Class = word(d, "class of a site", w.Class, estate.SiteClass.String, estate.SiteTransit)
	if w.Declared != nil {
		s.Declared = estate.Declaration{Kind: word(d, "declaration of a site", w.Declared.Kind, estate.DeclaredKind.String, estate.DeclaredGone), VNet: idIf(w.Declared.VNet)}
	}
	return s
}

func (d *unwirer) gateway(w WireGateway) estate.Gateway {
	return estate.Gateway{ID: unwiredID(w.ID), VNet: unwiredID(w.VNet), Kind: word(d, "kind of gateway", w.Kind, estate.GatewayKind.String, estate.Appliance),
		SKU: w.SKU, PublicIP: idIf(w.PublicIP), ClientPools: prefixes(w.ClientPools), Region: unwiredRegion(w.Region), Refs: d.refsAt(w.At),
		State: unwiredFact(w.State), Routing: unwiredFact(w.Routing), Size: unwiredFact(w.Size), Address: d.addressIf(w.Address), DefaultSite: idIf(w.DefaultSite),
		Certificates: several(w.Certificates, func(w WireCertificate) estate.Certificate {
			return estate.Certificate{Subject: unwiredFact(w.Subject), Thumbprint: unwiredFact(w.Thumbprint)}
		}),
		BGP: unwiredBGP(w.BGP), Beside: unwiredFact(w.Beside), Generation: unwiredFact(w.Generation), MoreAddresses: several(w.MoreAddresses, d.address), BasicIP: w.BasicIP,
		CustomRoutes: prefixes(w.CustomRoutes), ActiveActive: w.ActiveActive, ZoneRedundant: w.ZoneRedundant,
		RemoteVNets: word(d, "switch", w.RemoteVNets, func(t estate.Toggle) string { return toggles[t] }, estate.Off),
		Subnet:      w.Subnet, PrivateIPs: several(w.PrivateIPs, d.address), NoForwarding: w.NoForwarding, BranchToBranch: w.BranchToBranch,
		RoutePeers: several(w.RoutePeers, func(w WireRoutePeer) estate.RoutePeer {
			return estate.RoutePeer{Name: w.Name, Address: d.addressIf(w.Address), Appliance: unwiredID(w.Appliance), ASN: unwiredFact(w.ASN), Learned: prefixes(w.Learned), LearnedKnown: w.Known}
		}),
	}
}

func (d *unwirer) connection(w WireConnection) estate.Connection {
	c := estate.Connection{ID: unwiredID(w.ID), Gateway: unwiredID(w.Gateway), Kind: word(d, "kind of connection", w.Kind, estate.ConnectionKind.String, estate.ExpressRoute),
		Site: idIf(w.Site), RemoteGateway: idIf(w.RemoteGateway), KeyName: w.KeyName, PolicyBased: w.PolicyBased, Pairing: d.pairing(&w.Pairing), Refs: d.refsAt(w.At),
		State: unwiredFact(w.State), DeclaredDown: w.DeclaredDown, EnableBGP: unwiredFact(w.EnableBGP), Circuit: idIf(w.Circuit), Ingress: unwiredFact(w.Ingress),
		Egress: unwiredFact(w.Egress), Protocol: unwiredFact(w.Protocol), Selectors: w.Selectors, Bypass: w.Bypass, NAT: w.NAT, Managed: unwiredFact(w.Managed)}
	if p := w.Policy; p != nil {
		c.Policy = &estate.IPsecPolicy{Encryption: unwiredFact(p.Encryption), Hash: unwiredFact(p.Hash), PFS: unwiredFact(p.PFS),
			LifetimeSeconds: unwiredFact(p.LifetimeSeconds), Kilobytes: unwiredFact(p.Kilobytes)}
	}
	return c
}

func (d *unwirer) pairing(w *WirePairing) estate.Pairing {
	return estate.Pairing{Confidence: word(d, "confidence", w.Confidence, estate.Confidence.String, estate.Certain), Partner: idIf(w.Partner),
		Candidates: ids(w.Candidates), Toward: idIf(w.Toward), Suspect: w.Suspect, Decide: w.Decide,
		Evidence: several(w.Evidence, func(w WireEvidence) estate.Evidence {
			return estate.Evidence{Kind: word(d, "kind of evidence", w.Kind, evidenceKind, estate.PlaceholderAddress), Value: w.Value}
		}),
	}
}

func (d *unwirer) peering(w WirePeering) estate.Peering {
	return estate.Peering{ID: unwiredID(w.ID), VNet: unwiredID(w.VNet), Remote: unwiredID(w.Remote), AllowVirtualNetworkAccess: w.AllowVirtualNetworkAccess,
		AllowForwardedTraffic: w.AllowForwardedTraffic, AllowGatewayTransit: w.AllowGatewayTransit, UseRemoteGateways: w.UseRemoteGateways,
		State: word(d, "state of a peering", w.State, estate.PeeringState.String, estate.PeeringDisconnected), Sync: unwiredFact(w.Sync), Unstated: w.Unstated, Managed: w.Managed,
		RemoteSpace: prefixes(w.RemoteSpace), Partial: w.Partial, LocalSubnets: w.LocalSubnets, RemoteSubnets: w.RemoteSubnets, Refs: d.refsIf(w.At)}
}

func unwiredRule(w WireSecurityRule) estate.SecurityRule {
	return estate.SecurityRule{Name: unwiredFact(w.Name), Direction: unwiredFact(w.Direction), Priority: unwiredFact(w.Priority), Access: unwiredFact(w.Access),
		Protocol: unwiredFact(w.Protocol), Source: unwiredFact(w.Source), SourcePort: unwiredFact(w.SourcePort),
		Destination: unwiredFact(w.Destination), DestinationPort: unwiredFact(w.DestinationPort)}
}

func (d *unwirer) route(w WireTableRoute) estate.Route {
	return estate.Route{Name: unwiredFact(w.Name), Prefix: unwiredPrefix(w.Prefix), NextHop: unwiredFact(w.NextHop), Address: d.addressIf(w.Address)}
}
