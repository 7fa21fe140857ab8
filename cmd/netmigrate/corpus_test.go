package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// corpus lists the real documents outside of the repository, in ../shared/corpus seen from its root.
func corpus(t *testing.T) []string {
	t.Helper()
	root := shared("corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skip("../shared/corpus is absent; it holds real documents that are not part of the repository")
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("../shared/corpus holds no documents (%v)", err)
	}
	return files
}

var errorFinding = regexp.MustCompile(`(?m)^[^\t\n].*: error [A-Z0-9]+-\d{3}: `)

// TestCorpus runs every command over every real document: it ends with a documented exit code, a
// template satisfies all judges, and a document that cannot be read has an error that says why.
func TestCorpus(t *testing.T) {
	var table []string
	for _, path := range corpus(t) {
		group, name := filepath.Base(filepath.Dir(path)), filepath.Base(path)
		t.Run(group+"/"+name, func(t *testing.T) {
			dir := filepath.Dir(path)
			lint, convert, plan := invoke(t, dir, "lint", name), invoke(t, dir, "convert", name), invoke(t, dir, "plan", name)
			for command, o := range map[string]outcome{"lint": lint, "convert": convert, "plan": plan} {
				o.check(t, command)
			}
			if convert.code != exitNot {
				judge(t, name, []byte(convert.stdout))
			} else if lint.code != exitNot {
				t.Error("convert refuses what lint accepts")
			}
			if plan.code != exitNot {
				judgeKit(t, dir, name)
			}
			first, _, _ := strings.Cut(lint.stdout, "\n")
			table = append(table, fmt.Sprintf("%-28.28s %-8s lint %d convert %d plan %d  %.100s", name, group, lint.code, convert.code, plan.code, first))
		})
	}
	t.Logf("%d documents\n%s", len(table), strings.Join(table, "\n"))
}

// check is what holds for every run.
func (o outcome) check(t *testing.T, command string) {
	t.Helper()
	if !slices.Contains([]int{exitDone, exitFindings, exitNot}, o.code) || strings.Contains(o.stderr, "internal error") {
		t.Fatalf("%s: exit code %d\n%s", command, o.code, o.stderr)
	}
	if o.code != exitNot {
		return
	}
	findings := o.stderr
	if command == "lint" {
		findings = o.stdout
	} else if o.stdout != "" {
		t.Errorf("%s: exit code 2 with a product", command)
	}
	if command == "plan" && strings.Contains(findings, program+": there is no plan") {
		return // the document is sound, but there is nothing in it to plan
	}
	if !errorFinding.MatchString(findings) {
		t.Errorf("%s: exit code 2 and no error:\n%s", command, findings)
	}
}

// judgeKit has the template judged that a plan adds.
func judgeKit(t *testing.T, dir, name string) {
	t.Helper()
	kit := filepath.Join(t.TempDir(), "kit")
	if o := invoke(t, dir, "plan", "-q", "-o", kit, name); o.code == exitNot {
		t.Fatalf("plan -o: exit code 2\n%s", o.stderr)
	}
	judge(t, name+" (plan)", must(os.ReadFile(filepath.Join(kit, "template.json")))(t))
}

// TestLedger finds exactly one fate for every leaf of every network, of fixtures and of the real
// ones.
func TestLedger(t *testing.T) {
	var paths []string
	for _, f := range allFixtures(t) {
		for _, name := range f.inputs {
			paths = append(paths, filepath.Join(f.dir, name))
		}
	}
	t.Run("fixtures", func(t *testing.T) { ledger(t, paths) })
	t.Run("corpus", func(t *testing.T) { ledger(t, corpus(t)) })
}

func ledger(t *testing.T, paths []string) {
	leaves := 0
	for _, path := range paths {
		f, _, err := netcfg.Parse(filepath.Base(path), must(os.ReadFile(path))(t))
		if err != nil {
			continue
		}
		leaves += f.Leaves
		classic, fates, _ := estate.FromNetcfg(f)
		_, more, _ := deploy.Convert(classic, deploy.Options{})
		fates = append(fates, more...)
		kinds := make([]diag.FateKind, f.Leaves+1)
		for _, one := range diag.MergeFates(fates) {
			switch n := one.Ref.Ordinal; {
			case n < 1 || int(n) > f.Leaves:
				t.Errorf("%s: a fate for leaf %d, of %d", f.Name, n, f.Leaves)
			case kinds[n] != 0:
				t.Errorf("%s:%d:%d: leaf %d has two fates", f.Name, one.Ref.Line, one.Ref.Col, n)
			default:
				kinds[n] = one.Kind
			}
		}
		for n, kind := range kinds[1:] {
			if kind == 0 {
				t.Errorf("%s: leaf %d of %d has no fate", f.Name, n+1, f.Leaves)
			}
		}
	}
	if leaves == 0 {
		t.Error("no document with leaves")
	}
	t.Logf("%d leaves in %d documents", leaves, len(paths))
}
