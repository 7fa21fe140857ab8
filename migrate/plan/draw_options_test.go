package plan_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
)

// drawOptions draws what an engineer says of the network: the mode, the hub, states, and what is asked of pairs.
func (n *network) drawOptions(t *rapid.T) {
	n.mode = rapid.SampledFrom([]options.Mode{options.AsIfLive, options.AsIfLive, options.ClassicLive, options.Rebuild}).Draw(t, "mode")
	n.has[string(n.mode)] = true
	n.hub = rapid.SampledFrom([]string{"auto", "auto", "auto", "new", "none", "regional", "several", ""}).Draw(t, "hub")
	if n.has["twins"] && rapid.Bool().Draw(t, "several hubs") {
		n.hub = "several"
	}
	n.has["hub "+n.hub] = true
	if n.hub == "" {
		n.hub = n.path(rapid.IntRange(0, len(n.vnets)-1).Draw(t, "hub VNet"))
		n.has["hub by name"] = true
	}
	if one(t, 4, "closed") {
		n.exposure, n.has["new pairs closed"] = "exposure: closed\n", true
	}
	if (n.hub == "auto" || n.hub == "new") && one(t, 5, "passage") {
		transit := "firewall"
		if one(t, 2, "appliances") {
			transit = "nva"
		}
		n.has["through "+transit] = true
		n.passage = "transit: " + transit + "\n"
		if len(n.vnets)%2 == 0 { // nothing is drawn for it, so that each index keeps its network
			n.passage += "inspect: all\n"
			n.has["inspect all"] = true
		}
	}
	if n.passage == "" && one(t, 4, "group") {
		n.passage = "transit: group\n"
		n.has["connected groups asked for"] = true
	}
	if n.passage == "" && len(n.vnets)%3 == 0 { // as with inspect
		n.passage = "transit: gateway\n"
		n.has["through the gateway"] = true
	}
	if n.passage == "" && len(n.vnets)%3 == 1 && n.hub != "none" {
		n.passage = "transit: vpn\n"
		n.has["hubs joined by VPN"] = true
	}
	if n.passage == "" && len(n.vnets)%6 == 5 && n.hub != "regional" && n.hub != "several" {
		n.passage = "transit: route-server\n"
		n.has["through a Route Server"] = true
	}
	if one(t, 3, "states") {
		n.drawStates(t)
	}
	if one(t, 3, "asks") {
		n.drawAsks(t)
	}
}

// drawStates lets a gateway not be there, or a tunnel not be up.
func (n *network) drawStates(t *rapid.T) {
	at := rapid.IntRange(0, len(n.vnets)-1).Draw(t, "where")
	v := n.vnets[at]
	vpn := slices.DeleteFunc(slices.Clone(v.refs), func(r drawnRef) bool { return r.dedicated })
	switch {
	case len(vpn) == 0:
	case rapid.Bool().Draw(t, "gateway"):
		if !slices.ContainsFunc(n.gateways, func(g string) bool { return strings.HasPrefix(g, n.path(at)+":") }) {
			n.gateways = append(n.gateways, n.path(at)+": {state: not-provisioned}")
			n.has["gateway not provisioned"] = true
		}
	default:
		r := rapid.SampledFrom(vpn).Draw(t, "tunnel")
		n.connections = append(n.connections, fmt.Sprintf("{vnet: %s, site: %s, state: not-connected}", n.path(at), r.site.name))
		n.has["tunnel not connected"] = true
	}
}

// drawAsks asks for something of a few pairs of places.
func (n *network) drawAsks(t *rapid.T) {
	e, _ := n.read(t, 1)
	base, _, _ := estate.ToARM(e)
	places := reach.Compute(base).Locations()
	if len(places) < 2 {
		return
	}
	n.has["asks"] = true
	asked := map[[2]int]bool{}
	for range rapid.IntRange(1, 3).Draw(t, "asks") {
		a, b := rapid.IntRange(0, len(places)-1).Draw(t, "a"), rapid.IntRange(0, len(places)-1).Draw(t, "b")
		if a == b || asked[[2]int{a, b}] || asked[[2]int{b, a}] {
			continue
		}
		asked[[2]int{a, b}] = true
		pair := fmt.Sprintf("between: %s, and: %s", placeName(places[a]), placeName(places[b]))
		switch rapid.IntRange(0, 3).Draw(t, "want") {
		case 0:
			n.required = append(n.required, "{"+pair+"}")
			n.has["required"] = true
		case 1:
			n.required = append(n.required, "{"+pair+", require: encryption}")
			n.has["encrypted"] = true
		case 2:
			n.forbidden = append(n.forbidden, "{"+pair+", reason: r}")
			n.has["forbidden"] = true
		default:
			n.permitted = append(n.permitted, "{"+pair+", reason: r}")
			n.has["accepted"] = true
		}
	}
}

// placeName is a place as the options file names it.
func placeName(l reach.Location) string {
	switch l.Kind {
	case reach.OnPremises:
		return fmt.Sprintf("'on-premises %s'", l.Name)
	case reach.Clients:
		return fmt.Sprintf("'clients of %s/%s'", l.ID.Subscription, l.Name)
	}
	return fmt.Sprintf("'VNet %s/%s'", l.ID.Subscription, l.Name)
}

// yaml is the options file.
func (n *network) yaml() string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nmode: %s\nhub: %s\n%s%s", n.mode, n.hub, n.passage, n.exposure)
	list := func(name string, entries []string) {
		if len(entries) > 0 {
			fmt.Fprintf(&b, "%s:\n", name)
		}
		for _, e := range entries {
			fmt.Fprintf(&b, "  - %s\n", e)
		}
	}
	if len(n.gateways) > 0 {
		fmt.Fprintf(&b, "gateways:\n  %s\n", strings.Join(n.gateways, "\n  "))
	}
	list("connections", n.connections)
	for i, name := range slices.Compact(slices.Sorted(slices.Values(n.circuits))) {
		if i == 0 {
			b.WriteString("circuits:\n")
		}
		fmt.Fprintf(&b, "  %s: {resourceId: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/er/providers/Microsoft.Network/expressRouteCircuits/%s}\n", name, name)
	}
	list("required", n.required)
	list("forbidden", n.forbidden)
	list("accept", n.permitted)
	return b.String()
}

// documents are the network configurations, their sites, VNets, references, ranges and subnets in an order that seed
// decides; as they were drawn for seed 0.
func (n *network) documents(seed uint64) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	mix := func(k int, swap func(i, j int)) {
		if seed != 0 {
			r.Shuffle(k, swap)
		}
	}
	list := func(ranges []netip.Prefix) string {
		var lines []string
		for _, p := range ranges {
			lines = append(lines, fmt.Sprintf("<AddressPrefix>%s</AddressPrefix>", p))
		}
		mix(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		return strings.Join(lines, "")
	}
	var out []string
	for doc := range n.docs {
		var sites, vnets []string
		for _, s := range n.sites {
			if s.doc != doc {
				continue
			}
			address := ""
			if s.address != "" {
				address = "<VPNGatewayAddress>" + s.address + "</VPNGatewayAddress>"
			}
			sites = append(sites, fmt.Sprintf("  <LocalNetworkSite name=%q><AddressSpace>%s</AddressSpace>%s</LocalNetworkSite>\n", s.name, list(s.prefixes), address))
		}
		for _, v := range n.vnets {
			if v.doc != doc {
				continue
			}
			first := v.space[0].Addr().As4()
			first[2]++
			subnets := []string{
				fmt.Sprintf(`<Subnet name="GatewaySubnet"><AddressPrefix>%s/27</AddressPrefix></Subnet>`, v.space[0].Addr()),
				fmt.Sprintf(`<Subnet name="work"><AddressPrefix>%s/24</AddressPrefix></Subnet>`, netip.AddrFrom4(first)),
			}
			mix(len(subnets), func(i, j int) { subnets[i], subnets[j] = subnets[j], subnets[i] })
			var gateway string
			if v.pool.IsValid() {
				gateway = "<VPNClientAddressPool>" + list([]netip.Prefix{v.pool}) + "</VPNClientAddressPool>"
			}
			var refs []string
			for _, ref := range v.refs {
				kind := "IPsec"
				if ref.dedicated {
					kind = "Dedicated"
				}
				refs = append(refs, fmt.Sprintf(`<LocalNetworkSiteRef name=%q><Connection type=%q /></LocalNetworkSiteRef>`, ref.site.name, kind))
			}
			mix(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
			if len(refs) > 0 {
				gateway += "<ConnectionsToLocalNetwork>" + strings.Join(refs, "") + "</ConnectionsToLocalNetwork>"
			}
			if gateway != "" {
				gateway = "<Gateway>" + gateway + "</Gateway>"
			}
			vnets = append(vnets, fmt.Sprintf("  <VirtualNetworkSite name=%q Location=%q><AddressSpace>%s</AddressSpace><Subnets>%s</Subnets>%s</VirtualNetworkSite>\n",
				v.name, v.region, list(v.space), strings.Join(subnets, ""), gateway))
		}
		mix(len(sites), func(i, j int) { sites[i], sites[j] = sites[j], sites[i] })
		mix(len(vnets), func(i, j int) { vnets[i], vnets[j] = vnets[j], vnets[i] })
		out = append(out, fmt.Sprintf("<NetworkConfiguration xmlns=\"http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration\"><VirtualNetworkConfiguration><Dns /><LocalNetworkSites>\n%s</LocalNetworkSites><VirtualNetworkSites>\n%s</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>\n",
			strings.Join(sites, ""), strings.Join(vnets, "")))
	}
	return out
}

// read gives the network to the stages before a plan.
func (n *network) read(t failer, seed uint64) (*estate.Estate, *options.Options) {
	opts, found, err := options.Parse("netmigrate.yaml", []byte(n.yaml()))
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v\n%s", err, found, n.yaml())
	}
	var sources []estate.Source
	for doc, src := range n.documents(seed) {
		f, found, err := netcfg.Parse(docName(doc)+".netcfg", []byte(src))
		if err != nil {
			t.Fatalf("%v %v\n%s", err, found, src)
		}
		sources = append(sources, estate.Source{Name: docName(doc), Documents: []*netcfg.Document{{Name: f.Name, Form: netcfg.FormConfiguration, Leaves: f.Leaves, File: f}}})
	}
	if seed != 0 {
		rand.New(rand.NewPCG(seed, 2)).Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
	}
	e, _, _ := estate.FromClassic(opts, sources...)
	return e, opts
}

// String is the network as text: the options file and the configurations.
func (n *network) String() string {
	return n.yaml() + strings.Join(n.documents(0), "")
}
