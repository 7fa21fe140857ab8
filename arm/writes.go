package arm

import (
	"maps"
	"slices"
	"strings"
)

// What resources do to virtual networks, named by resourceKey.
type (
	peeringFact struct {
		node                      int
		parent, remote            string
		allowsTransit, usesRemote bool
	}
	gatewayFact struct { // of a gateway, a firewall or a Route Server
		node    int
		subnet  string // the one that it has to stand in, folded
		network string
	}
	subnetFact struct {
		node    int
		network string
	}
)

// The subnets that take no others, folded.
const gatewaySubnet, firewallSubnet, serverSubnet = "gatewaysubnet", "azurefirewallsubnet", "routeserversubnet"

// setSubnet takes the network from the id of the gateway's subnet.
func (g *gatewayFact) setSubnet(w *walker, key string) {
	typ, name, _ := strings.Cut(key, " ")
	network, subnet, ok := strings.Cut(name, "/")
	if !ok || typ != strings.ToLower(TypeSubnet) || subnet != g.subnet {
		want := "a gateway stands in GatewaySubnet"
		switch g.subnet {
		case firewallSubnet:
			want = "a firewall stands in AzureFirewallSubnet"
		case serverSubnet:
			want = "a Route Server stands in RouteServerSubnet"
		}
		w.report(BadReference, "%s, not in %s", want, describeKey(key))
		return
	}
	g.network = resourceKey(TypeVirtualNetwork, network)
}

// writes checks that whatever changes one virtual network does so one after the other: the service
// refuses a second operation while the first runs. Peerings change both of their networks; gateways,
// firewalls and Route Servers of one network each write a subnet of it. The groups of rules of a firewall policy change
// the policy, and so does a firewall that takes it. Source: docs/sources.md#serial-writes.
func (r *resolver) writes() {
	peerings, gateways := map[string][]int{}, map[string][]int{}
	for _, s := range r.subnets {
		peerings[s.network] = append(peerings[s.network], s.node)
	}
	links := map[string]int{}
	for _, p := range r.peerings {
		peerings[p.parent] = append(peerings[p.parent], p.node)
		if p.remote != "" && p.remote != p.parent {
			peerings[p.remote] = append(peerings[p.remote], p.node)
		}
		link := p.parent + "\n" + p.remote
		if first, twice := links[link]; twice && p.remote != "" { // which one a parameter names, nothing tells here
			r.report(p.node, BadName, ".properties.remoteVirtualNetwork", "%s peers the same networks already", r.t.Resources[first].label())
		} else {
			links[link] = p.node
		}
	}
	for _, g := range slices.Concat(r.gateways, r.firewalls, r.servers) {
		gateways[g.network] = append(gateways[g.network], g.node)
	}
	r.ordered(peerings)
	r.ordered(gateways)
	r.ordered(r.policies)
}

// ordered checks that the resources of each network, or policy, wait for each other in one line. In a line,
// levels rise, and neighbours by level are all that has to be asked.
func (r *resolver) ordered(byNetwork map[string][]int) {
	level := r.graph.level
	for _, network := range slices.Sorted(maps.Keys(byNetwork)) {
		writers := byNetwork[network]
		slices.SortFunc(writers, func(a, b int) int {
			if level[a] != level[b] {
				return int(level[a] - level[b])
			}
			return a - b
		})
		for k := 1; k < len(writers); k++ {
			before, after := writers[k-1], writers[k]
			if !r.graph.reaches(int32(after), int32(before)) {
				r.report(after, BadOrder, ".dependsOn", "%s and this one change %s, and neither waits for the other",
					r.t.Resources[before].label(), r.describe(network))
			}
		}
	}
}

// transit checks that a peering that uses the remote side's gateway, or its Route Server, comes after that and
// after the remote half that offers it. Where the remote network is outside the template, so may
// they be. Source: docs/sources.md#peering.
func (r *resolver) transit() {
	halves, gateways := map[string]peeringFact{}, map[string][]int{}
	for _, p := range slices.Backward(r.peerings) {
		halves[p.parent+"\n"+p.remote] = p // of two, the first
	}
	for _, g := range slices.Concat(r.gateways, r.servers) {
		gateways[g.network] = append(gateways[g.network], g.node)
	}
	const path = ".properties.useRemoteGateways"
	for _, p := range r.peerings {
		if !p.usesRemote {
			continue
		}
		own := r.lookup(p.remote) >= 0
		half, there := halves[p.remote+"\n"+p.parent]
		switch {
		case there && !half.allowsTransit:
			r.report(p.node, BadTransit, path, "%s does not allow gateway transit", r.t.Resources[half.node].label())
		case there && !r.graph.reaches(int32(p.node), int32(half.node)):
			r.report(p.node, BadTransit, path, "does not wait for %s, which allows the transit", r.t.Resources[half.node].label())
		case !there && own:
			r.report(p.node, BadTransit, path, "%s has no peering back", r.describe(p.remote))
		}
		if own && len(gateways[p.remote]) == 0 {
			r.report(p.node, BadTransit, path, "%s has no gateway and no Route Server", r.describe(p.remote))
		}
		for _, gateway := range gateways[p.remote] {
			if !r.graph.reaches(int32(p.node), int32(gateway)) {
				r.report(p.node, BadTransit, path, "does not wait for %s", r.t.Resources[gateway].label())
			}
		}
	}
}
