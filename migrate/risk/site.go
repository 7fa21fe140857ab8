package risk

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// implausibleAddresses finds referenced sites whose device address is missing or cannot be a
// device's (SITE-002), one finding for each address. Text that is no address at all is reported
// when it is read; a site that only Dedicated connections name needs none.
func implausibleAddresses(c *classic) diag.List {
	var order []string
	group := map[string][]*estate.Site{}
	for i := range c.Sites {
		s := &c.Sites[i]
		tunnelled := slices.ContainsFunc(c.ofSite[s], func(h *half) bool { return h.Kind == estate.IPsec })
		missing, placeholder := s.Address.Raw == "", s.Address.IsValid() && s.Address.Placeholder != ""
		if !tunnelled || !missing && !placeholder {
			continue
		}
		if _, ok := group[s.Address.Raw]; !ok {
			order = append(order, s.Address.Raw)
		}
		group[s.Address.Raw] = append(group[s.Address.Raw], s)
	}
	var hits []hit
	for _, raw := range order {
		hits = append(hits, c.implausible(raw, group[raw]))
	}
	return told(hits, "%d gateway addresses cannot be a VPN device: %s")
}

func (c *classic) implausible(raw string, sites []*estate.Site) hit {
	names := make([]string, len(sites))
	for i, s := range sites {
		names[i] = c.site(s)
	}
	word, has := plural(len(sites), "site", "sites"), plural(len(sites), "has", "have")
	f := diag.New("SITE-002", c.addressPos(sites[0]), "local network %s %s %s no gateway address", word, few(names), has)
	if raw != "" {
		f = diag.New("SITE-002", f.Pos, "gateway address %s of local network %s %s is %s", raw, word, few(names), sites[0].Address.Placeholder)
	}
	for _, s := range sites[1:min(len(sites), maxNamed)] {
		f = f.See(c.addressPos(s), "%s is here", c.site(s))
	}
	return hit{cmp.Or(raw, "(none)"), f}
}

func (c *classic) addressPos(s *estate.Site) diag.Pos {
	if len(s.Address.Refs) > 0 {
		return c.at(s.Address.Refs)
	}
	return c.at(s.Refs)
}

// swappedAddresses finds sites whose device addresses stand crosswise (SITE-001).
func swappedAddresses(c *classic) diag.List {
	suspects := c.suspects()
	speaks := map[netip.Addr]map[estate.ID]bool{} // address → VNets that sites with it stand for
	if len(suspects) > 0 {
		for i := range c.Sites {
			if s := &c.Sites[i]; !s.Endpoint.IsZero() && s.Address.IsValid() {
				if speaks[s.Address.Addr] == nil {
					speaks[s.Address.Addr] = map[estate.ID]bool{}
				}
				speaks[s.Address.Addr][s.Endpoint] = true
			}
		}
	}
	var hits []hit
	done := map[*estate.Site]bool{}
	for _, s := range suspects {
		if done[s] {
			continue
		}
		done[s] = true
		i := slices.IndexFunc(suspects, func(t *estate.Site) bool {
			return !done[t] && t.Endpoint != s.Endpoint && speaks[s.Address.Addr][t.Endpoint] && speaks[t.Address.Addr][s.Endpoint]
		})
		if i < 0 {
			hits = append(hits, hit{c.site(s), diag.New("SITE-001", c.addressPos(s), "gateway address %s of local network site %s stands for another VNet than %s in other sites",
				s.Address.Raw, c.site(s), c.endpoint(s))})
			continue
		}
		t := suspects[i]
		done[t] = true
		hits = append(hits, hit{c.site(s), diag.New("SITE-001", c.addressPos(s), "gateway addresses of local network sites %s (%s, for VNet %s) and %s (%s, for VNet %s) look swapped",
			c.site(s), s.Address.Raw, c.endpoint(s), c.site(t), t.Address.Raw, c.endpoint(t)).
			See(c.addressPos(t), "%s is here", c.site(t))})
	}
	return told(hits, "gateway addresses of %d local network sites look swapped: %s")
}

// endpoint names the VNet that a site stands for.
func (c *classic) endpoint(s *estate.Site) string {
	return c.of(estate.TypeVNet, s.Endpoint, s.Endpoint.Name)
}

// suspects lists the sites that the pairing found to carry another VNet's address.
func (c *classic) suspects() []*estate.Site {
	var out []*estate.Site
	for i := range c.Sites {
		s := &c.Sites[i]
		if slices.ContainsFunc(c.ofSite[s], func(h *half) bool {
			return h.Pairing.Suspect == "SITE-001" && slices.Contains(h.Pairing.Evidence, estate.Evidence{Kind: estate.AgainstAddress, Value: s.Address.Raw})
		}) {
			out = append(out, s)
		}
	}
	return out
}

// narrowSites finds sites that list only part of the VNet they stand for (SITE-003).
func narrowSites(c *classic) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		far := c.standsFor(s)
		if far == nil || len(s.Prefixes) == 0 {
			continue
		}
		if rest := without(far.Space, s.Prefixes); len(rest) > 0 {
			hits = append(hits, hit{c.site(s), diag.New("SITE-003", c.at(s.Prefixes[0].Refs), "local network site %s leaves out %s of VNet %s", c.site(s), listed(rest), c.vnet(far)).
				See(c.at(far.Refs), "%s is here", c.vnet(far))})
		}
	}
	return told(hits, "%d local network sites list only part of the VNet they stand for: %s")
}

// standsFor is the VNet that a site's paired halves end at, or nil.
func (c *classic) standsFor(s *estate.Site) *estate.VNet {
	for _, h := range c.ofSite[s] {
		if h.far != nil {
			return h.far
		}
	}
	return nil
}

// supernetSites finds prefixes of sites that contain the space of VNets that the sites do not
// stand for (SITE-006), one finding for each prefix.
func supernetSites(c *classic) diag.List {
	var order []*supernet
	known := map[netip.Prefix]*supernet{}
	for i := range c.Sites {
		s := &c.Sites[i]
		if len(c.ofSite[s]) == 0 {
			continue
		}
		for _, p := range s.Prefixes {
			n, ok := known[p.Prefix]
			if !ok {
				n = &supernet{prefix: p.Prefix, covered: c.strictlyInside(p.Prefix)}
				known[p.Prefix], order = n, append(order, n)
			}
			n.add(c, s, p)
		}
	}
	var hits []hit
	for _, n := range order {
		if len(n.sites) > 0 {
			hits = append(hits, hit{n.prefix.String(), diag.New("SITE-006", n.pos, "prefix %s of local network %s %s covers %s: %s", n.prefix,
				plural(len(n.sites), "site", "sites"), few(n.sites), count(n.others, "other VNet"), few(n.names))})
		}
	}
	return told(hits, "%d prefixes of local network sites cover other VNets: %s")
}

// supernet is a prefix of sites, and the VNets inside it.
type supernet struct {
	prefix  netip.Prefix
	covered []*estate.VNet
	sites   []string // those that list it and have nothing to do with some of the VNets
	others  int      // how many VNets that is for the first of the sites
	names   []string // of those
	pos     diag.Pos // of the prefix in the first of the sites
}

// add counts a site, unless it stands for the covered VNets or they use it.
func (n *supernet) add(c *classic, s *estate.Site, p estate.Prefix) {
	own := []*estate.VNet{c.x.VNet(s.Endpoint)}
	for _, h := range c.ofSite[s] {
		own = append(own, h.near)
	}
	var others []string
	for _, v := range n.covered {
		if !slices.Contains(own, v) {
			others = append(others, c.vnet(v))
		}
		if len(n.sites) > 0 && len(others) > 0 {
			break // the first site has listed them
		}
	}
	if len(others) == 0 {
		return
	}
	if len(n.sites) == 0 {
		n.pos, n.others, n.names = c.at(p.Refs), len(others), others
	}
	n.sites = append(n.sites, c.site(s))
}

// strictlyInside lists the VNets with a space inside p that is not p itself, each once.
func (c *classic) strictlyInside(p netip.Prefix) []*estate.VNet {
	var out []*estate.VNet
	seen := map[*estate.VNet]bool{}
	for _, o := range c.spaces.inside(p) {
		if o.Prefix.Prefix != p && !seen[o.owner] {
			seen[o.owner] = true
			out = append(out, o.owner)
		}
	}
	return out
}

// unreferencedSites finds sites that no VNet refers to (SITE-007).
func unreferencedSites(c *classic) diag.List {
	var hits []hit
	for i := range c.Sites {
		if s := &c.Sites[i]; len(c.ofSite[s]) == 0 {
			hits = append(hits, hit{c.site(s), diag.New("SITE-007", c.at(s.Refs), "no VNet refers to local network site %s", c.site(s))})
		}
	}
	return told(hits, "no VNet refers to %d local network sites: %s")
}

// ambiguousEnds finds halves that could end at several others (SITE-009).
func ambiguousEnds(c *classic) diag.List {
	var hits []hit
	for i := range c.halves {
		h := &c.halves[i]
		if h.Pairing.Confidence != estate.Ambiguous {
			continue
		}
		f := diag.New("SITE-009", c.at(h.Refs), "connection of VNet %s to local network site %s could end at %s", c.vnet(h.near), c.siteID(h.Site), c.candidates(h))
		for _, id := range h.Pairing.Candidates[:min(len(h.Pairing.Candidates), maxNamed)] {
			f = f.See(c.at(c.x.Connection(id).Refs), "the connection of %s to %q could be its other end", c.of(estate.TypeVNet, id, id.Name), id.Child)
		}
		hits = append(hits, hit{c.vnet(h.near), f})
	}
	return told(hits, "%d connections fit more than one far end: of VNets %s")
}

// candidates names the VNets that an ambiguous half could end at.
func (c *classic) candidates(h *half) string {
	var names []string
	for _, id := range h.Pairing.Candidates {
		if name := c.of(estate.TypeVNet, id, id.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch n := len(h.Pairing.Candidates); {
	case n == 1:
		return few(names) + ", and so could another"
	case len(names) == 1:
		return fmt.Sprintf("either of %d connections of %s", n, few(names))
	}
	return few(names)
}

// sitesOfOtherFiles finds on-premises sites that look like a VNet of a subscription whose file was
// not read (SITE-010). The name is the only evidence that a file has, so this is a hint.
func sitesOfOtherFiles(c *classic) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		name := azure.PlainSiteName(s.Name)
		if !c.leadsOut(s) || !strings.Contains(plain(name), "vnet") || slices.ContainsFunc(s.Prefixes, func(p estate.Prefix) bool {
			return !azure.IsPrivate(p.Prefix) || c.spaces.touches(p.Prefix)
		}) {
			continue
		}
		hits = append(hits, hit{c.site(s), diag.New("SITE-010", c.at(s.Refs), "local network site %s is named like a VNet, but no VNet of the input has its prefixes", c.site(s))})
	}
	return told(hits, "%d local network sites are named like VNets that are not in the input: %s")
}

func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(name))
}
