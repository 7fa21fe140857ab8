package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArrange(t *testing.T) {
	for _, c := range []struct {
		in   string
		want line
		err  string
	}{
		{"lint a b", line{command: "lint", files: []string{"a", "b"}}, ""},
		{"lint a -q b", line{command: "lint", flags: []string{"-q"}, files: []string{"a", "b"}}, ""},
		{"-q lint a", line{command: "lint", flags: []string{"-q"}, files: []string{"a"}}, ""},
		{"--color never lint a", line{command: "lint", flags: []string{"--color", "never"}, files: []string{"a"}}, ""},
		{"plan a --format json b", line{command: "plan", flags: []string{"--format", "json"}, files: []string{"a", "b"}}, ""},
		{"plan a --format=json b", line{command: "plan", flags: []string{"--format=json"}, files: []string{"a", "b"}}, ""},
		{"plan - -o kit", line{command: "plan", flags: []string{"-o", "kit"}, files: []string{"-"}}, ""},
		{"plan -- -o kit", line{command: "plan", files: []string{"-o", "kit"}}, ""},
		{"plan a --unknown b", line{command: "plan", flags: []string{"--unknown"}, files: []string{"a", "b"}}, ""},
		{"plan a -h", line{command: "plan", files: []string{"a"}, help: true}, ""},
		{"help plan", line{command: "plan", files: []string{"plan"}, help: true}, ""},
		{"--version", line{version: true}, ""},
		{"plan a -o", line{}, "needs a value"},
		{"plan -o -q a", line{}, "needs a value"},
	} {
		got, err := arrange(strings.Fields(c.in))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%q: error %v, want %q", c.in, err, c.err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(line{})); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got)\n%s", c.in, err, diff)
		}
	}
}

// TestFlagsAgree holds the table to what arrange relies on: a flag of one name takes a value
// everywhere or nowhere, and no short name means two flags of one command.
func TestFlagsAgree(t *testing.T) {
	takes := map[string]bool{}
	for _, c := range commands() {
		seen := map[string]bool{}
		for _, o := range c.all() {
			if was, known := takes[o.name]; known && was != o.takesValue() {
				t.Errorf("%s: --%s takes a value in one command and none in another", c.name, o.name)
			}
			takes[o.name] = o.takesValue()
			for _, name := range []string{o.name, o.short} {
				if seen[name] && name != "" {
					t.Errorf("%s: flag %s stands twice", c.name, name)
				}
				seen[name] = true
			}
			if n := len([]rune(o.title)); n == 0 || n > 70 {
				t.Errorf("%s: --%s has a help text of %d characters", c.name, o.name, n)
			}
		}
		for l := range strings.Lines(c.about) {
			if n := len([]rune(l)); n > 101 {
				t.Errorf("%s: a help line has %d characters", c.name, n)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"ADDR-001", "ADDR-010", "SITE-001", "plan", "lint"}
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"addr-01", []string{"ADDR-001", "ADDR-010"}},
		{"pln", []string{"plan"}},
		{"li", []string{"lint"}},
		{"", nil},
		{"frobnicate", nil},
	} {
		if diff := cmp.Diff(c.want, nearest(c.in, words, 2)); diff != "" {
			t.Errorf("nearest(%q) (-want +got)\n%s", c.in, diff)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"(devel)", nil, "netmigrate development commit unknown"},
		{"", nil, "netmigrate development commit unknown"},
		{"v0.1.0", nil, "netmigrate v0.1.0 commit unknown"},
		{"v0.1.0", []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "false"}}, "netmigrate v0.1.0 commit 0123456789ab"},
		{"(devel)", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}, "netmigrate development commit abc with uncommitted changes"},
	} {
		if got := describe(&debug.BuildInfo{Main: debug.Module{Version: c.version}, Settings: c.settings}); got != c.want {
			t.Errorf("describe(%q, %v) = %q, want %q", c.version, c.settings, got, c.want)
		}
	}
}

func TestWantsColor(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, w := range []io.Writer{file, &bytes.Buffer{}} {
		if wantsColor("auto", w) || wantsColor("never", w) || !wantsColor("always", w) {
			t.Errorf("%T: a file gets colours when always asked for, and only then", w)
		}
		if width(w) != 0 {
			t.Errorf("%T has a width", w)
		}
	}
}

// failingReader panics, as a fault of this program would.
type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { panic("a fault with a \x1b name") }

func TestPanicBecomesMessage(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run([]string{program, "lint", "-"}, failingReader{}, &stdout, &stderr)
	if code != exitNot || stdout.Len() > 0 {
		t.Errorf("exit code %d, standard output %q", code, stdout.String())
	}
	want := `netmigrate: internal error: a fault with a \u001b name (run_test.go:`
	if got := stderr.String(); !strings.HasPrefix(got, want) || !strings.Contains(got, "please report") {
		t.Errorf("standard error is\n%s", got)
	}
}

func TestPanicAlongside(t *testing.T) {
	defer func() {
		f, ok := recover().(*fault)
		if !ok || f.value != "elsewhere" || !strings.HasPrefix(f.place, "run_test.go:") {
			t.Errorf("the panic is %v", f)
		}
	}()
	alongside(func() { panic("elsewhere") })()
	t.Error("the panic is lost")
}

// TestInterrupt stops a run that waits for its input.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send an interrupt to one process")
	}
	dir := t.TempDir()
	cmd := exec.Command(program, "convert", "-v", "-o", "kit", "-")
	cmd.Dir = dir
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	complaint, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// More than a pipe holds: when this returns the command is running and reading.
	if _, err := input.Write(bytes.Repeat([]byte{' '}, 1<<18)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	text, err := bufio.NewReader(complaint).ReadString('\n')
	if err != nil || text != "netmigrate: interrupted; nothing was written\n" {
		t.Errorf("standard error is %q (%v)", text, err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitNot || stdout.Len() > 0 {
		t.Errorf("exit code %d, standard output %q", code, stdout.String())
	}
	wantEntries(t, dir)
}

// TestClosedPipe ends quietly when nobody reads.
func TestClosedPipe(t *testing.T) {
	cmd := exec.Command(program, "rules", "--format", "markdown")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != exitNot || stderr.Len() > 0 {
		t.Errorf("exit code %d, standard error %q", code, stderr.String())
	}
}
