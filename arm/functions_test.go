package arm

import (
	"strings"
	"testing"
)

// TestFunctions: what is worked out is known where templates are checked, and nothing is listed as not
// worked out that is.
func TestFunctions(t *testing.T) {
	if len(functions()) < 90 || len(otherFunctions) < 10 {
		t.Fatalf("only %d functions, and %d others", len(functions()), len(otherFunctions))
	}
	for name := range functions() {
		if otherFunctions[name] {
			t.Errorf("%s is worked out", name)
		}
		if name != strings.ToLower(name) {
			t.Errorf("%s is not folded", name)
		}
		if m := mentionsOf("[" + name + "('a')]"); m.err != nil {
			t.Errorf("%s: %v", name, m.err)
		}
	}
	for name := range otherFunctions {
		if m := mentionsOf("[" + name + "()]"); m.err != nil {
			t.Errorf("%s: %v", name, m.err)
		}
	}
	if m := mentionsOf("[nonsense()]"); m.err == nil {
		t.Error("nonsense is a function")
	}
}
