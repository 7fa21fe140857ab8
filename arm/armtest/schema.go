package armtest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

const schemaHost = "https://schema.management.azure.com/schemas/"

// schemaSet is the official ARM schemas with the objects of the network types closed: as published
// they let an unknown property pass.
type schemaSet struct {
	mu       sync.Mutex // the compiler is not safe for parallel tests
	dir      string
	compiler *jsonschema.Compiler
	places   map[string][]string // type@version to the definitions that describe it
}

var officialSchemas = sync.OnceValues(loadSchemas)

func loadSchemas() (*schemaSet, error) {
	dir, err := sharedDir("schemas/arm")
	if err != nil {
		return nil, err
	}
	s := &schemaSet{dir: dir, compiler: jsonschema.NewCompiler(), places: map[string][]string{}}
	s.compiler.UseLoader(s)
	files, err := filepath.Glob(filepath.Join(dir, "*", "Microsoft.*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no schema under %s", dir)
	}
	for _, file := range files {
		path, err := filepath.Rel(dir, file)
		if err != nil {
			return nil, err
		}
		url := schemaHost + filepath.ToSlash(path)
		doc, err := s.Load(url)
		if err != nil {
			return nil, err
		}
		s.index(url, doc.(map[string]any))
		if strings.Contains(file, "Microsoft.Network") {
			closeObjects(doc)
			allowMechanics(doc.(map[string]any))
		}
		if err := s.compiler.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Load implements the compiler's loader: every URL of the official host is a file of the folder.
func (s *schemaSet) Load(url string) (any, error) {
	path, ok := strings.CutPrefix(url, schemaHost)
	if !ok {
		return nil, fmt.Errorf("%s is not an official schema", url)
	}
	f, err := os.Open(filepath.Join(s.dir, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return jsonschema.UnmarshalJSON(f)
}

func (s *schemaSet) index(url string, doc map[string]any) {
	eachDefinition(doc, func(section, name string, definition map[string]any) {
		properties, _ := definition["properties"].(map[string]any)
		for _, typ := range enumOf(properties["type"]) {
			for _, version := range enumOf(properties["apiVersion"]) {
				key := strings.ToLower(typ) + "@" + version
				s.places[key] = append(s.places[key], url+"#/"+section+"/"+name)
			}
		}
	})
}

func eachDefinition(doc map[string]any, visit func(section, name string, definition map[string]any)) {
	for _, section := range sortedKeys(doc) {
		if !strings.HasSuffix(section, "resourceDefinitions") {
			continue
		}
		list, _ := doc[section].(map[string]any)
		for _, name := range sortedKeys(list) {
			if definition, ok := list[name].(map[string]any); ok {
				visit(section, name, definition)
			}
		}
	}
}

func enumOf(schema any) []string {
	object, _ := schema.(map[string]any)
	list, _ := object["enum"].([]any)
	var values []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			values = append(values, text)
		}
	}
	return values
}

// closeObjects forbids unknown properties. An object that is combined with alternatives stays open,
// and so do the alternatives: each knows only its own part.
func closeObjects(schema any) {
	switch schema := schema.(type) {
	case []any:
		for _, item := range schema {
			closeObjects(item)
		}
	case map[string]any:
		properties, object := schema["properties"].(map[string]any)
		object = object && schema["type"] == "object"
		combined := false
		for _, word := range []string{"oneOf", "anyOf", "allOf"} {
			alternatives, _ := schema[word].([]any)
			if properties == nil || alternatives == nil {
				continue
			}
			combined = true
			for _, alternative := range alternatives {
				if part, ok := alternative.(map[string]any); ok && part["additionalProperties"] == nil {
					part["additionalProperties"] = true
				}
			}
		}
		if object && !combined && schema["additionalProperties"] == nil {
			schema["additionalProperties"] = false
		}
		for _, key := range sortedKeys(schema) {
			closeObjects(schema[key])
		}
	}
}

func allowMechanics(doc map[string]any) {
	eachDefinition(doc, func(_, _ string, definition map[string]any) {
		if properties, ok := definition["properties"].(map[string]any); ok {
			for _, name := range mechanics {
				properties[name] = map[string]any{}
			}
		}
	})
}

func (s *schemaSet) template(c *court, doc map[string]any) {
	eachTemplate(doc, "", func(path string, template map[string]any) {
		s.frame(c, path, template)
		eachResource(template, path, func(path string, resource map[string]any) { s.resource(c, path, resource) })
	})
}

// frame judges everything of a template but its resources: with those the official schema answers
// hundreds of lines for one mistake.
func (s *schemaSet) frame(c *court, path string, template map[string]any) {
	url, _ := template["$schema"].(string)
	url = strings.TrimSuffix(url, "#")
	frame := map[string]any{"resources": []any{}}
	for key, value := range template {
		if key != "resources" {
			frame[key] = value
		}
	}
	if _, symbolic := template["resources"].(map[string]any); symbolic {
		frame["resources"] = map[string]any{}
	}
	if template["resources"] == nil {
		delete(frame, "resources")
	}
	s.report(c, path, s.validate(url, frame))
}

func (s *schemaSet) resource(c *court, path string, resource map[string]any) {
	places := s.places[typeAndVersion(resource)]
	if len(places) == 0 {
		c.say("schema", path, "%s is unknown", typeAndVersion(resource))
		return
	}
	var first error
	for _, place := range places {
		err := s.validate(place, resource)
		if err == nil {
			return
		}
		if first == nil {
			first = err
		}
	}
	s.report(c, path, first)
}

func (s *schemaSet) parameters(c *court, doc map[string]any) {
	s.report(c, "", s.validate(schemaHost+"2019-04-01/deploymentParameters.json", doc))
}

func (s *schemaSet) validate(url string, doc any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	schema, err := s.compiler.Compile(url)
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func (s *schemaSet) report(c *court, path string, err error) {
	if err == nil {
		return
	}
	broken, ok := err.(*jsonschema.ValidationError)
	if !ok {
		c.say("schema", path, "%s", err)
		return
	}
	printer := message.NewPrinter(language.English)
	for _, leaf := range leaves(broken) {
		at := path
		for _, part := range leaf.InstanceLocation {
			if _, err := strconv.Atoi(part); err == nil {
				at += "[" + part + "]"
			} else {
				at += "." + part
			}
		}
		c.say("schema", strings.TrimPrefix(at, "."), "%s", leaf.ErrorKind.LocalizedString(printer))
	}
}

// leaves are the errors that a person wants to read. Almost every property is "this, or an
// expression"; that a wrong value is no expression either is left out.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all, telling []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		below := leaves(cause)
		all = append(all, below...)
		if len(below) != 1 || !isNoExpression(below[0]) {
			telling = append(telling, below...)
		}
	}
	if len(telling) > 0 {
		return telling
	}
	return all
}

func isNoExpression(e *jsonschema.ValidationError) bool {
	switch broken := e.ErrorKind.(type) {
	case *kind.Pattern:
		return strings.Contains(broken.Want, `^\[`)
	case *kind.Type:
		return slices.Equal(broken.Want, []string{"string"})
	}
	return false
}
