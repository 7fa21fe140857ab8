package netcfg

import (
	"github.com/antchfx/xmlquery"
)

func (w *walker) vnet(n *xmlquery.Node) {
	v := VirtualNetworkSite{Ref: w.leaf()}
	w.attrs(n, vnetAttrs, func(name string) *Attr {
		switch name {
		case "name":
			return &v.Name
		case "AffinityGroup":
			return &v.AffinityGroup
		case "Location":
			return &v.Location
		}
		return nil
	})
	w.children(n, vnetParts, func(c *xmlquery.Node) bool {
		switch c.Data {
		case "Label":
			return w.single(c, &v.Label)
		case "AddressSpace":
			w.addressSpaces(c, &v.AddressSpaces)
		case "Subnets":
			w.mergeInto(c, &v.SubnetsRef)
			w.subnetList(c, &v)
		case "DnsServersRef":
			w.mergeInto(c, &v.DNSServersRefRef)
			w.dnsReferences(c, &v)
		case "Gateway":
			w.gateway(c, &v)
		case "InternetGatewayNetwork":
			w.internetGateway(c, &v)
		default:
			return false
		}
		return true
	})
	w.checkVNet(n, &v)
	w.file.VirtualNetworkSites = append(w.file.VirtualNetworkSites, v)
}

// checkVNet reports what the service requires of a virtual network. An empty AffinityGroup beside
// a Location was accepted by the service, so an empty attribute counts as absent.
func (w *walker) checkVNet(n *xmlquery.Node, v *VirtualNetworkSite) {
	w.required(n, v.Ref, "name", v.Name)
	switch group, location := v.AffinityGroup.Value != "", v.Location.Value != ""; {
	case !group && !location:
		w.missing(v.Ref, "virtual network %v has neither Location nor AffinityGroup", quoted(v.Name.Value)).Hint =
			"add Location with the name of the region"
	case group && location:
		f := w.add("XML-011", at(v.AffinityGroup.Ref), "virtual network %v has AffinityGroup %v and Location %v; the service allows one of them",
			quoted(v.Name.Value), quoted(v.AffinityGroup.Value), quoted(v.Location.Value))
		*f = f.See(w.pos(at(v.Location.Ref)), "Location is here").WithHint("remove AffinityGroup, if the Location is right")
	}
	if len(v.AddressSpaces) == 0 {
		w.missing(v.Ref, "virtual network %v has no %s", quoted(v.Name.Value), w.tag("AddressSpace"))
	}
}

func (w *walker) subnetList(n *xmlquery.Node, v *VirtualNetworkSite) {
	if v.Subnets == nil {
		v.Subnets = w.subnets.make(count(n, "Subnet"))
	}
	w.list(n, "Subnet", func(c *xmlquery.Node) { v.Subnets = append(v.Subnets, w.subnet(c)) })
}

func (w *walker) subnet(n *xmlquery.Node) Subnet {
	s := Subnet{Ref: w.leaf()}
	s.Name = w.nameOf(n)
	w.prefixes(n, &s.Prefixes)
	w.required(n, s.Ref, "name", s.Name)
	switch {
	case len(s.Prefixes) == 0:
		w.missing(s.Ref, "subnet %v has no %s", quoted(s.Name.Value), w.tag("AddressPrefix"))
	case !hasValue(s.Prefixes[0]):
		w.missing(s.Prefixes[0].Ref, "the %s of subnet %v is empty", w.tag("AddressPrefix"), quoted(s.Name.Value))
	}
	if len(s.Prefixes) > 1 {
		f := w.add("XML-010", at(s.Prefixes[1].Ref), "subnet %v has %d prefixes; a classic subnet has one", quoted(s.Name.Value), len(s.Prefixes))
		*f = f.See(w.pos(at(s.Prefixes[0].Ref)), "the first %s is here", w.tag("AddressPrefix")).WithHint("keep the one that the subnet has")
	}
	return s
}

func (w *walker) dnsReferences(n *xmlquery.Node, v *VirtualNetworkSite) {
	if v.DNSServers == nil {
		v.DNSServers = w.nameRefs.make(count(n, "DnsServerRef"))
	}
	w.list(n, "DnsServerRef", func(c *xmlquery.Node) { v.DNSServers = append(v.DNSServers, w.nameRef(c)) })
}

// nameRef reads an empty element whose name refers to another.
func (w *walker) nameRef(n *xmlquery.Node) NameRef {
	r := NameRef{Ref: w.leaf()}
	r.Name = w.nameOf(n)
	w.noChildren(n)
	w.required(n, r.Ref, "name", r.Name)
	return r
}

func (w *walker) internetGateway(n *xmlquery.Node, v *VirtualNetworkSite) {
	if v.InternetGatewayNetwork != nil {
		w.again(n, v.InternetGatewayNetwork.Ref, firstCounts)
		w.keepAll(n, w.path(n))
		return
	}
	r := w.nameRef(n)
	v.InternetGatewayNetwork = &r
}

func (w *walker) gateway(n *xmlquery.Node, v *VirtualNetworkSite) {
	g := v.Gateway
	if g == nil {
		g = &Gateway{Ref: w.leaf()}
		v.Gateway = g
	} else {
		w.again(n, g.Ref, readTogether)
		w.container(n)
	}
	w.attrs(n, []string{"profile"}, func(name string) *Attr {
		if name == "profile" && !g.Profile.Present() {
			return &g.Profile
		}
		return nil
	})
	w.oneOf(n, "profile", g.Profile, gatewayProfiles)
	w.children(n, gatewayParts, func(c *xmlquery.Node) bool {
		switch c.Data {
		case "VPNClientAddressPool":
			w.clientPool(c, g)
		case "ConnectionsToLocalNetwork":
			w.mergeInto(c, &g.ConnectionsRef)
			w.siteReferences(c, g)
		default:
			return false
		}
		return true
	})
}

func (w *walker) clientPool(n *xmlquery.Node, g *Gateway) {
	pool := g.VPNClientAddressPool
	if pool == nil {
		pool = &w.spaces.make(1)[:1][0]
		pool.Ref = w.leaf()
		g.VPNClientAddressPool = pool
	} else {
		w.again(n, pool.Ref, readTogether)
		w.container(n)
	}
	w.addressSpace(n, pool)
}

func (w *walker) siteReferences(n *xmlquery.Node, g *Gateway) {
	if g.Connections == nil {
		g.Connections = w.siteRefs.make(count(n, "LocalNetworkSiteRef"))
	}
	w.list(n, "LocalNetworkSiteRef", func(c *xmlquery.Node) { g.Connections = append(g.Connections, w.siteReference(c)) })
}

func (w *walker) siteReference(n *xmlquery.Node) LocalNetworkSiteRef {
	r := LocalNetworkSiteRef{Ref: w.leaf()}
	r.Name = w.nameOf(n)
	r.Connections = w.connections.make(count(n, "Connection"))
	w.list(n, "Connection", func(c *xmlquery.Node) { r.Connections = append(r.Connections, w.connection(c)) })
	w.required(n, r.Ref, "name", r.Name)
	return r
}

func (w *walker) connection(n *xmlquery.Node) Connection {
	c := Connection{Ref: w.leaf()}
	w.attrs(n, []string{"type"}, func(name string) *Attr {
		if name == "type" {
			return &c.Type
		}
		return nil
	})
	w.noChildren(n)
	w.required(n, c.Ref, "type", c.Type)
	w.oneOf(n, "type", c.Type, connectionTypes)
	return c
}
