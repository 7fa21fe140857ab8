package report

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	published "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

const schemaFile = "../../docs/plan.schema.json"

const connectionsSchemaFile = "../../docs/connections.schema.json"

func planSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WirePlan{}, "netmigrate plan", "The plan.json of netmigrate, format "+PlanFormat+".")
}

func connectionsSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireConnections{}, "netmigrate connections", "What netmigrate connections prints as JSON, format "+ConnectionsFormat+".")
}

// schemaOf makes a schema from wire types and their comments.
func schemaOf(t *testing.T, wire any, title, description string) []byte {
	t.Helper()
	r := &published.Reflector{Mapper: func(typ reflect.Type) *published.Schema {
		if typ == reflect.TypeFor[netip.Prefix]() {
			return &published.Schema{Type: "string", Pattern: `^[0-9a-f.:]+/[0-9]+$`}
		}
		return nil
	}}
	if err := r.AddGoComments("github.com/netmigrate/netmigrate/migrate/report", "."); err != nil {
		t.Fatal(err)
	}
	// The reflector looks below the package's directory and its own idea of the path differs.
	s := r.Reflect(wire)
	s.ID = ""
	s.Title, s.Description = title, description
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

//go:generate go test . -run Schema$ -update

func TestPlanSchema(t *testing.T) { golden(t, schemaFile, string(planSchema(t))) }

func TestConnectionsSchema(t *testing.T) {
	golden(t, connectionsSchemaFile, string(connectionsSchema(t)))
}

// The schema gives the words that the reader takes.
func TestPlanSchemaHasTheWords(t *testing.T) {
	for _, c := range []struct {
		wire  any
		field string
		words any
	}{
		{WirePlan{}, "Mode", options.Modes}, {WireComponent{}, "Class", plan.Classes}, {WireHub{}, "Kind", plan.HubKinds}, {WireCandidate{}, "Kind", plan.HubKinds},
		{WireStep{}, "Action", plan.Actions}, {WireImpact{}, "Class", plan.ImpactClasses}, {WireOutcome{}, "What", plan.Whats}, {WireAsk{}, "Want", plan.Wants},
		{WireDecision{}, "Kind", plan.Decidings}, {WireDecision{}, "Hub", plan.HubKinds}, {WireLocation{}, "Kind", locationKinds}, {WireWANPoint{}, "Mark", plan.Marks},
		{WireTransit{}, "Kind", plan.TransitKinds},
	} {
		field, _ := reflect.TypeOf(c.wire).FieldByName(c.field)
		var want []string
		for i := range reflect.ValueOf(c.words).Len() {
			want = append(want, "enum="+reflect.ValueOf(c.words).Index(i).String())
		}
		if got := field.Tag.Get("jsonschema"); got != strings.Join(want, ",") {
			t.Errorf("%T.%s has %s, want %s", c.wire, c.field, got, strings.Join(want, ","))
		}
	}
}

func TestPlanMatchesItsSchema(t *testing.T) {
	schema := compiled(t, planSchema(t))
	for _, name := range []func(string) string{asIs, hostile} {
		wantSchema(t, schema, print(t, views(makeSample(t, name))["plan.json"]))
	}
}

func compiled(t *testing.T, source []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// wantSchema wants a text to be as its schema says, and no other member to be allowed.
func wantSchema(t *testing.T, schema *jsonschema.Schema, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	value.(map[string]any)["surprise"] = true
	if schema.Validate(value) == nil {
		t.Error("the schema lets an unknown member pass")
	}
}

func TestDecodePlan(t *testing.T) {
	text := print(t, views(makeSample(t, asIs))["plan.json"])
	p, err := DecodePlan(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := writeJSON(&again, p); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, again.String()); diff != "" {
		t.Errorf("a plan does not come back as it was (-want +got)\n%s", diff)
	}
	for _, bad := range []string{
		"", "{}", "[]", `{"format": "netmigrate.plan/v2"}`, `{"format": "netmigrate.plan/v1", "stepz": []}`, text + "{}", text[:len(text)/2],
	} {
		if _, err := DecodePlan(strings.NewReader(bad)); err == nil {
			t.Errorf("DecodePlan takes %.40q", bad)
		}
	}
}

// TestNoSecretInJSON holds that the only words about keys are names of parameters.
func TestNoSecretInJSON(t *testing.T) {
	var value any
	if err := json.Unmarshal([]byte(print(t, views(makeSample(t, asIs))["plan.json"])), &value); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				if word := strings.ToLower(k); strings.Contains(word, "key") && k != "keyParameter" || strings.Contains(word, "secret") || strings.Contains(word, "password") {
					t.Errorf("%s.%s may hold a secret", path, k)
				}
				walk(path+"."+k, inner)
			}
		case []any:
			for _, inner := range v {
				walk(path+"[]", inner)
			}
		}
	}
	walk("", value)
}

// TestLayout holds that spreading JSON over lines changes blanks alone.
func TestLayout(t *testing.T) {
	long := strings.Repeat("x", lineWidth)
	for in, want := range map[string]string{
		`{}`: "{}\n", `[]`: "[]\n", `"a"`: "\"a\"\n", `1`: "1\n",
		`{"a":[1,{"b":"c,d:e"}]}`:     "{\"a\": [1, {\"b\": \"c,d:e\"}]}\n",
		`{"a":"` + long + `","b":[]}`: "{\n  \"a\": \"" + long + "\",\n  \"b\": []\n}\n",
		`["\"]{` + long + `",1]`:      "[\n  \"\\\"]{" + long + "\",\n  1\n]\n",
	} {
		if diff := cmp.Diff(want, string(layout([]byte(in)))); diff != "" {
			t.Errorf("layout(%.30s) (-want +got)\n%s", in, diff)
		}
	}
	text := print(t, views(makeSample(t, hostile))["plan.json"])
	var once, twice bytes.Buffer
	if err := json.Compact(&once, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&twice, layout(once.Bytes())); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once.Bytes(), twice.Bytes()) {
		t.Error("the layout changes more than blanks")
	}
}
