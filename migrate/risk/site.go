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
// when it is read; a site that only Dedicated connections name needs none, and where the service said
// that the tunnels are up, they have another address by now.
func implausibleAddresses(c *network) diag.List {
	var order []string
	group := map[string][]*estate.Site{}
	for i := range c.Sites {
		s := &c.Sites[i]
		tunnelled := slices.ContainsFunc(c.ofSite[s], func(h *half) bool { return h.Kind == estate.IPsec && h.State.Value != estate.StateConnected })
		if s.Unlisted || s.FQDN.Known() || !s.AddressOf.IsZero() {
			continue // not known, or a name, or the address of a gateway that a template makes
		}
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

func (c *network) implausible(raw string, sites []*estate.Site) hit {
	names := make([]string, len(sites))
	for i, s := range sites {
		names[i] = c.site(s)
	}
	word, has := c.worded(plural(len(sites), "local network site", "local network sites")), plural(len(sites), "has", "have")
	f := diag.New("SITE-002", c.addressPos(sites[0]), "%s %s %s no gateway address", word, few(names), has)
	if raw != "" {
		f = diag.New("SITE-002", f.Pos, "gateway address %s of %s %s is %s", raw, word, few(names), sites[0].Address.Placeholder)
	}
	if right := c.rightAddresses(sites); right != "" {
		f = f.WithHint("%s", right)
	}
	for _, s := range sites[1:min(len(sites), maxNamed)] {
		f = f.See(c.addressPos(s), "%s is here", c.site(s))
	}
	return hit{cmp.Or(raw, "(none)"), f}
}

// rightAddresses says which addresses belong into sites, where the service said it; else nothing.
func (c *network) rightAddresses(sites []*estate.Site) string {
	var right []string
	for _, s := range sites {
		if far := c.x.VNet(s.Endpoint); far != nil {
			if a, ok := c.gatewayAddress(far); ok && a != s.Address.Addr {
				right = append(right, a.String()+" into "+c.site(s))
			}
		}
	}
	if len(right) == 0 {
		return ""
	}
	return "put " + few(right)
}

func (c *network) addressPos(s *estate.Site) diag.Pos {
	if len(s.Address.Refs) > 0 {
		return c.at(s.Address.Refs)
	}
	return c.at(s.Refs)
}

// swappedAddresses finds sites whose device addresses stand crosswise (SITE-001).
func swappedAddresses(c *network) diag.List {
	suspects := c.suspects()
	if len(suspects) == 0 {
		return nil
	}
	speaks := c.speakers()
	standing := map[estate.ID][]*estate.Site{} // suspects by the VNet that they stand for
	for _, s := range suspects {
		standing[s.Endpoint] = append(standing[s.Endpoint], s)
	}
	var hits []hit
	done := map[*estate.Site]bool{}
	for _, s := range suspects {
		if done[s] {
			continue
		}
		done[s] = true
		var t *estate.Site // the counterpart that comes first
		look := func(among []*estate.Site) {
			for _, u := range among {
				if !done[u] && u.Endpoint != s.Endpoint && (c.crosses(speaks, s, u) || c.crosses(speaks, u, s)) && (t == nil || u.ID.Compare(t.ID) < 0) {
					t = u
				}
			}
		}
		for v := range speaks[s.Address.Addr] {
			look(standing[v])
		}
		for _, h := range c.ofSite[s] {
			look(standing[h.near.ID])
		}
		if t == nil {
			hits = append(hits, c.misplaced(s))
			continue
		}
		done[t] = true
		f := c.finding("SITE-001", c.addressPos(s), "gateway addresses of local network sites %s (%s, for VNet %s) and %s (%s, for VNet %s) look swapped",
			c.site(s), s.Address.Raw, c.endpoint(s), c.site(t), t.Address.Raw, c.endpoint(t)).
			See(c.addressPos(t), "%s is here", c.site(t))
		if right := c.rightAddresses([]*estate.Site{s, t}); right != "" {
			f = f.WithHint("%s", right)
		}
		hits = append(hits, hit{c.site(s), f})
	}
	return told(hits, c.worded("gateway addresses of %d local network sites look swapped: %s"))
}

// speakers lists the VNets that each address stands for: those of the sites that carry it, and
// the one whose gateway has it, as the service said.
func (c *network) speakers() map[netip.Addr]map[estate.ID]bool {
	speaks := map[netip.Addr]map[estate.ID]bool{}
	add := func(a netip.Addr, v estate.ID) {
		if speaks[a] == nil {
			speaks[a] = map[estate.ID]bool{}
		}
		speaks[a][v] = true
	}
	for i := range c.Sites {
		if s := &c.Sites[i]; !s.Endpoint.IsZero() && s.Address.IsValid() {
			add(s.Address.Addr, s.Endpoint)
		}
	}
	for a, v := range c.gatewayOwners() {
		add(a, v.ID)
	}
	return speaks
}

// crosses reports whether the address of s stands for the VNet of t, and that of t for the VNet of
// s as far as anybody knows: of a gateway that the service was not asked about, nobody does.
func (c *network) crosses(speaks map[netip.Addr]map[estate.ID]bool, s, t *estate.Site) bool {
	if !speaks[s.Address.Addr][t.Endpoint] {
		return false
	}
	if speaks[t.Address.Addr][s.Endpoint] {
		return true
	}
	v := c.x.VNet(s.Endpoint)
	if v == nil {
		return false
	}
	_, known := c.gatewayAddress(v)
	w := c.gatewayOwners()[s.Address.Addr]
	return !known && w != nil && w.ID == t.Endpoint
}

// misplaced tells of a site with another gateway's address that has no counterpart.
func (c *network) misplaced(s *estate.Site) hit {
	f := c.finding("SITE-001", c.addressPos(s), "gateway address %s of local network site %s stands for another VNet than %s in other sites", s.Address.Raw, c.site(s), c.endpoint(s))
	if owner := c.gatewayOwners()[s.Address.Addr]; owner != nil {
		f.Message = c.finding("SITE-001", f.Pos, "gateway address %s of local network site %s is that of VNet %s", s.Address.Raw, c.site(s), c.vnet(owner)).Message
		if !s.Endpoint.IsZero() {
			f.Message += ", and the site stands for VNet " + c.endpoint(s)
		}
	}
	if right := c.rightAddresses([]*estate.Site{s}); right != "" {
		f = f.WithHint("%s", right)
	}
	return hit{c.site(s), f}
}

// endpoint names the VNet that a site stands for.
func (c *network) endpoint(s *estate.Site) string {
	return c.of(estate.TypeVNet, s.Endpoint, s.Endpoint.Name)
}

// suspects lists the sites that the pairing found to carry another VNet's address.
func (c *network) suspects() []*estate.Site {
	var out []*estate.Site
	for i := range c.Sites {
		s := &c.Sites[i]
		if slices.ContainsFunc(c.ofSite[s], func(h *half) bool {
			return h.Pairing.Suspect == "SITE-001" && slices.ContainsFunc(h.Pairing.Evidence, func(e estate.Evidence) bool {
				// Both halves have the evidence of either site.
				return e.Value == s.Address.Raw && (e.Kind == estate.AgainstAddress || e.Kind == estate.OwnAddress && c.gatewayOwners()[s.Address.Addr] == h.near)
			})
		}) {
			out = append(out, s)
		}
	}
	return out
}

// narrowSites finds sites that list only part of the VNet they stand for (SITE-003).
func narrowSites(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		far := c.standsFor(s)
		if far == nil || len(s.Prefixes) == 0 {
			continue
		}
		if rest := without(far.Space, s.Prefixes); len(rest) > 0 {
			hits = append(hits, hit{c.site(s), c.finding("SITE-003", c.at(s.Prefixes[0].Refs), "local network site %s leaves out %s of VNet %s", c.site(s), listed(rest), c.vnet(far)).
				See(c.at(far.Refs), "%s is here", c.vnet(far))})
		}
	}
	return told(hits, c.worded("%d local network sites list only part of the VNet they stand for: %s"))
}

// standsFor is the VNet that a site's paired halves end at, or nil.
func (c *network) standsFor(s *estate.Site) *estate.VNet {
	for _, h := range c.ofSite[s] {
		if h.far != nil {
			return h.far
		}
	}
	return nil
}

// supernetSites finds prefixes of sites that contain the space of VNets that the sites do not
// stand for (SITE-006), one finding for each prefix.
func supernetSites(c *network) diag.List {
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
			hits = append(hits, hit{n.prefix.String(), diag.New("SITE-006", n.pos, "prefix %s of %s %s covers %s: %s", n.prefix,
				c.worded(plural(len(n.sites), "local network site", "local network sites")), few(n.sites), count(n.others, "other VNet"), few(n.names))})
		}
	}
	return told(hits, c.worded("%d prefixes of local network sites cover other VNets: %s"))
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
func (n *supernet) add(c *network, s *estate.Site, p estate.Prefix) {
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
func (c *network) strictlyInside(p netip.Prefix) []*estate.VNet {
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
func unreferencedSites(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		if s := &c.Sites[i]; len(c.ofSite[s]) == 0 {
			hits = append(hits, hit{c.site(s), c.finding("SITE-007", c.at(s.Refs), "no VNet refers to local network site %s", c.site(s))})
		}
	}
	return told(hits, c.worded("no VNet refers to %d local network sites: %s"))
}

// ambiguousEnds finds halves that could end at several others (SITE-009).
func ambiguousEnds(c *network) diag.List {
	var hits []hit
	for i := range c.halves {
		h := &c.halves[i]
		if h.Pairing.Confidence != estate.Ambiguous {
			continue
		}
		f := c.finding("SITE-009", c.at(h.Refs), "connection of VNet %s to local network site %s could end at %s", c.vnet(h.near), c.siteID(h.Site), c.candidates(h))
		if len(h.Pairing.Decide) > 0 {
			f = f.WithHint("what would tell: %s", strings.Join(h.Pairing.Decide, "; "))
		}
		for _, id := range h.Pairing.Candidates[:min(len(h.Pairing.Candidates), maxNamed)] {
			other := c.x.Connection(id)
			f = f.See(c.at(other.Refs), "the connection of %s to %s could be its other end", c.nearOf(other), quote(other.Site.Name))
		}
		hits = append(hits, hit{c.vnet(h.near), f})
	}
	return told(hits, "%d connections fit more than one far end: of VNets %s")
}

// nearOf names the VNet that a connection begins in.
func (c *network) nearOf(conn *estate.Connection) string {
	return c.vnetID(c.x.Gateway(conn.Gateway).VNet)
}

// candidates names the VNets that an ambiguous half could end at.
func (c *network) candidates(h *half) string {
	var names []string
	for _, id := range h.Pairing.Candidates {
		if name := c.nearOf(c.x.Connection(id)); !slices.Contains(names, name) {
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

// sitesOfOtherFiles finds sites that stand for a VNet of a subscription whose file was not read
// (SITE-010): declared so; connected, as the service said, with the space of a VNet that has no
// connection back; or named like a VNet, which is a hint only.
func sitesOfOtherFiles(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		if !c.leadsOut(s) || s.Declared.Kind == estate.DeclaredOnPremises || s.Declared.Kind == estate.DeclaredGone {
			continue
		}
		f := c.finding("SITE-010", c.at(s.Refs), "local network site %s is ", c.site(s))
		switch namesake := c.namesake(s); {
		case s.Declared.Kind == estate.DeclaredElsewhere:
			f.Message += "declared to be a VNet of a subscription that is not in the input"
		case namesake != nil:
			f.Message += "connected and has addresses of VNet " + c.vnet(namesake) + ", which has no connection back: it stands for another network"
			f = f.See(c.at(namesake.Refs), "%s is here", c.vnet(namesake))
		case c.namedLikeVNet(s):
			f.Message += "named like a VNet, but no VNet of the input has its prefixes"
		default:
			continue
		}
		hits = append(hits, hit{c.site(s), f})
	}
	return told(hits, c.worded("%d local network sites stand for VNets that are not in the input, or are named like such: %s"))
}

// namesake is the VNet whose addresses a connected site has although it does not stand for it.
func (c *network) namesake(s *estate.Site) *estate.VNet {
	for _, h := range c.ofSite[s] {
		if !h.Pairing.Has(estate.SaidConnected) || !h.Pairing.Has(estate.NoReciprocal) {
			continue
		}
		for _, p := range s.Prefixes {
			for o := range c.spaces.around(p.Prefix) {
				if o.owner != h.near {
					return o.owner
				}
			}
			for _, o := range c.spaces.inside(p.Prefix) {
				if o.owner != h.near {
					return o.owner
				}
			}
		}
	}
	return nil
}

// premisesWords are parts of names that people give to on-premises networks, reduced by plain.
var premisesWords = []string{"onprem", "premise", "office", "branch", "datacent", "headquarter", "campus"}

// namedLikeVNet reports whether a site is named like a VNet that no VNet of the input can be: it has
// private prefixes that none has. The names of its users do not count: "VNet1-to-Berlin" of VNet1
// is named after its owner.
func (c *network) namedLikeVNet(s *estate.Site) bool {
	name := plain(azure.PlainSiteName(s.Name))
	for _, h := range c.ofSite[s] {
		name = strings.ReplaceAll(name, plain(azure.PlainNetworkName(h.near.Name)), "")
	}
	return strings.Contains(name, "vnet") &&
		!slices.ContainsFunc(premisesWords, func(w string) bool { return strings.Contains(name, w) }) &&
		!slices.ContainsFunc(s.Prefixes, func(p estate.Prefix) bool { return !azure.IsPrivate(p.Prefix) || c.spaces.touches(p.Prefix) })
}

func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(name))
}
