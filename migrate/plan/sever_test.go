package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// TestForbiddenConnectionsGo holds that a connection that carries forbidden pairs alone is deleted, with what rests on it,
// and that one which others need stays, and Check says what it carries.
func TestForbiddenConnectionsGo(t *testing.T) {
	lines := []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16", "v0 > office 192.168.1.0/24", "v1 > plant 192.168.2.0/24"}
	for _, c := range []struct {
		name      string
		lines     []string
		forbidden string
		gone      string // connections
		gateways  string // that are gone
		told      []string
	}{
		{"nobody else needs it", lines, "{between: v1, and: on-premises v1-to-plant, reason: r}", "v0-to-v1 v1-to-v0 v1-to-v1-to-plant", "v1-gateway", nil},
		{"another VNet needs it", append(slices.Clone(lines[:2]), "v0 > v1 10.2.0.0/16 192.168.2.0/24", "v1 > v0 10.1.0.0/16", "v0 > office 192.168.1.0/24", "v1 > plant 192.168.2.0/24"),
			"{between: v1, and: on-premises v1-to-plant, reason: r}", "v0-to-v0-to-office v0-to-v1 v1-to-v0", "v0-gateway", []string{"PLAN-015"}},
		{"a VNet alone", append(slices.Clone(lines), "v2 10.3.0.0/16", "v2 > shop 192.168.3.0/24"), "{between: v2, and: on-premises v2-to-shop, reason: r}", "v0-to-v1 v1-to-v0", "", []string{"PLAN-015"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := spelt("auto", c.lines...)
			n.forbidden = []string{c.forbidden}
			e, opts := n.read(t, 0)
			p, found, err := plan.Make(e, *opts)
			if err != nil {
				t.Fatal(err)
			}
			var gone, gateways, told []string
			target := estate.NewIndex(p.Target)
			for i := range p.Base.Connections {
				if id := p.Base.Connections[i].ID; target.Connection(id) == nil {
					gone = append(gone, id.Name)
				}
			}
			for i := range p.Base.Gateways {
				if id := p.Base.Gateways[i].ID; target.Gateway(id) == nil {
					gateways = append(gateways, id.Name)
				}
			}
			for _, v := range p.Violations {
				told = append(told, v.Rule)
			}
			slices.Sort(gone)
			if g, w := strings.Join(gone, " "), strings.Join(gateways, " "); g != c.gone || w != c.gateways {
				t.Errorf("gone %q and %q, want %q and %q", g, w, c.gone, c.gateways)
			}
			if diff := cmp.Diff(c.told, told); diff != "" {
				t.Errorf("told (-want +got)\n%s\n%v", diff, found)
			}
			if c.told == nil {
				nothingLeft(t, "the target", p, p.Target, *opts)
				i := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Object.Name == "v1-to-v1-to-plant" })
				if s := p.Steps[i]; !strings.Contains(s.Because, "forbids") || s.Impact.Window != "" {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}
