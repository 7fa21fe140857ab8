package estate_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

const fixtureFolder = "../../fixtures"

// fixtureSource is the file of one folder under fixtures.
func fixtureSource(t *testing.T, name string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(fixtureFolder, name, "network.netcfg"))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func fixture(t *testing.T, name string) *estate.Estate {
	t.Helper()
	e, _, _ := estate.FromNetcfg(parse(t, "network.netcfg", fixtureSource(t, name)))
	return e
}

// fixtureNames lists the folders that hold a network.
func fixtureNames(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtureFolder, "*", "network.netcfg"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no networks under %s: %v", fixtureFolder, err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(filepath.Dir(p)))
	}
	return names
}

var fixtureTests = map[string]struct{ links, sites string }{
	"pair": {`
		VNet-Amsterdam/Local-Dublin = VNet-Dublin/Local-Amsterdam certain`, `
		Local-Amsterdam VNet VNet-Amsterdam
		Local-Dublin VNet VNet-Dublin
		Temp-Gateway unreferenced`},
	"triangle": {`
		Group rg-shop-build shop-build/17BE5E2C_shop-prod = shop-prod/shop-prod-to-build certain
		Group rg-shop-build shop-build/6C74F6E6_shop-test = shop-test/shop-test-to-build certain
		shop-prod/shop-prod-to-test = shop-test/shop-test-to-prod certain`, `
		17BE5E2C_shop-prod VNet shop-prod
		6C74F6E6_shop-test VNet shop-test
		shop-prod-to-build VNet Group rg-shop-build shop-build
		shop-prod-to-test VNet shop-test
		shop-test-to-build VNet Group rg-shop-build shop-build
		shop-test-to-prod VNet shop-prod`},
	"full-mesh": {`
		cards/vnet-payments = payments/vnet-cards certain
		cards/vnet-risk = risk/vnet-cards certain
		cards/vnet-shared-services = shared-services/vnet-cards certain
		cards/vnet-treasury = treasury/vnet-cards certain
		payments/vnet-risk = risk/vnet-payments certain
		payments/vnet-shared-services = shared-services/vnet-payments certain
		payments/vnet-treasury = treasury/vnet-payments certain
		risk/vnet-shared-services = shared-services/vnet-risk certain
		risk/vnet-treasury = treasury/vnet-risk certain
		shared-services/vnet-treasury = treasury/vnet-shared-services certain
		shared-services/HeadOffice: HeadOffice`, `
		HeadOffice on-premises HeadOffice
		vnet-cards VNet cards
		vnet-payments VNet payments
		vnet-risk VNet risk
		vnet-shared-services VNet shared-services
		vnet-treasury VNet treasury`},
	"star": {`
		analytics/hub = hub-west/spoke-analytics certain
		claims/hub-and-Zurich = hub-west/spoke-claims certain
		hub-west/spoke-policies = policies/hub-and-Zurich certain
		hub-west/spoke-website = website/hub certain
		hub-west/Zurich-DC: Zurich-DC`, `
		Basel-Office unreferenced
		Zurich-DC on-premises Zurich-DC
		hub VNet hub-west
		hub-and-Zurich transit hub-west
		spoke-analytics VNet analytics
		spoke-claims VNet claims
		spoke-policies VNet policies
		spoke-website VNet website`},
	"chain": {`
		orders/warehouse = warehouse/orders certain
		orders/webshop = webshop/orders certain
		suppliers/warehouse = warehouse/suppliers certain`, `
		Temp-Gateway unreferenced
		orders VNet orders
		suppliers VNet suppliers
		warehouse VNet warehouse
		webshop VNet webshop`},
	"chain-multihop": {`
		orders/orders-to-warehouse = warehouse/warehouse-to-orders certain
		orders/orders-to-webshop = webshop/webshop-to-orders certain
		suppliers/suppliers-to-warehouse = warehouse/warehouse-to-suppliers certain`, `
		orders-to-warehouse transit warehouse
		orders-to-webshop VNet webshop
		suppliers-to-warehouse transit warehouse
		warehouse-to-orders transit orders
		warehouse-to-suppliers VNet suppliers
		webshop-to-orders transit orders`},
	"two-regions": {`
		east-core/to-east-market-data = east-market-data/to-east-core certain
		east-core/to-east-trading = east-trading/to-east-core certain
		east-core/to-west-core = west-core/to-east-core certain
		east-core/to-west-settlement = west-settlement/to-east-core certain
		east-market-data/to-east-trading = east-trading/to-east-market-data certain
		east-market-data/to-west-core = west-core/to-east-market-data certain
		east-market-data/to-west-settlement = west-settlement/to-east-market-data certain
		east-trading/to-west-core = west-core/to-east-trading certain
		east-trading/to-west-settlement = west-settlement/to-east-trading certain
		west-core/to-west-settlement = west-settlement/to-west-core certain
		east-core/DC-Newark: DC-Newark
		west-core/DC-Sacramento: DC-Sacramento`, `
		DC-Newark on-premises DC-Newark
		DC-Newark-old unreferenced
		DC-Sacramento on-premises DC-Sacramento
		to-east-core VNet east-core
		to-east-market-data VNet east-market-data
		to-east-trading VNet east-trading
		to-west-core VNet west-core
		to-west-settlement VNet west-settlement`},
	"overlap": {`
		bought-shops/group = group-services/bought-shops likely
		finance/group = group-services/finance certain
		finance/shops = shops/finance certain
		group-services/shops-lower-half = shops/group likely
		group-services/Office-Lyon: Office-Lyon`, `
		Office-Lyon on-premises Office-Lyon
		bought-shops VNet bought-shops
		finance VNet finance
		group VNet group-services
		shops VNet shops
		shops-lower-half VNet shops`},
	"one-sided-swapped": {`
		headquarters/headquarters-to-logistics = logistics/logistics-to-headquarters likely SITE-001
		headquarters/headquarters-to-loyalty = loyalty/loyalty-to-headquarters likely SITE-001
		headquarters/headquarters-to-reporting = reporting/reporting-to-headquarters certain
		logistics/logistics-to-loyalty = loyalty/loyalty-to-logistics certain
		logistics/logistics-to-reporting = reporting/reporting-to-logistics certain
		loyalty/loyalty-to-reporting = reporting/reporting-to-loyalty certain
		sandbox/sandbox-to-reporting > reporting one-sided`, `
		Temp-Gateway unreferenced
		headquarters-to-logistics VNet logistics
		headquarters-to-loyalty VNet loyalty
		headquarters-to-reporting VNet reporting
		logistics-to-headquarters VNet headquarters
		logistics-to-loyalty VNet loyalty
		logistics-to-reporting VNet reporting
		loyalty-to-headquarters VNet headquarters
		loyalty-to-logistics VNet logistics
		loyalty-to-reporting VNet reporting
		reporting-to-headquarters VNet headquarters
		reporting-to-logistics VNet logistics
		reporting-to-loyalty VNet loyalty
		sandbox-to-reporting VNet reporting`},
	"expressroute": {`
		branches/core = core/branches certain
		core/Leeds-Office: Leeds-Office`, `
		Leeds-Office on-premises Leeds-Office
		London-Circuit on-premises London-Circuit
		branches VNet branches
		core VNet core`},
	"point-to-site": {`
		archive/core = core/archive certain
		core/operations-and-clients = operations/core certain`, `
		archive VNet archive
		core VNet core
		operations-and-clients VNet operations`},
}

func TestFixtures(t *testing.T) {
	names := fixtureNames(t)
	for name := range fixtureTests {
		if !slices.Contains(names, name) {
			t.Errorf("fixture %q has no folder", name)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			want, ok := fixtureTests[name]
			if !ok {
				t.Fatal("fixture without an expectation")
			}
			e := fixture(t, name)
			wantLines(t, "links", want.links, links(e))
			wantLines(t, "sites", want.sites, sites(e))
		})
	}
}

// sites tells what every site is and whom it leads to, a line each.
func sites(e *estate.Estate) []string {
	var out []string
	for i := range e.Sites {
		s := &e.Sites[i]
		line := s.Name + " " + s.Class.String()
		if to := s.Endpoint.Name + s.Network; to != "" {
			line += " " + to
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// What the halves of the swapped tunnels say names the addresses that were swapped, and only those.
func TestFixtureSwappedAddresses(t *testing.T) {
	e := fixture(t, "one-sided-swapped")
	swapped := map[string]string{
		"headquarters-to-logistics": "137.116.214.51", "logistics-to-headquarters": "137.116.214.51",
		"headquarters-to-loyalty": "23.97.137.204", "loyalty-to-headquarters": "23.97.137.204",
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		said := ""
		for _, v := range c.Pairing.Evidence {
			if v.Kind == estate.AgainstAddress {
				said = v.Value
			}
		}
		if want := swapped[c.Site.Name]; said != want {
			t.Errorf("%s: address %q is called swapped, want %q", half(c.ID), said, want)
		}
	}
}
