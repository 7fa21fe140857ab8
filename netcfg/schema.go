package netcfg

import (
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The elements and attributes of the schema, by where they stand.
// Source: docs/sources.md#netcfg-schema
var (
	rootParts          = []string{"VirtualNetworkConfiguration"}
	configurationParts = []string{"Dns", "LocalNetworkSites", "VirtualNetworkSites"}
	dnsServerAttrs     = []string{"name", "IPAddress"}
	siteParts          = []string{"AddressSpace", "VPNGatewayAddress"}
	vnetAttrs          = []string{"name", "AffinityGroup", "Location"}
	vnetParts          = []string{"Label", "AddressSpace", "Subnets", "DnsServersRef", "Gateway", "InternetGatewayNetwork"}
	gatewayParts       = []string{"VPNClientAddressPool", "ConnectionsToLocalNetwork"}
	nameAttr           = []string{"name"}

	gatewayProfiles = []string{"Small", "Medium", "Large", "ExtraLarge"}
	connectionTypes = []string{"IPsec", "Dedicated"}
)

func (w *walker) document(root *xmlquery.Node) {
	w.above = root.Parent
	ref := w.container(root)
	w.noAttrs(root)
	var configuration diag.Ref
	w.children(root, rootParts, func(c *xmlquery.Node) bool {
		if c.Data != "VirtualNetworkConfiguration" {
			return false
		}
		w.merge(c, &configuration)
		w.configuration(c)
		return true
	})
	if configuration.IsZero() {
		w.missing(ref, "%s has no %s", w.tag(rootName), w.tag("VirtualNetworkConfiguration"))
	}
	w.checkNames()
}

// merge keeps a container; one that stands again is read together with the first.
func (w *walker) merge(n *xmlquery.Node, first *diag.Ref) {
	if !first.IsZero() {
		w.again(n, *first, readTogether)
	}
	if ref := w.container(n); first.IsZero() {
		*first = ref
	}
	w.noAttrs(n)
}

// mergeInto is merge for a container that has a field of its own in the model.
func (w *walker) mergeInto(n *xmlquery.Node, field *diag.Ref) {
	if !field.IsZero() {
		w.merge(n, field)
		return
	}
	*field = w.leaf()
	w.noAttrs(n)
}

func (w *walker) configuration(n *xmlquery.Node) {
	var dns, sites, vnets diag.Ref
	w.children(n, configurationParts, func(c *xmlquery.Node) bool {
		switch c.Data {
		case "Dns":
			w.merge(c, &dns)
			w.dns(c)
		case "LocalNetworkSites":
			w.merge(c, &sites)
			w.list(c, "LocalNetworkSite", w.site)
		case "VirtualNetworkSites":
			w.merge(c, &vnets)
			w.list(c, "VirtualNetworkSite", w.vnet)
		default:
			return false
		}
		return true
	})
}

// list reads a container of one kind of element.
func (w *walker) list(n *xmlquery.Node, name string, item func(*xmlquery.Node)) {
	w.children(n, []string{name}, func(c *xmlquery.Node) bool {
		if c.Data != name {
			return false
		}
		item(c)
		return true
	})
}

func (w *walker) dns(n *xmlquery.Node) {
	var servers diag.Ref
	w.list(n, "DnsServers", func(c *xmlquery.Node) {
		w.merge(c, &servers)
		w.list(c, "DnsServer", w.dnsServer)
	})
}

func (w *walker) dnsServer(n *xmlquery.Node) {
	d := DNSServer{Ref: w.leaf()}
	w.attrs(n, dnsServerAttrs, func(name string) *Attr {
		switch name {
		case "name":
			return &d.Name
		case "IPAddress":
			return &d.IPAddress
		}
		return nil
	})
	w.noChildren(n)
	w.required(n, d.Ref, "name", d.Name)
	w.required(n, d.Ref, "IPAddress", d.IPAddress)
	w.file.DNSServers = append(w.file.DNSServers, d)
}

// nameOf reads the attributes of an element that has only a name.
func (w *walker) nameOf(n *xmlquery.Node) (name Attr) {
	w.attrs(n, nameAttr, func(attr string) *Attr {
		if attr == "name" {
			return &name
		}
		return nil
	})
	return name
}

func (w *walker) site(n *xmlquery.Node) {
	l := LocalNetworkSite{Ref: w.leaf()}
	l.Name = w.nameOf(n)
	w.children(n, siteParts, func(c *xmlquery.Node) bool {
		switch c.Data {
		case "AddressSpace":
			w.addressSpaces(c, &l.AddressSpaces)
		case "VPNGatewayAddress":
			return w.single(c, &l.VPNGatewayAddress)
		default:
			return false
		}
		return true
	})
	w.required(n, l.Ref, "name", l.Name)
	if len(l.AddressSpaces) == 0 {
		w.missing(l.Ref, "local network site %v has no %s", quoted(l.Name.Value), w.tag("AddressSpace"))
	}
	w.file.LocalNetworkSites = append(w.file.LocalNetworkSites, l)
}

// single reads an element of text that stands once; another one is unknown.
func (w *walker) single(n *xmlquery.Node, t *Text) bool {
	if t.Present() {
		w.again(n, t.Ref, firstCounts)
		w.keepAll(n, w.path(n))
	} else {
		*t = w.textOf(n)
	}
	return true
}

func (w *walker) textOf(n *xmlquery.Node) Text {
	t := Text{Ref: w.leaf()}
	w.noAttrs(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == xmlquery.ElementNode {
			w.unknown(c, nil)
			continue
		}
		switch text := trim(c.Data); {
		case text == "":
		case t.TextRef.IsZero():
			t.TextRef, t.Value = w.textLeaf(), text
		default:
			w.strayText(n, text)
		}
	}
	return t
}

// addressSpaces reads an AddressSpace. A faulty client wrote two into one network: both are kept.
func (w *walker) addressSpaces(n *xmlquery.Node, to *[]AddressSpace) {
	if len(*to) == 0 {
		*to = w.spaces.make(1)
	} else {
		w.again(n, (*to)[0].Ref, readTogether)
	}
	a := AddressSpace{Ref: w.leaf()}
	w.addressSpace(n, &a)
	*to = append(*to, a)
}

// addressSpace reads the prefixes of an AddressSpace or VPNClientAddressPool.
func (w *walker) addressSpace(n *xmlquery.Node, a *AddressSpace) {
	w.noAttrs(n)
	first := len(a.Prefixes)
	w.prefixes(n, &a.Prefixes)
	added := a.Prefixes[first:]
	if !slices.ContainsFunc(added, hasValue) {
		w.add("XML-013", at(a.Ref), "%s of %s holds no address prefix", w.tag(n.Data), w.owner(n))
		return
	}
	for _, t := range added {
		if !hasValue(t) {
			w.missing(t.Ref, "an %s of %s is empty", w.tag("AddressPrefix"), w.owner(n))
		}
	}
}

// prefixes reads the AddressPrefix elements of an element that holds nothing else.
func (w *walker) prefixes(n *xmlquery.Node, to *[]Text) {
	if *to == nil {
		*to = w.texts.make(count(n, "AddressPrefix"))
	}
	w.list(n, "AddressPrefix", func(c *xmlquery.Node) { *to = append(*to, w.textOf(c)) })
}

func hasValue(t Text) bool { return t.Value != "" }

// required reports an attribute that is absent or empty.
func (w *walker) required(n *xmlquery.Node, element diag.Ref, name string, a Attr) {
	switch {
	case !a.Present():
		w.missing(element, "%s has no %s", w.tag(n.Data), w.attribute(name))
	case a.Value == "":
		w.missing(a.Ref, "%s of %s is empty", w.attribute(name), w.tag(n.Data))
	}
}

func (w *walker) missing(ref diag.Ref, format string, args ...any) *diag.Finding {
	return w.add("XML-009", at(ref), format, args...)
}

// oneOf reports a value that the schema does not list.
func (w *walker) oneOf(n *xmlquery.Node, name string, a Attr, allowed []string) {
	if a.Value == "" || slices.Contains(allowed, a.Value) {
		return
	}
	f := w.add("XML-011", at(a.Ref), "%s of %s is none of %s", w.assigned(name, a), w.tag(n.Data), strings.Join(allowed, ", "))
	if meant := nearest(a.Value, allowed); meant != "" {
		f.Hint = "write " + meant + ", if that was meant"
	}
}

// owner is the nearest element around n that has a name, for a message.
func (w *walker) owner(n *xmlquery.Node) string {
	for p := n; p != nil; p = p.Parent {
		for _, a := range p.Attr {
			if p.Type == xmlquery.ElementNode && a.Name.Local == "name" {
				return w.tag(p.Data) + " " + quoted(a.Value).String()
			}
		}
	}
	return w.tag(n.Parent.Data)
}
