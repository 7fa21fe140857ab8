package deploy

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"
	"github.com/google/go-cmp/cmp"
	"github.com/jmespath/go-jmespath"
)

// answers are the official SDK's types for what the service answers, by the type that is listed.
var answers = map[string]any{
	"virtualNetworks":                             &sdk.VirtualNetwork{},
	"virtualNetworkGateways":                      &sdk.VirtualNetworkGateway{},
	"localNetworkGateways":                        &sdk.LocalNetworkGateway{},
	"connections":                                 &sdk.VirtualNetworkGatewayConnection{},
	"publicIPAddresses":                           &sdk.PublicIPAddress{},
	"routeTables":                                 &sdk.RouteTable{},
	"networkSecurityGroups":                       &sdk.SecurityGroup{},
	"networkInterfaces":                           &sdk.Interface{},
	"loadBalancers":                               &sdk.LoadBalancer{},
	"expressRouteCircuits":                        &sdk.ExpressRouteCircuit{},
	"virtualHubs":                                 &sdk.VirtualHub{},
	"virtualHubs/ipConfigurations":                &sdk.HubIPConfiguration{},
	"virtualHubs/bgpConnections":                  &sdk.BgpConnection{},
	"azureFirewalls":                              &sdk.AzureFirewall{},
	"natGateways":                                 &sdk.NatGateway{},
	"networkManagers":                             &sdk.Manager{},
	"networkManagers/networkGroups":               &sdk.Group{},
	"networkManagers/networkGroups/staticMembers": &sdk.StaticMember{},
	"networkManagers/connectivityConfigurations":  &sdk.ConnectivityConfiguration{},
}

// secretMember matches the members that hold a key, or what stands for one.
var secretMember = regexp.MustCompile(`(?i)key|secret|password|credential|token|authorizations`)

// secretValue is what such a member holds in the answers of this test.
const secretValue = "nobody may read this"

// fullAnswer is an answer in which every member that the SDK knows has a value, and every secret one a
// secret. A type does not stand inside of itself.
func fullAnswer(t *testing.T, typ string) map[string]any {
	t.Helper()
	value := reflect.New(reflect.TypeOf(answers[typ]).Elem())
	fill(value.Elem(), "", nil)
	text, err := json.Marshal(value.Interface())
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func fill(v reflect.Value, name string, above []reflect.Type) {
	switch v.Kind() {
	case reflect.Pointer:
		if slices.Contains(above, v.Type().Elem()) {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name, above)
	case reflect.Slice:
		one := reflect.New(v.Type().Elem()).Elem()
		fill(one, name, above)
		if !one.IsZero() {
			v.Set(reflect.Append(v, one))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name, append(above[:len(above):len(above)], v.Type()))
		}
	case reflect.String:
		v.SetString("said")
		if secretMember.MatchString(name) {
			v.SetString(secretValue)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Float32:
		v.SetFloat(7)
	}
}

// TestListingsAreOfTheService holds what is kept to the official SDK: each member exists, a member that
// is kept whole is a plain value, and none is a secret.
func TestListingsAreOfTheService(t *testing.T) {
	if len(listings) != len(answers) {
		t.Errorf("%d types are listed and %d are known here", len(listings), len(answers))
	}
	for _, l := range listings {
		answer := fullAnswer(t, l.typ)
		secretive := slices.Contains([]string{"virtualNetworkGateways", "connections", "expressRouteCircuits"}, l.typ)
		if text, _ := json.Marshal(answer); secretive && !bytes.Contains(text, []byte(secretValue)) {
			t.Errorf("%s: the answer has no secret to drop", l.typ)
		}
		holds(t, l.typ, answer, l.keep.parse())
	}
}

func holds(t *testing.T, path string, object map[string]any, all []member) {
	for _, m := range all {
		at := path + "." + m.name
		value, known := object[m.name]
		if secretMember.MatchString(m.name) {
			t.Errorf("%s is kept, and may be a secret", at)
		}
		if !known {
			t.Errorf("%s: the service has no such member", at)
			continue
		}
		list, isList := value.([]any)
		if m.within == nil {
			if isList {
				value = list[0]
			}
			if _, isObject := value.(map[string]any); isObject {
				t.Errorf("%s is kept whole, and has members of its own", at)
			}
			continue
		}
		if isList != m.list {
			t.Errorf("%s: is it a list of objects? %v, and kept as %v", at, isList, m.list)
			continue
		}
		if isList {
			value = list[0]
		}
		holds(t, at, value.(map[string]any), m.within)
	}
}

// TestQueriesKeep runs the queries: they keep what the members name, and no secret.
func TestQueriesKeep(t *testing.T) {
	for _, l := range listings {
		answer := fullAnswer(t, l.typ)
		got, err := jmespath.Search("value[*]."+l.keep.query(), map[string]any{"value": []any{answer}})
		if err != nil {
			t.Errorf("%s: %v", l.typ, err)
			continue
		}
		if diff := cmp.Diff([]any{kept(answer, l.keep.parse())}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", l.typ, diff)
		}
		if text, _ := json.Marshal(got); bytes.Contains(text, []byte(secretValue)) {
			t.Errorf("%s: a secret is kept:\n%s", l.typ, text)
		}
		// An answer may lack anything.
		if got, err := jmespath.Search(l.keep.query(), map[string]any{"id": "x"}); err != nil || got.(map[string]any)["id"] != "x" {
			t.Errorf("%s: of an answer with an id alone: %v, %v", l.typ, got, err)
		}
	}
}

func kept(object map[string]any, all []member) map[string]any {
	out := map[string]any{}
	for _, m := range all {
		value := object[m.name]
		switch {
		case m.list:
			var items []any
			for _, item := range value.([]any) {
				items = append(items, kept(item.(map[string]any), m.within))
			}
			out[m.name] = items
		case m.within != nil:
			out[m.name] = kept(value.(map[string]any), m.within)
		default:
			out[m.name] = value
		}
	}
	return out
}

func TestMembers(t *testing.T) {
	for _, c := range []struct{ in, query, table string }{
		{"id", "{id:id}", "@{id=1}"},
		{"id a{b c}", "{id:id,a:a.{b:b,c:c}}", "@{id=1;a=@{b=1;c=1}}"},
		{"a[b{c}] d", "{a:a[*].{b:b.{c:c}},d:d}", "@{a=@{b=@{c=1}};d=1}"},
	} {
		if got := members(c.in).query(); got != c.query {
			t.Errorf("%q: query %s, want %s", c.in, got, c.query)
		}
		if got := members(c.in).table(); got != c.table {
			t.Errorf("%q: table %s, want %s", c.in, got, c.table)
		}
	}
	for _, bad := range []string{"a{b", "a]b", "{a}", "a{b]}"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is taken", bad)
				}
			}()
			members(bad).parse()
		}()
	}
}

// hostile are names that would do something if they were not taken as they are.
var hostile = []string{
	"plain", "with space", "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", `"; touch pwned; "`, "a\nb", "a\n'\ntouch pwned\n'",
	"-rf", "--help", "*", "~", "$HOME", "!!", `\`, `\'`, "a,b", "{{.Folder}}", "’; New-Item pwned; ‘", "%s%n", "&& touch pwned", "#",
}

// TestCollectTakesNamesAsTheyAre runs the script of bash with an az that only notes how it was called.
func TestCollectTakesNamesAsTheyAre(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS == "windows" { // bash may be that of another system there
		t.Skip("bash is not here")
	}
	bin := t.TempDir()
	fake := "#!/bin/sh\nprintf '%s\\0' \"$@\" >>\"$CALLS\"\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "az"), []byte(fake), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range hostile {
		calls := filepath.Join(t.TempDir(), "calls")
		dir := t.TempDir()
		cmd := exec.Command(bash, "-s")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "CALLS="+calls)
		cmd.Stdin = strings.NewReader(collectScript(t, Collection{Subscriptions: []string{name}, Folder: "listing", Tool: name}, Bash))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "sees no subscription "+name) {
			t.Errorf("%q: %v\n%s", name, err, out)
		}
		want := strings.Join([]string{"account", "show", "--subscription=" + name, "--query", "id", "--output", "tsv", ""}, "\x00")
		if got, _ := os.ReadFile(calls); string(got) != want {
			t.Errorf("%q: az is called with %q", name, got)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%q: the script left %s", name, left[0].Name())
		}
	}
}

// TestCollectIsWellFormed asks the shells whether they could run the scripts.
func TestCollectIsWellFormed(t *testing.T) {
	for shell, check := range map[Shell][]string{
		Bash:       {"bash", "-n", "-s"},
		PowerShell: {"pwsh", "-NoProfile", "-NonInteractive", "-Command", "[void][scriptblock]::Create([Console]::In.ReadToEnd())"},
	} {
		t.Run(string(shell), func(t *testing.T) {
			if _, err := exec.LookPath(check[0]); err != nil {
				t.Skipf("%s is not here", check[0])
			}
			for _, c := range []Collection{
				{Folder: "listing"},
				{Folder: "-n", Subscriptions: hostile, Groups: hostile, Tool: "x"},
			} {
				cmd := exec.Command(check[0], check[1:]...)
				cmd.Stdin = strings.NewReader(collectScript(t, c, shell))
				if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
					t.Errorf("%v\n%s", err, out)
				}
			}
		})
	}
}

// TestQuotePowerShell: a typographic quote ends a text of PowerShell as a straight one does.
func TestQuotePowerShell(t *testing.T) {
	for in, want := range map[string]string{
		"a":           "'a'",
		"a'b":         "'a''b'",
		"‘a’ ‚b‛":     "'‘‘a’’ ‚‚b‛‛'",
		"$(x) `n \"y": "'$(x) `n \"y'",
	} {
		if got := quotePowerShell(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func collectScript(t *testing.T, c Collection, shell Shell) string {
	t.Helper()
	var b bytes.Buffer
	if err := Collect(&b, c, shell); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCollectKnowsTwoShells(t *testing.T) {
	if err := Collect(&bytes.Buffer{}, Collection{Folder: "x"}, "fish"); err == nil {
		t.Error("a script is written for a shell that is not known")
	}
}
