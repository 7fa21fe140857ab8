package deploy_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// What is asked for is on the sheet as what works today is; a gateway's second address is, and the parameters of a tunnel are.
func TestSheetsSayAll(t *testing.T) {
	_, e, _ := meaning(t, "star.netcfg", fixture(t, "star"))
	e, _, _ = estate.ToARM(e)
	for i := range e.Connections {
		if c := &e.Connections[i]; c.Pairing.Partner.IsZero() {
			c.PolicyBased = true
			c.Policy = &estate.IPsecPolicy{Encryption: estate.Fact{Value: "AES256"}, Hash: estate.Fact{Value: "SHA1"}, PFS: estate.Fact{Value: "None"}, LifetimeSeconds: estate.Fact{Value: "3600"}, Kilobytes: estate.Fact{Value: "102400000"}}
		}
	}
	for i := range e.Gateways {
		e.Gateways[i].Address = estate.Address{Addr: netip.MustParseAddr("20.1.1.1")}
		e.Gateways[i].MoreAddresses = []estate.Address{{Addr: netip.MustParseAddr("20.1.1.77")}}
	}
	p, _, err := plan.Make(e, options.Options{Hub: "new", Required: []options.Pair{{Between: options.Text{Value: "website"}, And: options.Text{Value: "on-premises Zurich-DC"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, s := range deploy.CommandsOf(p, deploy.Options{}).Sheets {
		for _, entry := range s.Entries {
			all.WriteString(entry.What + "\n")
		}
	}
	for _, want := range []string{"IPsec AES256, SHA1, PFS None; lifetime 3600 seconds or 102400000 kilobytes", "policy-based traffic selectors", "10.102.0.0/16, 10.103.0.0/16", "each of 20.1.1.1 and 20.1.1.77 (gateway hub-west-gateway)"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("want %s in\n%s", want, all.String())
		}
	}
}

// TestSheets: the owner of a device gets what to set up, with whom, for which ranges and by which key, in the order of the
// steps; and no key.
func TestSheets(t *testing.T) {
	for _, c := range []struct {
		name  string
		opts  options.Options
		vault string
		want  []string
	}{
		{"a new hub", options.Options{Hub: "new"}, "", []string{
			"set up a tunnel to the gateway hub-westeurope-gateway at the address of hub-westeurope-gateway-ip, which step S004 makes: IKEv2; route-based; its key is the shared key of hub-westeurope-to-Zurich-DC, which whoever runs the step enters; behind the gateway is 10.100.0.0/20, 10.101.0.0/16, 10.102.0.0/16; the gateway sends what is for 10.16.0.0/12; no BGP on this tunnel; whatever leads to these ranges today is preferred to it, until a step below says otherwise",
			"on the tunnel to the gateway hub-westeurope-gateway at the address of hub-westeurope-gateway-ip, which step S004 makes: routes, and traffic selectors where it has any, for 10.100.0.0/20, 10.101.0.0/16, 10.102.0.0/16; whatever leads there today is preferred until it goes",
			"the tunnel to the gateway hub-west-gateway at the address of hub-west-gateway-ip is taken down; take it off the device once window W01 has ended"}},
		{"inspected, with a vault", options.Options{Transit: options.TransitFirewall, Inspect: options.InspectAll}, "/subscriptions/1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv", []string{
			"its key is the secret vpn-hub-westeurope-to-Zurich-DC of vault kv;", "on the tunnel to the gateway", "in window W01: prefer the tunnel to the gateway hub-westeurope-gateway", "take it off the device once the step is verified"}},
		{"nothing at the device", options.Options{}, "", nil},
		{"a rebuild", options.Options{Hub: "new", Mode: options.Rebuild}, "", []string{"the gateway sends what is for 10.16.0.0/12; no BGP on this tunnel"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, e, _ := meaning(t, "star.netcfg", fixture(t, "star"))
			p, _, err := plan.Make(e, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			sheets := deploy.CommandsOf(p, deploy.Options{KeyVault: c.vault}).Sheets
			if len(c.want) == 0 {
				if len(sheets) > 0 {
					t.Errorf("%+v", sheets)
				}
				return
			}
			if len(sheets) != 1 || sheets[0].Network != "Zurich-DC" || sheets[0].Address != "62.2.171.90" || len(sheets[0].Entries) != len(c.want) {
				t.Fatalf("%+v", sheets)
			}
			for i, want := range c.want {
				if got := sheets[0].Entries[i]; !strings.Contains(got.What, want) || got.Step == "" {
					t.Errorf("entry %d: %s %s\nwant %s", i, got.Step, got.What, want)
				}
			}
		})
	}
}
