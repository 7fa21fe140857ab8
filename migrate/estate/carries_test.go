package estate_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// carried tells what the sites of a sketch carry, a line each.
func carried(t *testing.T, text string, sites ...string) []string {
	t.Helper()
	e, _ := meaning(t, text)
	c := estate.NewCarriage(e)
	var out []string
	for _, name := range sites {
		for i := range e.Sites {
			if e.Sites[i].Name != name {
				continue
			}
			for _, part := range c.Carries(&e.Sites[i]) {
				out = append(out, fmt.Sprintf("%s: %s %s %s", name, part.Prefix, part.Owner, part.Name))
			}
		}
	}
	return out
}

func TestCarries(t *testing.T) {
	const hub = `
		site for-a 10.0.0.0/16 192.168.0.0/16 10.2.0.0/16 172.16.0.0/24 172.16.1.0/24 10.7.0.0/16 @40.68.10.20
		site for-b 10.0.0.0/15 @40.68.10.20
		site a 10.1.0.0/16 @40.69.30.41
		site b 10.2.0.0/16 @40.69.77.12
		site office 192.168.0.0/17 @81.2.69.160
		site other 192.168.128.0/17 10.1.0.0/16 @81.2.69.161
		vnet H 10.0.0.0/16 pool:172.16.0.0/24 -> a b office
		vnet A 10.1.0.0/16 -> for-a
		vnet B 10.2.0.0/16 pool:172.16.1.0/24 -> for-b
		vnet C 10.3.0.0/16 -> other`
	want := []string{
		"for-a: 10.0.0.0/16 own network H",
		"for-a: 192.168.0.0/17 on-premises behind office",
		"for-a: 192.168.128.0/17 on-premises elsewhere other",
		"for-a: 10.2.0.0/16 VNet behind B",
		"for-a: 172.16.0.0/24 own clients H",
		"for-a: 172.16.1.0/24 clients behind B",
		"for-a: 10.7.0.0/16 nothing known ",
		"for-b: 10.0.0.0/16 own network H",
		"for-b: 10.1.0.0/16 VNet behind A",
		"a: 10.1.0.0/16 own network A",
		"office: 192.168.0.0/17 own network office",
		"other: 192.168.128.0/17 own network other",
		"other: 10.1.0.0/16 VNet behind A",
	}
	if diff := cmp.Diff(want, carried(t, hub, "for-a", "for-b", "a", "office", "other")); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
}

// The user's own range comes back to it, and of a range that is wider than what is known the rest
// is nobody's.
func TestCarriesOfOddSites(t *testing.T) {
	want := []string{
		"toB: 10.2.0.0/16 own network B",
		"toB: 10.1.0.0/16 user's network A",
		"toB: 10.3.0.0/16 nothing known ",
		"toB: 10.0.0.0/16 nothing known ",
	}
	got := carried(t, `
		site toB 10.2.0.0/15 10.0.0.0/15 @40.69.30.41
		site toA 10.1.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA`, "toB")
	if len(got) == len(want) { // the rest of each prefix comes after what is known of it
		got[1], got[2] = got[2], got[1]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
}
