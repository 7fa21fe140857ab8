package arm_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// read is a document of a text.
func read(t testing.TB, name string, src []byte) *arm.Document {
	t.Helper()
	d, found := arm.Read(name, src, arm.Bounds{})
	if d == nil {
		t.Fatalf("%s: %v", name, found)
	}
	return d
}

func load(t testing.TB, name string) *arm.Document {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, name, src)
}

// show is a value as text: one line for each leaf, with its path.
func show(v arm.Value) string {
	var b strings.Builder
	showAt(&b, "", v)
	return b.String()
}

func showAt(b *strings.Builder, path string, v arm.Value) {
	switch v.Kind() {
	case arm.KindList, arm.KindObject:
		i := 0
		for item := range v.Items() {
			name := "." + item.Name()
			if v.Is(arm.KindList) {
				name = "[" + strconv.Itoa(i) + "]"
			}
			showAt(b, path+name, item)
			i++
		}
		if i == 0 {
			b.WriteString(path + " = empty\n")
		}
	case arm.KindUnknown:
		b.WriteString(path + " ? " + v.Text())
		if of, property, ok := v.Refers(); ok {
			b.WriteString(" -> " + of.ID() + " " + property)
		}
		b.WriteString("\n")
	case arm.KindNull:
		b.WriteString(path + " = null\n")
	default:
		mark := ""
		if v.Opaque() {
			mark = " (opaque)"
		}
		b.WriteString(path + " = " + v.Text() + mark + "\n")
	}
}

func texts(found diag.List) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Error())
	}
	return out
}

// TestEvaluateFixtures: our own templates come out whole, with every value known but secrets, what
// parameters ask for, and the addresses that only the service knows.
func TestEvaluateFixtures(t *testing.T) {
	names, _ := filepath.Glob("../fixtures/*/*template.json")
	if len(names) < 20 {
		t.Fatalf("only %d templates", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			d := arm.Deployment{Template: load(t, name)}
			if filepath.Base(name) == "template.json" {
				d.Parameters = []*arm.Document{load(t, filepath.Join(filepath.Dir(name), "parameters.json"))}
			}
			items, found := arm.Evaluate([]arm.Deployment{d})
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			template, err := arm.Decode(src)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			for _, r := range template.Resources {
				want = append(want, r.Type+" "+r.Name)
			}
			for _, item := range items {
				got = append(got, item.Type+" "+strings.Join(item.Names, "/"))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range found {
				if f.Rule != "LST-006" || !asksFor(d, f.Message) {
					t.Error(f)
				}
			}
			for _, item := range items {
				if text := show(item.Body); strings.Contains(text, "= [") || strings.Contains(text, "parameters(") {
					t.Errorf("%s has an expression left:\n%s", item.Name(), text)
				}
			}
		})
	}
}

var parameterWithout = regexp.MustCompile(`: parameter "([^"]+)" has no value( \(and \d+ more\))?$`)

// asksFor reports whether a message is about a parameter that is declared and that nothing gives a value.
func asksFor(d arm.Deployment, message string) bool {
	name := parameterWithout.FindStringSubmatch(message)
	if name == nil {
		return false
	}
	for _, given := range d.Parameters {
		if given.Root.Path("parameters", name[1], "value").Given() {
			return false
		}
	}
	declared := d.Template.Root.Path("parameters", name[1])
	return declared.Given() && !declared.Member("defaultValue").Given()
}

var update = flag.Bool("update", false, "rewrite what the scripts in testdata expect")

// TestEvaluateTemplates works out the templates of testdata/evaluate. What is expected is one line for
// each value; read a change of it as code.
func TestEvaluateTemplates(t *testing.T) {
	names, _ := filepath.Glob("testdata/evaluate/*.txtar")
	if len(names) < 7 {
		t.Fatalf("only %d scripts", len(names))
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			script, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var together []arm.Deployment
			var parameters []*arm.Document
			for _, f := range script.Files {
				switch {
				case f.Name == "parameters.json":
					parameters = append(parameters, read(t, f.Name, f.Data))
				case strings.HasPrefix(f.Name, "template"):
					together = append(together, arm.Deployment{Template: read(t, f.Name, f.Data)})
				}
			}
			for i := range together {
				together[i].Parameters = parameters
			}
			got := describe(arm.Evaluate(together))
			last := &script.Files[len(script.Files)-1]
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(script), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(last.Data), got); last.Name != "want" || diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("a secret got out")
			}
		})
	}
}

// describe is everything that Evaluate says, as text.
func describe(items []arm.Item, found diag.List) string {
	var b strings.Builder
	for _, item := range items {
		fmt.Fprintf(&b, "%s\n", item.ID())
		if item.Maybe != "" {
			fmt.Fprintf(&b, "maybe: %s\n", item.Maybe)
		}
		if item.Doc != 0 {
			fmt.Fprintf(&b, "doc: %d\n", item.Doc)
		}
		for line := range strings.Lines(show(item.Body)) {
			if !strings.HasPrefix(line, ".apiVersion") {
				b.WriteString("\t" + line)
			}
		}
	}
	for _, f := range found {
		b.WriteString(f.Error() + "\n")
	}
	return b.String()
}

// TestScopelessID: an id in a scope that nothing tells is one, and reads back as itself.
func TestScopelessID(t *testing.T) {
	for text, want := range map[string]string{
		"/subscriptions//resourceGroups//providers/Microsoft.Network/virtualNetworks/hub":            "/subscriptions//providers/Microsoft.Network/virtualNetworks/hub",
		"/subscriptions//providers/Microsoft.Network/virtualNetworks/hub":                            "/subscriptions//providers/Microsoft.Network/virtualNetworks/hub",
		"/subscriptions//resourceGroups/g/providers/microsoft.network/VIRTUALNETWORKS/hub/subnets/a": "/subscriptions//resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub/subnets/a",
		"/subscriptions/s/resourceGroups//providers/Microsoft.Network/connections/c":                 "/subscriptions/s/providers/Microsoft.Network/connections/c",
	} {
		n, ok := arm.ParseResourceID(text)
		if !ok || n.ID() != want {
			t.Errorf("%s: %v %s", text, ok, n.ID())
		}
		if again, ok := arm.ParseResourceID(n.ID()); !ok || !cmp.Equal(again, n) {
			t.Errorf("%s reads back as %v", n.ID(), again)
		}
	}
}

func ExampleEvaluate() {
	template, _ := arm.Read("net.json", []byte(`{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
  "parameters": {"name": {"type": "string", "defaultValue": "hub"}, "site": {"type": "string"}},
  "resources": [
    {"type": "Microsoft.Network/localNetworkGateways", "apiVersion": "2025-05-01", "name": "[concat(parameters('name'), '-site')]",
     "properties": {"gatewayIpAddress": "[reference(resourceId('Microsoft.Network/publicIPAddresses', 'pip')).ipAddress]", "fqdn": "[parameters('site')]"}}
  ]
}`), arm.Bounds{})
	items, found := arm.Evaluate([]arm.Deployment{{Template: template, Subscription: "s", Group: "g"}})
	fmt.Println(items[0].ID())
	of, property, _ := items[0].Body.Path("properties", "gatewayIpAddress").Refers()
	fmt.Println(property, "of", of.Name())
	fmt.Println(found[0].Error())
	// Output:
	// /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/hub-site
	// ipAddress of pip
	// net.json:6:132: warning LST-006: "fqdn" is unknown: parameter "site" has no value
}
