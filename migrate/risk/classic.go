package risk

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// expressRouteBesideVPN finds VNets with both kinds of connection, which the platform's own migration
// refuses (CLS-001). What it means for any plan is ER-004.
func expressRouteBesideVPN(c *network) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		of := c.ofVNet[v]
		er := slices.IndexFunc(of, func(h *half) bool { return h.Kind == estate.ExpressRoute })
		vpn := slices.IndexFunc(of, func(h *half) bool { return h.Kind == estate.IPsec })
		if er < 0 || vpn < 0 {
			continue
		}
		hits = append(hits, hit{c.vnet(v), diag.New("CLS-001", c.at(v.Refs), "VNet %s has an ExpressRoute connection (%s) and a VPN connection (%s)", c.vnet(v), c.siteID(of[er].Site), c.siteID(of[vpn].Site)).
			See(c.at(of[er].Refs), "ExpressRoute is here").See(c.at(of[vpn].Refs), "VPN is here")})
	}
	return told(hits, "%d VNets have an ExpressRoute and a VPN connection: %s")
}

// affinityGroups finds affinity groups, whose region no file tells (CLS-007), one finding each.
func affinityGroups(c *network) diag.List {
	type key struct{ subscription, group string }
	var order []key
	vnets := map[key][]string{}
	at := map[key]diag.Pos{}
	for i := range c.VNets {
		v := &c.VNets[i]
		if v.Region.Name != "" || v.Region.AffinityGroup == "" {
			continue
		}
		k := key{v.ID.Subscription, v.Region.AffinityGroup}
		if len(vnets[k]) == 0 {
			order, at[k] = append(order, k), c.at(v.Region.Refs)
		}
		vnets[k] = append(vnets[k], c.vnet(v))
	}
	var hits []hit
	for _, k := range order {
		hits = append(hits, hit{quote(k.group), diag.New("CLS-007", at[k], "the region of affinity group %q is unknown; %s %s %s in it", k.group,
			plural(len(vnets[k]), "VNet", "VNets"), few(vnets[k]), plural(len(vnets[k]), "is", "are"))})
	}
	return told(hits, "the regions of %d affinity groups are unknown: %s")
}

// unportableNames finds names that the portal made or that Resource Manager refuses (CLS-008).
func unportableNames(c *network) diag.List {
	if c.IsARM() {
		return nil // they are Resource Manager's own
	}
	var hits []hit
	add := func(what, typ, name, shown string, portal bool, refs []diag.Ref) {
		switch {
		case portal:
			hits = append(hits, hit{shown, diag.New("CLS-008", c.at(refs), "%s %s has a name that the portal made", what, shown)})
		case !azure.IsLegalName(typ, name):
			hits = append(hits, hit{shown, diag.New("CLS-008", c.at(refs), "%s %s has a name that Resource Manager refuses", what, shown)})
		}
	}
	for i := range c.VNets {
		v := &c.VNets[i]
		add("VNet", estate.TypeVNet, v.Name, c.vnet(v), azure.PlainNetworkName(v.Name) != v.Name, v.Refs)
		for j := range v.Subnets {
			add("subnet", estate.TypeSubnet, v.Subnets[j].Raw, quote(v.Subnets[j].Raw), false, v.Subnets[j].Refs)
		}
	}
	for i := range c.Sites {
		if s := &c.Sites[i]; len(c.ofSite[s]) > 0 {
			add(c.worded("local network site"), estate.TypeSite, s.Name, c.site(s), azure.PlainSiteName(s.Name) != s.Name, s.Refs)
		}
	}
	return told(hits, "%d names are made by the portal or refused by Resource Manager: %s")
}
