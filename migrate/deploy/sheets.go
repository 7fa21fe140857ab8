package deploy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// No command reaches a device on-premises. Its owner gets a work sheet: what to set up there, with whom, for which ranges and
// by which key, in the order of the steps. No key stands in it.

// Sheet is the work sheet of one device.
type Sheet struct {
	Network string // that it stands before
	Address string // its own, or "" where nobody knows it
	Entries []SheetEntry
}

// SheetEntry is what its owner does at one step.
type SheetEntry struct {
	Step string
	What string
}

// sheets are those of all devices that the steps of a plan touch, in the order in which they do first.
func (w *bookWriter) sheets() []Sheet {
	var out []Sheet
	add := func(step string, site *estate.Site, what string) {
		at := slices.IndexFunc(out, func(s Sheet) bool { return strings.EqualFold(s.Network, site.Behind()) })
		if at < 0 {
			at = len(out)
			out = append(out, Sheet{Network: site.Behind()})
		}
		if out[at].Address == "" && site.Address.IsValid() {
			out[at].Address = site.Address.String()
		} else if out[at].Address == "" {
			out[at].Address = site.FQDN.Value
		}
		out[at].Entries = append(out[at].Entries, SheetEntry{step, what})
	}
	for i := range w.p.Steps {
		s := &w.p.Steps[i]
		switch {
		case s.Action == plan.CreateConnection && s.Effect.Add != nil:
			for k := range s.Effect.Add.Connections {
				if c := &s.Effect.Add.Connections[k]; w.base.Connection(c.ID) == nil || w.p.Mode == options.Rebuild {
					if site := w.deviceOf(c); site != nil {
						add(s.ID, site, w.newTunnel(c, site))
					}
				}
			}
		case s.Action == plan.ChangeDevice:
			for _, id := range s.Also {
				if c := w.connection(id); c != nil && w.deviceOf(c) != nil {
					if what := w.changedTunnel(s, c); what != "" {
						add(s.ID, w.deviceOf(c), what)
					}
				}
			}
		case s.Action == plan.DeleteTunnel:
			for _, id := range s.Effect.Remove {
				if c := w.base.Connection(id); c != nil && w.deviceOf(c) != nil {
					add(s.ID, w.deviceOf(c), w.goneTunnel(s, c))
				}
			}
		}
	}
	return out
}

// deviceOf is the site of the device that a connection leads to, or nil.
func (w *bookWriter) deviceOf(c *estate.Connection) *estate.Site {
	if s := w.site(c.Site); s != nil && c.Kind == estate.IPsec && s.Behind() != "" && c.Pairing.Partner.IsZero() {
		return s
	}
	return nil
}

// connection finds a connection of the target, or of the network before.
func (w *bookWriter) connection(id estate.ID) *estate.Connection {
	if c := w.target.Connection(id); c != nil {
		return c
	}
	return w.base.Connection(id)
}

// newTunnel is what the owner of a device needs to set up its end.
func (w *bookWriter) newTunnel(c *estate.Connection, site *estate.Site) string {
	said := []string{fmt.Sprintf("set up a tunnel to %s: %s", strings.TrimSuffix(w.peerOf(c), ","), cmp.Or(c.Protocol.Value, protocol))}
	if p := c.Policy; p != nil {
		said = append(said, ipsecWords(ipsecPolicy(p)))
	}
	if c.PolicyBased {
		said = append(said, "the gateway has policy-based traffic selectors: a pair for every two ranges below")
	} else {
		said = append(said, "route-based")
	}
	if w.opts.KeyVault == "" {
		said = append(said, fmt.Sprintf("its key is the shared key of %s, which whoever runs the step enters", c.KeyName))
	} else {
		said = append(said, fmt.Sprintf("its key is the secret %s of vault %s", keySecret(c), w.vaultName()))
	}
	if ranges := w.comingBy(c, site, true); len(ranges) > 0 {
		said = append(said, "behind the gateway is "+strings.Join(ranges, ", "))
	}
	if len(site.Prefixes) > 0 {
		said = append(said, "the gateway sends what is for "+strings.Join(prefixes(site.Prefixes), ", "))
	}
	switch g := w.gateway(c.Gateway); {
	case w.bgpOver(c) && g.BGP != nil:
		said = append(said, fmt.Sprintf("routes come by BGP; the number of the gateway is %s", g.BGP.ASN.Value))
	case site.BGP != nil || c.EnableBGP.Known():
		said = append(said, "no BGP on this tunnel: its routes are static ones, which a device may prefer to those that it learns, so that their preference is set by hand")
	default:
		said = append(said, "no BGP on this tunnel")
	}
	if w.p.Mode != options.Rebuild {
		said = append(said, "whatever leads to these ranges today is preferred to it, until a step below says otherwise")
	}
	return strings.Join(said, "; ")
}

// bgpOver reports whether routes are exchanged over a connection.
func (w *bookWriter) bgpOver(c *estate.Connection) bool {
	g := w.gateway(c.Gateway)
	return g != nil && c.EnableBGP.Known() && estate.Exchanges(c, g, w.site(c.Site))
}

// ipsecWords are the parameters of a tunnel that both ends have to agree on.
func ipsecWords(p arm.IPsecPolicy) string {
	return fmt.Sprintf("IKE %s, %s, %s, which is assumed; IPsec %s, %s, PFS %s; lifetime %d seconds or %d kilobytes", p.IKEEncryption, p.IKEIntegrity, p.DHGroup,
		p.IPsecEncryption, p.IPsecIntegrity, p.PFSGroup, p.SALifeTimeSeconds, p.SADataSizeKilobytes)
}

// changedTunnel is what the owner of a device changes on a tunnel before, or in, a window; "" where it is nothing.
func (w *bookWriter) changedTunnel(s *plan.Step, c *estate.Connection) string {
	ranges := strings.Join(w.comingBy(c, w.deviceOf(c), false), ", ")
	switch {
	case ranges == "":
		return ""
	case s.Impact.Window != "":
		return fmt.Sprintf("in window %s: prefer the tunnel to %s for %s, from here on", s.Impact.Window, w.peerOf(c), ranges)
	}
	learns := ""
	if w.bgpOver(c) {
		learns = "; what it learns by BGP need not be told"
	}
	return fmt.Sprintf("on the tunnel to %s: routes, and traffic selectors where it has any, for %s%s; whatever leads there today is preferred until it goes", strings.TrimSuffix(w.peerOf(c), ","), ranges, learns)
}

// goneTunnel is what becomes of the device's end of a connection that is deleted.
func (w *bookWriter) goneTunnel(s *plan.Step, c *estate.Connection) string {
	when := "once the step is verified"
	if s.Impact.Window != "" {
		when = "once window " + s.Impact.Window + " has ended"
	}
	return fmt.Sprintf("the tunnel to %s is taken down; take it off the device %s", w.peerOf(c), when)
}

// peerOf names the gateway of a connection, with its address.
func (w *bookWriter) peerOf(c *estate.Connection) string {
	g := w.gateway(c.Gateway)
	switch {
	case g == nil:
		return "gateway " + c.Gateway.Name
	case g.Address.IsValid():
		all := g.Address.String()
		for _, a := range g.MoreAddresses {
			all += " and " + a.String()
		}
		if len(g.MoreAddresses) > 0 {
			return fmt.Sprintf("each of %s (gateway %s)", all, g.ID.Name)
		}
		return fmt.Sprintf("%s (gateway %s)", all, g.ID.Name)
	case !g.PublicIP.IsZero():
		made := ""
		if i := slices.IndexFunc(w.p.Steps, func(s plan.Step) bool { return s.Action == plan.CreateGateway && s.Object.Same(g.ID) }); i >= 0 {
			made = ", which step " + w.p.Steps[i].ID + " makes,"
		}
		return fmt.Sprintf("the gateway %s at the address of %s%s", g.ID.Name, g.PublicIP.Name, made)
	}
	return "the gateway " + g.ID.Name
}

// comingBy are the ranges of the VNets that reach the network behind a connection by it in the target, and did in any way
// before or are asked to: all of them, or those that come by it anew.
func (w *bookWriter) comingBy(c *estate.Connection, site *estate.Site, all bool) []string {
	if w.p.Before == nil || w.p.After == nil || w.p.Target == nil {
		return nil
	}
	network := reach.Location{Kind: reach.OnPremises, Name: site.Behind()}
	by := func(path []reach.Hop) bool {
		return slices.ContainsFunc(path, func(h reach.Hop) bool { return h.Element.Same(c.ID) })
	}
	var out []estate.Prefix
	for i := range w.p.Target.VNets {
		v := &w.p.Target.VNets[i]
		here := reach.Location{Kind: reach.VNet, ID: v.ID, Name: v.Name}
		after, before := w.p.After.Session(here, network), w.p.Before.Session(here, network)
		asked := slices.ContainsFunc(w.p.Asks, func(a plan.Ask) bool {
			return (a.Want == plan.Required || a.Want == plan.Encrypted) && (a.A.Same(here) && a.B.Same(network) || a.B.Same(here) && a.A.Same(network))
		})
		if after.Value == reach.No || before.Value == reach.No && !asked || !by(after.Path) && !by(after.Back) || !all && (by(before.Path) || by(before.Back)) {
			continue
		}
		for _, p := range v.Space {
			if p.IsValid() {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b estate.Prefix) int { return a.Prefix.Compare(b.Prefix) })
	return prefixes(out)
}
