package netcfg

import (
	"bytes"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// checkNames reports names that stand twice. The cmdlets compare names without regard to letter
// case, so two that differ in it only are one name here. A network and a site may share a name.
func (w *walker) checkNames() {
	f := w.file
	servers := taken{what: "DNS server", print: func(p *printer, i int) { p.dnsServer(&f.DNSServers[i]) }}
	for i := range f.DNSServers {
		servers.add(w, f.DNSServers[i].Name, i)
	}
	sites := taken{what: "local network site", print: func(p *printer, i int) { p.site(&f.LocalNetworkSites[i]) }}
	for i := range f.LocalNetworkSites {
		sites.add(w, f.LocalNetworkSites[i].Name, i)
	}
	vnets := taken{what: "virtual network", print: func(p *printer, i int) { p.vnet(&f.VirtualNetworkSites[i]) }}
	var of []Subnet
	subnets := taken{what: "subnet", print: func(p *printer, i int) { p.subnet(&of[i]) }}
	for i := range f.VirtualNetworkSites {
		vnets.add(w, f.VirtualNetworkSites[i].Name, i)
		subnets.forget()
		of = f.VirtualNetworkSites[i].Subnets
		for j := range of {
			subnets.add(w, of[j].Name, j)
		}
	}
	w.checkClash(&servers, f.LocalNetworkSites)
}

// taken are the names of one kind of object.
type taken struct {
	what  string
	print func(p *printer, i int)
	names map[string]first
	texts map[string][]byte // of the first object with a name, once a second one turned up
}

type first struct {
	name  Attr
	index int
}

func (t *taken) forget() {
	clear(t.names)
	clear(t.texts)
}

// add reports a name that is taken. Two objects that are the same but for their place do no
// harm, which makes it a warning.
func (t *taken) add(w *walker, name Attr, i int) {
	if name.Value == "" {
		return
	}
	key := strings.ToLower(name.Value)
	old, twice := t.names[key]
	if !twice {
		if t.names == nil {
			t.names, t.texts = map[string]first{}, map[string][]byte{}
		}
		t.names[key] = first{name, i}
		return
	}
	var f *diag.Finding
	switch {
	case name.Value != old.name.Value:
		f = w.add("XML-014", at(name.Ref), "%s %v has the name of %v but for letter case", t.what, quoted(name.Value), quoted(old.name.Value))
	case t.same(key, i):
		f = w.warn("XML-014", at(name.Ref), "%s %v is defined twice, with the same content", t.what, quoted(name.Value))
		f.Hint = "remove the repetition"
	default:
		f = w.add("XML-014", at(name.Ref), "%s %v is defined twice, with different content", t.what, quoted(name.Value))
	}
	*f = f.See(w.pos(at(old.name.Ref)), "the first %s of that name is here", t.what)
}

// same reports whether object i has the content of the first one with its name.
func (t *taken) same(key string, i int) bool {
	text, ok := t.texts[key]
	if !ok {
		text = printed(func(p *printer) { t.print(p, t.names[key].index) })
		t.texts[key] = text
	}
	return bytes.Equal(text, printed(func(p *printer) { t.print(p, i) }))
}

// checkClash warns of DNS servers and sites that share a name: the published schema gives them
// one name space. The service did not enforce that.
func (w *walker) checkClash(servers *taken, sites []LocalNetworkSite) {
	if len(servers.names) == 0 {
		return
	}
	for i := range sites {
		name := sites[i].Name
		if server, clash := servers.names[strings.ToLower(name.Value)]; clash && name.Value != "" {
			f := w.warn("XML-014", at(name.Ref), "local network site %v has the name of a DNS server, which the published schema does not allow", quoted(name.Value))
			*f = f.See(w.pos(at(server.name.Ref)), "the DNS server is here").WithHint("nothing is lost: references are resolved by kind")
		}
	}
}
