package risk

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// naming names VNets and local network sites in messages: in quotes, and with the document that
// defines it where several documents define one of the same name.
type naming struct {
	*estate.Names
	modern bool // local network sites are called local network gateways
}

func newNaming(e *estate.Estate) naming { return naming{estate.NewNames(e), e.IsARM()} }

// worded is a text of ours, without any name in it, in the words of the kind of network.
func (n naming) worded(text string) string {
	if !n.modern {
		return text
	}
	return strings.ReplaceAll(text, "local network site", "local network gateway")
}

// finding is diag.New with the format in the words of the kind of network.
func (n naming) finding(rule string, pos diag.Pos, format string, args ...any) diag.Finding {
	return diag.New(rule, pos, n.worded(format), args...)
}

func (n naming) of(typ string, id estate.ID, name string) string {
	owner := n.Owner(typ, id, name)
	switch {
	case owner == "":
		return quote(name)
	case id.Tenant != "" && strings.HasPrefix(owner, id.Subscription):
		owner = id.Tenant + "/" + owner
	}
	return quote(name) + " (" + owner + ")"
}

func (n naming) vnet(v *estate.VNet) string { return n.of(estate.TypeVNet, v.ID, v.Name) }

func (n naming) site(s *estate.Site) string { return n.of(estate.TypeSite, s.ID, s.Name) }

// siteID names a site that the document may not define.
func (n naming) siteID(id estate.ID) string { return n.of(estate.TypeSite, id, id.Name) }

// end names what a connection leads to, as it says it itself: a site, another gateway, or a circuit.
func (n naming) end(c *estate.Connection) string {
	switch {
	case c.Kind == estate.Vnet2Vnet:
		return "gateway " + quote(c.RemoteGateway.Name)
	case c.Kind == estate.ExpressRoute && c.Site.IsZero() && !c.Circuit.IsZero():
		return "circuit " + quote(c.Circuit.Name)
	}
	return n.worded("local network site ") + n.siteID(c.Site)
}

// location names a place of the relation.
func (n naming) location(l reach.Location) string {
	switch l.Kind {
	case reach.OnPremises:
		return "on-premises network " + quote(l.Name)
	case reach.Clients:
		return "the clients of " + n.of(estate.TypeVNet, l.ID, l.Name)
	}
	return n.of(estate.TypeVNet, l.ID, l.Name)
}

// owner is the tenant and subscription of an object; for one of a file, the file.
func owner(id estate.ID) string {
	if id.Tenant == "" {
		return id.Subscription
	}
	return id.Tenant + "/" + id.Subscription
}

// gatewayName names a virtual network gateway with its VNet.
func (c *network) gatewayName(g *estate.Gateway) string {
	return "gateway " + quote(g.ID.Name) + " of VNet " + c.vnetID(g.VNet)
}

// siteName names a local network gateway.
func (c *network) siteName(s *estate.Site) string { return "local network gateway " + c.site(s) }

// vnetID names a VNet that the estate may not have.
func (c *network) vnetID(id estate.ID) string {
	if v := c.x.VNet(id); v != nil {
		return c.vnet(v)
	}
	return quote(id.Name)
}
