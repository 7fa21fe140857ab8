package deploy

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// createSecurityGroup makes a network security group that does not exist, with its rules.
func (w *bookWriter) createSecurityGroup(g *estate.SecurityGroup) []Command {
	az := w.az("network nsg create", g.ID).named("name", g.ID.Name).opt("location", w.region(g.Region)).add("--output=none")
	ps := w.ps("New-AzNetworkSecurityGroup", g.ID).named("Name", g.ID.Name).opt("Location", w.region(g.Region))
	var rules []string
	var more []Command
	for i := range g.Rules {
		r := &g.Rules[i]
		one := w.az("network nsg rule create", g.ID).named("nsg-name", g.ID.Name).named("name", r.Name.Value).opt("direction", w.text(r.Direction.Value)).
			opt("priority", w.text(r.Priority.Value)).opt("access", w.text(r.Access.Value)).opt("protocol", w.text(r.Protocol.Value)).
			opt("source-address-prefixes", w.text(r.Source.Value)).opt("source-port-ranges", w.text(r.SourcePort.Value)).
			opt("destination-address-prefixes", w.text(r.Destination.Value)).opt("destination-port-ranges", w.text(r.DestinationPort.Value)).add("--output=none")
		l := (&line{w: w, shell: PowerShell, words: []string{"New-AzNetworkSecurityRuleConfig"}}).named("Name", r.Name.Value).opt("Direction", w.text(r.Direction.Value)).
			opt("Priority", w.text(r.Priority.Value)).opt("Access", w.text(r.Access.Value)).opt("Protocol", w.text(r.Protocol.Value)).
			opt("SourceAddressPrefix", w.text(r.Source.Value)).opt("SourcePortRange", w.text(r.SourcePort.Value)).
			opt("DestinationAddressPrefix", w.text(r.Destination.Value)).opt("DestinationPortRange", w.text(r.DestinationPort.Value))
		rules = append(rules, strings.Join(l.words, " "))
		more = append(more, w.command(one.String(), "", "rule %s of %s; in PowerShell it was made with the group", r.Name.Value, g.ID.Name))
	}
	if len(rules) > 0 {
		ps.add("-SecurityRules @(\n    " + strings.Join(rules, "\n    ") + "\n  )")
	}
	return append([]Command{w.command(az.String(), ps.String()+" |\n  Select-Object Name, ProvisioningState", "network security group %s", g.ID.Name)}, more...)
}

// createRouteTable makes a route table that does not exist, with its routes.
func (w *bookWriter) createRouteTable(t *estate.RouteTable) []Command {
	az := w.az("network route-table create", t.ID).named("name", t.ID.Name).opt("location", w.region(t.Region)).
		when(t.NoPropagation, "--disable-bgp-route-propagation=true").add("--output=none")
	ps := w.ps("New-AzRouteTable", t.ID).named("Name", t.ID.Name).opt("Location", w.region(t.Region)).when(t.NoPropagation, "-DisableBgpRoutePropagation")
	var routes []string
	var more []Command
	for i := range t.Routes {
		r := &t.Routes[i]
		one := w.az("network route-table route create", t.ID).named("route-table-name", t.ID.Name).named("name", r.Name.Value).
			opt("address-prefix", literal(r.Prefix.Prefix.String())).opt("next-hop-type", w.text(r.NextHop.Value))
		l := (&line{w: w, shell: PowerShell, words: []string{"New-AzRouteConfig"}}).named("Name", r.Name.Value).
			opt("AddressPrefix", literal(r.Prefix.Prefix.String())).opt("NextHopType", w.text(r.NextHop.Value))
		if r.Address.IsValid() {
			one.opt("next-hop-ip-address", literal(r.Address.Addr.String()))
			l.opt("NextHopIpAddress", literal(r.Address.Addr.String()))
		}
		routes = append(routes, strings.Join(l.words, " "))
		more = append(more, w.command(one.add("--output=none").String(), "", "route %s of %s; in PowerShell it was made with the table", r.Name.Value, t.ID.Name))
	}
	if len(routes) > 0 {
		ps.add("-Route @(\n    " + strings.Join(routes, "\n    ") + "\n  )")
	}
	return append([]Command{w.command(az.String(), ps.String()+" |\n  Select-Object Name, ProvisioningState", "route table %s", t.ID.Name)}, more...)
}
