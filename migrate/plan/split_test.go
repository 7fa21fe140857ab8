package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/plan"
)

// twice is a hub whose three spokes reach an office by gateways of their own, and three VNets with the same addresses as
// those, which reach another office. A VNet between them is joined to both sides.
var twice = []string{
	"h 10.0.0.0/16", "a1 10.1.0.0/16", "a2 10.2.0.0/16", "a3 10.3.0.0/16", "m 10.9.0.0/16", "b1 10.1.0.0/16", "b2 10.2.0.0/16", "b3 10.3.0.0/16", "n 10.8.0.0/16",
	"h > a1 10.1.0.0/16", "a1 > h 10.0.0.0/16", "h > a2 10.2.0.0/16", "a2 > h 10.0.0.0/16", "h > a3 10.3.0.0/16", "a3 > h 10.0.0.0/16",
	"h > m 10.9.0.0/16", "m > h 10.0.0.0/16", "m > n 10.8.0.0/16", "n > m 10.9.0.0/16",
	"n > b1 10.1.0.0/16", "b1 > n 10.8.0.0/16", "n > b2 10.2.0.0/16", "b2 > n 10.8.0.0/16", "n > b3 10.3.0.0/16", "b3 > n 10.8.0.0/16",
	"h > office 192.168.1.0/24", "a1 > office 192.168.1.0/24", "a2 > office 192.168.1.0/24", "a3 > office 192.168.1.0/24",
	"b1 > plant 192.168.2.0/24", "b2 > plant 192.168.2.0/24", "b3 > plant 192.168.2.0/24",
}

// TestSplitHubs gives VNets that share addresses hubs of their own.
func TestSplitHubs(t *testing.T) {
	e, opts := spelt("auto", twice...).read(t, 0)
	p, found, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatalf("%v %v", err, found)
	}
	if hub := p.Components[0].Hub; hub.Kind != plan.SeveralHubs || !strings.Contains(hub.Because, "they share addresses") {
		t.Errorf("%s because %s", hub.Kind, hub.Because)
	}
	if diff := cmp.Diff([]string{"h-vnet in westeurope for a1 a2 a3", "hub-westeurope in westeurope for b1 b2 b3"}, hubsIn(p)); diff != "" {
		t.Errorf("hubs (-want +got)\n%s\n%s", diff, outline(p))
	}
	nothingLeft(t, "the target", p, p.Target, *opts)
	if q := remadeTwice(t, p, nil); q == nil || outline(p) != outline(q) {
		t.Errorf("made again it is another plan\n%s", cmp.Diff(outline(p), outline(q)))
	}
}

// TestOneHubIsEnough says so where several are asked for, and makes one.
func TestOneHubIsEnough(t *testing.T) {
	e, opts := spelt("several", twoRegions...).read(t, 0)
	p, found, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatalf("%v %v", err, found)
	}
	if hub := p.Components[0].Hub; hub.Kind != plan.ExistingHub || !strings.HasPrefix(hub.Because, "one hub is enough") {
		t.Errorf("%s because %s", hub.Kind, hub.Because)
	}
}

// TestSplitHubsByRoom holds that a hub with all its peerings taken gets another one beside it, in the same region.
func TestSplitHubsByRoom(t *testing.T) {
	lines := []string{"v0 10.1.0.0/24", "v0 > office 192.168.1.0/24"}
	before, space := "v0", "10.1.0.0/24"
	for i := range 700 {
		name, own := fmt.Sprintf("w%d", i), fmt.Sprintf("10.%d.%d.0/24", 2+i/250, i%250)
		lines = append(lines, name+" "+own, name+" > office 192.168.1.0/24", name+" > "+before+" "+space, before+" > "+name+" "+own)
		before, space = name, own
	}
	e, opts := spelt("auto", lines...).read(t, 0)
	components, err := plan.LaidOut(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	if hub := components[0].Hub; hub.Kind != plan.SeveralHubs || len(hub.Several) != 2 {
		t.Errorf("%s because %s\n%+v %+v", hub.Kind, hub.Because, hub.Candidates, hub.Several)
	}
}
