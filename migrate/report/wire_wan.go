package report

import (
	"fmt"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// WireWAN compares what is planned for a component with a Virtual WAN: for people to choose by, no plan builds one.
// Source of its facts: docs/sources.md#virtual-wan.
type WireWAN struct {
	Hubs    []WireWANHub   `json:"hubs"`   // one for each region of the virtual networks
	Parts   []WireWANPart  `json:"parts"`  // what is paid for by the hour
	Points  []WireWANPoint `json:"points"` // what is in its way, and what it needs
	Today   WireWANSide    `json:"today"`
	Target  WireWANSide    `json:"target"`
	Instead WireWANSide    `json:"virtualWan"`
	// Pairs that people want encrypted, and forbid. A Virtual WAN encrypts none of them, and by itself joins all.
	Encrypted int `json:"wantedEncrypted,omitempty"`
	Forbidden int `json:"wantedApart,omitempty"`
}

// WireWANHub is a hub with what would be connected to it.
type WireWANHub struct {
	Region   string   `json:"region"` // or what stands for one that no input tells
	VNets    []WireID `json:"virtualNetworks"`
	Devices  int      `json:"siteToSiteConnections,omitempty"`
	Networks []string `json:"networks,omitempty"` // on-premises, behind those
	Circuits int      `json:"circuits,omitempty"`
	Edges    []string `json:"networksBehindCircuits,omitempty"`
	Clients  []WireID `json:"clientsOf,omitempty"` // virtual networks that clients dial in to today
}

// WireWANPart is what is paid for by the hour.
type WireWANPart struct {
	What    string `json:"what"`
	Count   int    `json:"count"`
	Amount  string `json:"amount"`            // of all in a month, a decimal
	Unknown string `json:"unknown,omitempty"` // why the amount is not known
}

// WireWANPoint is something to know. Its mark says how sure it is: stated by the documentation, following from that,
// general knowledge, or to be verified.
type WireWANPoint struct {
	Mark string `json:"mark" jsonschema:"enum=D,enum=E,enum=K,enum=V"`
	Says string `json:"says"`
}

// WireWANSide is one of the networks that are compared.
type WireWANSide struct {
	Monthly   WireMonthly `json:"monthly"`                  // of the virtual networks and what belongs to them
	VNets     WireTalking `json:"virtualNetworkPairs"`      // that reach each other
	Branches  WireTalking `json:"branchPairs"`              // of a virtual network, and an on-premises network or clients
	Between   WireTalking `json:"pairsBetweenBranches"`     // of on-premises networks and clients
	Encrypted int         `json:"encryptedPairs,omitempty"` // of those that are to be
	Forbidden int         `json:"forbiddenPairs,omitempty"` // that reach each other and must not
}

// WireTalking counts pairs that reach each other.
type WireTalking struct {
	Sure    int `json:"sure"`
	Perhaps int `json:"perhaps,omitempty"`
}

func wireWAN(w *plan.WAN) *WireWAN {
	if w == nil {
		return nil
	}
	return &WireWAN{
		Hubs: each(w.Hubs, func(h cost.WANHub) WireWANHub {
			return WireWANHub{h.Region, each(h.VNets, wireID), h.Devices, h.Networks, h.Circuits, h.Edges, each(h.Clients, wireID)}
		}),
		Parts: each(w.Parts, func(p plan.WANPart) WireWANPart {
			return WireWANPart{p.What, p.Count, p.Amount.Decimal(), p.Unknown}
		}),
		Points: each(w.Points, func(p plan.WANPoint) WireWANPoint { return WireWANPoint{string(p.Mark), p.Says} }),
		Today:  wireWANSide(&w.Today), Target: wireWANSide(&w.Target), Instead: wireWANSide(&w.Instead),
		Encrypted: w.Encrypted, Forbidden: w.Forbidden,
	}
}

func wireWANSide(s *plan.WANSide) WireWANSide {
	return WireWANSide{*wireMonthly(&s.Monthly), WireTalking(s.VNets), WireTalking(s.Branches), WireTalking(s.Between), s.Encrypted, s.Forbidden}
}

func (d *unwirer) wan(w *WireWAN) *plan.WAN {
	if w == nil {
		return nil
	}
	return &plan.WAN{
		Hubs: each(w.Hubs, func(h WireWANHub) cost.WANHub {
			return cost.WANHub{Region: h.Region, VNets: ids(h.VNets), Devices: h.Devices, Networks: h.Networks, Circuits: h.Circuits, Edges: h.Edges, Clients: ids(h.Clients)}
		}),
		Parts: each(w.Parts, func(p WireWANPart) plan.WANPart {
			amount, ok := cost.ParseAmount(p.Amount)
			if !ok && d.err == nil {
				d.err = fmt.Errorf("%s of a Virtual WAN costs %q a month, which is no amount", p.What, p.Amount)
			}
			return plan.WANPart{What: p.What, Count: p.Count, Amount: amount, Unknown: p.Unknown}
		}),
		Points: each(w.Points, func(p WireWANPoint) plan.WANPoint {
			return plan.WANPoint{Mark: oneOf(d, "mark of a fact", p.Mark, plan.Marks), Says: p.Says}
		}),
		Today: d.wanSide(&w.Today), Target: d.wanSide(&w.Target), Instead: d.wanSide(&w.Instead),
		Encrypted: w.Encrypted, Forbidden: w.Forbidden,
	}
}

func (d *unwirer) wanSide(s *WireWANSide) plan.WANSide {
	return plan.WANSide{Monthly: *d.monthly(&s.Monthly), VNets: plan.Talking(s.VNets), Branches: plan.Talking(s.Branches), Between: plan.Talking(s.Between),
		Encrypted: s.Encrypted, Forbidden: s.Forbidden}
}
