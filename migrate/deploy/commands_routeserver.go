package deploy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// addServer makes a Route Server with its public address and its sessions.
func (w *bookWriter) addServer(c *Commands, g *estate.Gateway) {
	c.Do = append(c.Do, w.createServer(g))
	for i := range g.RoutePeers {
		c.Do = append(c.Do, w.createPeer(g, &g.RoutePeers[i]))
	}
	for i := range g.RoutePeers {
		c.Undo = append(c.Undo, w.removePeer(g, &g.RoutePeers[i]))
	}
	c.Verify = append(c.Verify, w.showServer(g))
}

func (w *bookWriter) createServer(g *estate.Gateway) Command {
	subnet := g.VNet
	subnet.Type, subnet.Child = estate.TypeVNet+"/subnets", g.Subnet
	az := w.az("network routeserver create", g.ID).named("name", g.ID.Name).opt("location", w.region(g.Region)).
		opt("hosted-subnet", w.resourceID(subnet)).opt("public-ip-address", w.resourceID(g.PublicIP)).add("--output=none")
	ps := w.ps("New-AzRouteServer", g.ID).opt("Location", w.region(g.Region)).opt("HostedSubnet", w.resourceID(subnet)).
		add("-PublicIpAddress " + w.got("Get-AzPublicIpAddress", g.PublicIP))
	return w.create(g.ID, az.String(), ps, "Select-Object Name, ProvisioningState", "Route Server %s: 30 to 60 minutes", g.ID.Name)
}

// createPeer makes a session. One that is there gets these values, and nothing else hangs on it.
func (w *bookWriter) createPeer(g *estate.Gateway, p *estate.RoutePeer) Command {
	az := w.az("network routeserver peering create", g.ID).named("routeserver", g.ID.Name).named("name", p.Name).
		add("--peer-asn="+p.ASN.Value, "--peer-ip="+p.Address.Addr.String(), "--output=none")
	ps := w.ps("Add-AzRouteServerPeer", g.ID).named("RouteServerName", g.ID.Name).named("PeerName", p.Name).
		add("-PeerIp "+p.Address.Addr.String(), "-PeerAsn "+p.ASN.Value)
	return w.command(az.String(), ps.String()+" |\n  Select-Object Name, ProvisioningState", "session %s of Route Server %s, with %s", p.Name, g.ID.Name, p.Address.Addr)
}

// removePeer takes away a session, without which the Route Server cannot be deleted.
func (w *bookWriter) removePeer(g *estate.Gateway, p *estate.RoutePeer) Command {
	az := w.az("network routeserver peering delete", g.ID).named("routeserver", g.ID.Name).named("name", p.Name).add("--yes")
	ps := w.ps("Remove-AzRouteServerPeer", g.ID).named("RouteServerName", g.ID.Name).named("PeerName", p.Name).add("-Force")
	return w.command(az.String(), ps.String(), "session %s of Route Server %s; only if this step made it", p.Name, g.ID.Name)
}

// showServer shows whether a Route Server is ready, and the addresses that the machines have sessions with.
func (w *bookWriter) showServer(g *estate.Gateway) Command {
	az := w.az("network routeserver show", g.ID).named("name", g.ID.Name).add("--query='[provisioningState, virtualRouterAsn, virtualRouterIps]'", "--output=json")
	ps := w.ps("Get-AzRouteServer", g.ID).named("RouteServerName", g.ID.Name).String() + " |\n  Select-Object Name, ProvisioningState, RouteServerAsn, RouteServerIps"
	return w.command(az.String(), ps, "Route Server %s: Succeeded, and its two addresses, which the owner of the appliances has to know", g.ID.Name)
}

// learnedFrom shows what a Route Server learned from its peers.
func (w *bookWriter) learnedFrom(g *estate.Gateway) []Command {
	out := make([]Command, len(g.RoutePeers))
	for i := range g.RoutePeers {
		p := &g.RoutePeers[i]
		az := w.az("network routeserver peering list-learned-routes", g.ID).named("routeserver", g.ID.Name).named("name", p.Name).add("--output=json")
		ps := w.ps("Get-AzRouteServerPeerLearnedRoute", g.ID).named("RouteServerName", g.ID.Name).named("PeerName", p.Name).String() + " |\n  Select-Object LocalAddress, Network, NextHop, AsPath"
		out[i] = w.command(az.String(), ps, "learned from %s: both instances, which have an address each, have %s, with the next hop %s, and nothing else; a range that is missing is a VNet that nobody reaches, and one too many is open to all", p.Name, strings.Join(prefixes(p.Learned), ", "), w.nextHop(p))
	}
	return out
}

// nextHop is the address that a peer announces.
func (w *bookWriter) nextHop(p *estate.RoutePeer) string {
	if g := w.target.Gateway(p.Appliance); g != nil {
		return addressesOf(g)
	}
	return p.Address.Addr.String()
}

// announcing is what the owner of appliances has to know of the Route Server beside them, or nothing.
func (w *bookWriter) announcing(balancer *estate.Gateway) []string {
	server := serverBeside(w.p.Target, balancer)
	if server == nil || len(server.RoutePeers) == 0 {
		return nil
	}
	var addresses []string
	for i := range server.RoutePeers {
		addresses = append(addresses, server.RoutePeers[i].Address.Addr.String())
	}
	p := &server.RoutePeers[0]
	return []string{
		fmt.Sprintf("the machines have the addresses %s, and the BGP number %s; each has a session with both addresses of Route Server %s, whose number is 65515: external BGP over more than one hop, without a route to these addresses by another interface", strings.Join(addresses, " and "), p.ASN.Value, server.ID.Name),
		fmt.Sprintf("TCP port 179 is open between the machines and subnet %s, through every group and rule", server.Subnet),
		fmt.Sprintf("each announces %s, with the next hop %s, which is the load balancer's, and nothing else: every VNet that uses the Route Server gets a route of whatever is announced. What it learns from the Route Server it does not announce", strings.Join(prefixes(p.Learned), ", "), addressesOf(balancer)),
		"where the machines keep state that they do not share, and a test shows that an answer may come back by another one, a single one answers the probe, and the next one when that is down",
		"what is announced is larger than the ranges of the VNets, of which a Route Server makes no routes: the machines drop what is for no VNet, which would come back to them",
	}
}

// served are the rules that appliances beside a Route Server need: routes lead everything to them that is announced, so that
// the pairs are those that the network had.
func (w *bookWriter) served(balancer *estate.Gateway) []string {
	server := serverBeside(w.p.Target, balancer)
	if server == nil {
		return nil
	}
	var out []string
	for _, p := range plan.LedThrough(w.p, balancer.ID) {
		a, b := w.target.VNet(p[0]), w.target.VNet(p[1])
		out = append(out, fmt.Sprintf("from %s (%s) to %s (%s), and back", p[0].Name, strings.Join(sources(a), ", "), p[1].Name, strings.Join(sources(b), ", ")))
	}
	return out
}

// beforeLearning looks at what the Route Servers have learned that the VNets of the steps behind a look at the pairs come to use.
func (w *bookWriter) beforeLearning(c *Commands, s *plan.Step) {
	for i := range w.p.Steps {
		made := &w.p.Steps[i]
		if made.Action != plan.CreateAppliances || !slices.Contains(s.Needs, made.ID) {
			continue
		}
		g := w.target.Gateway(made.Object)
		if server := serverBeside(w.p.Target, g); g != nil && server != nil {
			c.Do = append(c.Do, w.showBalancer(g), w.probed(g))
			c.Do = append(append(c.Do, w.learnedFrom(server)...),
				people("the owner of the appliances shows for every rule of their step that a session of it would pass, in both directions; or a test VNet with the flag to use the Route Server reaches one like it. In the window the pairs rest on that"))
			return
		}
	}
}
