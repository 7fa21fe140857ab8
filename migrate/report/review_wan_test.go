package report

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// TestWANRows shows the rows that no fixture has.
func TestWANRows(t *testing.T) {
	side := func(known cost.Amount, sure, encrypted, forbidden int) plan.WANSide {
		return plan.WANSide{Monthly: plan.Monthly{Known: known * 1_000_000}, VNets: plan.Talking{Sure: sure}, Encrypted: encrypted, Forbidden: forbidden}
	}
	w := &plan.WAN{Today: side(314, 3, 2, 1), Target: side(157, 3, 2, 0), Instead: side(665, 6, 0, 1), Encrypted: 2, Forbidden: 1,
		Parts:  []plan.WANPart{{What: "Virtual WAN hub", Count: 7, Amount: 1_277_500_000}, {What: "Virtual WAN point-to-site scale unit", Count: 1, Unknown: "why"}},
		Points: []plan.WANPoint{{Mark: plan.Derived, Says: "something"}}}
	for range 7 {
		w.Hubs = append(w.Hubs, cost.WANHub{Region: "eastus", VNets: make([]estate.ID, 2), Devices: 1, Circuits: 3, Clients: make([]estate.ID, 1)})
	}
	w.Today.VNets.Perhaps = 2
	r := &reviewer{}
	r.wan(w)
	r.wan(nil)
	var b strings.Builder
	if err := writeMarkdown(&b, r.out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| USD a month | 314 | 157 | 665 |",
		"| pairs of VNets that reach each other | 3, perhaps 2 more | 3 | 6 |",
		"| pairs to be encrypted that are | 2 of 2 | 2 of 2 | **0 of 2** |",
		"| pairs that must not reach each other and do | **1 of 1** | 0 of 1 | **1 of 1** |",
		"7 hubs: `eastus` for 2 VNets and 1 device and 3 circuits and the clients of 1 gateway; ", "and 1 more",
		"1,278 for 7 hubs, unknown for 1 point-to-site scale unit (why)",
		`something \[E\]`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}
