package risk

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// resolver is a DNS server that stands outside VNets that use it.
type resolver struct {
	name, where string
	vnets       []string
	pos         diag.Pos
}

// resolversElsewhere finds DNS servers that stand outside the VNets that use them (DNS-001), one
// finding for each server. A public one does not depend on any tunnel.
func resolversElsewhere(c *network) diag.List {
	type key struct {
		server estate.ID
		where  string
	}
	var order []*resolver
	known := map[key]*resolver{}
	places := map[netip.Prefix]string{}
	for i := range c.VNets {
		v := &c.VNets[i]
		for _, d := range v.DNS {
			host := netip.PrefixFrom(d.Address, d.Address.BitLen())
			if !azure.IsPrivateAddr(d.Address) || estate.Within(host, v.Space) || !c.rides(v, host) {
				continue
			}
			k := key{d.Server, c.whereIs(v, host, places)}
			if known[k] == nil {
				known[k] = &resolver{name: resolverName(d), where: k.where, pos: c.at(d.Refs)}
				order = append(order, known[k])
			}
			known[k].vnets = append(known[k].vnets, c.vnet(v))
		}
	}
	var hits []hit
	for _, r := range order {
		hits = append(hits, hit{r.name, diag.New("DNS-001", r.pos, "DNS server %s of %s %s is %s", r.name, plural(len(r.vnets), "VNet", "VNets"), few(r.vnets), r.where)})
	}
	return told(hits, "%d DNS servers stand outside the VNets that use them: %s")
}

// rides reports whether the way from a VNet to a resolver may be a tunnel, which a plan replaces. In a
// live network one that is peered with the VNet of its resolver reaches it without any, and so does one
// that has, or uses, ExpressRoute alone.
func (c *network) rides(v *estate.VNet, host netip.Prefix) bool {
	if !c.modern {
		return true
	}
	return !c.joinedTo(v, func(w *estate.VNet) bool { return estate.Within(host, w.Space) }) && c.tunnelled(v)
}

// tunnelled reports whether a VNet has a VPN gateway, or uses one.
func (c *network) tunnelled(v *estate.VNet) bool {
	vpn := func(id estate.ID) bool {
		return slices.ContainsFunc(c.x.GatewaysOf(id), func(g *estate.Gateway) bool { return g.Kind == estate.VPNGateway })
	}
	return vpn(v.ID) || slices.ContainsFunc(c.x.PeeringsOf(v.ID), func(p *estate.Peering) bool { return p.UseRemoteGateways && vpn(p.Remote) })
}

// resolverName is the name of a DNS server with its address; Resource Manager has the address alone.
func resolverName(d estate.DNSServerRef) string {
	if d.Name == "" || d.Name == d.Address.String() {
		return d.Address.String()
	}
	return fmt.Sprintf("%q (%s)", d.Name, d.Address)
}

// whereIs says where a host is, seen from a VNet: in one that a tunnel joins to it, or else where
// the estate has it first.
func (c *network) whereIs(v *estate.VNet, host netip.Prefix, known map[netip.Prefix]string) string {
	for _, h := range c.ofVNet[v] {
		if h.far != nil && estate.Within(host, h.far.Space) {
			return "in VNet " + c.vnet(h.far)
		}
	}
	where, ok := known[host]
	if !ok {
		where = c.firstWith(host)
		known[host] = where
	}
	return where
}

func (c *network) firstWith(host netip.Prefix) string {
	for o := range c.spaces.around(host) {
		return "in VNet " + c.vnet(o.owner)
	}
	var narrowest *estate.Site
	bits := -1
	for o := range c.outside.around(host) {
		if o.Bits() > bits {
			narrowest, bits = o.owner, o.Bits()
		}
	}
	if narrowest != nil {
		return c.worded("on-premises, behind local network site ") + c.site(narrowest)
	}
	return "in no network of the input"
}

// defaultNames finds VNets that are joined to others and have no DNS server (DNS-002). It is one
// decision for all of them, and so one finding.
func defaultNames(c *network) diag.List {
	var names []string
	var pos diag.Pos
	for i := range c.VNets {
		v := &c.VNets[i]
		if len(v.DNS) > 0 || !slices.ContainsFunc(c.ofVNet[v], func(h *half) bool { return h.far != nil }) {
			continue
		}
		if len(names) == 0 {
			pos = c.at(v.Refs)
		}
		names = append(names, c.vnet(v))
	}
	if len(names) == 0 {
		return nil
	}
	return diag.List{diag.New("DNS-002", pos, "%s with tunnels to others %s no DNS server: %s", count(len(names), "VNet"), plural(len(names), "has", "have"), few(names))}
}

// classicLimits counts what a classic subscription, that is a document, has (LIM-001). Tunnels
// are LINK-005.
func classicLimits(c *network) diag.List {
	vnets, sites := map[string]int{}, map[string]int{}
	var out diag.List
	for i := range c.VNets {
		v := &c.VNets[i]
		vnets[v.ID.Subscription]++
		if n := len(v.DNS); v.Model == estate.Classic && n >= azure.MaxClassicDNSServersPerVNet {
			out.Add("LIM-001", c.at(v.Refs), "VNet %s names %d DNS servers; %d are allowed", c.vnet(v), n, azure.MaxClassicDNSServersPerVNet)
		}
	}
	for i := range c.Sites {
		sites[c.Sites[i].ID.Subscription]++
	}
	for _, doc := range c.Docs {
		if n := vnets[doc]; n >= azure.MaxClassicVNets {
			out.Add("LIM-001", diag.Pos{File: doc}, "%d classic VNets in one subscription; %d are allowed", n, azure.MaxClassicVNets)
		}
		if n := sites[doc]; n >= azure.DefaultClassicLocalNetworkSites {
			out.Add("LIM-001", diag.Pos{File: doc}, "%d local network sites in one subscription; %d are allowed, %d on request", n,
				azure.DefaultClassicLocalNetworkSites, azure.MaxClassicLocalNetworkSites)
		}
	}
	return out
}

// targetLimits counts what the target has (LIM-001). Peerings beyond the limit are HUB-002.
func targetLimits(t *target) diag.List {
	type place struct{ subscription, region string }
	var order []place
	vnets := map[place]int{}
	var out diag.List
	for i := range t.Target.VNets {
		v := &t.Target.VNets[i]
		at := place{v.ID.Subscription, v.Region.String()}
		if vnets[at] == 0 {
			order = append(order, at)
		}
		vnets[at]++
		if n := len(t.x.PeeringsOf(v.ID)); n == azure.MaxPeeringsPerVNet {
			out.Add("LIM-001", t.at(v.Refs), "VNet %s has %d peerings in the target; no further one is allowed", t.vnet(v), n)
		}
	}
	for _, at := range order {
		if n := vnets[at]; n >= azure.MaxVNetsPerSubscription {
			out.Add("LIM-001", diag.Pos{File: at.subscription}, "%d VNets in %s in one subscription; %d are allowed", n, at.region, azure.MaxVNetsPerSubscription)
		}
	}
	for i := range t.Target.Gateways {
		g := &t.Target.Gateways[i]
		sku, ok := azure.LookupVPNGatewaySKU(g.SKU)
		if n := len(t.x.ConnectionsOf(g.ID)); ok && g.Kind == estate.VPNGateway && n >= sku.Tunnels {
			out.Add("LIM-001", t.at(g.Refs), "gateway %q of VNet %s has %d tunnels in the target; size %s holds %d", g.ID.Name, t.nameOf(g.VNet), n, g.SKU, sku.Tunnels)
		}
	}
	return out
}

// pastInput says, once, that classic files describe the past (OPS-006).
func pastInput(t *target) diag.List {
	if t.Mode != options.AsIfLive || len(t.classic.Docs) == 0 {
		return nil
	}
	docs := make([]string, len(t.classic.Docs))
	for i, doc := range t.classic.Docs {
		docs[i] = quote(doc)
	}
	return diag.List{diag.New("OPS-006", diag.Pos{File: t.classic.Docs[0]}, "the plan assumes that the network of %s runs today in its Resource Manager form", few(docs))}
}
