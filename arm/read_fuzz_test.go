package arm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// FuzzRead: reading never panics, whatever is found stands inside the document, and so does whatever is
// read.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"../fixtures/live/*/*.json", "../fixtures/templates/*/*.json", "../fixtures/*/parameters.json"} {
		for _, src := range seeds(f, pattern) {
			if len(src) < 100_000 {
				f.Add(src)
			}
		}
	}
	for _, text := range []string{
		`{"data": {"columns": [{"name": "id"}, {"name": "properties"}], "rows": [["/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v", {}], [1]]}, "total_records": 7, "$skipToken": "x"}`,
		`{"value": [], "nextLink": "https://management.azure.com/"}`, "[]", "\xef\xbb\xbf[\r\n]", "\xff\xfe[\x00]\x00",
		`{"format": "netmigrate.listing/v1", "taken": "2026-11-20T08:30:00Z", "groups": ["g"], "subscription": {"id": "s"}, "types": ["virtualNetworks"]}`,
		`[{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/\u0061\ud83d\ude00"}]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, found := arm.Read("virtualNetworks.json", src, arm.Bounds{Values: 100_000})
		arm.Recognise(src)
		if len(src) >= 2 && (src[0] == 0xff || src[0] == 0xfe) {
			return // places are those of the text that it stands for
		}
		lines := bytes.Split(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), []byte("\n"))
		inside := func(line, col int) bool {
			return line >= 1 && line <= len(lines) && col >= 1 && col <= len(lines[line-1])+1
		}
		for _, f := range found {
			if f.Pos.Line != 0 && !inside(f.Pos.Line, f.Pos.Col) {
				t.Errorf("%v is outside of the document", f)
			}
		}
		if d == nil {
			if len(found) == 0 {
				t.Error("nothing is read, and nothing says why")
			}
			return
		}
		within := func(what string, r diag.Ref) {
			if r.IsZero() || int(r.Ordinal) > d.Leaves || !inside(int(r.Line), int(r.Col)) {
				t.Errorf("%s is at %+v, outside of the document", what, r)
			}
		}
		values(d.Root, func(v arm.Value) { within(v.Kind().String(), v.Ref()); _ = v.Text() })
		for _, it := range d.Items {
			values(it.Body, func(v arm.Value) { within("a value of "+it.Name(), v.Ref()) })
			if parsed, ok := arm.ParseResourceID(it.ID()); it.Type != "" && it.Subscription != "" && (!ok || parsed.ID() != it.ID()) {
				t.Errorf("%q is read as %q", it.ID(), parsed.ID())
			}
		}
		if d.More != "" {
			within("what is left out", d.MoreRef)
		}
	})
}

// seeds are the files of a pattern; there are some.
func seeds(f *testing.F, pattern string) [][]byte {
	f.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		f.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	var texts [][]byte
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, src)
	}
	return texts
}

// values visits a value and all below it.
func values(v arm.Value, do func(arm.Value)) {
	do(v)
	for item := range v.Items() {
		values(item, do)
	}
}
