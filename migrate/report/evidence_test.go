package report

import (
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

func TestTunnelWords(t *testing.T) {
	half := func(site string, kinds ...estate.EvidenceKind) *estate.Connection {
		c := &estate.Connection{ID: estate.ID{Name: "vnet of " + site}, Site: estate.ID{Type: estate.TypeSite, Name: site}}
		for _, k := range kinds {
			c.Pairing.Evidence = append(c.Pairing.Evidence, estate.Evidence{Kind: k, Value: "v"})
		}
		return c
	}
	x := estate.NewIndex(&estate.Estate{})
	alone := half("a", estate.OwnSpace, estate.Reciprocal, estate.OnlyCandidate)
	suspect := half("b", estate.OwnSpace, estate.AgainstAddress)
	suspect.Pairing.Suspect = "SITE-001"
	for _, c := range []struct {
		a, b *estate.Connection
		want string
	}{
		{alone, half("b", estate.OwnSpace, estate.OnlyCandidate), `sites "a" and "b" list exactly the address space of the VNet they stand for; no other connection fits`},
		{half("a", estate.OwnSpace, estate.SiteName), half("b", estate.OwnSpace, estate.SiteName), `sites "a" and "b" list exactly the address space of the VNet they stand for and are named after it`},
		{half("a", estate.CoversSpace), half("b", estate.PartOfSpace, estate.SiteName),
			`site "a" of "vnet of a" lists more than the address space of "vnet of b"; site "b" of "vnet of b" lists part of the address space of "vnet of a" and is named after it`},
		{alone, suspect, `sites "a" and "b" list exactly the address space of the VNet they stand for; no other connection fits; the device address v speaks for another gateway; the tunnel cannot have been up as written (SITE-001)`},
	} {
		if got := sitesWords(x, &estate.Names{}, c.a, c.b) + sharedWords(c.a, c.b); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
