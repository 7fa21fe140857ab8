package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// unlisted are the kinds of resources that steps touch and that no listing of a subscription has.
func unlisted(e *estate.Estate) []string {
	var missing []string
	for _, l := range e.Listings {
		for _, kind := range []string{estate.TypeVNet, estate.TypeGateway, estate.TypeConnection, estate.TypeSite} {
			if what := fmt.Sprintf("%s of subscription %q", kind, l.Subscription); !slices.Contains(l.Types, kind) && !slices.Contains(missing, what) {
				missing = append(missing, what)
			}
		}
	}
	return missing
}

// Usable says why a listing cannot tell where a network stands in a plan: parts of it are missing, or contradict each
// other. found is what was noticed while it was read. A step that only seems done could let the next one cut somebody
// off.
func Usable(p *Plan, live *estate.Estate, found diag.List) error {
	if missing := unlisted(live); len(missing) > 0 {
		return fmt.Errorf("the listing is not complete: no input lists %s", strings.Join(missing, ", "))
	}
	for _, was := range p.Base.Listings {
		i := slices.IndexFunc(live.Listings, func(is estate.Listing) bool { return strings.EqualFold(is.Subscription, was.Subscription) })
		switch {
		case i < 0 && len(live.Listings) > 0:
			return fmt.Errorf("the listing is not complete: the plan is about subscription %q, too, and no input lists anything of it", was.Subscription)
		case i >= 0 && was.TakenAt.Known() && live.Listings[i].TakenAt.Known() && live.Listings[i].TakenAt.Value < was.TakenAt.Value:
			return fmt.Errorf("the listing of subscription %q was taken at %s, before the one that the plan was made from (%s): list the network again",
				was.Subscription, live.Listings[i].TakenAt.Value, was.TakenAt.Value)
		}
	}
	return reliable(found, "LST-002", "LST-003", "LST-004", "LST-007")
}

// Reliable says why a listing cannot be planned on: it is cut off, or contradicts itself. found is what was noticed
// while it was read.
func Reliable(found diag.List) error { return reliable(found, "LST-002", "LST-003", "LST-004") }

// reliable refuses a listing of which one of some rules says that it does not show the network as it is.
func reliable(found diag.List, rules ...string) error {
	for _, f := range found {
		if slices.Contains(rules, f.Rule) && f.Severity == diag.Error {
			return fmt.Errorf("the listing cannot be relied on (%s): list the network again", f.Rule)
		}
	}
	return nil
}

// Recognise calls the objects of a live network as a plan does.
func Recognise(p *Plan, live *estate.Estate) *estate.Estate { return live.Renamed(recognised(live, p)) }

// recognised says which object of the plan each live one is: the one of its name; a peering is also that between
// the same two VNets, and in a plan of classic files an object is also the one that joins or holds the same, whatever
// it was called since.
func recognised(live *estate.Estate, p *Plan) []estate.Mapping {
	known := everKnown(p)
	mapping := estate.Alike(live, known)
	is, taken := map[estate.Key]estate.ID{}, map[estate.Key]bool{}
	add := func(from, to estate.ID) {
		if !is[from.Key()].IsZero() || taken[to.Key()] {
			return
		}
		is[from.Key()], taken[to.Key()] = to, true
		mapping = append(mapping, estate.Mapping{From: from, To: to})
	}
	for _, m := range mapping {
		is[m.From.Key()], taken[m.To.Key()] = m.To, true
	}
	if len(p.Base.Listings) == 0 {
		became, _ := estate.Became(p.Base, live)
		for _, m := range became {
			add(m.To, m.From)
		}
	}
	between := map[[2]estate.Key]estate.ID{}
	for i := range known.Peerings {
		half := &known.Peerings[i]
		between[[2]estate.Key{half.VNet.Key(), half.Remote.Key()}] = half.ID
	}
	for i := range live.Peerings {
		half := &live.Peerings[i]
		if to := between[[2]estate.Key{is[half.VNet.Key()].Key(), is[half.Remote.Key()].Key()}]; !to.IsZero() {
			add(half.ID, to)
		}
	}
	return mapping
}
