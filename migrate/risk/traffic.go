package risk

import (
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// exchange is what two VNets of one region send each other, and what that costs more in the target.
type exchange struct {
	a, b   reach.Location
	volume options.Volume
	more   cost.Amount
	known  bool
}

// chattyPairs finds VNets of one region whose traffic costs more over a peering than the gateways that go from them did
// (CST-001). A tunnel within a region carries it free of charge.
func chattyPairs(t *target) diag.List {
	var hits []hit
	for _, x := range t.exchanges() {
		if saved := t.saved(x.a, x.b); x.known && saved > 0 && x.more > saved {
			a, b := t.location(x.a), t.location(x.b)
			hits = append(hits, hit{a + " and " + b, diag.New("CST-001", t.place(x.a),
				"%s and %s are in one region: the %s GB a month that they send each other cost %s US dollars more in the target, and the gateways that go from them %s", a, b, x.volume, x.more, saved)})
		}
	}
	return told(hits, "%d pairs of one region cost more by their traffic than the gateways that go from them: %s")
}

// exchanges are the pairs of VNets in one region that somebody told the traffic of, in order.
func (t *target) exchanges() []*exchange {
	if len(t.Traffic) == 0 {
		return nil
	}
	before, after := cost.Traffic(t.Base, t.Before, t.Traffic), cost.Traffic(t.Target, t.After, t.Traffic)
	of := map[[2]estate.Key]*exchange{}
	var out []*exchange
	for i, f := range t.Traffic {
		if f.From.Kind != reach.VNet || f.To.Kind != reach.VNet || !cost.OneRegion(t.base.VNet(f.From.ID), t.base.VNet(f.To.ID)) {
			continue
		}
		a, b := f.From, f.To
		if b.Compare(a) < 0 {
			a, b = b, a
		}
		key := [2]estate.Key{a.ID.Key(), b.ID.Key()}
		x := of[key]
		if x == nil {
			x = &exchange{a: a, b: b, known: true}
			of[key], out = x, append(out, x)
		}
		x.volume += f.Volume
		x.more += after[i].Amount - before[i].Amount
		x.known = x.known && before[i].Unknown == "" && after[i].Unknown == "" && before[i].Apart == after[i].Apart
	}
	return out
}

// saved is what the gateways of two VNets cost a month that the target does without; 0 when one has no price.
func (t *target) saved(a, b reach.Location) cost.Amount {
	gone := &estate.Estate{}
	for _, at := range []reach.Location{a, b} {
		for _, g := range t.base.GatewaysOf(at.ID) {
			if t.x.Gateway(g.ID) == nil {
				gone.Gateways = append(gone.Gateways, *g)
			}
		}
	}
	known, unknown := cost.Of(gone).Total()
	if unknown > 0 {
		return 0
	}
	return known
}
