package estate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// answered is what the listing of fixtures/live/star says together with an options file, and what is found
// about the answers.
func answered(t *testing.T, file string) (*estate.Estate, []string) {
	t.Helper()
	opts, found, _ := options.Parse("n.yaml", []byte("version: 1\n"+file))
	if len(found) > 0 {
		t.Fatal(found)
	}
	e, found := estate.FromARM(opts, listing.Sources(fixtures.LiveDocuments("star"))...)
	var about []string
	for _, f := range found {
		if strings.HasPrefix(f.Rule, "OPT-") || f.Rule == "LINK-011" {
			about = append(about, f.Error())
		}
	}
	return e, about
}

func TestAnswersAboutAListing(t *testing.T) {
	pairing := func(name string) func(e *estate.Estate) string {
		return func(e *estate.Estate) string {
			for _, c := range e.Connections {
				if c.ID.Name == name {
					return fmt.Sprintf("%s %s %s %v", c.State.Value, c.Pairing.Confidence, c.Pairing.Suspect, c.Pairing.Has(estate.DeclaredDown))
				}
			}
			return "none"
		}
	}
	tests := []struct {
		name, file string
		ask        func(e *estate.Estate) string
		want       string
		found      []string
	}{
		{name: "a site is gone", file: "sites: {spoke-policies: {is: gone}}",
			ask: pairing("hub-west-to-policies"), want: "Connected one-sided  false"},
		{name: "a site is another VNet", file: "sites: {spoke-policies: {is: vnet, vnet: claims}}",
			ask: pairing("policies-to-hub-west"), want: "Connected one-sided  false"},
		{name: "a site is what its address says", file: "sites: {spoke-policies: {is: vnet, vnet: policies}}",
			ask: func(e *estate.Estate) string {
				for _, c := range e.Connections {
					if c.ID.Name == "hub-west-to-policies" {
						return fmt.Sprintln(c.Pairing.Partner.Name, c.Pairing.Has(estate.Declared))
					}
				}
				return ""
			}, want: "policies-to-hub-west true\n"},
		{name: "a device is moved", file: "sites: {Zurich-DC: {address: 62.2.171.99}}",
			ask: func(e *estate.Estate) string {
				for _, s := range e.Sites {
					if s.Name == "Zurich-DC" {
						return s.Address.Addr.String()
					}
				}
				return ""
			}, want: "62.2.171.99",
			found: []string{`n.yaml:2:30: warning OPT-012: the address of local network site "Zurich-DC" is 62.2.171.99 here, and 62.2.171.90 in the input`}},
		{name: "both ends are down", file: "connections: [{vnet: hub-west, site: hub-west-to-analytics, state: notConnected}, {vnet: analytics, site: analytics-to-hub-west, state: notConnected}]",
			ask: pairing("hub-west-to-analytics"), want: "NotConnected certain LINK-002 true",
			found: []string{
				`n.yaml:2:68: warning OPT-012: the state of the connection to hub-west-to-analytics of "hub-west" is notConnected here, and Connected in the input`,
				`n.yaml:2:137: warning OPT-012: the state of the connection to analytics-to-hub-west of "analytics" is notConnected here, and Connected in the input`}},
		{name: "one end is down", file: "connections: [{vnet: hub-west, site: Zurich-DC, state: notConnected}]",
			ask: pairing("hub-west-to-Zurich-DC"), want: "NotConnected not paired LINK-002 true",
			found: []string{`n.yaml:2:56: warning OPT-012: the state of the connection to Zurich-DC of "hub-west" is notConnected here, and Connected in the input`}},
		{name: "secrets", file: "connections: [{vnet: hub-west, site: Zurich-DC, key: zurich}, {vnet: health-network/hub-west, site: spoke-claims, key: zurich}]\nsubscriptions: {health-network: {id: 9d6d2273-8c75-4b72-8332-b2b10612252b}}",
			ask: func(e *estate.Estate) string {
				var names []string
				for _, c := range e.Connections {
					if c.Vault.Known() {
						names = append(names, c.ID.Name+": "+c.Vault.Value)
					}
				}
				return strings.Join(names, ", ")
			}, want: "hub-west-to-claims: zurich, hub-west-to-Zurich-DC: zurich",
			found: []string{`n.yaml:2:120: warning LINK-011: connection "hub-west-to-claims" has the same secret as connection "hub-west-to-Zurich-DC", which is another tunnel`}},
		{name: "the name of a subscription", file: "subscriptions: {health-network: {id: 9d6d2273-8c75-4b72-8332-b2b10612252b, tenant: 7d6b47b1-c1b3-4b86-8fa1-87dd0f0b9b63}}\ngateways: {health-network/claims: {routing: static}}",
			ask: func(e *estate.Estate) string {
				return e.Subscriptions[0].Tenant
			}, want: "7d6b47b1-c1b3-4b86-8fa1-87dd0f0b9b63",
			found: []string{
				`n.yaml:2:84: warning OPT-012: subscription "9d6d2273-8c75-4b72-8332-b2b10612252b" has the tenant 7d6b47b1-c1b3-4b86-8fa1-87dd0f0b9b63 here, and 7d6b47b1-c1b3-4b86-8fa1-87dd0f0b9b62 in the input`,
				`n.yaml:3:45: warning OPT-012: the routing type of the gateway of "claims" is static here, and RouteBased in the input`}},
		{name: "a site is the VNet that uses it", file: "sites: {Zurich-DC: {is: vnet, vnet: hub-west}}",
			ask: pairing("hub-west-to-Zurich-DC"), want: "Connected not paired  false",
			found: []string{`n.yaml:2:37: warning OPT-011: VNet "hub-west" alone uses local network site "Zurich-DC", which cannot stand for that VNet`}},
		{name: "what is said of one object counts more", file: "sites: {rg-network-westeurope/spoke-policies: {is: on-premises}, spoke-policies: {is: gone}}",
			ask: pairing("hub-west-to-policies"), want: "Connected not paired  false"},
		{name: "a gateway is gone", file: "gateways: {analytics: {state: not-provisioned}}",
			ask: func(e *estate.Estate) string {
				for _, c := range e.Connections {
					if c.ID.Name == "hub-west-to-analytics" {
						return fmt.Sprint(c.Pairing.Suspect, c.Pairing.Evidence)
					}
				}
				return ""
			}, want: "GW-012[{22 analytics}]",
			found: []string{`n.yaml:2:31: warning OPT-012: the state of the gateway of "analytics" is not-provisioned here, and Succeeded in the input`}},
		{name: "one half is down", file: "connections: [{vnet: hub-west, site: hub-west-to-analytics, state: not-connected}]",
			ask: func(e *estate.Estate) string {
				for _, c := range e.Connections {
					if c.ID.Name == "analytics-to-hub-west" {
						return fmt.Sprint(c.Pairing.Suspect, c.Pairing.Has(estate.DeclaredDown), c.Pairing.Has(estate.DisputedDown))
					}
				}
				return ""
			}, want: "LINK-002false true",
			found: []string{`n.yaml:2:68: warning OPT-012: the state of the connection to hub-west-to-analytics of "hub-west" is not-connected here, and Connected in the input`}},
		{name: "a circuit by another name", file: "circuits: {ours: {resourceId: /subscriptions/9d6d2273-8c75-4b72-8332-b2b10612252b/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/er, authorization: parameter}, er: {}}",
			ask: func(e *estate.Estate) string {
				var all []string
				for _, c := range e.Circuits {
					all = append(all, fmt.Sprint(c.ID.Group, "/", c.ID.Name, c.Authorization))
				}
				return strings.Join(all, " ")
			}, want: "rg/ertrue"},
		{name: "what cannot count", file: `affinityGroups: {old: West US}
subscriptions: {nobody: {id: 11111111-2222-3333-4444-555555555555}}
gateways: {claims: {sku: VpnGw5AZ, size: Standard}, nowhere: {size: Basic}}
connections: [{vnet: hub-west, site: nothing, state: connected}, {vnet: claims, site: Zurich-DC, state: connected}]
circuits: {c1: {vnets: [hub-west]}}`,
			ask: pairing("hub-west-to-Zurich-DC"), want: "Connected not paired  false",
			found: []string{
				`n.yaml:2:18: warning OPT-011: no listing knows affinity group "old"`,
				`n.yaml:4:53: warning OPT-011: no listing knows VNet "nowhere"`,
				`n.yaml:5:38: warning OPT-011: no listing knows local network site "nothing"`,
				`n.yaml:3:17: warning OPT-011: no listing is of a subscription "nobody"`,
				`n.yaml:4:42: warning OPT-011: a gateway of Resource Manager has no size; the SKU of "claims-gateway" is listed`,
				`n.yaml:4:26: warning OPT-011: gateway "claims-gateway" has the SKU VpnGw1AZ in the input; VpnGw5AZ is what a classic gateway would get`,
				`n.yaml:6:12: warning OPT-011: no listing knows circuit "c1"; give its resourceId, if it is not listed`,
				`n.yaml:5:87: warning OPT-011: VNet "claims" has no connection to "Zurich-DC", and none of this name`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, found := answered(t, test.file)
			if got := test.ask(e); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}
