package estate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// unplaced is the rule for an answer that does not say what it is about.
const unplaced = "XML-043"

// take marks leaves of a response that mean something: their fate is given where they are carried,
// or by whoever takes them.
func (b *builder) take(refs ...diag.Ref) {
	for _, r := range refs {
		if !r.IsZero() {
			b.taken.add(r.In(b.doc))
		}
	}
}

// of takes an element with its text.
func (b *builder) of(n *netcfg.Node) []diag.Ref {
	if n == nil {
		return nil
	}
	b.take(n.Ref, n.TextRef)
	return b.refs(n.Ref, n.TextRef)
}

// fact takes an element as a fact, in the words of the service.
func (b *builder) fact(n *netcfg.Node) Fact {
	if n == nil {
		return Fact{}
	}
	return Fact{Value: n.Text, Raw: n.Text, Refs: b.of(n)}
}

// answer is a response with the document that it stands in.
type answer struct {
	numbered
	*netcfg.Response
}

// answers reads what the service said of one subscription beyond its configuration. Whatever says
// which object has which id comes first.
func (b *builder) answers(s *subscription) {
	byStage := make([][]answer, len(answerStages))
	for _, d := range s.docs {
		for r := range s.responses(d) {
			if stage, ok := stageOf[r.Kind]; ok && !isRequest(r) {
				byStage[stage] = append(byStage[stage], answer{d, r})
			}
		}
	}
	for stage, answers := range byStage {
		for _, a := range answers {
			b.at(s, a.numbered)
			answerStages[stage][a.Kind](b, a)
		}
	}
	for _, d := range s.docs {
		b.at(s, d)
		for r := range s.responses(d) {
			b.untaken(&r.Root, netcfg.MeaningOf(r.Kind))
		}
		if !b.framed[d.doc] {
			b.framed[d.doc] = true
			b.outside(d)
		}
	}
}

// answerStages are the kinds of answer by the order in which they are read.
var answerStages = []map[string]func(*builder, answer){
	{"VirtualNetworkSites": (*builder).vnetList},
	{"AffinityGroups": (*builder).affinityGroups, "AffinityGroup": (*builder).affinityGroups},
	{"Gateway": (*builder).gatewayAnswer},
	{"VirtualNetworkGateways": (*builder).gateways2, "VirtualNetworkGateway": (*builder).gateways2,
		"LocalNetworkGateways": (*builder).sites2, "LocalNetworkGateway": (*builder).sites2},
	{"GatewayConnections": (*builder).connections2, "GatewayConnection": (*builder).connections2},
	{"Connections": (*builder).connectionStates, "SharedKey": (*builder).sharedKey, "IPsecParameters": (*builder).ipsecParameters,
		"ClientRootCertificates": (*builder).rootCertificates},
	{"data": (*builder).rootCertificate},
	{"DedicatedCircuits": (*builder).circuits, "DedicatedCircuit": (*builder).circuits,
		"AuthorizedDedicatedCircuits": (*builder).circuits, "AuthorizedDedicatedCircuit": (*builder).circuits},
	{"DedicatedCircuitLinks": (*builder).circuitLinks, "DedicatedCircuitLink": (*builder).circuitLinks},
	{"NetworkSecurityGroups": (*builder).securityGroups, "NetworkSecurityGroup": (*builder).securityGroups,
		"RouteTables": (*builder).routeTables, "RouteTable": (*builder).routeTables},
	{"RouteTableAssociation": (*builder).routeTableBinding},
}

// stageOf is in which of the stages a kind is read.
var stageOf = func() map[string]int {
	of := map[string]int{}
	for i, stage := range answerStages {
		for kind := range stage {
			of[kind] = i
		}
	}
	return of
}()

// isRequest reports whether a response is in truth what somebody asked the service for.
func isRequest(r *netcfg.Response) bool { return r.Answer() == netcfg.NoResponse }

// untaken gives the leaves of a response that mean nothing here their fate.
func (b *builder) untaken(n *netcfg.Node, meaning netcfg.Meaning) {
	why := ""
	for _, ref := range []diag.Ref{n.Ref, n.TextRef} {
		if !ref.IsZero() && !b.taken.has(ref.In(b.doc)) {
			if why == "" {
				why = untakenReason(n, meaning)
			}
			b.fate(ref, diag.Dropped, why)
		}
	}
	for i := range n.Nodes {
		b.untaken(&n.Nodes[i], meaning.Inside(n.Nodes[i].Name))
	}
}

// untakenReason says why a leaf of a response is not carried on.
func untakenReason(n *netcfg.Node, meaning netcfg.Meaning) string {
	known, ok := meaning.Element()
	switch {
	case !ok:
		return "the service's documentation does not know it"
	case known.Drop != "":
		return known.Drop
	case known.Secret:
		return keyReason
	case len(n.Nodes) > 0 || n.TextRef.IsZero():
		return structure
	}
	return "it changes nothing in the target: " + known.Role
}

// outside gives the leaves of a document of answers that stand outside of them their fate.
func (b *builder) outside(d numbered) {
	for _, leaf := range d.Structure {
		b.fate(leaf.Ref, diag.Dropped, structure)
	}
	for _, leaf := range d.Unknown {
		b.fate(leaf.Ref, diag.Dropped, "the service's documentation does not know it")
	}
}

// vnetOf finds the VNet that an answer is about, by its place or by the id in it.
func (b *builder) vnetOf(a answer, id string) *VNet {
	if a.Place.VNet != "" {
		return b.vnetNamed(a.Place.VNet)
	}
	return b.vnetWithID(id)
}

func (b *builder) vnetNamed(name string) *VNet {
	if i, ok := b.vnets[b.id(TypeVNet, name, "").Key()]; ok {
		return &b.e.VNets[i]
	}
	return nil
}

// vnetWithID finds a VNet of the subscription at hand by the id that the service gave it.
func (b *builder) vnetWithID(id string) *VNet {
	if i, ok := b.guids[guid{b.sub, strings.ToLower(id)}]; ok {
		return &b.e.VNets[i]
	}
	return nil
}

// guid is the id that the service gave a VNet, in its subscription.
type guid struct{ subscription, id string }

// identify takes over the id that the service gave a VNet.
func (b *builder) identify(v *VNet, n *netcfg.Node) {
	b.setFact(&v.GUID, b.fact(n), "the id of VNet %q", v.Name)
	if v.GUID.Known() {
		b.guids[guid{b.sub, strings.ToLower(v.GUID.Value)}] = b.vnets[v.ID.Key()]
	}
}

// homeless reports an answer that no object was found for; a person decides about all of it.
func (b *builder) homeless(a answer, file string) {
	f := diag.New(unplaced, b.pos(a.Root.Ref), "this %s does not say whose it is", a.Kind)
	switch {
	case a.Place.VNet != "" && b.vnetNamed(a.Place.VNet) == nil:
		f.Message = fmt.Sprintf("this %s is of VNet %q, which no network configuration here has", a.Kind, a.Place.VNet)
		f.Hint = "supply the network configuration that has the VNet, or leave the answer out"
	default:
		f.Hint = "save it as " + file + ", with the name of the VNet in place of VNET, in the folder of its network configuration"
	}
	b.found = append(b.found, f)
	b.forPerson(&a.Root, unplaced)
}

// forPerson gives a whole tree to a person.
func (b *builder) forPerson(n *netcfg.Node, why string) { b.endTree(n, diag.NeedsPerson, why) }

// dropTree drops a whole tree.
func (b *builder) dropTree(n *netcfg.Node, why string) { b.endTree(n, diag.Dropped, why) }

// endTree takes what of a tree is not taken yet, and gives it its fate.
func (b *builder) endTree(n *netcfg.Node, kind diag.FateKind, why string) {
	if n == nil {
		return
	}
	for _, ref := range []diag.Ref{n.Ref, n.TextRef} {
		if !ref.IsZero() && !b.taken.has(ref.In(b.doc)) {
			b.take(ref)
			b.fate(ref, kind, why)
		}
	}
	for i := range n.Nodes {
		b.endTree(&n.Nodes[i], kind, why)
	}
}

// items are the elements of an answer that may be a list or one of its elements.
func items(a answer, name string) []*netcfg.Node {
	if a.Kind == name {
		return []*netcfg.Node{&a.Root}
	}
	return slices.Collect(a.Root.All(name))
}

// vnetList reads what the list of VNets says beyond a configuration: ids and bindings.
func (b *builder) vnetList(a answer) {
	for n := range a.Root.All("VirtualNetworkSite") {
		v := b.vnetNamed(n.Value("Name"))
		if v == nil {
			continue // left out, with its findings
		}
		b.identify(v, n.Child("Id"))
		for s := range n.Child("Subnets").All("Subnet") {
			i := slices.IndexFunc(v.Subnets, func(q Subnet) bool { return compareFold(q.Raw, s.Value("Name")) == 0 })
			if i < 0 {
				continue
			}
			if group := s.Child("NetworkSecurityGroup"); group != nil && group.Text != "" {
				b.bindGroup(&v.Subnets[i], group.Text, b.of(group))
			}
			if table := s.Child("RouteTableName"); table != nil && table.Text != "" {
				b.bindTable(&v.Subnets[i], table.Text, b.of(table))
			}
		}
	}
}

// affinityGroups gives the VNets of a group its region.
func (b *builder) affinityGroups(a answer) {
	for _, n := range items(a, "AffinityGroup") {
		name, location := n.Child("Name"), n.Child("Location")
		region := knownRegion(n.Value("Location"))
		used := false
		for i := range b.e.VNets {
			v := &b.e.VNets[i]
			if v.ID.Subscription != b.sub || v.Region.AffinityGroup == "" || !strings.EqualFold(v.Region.AffinityGroup, n.Value("Name")) {
				continue
			}
			used = true
			b.regionOf(v, region, location, slices.Concat(b.of(name), b.of(location)))
		}
		if !used {
			b.dropTree(name, "no VNet of the input is in this affinity group")
			b.dropTree(location, "no VNet of the input is in this affinity group")
		}
	}
}

// regionOf settles the region of a VNet by its affinity group.
func (b *builder) regionOf(v *VNet, region string, location *netcfg.Node, refs []diag.Ref) {
	switch {
	case region == "" || v.Region.Name == region:
	case v.Region.Name == "":
		v.Region.Name, v.Region.Raw = region, location.Text
	default:
		b.missing(refs, v.Region.Refs, "affinity group %q of VNet %q is in %s here, and the VNet is in %s there",
			v.Region.AffinityGroup, v.Name, location.Text, v.Region.Name)
		b.ended(refs, diag.NeedsPerson, contradiction)
		return
	}
	v.Region.Refs = append(v.Region.Refs, refs...)
}
