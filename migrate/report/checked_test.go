package report

import (
	"bytes"
	"errors"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/plan"
)

func checkSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireCheck{}, "netmigrate check", "What netmigrate check prints as JSON, format "+CheckFormat+".")
}

func TestCheckSchema(t *testing.T) {
	golden(t, "../../docs/check.schema.json", string(checkSchema(t)))
}

func TestCheckedMatchesItsSchema(t *testing.T) {
	schema := compiled(t, checkSchema(t))
	for _, name := range []func(string) string{asIs, hostile} {
		s := makeSample(t, name)
		s.plan.Violations = []plan.Violation{{After: name("wave 2"), Until: "wave 3", Rule: "PLAN-001", Text: name("lost")}}
		var b bytes.Buffer
		if err := Checked(&b, name("plan.json"), s.plan, JSON, Style{}); err != nil {
			t.Fatal(err)
		}
		wantSchema(t, schema, b.String())
	}
	if err := Checked(&bytes.Buffer{}, "plan.json", makeSample(t, asIs).plan, CSV, Style{}); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}
