package options

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	published "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write docs/netmigrate.schema.json instead of comparing with it")

const schemaFile = "../../docs/netmigrate.schema.json"

//go:generate go test . -run ^TestSchema$ -update

// orNull is a schema that also takes nothing: an answer that is still open.
func orNull(s *published.Schema) *published.Schema {
	return &published.Schema{AnyOf: []*published.Schema{s, {Type: "null"}}, Description: s.Description}
}

// ofForm is the schema of a scalar. Of words it knows the spelling of the reference; the reader
// takes other letter case and the service's own words, too. A name may be what YAML takes for a
// number or a truth value.
func ofForm(f form, about string) *published.Schema {
	s := &published.Schema{Type: "string", Pattern: f.pattern, Description: about}
	switch {
	case f.number:
		s.Type, s.Pattern, s.Enum = "integer", "", []any{1}
	case f.most > 0:
		number := &published.Schema{Type: "number", Minimum: "0", Maximum: json.Number(strconv.Itoa(f.most))}
		return &published.Schema{Description: about, AnyOf: []*published.Schema{number, {Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?$`}}}
	case f.words != nil:
		for _, w := range f.words {
			s.Enum = append(s.Enum, w)
		}
	}
	if f.pattern == anyName.pattern && f.words == nil {
		return &published.Schema{Description: about, AnyOf: []*published.Schema{{Type: "string", Pattern: f.pattern}, {Type: "number"}, {Type: "boolean"}}}
	}
	return s
}

func ofObject[T any](members []member[T]) *published.Schema {
	s := &published.Schema{Type: "object", AdditionalProperties: published.FalseSchema, Properties: published.NewProperties()}
	for _, m := range members {
		value := ofForm(m.form, m.about)
		switch {
		case m.texts != nil:
			value = &published.Schema{Type: "array", Items: ofForm(m.form, ""), Description: m.about}
		case m.certificates != nil:
			value = &published.Schema{Type: "object", AdditionalProperties: ofForm(m.form, ""), Description: m.about}
		}
		if m.required {
			s.Required = append(s.Required, m.name)
		} else {
			value = orNull(value)
		}
		s.Properties.Set(m.name, value)
	}
	return s
}

func table(s *published.Schema) *published.Schema {
	return &published.Schema{Type: "object", AdditionalProperties: orNull(s)}
}

func array(s *published.Schema) *published.Schema {
	return &published.Schema{Type: "array", Items: s}
}

// schema is the published schema, made of the tables that the reader reads by.
var schema = sync.OnceValue(func() []byte {
	sites := ofObject(siteMembers)
	isVNet := published.NewProperties()
	isVNet.Set("is", &published.Schema{Const: string(OfVNet)})
	sites.If = &published.Schema{Properties: isVNet, Required: []string{"is"}}
	sites.Then = &published.Schema{Required: []string{"vnet"}}
	sites.Else = &published.Schema{Not: &published.Schema{Required: []string{"vnet"}}}
	of := map[string]*published.Schema{
		"subscriptions":  table(ofObject(subscriptionMembers)),
		"affinityGroups": table(ofForm(regions, "")),
		"gateways":       table(ofObject(gatewayMembers)),
		"connections":    array(ofObject(connectionMembers)),
		"sites":          table(sites),
		"circuits":       table(ofObject(circuitMembers)),
		"required":       array(ofObject(requiredMembers)),
		"forbidden":      array(ofObject(forbiddenMembers)),
		"accept":         array(ofObject(acceptedMembers)),
		"traffic":        array(ofObject(trafficMembers)),
		"suppress":       array(ofObject(suppressionMembers)),
	}
	s := ofObject(headMembers)
	s.Version = published.Version
	s.Title, s.Description = "netmigrate.yaml", "What the network files cannot say, and what the engineer decided: the options file of netmigrate, version 1."
	for _, section := range sections {
		value := orNull(of[section.name])
		value.Description = section.about
		s.Properties.Set(section.name, value)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		panic(err)
	}
	return b.Bytes()
})

var compiled = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema()))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("netmigrate.schema.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("netmigrate.schema.json")
})

func TestSchema(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, schema(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatalf("%v; go test ./migrate/options -update writes it", err)
	}
	if diff := cmp.Diff(string(want), string(schema())); diff != "" {
		t.Errorf("the schema is not what the tables say (-want +got); go test ./migrate/options -update writes it\n%s", diff)
	}
}

func TestExampleFitsTheSchema(t *testing.T) {
	src, err := os.ReadFile("../../docs/netmigrate.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testAgainstSchema(t, string(src), true, false)
}

// testAgainstSchema wants the schema to take what Parse takes, and to refuse what it can see.
func testAgainstSchema(t *testing.T, src string, good, seen bool) {
	t.Helper()
	if !good && !seen {
		return
	}
	text, err := yaml.YAMLToJSON([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if value == nil {
		return // all of it commented out
	}
	switch err := compiled().Validate(value); {
	case good && err != nil:
		t.Errorf("the schema refuses a good file: %v", err)
	case seen && err == nil:
		t.Error("the schema takes a bad file")
	}
}
