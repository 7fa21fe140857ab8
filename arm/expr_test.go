package arm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
)

func TestParseExpr(t *testing.T) {
	tests := []struct {
		text string
		want arm.Expr
	}{
		{"[f()]", &arm.Call{At: 1, Name: "f"}},
		{"[ f ( 'a' , -12 ) ]", &arm.Call{At: 2, Name: "f", Args: []arm.Expr{&arm.Text{At: 6, Value: "a"}, &arm.Number{At: 12, Value: -12}}}},
		{"['it''s ''quoted''']", &arm.Text{At: 1, Value: "it's 'quoted'"}},
		{"['']", &arm.Text{At: 1}},
		{"['a]b']", &arm.Text{At: 1, Value: "a]b"}},
		{"[f().a.b[0]]", &arm.Index{At: 1, Key: &arm.Number{At: 9}, Of: &arm.Property{At: 1, Name: "b",
			Of: &arm.Property{At: 1, Name: "a", Of: &arm.Call{At: 1, Name: "f"}}}}},
		{"[contoso.name('x')]", &arm.Call{At: 1, Name: "contoso.name", Args: []arm.Expr{&arm.Text{At: 14, Value: "x"}}}},
		{"[f(g(1))]", &arm.Call{At: 1, Name: "f", Args: []arm.Expr{&arm.Call{At: 3, Name: "g", Args: []arm.Expr{&arm.Number{At: 5, Value: 1}}}}}},
	}
	for _, test := range tests {
		got, err := arm.ParseExpr(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestParseExprErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain", "character 1: not an expression"},
		{"[[x]", "character 1: not an expression"},
		{"[x", "character 1: not an expression"},
		{"[]", "character 2: want a value, found end"},
		{"[x]", "character 3: want '(', found end"},
		{"[f('a]", "character 4: string without an end"},
		{"[f('a',]", "character 8: want a value, found end"},
		{"[f('a' 'b')]", "character 8: want ')', found '\\''"},
		{"[f() f()]", "character 6: unexpected 'f'"},
		{"[f(].]", "character 4: want a value, found ']'"},
		{"[f().]", "character 6: want a name, found end"},
		{"[f()[1]", "character 7: want ']', found end"},
		{"[f(é)]", "character 4: want a value, found 'é'"},
		{"[99999999999999999999]", "character 2: \"99999999999999999999\" is not an integer"},
		{"[-]", "character 2: \"-\" is not an integer"},
		{"[" + strings.Repeat("f(", 300) + strings.Repeat(")", 300) + "]", "nested too deeply"},
		{"[f()" + strings.Repeat(".a", 300) + "]", "nested too deeply"},
	}
	for _, test := range tests {
		_, err := arm.ParseExpr(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.40s: error %v, want %q", test.text, err, test.want)
		}
	}
}

func TestExpressionText(t *testing.T) {
	tests := []struct{ got, want string }{
		{arm.ResourceID(arm.TypeSubnet, "hub", "GatewaySubnet"), "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'hub', 'GatewaySubnet')]"},
		{arm.ResourceID(arm.TypeVirtualNetwork, "it's"), "[resourceId('Microsoft.Network/virtualNetworks', 'it''s')]"},
		{arm.ParameterRef("location"), "[parameters('location')]"},
		{arm.Reference(arm.TypePublicIPAddress, "pip", "ipAddress"), "[reference(resourceId('Microsoft.Network/publicIPAddresses', 'pip'), '2025-05-01').ipAddress]"},
		{arm.Literal("plain"), "plain"},
		{arm.Literal("[x]"), "[[x]"},
		{arm.Literal("[[x]"), "[[[x]"},
		{arm.Literal("[x"), "[x"},
		{arm.Literal("[x] y"), "[x] y"},
		{arm.Literal("[]"), "[[]"},
		{arm.Literal("["), "["},
		{arm.Existing(arm.TypeSubnet, "hub", "app"), "virtualNetworks/subnets/hub/app"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

// FuzzLiteral: data never becomes an expression, and ARM reads it back unchanged; the same holds for
// data inside an expression.
func FuzzLiteral(f *testing.F) {
	for _, seed := range []string{"", "x", "[x]", "[[x]", "[[[x]]]", "[", "]", "[]", "[[]", "['", "']", "'", "''", "[concat('a')]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := arm.Literal(s)
		if arm.IsExpression(text) {
			t.Errorf("Literal(%q) = %q is an expression", s, text)
		}
		if back := arm.Unescape(text); back != s {
			t.Errorf("%q comes back as %q", s, back)
		}
		e, err := arm.ParseExpr(arm.ResourceID(arm.TypeVirtualNetwork, s))
		if err != nil {
			t.Fatalf("%q in resourceId: %v", s, err)
		}
		call := e.(*arm.Call)
		if name := call.Args[1].(*arm.Text).Value; len(call.Args) != 2 || name != s {
			t.Errorf("%q in resourceId comes back as %q", s, name)
		}
	})
}

// FuzzParseExpr: the parser never panics, and its errors and nodes lie inside the text.
func FuzzParseExpr(f *testing.F) {
	for _, seed := range []string{"[f()]", "['a''b']", "[f(1, 'x').y[0]]", "[f('a]", "[]", "[a.b()]", "[-1]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := arm.ParseExpr(s)
		if err != nil {
			var broken *arm.ExprError
			if !errors.As(err, &broken) || broken.Offset < 0 || broken.Offset > len(s) {
				t.Fatalf("%q: error %#v", s, err)
			}
			return
		}
		arm.Walk(e, func(e arm.Expr) {
			if e.Pos() < 1 || e.Pos() >= len(s) {
				t.Errorf("%q: node %#v lies outside", s, e)
			}
		})
	})
}
