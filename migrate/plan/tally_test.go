package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// tally counts what a property was tried on. A run that tries nothing is seen, and from a hundred networks on each
// feature has to be there.
type tally struct {
	count map[string]int
	order []string
}

// newTally reports at the end of a test.
func newTally(t *testing.T, needs ...string) *tally {
	c := &tally{count: map[string]int{}}
	t.Cleanup(func() {
		var words []string
		for _, what := range c.order {
			words = append(words, fmt.Sprintf("%s %d", what, c.count[what]))
		}
		t.Log(strings.Join(words, ", "))
		if t.Failed() || c.count["networks"] < 100 {
			return
		}
		for _, what := range slices.Concat(features, needs) {
			if c.count[what] == 0 {
				t.Errorf("none of %d networks has: %s", c.count["networks"], what)
			}
		}
	})
	return c
}

func (c *tally) add(what string, n int) {
	if _, known := c.count[what]; !known {
		c.order = append(c.order, what)
	}
	c.count[what] += n
}

func (c *tally) network(n *network) {
	c.add("networks", 1)
	for _, f := range features {
		if n.has[f] {
			c.add(f, 1)
		} else {
			c.add(f, 0)
		}
	}
}

func (c *tally) plan(p *plan.Plan) {
	c.add("plans", 1)
	c.add("steps", len(p.Steps))
	c.add("windows", len(p.Windows))
	kept, several, ways := 0, 0, map[plan.Passage]int{}
	for i := range p.Components {
		kept += len(p.Components[i].Kept)
		if p.Components[i].Hub.Kind == plan.SeveralHubs {
			several++
		}
		ways[p.Components[i].Hub.Passage]++
	}
	for _, w := range plan.Passages {
		c.add("components through "+string(w), ways[w])
	}
	inspected := 0
	for _, a := range p.Assumptions {
		if a.ID == estate.AsmInspect {
			inspected += len(a.Subjects)
		}
	}
	c.add("VNets inspected", inspected)
	c.add("kept pairs", kept)
	c.add("components with several hubs", several)
	c.add("connected groups made", len(p.Target.Groups)-len(p.Base.Groups))
}
