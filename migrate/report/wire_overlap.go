package report

import (
	"net/netip"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// WireOverlaps are the overlaps that keep pairs of a component on VPN, and what can be done, the best first.
type WireOverlaps struct {
	Between  []WireOverlap `json:"between"`
	Exact    bool          `json:"smallest"` // no smaller set of virtual networks to renumber would do
	Remedies []WireWayOut  `json:"remedies"`
}

// WireOverlap is that of two virtual networks.
type WireOverlap struct {
	A     WireID      `json:"a"`
	B     WireID      `json:"b"`
	Keeps [][2]WireID `json:"keepsOnVpn"` // pairs
}

// WireWayOut is one way to live with overlaps, or to end them.
type WireWayOut struct {
	Name        string            `json:"name"`
	Does        string            `json:"does"`
	Consequence string            `json:"consequence"`
	Refused     string            `json:"refused,omitempty"` // why it is not possible here
	Renumber    []WireRenumbering `json:"renumber,omitempty"`
}

// WireRenumbering gives a virtual network other addresses: one of to for each of from.
type WireRenumbering struct {
	VNet    WireID         `json:"virtualNetwork"`
	From    []netip.Prefix `json:"from"`
	To      []netip.Prefix `json:"to"`
	Subnets int            `json:"subnets"` // to make anew
}

func wireOverlaps(o *plan.Overlaps) *WireOverlaps {
	if o == nil {
		return nil
	}
	return &WireOverlaps{Exact: o.Exact,
		Between: each(o.Between, func(b plan.Overlap) WireOverlap {
			w := WireOverlap{A: wireID(b.A), B: wireID(b.B)}
			for _, p := range b.Keeps {
				w.Keeps = append(w.Keeps, [2]WireID{wireID(p[0]), wireID(p[1])})
			}
			return w
		}),
		Remedies: each(o.Remedies, func(m plan.Remedy) WireWayOut {
			return WireWayOut{m.Name, m.Does, m.Consequence, m.Refused, each(m.Renumber, func(n plan.Renumbering) WireRenumbering {
				return WireRenumbering{wireID(n.VNet), n.From, n.To, n.Subnets}
			})}
		}),
	}
}

func unwiredOverlaps(w *WireOverlaps) *plan.Overlaps {
	if w == nil {
		return nil
	}
	return &plan.Overlaps{Exact: w.Exact,
		Between: each(w.Between, func(b WireOverlap) plan.Overlap {
			o := plan.Overlap{A: unwiredID(b.A), B: unwiredID(b.B)}
			for _, p := range b.Keeps {
				o.Keeps = append(o.Keeps, [2]estate.ID{unwiredID(p[0]), unwiredID(p[1])})
			}
			return o
		}),
		Remedies: each(w.Remedies, func(m WireWayOut) plan.Remedy {
			return plan.Remedy{Name: m.Name, Does: m.Does, Consequence: m.Consequence, Refused: m.Refused, Renumber: each(m.Renumber, func(n WireRenumbering) plan.Renumbering {
				return plan.Renumbering{VNet: unwiredID(n.VNet), From: n.From, To: n.To, Subnets: n.Subnets}
			})}
		}),
	}
}
