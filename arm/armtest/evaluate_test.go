package armtest

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
)

// TestEvaluateSamples works out the templates that come with the schemas: every resource comes out, and
// nothing is broken, as each sample has another mistake than its expressions.
func TestEvaluateSamples(t *testing.T) {
	for _, name := range sortedKeys(samples) {
		t.Run(name, func(t *testing.T) {
			src := sample(t, name)
			d, found := arm.Read(name, src, arm.Bounds{})
			if d == nil {
				t.Fatal(found)
			}
			items, found := arm.Evaluate([]arm.Deployment{{Template: d, Location: "westeurope"}})
			want := 7
			switch name {
			case "every-type.json":
				want = 29
			case "language-version-2.json", "subscription-scope.json":
				want = 1 // the nested deployments of the second are empty
			}
			if len(items) != want {
				t.Errorf("%d resources; want %d", len(items), want)
			}
			for _, f := range found {
				if f.Rule != "LST-006" || !strings.Contains(f.Message, `parameter "location" has no value`) {
					t.Error(f)
				}
			}
		})
	}
}
