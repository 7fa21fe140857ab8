package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// troubled is where a network stands in the plan of the sample in which S002 has run and S003 is half done, the
// peering is not in sync, and somebody has changed a VNet and cut on-premises off.
func troubled(t testing.TB, name func(string) string) *Verification {
	t.Helper()
	p := makeSample(t, name).plan
	e := plan.Apply(p.Base, p.Steps[:2])
	live := *e
	live.VNets, live.Peerings = slices.Clone(e.VNets), slices.Clone(e.Peerings)
	live.VNets[2].Space = pfx("10.2.0.0/16", "10.9.0.0/16")
	live.VNets[2].Encryption = true
	live.Peerings[0].Sync = estate.Fact{Value: "RemoteNotInSync", Raw: "RemoteNotInSync"}
	live.Connections = e.Connections[2:]
	return NewVerification(name("kit/plan.json"), []string{name("live")}, p, &live, plan.Locate(p, &live))
}

// atWork is a network in the open window of the plan of the sample.
func atWork(t testing.TB, name func(string) string) *Verification {
	t.Helper()
	p := makeSample(t, name).plan
	live := plan.Apply(p.Base, p.Steps[:4])
	return NewVerification(name("kit/plan.json"), []string{name("live")}, p, live, plan.Locate(p, live))
}

func verifyViews(t testing.TB, name func(string) string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for file, v := range map[string]*Verification{"verify": troubled(t, name), "verify-window": atWork(t, name)} {
		for end, format := range map[string]Format{"txt": Text, "md": Markdown, "json": JSON} {
			out[file+"."+end] = print(t, func(w io.Writer) error { return v.Write(w, format, Style{}) })
		}
	}
	return out
}

func verifySchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireVerify{}, "netmigrate verify", "What netmigrate verify prints as JSON, format "+VerifyFormat+".")
}

func TestVerifySchema(t *testing.T) {
	golden(t, "../../docs/verify.schema.json", string(verifySchema(t)))
}

func TestVerify(t *testing.T) {
	schema := compiled(t, verifySchema(t))
	for file, got := range verifyViews(t, asIs) {
		golden(t, "testdata/"+file, got)
		if strings.HasSuffix(file, ".json") {
			wantSchema(t, schema, got)
		}
	}
	for file, got := range verifyViews(t, hostile) {
		switch {
		case strings.HasSuffix(file, ".json"):
			wantSchema(t, schema, got)
		case strings.HasSuffix(file, ".txt"):
			if plain := diag.Plain(strings.ReplaceAll(got, "\n", "")); plain != strings.ReplaceAll(got, "\n", "") {
				t.Errorf("%s: a control character gets through:\n%s", file, plain)
			}
		default:
			wantTame(t, file, got)
		}
	}
	if err := atWork(t, asIs).Write(&bytes.Buffer{}, CSV, Style{}); !errors.Is(err, ErrFormat) {
		t.Errorf("an unknown format gives %v", err)
	}
}

// TestStateAfter holds that the network right after a step is told in every format.
func TestStateAfter(t *testing.T) {
	schema := compiled(t, verifySchema(t))
	for _, name := range []func(string) string{asIs, hostile} {
		p := makeSample(t, name).plan
		e, standing, err := plan.StandingAfter(p, "S003")
		if err != nil {
			t.Fatal(err)
		}
		var text, wire bytes.Buffer
		if err := errors.Join(StateAfter(&text, "S003", p, e, standing, Text, Style{}), StateAfter(&wire, "S003", p, e, standing, JSON, Style{})); err != nil {
			t.Fatal(err)
		}
		wantSchema(t, schema, wire.String())
		var got WireVerify
		if err := json.Unmarshal(wire.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if n := got.Network; n == nil || len(n.VNets) != 3 || len(n.Peerings) != 2 || len(n.Connections) != 1 {
			t.Errorf("the network is %+v", n)
		}
		if !strings.Contains(text.String(), "What is there then") {
			t.Error(text.String())
		}
	}
}

// wantTame wants nothing of a text of Markdown to act.
func wantTame(t *testing.T, file, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		left := acting(line)
		for _, act := range []string{"<", "](", "://", "www.", "@team", "#1", "&lt;", "_u_", "an open code span"} {
			if strings.Contains(left, act) {
				t.Errorf("%s:%d: %q can act in %q", file, i+1, act, line)
			}
		}
	}
}

// TestNetworkDiffHoldsNames holds that names of two networks cannot act in what is printed of their difference.
func TestNetworkDiffHoldsNames(t *testing.T) {
	all := reachViews(t, hostile)
	wantTame(t, "network-diff.md", all["network-diff.md"])
	if got := strings.ReplaceAll(all["network-diff.txt"], "\n", ""); diag.Plain(got) != got {
		t.Errorf("a control character gets through:\n%s", diag.Plain(got))
	}
}

// TestVerifyFindings shows the rules that look at where a network stands in a plan.
func TestVerifyFindings(t *testing.T) {
	rules := func(v *Verification) string {
		var ids []string
		for _, f := range v.Findings() {
			ids = append(ids, f.Rule)
		}
		slices.Sort(ids)
		return strings.Join(slices.Compact(ids), " ")
	}
	for want, v := range map[string]*Verification{
		"PLAN-008 PLAN-009 PLAN-010 PLAN-011 PLAN-012": troubled(t, asIs),
		"": atWork(t, asIs),
	} {
		if got := rules(v); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
