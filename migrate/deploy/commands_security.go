package deploy

import (
	"reflect"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addFilters makes the network security groups and route tables of a step. A plan may bring one several times.
func (w *bookWriter) addFilters(c *Commands, add *estate.Estate) {
	for i := range add.SecurityGroups {
		g := &add.SecurityGroups[i]
		if was := w.now.securityGroups[g.ID.Key()]; was == nil {
			c.Do = append(c.Do, w.createSecurityGroup(g))
		} else if !reflect.DeepEqual(was, g) {
			c.Do = append(c.Do, people("network security group %s exists: a person changes it", g.ID.Name))
		}
	}
	for i := range add.RouteTables {
		t := &add.RouteTables[i]
		if was := w.now.routeTables[t.ID.Key()]; was == nil {
			c.Do, c.Verify = append(c.Do, w.createRouteTable(t)), append(c.Verify, w.showTable(t))
		} else if !reflect.DeepEqual(was, t) {
			c.Do = append(c.Do, people("route table %s exists: a person changes it", t.ID.Name))
		}
	}
}

// createSecurityGroup makes a network security group that does not exist, with its rules.
func (w *bookWriter) createSecurityGroup(g *estate.SecurityGroup) Command {
	ps := w.ps("New-AzNetworkSecurityGroup", g.ID).opt("Location", w.region(g.Region))
	var rules []string
	for i := range g.Rules {
		r := &g.Rules[i]
		l := (&line{w: w, shell: PowerShell, words: []string{"New-AzNetworkSecurityRuleConfig"}}).named("Name", r.Name.Value).opt("Direction", w.text(r.Direction.Value)).
			opt("Priority", w.text(r.Priority.Value)).opt("Access", w.text(r.Access.Value)).opt("Protocol", w.text(r.Protocol.Value)).
			opt("SourceAddressPrefix", w.text(r.Source.Value)).opt("SourcePortRange", w.text(r.SourcePort.Value)).
			opt("DestinationAddressPrefix", w.text(r.Destination.Value)).opt("DestinationPortRange", w.text(r.DestinationPort.Value))
		rules = append(rules, strings.Join(l.words, " "))
	}
	if len(rules) > 0 {
		ps.add("-SecurityRules @(\n    " + strings.Join(rules, "\n    ") + "\n  )")
	}
	return w.create(g.ID, w.put(g.ID, &g.Region, nil, securityGroup(g)), ps, "Select-Object Name, ProvisioningState", "network security group %s with its rules", g.ID.Name)
}

// createRouteTable makes a route table that does not exist, with its routes.
func (w *bookWriter) createRouteTable(t *estate.RouteTable) Command {
	ps := w.ps("New-AzRouteTable", t.ID).opt("Location", w.region(t.Region)).when(t.NoPropagation, "-DisableBgpRoutePropagation")
	var routes []string
	for i := range t.Routes {
		r := &t.Routes[i]
		l := (&line{w: w, shell: PowerShell, words: []string{"New-AzRouteConfig"}}).named("Name", r.Name.Value).
			opt("AddressPrefix", literal(r.Prefix.Prefix.String())).opt("NextHopType", w.text(r.NextHop.Value))
		if r.Address.IsValid() {
			l.opt("NextHopIpAddress", literal(r.Address.Addr.String()))
		}
		routes = append(routes, strings.Join(l.words, " "))
	}
	if len(routes) > 0 {
		ps.add("-Route @(\n    " + strings.Join(routes, "\n    ") + "\n  )")
	}
	return w.create(t.ID, w.put(t.ID, &t.Region, nil, routeTable(t)), ps, "Select-Object Name, ProvisioningState", "route table %s with %s", t.ID.Name, count(len(t.Routes), "route"))
}

// showTable shows the routes of a table, and the subnets that use it.
func (w *bookWriter) showTable(t *estate.RouteTable) Command {
	az := w.az("network route-table show", t.ID).named("name", t.ID.Name).
		add("--query='{routes: routes[].[name, addressPrefix, nextHopType, nextHopIpAddress], subnets: subnets[].id}'", "--output=json")
	ps := w.ps("Get-AzRouteTable", t.ID).named("Name", t.ID.Name).String() +
		" |\n  ForEach-Object { $_.Routes | Select-Object Name, AddressPrefix, NextHopType, NextHopIpAddress; $_.Subnets | Select-Object Id }"
	return w.command(az.String(), ps, "route table %s: %s, and no subnet", t.ID.Name, count(len(t.Routes), "route"))
}
