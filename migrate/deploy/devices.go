package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// devices says which far ends have to learn the address of a new gateway, and gives the addresses
// as outputs: those of the on-premises devices, and of gateways in another cloud.
// Source: docs/sources.md#on-premises.
func (r *renderer) devices() {
	var sites []*estate.Site // on-premises, in order of their first connection
	gateways := map[*estate.Site][]*estate.Gateway{}
	asked := map[*estate.Gateway]bool{}
	for _, c := range r.tunnels {
		g, s := r.x.Gateway(c.Gateway), r.siteOf(c)
		if g == nil || s == nil || !s.AddressOf.IsZero() {
			continue
		}
		asked[g] = true
		if !s.Endpoint.IsZero() {
			continue // the template of its cloud asks for the address
		}
		if gateways[s] == nil {
			sites = append(sites, s)
		}
		if !slices.Contains(gateways[s], g) {
			gateways[s] = append(gateways[s], g)
		}
	}
	outputs := r.addressOutputs(asked)
	for _, s := range sites {
		r.device(s, gateways[s], outputs)
	}
}

// siteOf is the site that an IPsec connection ends at, or nil.
func (r *renderer) siteOf(c *estate.Connection) *estate.Site {
	if c.Kind != estate.IPsec {
		return nil
	}
	if s := r.x.Site(c.Site); s != nil {
		return s
	}
	return r.old.Site(c.Site)
}

// addressOutputs gives the addresses of the gateways as outputs and returns their names. When
// they are more than a template may have, there are none: some of them would only hide the rest.
// Source: docs/sources.md#template-limits.
func (r *renderer) addressOutputs(of map[*estate.Gateway]bool) map[*estate.Gateway]string {
	names := make(map[*estate.Gateway]string, len(of))
	if len(of) > arm.MaxOutputs {
		return names
	}
	taken := map[string]bool{}
	for i := range r.e.Gateways {
		g := &r.e.Gateways[i]
		if !of[g] {
			continue
		}
		r.id(g.PublicIP) // declares it, when another template makes it
		names[g] = unused(taken, "address_"+parameterName(g.ID.Name))
		r.t.Outputs = append(r.t.Outputs, arm.Output{Name: names[g], Type: arm.ParamString,
			Value: arm.Reference(arm.TypePublicIPAddress, g.PublicIP.Name, "ipAddress")})
	}
	return names
}

func (r *renderer) device(s *estate.Site, gateways []*estate.Gateway, outputs map[*estate.Gateway]string) {
	list := make([]string, len(gateways))
	for i, g := range gateways {
		where := "output " + outputs[g]
		if outputs[g] == "" {
			where = "see public IP address " + g.PublicIP.Name
		}
		list[i] = g.ID.Name + " (" + where + ")"
	}
	r.found.Add("ONP-004", r.at(s.Refs), "the device of local network site %q must be pointed at the new address of %s", s.Name, strings.Join(list, ", "))
}
