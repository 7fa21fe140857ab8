package armtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// samples says which judges complain about each hand-written sample, and with which words.
var samples = map[string]struct {
	judges []string
	about  string // stands in a complaint of each of them
}{
	"good.json":               {nil, ""},
	"bad-wrongprop.json":      {[]string{"bicep", "schema", "sdk"}, "allowGatewayTransits"},
	"bad-enum.json":           {[]string{"bicep", "schema", "sdk"}, "RouteBased"},
	"bad-required.json":       {[]string{"bicep", "schema"}, "connectionType"},
	"bad-apiversion.json":     {[]string{"bicep", "schema", "sdk"}, "2025-99-01"},
	"bad-type.json":           {[]string{"bicep", "resolve", "schema", "sdk"}, "etwork"},
	"bad-dependson.json":      {[]string{"resolve"}, "hub-gw-pipp"},
	"bad-badexpr.json":        {[]string{"resolve"}, "hits no resource"},
	"bad-all.json":            {[]string{"bicep", "resolve", "schema", "sdk"}, "resources["},
	"language-version-2.json": {[]string{"resolve", "schema"}, ""},
	// Its references are placeholders, so the resolver alone objects: see TestEveryType.
	"every-type.json": {[]string{"resolve"}, ""},
	// A nested template declares a key and never uses it.
	"subscription-scope.json": {[]string{"resolve"}, "sharedKey: parameter: declared and never used"},
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := sharedDir("schemas/samples")
	if err != nil {
		t.Skipf("no samples to judge: %s", err)
	}
	src, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestSamples(t *testing.T) {
	for _, name := range sortedKeys(samples) {
		t.Run(name, func(t *testing.T) {
			complaints, skipped := Verdict(sample(t, name))
			if len(skipped) > 0 {
				t.Fatalf("judges were silent beside their samples: %s", skipped)
			}
			want := samples[name]
			if diff := cmp.Diff(want.judges, speakers(complaints, "")); diff != "" {
				t.Errorf("judges that complain (-want +got):\n%s\n%s", diff, strings.Join(complaints, "\n"))
			}
			if diff := cmp.Diff(want.judges, speakers(complaints, want.about)); diff != "" {
				t.Errorf("judges that complain about %q (-want +got):\n%s\n%s", want.about, diff, strings.Join(complaints, "\n"))
			}
		})
	}
}

// TestEveryType: each complaint about the sample with every type is about its placeholder ids and
// its missing dependsOn.
func TestEveryType(t *testing.T) {
	complaints, _ := Verdict(sample(t, "every-type.json"))
	for _, complaint := range complaints {
		if !strings.Contains(complaint, "is not a resource id") && !strings.Contains(complaint, "without depending on it") && !strings.Contains(complaint, "neither waits") {
			t.Error(complaint)
		}
	}
}

func TestSampleParameters(t *testing.T) {
	complaints, _ := ParametersVerdict(sample(t, "good.json"), sample(t, "parameters-keyvault.json"))
	if len(complaints) > 0 {
		t.Error(strings.Join(complaints, "\n"))
	}
}

// speakers are the judges with a complaint that has the words in it, sorted.
func speakers(complaints []string, about string) []string {
	var judges []string
	for _, complaint := range complaints {
		judge, text, _ := strings.Cut(complaint, ": ")
		if strings.Contains(text, about) && !slices.Contains(judges, judge) {
			judges = append(judges, judge)
		}
	}
	slices.Sort(judges)
	return judges
}
