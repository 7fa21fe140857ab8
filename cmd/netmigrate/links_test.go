package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	// mention is how Go code names a page and, mostly, a section of it.
	mention = regexp.MustCompile(`docs/[a-z0-9/-]+\.md(?:#[a-z0-9-]+)?`)
	// further is a section of the page named before: "docs/sources.md#peering, #links and #keys".
	further = regexp.MustCompile(`[ ,\t](#[a-z][a-z0-9-]+)`)
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// TestMentions finds every page and section that Go code names.
func TestMentions(t *testing.T) {
	seen := 0
	for _, s := range moduleSources(t) {
		src := string(must(os.ReadFile(filepath.Join(packageDir, "..", "..", filepath.FromSlash(s.path))))(t))
		for _, l := range strings.Split(src, "\n") {
			to := mention.FindAllString(l, -1)
			if _, comment, found := strings.Cut(l, "//"); found && len(to) > 0 {
				for _, m := range further.FindAllStringSubmatch(comment, -1) {
					name, _, _ := strings.Cut(to[0], "#")
					to = append(to, name+m[1])
				}
			}
			for _, target := range to {
				seen++
				checkTarget(t, s.path, target)
			}
		}
	}
	if seen == 0 {
		t.Error("no Go file names a page")
	}
}

// TestLinks finds every file and section that a page links to. Links to the outside are not followed.
func TestLinks(t *testing.T) {
	seen := 0
	for _, page := range markdownFiles(t) {
		for _, m := range link.FindAllStringSubmatch(withoutCode(readPage(t, page)), -1) {
			target := m[1]
			if strings.Contains(target, "://") {
				continue
			}
			seen++
			if strings.HasPrefix(target, "#") {
				target = page + target
			} else {
				target = path.Join(path.Dir(page), target)
			}
			checkTarget(t, page, target)
		}
	}
	if seen == 0 {
		t.Error("no page has a link")
	}
}

func markdownFiles(t *testing.T) []string {
	t.Helper()
	root := filepath.Join(packageDir, "..", "..")
	var found []string
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && p != root && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(p) == ".md":
			rel, err := filepath.Rel(root, p)
			found = append(found, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkTarget wants a path from the root to exist, and the section that it names.
func checkTarget(t *testing.T, from, target string) {
	t.Helper()
	name, section, named := strings.Cut(target, "#")
	if _, err := os.Stat(filepath.Join(packageDir, "..", "..", filepath.FromSlash(name))); err != nil {
		t.Errorf("%s names %s, which does not exist", from, name)
		return
	}
	if named && !slices.Contains(sectionsOf(readPage(t, name)), section) {
		t.Errorf("%s names %s; the page has no such section", from, target)
	}
}

// sectionsOf lists the sections of a page as links name them.
func sectionsOf(page string) []string {
	var out []string
	for _, l := range strings.Split(withoutCode(page), "\n") {
		title := strings.TrimLeft(l, "#")
		if title == l {
			continue
		}
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title)))
	}
	return out
}

// withoutCode is a page without its fenced blocks.
func withoutCode(page string) string {
	var b strings.Builder
	inside := false
	for _, l := range strings.Split(page, "\n") {
		if strings.HasPrefix(l, "```") {
			inside = !inside
			continue
		}
		if !inside {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}
