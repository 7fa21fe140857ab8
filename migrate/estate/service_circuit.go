package estate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// circuits reads ExpressRoute circuits, the subscription's own and those it may use.
func (b *builder) circuits(a answer) {
	name := strings.TrimSuffix(a.Kind, "s")
	for _, n := range items(a, name) {
		key := b.fact(n.Child("ServiceKey"))
		c := b.circuit(key.Value, cmp.Or(n.Value("CircuitName"), keyed(key.Value)))
		c.Refs = slices.Concat(c.Refs, b.of(n), b.of(n.Child("CircuitName")))
		b.setFact(&c.ServiceKey, key, "the service key of circuit %q", c.ID.Name)
		b.setFact(&c.Provider, b.fact(n.Child("ServiceProviderName")), "the provider of circuit %q", c.ID.Name)
		b.setFact(&c.Location, b.fact(n.Child("Location")), "the location of circuit %q", c.ID.Name)
		b.setFact(&c.Bandwidth, b.fact(n.Child("Bandwidth")), "the bandwidth of circuit %q", c.ID.Name)
		b.setFact(&c.SKU, b.fact(n.Child("Sku")), "the SKU of circuit %q", c.ID.Name)
		b.setFact(&c.Status, b.fact(n.Child("Status")), "the status of circuit %q", c.ID.Name)
	}
}

// circuit is the circuit with that service key in the subscription at hand, made when it is new. Two
// circuits may have one name: the second is then called after its key.
func (b *builder) circuit(key, name string) *Circuit {
	for i := range b.e.Circuits {
		c := &b.e.Circuits[i]
		switch {
		case c.ID.Subscription != b.sub:
		case key != "" && strings.EqualFold(c.ServiceKey.Value, key):
			return c
		case !c.ID.Same(b.id(TypeCircuit, name, "")):
		case key == "" || !c.ServiceKey.Known() || strings.EqualFold(keyed(key), name):
			return c
		default:
			return b.circuit(key, keyed(key))
		}
	}
	b.e.Circuits = append(b.e.Circuits, Circuit{ID: b.id(TypeCircuit, name, "")})
	return &b.e.Circuits[len(b.e.Circuits)-1]
}

// keyed is what a circuit without a name is called after its service key, which the name does not tell: a
// provider takes orders for a circuit from whoever knows it.
func keyed(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.ToLower(key)))
	return "circuit-" + hex.EncodeToString(sum[:4])
}

// circuitLinks reads which VNets a circuit reaches: the only place where the two meet.
func (b *builder) circuitLinks(a answer) {
	if a.Place.Key == "" {
		b.homeless(a, "networking/dedicatedcircuits/SERVICEKEY/vnets.xml")
		return
	}
	c := b.circuit(a.Place.Key, keyed(a.Place.Key))
	for _, n := range items(a, "DedicatedCircuitLink") {
		name := n.Child("VnetName")
		v := b.vnetNamed(n.Value("VnetName"))
		if v == nil {
			b.found.Add(unplaced, b.pos(n.Ref), "circuit %q is linked to VNet %q, which no network configuration here has", c.ID.Name, n.Value("VnetName"))
			b.forPerson(n, unplaced)
			continue
		}
		c.Refs = slices.Concat(c.Refs, b.of(n), b.of(name))
		b.linkCircuit(c, v)
	}
}

// linkCircuit says that a VNet reaches a circuit: its ExpressRoute connections end there.
func (b *builder) linkCircuit(c *Circuit, v *VNet) {
	if !slices.ContainsFunc(c.Links, v.ID.Same) {
		c.Links = append(c.Links, v.ID)
	}
	var linked, open, other *Connection
	for i := range b.e.Connections {
		l := &b.e.Connections[i]
		switch {
		case l.Kind != ExpressRoute || l.ID.Subscription != v.ID.Subscription || !strings.EqualFold(l.ID.Name, v.Name):
		case l.Circuit.Same(c.ID):
			linked = l
		case l.Circuit.IsZero():
			if open == nil {
				open = l
			}
		default:
			other = l
		}
	}
	if linked == nil && open != nil {
		open.Circuit, linked = c.ID, open
	}
	if linked == nil && other != nil { // a network configuration names one connection, whatever is linked
		second := *other
		second.ID.Child += " by " + c.ID.Name
		second.Circuit, second.Refs = c.ID, nil
		b.e.Connections = append(b.e.Connections, second)
	}
}
