package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// corpus lists the real documents outside of the repository, in ../shared/corpus seen from its root.
// folder and name are patterns.
func corpus(t *testing.T, folder, name string) []string {
	t.Helper()
	root := shared("corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skip("../shared/corpus is absent; it holds real documents that are not part of the repository")
	}
	files, err := filepath.Glob(filepath.Join(root, folder, name))
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
	for _, path := range corpus(t, "*", "*") {
		group, name := filepath.Base(filepath.Dir(path)), filepath.Base(path)
		t.Run(group+"/"+name, func(t *testing.T) {
			dir := filepath.Dir(path)
			lint, convert, plan := invoke(t, dir, "lint", name), invoke(t, dir, "convert", name), invoke(t, dir, "plan", name)
			reach, diff := invoke(t, dir, "reach", name), invoke(t, dir, "diff", "--reach", name, name)
			for command, o := range map[string]outcome{"lint": lint, "convert": convert, "plan": plan, "reach": reach, "diff": diff} {
				o.check(t, command)
			}
			if (reach.code == exitNot) != (lint.code == exitNot) || (diff.code == exitNot) != (lint.code == exitNot) {
				t.Errorf("lint ends with %d, reach with %d, diff with %d", lint.code, reach.code, diff.code)
			}
			if diff.code != exitNot && !strings.Contains(diff.stdout, "\nNothing is lost, and nothing is newly open.\n") {
				t.Errorf("a network differs from itself:\n%s", diff.stdout)
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

// TestLedger finds a fate for every leaf of every network, of fixtures and of the real ones, and no
// leaf that is not in the document.
func TestLedger(t *testing.T) {
	t.Run("fixtures", func(t *testing.T) {
		for _, f := range allFixtures(t) {
			ledger(t, f.documents(t))
		}
	})
	t.Run("corpus", func(t *testing.T) {
		for _, path := range corpus(t, "*", "*") {
			ledger(t, []document{{name: filepath.Base(path), src: must(os.ReadFile(path))(t)}})
		}
	})
	t.Run("corpus as one archive", func(t *testing.T) { ledger(t, archive(t)) })
}

// archive is a network configuration of the corpus with every recorded answer at the path of its URL.
// The answers are of many networks and days, so most contradict each other or are nobody's.
func archive(t *testing.T) []document {
	t.Helper()
	docs := []document{{name: "archive/network.netcfg", src: must(os.ReadFile(corpus(t, "netcfg", "056-*")[0]))(t)}}
	url := regexp.MustCompile(`\(GET ResponseBody, /([^)?]*)`)
	index := string(must(os.ReadFile(filepath.Join(shared("corpus"), "index.tsv")))(t))
	for _, line := range strings.Split(index, "\n") {
		file, _, _ := strings.Cut(line, "\t")
		at := url.FindStringSubmatch(line)
		if at == nil {
			continue
		}
		_, call, ok := strings.Cut(at[1], "/services/")
		src, err := os.ReadFile(filepath.Join(shared("corpus"), filepath.FromSlash(file)))
		if !ok || err != nil {
			continue
		}
		docs = append(docs, document{name: "archive/" + path.Base(file)[:3] + "/" + call + ".xml", src: src})
	}
	if len(docs) < 20 {
		t.Fatalf("only %d documents in the archive", len(docs))
	}
	return docs
}

func ledger(t *testing.T, docs []document) {
	t.Helper()
	in := parse(docs, netcfg.DefaultBounds())
	for _, s := range in.sources {
		for _, d := range s.Documents {
			countedRaw(t, d, docs)
		}
	}
	out, err := convert(in.sources, &options.Options{}, deploy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := estate.Documents(in.sources...)
	fate := make([][]diag.FateKind, len(all))
	for i, d := range all {
		fate[i] = make([]diag.FateKind, d.Leaves+1)
	}
	for _, one := range out.fates {
		if int(one.Ref.Doc) >= len(all) || one.Ref.Ordinal < 1 || int(one.Ref.Ordinal) > all[one.Ref.Doc].Leaves {
			t.Fatalf("a fate for leaf %d of document %d", one.Ref.Ordinal, one.Ref.Doc)
		}
		to := &fate[one.Ref.Doc][one.Ref.Ordinal]
		if *to != 0 {
			t.Errorf("%s:%d:%d: the leaf has two fates", all[one.Ref.Doc].Name, one.Ref.Line, one.Ref.Col)
		}
		*to = one.Kind
	}
	for i, d := range all {
		for n, kind := range fate[i] {
			if kind == 0 && n > 0 {
				t.Errorf("%s: leaf %d of %d has no fate", d.Name, n, d.Leaves)
			}
		}
	}
}

// countedRaw compares how many leaves a document has with what the standard library counts in its
// bytes.
func countedRaw(t *testing.T, d *netcfg.Document, docs []document) {
	t.Helper()
	src := docs[slices.IndexFunc(docs, func(c document) bool { return c.name == d.Name })].src
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	count := 0
	switch d.Form {
	case netcfg.FormConfiguration, netcfg.FormResponse:
		count = xmlLeaves(src)
	case netcfg.FormExport:
		count = jsonLeaves(src)
	default:
		return
	}
	if count != d.Leaves {
		t.Errorf("%s: %d leaves were read, %d are in the bytes", d.Name, d.Leaves, count)
	}
}

// xmlLeaves counts elements, attributes and texts up to the end of the root element.
func xmlLeaves(src []byte) int {
	dec := xml.NewDecoder(bytes.NewReader(src))
	leaves, depth, text := 0, 0, false
	for {
		token, err := dec.RawToken()
		if err != nil {
			return leaves
		}
		switch token := token.(type) {
		case xml.StartElement:
			leaves += 1 + len(token.Attr)
			depth++
			text = false
		case xml.EndElement:
			if depth--; depth == 0 {
				return leaves
			}
			text = false
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 && depth > 0 && !text {
				leaves++
				text = true
			}
		}
	}
}

func jsonLeaves(src []byte) int {
	var v any
	if json.Unmarshal(src, &v) != nil {
		return -1
	}
	var count func(v any) int
	count = func(v any) int {
		n := 1
		switch v := v.(type) {
		case map[string]any:
			for _, m := range v {
				n += count(m)
			}
		case []any:
			for _, m := range v {
				n += count(m)
			}
		}
		return n
	}
	return count(v)
}
