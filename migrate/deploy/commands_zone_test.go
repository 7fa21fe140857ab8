package deploy_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// The zone of an IPv6 address may be any text. No reader takes an address with one, and if one came here all the
// same, it would stay inside of its word.
func TestCommandsQuoteAddresses(t *testing.T) {
	for _, evil := range []string{"$(touch pwned)", "`touch pwned`", ";touch pwned", "';touch pwned;'", "’; New-Item pwned; ’", "|touch", "a b", "&", "#", "*"} {
		w := newWorld(func(s string) string { return s })
		address := netip.MustParseAddr("fe80::1%" + evil)
		v, s := w.hub, w.hq
		v.ID.Name = "new"
		v.DNS = []estate.DNSServerRef{{Address: address}, {Address: netip.MustParseAddr("10.0.0.4")}}
		s.ID.Name, s.Address = "other", estate.Address{Addr: address}
		s.BGP = &estate.BGP{ASN: estate.Fact{Value: "65010"}, PeeringAddress: estate.Fact{Value: address.String()}}
		c := w.leads
		c.ID.Name, c.Site = "to-other", s.ID
		book := of(w.base(), options.ARMLive, deploy.Options{KeyVault: testVault},
			adds(plan.CreateVNet, estate.Estate{VNets: []estate.VNet{v}}), adds(plan.CreateConnection, estate.Estate{Sites: []estate.Site{s}, Connections: []estate.Connection{c}}))
		calls, failed := run(t, posix(book))
		if failed > 0 {
			t.Errorf("%q: %d commands failed", evil, failed)
		}
		dns, device := 0, 0
		for _, call := range calls {
			if i := slices.Index(call, "--dns-servers"); i > 0 && slices.Equal(call[i+1:i+3], []string{address.String(), "10.0.0.4"}) {
				dns++
			}
			if slices.Contains(call, "--gateway-ip-address="+address.String()) {
				device++
			}
			if slices.ContainsFunc(call, func(word string) bool { return strings.HasPrefix(word, "--bgp-peering-address") }) {
				t.Errorf("%q is given to a device as the address of its BGP", evil)
			}
		}
		if dns != 1 || device != 1 {
			t.Errorf("%q: %d calls with the DNS servers and %d with the device, of\n%q", evil, dns, device, calls)
		}
		for _, one := range slices.Concat(book.Steps[0].Do, book.Steps[1].Do) {
			p := &powershell{in: []rune(one.PowerShell)}
			if err := p.read(); err != nil {
				t.Errorf("%q: %v in\n%s", evil, err, one.PowerShell)
			}
			if strings.HasPrefix(one.PowerShell, "New-AzVirtualNetwork ") && !slices.Contains(p.texts, address.String()) {
				t.Errorf("%q is not one text of\n%s", address, one.PowerShell)
			}
		}
	}
}

// The address of a device is quoted as every other value is.
func TestCommandsOfBGP(t *testing.T) {
	w := newWorld(func(s string) string { return s })
	s := w.hq
	s.ID.Name, s.BGP = "other", &estate.BGP{ASN: estate.Fact{Value: "65010"}, PeeringAddress: estate.Fact{Value: "192.168.0.1"}}
	c := w.leads
	c.ID.Name, c.Site = "to-other", s.ID
	step := of(w.base(), options.ARMLive, deploy.Options{}, adds(plan.CreateConnection, estate.Estate{Sites: []estate.Site{s}, Connections: []estate.Connection{c}})).Steps[0]
	if got := strings.Join(said(step.Do, true), "\n"); !strings.Contains(got, " --asn=65010 --bgp-peering-address='192.168.0.1' ") {
		t.Errorf("az does\n%s", got)
	}
	if got := strings.Join(said(step.Do, false), "\n"); !strings.Contains(got, " -Asn 65010 -BgpPeeringAddress '192.168.0.1' ") {
		t.Errorf("PowerShell does\n%s", got)
	}
}
