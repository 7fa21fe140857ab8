package estate_test

import (
	"encoding/xml"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// failer is what a test and a property have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// sketch writes a network configuration from a notation of one line per object:
//
//	dns NAME ADDRESS
//	site NAME PREFIX… [@ADDRESS]
//	vnet NAME PREFIX… [in:REGION|in:group:NAME] [subnet:NAME=PREFIX]… [dns:NAME]… [pool:PREFIX]… [gateway:no] [-> SITE…]
//
// and what only the service or the engineer says, once FromNetcfg has read the rest (see told):
//
//	gateway VNET ADDRESS [STATE]
//	state VNET/SITE STATE
//	key VNET/SITE KEY
//	declare SITE WORD [VNET]
//
// A site that ends in "!" is connected by ExpressRoute, one that ends in "?" by no written type.
// An underscore in a name stands for a space. A VNet has a GatewaySubnet at the end of its first
// prefix unless it says gateway:no.
func sketch(t failer, text string) []byte {
	t.Helper()
	var dns, sites, vnets strings.Builder
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		name := spaced(words[1])
		switch rest := words[2:]; words[0] {
		case "dns":
			fmt.Fprintf(&dns, `<DnsServer name="%s" IPAddress="%s" />`, name, rest[0])
		case "site":
			fmt.Fprintf(&sites, `<LocalNetworkSite name="%s">%s</LocalNetworkSite>`, name, siteParts(rest))
		case "vnet":
			vnets.WriteString(vnetElement(name, rest))
		case "gateway", "state", "key", "declare":
			continue
		default:
			t.Fatalf("a sketch has no %q: %s", words[0], line)
		}
		vnets.WriteByte('\n')
	}
	return []byte(`<NetworkConfiguration xmlns="` + netcfg.Namespace + `"><VirtualNetworkConfiguration>` +
		"<Dns><DnsServers>" + dns.String() + "</DnsServers></Dns>" +
		"<LocalNetworkSites>" + sites.String() + "</LocalNetworkSites>" +
		"<VirtualNetworkSites>" + vnets.String() + "</VirtualNetworkSites>" +
		"</VirtualNetworkConfiguration></NetworkConfiguration>")
}

func spaced(name string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(strings.ReplaceAll(name, "_", " "))) // a Builder does not fail
	return b.String()
}

func prefixElements(prefixes []string) string {
	var b strings.Builder
	for _, p := range prefixes {
		fmt.Fprintf(&b, "<AddressPrefix>%s</AddressPrefix>", p)
	}
	return b.String()
}

func siteParts(words []string) string {
	gateway := ""
	if i := slices.IndexFunc(words, func(w string) bool { return w[0] == '@' }); i >= 0 {
		gateway = "<VPNGatewayAddress>" + words[i][1:] + "</VPNGatewayAddress>"
		words = words[:i]
	}
	return "<AddressSpace>" + prefixElements(words) + "</AddressSpace>" + gateway
}

func vnetElement(name string, words []string) string {
	var space, pool []string
	var subnets, dns, refs strings.Builder
	region, gateway := "West Europe", true
	for i, w := range words {
		key, value, marked := strings.Cut(w, ":")
		switch {
		case w == "->":
			for _, s := range words[i+1:] {
				refs.WriteString(siteRef(s))
			}
		case refs.Len() > 0:
		case !marked:
			space = append(space, w)
		case key == "in":
			region = spaced(value)
		case key == "subnet":
			sub, prefix, _ := strings.Cut(value, "=")
			fmt.Fprintf(&subnets, `<Subnet name="%s">%s</Subnet>`, spaced(sub), prefixElements([]string{prefix}))
		case key == "dns":
			fmt.Fprintf(&dns, `<DnsServerRef name="%s" />`, spaced(value))
		case key == "pool":
			pool = append(pool, value)
		case key == "gateway":
			gateway = value != "no"
		}
	}
	if gateway {
		fmt.Fprintf(&subnets, `<Subnet name="GatewaySubnet">%s</Subnet>`, prefixElements([]string{lastEight(space[0])}))
	}
	body := "<AddressSpace>" + prefixElements(space) + "</AddressSpace>"
	body += "<Subnets>" + subnets.String() + "</Subnets>"
	body += "<DnsServersRef>" + dns.String() + "</DnsServersRef>"
	if len(pool) > 0 || refs.Len() > 0 {
		body += "<Gateway>"
		if len(pool) > 0 {
			body += "<VPNClientAddressPool>" + prefixElements(pool) + "</VPNClientAddressPool>"
		}
		body += "<ConnectionsToLocalNetwork>" + refs.String() + "</ConnectionsToLocalNetwork></Gateway>"
	}
	where := "Location"
	if group, ok := strings.CutPrefix(region, "group:"); ok {
		where, region = "AffinityGroup", group
	}
	return fmt.Sprintf(`<VirtualNetworkSite name="%s" %s="%s">%s</VirtualNetworkSite>`, name, where, region, body)
}

func siteRef(word string) string {
	connection := `<Connection type="IPsec" />`
	switch word[len(word)-1] {
	case '!':
		word, connection = word[:len(word)-1], `<Connection type="Dedicated" />`
	case '?':
		word, connection = word[:len(word)-1], ""
	}
	return `<LocalNetworkSiteRef name="` + spaced(word) + `">` + connection + "</LocalNetworkSiteRef>"
}

// lastEight is the last /29 of a prefix, or what was written when that is not one.
func lastEight(prefix string) string {
	p, err := netip.ParsePrefix(prefix)
	if err != nil || p.Bits() > 29 {
		return prefix
	}
	a := p.Masked().Addr().As4()
	n := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	n += 1<<(32-p.Bits()) - 8
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), 29).String()
}

func parse(t failer, name string, src []byte) *netcfg.File {
	t.Helper()
	file, found, err := netcfg.Parse(name, src)
	if err != nil {
		t.Fatalf("%v\n%v", err, found)
	}
	return file
}

// meaning reads one sketch, and wants it to parse.
func meaning(t failer, text string) (*estate.Estate, diag.List) {
	t.Helper()
	e, _, found := estate.FromNetcfg(parse(t, "net", sketch(t, text)))
	if told(e, text) {
		estate.Connect(e)
	}
	return e, found
}

// told adds what a sketch says beyond a network configuration, and reports whether there is any.
func told(e *estate.Estate, text string) bool {
	any := false
	for line := range strings.Lines(text) {
		words := append(strings.Fields(line), "", "", "")
		name := strings.ReplaceAll(words[1], "_", " ")
		switch words[0] {
		case "gateway":
			g := gatewayOf(e, name)
			g.Address = estate.Address{Addr: netip.MustParseAddr(words[2]), Raw: words[2]}
			if g.State.Value = words[3]; words[3] == "" {
				g.State.Value = estate.GatewayProvisioned
			}
		case "state":
			connectionOf(e, name).State = estate.Fact{Value: words[2]}
		case "key":
			connectionOf(e, name).Key = netcfg.NewSecret(words[2])
		case "declare":
			declare(e, name, words[2], words[3])
		default:
			continue
		}
		any = true
	}
	return any
}

func gatewayOf(e *estate.Estate, vnet string) *estate.Gateway {
	return &e.Gateways[slices.IndexFunc(e.Gateways, func(g estate.Gateway) bool { return g.VNet.Name == vnet && g.Kind == estate.VPNGateway })]
}

func connectionOf(e *estate.Estate, name string) *estate.Connection {
	return &e.Connections[slices.IndexFunc(e.Connections, func(c estate.Connection) bool { return half(c.ID) == name })]
}

func declare(e *estate.Estate, site, word, vnet string) {
	d := estate.Declaration{}
	for d.Kind = estate.DeclaredVNet; d.Kind.String() != word; d.Kind++ {
	}
	for i := range e.VNets {
		if e.VNets[i].Name == vnet {
			d.VNet = e.VNets[i].ID
		}
	}
	e.Sites[slices.IndexFunc(e.Sites, func(s estate.Site) bool { return s.Name == site })].Declared = d
}

// links tells what became of every IPsec half, a line each; the two halves of a tunnel share one.
//
//	A/toB = B/toA certain              the halves, by VNet and site
//	A/toB = B/toA likely SITE-001      with the rule that says it cannot have been up
//	A/toB = B/toA certain, likely      the halves disagree
//	A/toB > B one-sided
//	A/toB ? B/toA B/toA2 ambiguous
//	A/office: office                   not paired, the network it leads to, and the rule when it cannot be up
func links(e *estate.Estate) []string {
	x := estate.NewIndex(e)
	var out []string
	for i := range e.Connections {
		c := &e.Connections[i]
		if line := link(x, c); line != "" && c.Kind != estate.ExpressRoute {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

func link(x *estate.Index, c *estate.Connection) string {
	p := &c.Pairing
	switch p.Confidence {
	case estate.NotPaired:
		return strings.TrimSpace(half(c.ID) + ": " + x.Site(c.Site).Network + " " + p.Suspect)
	case estate.OneSided:
		return half(c.ID) + " > " + p.Toward.Name + " one-sided"
	case estate.Ambiguous:
		line := half(c.ID) + " ?"
		for _, id := range p.Candidates {
			line += " " + half(id)
		}
		return line + " ambiguous"
	}
	partner := x.Connection(p.Partner)
	if half(p.Partner) < half(c.ID) {
		return ""
	}
	line := half(c.ID) + " = " + half(p.Partner) + " " + p.Confidence.String()
	if partner.Pairing.Confidence != p.Confidence {
		line += ", " + partner.Pairing.Confidence.String()
	}
	if p.Suspect != "" {
		line += " " + p.Suspect
	}
	return line
}

func half(id estate.ID) string { return id.Name + "/" + id.Child }

func wantLines(t *testing.T, what, want string, got []string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	if diff := cmp.Diff(lines, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// rules lists the rules of the findings, sorted, each once.
func rules(found diag.List) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wantMessage wants exactly one finding of the rule, at a place, with all the words.
func wantMessage(t *testing.T, found diag.List, rule string, words ...string) {
	t.Helper()
	var of []diag.Finding
	for _, f := range found {
		if f.Rule == rule {
			of = append(of, f)
		}
	}
	if len(of) != 1 {
		t.Errorf("%d findings of %s, want 1: %v", len(of), rule, found)
		return
	}
	if of[0].Pos.Line == 0 {
		t.Errorf("%s has no place", rule)
	}
	for _, w := range words {
		if !strings.Contains(of[0].Message, w) {
			t.Errorf("%s says %q, without %q", rule, of[0].Message, w)
		}
	}
}
