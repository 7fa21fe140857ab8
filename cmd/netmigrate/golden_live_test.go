package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// liveFixtures are the networks of fixtures that documents of Resource Manager describe: live listings, and
// templates.
func liveFixtures(t *testing.T) []fixture {
	t.Helper()
	var found []fixture
	for _, pattern := range []string{"live", "templates"} {
		dirs, err := filepath.Glob(filepath.Join(packageDir, "..", "..", "fixtures", pattern, "*"))
		if err != nil || len(dirs) == 0 {
			t.Fatal(dirs, err)
		}
		for _, dir := range dirs {
			found = append(found, fixture{pattern + "/" + filepath.Base(dir), dir, []string{"."}})
		}
	}
	return found
}

// TestLiveGolden compares what lint, connections, graph, reach and plan make of every network that is ARM already, and its runbook, with the
// files beside it, and what became of the classic one of its name; with -update it writes them. All
// judges look at the templates of the kit.
func TestLiveGolden(t *testing.T) {
	for _, f := range liveFixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			lint := invoke(t, f.dir, "lint", "--date", "2026-11-27", ".")
			out := []file{{"lint.txt", []byte(lint.stdout + lint.stderr)}}
			out = append(out, file{"connections.txt", []byte(f.invoke(t, "connections", "-q", "--fail-on", "never", ".").stdout)})
			out = append(out, file{"graph.svg", []byte(f.invoke(t, "graph", "-q", ".").stdout)})
			out = append(out, file{"reach.txt", []byte(f.invoke(t, "reach", "-q", ".").stdout)})
			out = append(out, file{"plan.txt", []byte(f.invoke(t, "plan", "--date", "2026-11-27", ".").stdout)})
			if was, ok := f.before(t); ok {
				became := invoke(t, f.dir, "diff", was, ".")
				out = append(out, file{"became.txt", []byte(became.stdout)})
			}
			out = append(out, file{"runbook.md", f.judgeKit(t)})
			for _, one := range out {
				f.compare(t, one)
			}
		})
	}
}

// before is the classic network that a listing came out of.
func (f fixture) before(t *testing.T) (path string, ok bool) {
	t.Helper()
	base := filepath.Base(f.dir)
	for _, name := range []string{"network.netcfg", "input"} {
		path = filepath.Join("..", "..", base, name)
		if _, err := os.Stat(filepath.Join(f.dir, path)); err == nil {
			return filepath.ToSlash(path), true
		}
	}
	return "", false
}

// judgeKit has the judges look at the templates of the kit, and gives its runbook.
func (f fixture) judgeKit(t *testing.T) []byte {
	t.Helper()
	kit := filepath.Join(t.TempDir(), "kit")
	f.invoke(t, "plan", "-q", "-o", kit, ".")
	templates, err := filepath.Glob(filepath.Join(kit, "*template.json"))
	if err != nil || len(templates) == 0 {
		t.Fatal(templates, err)
	}
	for _, path := range templates {
		template := must(os.ReadFile(path))(t)
		judge(t, filepath.Base(path), template)
		parameters := must(os.ReadFile(strings.TrimSuffix(path, "template.json") + "parameters.json"))(t)
		judgeParameters(t, filepath.Base(path), template, parameters)
	}
	return must(os.ReadFile(filepath.Join(kit, "runbook.md")))(t)
}
