package plan

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// hosts are the addresses of VNets where something can be: those of their subnets, but for GatewaySubnet. A route
// table is for subnets, so that a plan which leads packets by one leaves the addresses in no subnet behind. Nothing is
// there; a subnet that is made later needs the table as well, as the step says.
type hosts map[estate.Key]*estate.VNet // of the VNets whose subnets get tables; of any other every address counts

func newHosts(p *Plan) hosts {
	base, out := estate.NewIndex(p.Base), hosts{}
	for i := range p.Steps {
		add := p.Steps[i].Effect.Add
		if add == nil {
			continue
		}
		for j := range add.VNets {
			if old := base.VNet(add.VNets[j].ID); old != nil && !slices.EqualFunc(old.Subnets, add.VNets[j].Subnets, func(a, b estate.Subnet) bool { return a.RouteTable.Same(b.RouteTable) }) {
				out[old.ID.Key()] = old
			}
		}
	}
	return out
}

// without reports whether a verdict is about addresses where nothing is, at one of its ends.
func (h hosts) without(v reach.Verdict) bool {
	return len(h) > 0 && v.Froms == nil && v.Via == nil && (h.idle(v.From, v.FromPrefixes) || h.idle(v.To, v.ToPrefixes))
}

func (h hosts) idle(l reach.Location, addresses []netip.Prefix) bool {
	if l.Kind != reach.VNet || len(addresses) == 0 {
		return false
	}
	vnet := h[l.ID.Key()]
	if vnet == nil {
		return false
	}
	some := false
	for i := range vnet.Subnets {
		s := &vnet.Subnets[i]
		if s.OfGateways() || !s.Prefix.IsValid() {
			continue
		}
		some = true
		if slices.ContainsFunc(addresses, s.Prefix.Overlaps) {
			return false
		}
	}
	return some
}
