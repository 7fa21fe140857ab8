package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmespath/go-jmespath"
	"github.com/rogpeppe/go-internal/testscript"
)

// What azStandIn reads and writes in the folder that it is called in.
const (
	azAnswers = "azure.json" // from what is asked to the answer
	azCalls   = "calls.txt"  // a line for each call
)

// azStandIn stands in for az where the scripts of collect are run. It answers from a file and knows the
// calls that read; whatever else it is asked fails. An answer {"fails": N} fails N times, and then is
// that of "then".
func azStandIn() {
	text, err := azAnswer(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(1)
	}
	os.Stdout.WriteString(text)
}

// azFlag is a flag of az with its value, in one word or two.
var azFlag = regexp.MustCompile(`(?s)^--([a-z]+)=(.*)$`)

func azAnswer(args []string) (string, error) {
	var verbs []string
	flags := map[string]string{}
	for i := 0; i < len(args); i++ {
		if m := azFlag.FindStringSubmatch(args[i]); m != nil {
			flags[m[1]] = m[2]
		} else if name, ok := strings.CutPrefix(args[i], "--"); ok && i+1 < len(args) {
			i++
			flags[name] = args[i]
		} else {
			verbs = append(verbs, args[i])
		}
	}
	asked := strings.Join(verbs, " ")
	switch asked {
	case "rest":
		if flags["method"] != "get" {
			return "", fmt.Errorf("az rest by method %q is not for reading", flags["method"])
		}
		u, err := url.Parse(flags["url"])
		if err != nil {
			return "", err
		}
		if u.Query().Get("api-version") == "" {
			return "", fmt.Errorf("the URL %s lacks an api-version", u)
		}
		asked = "GET " + u.Path
		for _, more := range []string{"$filter", "$skiptoken"} {
			if v := u.Query().Get(more); v != "" {
				asked += " " + v
			}
		}
	case "account show":
		asked += " " + flags["subscription"]
	case "account list":
	default:
		return "", fmt.Errorf("az %s is not for reading", asked)
	}
	before, err := azNote(asked)
	if err != nil {
		return "", err
	}
	return azSaid(asked, before, flags["query"])
}

// azNote notes a call, and counts the ones before it that were like it.
func azNote(asked string) (int, error) {
	calls, _ := os.ReadFile(azCalls)
	f, err := os.OpenFile(azCalls, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	before := 0
	for line := range strings.Lines(string(calls)) {
		if line == asked+"\n" {
			before++
		}
	}
	_, err = fmt.Fprintln(f, asked)
	return before, err
}

// azSaid is what a query makes of an answer, in the way of --output tsv. A list that the file has no
// answer for is empty.
func azSaid(asked string, before int, query string) (string, error) {
	text, err := os.ReadFile(azAnswers)
	if err != nil {
		return "", err
	}
	var answers map[string]any
	if err := json.Unmarshal(text, &answers); err != nil {
		return "", err
	}
	answer, known := answers[asked]
	if !known && strings.HasPrefix(asked, "GET ") {
		answer = map[string]any{"value": []any{}, "registrationState": "Registered"}
	}
	if failing, ok := answer.(map[string]any); ok && failing["fails"] != nil {
		if float64(before) < failing["fails"].(float64) {
			return "", fmt.Errorf("%s: AuthorizationFailed", asked)
		}
		answer = failing["then"]
	}
	if answer == nil {
		return "", fmt.Errorf("%s is not known", asked)
	}
	result, err := jmespath.Search(query, answer)
	if err != nil {
		return "", err
	}
	lines, isList := result.([]any)
	if !isList {
		lines = []any{result}
	}
	var b strings.Builder
	for _, l := range lines {
		switch l.(type) {
		case string:
			fmt.Fprintln(&b, l)
		default:
			return "", fmt.Errorf("the query %s gives no texts", query)
		}
	}
	return b.String(), nil
}

// The blocks of JSON on the page about listings: the role, and a sample of listing.json.
var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// TestCollectPage holds the page to the script: the role has the action of each type that is listed, and
// the sample is what the schema wants.
func TestCollectPage(t *testing.T) {
	blocks := jsonBlock.FindAllStringSubmatch(readPage(t, "docs/collect.md"), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of JSON, want 2", len(blocks))
	}
	var role struct{ Actions []string }
	if err := json.Unmarshal([]byte(blocks[0][1]), &role); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`'(\["virtualNetworks".*\])'`).FindStringSubmatch(invoke(t, t.TempDir(), "collect").stdout)
	if found == nil {
		t.Fatal("the script names no types")
	}
	var types []string
	if err := json.Unmarshal([]byte(found[1]), &types); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, typ := range types {
		want = append(want, "Microsoft.Network/"+typ+"/read")
	}
	for _, scope := range []string{"", "providers/", "resources/", "resourceGroups/"} {
		want = append(want, "Microsoft.Resources/subscriptions/"+scope+"read")
	}
	if diff := cmp.Diff(want, role.Actions); diff != "" {
		t.Errorf("actions of the role (-want +got)\n%s", diff)
	}
	if err := valid("listing", []byte(blocks[1][1])); err != nil {
		t.Error(err)
	}
}

// scriptListing wants a listing.json as its schema says: listing FILE.
func scriptListing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listing FILE")
	}
	ts.Check(valid("listing", []byte(ts.ReadFile(args[0]))))
}
