package report

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// placer names locations and paths.
type placer struct {
	x     *estate.Index
	names *estate.Names
}

func newPlacer(e *estate.Estate) placer { return placer{estate.NewIndex(e), estate.NewNames(e)} }

// bare is a location's name without "VNet", and with its subscription where several have one of that
// name.
func (p placer) bare(l reach.Location) phrase {
	switch l.Kind {
	case reach.Internet:
		return say("the Internet")
	case reach.OnPremises:
		return say("on-premises ").and(named(l.Name))
	case reach.Clients:
		return say("clients of ").and(p.vnet(l.ID, l.Name))
	}
	return p.vnet(l.ID, l.Name)
}

// full is a location's name in a sentence.
func (p placer) full(l reach.Location) phrase {
	if l.Kind == reach.VNet {
		return say("VNet ").and(p.bare(l))
	}
	return p.bare(l)
}

// line is the same as text without marks.
func (p placer) line(l reach.Location) string { return textOf(p.full(l)) }

func (p placer) vnet(id estate.ID, name string) phrase {
	if v := p.x.VNet(id); v != nil {
		name = v.Name // that of a location has its subscription already
	}
	if owner := p.names.Owner(estate.TypeVNet, id, name); owner != "" {
		return named(name).say(" (").and(named(owner)).say(")")
	}
	return named(name)
}

func (p placer) each(all []reach.Location, most int) phrase { return firstOf(all, most, p.bare) }

// firstOf names the first of some locations and counts the rest.
func firstOf(all []reach.Location, most int, name func(reach.Location) phrase) phrase {
	return moreThan(joined(each(all[:min(len(all), most)], name)), len(all)-most)
}

// mostOfGroup is how many locations of a group are named.
const mostOfGroup = 3

func someOf(group []reach.Location, name func(reach.Location) phrase) phrase {
	return firstOf(group, mostOfGroup, name)
}

// path is a path in the field's words, with the gateways and devices that pass packets on by name.
func (p placer) path(hops []reach.Hop) phrase {
	var parts []phrase
	for _, h := range hops {
		switch {
		case h.Type == reach.GatewayForward:
			parts = append(parts, p.gatewayOf(h.Element))
		case (h.Type == reach.FirewallHop || h.Type == reach.ApplianceHop) && !h.Element.IsZero():
			parts = append(parts, say("%s ", hopWords[h.Type]).and(named(h.Element.Name)))
		case h.Type == reach.ApplianceHop:
			parts = append(parts, say("something that no input describes"))
		default:
			parts = append(parts, say("%s", hopWords[h.Type]))
		}
	}
	return apartBy(" + ", parts)
}

func (p placer) gatewayOf(id estate.ID) phrase {
	if g := p.x.Gateway(id); g != nil {
		if v := p.x.VNet(g.VNet); v != nil {
			return say("gateway of ").and(p.vnet(v.ID, v.Name))
		}
	}
	return say("gateway ").and(named(id.Name))
}

// addresses names a set of addresses of a location: by its subnets, or by what is left out, where that
// is what the set is.
func (p placer) addresses(l reach.Location, set []netip.Prefix) phrase {
	if l.Kind == reach.Internet && slices.ContainsFunc(set, func(q netip.Prefix) bool { return q.Contains(outside) }) {
		return say("public addresses")
	}
	v := p.x.VNet(l.ID)
	if l.Kind != reach.VNet || v == nil || len(set) == 0 {
		return say("%s", addressWords(set))
	}
	all := each(v.Space, func(q estate.Prefix) netip.Prefix { return q.Prefix })
	rest := reach.Without(all, set)
	if len(rest) == 0 {
		return say("%s", addressWords(set))
	}
	if names, ok := subnetsOf(v, set); ok {
		return names
	}
	if names, ok := subnetsOf(v, rest); ok {
		return say("all but ").and(names)
	}
	return say("%s", addressWords(set))
}

// subnetsOf names the subnets that a set of addresses consists of, if it does.
func subnetsOf(v *estate.VNet, set []netip.Prefix) (phrase, bool) {
	rest := set
	var names []phrase
	for i := range v.Subnets {
		s := &v.Subnets[i]
		if own := []netip.Prefix{s.Prefix.Prefix}; s.Prefix.IsValid() && len(reach.Without(own, set)) == 0 {
			rest = reach.Without(rest, own)
			names = append(names, say("subnet ").and(named(cmp.Or(s.Raw, s.Name))).say(" (%s)", s.Prefix.Prefix))
		}
	}
	return joined(names), len(rest) == 0
}
