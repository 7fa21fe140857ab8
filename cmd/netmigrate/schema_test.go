package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// valid holds JSON against a schema of docs.
func valid(name string, text []byte) error {
	src, err := os.ReadFile(filepath.Join(packageDir, "..", "..", "docs", name+".schema.json"))
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		return err
	}
	schema, err := c.Compile(name)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// TestOutputMatchesSchemas holds what the commands print as JSON about every network of fixtures against
// the published schemas.
func TestOutputMatchesSchemas(t *testing.T) {
	for _, f := range slices.Concat(allFixtures(t), liveFixtures(t)) {
		t.Run(f.name, func(t *testing.T) {
			kit := filepath.Join(t.TempDir(), "kit")
			f.invoke(t, append([]string{"plan", "-q", "-o", kit}, f.inputs...)...)
			for schema, args := range map[string][]string{
				"connections": {"connections"},
				"reach":       {"reach"},
				"plan":        {"plan"},
				"verify":      {"verify", kit},
				"check":       {"check", kit},
			} {
				args = slices.Concat(args, []string{"-q", "--fail-on", "never", "--format", "json"})
				if schema != "check" {
					args = append(args, f.inputs...)
				}
				out := invoke(t, f.dir, args...)
				if err := valid(schema, []byte(out.stdout)); err != nil {
					t.Errorf("%s: %v\n%s", args, err, out.stderr)
				}
			}
		})
	}
}
