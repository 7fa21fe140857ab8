package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/netmigrate/netmigrate/"

// layers are the packages of the module in the order of docs/design.md: a package imports packages
// of lower layers only.
var layers = map[string]int{
	"netcfg/diag":     0,
	"netcfg":          1,
	"arm":             1,
	"migrate/azure":   1,
	"migrate/options": 2, // above azure: regions and sizes are checked where they are written
	"migrate/estate":  3,
	"migrate/reach":   4,
	"migrate/cost":    5,
	"migrate/plan":    6,
	"migrate/risk":    7,
	"migrate/deploy":  7,
	"migrate/report":  8,
	"cmd/netmigrate":  9,
}

// formats are the packages of documents as written, and who may know them.
var formats = map[string][]string{
	"netcfg": {"migrate/estate", "migrate/deploy", "cmd/netmigrate"},
	"arm":    {"migrate/estate", "migrate/deploy", "migrate/report", "cmd/netmigrate"},
}

// testSupport are the packages that only tests import.
var testSupport = []string{"arm/armtest", "fixtures", "fixtures/listing"}

// doors are the libraries, by module, and the packages that may import them.
var doors = map[string][]string{
	"github.com/antchfx/xmlquery": {"netcfg"},
	"github.com/urfave/cli/v2":    {"cmd/netmigrate"},
	"golang.org/x/term":           {"cmd/netmigrate"},
	"golang.org/x/sys":            {"cmd/netmigrate"},
	"github.com/goccy/go-yaml":    {"migrate/options"},
	"github.com/sergi/go-diff":    {"migrate/report"},
	// Tokens with their places, and duplicate names refused; encoding/json gives neither.
	"github.com/go-json-experiment/json": {"arm"},
	"github.com/jedib0t/go-pretty":       {"migrate/report"},
	"github.com/invopop/jsonschema":      {"migrate/report"},
	"github.com/gaissmai/bart":           {"migrate/estate", "migrate/reach", "migrate/plan", "migrate/risk"},
	"go4.org/netipx":                     {"migrate/estate", "migrate/reach", "migrate/plan", "migrate/risk"},
	"golang.org/x/text":                  {"migrate/azure", "arm"}, // names there, UTF-16 as PowerShell writes it here
	"github.com/google/go-cmp":           nil,
	"github.com/owenrumney/go-sarif":     nil,
}

// worldly are the packages that reach files, clock, environment, network, flags or chance.
var worldly = []string{
	"os", "os/exec", "os/signal", "os/user", "io/ioutil", "syscall", "flag", "log", "log/slog",
	"net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "runtime/debug",
}

// clock are the functions of package time that read the clock or wait for it.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep"}

// source is one parsed Go file of the module.
type source struct {
	path, dir string // from the root, with slashes
	test      bool
	ast       *ast.File
}

func moduleSources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var found []source
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if p != root && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		found = append(found, source{rel, path.Dir(rel), strings.HasSuffix(p, "_test.go"), file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < len(layers) {
		t.Fatalf("only %d Go files found below the root", len(found))
	}
	return found
}

func (s source) imports() []string {
	var paths []string
	for _, i := range s.ast.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			panic(err) // the parser has accepted it
		}
		paths = append(paths, p)
	}
	return paths
}

// faults are what the imports and calls of a production file have against the design.
func (s source) faults() []string {
	layer, known := layers[s.dir]
	if !known {
		return []string{"package " + s.dir + " has no place in the layers"}
	}
	var faults []string
	for _, p := range s.imports() {
		if own, ours := strings.CutPrefix(p, module); ours {
			faults = append(faults, ownFault(s.dir, own, layer)...)
		} else if fault := libraryFault(s.dir, p); fault != "" {
			faults = append(faults, fault)
		}
	}
	if s.dir != "cmd/netmigrate" {
		faults = append(faults, s.clockFaults()...)
	}
	return faults
}

func ownFault(from, to string, layer int) []string {
	below, known := layers[to]
	switch {
	case slices.Contains(testSupport, to):
		return []string{from + " imports " + to + ", which is for tests"}
	case !known || below >= layer:
		return []string{from + " imports " + to + ", which is not below it"}
	}
	if who, restricted := formats[to]; restricted && !slices.Contains(who, from) {
		return []string{from + " imports " + to + ": formats are known to " + strings.Join(who, ", ") + " only"}
	}
	return nil
}

func libraryFault(from, p string) string {
	first, _, _ := strings.Cut(p, "/")
	if !strings.Contains(first, ".") {
		if from != "cmd/netmigrate" && slices.Contains(worldly, p) {
			return from + " imports " + p + ": files, clock, environment and flags are for cmd"
		}
		return ""
	}
	for library, who := range doors {
		if p == library || strings.HasPrefix(p, library+"/") {
			if slices.Contains(who, from) {
				return ""
			}
			return from + " imports " + p + ", whose door is " + strings.Join(append(who, "tests"), ", ")
		}
	}
	return from + " imports " + p + ", which has no door yet"
}

func (s source) clockFaults() []string {
	var faults []string
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
				faults = append(faults, s.dir+" uses time."+sel.Sel.Name+": the clock is for cmd")
			}
		}
		return true
	})
	return faults
}

// TestImportDirection keeps the layers of docs/design.md: imports run one way, a library has one
// door, and only this package knows files, clock, environment and flags.
func TestImportDirection(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range moduleSources(t) {
		seen[s.dir] = true
		if s.test || slices.Contains(testSupport, s.dir) {
			continue
		}
		for _, fault := range s.faults() {
			t.Errorf("%s: %s", s.path, fault)
		}
	}
	for _, dir := range testSupport {
		if !seen[dir] {
			t.Errorf("%s holds no Go file", dir)
		}
	}
}

// TestImportFaults shows that the rules bite.
func TestImportFaults(t *testing.T) {
	for _, c := range []struct{ dir, src, want string }{
		{"netcfg", `import "github.com/netmigrate/netmigrate/arm"`, "not below"},
		{"migrate/reach", `import "github.com/netmigrate/netmigrate/migrate/plan"`, "not below"},
		{"migrate/plan", `import "github.com/netmigrate/netmigrate/netcfg"`, "formats"},
		{"migrate/risk", `import "github.com/netmigrate/netmigrate/arm"`, "formats"},
		{"migrate/report", `import "github.com/netmigrate/netmigrate/arm/armtest"`, "for tests"},
		{"migrate/estate", `import "github.com/antchfx/xmlquery"`, "door"},
		{"migrate/plan", `import "github.com/google/go-cmp/cmp"`, "door"},
		{"migrate/plan", `import "example.org/unheard"`, "no door"},
		{"migrate/plan", `import "os"`, "for cmd"},
		{"migrate/plan", "import \"time\"\nvar t = time.Now()", "clock"},
		{"migrate/new", ``, "no place"},
		{"migrate/plan", `import "github.com/netmigrate/netmigrate/migrate/estate"`, ""},
		{"cmd/netmigrate", "import \"os\"\nimport \"github.com/urfave/cli/v2\"", ""},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+c.src, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(source{dir: c.dir, ast: file}.faults(), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s with %q: %q, want %q in it", c.dir, c.src, got, c.want)
		}
	}
}

// TestTopLevel keeps the root to what docs/design.md lists.
func TestTopLevel(t *testing.T) {
	folders := []string{"arm", "cmd", "docs", "fixtures", "migrate", "netcfg"}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, e.Name())
		}
	}
	if !slices.Equal(found, folders) {
		t.Errorf("folders at the root are %v, want %v", found, folders)
	}
	for _, name := range []string{"go.mod", "go.sum", "README.md", "LICENSE", "CHANGELOG.md"} {
		if _, err := os.Stat(filepath.Join("..", "..", name)); err != nil {
			t.Errorf("the root lacks %s", name)
		}
	}
}
