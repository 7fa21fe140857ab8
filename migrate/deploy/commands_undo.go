package deploy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// usedFirst are types of objects, each behind those that it uses.
var usedFirst = []string{estate.TypeNSG, estate.TypeRouteTable, estate.TypeVNet, estate.TypeSite, estate.TypePublicIP, typePolicy,
	estate.TypeRouteServer, estate.TypeGateway, estate.TypeFirewall, estate.TypeLoadBalancer, estate.TypeConnection, estate.TypePeering}

func byUse(a, b estate.ID) int {
	return cmp.Compare(slices.Index(usedFirst, a.Type), slices.Index(usedFirst, b.Type))
}

// undo renders how a step is taken back, as the plan says it: what the step made goes, then what was there before
// comes back. What the commands made beside it goes as well.
func (w *bookWriter) undo(c *Commands, s *plan.Step) {
	add := estate.NewIndex(cmp.Or(s.Effect.Add, &estate.Estate{}))
	out := slices.DeleteFunc(slices.Clone(s.Back.Remove), func(id estate.ID) bool {
		if id.Type == estate.TypeNetworkGroup || id.Type == estate.TypeNetworkManager { // addGroups says how
			return true
		}
		// A site that only ExpressRoute names, or an address that was there, was not made.
		return (id.Type == estate.TypeSite || id.Type == estate.TypePublicIP) && !slices.ContainsFunc(w.made, id.Same)
	})
	for _, id := range w.made {
		if !slices.ContainsFunc(out, id.Same) {
			out = append(out, id)
		}
	}
	for _, id := range s.Back.Restore {
		if add.Connection(id) != nil { // a connection becomes another one only anew
			out = append(out, id)
		}
	}
	anew := w.anew(s.Effect.Add)
	out = append(out, anew...)
	slices.SortStableFunc(out, func(a, b estate.ID) int { return byUse(b, a) })
	// A group or a table goes only when no subnet is bound to it any more.
	last := slices.IndexFunc(out, func(id estate.ID) bool { return id.Type == estate.TypeNSG || id.Type == estate.TypeRouteTable })
	if last < 0 {
		last = len(out)
	}
	w.delete(c, out[:last])
	restore := slices.Clone(s.Back.Restore)
	slices.SortStableFunc(restore, byUse)
	for _, id := range restore {
		if !slices.ContainsFunc(anew, id.Same) {
			c.Undo = append(c.Undo, w.restore(id, add)...)
		}
	}
	w.delete(c, out[last:])
	for _, id := range anew {
		c.Undo = append(c.Undo, people("the half of %s was there before, and cannot become what it was: it is made anew with its old flags, if at all", id.Name))
	}
	for _, id := range s.Effect.Remove {
		if id.Type == estate.TypePublicIP {
			c.Undo = append(c.Undo, people("nothing brings public address %s back: another one would have another address", id.Name))
		}
	}
}

// delete takes away what the step made.
func (w *bookWriter) delete(c *Commands, made []estate.ID) {
	for _, id := range made {
		gone := w.remove(id)
		if gone.Typed() {
			gone.Note += "; only if this step made it"
		}
		c.Undo = append(c.Undo, gone)
	}
}

// restore puts an object back as it was before the step, which took it away or made it another one; add is what the
// step added.
func (w *bookWriter) restore(id estate.ID, add *estate.Index) []Command {
	key := id.Key()
	switch id.Type {
	case estate.TypeConnection:
		return w.remakeConnection(w.now.connections[key], id)
	case estate.TypePeering:
		was, is := w.now.peerings[key], add.Peering(id)
		switch {
		case was == nil:
		case is == nil:
			return []Command{w.createPeering(was)}
		case flags(was) != flags(is):
			return []Command{w.changePeering(is, was)}
		default: // it was synchronised, which nothing takes back
			return nil
		}
	case estate.TypeVNet:
		if was, is := w.now.vnets[key], add.VNet(id); was != nil && is != nil {
			return w.bindings(is, was)
		}
	case estate.TypeGateway:
		if g := w.now.gateways[key]; g != nil && add.Gateway(id) == nil {
			return []Command{w.remakeGateway(g)}
		}
	case estate.TypeSite:
		if s := w.now.sites[key]; s != nil && add.Site(id) == nil {
			return []Command{w.remakeSite(s)}
		}
	}
	return []Command{people("%s: a person makes it again what it was, from the listing that was kept", called(id))}
}

// remakeConnection makes a connection again as far as the plan knows it, and where commands can say all of that.
func (w *bookWriter) remakeConnection(was *estate.Connection, id estate.ID) []Command {
	why := "the plan does not know it"
	if was != nil {
		why = w.unsaid(was)
	}
	if why != "" {
		return []Command{people("connection %s: %s; build it from the listing that was kept, with its template or by hand", id.Name, why)}
	}
	return []Command{w.createConnection(was)}
}

// unsaid is what the commands here cannot say of a connection, or nothing.
func (w *bookWriter) unsaid(c *estate.Connection) string {
	var has []string
	for _, one := range []struct {
		holds bool
		what  string
	}{
		// One from a classic file has the first phase that all of those had; of others the plan does not know it.
		{c.Policy != nil && len(w.p.Base.Mapping) == 0, "an IPsec policy"},
		{len(c.Selectors) > 0, "traffic selectors"},
		{c.NAT, "NAT rules"},
		{c.Bypass, "FastPath"},
		{c.Kind == estate.Vnet2Vnet && c.EnableBGP.Known(), "BGP between two VNets"},
		{c.Kind != estate.ExpressRoute && c.Protocol.Known() && !strings.EqualFold(c.Protocol.Value, protocol), "the protocol " + c.Protocol.Value},
	} {
		if one.holds {
			has = append(has, one.what)
		}
	}
	if len(has) == 0 {
		return ""
	}
	return "no command here gives it what it had (" + strings.Join(has, ", ") + ")"
}

// remakeSite makes a local network gateway again. One that stood for a gateway that is gone has no address to give.
func (w *bookWriter) remakeSite(s *estate.Site) Command {
	gone := !s.AddressOf.IsZero() && w.now.gateways[s.AddressOf.Key()] == nil
	if gone || !s.Endpoint.IsZero() && len(w.standing(s.Endpoint)) == 0 {
		return people("local network gateway %s had the address of a gateway of %s that is gone: without that one it is good for nothing", s.ID.Name, s.Endpoint.Name)
	}
	return w.createSite(s)
}

// remakeGateway takes back the deletion of a gateway, where commands can say all that it was.
func (w *bookWriter) remakeGateway(g *estate.Gateway) Command {
	lost := func(why string) Command {
		return people("no command takes this back: %s. Build gateway %s from the listing that was kept, with its template or by hand", why, g.ID.Name)
	}
	size, known := azure.LookupVPNGatewaySKU(g.SKU)
	switch {
	case !g.Kind.Virtual():
		return lost("it is no virtual network gateway")
	case g.Kind == estate.VPNGateway && known && !size.Creatable:
		return lost("its size " + g.SKU + " cannot be created any more")
	case g.Kind == estate.VPNGateway && g.PublicIP.IsZero():
		return lost("nothing tells its public address")
	case g.BasicIP:
		return lost("its public address is a Basic one, which is lost with it")
	case len(g.ClientPools) > 0:
		return lost("it has point-to-site clients, whose certificates no command here has")
	case g.ActiveActive || len(g.MoreAddresses) > 0 || len(g.CustomRoutes) > 0:
		return lost("it has several instances or routes of its own for clients")
	}
	c := w.gatewayAlone(g)
	c.Note += "; its connections come after it"
	return c
}
