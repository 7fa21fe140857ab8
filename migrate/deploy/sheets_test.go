package deploy_test

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

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
			"set up a tunnel to the gateway hub-westeurope-gateway at the address of hub-westeurope-gateway-ip, which step S004 makes: IKEv2, route-based; its key is the shared key of hub-westeurope-to-Zurich-DC, which whoever runs the step enters; behind the gateway is 10.100.0.0/20, 10.101.0.0/16, 10.102.0.0/16; the gateway sends what is for 10.16.0.0/12; every tunnel that is there today is preferred to it",
			"on the tunnel to the gateway hub-westeurope-gateway at the address of hub-westeurope-gateway-ip, which step S004 makes: routes, and traffic selectors where it has any, for 10.100.0.0/20, 10.101.0.0/16, 10.102.0.0/16; the tunnels that lead there today are preferred until they go",
			"the tunnel to the gateway hub-west-gateway at the address of hub-west-gateway-ip is taken down; take it off the device once window W01 has ended"}},
		{"inspected, with a vault", options.Options{Transit: options.TransitFirewall, Inspect: options.InspectAll}, "/subscriptions/1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv", []string{
			"its key is the secret vpn-hub-westeurope-to-Zurich-DC of vault kv;", "on the tunnel to the gateway", "in window W01: prefer the tunnel to the gateway hub-westeurope-gateway", "take it off the device once the step is verified"}},
		{"nothing at the device", options.Options{}, "", nil},
		{"a rebuild", options.Options{Hub: "new", Mode: options.Rebuild}, "", nil},
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
