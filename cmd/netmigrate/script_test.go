package main

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// update rewrites the expected parts of scripts, rules and fixtures:
//
//	go test ./cmd/netmigrate -update
var update = flag.Bool("update", false, "rewrite the expected output in testdata and fixtures")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		program: main, programWithPeak: mainWithPeak,
		"az": azStandIn, "sleep": func() {}, // for the scripts that collect prints
	})
}

// programWithPeak is the command; at its end it also prints the most memory that it had, on Linux.
const programWithPeak = program + "-peak"

// peakWord begins what /proc says of that.
const peakWord = "VmHWM:"

func mainWithPeak() {
	code := run(os.Args, os.Stdin, os.Stdout, os.Stderr)
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if _, peak, ok := strings.Cut(string(status), peakWord); ok {
			line, _, _ := strings.Cut(peak, "\n")
			os.Stderr.WriteString(peakWord + line + "\n")
		}
	}
	os.Exit(code)
}

// TestScripts shows the command as a user meets it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TERM", "xterm")
			return nil
		},
		Condition: func(word string) (bool, error) {
			return word == "root" && runtime.GOOS != "windows" && os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":  scriptCode,
			"bytes": scriptBytes,
			"same":  scriptSame,
			"edit":  scriptEdit,

			"fixture": scriptFixture,

			"listing": scriptListing,
			"recode":  scriptRecode,
		},
	})
}

// scriptCode runs a command and wants an exact exit code: code 2 netmigrate lint x.
func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [args…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = string(rune('0' + exit.ExitCode()))
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// scriptBytes writes a file from text with Go escapes, for what a txtar cannot hold: bytes that
// are no text, and sizes. bytes FILE TEXT [TIMES]
func scriptBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: bytes FILE TEXT [TIMES]")
	}
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	times := 1
	if len(args) > 2 {
		times, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(text, times)), 0o666))
}

// scriptRecode writes a text as Windows tools do: recode utf16|bom|crlf FROM TO.
func scriptRecode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: recode utf16|bom|crlf FROM TO")
	}
	text := ts.ReadFile(args[1])
	switch args[0] {
	case "utf16":
		out := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = append(out, byte(unit), byte(unit>>8))
		}
		text = string(out)
	case "bom":
		text = "\ufeff" + text
	case "crlf":
		text = strings.ReplaceAll(text, "\n", "\r\n")
	default:
		ts.Fatalf("no encoding %q", args[0])
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[2])), 0o777))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o666))
}

// scriptFixture copies the network of a fixture into a folder of its name: fixture NAME.
func scriptFixture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fixture NAME")
	}
	text, err := os.ReadFile("../../fixtures/" + args[0] + "/network.netcfg")
	ts.Check(err)
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o777))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+"/network.netcfg"), text, 0o666))
}

// scriptSame wants two folders to hold the same files: same DIR DIR.
func scriptSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same DIR DIR")
	}
	a, b := contents(ts, args[0]), contents(ts, args[1])
	if (a == b) == neg {
		ts.Fatalf("%s holds\n%s\n%s holds\n%s", args[0], a, args[1], b)
	}
}

func contents(ts *testscript.TestScript, dir string) string {
	entries, err := os.ReadDir(ts.MkAbs(dir))
	ts.Check(err)
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(e.Name() + "\n" + ts.ReadFile(dir+"/"+e.Name()))
	}
	return b.String()
}
