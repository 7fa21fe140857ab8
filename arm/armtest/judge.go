// Package armtest judges templates as the platform would: by the official schema with its objects
// closed, by the Bicep types, by a round trip through the official SDK types, and by arm.Resolve.
// It is for tests; production code does not import it.
//
// The schema and the Bicep types are data outside of the repository, in ../shared/schemas seen from
// its root. Where they are absent those two judges stay silent and say so.
package armtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
)

// Judge fails the test for every complaint about a template. Name says which template it is.
func Judge(tb testing.TB, name string, template []byte) {
	tb.Helper()
	complaints, skipped := Verdict(template)
	tell(tb, name, complaints, skipped)
}

// JudgeParameters fails the test for every complaint about a parameter file and about how it fits
// its template.
func JudgeParameters(tb testing.TB, name string, template, parameters []byte) {
	tb.Helper()
	complaints, skipped := ParametersVerdict(template, parameters)
	tell(tb, name, complaints, skipped)
}

func tell(tb testing.TB, name string, complaints, skipped []string) {
	tb.Helper()
	for _, judge := range skipped {
		tb.Logf("%s: %s", name, judge)
	}
	for _, complaint := range complaints {
		tb.Errorf("%s: %s", name, complaint)
	}
}

// Verdict is what all judges say about a template, each complaint with its judge in front
// ("schema: ", "bicep: ", "sdk: ", "resolve: "), and which of them could not speak.
func Verdict(template []byte) (complaints, skipped []string) {
	doc, err := decode(template)
	if err != nil {
		return []string{"json: " + err.Error()}, nil
	}
	c := &court{}
	if schemas, err := officialSchemas(); err != nil {
		skipped = append(skipped, "schema judge skipped: "+err.Error())
	} else {
		schemas.template(c, doc)
	}
	if types, err := bicepTypes(); err != nil {
		skipped = append(skipped, "Bicep judge skipped: "+err.Error())
	} else {
		types.template(c, doc)
	}
	judgeRoundTrip(c, doc)
	problems, err := arm.ResolveJSON(template)
	if err != nil {
		c.say("resolve", "", "%s", err)
	}
	for _, p := range problems {
		c.say("resolve", p.Path, "%s: %s", p.Kind, p.Message)
	}
	return c.complaints, skipped
}

// ParametersVerdict is Verdict for a parameter file: the official schema, and that it gives a value
// to exactly what the template asks for.
func ParametersVerdict(template, parameters []byte) (complaints, skipped []string) {
	doc, err := decode(parameters)
	if err != nil {
		return []string{"json: " + err.Error()}, nil
	}
	c := &court{}
	if schemas, err := officialSchemas(); err != nil {
		skipped = append(skipped, "schema judge skipped: "+err.Error())
	} else {
		schemas.parameters(c, doc)
	}
	t, err := arm.Decode(template)
	if err != nil {
		c.say("parameters", "", "the template: %s", err)
		return c.complaints, skipped
	}
	compareParameters(c, t, doc)
	return c.complaints, skipped
}

func compareParameters(c *court, t *arm.Template, doc map[string]any) {
	values, _ := doc["parameters"].(map[string]any)
	given := map[string]string{}
	for name := range values {
		given[strings.ToLower(name)] = name
	}
	for i := range t.Parameters {
		p := &t.Parameters[i]
		name, has := given[strings.ToLower(p.Name)]
		delete(given, strings.ToLower(p.Name))
		entry, _ := values[name].(map[string]any)
		_, plain := entry["value"]
		switch {
		case !has && p.Default == nil:
			c.say("parameters", "parameters."+p.Name, "has no value and no default")
		case plain && p.Secure():
			c.say("parameters", "parameters."+p.Name, "is secure and stands in the file in plain text")
		}
	}
	for _, name := range sortedKeys(values) {
		if given[strings.ToLower(name)] == name {
			c.say("parameters", "parameters."+name, "is not declared by the template")
		}
	}
}

// court gathers what the judges say.
type court struct {
	complaints  []string
	unpublished []string // members that the SDK need not know
}

func (c *court) say(judge, path, format string, args ...any) {
	if path != "" {
		path += ": "
	}
	c.complaints = append(c.complaints, judge+": "+path+fmt.Sprintf(format, args...))
}

func decode(src []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	var doc map[string]any
	return doc, d.Decode(&doc)
}

// eachTemplate visits a template and the templates of its nested deployments.
func eachTemplate(doc map[string]any, path string, visit func(path string, template map[string]any)) {
	visit(path, doc)
	eachResource(doc, path, func(path string, resource map[string]any) {
		if typ, _ := resource["type"].(string); !strings.EqualFold(typ, arm.TypeDeployment) {
			return
		}
		properties, _ := resource["properties"].(map[string]any)
		if inner, ok := properties["template"].(map[string]any); ok {
			eachTemplate(inner, path+".properties.template.", visit)
		}
	})
}

// eachResource visits the resources of a template in their order, by number or by symbolic name.
func eachResource(doc map[string]any, prefix string, visit func(path string, resource map[string]any)) {
	switch list := doc["resources"].(type) {
	case []any:
		for i, item := range list {
			if resource, ok := item.(map[string]any); ok {
				visit(fmt.Sprintf("%sresources[%d]", prefix, i), resource)
			}
		}
	case map[string]any:
		for _, name := range sortedKeys(list) {
			if resource, ok := list[name].(map[string]any); ok {
				visit(prefix+"resources."+name, resource)
			}
		}
	}
}

// typeAndVersion is a resource's key in the indexes: folded type, '@', version.
func typeAndVersion(resource map[string]any) string {
	typ, _ := resource["type"].(string)
	version, _ := resource["apiVersion"].(string)
	return strings.ToLower(typ) + "@" + version
}

// mechanics are members that any resource may have for the deployment's sake; no type lists them.
var mechanics = []string{"dependsOn", "condition", "copy", "comments", "scope", "metadata"}

// sharedDir is the folder of the same name under ../shared, seen from the repository's root.
func sharedDir(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = parent
	}
	found := filepath.Join(filepath.Dir(dir), "shared", name)
	if _, err := os.Stat(found); err != nil {
		return "", fmt.Errorf("../shared/%s is absent", name)
	}
	return found, nil
}

func sortedKeys[T any](m map[string]T) []string {
	return slices.Sorted(maps.Keys(m))
}
