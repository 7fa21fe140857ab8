package report

import (
	"bytes"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// notWritten are the fields of a plan that plan.json leaves out on purpose: places, keys, certificates and what is about
// them, and what follows from the rest.
var notWritten = regexp.MustCompile(`Refs$|^Docs$|^Key$|^KeyRefs$|^Vault$|^ServiceKey$|^Data$|^Fates$|^Before$|^After$|^Verdicts$`)

// sameButPlaces compares plans and estates in everything that plan.json is to hold.
var sameButPlaces = cmp.Options{
	cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(plan.Decision{}, "At"),
	cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && notWritten.MatchString(field.Name())
	}, cmp.Ignore()),
}

// someWords are some of those that a value of a type can be.
var someWords = map[reflect.Type]string{
	reflect.TypeFor[plan.Class](): string(plan.Chain), reflect.TypeFor[plan.HubKind](): string(plan.ExistingHub), reflect.TypeFor[plan.What](): string(plan.Change),
	reflect.TypeFor[plan.Action](): string(plan.DeleteTunnel), reflect.TypeFor[plan.ImpactClass](): string(plan.Brief), reflect.TypeFor[plan.Want](): string(plan.Encrypted),
	reflect.TypeFor[plan.Deciding](): string(plan.ChooseHub), reflect.TypeFor[plan.Mark](): string(plan.Derived), reflect.TypeFor[options.Date](): "2026-11-27",
	reflect.TypeFor[plan.TransitKind](): string(plan.ByGroups), reflect.TypeFor[plan.Passage](): string(plan.AppliancesPassage), reflect.TypeFor[options.Exposure](): string(options.ExposureClosed), reflect.TypeFor[options.Inspect](): string(options.InspectAll),
}

// TestReadPlan writes a plan in which every field has a value, and reads it back.
func TestReadPlan(t *testing.T) {
	p := &plan.Plan{}
	p.Mode, p.Base, p.Target = options.ARMLive, &estate.Estate{}, &estate.Estate{}
	f := &fixtures.Filler{Own: func(v reflect.Value, n int) bool {
		switch v.Interface().(type) {
		case cost.Amount: // it is written in cents
			v.SetInt(int64(n) * 10_000)
			return true
		case options.Volume:
			v.SetInt(int64(n)*1000 + 1)
			return true
		case diag.Ref, netcfg.Secret: // they are not written
			return true
		}
		if some, ok := someWords[v.Type()]; ok {
			v.SetString(some)
		}
		return someWords[v.Type()] != ""
	}}
	f.Fill(p.Base)
	whole := reflect.ValueOf(p).Elem()
	for i := range whole.NumField() {
		if field := whole.Type().Field(i); !notWritten.MatchString(field.Name) && !slices.Contains([]string{"Mode", "Base", "Target", "Assumptions"}, field.Name) {
			f.Fill(whole.Field(i).Addr().Interface())
		}
	}
	for _, asks := range [][]plan.Ask{p.Asks, p.PlannedAsks} {
		asks[0].A.Name, asks[0].B.Name = "a", "b" // the lesser first
	}
	p.Closed[0].A.Name, p.Closed[0].B.Name = "a", "b"
	s := &p.Steps[0]
	s.Wave, s.Needs = 1, nil
	s.Effect.Add.Assumptions = nil // they stand with the plan
	p.Windows[0].Steps = []string{s.ID}
	p.Assumptions = p.Base.Assumptions
	p.Target = plan.Apply(p.Base, p.Steps)

	var text bytes.Buffer
	if err := PlanJSON(&text, p, nil, nil); err != nil {
		t.Fatal(err)
	}
	got, err := ReadPlan(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got, sameButPlaces); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestReadPlanPlaces holds that a plan that is read names the places of its objects.
func TestReadPlanPlaces(t *testing.T) {
	text := func(s string) string { return strings.ToValidUTF8(hostile(s), "") } // JSON has nothing else
	for _, name := range []func(string) string{asIs, text} {
		made := makeSample(t, name)
		p := made.plan
		p.Asks = []plan.Ask{{Want: plan.Forbidden, A: location(p.Base.VNets[0]), B: reach.Location{Kind: reach.OnPremises, Name: name("HQ")}, Reason: name("because")}}
		p.PlannedAsks = p.Asks
		p.Traffic = []cost.Flow{{From: p.Asks[0].A, To: p.Asks[0].B, Volume: 1}}
		p.Opened = []plan.Violation{{After: name("wave 1"), Until: name("wave 2"), Rule: "PLAN-018", Text: name("open")}}
		got, err := ReadPlan(strings.NewReader(print(t, views(made)["plan.json"])))
		if err != nil {
			t.Fatal(err)
		}
		p.Base.Assumptions = p.Assumptions[1:] // the first is that of the mode
		if diff := cmp.Diff(p, got, sameButPlaces, cmpopts.IgnoreFields(plan.Plan{}, "Target")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for i := range got.Base.VNets {
			if was, is := p.Base.Pos(p.Base.VNets[i].Refs[0]), got.Base.Pos(got.Base.VNets[i].Refs[0]); was != is {
				t.Errorf("%s is at %s, want %s", got.Base.VNets[i].Name, is, was)
			}
		}
	}
}

// TestReadPlanMasks reads the prefix of a network in which a person left bits of hosts.
func TestReadPlanMasks(t *testing.T) {
	text := print(t, views(makeSample(t, asIs))["plan.json"])
	edited := strings.Replace(text, `"prefix": "10.1.0.0/16"`, `"prefix": "10.1.3.4/16"`, 1)
	p, err := ReadPlan(strings.NewReader(edited))
	if err != nil || edited == text {
		t.Fatal(err)
	}
	if got := p.Base.VNets[0].Space[0]; got.Prefix != netip.MustParsePrefix("10.1.0.0/16") || got.Raw != "10.1.3.4/16" {
		t.Errorf("%s, written %s", got.Prefix, got.Raw)
	}
}

// TestReadPlanRefuses gives plans that a person has edited wrongly.
func TestReadPlanRefuses(t *testing.T) {
	text := print(t, views(makeSample(t, asIs))["plan.json"])
	for _, c := range []struct{ from, to, want string }{
		{`"wave": 1,`, `"wave": 0,`, "steps stand in the order of waves"},
		{`"id": "S001"`, `"id": "S002"`, `the id "S002" is missing or taken`},
		{`"needs": ["S001"]`, `"needs": ["S099"]`, `needs "S099", which is no step of an earlier wave`},
		{`"minutes": [10, 30]`, `"minutes": [30, 10]`, "step S004 takes 30 to 10 minutes"},
		{`"minutes": [5, 10]`, `"minutes": [-5, 10]`, "undoing step S003 takes -5 to 10 minutes"},
		{`"minutes": [15, 45]`, `"minutes": [-1, -1]`, "window W01 takes -1 to -1 minutes"},
		{`"mode": "as-if-live"`, `"mode": "tomorrow"`, `"tomorrow" is no mode; it can be "as-if-live", "rebuild", "classic-live", "arm-live"`},
		{`"class": "pair"`, `"class": "pear"`, `"pear" is no shape of a component`},
		{`"action": "delete tunnel"`, `"action": "dig tunnel"`, `"dig tunnel" is no kind of step`},
		{`"class": "interrupting"`, `"class": "harmless"`, `"harmless" is no impact of a step; it can be "live", "brief", "interrupting"`},
		{`"what": "remove"`, `"what": "lose"`, `"lose" is no outcome`},
		{`"kind": "existing"`, `"kind": "old"`, `"old" is no kind of hub; it can be "none", "existing", "new"`},
		{`"kind": "Vpn"`, `"kind": "Vpm"`, `"Vpm" is no kind of gateway`},
		{`"known": "156.95"`, `"known": "-1"`, `costs "-1" a month and 0 unknown things, which is no amount`},
		{`netmigrate.plan/v1`, `netmigrate.plan/v9`, `format "netmigrate.plan/v9"`},
	} {
		bad := strings.Replace(text, c.from, c.to, 1)
		if bad == text {
			t.Fatalf("the sample has no %s", c.from)
		}
		if _, err := ReadPlan(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %s: %v, want %q", c.to, err, c.want)
		}
	}
}
