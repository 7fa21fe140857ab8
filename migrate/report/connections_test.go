package report

import (
	"bytes"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// office is a classic estate with one connection of every sort: a tunnel whose gateways the
// service told of, with what lies behind; a stale address; copies that nothing tells apart; a
// half without another; what is declared; an on-premises device and a circuit.
func office(name func(string) string) *estate.Estate {
	b := &officeBuilder{name: name, e: &estate.Estate{Docs: []string{doc}}}
	b.site("to-hub", "40.68.10.20", "10.0.0.0/16", "192.168.0.0/16", "10.77.0.0/16", "172.16.0.0/24")
	b.site("to-east", "40.69.30.41", "10.1.0.0/16")
	b.site("to-west", "40.69.77.99", "10.2.0.0/16")
	b.site("hq", "81.2.69.160", "192.168.0.0/16")
	b.site("copy-far", "1.1.1.1", "10.9.0.0/16")
	b.site("copy-near", "1.1.1.1", "10.8.0.0/16")
	b.site("partner", "81.2.69.161", "10.50.0.0/16")
	b.site("old", "", "10.60.0.0/16")
	b.vnet("hub", "10.0.0.0/16", "to-east", "to-west", "hq", "partner", "old")
	b.vnet("east", "10.1.0.0/16", "to-hub")
	b.vnet("west", "10.2.0.0/16", "to-hub")
	b.vnet("lone", "10.3.0.0/16", "to-east")
	b.vnet("n1", "10.8.0.0/16", "copy-far")
	b.vnet("m1", "10.9.0.0/16", "copy-near")
	b.vnet("m2", "10.9.0.0/16", "copy-near")
	b.answer("hub", "40.68.10.20")
	b.answer("west", "40.69.77.12")
	for i := range b.e.Gateways {
		if b.e.Gateways[i].VNet.Name == name("hub") {
			b.e.Gateways[i].ClientPools = pfx("172.16.0.0/24")
		}
	}
	for i := range b.e.Sites {
		switch s := &b.e.Sites[i]; s.Name {
		case name("partner"):
			s.Declared.Kind = estate.DeclaredElsewhere
		case name("old"):
			s.Declared.Kind = estate.DeclaredGone
		}
	}
	b.connect("lone", "circuit", estate.ExpressRoute)
	for i := range b.e.Connections {
		if c := &b.e.Connections[i]; c.Site.Name == name("hq") {
			c.State.Value = estate.StateNotConnected
		}
	}
	estate.Connect(b.e)
	return b.e
}

type officeBuilder struct {
	name func(string) string
	e    *estate.Estate
}

func (b *officeBuilder) id(typ, name, child string) estate.ID {
	return estate.ID{Subscription: doc, Type: typ, Name: b.name(name), Child: child}
}

func (b *officeBuilder) site(name, address string, prefixes ...string) {
	s := estate.Site{ID: b.id(estate.TypeSite, name, ""), Name: b.name(name), Prefixes: pfx(prefixes...)}
	if a, err := netip.ParseAddr(address); err == nil {
		s.Address = estate.Address{Addr: a, Raw: address}
	}
	b.e.Sites = append(b.e.Sites, s)
}

func (b *officeBuilder) vnet(name, space string, sites ...string) {
	v := estate.VNet{ID: b.id(estate.TypeVNet, name, ""), Name: b.name(name), Space: pfx(space)}
	b.e.VNets = append(b.e.VNets, v)
	b.e.Gateways = append(b.e.Gateways, estate.Gateway{ID: b.id(estate.TypeGateway, name, estate.VPNGateway.String()), VNet: v.ID})
	for _, s := range sites {
		b.connect(name, s, estate.IPsec)
	}
}

func (b *officeBuilder) connect(vnet, site string, kind estate.ConnectionKind) {
	gateway := estate.VPNGateway
	if kind == estate.ExpressRoute {
		gateway = estate.ExpressRouteGateway
		b.e.Gateways = append(b.e.Gateways, estate.Gateway{ID: b.id(estate.TypeGateway, vnet, gateway.String()), VNet: b.id(estate.TypeVNet, vnet, ""), Kind: gateway})
	}
	b.e.Connections = append(b.e.Connections, estate.Connection{
		ID: b.id(estate.TypeConnection, vnet, b.name(site)), Gateway: b.id(estate.TypeGateway, vnet, gateway.String()),
		Kind: kind, Site: b.id(estate.TypeSite, site, ""), Refs: []diag.Ref{{}},
	})
}

func (b *officeBuilder) answer(vnet, address string) {
	for i := range b.e.Gateways {
		if g := &b.e.Gateways[i]; g.VNet.Name == b.name(vnet) {
			g.State.Value, g.Address = estate.GatewayProvisioned, estate.Address{Addr: netip.MustParseAddr(address), Raw: address}
		}
	}
}

func connectionsAs(t *testing.T, e *estate.Estate, format Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := Connections(&b, e, format, Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestConnections(t *testing.T) {
	for format, file := range map[Format]string{Text: "connections.txt", Markdown: "connections.md", JSON: "connections.json"} {
		golden(t, filepath.Join("testdata", file), connectionsAs(t, office(asIs), format))
	}
	if err := Connections(&bytes.Buffer{}, office(asIs), "html", Style{}); err != ErrFormat {
		t.Errorf("an unknown format gives %v", err)
	}
}

func TestConnectionsMatchTheirSchema(t *testing.T) {
	schema := compiled(t, connectionsSchema(t))
	for _, name := range []func(string) string{asIs, hostile} {
		wantSchema(t, schema, connectionsAs(t, office(name), JSON))
	}
}

// Names of a file cannot act in any form.
func TestConnectionsOfHostileNames(t *testing.T) {
	for _, format := range []Format{Text, Markdown, JSON} {
		text := connectionsAs(t, office(hostile), format)
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && diag.Plain(string(r)) != string(r) }); i >= 0 {
			t.Errorf("%s holds %q", format, text[max(0, i-20):min(len(text), i+20)])
		}
	}
}
