package arm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
)

func TestCheckName(t *testing.T) {
	tests := []struct {
		typ, name string
		want      string // in the error; empty: legal
	}{
		{arm.TypeVirtualNetwork, "hub", ""},
		{arm.TypeVirtualNetwork, "h", "2 to 64"},
		{arm.TypeVirtualNetwork, strings.Repeat("a", 64), ""},
		{arm.TypeVirtualNetwork, strings.Repeat("a", 65), "2 to 64"},
		{arm.TypeConnection, strings.Repeat("a", 80), ""},
		{arm.TypeConnection, strings.Repeat("a", 81), "1 to 80"},
		{arm.TypeConnection, "a", ""},
		{arm.TypeConnection, "", "0 characters"},
		{arm.TypeConnection, "a_", ""},
		{arm.TypeConnection, "_a", "'_' at character 1"},
		{arm.TypeConnection, "a-", "'-' at character 2"},
		{arm.TypeConnection, "a.", "'.' at character 2"},
		{arm.TypeConnection, "a b", "' ' at character 2"},
		{arm.TypeConnection, "a@b", "'@' at character 2"},
		{arm.TypeConnection, "a/b", "2 parts"},
		{arm.TypePeering, "hub/to-spoke", ""},
		{arm.TypePeering, "h/to-spoke", "2 to 64"},
		{arm.TypePeering, "hub", "1 parts"},
	}
	for _, test := range tests {
		err := arm.CheckName(test.typ, test.name)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s %q: error %v, want %q", test.typ, test.name, err, test.want)
		}
	}
}

func TestCheckLimits(t *testing.T) {
	parameters := func(n int) (list []arm.Parameter) {
		for i := range n {
			list = append(list, arm.Parameter{Name: fmt.Sprint("p", i), Type: arm.ParamString})
		}
		return list
	}
	outputs := func(n int) (list []arm.Output) {
		for i := range n {
			list = append(list, arm.Output{Name: fmt.Sprint("o", i), Type: arm.ParamString})
		}
		return list
	}
	variables := func(n int) (list arm.Object) {
		for i := range n {
			list = append(list, arm.Member{Name: fmt.Sprint("v", i), Value: "x"})
		}
		return list
	}
	tagged := func(value string) []arm.Resource {
		return []arm.Resource{{Type: arm.TypeVirtualNetwork, Name: "hub", Tags: []arm.Tag{{Name: "t", Value: value}}}}
	}
	expression := func(n int) string { return "['" + strings.Repeat("x", n-4) + "']" }
	bare, err := arm.EncodeResource(&tagged("")[0])
	if err != nil {
		t.Fatal(err)
	}
	room := arm.MaxResourceSize - len(bare)

	tests := []struct {
		name     string
		template arm.Template
		size     int
		want     []string
	}{
		{"at every limit", arm.Template{Parameters: parameters(256), Variables: variables(256), Outputs: outputs(64),
			Resources: append(make([]arm.Resource, 799), tagged(expression(arm.MaxExpressionSize))...)}, arm.MaxTemplateSize, nil},
		{"over the counts", arm.Template{Parameters: parameters(257), Variables: variables(257), Outputs: outputs(65), Resources: make([]arm.Resource, 801)}, arm.MaxTemplateSize + 1, []string{
			"template size: 4194305, at most 4194304", "parameters: 257, at most 256", "variables: 257, at most 256", "resources: 801, at most 800", "outputs: 65, at most 64"}},
		{"long expression", arm.Template{Resources: tagged(expression(24_577))}, 0, []string{"expression length of virtualNetworks/hub: 24577, at most 24576"}},
		{"long literal", arm.Template{Resources: tagged(strings.Repeat("x", 24_577))}, 0, nil},
		{"long output", arm.Template{Outputs: []arm.Output{{Name: "o", Value: expression(24_577)}}}, 0,
			[]string{"expression length of parameters, variables and outputs: 24577, at most 24576"}},
		{"largest resource", arm.Template{Resources: tagged(strings.Repeat("x", room))}, 0, nil},
		{"too large a resource", arm.Template{Resources: tagged(strings.Repeat("x", room+1))}, 0, []string{"resource size of virtualNetworks/hub: 1048577, at most 1048576"}},
	}
	for _, test := range tests {
		var got []string
		for _, p := range arm.Check(&test.template, test.size) {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	tests := []struct{ src, want string }{
		{"", "line 1, column 1: the document is not well-formed JSON: it ends too early"},
		{"[]", "not an object"},
		{`{"resources": []} {}`, "line 1, column 20: the document is not well-formed JSON: text after its end"},
		{`{"a": 1, "a": 2}`, `line 1, column 10: the document is not well-formed JSON: duplicate object member name at "/a"`},
		{`{"resources": {}}`, "resources has the wrong kind"},
		{`{"resources": [1]}`, "resources[0]: want an object"},
		{`{"resources": [{"name": 1}]}`, "resources[0]: name has the wrong kind"},
		{`{"resources": [{"zones": [1]}]}`, "resources[0]: zones has the wrong kind"},
		{`{"parameters": {"p": {"type": 1}}}`, "parameters.p: type"},
		{`{"outputs": {"o": {"type": 1}}}`, "outputs.o: type"},
		{`{"a": ` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`, "line 1, column 134: values nested more than 128 deep"},
	}
	for _, test := range tests {
		_, err := arm.Decode([]byte(test.src))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.40s: error %v, want %q", test.src, err, test.want)
		}
	}
}

// TestDecodeKeeps: members without a field survive.
func TestDecodeKeeps(t *testing.T) {
	src := `{"$schema": "s", "languageVersion": "1.10", "parameters": {"p": {"type": "int", "minValue": 1.50, "metadata": {"description": "d"}}},
		"resources": [{"type": "a/b", "name": "n", "condition": false, "sku": {"name": "x", "capacity": 2}, "tags": {"k": null}, "properties": {"list": [true, null, {}]}}]}`
	template, err := arm.Decode([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	text := encode(t, template)
	for _, want := range []string{`"languageVersion": "1.10"`, `"minValue": 1.50`, `"description": "d"`, `"condition": false`, `"capacity": 2`, `"k": null`, "true,\n          null,\n          {}"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}

func TestDecodeParameters(t *testing.T) {
	want := &arm.Parameters{Values: []arm.ParameterValue{
		{Name: "location", Value: "westeurope"},
		{Name: "key", KeyVault: &arm.KeyVaultReference{VaultID: "/v", SecretName: "s", SecretVersion: "1"}},
	}}
	var text strings.Builder
	if err := arm.EncodeParameters(&text, want); err != nil {
		t.Fatal(err)
	}
	got, err := arm.DecodeParameters([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, src := range []string{`{}`, `{"parameters": {"p": 1}}`, `{"parameters": {"p": {"value": 1, "reference": {}}}}`, `{"parameters": {"p": {"reference": {}}}}`} {
		if _, err := arm.DecodeParameters([]byte(src)); err == nil {
			t.Errorf("%s is accepted", src)
		}
	}
}

// TestFits: a template fits exactly when nothing is over a limit, also where only its exact size tells.
func TestFits(t *testing.T) {
	big := func(n int) *arm.Template {
		template := &arm.Template{}
		for i := range n {
			template.Resources = append(template.Resources, arm.Resource{Type: arm.TypeVirtualNetwork, Name: fmt.Sprint("n", i), Location: strings.Repeat("x", 20_000)})
		}
		return template
	}
	for name, template := range map[string]*arm.Template{"empty": {}, "small": mesh(10, 2), "many": mesh(400, 2), "near the size": big(205), "over the size": big(215)} {
		want := len(arm.Check(template, len(encode(t, template)))) == 0
		if got := arm.Fits(template); got != want {
			t.Errorf("%s fits: %t, want %t", name, got, want)
		}
	}
}
