package azure

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func ExampleLegalName() {
	for _, s := range []string{"hub", "Group corp-rg VNet 1", "my network with whitespaces", "ne@@wvnet$$%10", "Zürich / Łódź", "10.2.0.0", "_x.", "東京", "a"} {
		fmt.Printf("%s: %s\n", s, LegalName("virtualNetworks", s))
	}
	// Output:
	// hub: hub
	// Group corp-rg VNet 1: VNet-1
	// my network with whitespaces: my-network-with-whitespaces
	// ne@@wvnet$$%10: ne-wvnet-10
	// Zürich / Łódź: Zurich-Lodz
	// 10.2.0.0: 10.2.0.0
	// _x.: x-vnet
	// 東京: vnet
	// a: a-vnet
}

func ExampleNamer_Unique() {
	n := NewNamer()
	fmt.Println(n.Unique("virtualNetworks", "hub"), n.Unique("virtualNetworks", "HUB"), n.Unique("virtualNetworks", "hub"))
	fmt.Println(n.Unique("connections", "hub"))
	// Output:
	// hub HUB-2 hub-3
	// hub
}

func TestIsLegalName(t *testing.T) {
	long := strings.Repeat("x", 80)
	for _, c := range []struct {
		typ, name string
		want      bool
	}{
		{"virtualNetworks", "ab", true}, {"virtualNetworks", "a", false}, {"subnets", "a", true},
		{"virtualNetworks", long[:64], true}, {"virtualNetworks", long[:65], false},
		{"virtualNetworks/subnets", long, true}, {"virtualNetworks/subnets", long + "x", false},
		{"subnets", "", false}, {"subnets", "a.b_c-d", true}, {"subnets", "-a", false}, {"subnets", "_a", false},
		{"subnets", "a_", true}, {"subnets", "a-", false}, {"subnets", "a.", false}, {"subnets", "a b", false},
		{"subnets", "é", false}, {"subnets", "a\x00", false}, {"subnets", "[a]", false}, {"subnets", "a\n", false},
	} {
		if got := IsLegalName(c.typ, c.name); got != c.want {
			t.Errorf("IsLegalName(%q, %q) = %t", c.typ, c.name, got)
		}
	}
}

func TestLegalNameOfSites(t *testing.T) {
	for in, want := range map[string]string{
		"17BE5E2C_VNet4Local": "VNet4Local",
		"17be5e2c_VNet4Local": "17be5e2c_VNet4Local", // the portal wrote capitals
		"17BE5E2C_":           "17BE5E2C_",
		" 17BE5E2C_x":         "x", // a space had hidden the portal's prefix
		"MOBILE DATACENTER":   "MOBILE-DATACENTER",
		"Group rg x":          "Group-rg-x", // only networks are named so
		"ﬁber – São Paulo":    "fiber-Sao-Paulo",
		"a - b":               "a-b",
		"a--b":                "a--b",
		"Straße":              "Strasse",
		"x\x00\x1b[31m":       "x-31m",
		"\xff\xfe":            "site",
		"":                    "site",
	} {
		if got := LegalName("localNetworkGateways", in); got != want {
			t.Errorf("LegalName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := LegalName("virtualNetworks", strings.Repeat("x", 63)+"-yz"); got != strings.Repeat("x", 63) {
		t.Errorf("a cut name ends in %q", got)
	}
}

func TestPortalNames(t *testing.T) {
	for in, want := range map[string][2]string{
		"Group rg VNet1":     {"rg", "VNet1"},
		"Group rg My VNet":   {"rg", "My VNet"},
		"Group my-rg.1 a":    {"my-rg.1", "a"},
		"Group rg":           {},
		"Group rg ":          {},
		"Group  VNet":        {},
		"group rg VNet1":     {},
		"Groups rg VNet1":    {},
		"GroupVNet1":         {},
		"A Group rg VNet1":   {},
		"Group rg  doubled ": {"rg", " doubled "},
	} {
		group, name, ok := PortalName(in)
		if group != want[0] || name != want[1] || ok != (want[1] != "") {
			t.Errorf("PortalName(%q) = %q, %q, %t", in, group, name, ok)
		}
	}
	for in, want := range map[string]string{
		"6C74F6E6_Site2": "Site2", "F7F7BFC7_VNet1Local": "VNet1Local", "6C74F6E6Site2": "", "6C74F6E_Site2": "", "GC74F6E6_Site2": "", "6C74F6E6_": "", "": "",
	} {
		if name, ok := PortalSite(in); name != want || ok != (want != "") {
			t.Errorf("PortalSite(%q) = %q, %t", in, name, ok)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		typ, name string
		room      int
		want      string
	}{
		{"virtualNetworks", "hub", 8, "hub"},
		{"virtualNetworks", strings.Repeat("x", 64), 0, strings.Repeat("x", 64)},
		{"virtualNetworks", strings.Repeat("x", 64), 8, strings.Repeat("x", 56)},
		{"connections", strings.Repeat("x", 69) + "-.yyyyyyyyy", 9, strings.Repeat("x", 69)},
		{"connections", "abc", 200, "a"},
		{"connections", "é", 200, "é"},
		{"connections", strings.Repeat("é", 50), 1, strings.Repeat("é", 39)},
	} {
		if got := Shorten(c.typ, c.name, c.room); got != c.want {
			t.Errorf("Shorten(%q, %q, %d) = %q, want %q", c.typ, c.name, c.room, got, c.want)
		}
	}
}

func TestNamerSkipsWrittenNumbers(t *testing.T) {
	n := NewNamer()
	for _, written := range []string{"a", "a-2", "a-3"} {
		n.Unique("connections", written)
	}
	if got := n.Unique("connections", "A"); got != "A-4" {
		t.Errorf("got %q, want A-4", got)
	}
	if !n.Taken("connections", "a-4") || n.Taken("connections", "a-5") || n.Taken("subnets", "a") {
		t.Error("Taken is wrong")
	}
}

func TestNamerKeepsTheLength(t *testing.T) {
	n := NewNamer()
	name := strings.Repeat("x", 64)
	seen := map[string]bool{}
	for range 1200 {
		got := n.Unique("virtualNetworks", name)
		if seen[got] || !IsLegalName("virtualNetworks", got) {
			t.Fatalf("%q is illegal or taken", got)
		}
		seen[got] = true
	}
	if !seen[strings.Repeat("x", 59)+"-1200"] {
		t.Error("the 1200th name is not numbered 1200")
	}
}

// FuzzNames: whatever the input, names are legal, stable and unique, and nothing is lost by
// asking twice.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"hub", "Group a b", "17BE5E2C_x", "", "é\u0301", "a\x00b", strings.Repeat("y.", 70), "[concat('x')]", "\xff", "a-2", "ﷺ"} {
		f.Add("virtualNetworks", s, "hub-2")
		f.Add("localNetworkGateways", s, s)
	}
	f.Fuzz(func(t *testing.T, typ, a, b string) {
		for _, s := range []string{a, b} {
			legal := LegalName(typ, s)
			if !IsLegalName(typ, legal) {
				t.Fatalf("LegalName(%q, %q) = %q is not legal", typ, s, legal)
			}
			if again := LegalName(typ, legal); again != legal {
				t.Fatalf("LegalName(%q, %q) = %q, then %q", typ, s, legal, again)
			}
			if IsLegalName(typ, s) && plainName(typ, s) == s && legal != s {
				t.Fatalf("the legal name %q became %q", s, legal)
			}
			if short := Shorten(typ, legal, 10); short == "" || utf8.RuneCountInString(short) > 80 {
				t.Fatalf("Shorten(%q) = %q", legal, short)
			}
		}
		n, seen := NewNamer(), map[string]bool{}
		for range 12 {
			for _, s := range []string{a, b} {
				name := n.Unique(typ, s)
				if folded := strings.ToLower(name); seen[folded] || !IsLegalName(typ, name) {
					t.Fatalf("Unique(%q, %q) = %q is taken or illegal", typ, s, name)
				} else {
					seen[folded] = true
				}
			}
		}
	})
}

// BenchmarkNamer asks for one name n times: the time per name must not grow with n.
func BenchmarkNamer(b *testing.B) {
	for _, size := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for b.Loop() {
				n := NewNamer()
				for range size {
					n.Unique("connections", "site")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/name")
		})
	}
}

func TestIsGroupName(t *testing.T) {
	for name, want := range map[string]bool{
		"rg-hub": true, "RG_(old).2": true, "Zürich": true, "-a": true, strings.Repeat("é", 90): true,
		"": false, "a.": false, "a b": false, "a/b": false, "a,b": false, "$(rm)": false, "a\n": false, "a'b": false, strings.Repeat("a", 91): false,
	} {
		if got := IsGroupName(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
