package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the documents that show the command at work.
var pages = []string{"README.md", "docs/guide.md"}

// TestPages runs what the pages show. In a block marked "console" a line that starts with "$ " is a
// command; the lines below it are what the command prints, standard output before standard error, and a
// line "..." stands for any lines. A page is run from top to bottom in one folder, which has the
// networks of fixtures and nothing else at its start.
func TestPages(t *testing.T) {
	for _, page := range pages {
		t.Run(page, func(t *testing.T) {
			shown := consoleOf(t, page)
			if len(shown) == 0 {
				t.Fatal("the page shows no command")
			}
			r := &console{dir: freshFolder(t)}
			for _, s := range shown {
				if complaint := mismatch(s.want, r.run(t, s.command)); complaint != "" {
					t.Errorf("%s:%d: $ %s\n%s", page, s.line, s.command, complaint)
				}
			}
		})
	}
}

// exitRow is a command in the guide's table of exit codes: by default, and with --fail-on warning.
var exitRow = regexp.MustCompile("(?m)^\\| `([a-z]+(?: --[a-z]+)?)` \\| .* \\| ([012]) \\| ([012]?) ?\\|$")

// TestExitCodesOfGuide runs the commands of that table.
func TestExitCodesOfGuide(t *testing.T) {
	rows := exitRow.FindAllStringSubmatch(readPage(t, "docs/guide.md"), -1)
	if len(rows) != 7 {
		t.Fatalf("%d rows with exit codes, want 7", len(rows))
	}
	for _, row := range rows {
		for i, flags := range [][]string{nil, {"--fail-on", "warning"}} {
			args := slices.Concat(strings.Fields(row[1]), flags, []string{filepath.Join("fixtures", "archive", "input")})
			if want := row[2+i]; want != "" {
				if got := invoke(t, filepath.Join(packageDir, "..", ".."), args...); fmt.Sprint(got.code) != want {
					t.Errorf("netmigrate %s: exit code %d, and %s in the guide", strings.Join(args, " "), got.code, want)
				}
			}
		}
	}
}

// shown is a command on a page, and what it prints there.
type shown struct {
	line    int
	command string
	want    []string
}

// consoleOf reads the console blocks of a page.
func consoleOf(t *testing.T, page string) []shown {
	t.Helper()
	var all []shown
	inside := false
	for i, text := range strings.Split(readPage(t, page), "\n") {
		command, isCommand := strings.CutPrefix(text, "$ ")
		switch {
		case strings.HasPrefix(text, "```"):
			inside = text == "```console"
		case !inside:
		case isCommand:
			all = append(all, shown{line: i + 1, command: command})
		case len(all) == 0:
			t.Fatalf("%s:%d: output before any command", page, i+1)
		default:
			last := &all[len(all)-1]
			last.want = append(last.want, text)
		}
	}
	return all
}

func readPage(t *testing.T, page string) string {
	t.Helper()
	return string(must(os.ReadFile(filepath.Join(packageDir, "..", "..", filepath.FromSlash(page))))(t))
}

// freshFolder has the networks of fixtures under the paths that they have below the root.
func freshFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range append(allFixtures(t), liveFixtures(t)...) {
		to := filepath.Join(dir, "fixtures", filepath.FromSlash(f.name))
		if err := os.MkdirAll(to, 0o777); err != nil {
			t.Fatal(err)
		}
		for _, name := range f.inputs {
			from := filepath.Join(f.dir, name)
			if info := must(os.Stat(from))(t); info.IsDir() {
				if err := os.CopyFS(filepath.Join(to, name), os.DirFS(from)); err != nil && !errors.Is(err, fs.ErrExist) {
					t.Fatal(err)
				}
				continue
			}
			src := must(os.ReadFile(from))(t)
			if err := os.WriteFile(filepath.Join(to, name), src, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// console runs commands in a folder and knows the last exit code, as a shell does.
type console struct {
	dir  string
	code int
}

// run is what a command prints. "go run" ends with the line in which it tells a code other than 0.
func (c *console) run(t *testing.T, command string) string {
	t.Helper()
	words := strings.Fields(command)
	goRun := strings.HasPrefix(command, "go run ./cmd/netmigrate ")
	switch {
	case command == "echo $?":
		return fmt.Sprintln(c.code)
	case words[0] == "cat" && len(words) == 2:
		return string(must(os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(words[1]))))(t))
	case goRun:
		words = words[3:]
	case words[0] == program:
		words = words[1:]
	default:
		t.Fatalf("the page shows a command that this test cannot run: %s", command)
	}
	o := invoke(t, c.dir, words...)
	c.code = o.code
	if goRun && o.code != 0 {
		o.stderr += fmt.Sprintf("exit status %d\n", o.code)
	}
	return o.stdout + o.stderr
}

// anyLines stands in a page for lines that are left out.
const anyLines = "..."

// mismatch says where the lines of a page are not what a command prints, or "". White space at the
// end of a line does not count.
func mismatch(want []string, output string) string {
	got := trimmed(strings.Split(strings.TrimSuffix(output, "\n"), "\n"))
	want = trimmed(want)
	at, free := 0, false
	for len(want) > 0 {
		if want[0] == anyLines {
			want, free = want[1:], true
			continue
		}
		part := want[:untilAny(want)]
		want = want[len(part):]
		from := at
		for !startsWith(got[from:], part) || len(want) == 0 && from+len(part) < len(got) {
			if from++; !free || from > len(got) {
				return fmt.Sprintf("not found after %d lines of output:\n%s\nthe output goes on there with\n%s",
					at, strings.Join(part, "\n"), strings.Join(got[at:min(at+len(part)+2, len(got))], "\n"))
			}
		}
		at, free = from+len(part), false
	}
	if !free && at < len(got) && output != "" {
		return fmt.Sprintf("the page leaves out the end of the output:\n%s", strings.Join(got[at:min(at+20, len(got))], "\n"))
	}
	return ""
}

func untilAny(lines []string) int {
	for i, l := range lines {
		if l == anyLines {
			return i
		}
	}
	return len(lines)
}

func startsWith(lines, part []string) bool {
	if len(lines) < len(part) {
		return false
	}
	for i := range part {
		if lines[i] != part[i] {
			return false
		}
	}
	return true
}

func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l, " \t\r")
	}
	return out
}

// TestMismatch shows that the comparison bites.
func TestMismatch(t *testing.T) {
	for _, c := range []struct {
		want, output string
		same         bool
	}{
		{"a b c", "a\nb\nc\n", true},
		{"a ... c", "a\nb\nb\nc\n", true},
		{"a ... c", "a\nc\n", true},
		{"a ...", "a\nb\n", true},
		{"... c", "a\nc\nb\nc\n", true},
		{"... b ... b", "b\nb\n", true},
		{"a ... b ... d ...", "a\nb\nc\nd\ne\n", true},
		{"...", "", true},
		{"a", "a\nb\n", false},
		{"b", "a\nb\n", false},
		{"a c", "a\nb\nc\n", false},
		{"a ... c", "a\nb\n", false},
		{"a ... c", "a\nc\nb\n", false},
		{"... b ... b", "a\nb\n", false},
		{"a b", "a\n", false},
		{"a", "", false},
		{"", "a\n", false},
	} {
		if got := mismatch(strings.Fields(c.want), c.output); (got == "") != c.same {
			t.Errorf("%q against %q: %q", c.want, c.output, got)
		}
	}
}

// TestGoOnPages holds the Go code of the pages to the example tests: each of its blocks stands in one of
// them, line for line, so it compiles and does what the page says.
func TestGoOnPages(t *testing.T) {
	examples := must(filepath.Glob(filepath.Join(packageDir, "..", "..", "migrate", "*", "example_test.go")))(t)
	var known strings.Builder
	for _, path := range examples {
		known.WriteString(unindented(string(must(os.ReadFile(path))(t))))
	}
	blocks := 0
	for _, page := range pages {
		for i, part := range strings.Split(readPage(t, page), "\n```") {
			code, isGo := strings.CutPrefix(part, "go\n")
			if !isGo {
				continue
			}
			blocks++
			if !strings.Contains(known.String(), unindented(code)) {
				t.Errorf("%s: Go block %d is in no example test:\n%s", page, i, code)
			}
		}
	}
	if blocks == 0 {
		t.Error("no page shows Go code")
	}
}

func unindented(code string) string {
	var b strings.Builder
	for _, l := range strings.Split(code, "\n") {
		b.WriteString(strings.TrimSpace(l) + "\n")
	}
	return b.String()
}
