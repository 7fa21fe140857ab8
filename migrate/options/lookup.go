package options

import (
	"path"
	"strings"
)

// An entry of the options file names its object as a person does: "hub", or "contoso-prod/hub" when
// two subscriptions have one. The look-ups below take the subscription as the estate calls it, which
// is the name of the document or folder that described it, and compare without regard to case, as
// the platform does. A qualified name wins over a plain one; of two equals the first counts, and
// Parse has reported the second.

// Subscription finds what is said about the subscription that the estate calls name. It is named by
// its path, the path's last element, that without its extension, or by its id.
func (o *Options) Subscription(name string) (Subscription, bool) {
	for _, alias := range PathNames(name) {
		for _, s := range o.Subscriptions {
			if sameName(s.Name.Value, alias) {
				return s, true
			}
		}
	}
	for _, s := range o.Subscriptions {
		if s.ID.Given() && sameName(s.ID.Value, name) {
			return s, true
		}
	}
	return Subscription{}, false
}

// AffinityGroup finds what is said about an affinity group of a subscription.
func (o *Options) AffinityGroup(subscription, name string) (AffinityGroup, bool) {
	return lookup(o, o.AffinityGroups, subscription, name, func(a *AffinityGroup) string { return a.Name.Value })
}

// Gateway finds what is said about the gateway of a VNet.
func (o *Options) Gateway(subscription, vnet string) (Gateway, bool) {
	return lookup(o, o.Gateways, subscription, vnet, func(g *Gateway) string { return g.VNet.Value })
}

// Site finds what is said about a local network site.
func (o *Options) Site(subscription, name string) (Site, bool) {
	return lookup(o, o.Sites, subscription, name, func(s *Site) string { return s.Name.Value })
}

// Connection finds what is said about the connection of a VNet to a site of the same subscription.
func (o *Options) Connection(subscription, vnet, site string) (Connection, bool) {
	var toSite []Connection
	for i := range o.Connections {
		if sameName(o.Connections[i].Site.Value, site) {
			toSite = append(toSite, o.Connections[i])
		}
	}
	return lookup(o, toSite, subscription, vnet, func(c *Connection) string { return c.VNet.Value })
}

// Circuit finds a circuit by its name.
func (o *Options) Circuit(name string) (Circuit, bool) {
	for _, c := range o.Circuits {
		if sameName(c.Name.Value, name) {
			return c, true
		}
	}
	return Circuit{}, false
}

// CircuitOf finds the circuit that a VNet is said to be linked to.
func (o *Options) CircuitOf(subscription, vnet string) (Circuit, bool) {
	for _, c := range o.Circuits {
		for _, v := range c.VNets {
			if o.Names(v, subscription, vnet) {
				return c, true
			}
		}
	}
	return Circuit{}, false
}

// NamesIn is Names for an object that stands in a resource group, or in none: the group may stand before its name.
func (o *Options) NamesIn(t Text, subscription, group, object string) bool {
	return o.Names(t, subscription, object) || group != "" && o.Names(t, subscription, group+"/"+object)
}

// Names reports whether a value of the file names the object of the subscription, with or without
// the subscription.
func (o *Options) Names(t Text, subscription, object string) bool {
	return sameName(t.Value, object) || qualifies(t.Value, object) && anySame(t.Value, o.qualified(subscription, object))
}

// qualifies reports whether a name may be that of an object with its subscription before it. To ask
// costs nothing, while the names of a subscription are put together: with thousands of entries
// nearly all of them are of another object.
func qualifies(name, object string) bool {
	for i := range len(name) {
		if name[i] == '/' && sameName(name[i+1:], object) {
			return true
		}
	}
	return false
}

func lookup[T any](o *Options, among []T, subscription, object string, name func(*T) string) (T, bool) {
	plain := -1
	var qualified []string
	for i := range among {
		switch n := name(&among[i]); {
		case plain < 0 && sameName(n, object):
			plain = i
		case qualifies(n, object):
			if qualified == nil {
				qualified = o.qualified(subscription, object)
			}
			if anySame(n, qualified) {
				return among[i], true
			}
		}
	}
	if plain < 0 {
		var none T
		return none, false
	}
	return among[plain], true
}

// qualified are the names of an object together with its subscription, under any name that the
// subscription has.
func (o *Options) qualified(subscription, object string) []string {
	names := o.subscriptionNames(subscription)
	for i := range names {
		names[i] += "/" + object
	}
	return names
}

func (o *Options) subscriptionNames(name string) []string {
	names := PathNames(name)
	if s, ok := o.Subscription(name); ok {
		names = append(names, s.Name.Value)
		if s.ID.Given() {
			names = append(names, s.ID.Value)
		}
	}
	return names
}

// PathNames are the names that a file or folder goes by, the most exact first: its path, the last
// element, and that without the extension.
func PathNames(name string) []string {
	clean := strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "./")
	base := path.Base(clean)
	return []string{name, clean, base, strings.TrimSuffix(base, path.Ext(base))}
}

func anySame(name string, among []string) bool {
	for _, a := range among {
		if sameName(name, a) {
			return true
		}
	}
	return false
}

// sameName compares as the platform does, and never finds an empty name.
func sameName(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
