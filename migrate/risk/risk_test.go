package risk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// TestTables checks that every rule of the tables is catalogued, has a case, and reports nothing
// but itself.
func TestTables(t *testing.T) {
	cased := map[string]bool{"LINK-007": true} // TestPathThroughPremises
	for _, c := range estateCases {
		cased[c.rule] = true
	}
	for _, c := range planCases {
		cased[c.rule] = true
	}
	check := func(id string, found diag.List) {
		for _, f := range found {
			if f.Rule != id || f.Message == "" || f.Hint == "" {
				t.Errorf("the function of %s gives %+v", id, f)
			}
		}
	}
	for _, rule := range slices.Concat(estateRules, classicRules) {
		if _, ok := diag.Lookup(rule.id); !ok || !cased[rule.id] {
			t.Errorf("%s is not in the catalogue or has no case", rule.id)
		}
		for _, c := range estateCases {
			check(rule.id, rule.look(newNetwork(read(t, c.fires))))
		}
	}
	for _, rule := range planRules {
		if _, ok := diag.Lookup(rule.id); !ok || !cased[rule.id] {
			t.Errorf("%s is not in the catalogue or has no case", rule.id)
		}
		e, p := planned(t, star, "auto")
		check(rule.id, rule.look(newTarget(e, p)))
	}
}

// lint is everything that the files alone show.
func lint(e *estate.Estate) diag.List { return slices.Concat(Estate(e), Classic(e)) }

// TestTransitHarmsOnlyTheMigration checks that what cuts the platform's own migration is no finding
// of the files as such.
func TestTransitHarmsOnlyTheMigration(t *testing.T) {
	e := read(t, chain)
	if got := messages(Estate(e), "CLS-006"); len(got) > 0 {
		t.Errorf("told of any use: %q", got)
	}
	if got := messages(Classic(e), "CLS-006"); len(got) != 1 {
		t.Errorf("told of the migration: %q", got)
	}
}

// TestNamesakes checks that VNets and sites with one name in two files are told apart, and that
// others are not lengthened.
func TestNamesakes(t *testing.T) {
	const lines = `
		site HQ 40.9.9.8 192.168.0.0/16
		vnet prod 10.1.0.0/16 to=HQ
		file other.netcfg
		site HQ 40.9.9.9 192.168.7.0/24
		vnet Prod 10.1.0.0/16 to=HQ
		vnet lab 10.1.0.0/24`
	want := []string{`VNet "prod" (corp.netcfg) (10.1.0.0/16) shares addresses with "Prod" (other.netcfg) (10.1.0.0/16) and "lab" (10.1.0.0/24); they are not all connected`}
	if diff := cmp.Diff(want, messages(Estate(read(t, lines)), "ADDR-010")); diff != "" {
		t.Errorf("VNets (-want +got)\n%s", diff)
	}
	want = []string{`prefix 192.168.7.0/24 of local network site "HQ" (other.netcfg) overlaps 192.168.0.0/16 of "HQ" (corp.netcfg), which is another device: VNet "Prod" (other.netcfg) uses the one, VNet "prod" (corp.netcfg) the other`}
	if diff := cmp.Diff(want, messages(Estate(read(t, lines)), "ONP-003")); diff != "" {
		t.Errorf("sites (-want +got)\n%s", diff)
	}
}

// TestEstateIncludesValidate checks that the platform's refusals are told, once.
func TestEstateIncludesValidate(t *testing.T) {
	got := messages(Estate(read(t, "vnet A 10.1.0.0/16 subnet=apps:10.2.0.0/24")), "ADDR-007")
	want := []string{`subnet "apps" (10.2.0.0/24) lies outside the address space of VNet "A"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ADDR-007 (-want +got)\n%s", diff)
	}
}

// TestManyAreTold checks that what has one cause is one finding, with the count.
func TestManyAreTold(t *testing.T) {
	several := func(n int) diag.List {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "vnet N%02d 20.1.%d.0/24\n", i, i)
		}
		return Estate(read(t, b.String()))
	}
	if got := messages(several(maxSingle), "ADDR-008"); len(got) != maxSingle {
		t.Errorf("%d findings for %d VNets", len(got), maxSingle)
	}
	want := []string{`21 VNets and local network sites have addresses that are not private: "N00", "N01", "N02" and 18 more`}
	if diff := cmp.Diff(want, messages(several(maxSingle+1), "ADDR-008")); diff != "" {
		t.Errorf("messages (-want +got)\n%s", diff)
	}
}

// TestOrderDoesNotMatter checks that a shuffled file gives the same messages.
func TestOrderDoesNotMatter(t *testing.T) {
	for _, c := range estateCases {
		lines := strings.Split(strings.TrimSpace(c.fires), "\n")
		slices.Reverse(lines)
		a, b := messages(lint(read(t, c.fires)), c.rule), messages(lint(read(t, strings.Join(lines, "\n"))), c.rule)
		slices.Sort(a)
		slices.Sort(b)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s %s: shuffled (-want +got)\n%s", c.rule, c.name, diff)
		}
	}
}

func TestFew(t *testing.T) {
	for n, want := range []string{"", "a", "a and b", "a, b and c", "a, b, c and 1 more", "a, b, c and 2 more"} {
		if got := few(strings.Split("abcde", "")[:n]); got != want {
			t.Errorf("few of %d = %q, want %q", n, got, want)
		}
	}
	if got, want := quoted([]string{"a\n", `b"`, "c", "d"}), `"a\n", "b\"", "c" and 1 more`; got != want {
		t.Errorf("quoted = %s, want %s", got, want)
	}
}

func TestRanges(t *testing.T) {
	e := read(t, "vnet A 10.1.0.0/16 10.2.0.0/24\n vnet B 10.1.128.0/17\n vnet C 10.0.0.0/8\n vnet D 10.1.0.0/16\n vnet E 255.255.255.0/24")
	spaces := spacesOf(e)
	names := func(in []owned[*estate.VNet]) string {
		var b strings.Builder
		for _, o := range in {
			b.WriteString(o.owner.Name)
		}
		return b.String()
	}
	for _, c := range []struct{ prefix, inside, around string }{
		{"10.1.0.0/16", "ADB", "C"},
		{"10.1.128.0/17", "B", "CAD"},
		{"10.1.200.0/24", "", "CADB"},
		{"10.0.0.0/8", "CADBA", ""},
		{"0.0.0.0/0", "CADBAE", ""},
		{"255.255.255.255/32", "", "E"},
		{"11.0.0.0/8", "", ""},
	} {
		p := netip.MustParsePrefix(c.prefix)
		if got := names(spaces.inside(p)); got != c.inside {
			t.Errorf("inside %s: %q, want %q", p, got, c.inside)
		}
		if got := names(slices.Collect(spaces.around(p))); got != c.around {
			t.Errorf("around %s: %q, want %q", p, got, c.around)
		}
	}
}

func TestWithout(t *testing.T) {
	written := func(texts ...string) []estate.Prefix {
		var out []estate.Prefix
		for _, text := range texts {
			out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(text)})
		}
		return out
	}
	for _, c := range []struct {
		prefixes, a, b []estate.Prefix
		want           string
	}{
		{written("10.1.0.0/16"), written("10.1.0.0/16"), nil, ""},
		{written("10.1.0.0/16"), written("10.1.0.0/17"), written("10.1.128.0/17"), ""},
		{written("10.1.0.0/16", "10.9.0.0/24"), written("10.1.0.0/17"), nil, "10.1.128.0/17 and 10.9.0.0/24"},
	} {
		if got := listed(without(c.prefixes, c.a, c.b)); got != c.want {
			t.Errorf("%v without %v and %v: %q, want %q", c.prefixes, c.a, c.b, got, c.want)
		}
	}
}
