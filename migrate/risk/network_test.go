package risk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The tests describe networks in lines:
//
//	file NAME                                   a further document
//	dns NAME ADDRESS
//	site NAME ADDRESS PREFIX…                   address - : none
//	vnet NAME PREFIX… KEY=VALUE…
//
//	gateway VNET ADDRESS [SIZE]                 what the service said: - for no address
//	state VNET/SITE STATE
//	key VNET/SITE KEY
//	declare SITE WORD [VNET]                    what the options file says
//
// where the keys of a VNet are in=REGION, group=AFFINITY, to=SITE,… (IPsec), er=SITE,… (Dedicated),
// pool=PREFIX, dns=NAME,… and subnet=NAME:PREFIX (repeated). Without a subnet a VNet has a
// GatewaySubnet /27 at the start of its first prefix. A tilde stands for a space.

// read makes the estate that the lines describe.
func read(t testing.TB, lines string) *estate.Estate {
	t.Helper()
	var files []*netcfg.File
	for _, d := range documents(lines) {
		f, found, err := netcfg.Parse(d.name, []byte(d.text))
		if err != nil || found.Worst() == diag.Error {
			t.Fatalf("the test's own document: %v %v\n%s", err, found, d.text)
		}
		files = append(files, f)
	}
	e, _, _ := estate.FromNetcfg(files...)
	if tell(e, lines) {
		estate.Connect(e)
	}
	return e
}

// tell adds what lines say beyond network configurations, and reports whether there is any.
func tell(e *estate.Estate, lines string) (any bool) {
	for line := range strings.Lines(lines) {
		words := append(strings.Fields(line), "", "", "")
		switch words[0] {
		case "gateway":
			g := &e.Gateways[slices.IndexFunc(e.Gateways, func(g estate.Gateway) bool { return g.VNet.Name == words[1] })]
			g.State, g.Size = estate.Fact{Value: estate.GatewayProvisioned}, estate.Fact{Value: words[3]}
			if a, err := netip.ParseAddr(words[2]); err == nil {
				g.Address = estate.Address{Addr: a, Raw: words[2]}
			}
		case "state":
			connection(e, words[1]).State = estate.Fact{Value: words[2]}
		case "key":
			connection(e, words[1]).Key = netcfg.NewSecret(words[2])
		case "declare":
			d := &e.Sites[slices.IndexFunc(e.Sites, func(s estate.Site) bool { return s.Name == words[1] })].Declared
			for d.Kind = estate.DeclaredVNet; d.Kind.String() != words[2]; d.Kind++ {
			}
			for i := range e.VNets {
				if e.VNets[i].Name == words[3] {
					d.VNet = e.VNets[i].ID
				}
			}
		default:
			continue
		}
		any = true
	}
	return any
}

func connection(e *estate.Estate, name string) *estate.Connection {
	return &e.Connections[slices.IndexFunc(e.Connections, func(c estate.Connection) bool { return c.ID.Name+"/"+c.Site.Name == name })]
}

// planned makes the estate and its plan.
func planned(t testing.TB, lines string, hub options.Hub) (*estate.Estate, *plan.Plan) {
	t.Helper()
	e := read(t, lines)
	p, _, err := plan.Make(e, options.Options{Hub: hub})
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

// messages are those of one rule, in the order of the list.
func messages(list diag.List, rule string) []string {
	var out []string
	for _, f := range list {
		if f.Rule == rule {
			out = append(out, f.Message)
		}
	}
	return out
}

// document is a network configuration while it is written.
type document struct {
	name, text       string
	dns, sites, nets strings.Builder
}

// documents renders the lines as network configurations.
func documents(lines string) []*document {
	d := &document{name: "corp.netcfg"}
	out := []*document{d}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "~", " ")
		}
		switch {
		case len(words) == 0, words[0] == "gateway", words[0] == "state", words[0] == "key", words[0] == "declare":
		case words[0] == "file":
			d = &document{name: words[1]}
			out = append(out, d)
		case words[0] == "dns":
			fmt.Fprintf(&d.dns, "<DnsServer name=%q IPAddress=%q/>", words[1], words[2])
		case words[0] == "site":
			d.site(words[1], words[2], words[3:])
		case words[0] == "vnet":
			d.vnet(words[1], words[2:])
		default:
			panic("unknown line: " + line)
		}
	}
	for _, d := range out {
		d.text = fmt.Sprintf(`<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration">
<VirtualNetworkConfiguration><Dns><DnsServers>%s</DnsServers></Dns>
<LocalNetworkSites>
%s</LocalNetworkSites>
<VirtualNetworkSites>
%s</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>`, &d.dns, &d.sites, &d.nets)
	}
	return out
}

func space(element string, prefixes ...string) string {
	var b strings.Builder
	for _, p := range prefixes {
		fmt.Fprintf(&b, "<AddressPrefix>%s</AddressPrefix>", p)
	}
	return "<" + element + ">" + b.String() + "</" + element + ">"
}

func (d *document) site(name, address string, prefixes []string) {
	device := "<VPNGatewayAddress>" + address + "</VPNGatewayAddress>"
	if address == "-" {
		device = ""
	}
	fmt.Fprintf(&d.sites, "<LocalNetworkSite name=%q>%s%s</LocalNetworkSite>\n", name, space("AddressSpace", prefixes...), device)
}

func (d *document) vnet(name string, words []string) {
	var prefixes []string
	var refs, subnets, dns strings.Builder
	where, pool := `Location="West Europe"`, ""
	for _, w := range words {
		key, value, keyed := strings.Cut(w, "=")
		switch {
		case !keyed:
			prefixes = append(prefixes, w)
		case key == "in":
			where = fmt.Sprintf("Location=%q", value)
		case key == "group":
			where = fmt.Sprintf("AffinityGroup=%q", value)
		case key == "pool":
			pool = space("VPNClientAddressPool", value)
		case key == "subnet":
			label, prefix, _ := strings.Cut(value, ":")
			fmt.Fprintf(&subnets, "<Subnet name=%q><AddressPrefix>%s</AddressPrefix></Subnet>", label, prefix)
		case key == "dns":
			for server := range strings.SplitSeq(value, ",") {
				fmt.Fprintf(&dns, "<DnsServerRef name=%q/>", server)
			}
		case key == "to" || key == "er":
			kind := map[string]string{"to": "IPsec", "er": "Dedicated"}[key]
			for site := range strings.SplitSeq(value, ",") {
				fmt.Fprintf(&refs, "<LocalNetworkSiteRef name=%q><Connection type=%q/></LocalNetworkSiteRef>", site, kind)
			}
		default:
			panic("unknown key: " + w)
		}
	}
	if subnets.Len() == 0 {
		base, _, _ := strings.Cut(prefixes[0], "/")
		fmt.Fprintf(&subnets, `<Subnet name="GatewaySubnet"><AddressPrefix>%s/27</AddressPrefix></Subnet>`, base)
	}
	gateway := ""
	if refs.Len()+len(pool) > 0 {
		gateway = "<Gateway>" + pool + "<ConnectionsToLocalNetwork>" + refs.String() + "</ConnectionsToLocalNetwork></Gateway>"
	}
	fmt.Fprintf(&d.nets, "<VirtualNetworkSite name=%q %s>%s<Subnets>%s</Subnets><DnsServersRef>%s</DnsServersRef>%s</VirtualNetworkSite>\n",
		name, where, space("AddressSpace", prefixes...), &subnets, &dns, gateway)
}
