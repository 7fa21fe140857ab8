package arm_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/arm"
)

const templateHead = `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", `

// routeTable is a template with one resource that has a value.
func routeTable(rest, value string) string {
	return templateHead + rest + `"resources": [{"type": "Microsoft.Network/routeTables", "apiVersion": "2025-05-01", "name": "x", "properties": {"value": ` + value + `}}]}`
}

// none is a parameter that nothing gives a value.
const none = `"parameters": {"none": {"type": "string"}}, `

// doubling are variables of which each is made of the one before, twice.
func doubling(first, step string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `"variables": {"v0": %s`, first)
	for i := range 60 {
		fmt.Fprintf(&b, `, "v%d": "[`+step+`]"`, i+1, i, i)
	}
	b.WriteString("}, ")
	return b.String()
}

// TestEvaluateBombs: templates that ask for more than any deployment has are refused soon, by name.
func TestEvaluateBombs(t *testing.T) {
	loops := `"end"`
	for i := range 8 {
		loops = fmt.Sprintf(`{"copy": [{"name": "l%d", "count": 800, "input": %s}]}`, i, loops)
	}
	nested := `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": []}`
	for i := range 5 {
		nested = fmt.Sprintf(templateHead+`"resources": [{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "[format('d{0}', copyIndex())]", "copy": {"name": "l%d", "count": 800}, "properties": {"mode": "Incremental", "template": %s}}]}`, i, nested)
	}
	lambdas := "1"
	for range 6 {
		lambdas = "map(range(0, 10000), lambda('x', " + lambdas + "))"
	}
	const long = `"variables": {"long": "[padLeft('', 4000000, ',')]"}, `
	twice := func(body string) string {
		return `"[map(range(0, 10000), lambda('i', map(range(0, 10000), lambda('k', ` + body + `))))]"`
	}
	literals := fmt.Sprintf(`{"copy": [{"name": "a", "count": 800, "input": {"copy": [{"name": "b", "count": 800, "input": %q}]}}]}`, strings.Repeat("a", 1_000_000))
	waiting := strings.TrimSuffix(routeTable("", "1"), "}]}") + `, "copy": {"name": "l", "count": 800}, "dependsOn": ["x"` + strings.Repeat(`, "x"`, 20_000) + `]}]}`
	tests := map[string]string{
		"texts":   routeTable(doubling(`"aaaaaaaaaaaaaaaa"`, "concat(variables('v%d'), variables('v%d'))"), `"[variables('v60')]"`),
		"formats": routeTable(doubling(`"aaaaaaaaaaaaaaaa"`, "format('{0}{1}', variables('v%d'), variables('v%d'))"), `"[variables('v60')]"`),
		"lists":   routeTable(doubling(`["a"]`, "concat(variables('v%d'), variables('v%d'))"), `"[variables('v60')]"`),
		"trees":   routeTable(doubling(`["a"]`, "createArray(variables('v%d'), variables('v%d'))"), `"[variables('v40')]"`),
		"compare": routeTable(doubling(`["a"]`, "createArray(variables('v%d'), variables('v%d'))"), `"[equals(variables('v40'), variables('v40'))]"`),
		"encode":  routeTable(doubling(`["a"]`, "createArray(variables('v%d'), variables('v%d'))"), `"[string(variables('v40'))]"`),
		"replace": routeTable(`"variables": {"a": "[padLeft('', 4000000, 'a')]"}, `, `"[replace(variables('a'), 'a', variables('a'))]"`),
		"width":   routeTable("", `"[format('{0,4000000}{0,4000000}', 'a')]"`),
		"widths":  routeTable("", `"[format('`+strings.Repeat("{0,4000000}", 2000)+`', 'a')]"`),
		"holes":   routeTable(doubling(`"[resourceGroup().id]"`, "concat(variables('v%d'), variables('v%d'))"), `"[variables('v60')]"`),
		"joins":   routeTable(doubling(`["[padLeft('', 4000000, 'a')]"]`, "concat(variables('v%d'), variables('v%d'))"), `"[join(variables('v12'), ',')]"`),
		"places":  routeTable(long, `"[format('`+strings.Repeat("{0}", 5000)+`', variables('long'))]"`),
		"splits":  routeTable(long, `"[split(variables('long'), createArray(',', 'a'))]"`),
		"reasons": routeTable(none, twice("reduce(range(0, 10000), parameters('none'), lambda('r', 'x', trim(lambdaVariables('r'))))")),
		"members": routeTable("", twice("reference(resourceId('Microsoft.Network/virtualNetworks', 'x'))."+strings.Repeat("a", 1_000_000))),
		"maxima":  routeTable(doubling(`[1]`, "concat(variables('v%d'), variables('v%d'))"), twice("max(variables('v17'))")),
		"inputs":  routeTable(`"variables": {"v": `+literals+`}, `, `"[variables('v')]"`),
		"depends": waiting,
		"loops":   routeTable("", loops),
		"nested":  nested,
		"lambdas": routeTable("", `"[length(`+lambdas+`)]"`),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			items, found := arm.Evaluate([]arm.Deployment{{Template: read(t, "t.json", []byte(text))}})
			if took := time.Since(start); took > time.Minute { // a second or two, on a machine of its own
				t.Errorf("took %v", took)
			}
			if len(found) != 1 || found[0].Rule != "LST-007" || len(items) > 0 {
				t.Errorf("%d items, %v", len(items), found)
			}
		})
	}
}

// TestEvaluateLong: what is long, and still no bomb, is worked out soon.
func TestEvaluateLong(t *testing.T) {
	var loops, used, members strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&loops, `, {"name": "v%d", "count": 1, "input": "a"}`, i)
		fmt.Fprintf(&used, `, "[variables('v%d')]"`, i)
		fmt.Fprintf(&members, `"m%d": 1, `, i)
	}
	tests := map[string]struct {
		text string
		want arm.Kind
	}{
		"holes":   {routeTable(doubling(`"[resourceGroup().id]"`, "concat(variables('v%d'), variables('v%d'))"), `"[variables('v15')]"`), arm.KindUnknown},
		"loops":   {routeTable(`"variables": {"copy": [`+loops.String()[2:]+`]}, `, "["+used.String()[2:]+"]"), arm.KindList},
		"paths":   {routeTable(doubling(`"a"`, "if(equals(variables('v%d'), 'b'), variables('v%d'), createArray(1))"), `"[variables('v60')]"`), arm.KindList},
		"unknown": {routeTable(none+doubling(`"[parameters('none')]"`, "if(equals(variables('v%d'), 'b'), variables('v%d'), createArray(1))"), `"[variables('v60')]"`), arm.KindUnknown},
		"members": {routeTable(members.String()+`"variables": {"v": "a"}, `, "["+strings.Repeat(`"[variables('v')]", `, 30_000)+"1]"), arm.KindList},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := read(t, "t.json", []byte(test.text))
			start := time.Now()
			items, found := arm.Evaluate([]arm.Deployment{{Template: d}})
			if took := time.Since(start); took > 5*time.Second { // a fraction of one, on a machine of its own
				t.Errorf("took %v", took)
			}
			if len(items) != 1 || !items[0].Body.Path("properties", "value").Is(test.want) {
				t.Errorf("%d items, %v", len(items), found)
			}
		})
	}
}

// TestEvaluateNames: a name with a placeholder in it has as many parts as are written.
func TestEvaluateNames(t *testing.T) {
	for _, name := range []string{"take(concat(uniqueString('a'), '/b'), 5)", "format('{0}-{1}', uniqueString('a'), trim(uniqueString('b')))", "concat('x', uniqueString('a'))"} {
		text := templateHead + `"resources": [
			{"type": "Microsoft.Network/virtualNetworks/subnets", "apiVersion": "2025-05-01", "name": "[concat(` + name + `, '/app')]"},
			{"type": "Microsoft.Network/routeTables", "apiVersion": "2025-05-01", "name": "x", "properties": {"value": "[reference('app').x]"}}]}`
		items, found := arm.Evaluate([]arm.Deployment{{Template: read(t, "t.json", []byte(text))}})
		if len(items) != 2 || len(found) != 1 {
			t.Errorf("%s: %d items, %v", name, len(items), found)
			continue
		}
		if of, _, ok := items[1].Body.Path("properties", "value").Refers(); !ok || of.ID() != items[0].ID() {
			t.Errorf("%s: %s refers to %s", name, items[0].ID(), of.ID())
		}
	}
}

// TestEvaluateDepth: values that wait for one another in a long chain, and values that are nested deeply.
func TestEvaluateDepth(t *testing.T) {
	var chain, deep strings.Builder
	chain.WriteString(`"variables": {"v0": "end"`)
	deep.WriteString(`"variables": {"v0": ["end"]`)
	for i := range 5000 {
		fmt.Fprintf(&chain, `, "v%d": "[variables('v%d')]"`, i+1, i)
	}
	for i := range 200 {
		fmt.Fprintf(&deep, `, "v%d": "[createArray(variables('v%d'))]"`, i+1, i)
	}
	tests := map[string]string{
		"too many values wait for one another": routeTable(chain.String()+"}, ", `"[variables('v5000')]"`),
		"its value is nested too deeply":       routeTable(deep.String()+"}, ", `"[variables('v200')]"`),
	}
	for want, text := range tests {
		items, found := arm.Evaluate([]arm.Deployment{{Template: read(t, "t.json", []byte(text))}})
		if len(items) != 1 || len(found) != 1 || found[0].Rule != "LST-009" || !strings.Contains(found[0].Message, want) {
			t.Errorf("%s: %d items, %v", want, len(items), found)
		}
	}
}

// TestEvaluateSecrets: what is secure is in no value and no finding, however it is asked for.
func TestEvaluateSecrets(t *testing.T) {
	for _, expression := range []string{
		"[parameters('key')]", "[concat('a', parameters('key'))]", "[length(parameters('key'))]", "[first(parameters('key'))]",
		"[json(parameters('key'))]", "[format('{0}', parameters('key'))]", "[createArray(parameters('key'))]", "[if(equals(parameters('key'), 'hunter2'), 'a', 'b')]",
		"[base64(parameters('key'))]", "[parameters('key').x]", "[resourceId('Microsoft.Network/virtualNetworks', parameters('key'))]", "[uniqueString(parameters('key'))]",
		"[string(createObject('k', parameters('key')))]", "[int(parameters('key'))]", "[own.twice(parameters('key'))]",
	} {
		given := read(t, "p.json", []byte(`{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": {"key": {"value": "hunter2"}}}`))
		got, found := worked(t, expression, arm.Deployment{Parameters: []*arm.Document{given}})
		if strings.Contains(got, "hunter2") || strings.Contains(fmt.Sprint(found), "hunter2") {
			t.Errorf("%s comes to %s, %v", expression, got, found)
		}
		if !strings.Contains(got, "? ") && !strings.HasPrefix(got, "'uniqueString-") {
			t.Errorf("%s comes to %s", expression, got)
		}
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, src := range seeds(f, "testdata/evaluate/*.txtar") {
		f.Add(txtar.Parse(src).Files[0].Data)
	}
	for _, pattern := range []string{"../fixtures/pair/template.json", "../fixtures/star/template.json", "../fixtures/expressroute/template.json", "../fixtures/templates/*/*.json"} {
		for _, src := range seeds(f, pattern) {
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, _ := arm.Read("t.json", src, arm.Bounds{})
		if d == nil || d.Form != arm.FormTemplate {
			return
		}
		items, found := arm.Evaluate([]arm.Deployment{{Template: d}})
		for _, item := range items {
			_ = show(item.Body)
			if again, ok := arm.ParseResourceID(item.ID()); ok && again.ID() != item.ID() && !strings.Contains(strings.ToLower(strings.Join(item.Names, "/")), "providers") {
				t.Errorf("%q reads back as %q", item.ID(), again.ID())
			}
		}
		lines := strings.Count(string(src), "\n") + 1
		for _, f := range found {
			if f.Pos.Line < 1 || f.Pos.Line > lines {
				t.Errorf("%s is outside of the document", f.Pos)
			}
		}
	})
}

// FuzzEvaluateExpression tries expressions on a template that has something of everything.
func FuzzEvaluateExpression(f *testing.F) {
	for _, seed := range []string{"[concat('a', parameters('none'))]", "[reference('hub').subnets[0].id]", "[union(variables('object'), variables('half'))]",
		"[split(resourceId('Microsoft.Network/virtualNetworks', uniqueString('a')), '/')[8]]", "[map(range(0, 3), lambda('i', copyIndex()))]", "[format('{0,3:D2}', 1)]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		text, err := json.Marshal(expression)
		if err != nil {
			t.Fatal(err)
		}
		items, found := arm.Evaluate([]arm.Deployment{{Template: read(t, "t.json", fmt.Appendf(nil, bench, text))}})
		refused := len(found) > 0 && found[0].Rule == "LST-007"
		if len(items) != 3 && !refused {
			t.Errorf("%d items: %v", len(items), found)
		}
	})
}

// TestEvaluateModel compares expressions of literals to a model that shares nothing with the evaluation.
func TestEvaluateModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := expressions(3).Draw(r, "expression")
		got, found := worked(t, "["+e.text+"]", arm.Deployment{})
		if want := fmt.Sprintf("'%s'", e.value); got != want {
			r.Fatalf("%s comes to %s; want %s; %v", e.text, got, want, found)
		}
	})
}

// modelled is an expression with the text that it comes to.
type modelled struct{ text, value string }

func expressions(depth int) *rapid.Generator[modelled] {
	return rapid.Custom(func(t *rapid.T) modelled {
		literal := rapid.StringMatching(`[a-z A-Z0-9'{},/.\[\]-]{0,6}`)
		if depth == 0 {
			v := literal.Draw(t, "literal")
			return modelled{"'" + strings.ReplaceAll(v, "'", "''") + "'", v}
		}
		inner := expressions(depth - 1)
		a, b := inner.Draw(t, "a"), inner.Draw(t, "b")
		switch rapid.IntRange(0, 6).Draw(t, "function") {
		case 0:
			return modelled{"concat(" + a.text + ", " + b.text + ")", a.value + b.value}
		case 1:
			return modelled{"format('{1}{{{0}}}{1}', " + a.text + ", " + b.text + ")", b.value + "{" + a.value + "}" + b.value}
		case 2:
			return modelled{"toLower(" + a.text + ")", strings.ToLower(a.value)}
		case 3:
			v := b.value
			if a.value == b.value {
				v = "same"
			}
			return modelled{"if(equals(" + a.text + ", " + b.text + "), 'same', " + b.text + ")", v}
		case 4:
			return modelled{"join(split(" + a.text + ", 'a'), " + b.text + ")", strings.ReplaceAll(a.value, "a", b.value)}
		case 5:
			n := rapid.IntRange(0, 4).Draw(t, "n")
			return modelled{fmt.Sprintf("concat(take(%s, %d), skip(%s, %d))", a.text, n, a.text, n), a.value}
		default:
			return modelled{"last(createArray(" + a.text + ", string(" + b.text + ")))", b.value}
		}
	})
}
