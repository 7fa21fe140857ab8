package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/netcfg"
)

// hostileSize is about how many bytes each document of hostile has.
const hostileSize = 40 << 20

// repeat fills a document of hostileSize with a part between a beginning and an end.
func repeat(before, part, after string) func() []byte {
	return func() []byte { return []byte(before + strings.Repeat(part, hostileSize/len(part)) + after) }
}

// hostile are documents that are refused, each for another reason.
func hostile() map[string]func() []byte {
	const root = `<NetworkConfiguration xmlns="` + netcfg.Namespace + `"><VirtualNetworkConfiguration>`
	mesh := func() []byte { return fixtures.Mesh(23_000, 5) }
	return map[string]func() []byte{
		"zeros":            func() []byte { return make([]byte, hostileSize) },
		"garbage":          repeat("", "no markup at all\n", ""),
		"invalid UTF-8":    repeat(root, "\xff", ""),
		"elements":         repeat(root, "<a/>", ""),
		"elements, open":   repeat(root, "<a>", ""),
		"attributes":       repeat(root+"<a", " b='c'", ">"),
		"one attribute":    repeat(root+"<Dns a='", "x", "'/>"),
		"one text":         repeat(root, "x", ""),
		"leaves":           repeat(root, "<Dns a='' b='' c='' d=''>x</Dns>", ""),
		"broken":           func() []byte { return bytes.Replace(mesh(), []byte("<Subnet "), []byte("<Subnet a "), 1) },
		"two roots":        func() []byte { return append(mesh(), "<NetworkConfiguration/>"...) },
		"JSON, deep":       repeat("", "[", ""),
		"JSON, values":     repeat(`{"VirtualNetworkConfiguration": [`, "1,", "1]}"),
		"JSON, empty":      repeat(`{"VirtualNetworkConfiguration": [`, "{},", "1]}"),
		"JSON, one string": repeat(`{"VirtualNetworkConfiguration": "`, "x", `"}`),
		"JSON, cut off":    repeat(`{"VirtualNetworkConfiguration": [`, `{"Name": "a", "Location": "b", "AddressSpace": ["c"]},`, ""),
		"JSON, other":      repeat(`{"resources": [`, `"0123456789abcdef",`, "1]}"),
		"script, tags":     repeat("x", "<NetworkConfiguration>", ""),
		"script, broken":   repeat("x "+root, "<a/>", "</NetworkConfiguration>"),
		"UTF-16":           func() []byte { return append([]byte("\xff\xfe"), bytes.Repeat([]byte("\x2d\x4e"), hostileSize/2)...) },
	}
}

// TestMemoryOfRefusedInput holds the command to what it promises about documents that it refuses: at
// its peak it takes less than three times what it read, and 64 MB.
func TestMemoryOfRefusedInput(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a gigabyte of hostile documents")
	}
	path := filepath.Join(t.TempDir(), "hostile.netcfg")
	for name, make := range hostile() {
		t.Run(name, func(t *testing.T) {
			src := make()
			if err := os.WriteFile(path, src, 0o666); err != nil {
				t.Fatal(err)
			}
			checkMemory(t, len(src), nil, path)
			stdin, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			checkMemory(t, len(src), stdin, "-")
		})
	}
}

func checkMemory(t *testing.T, read int, stdin *os.File, arg string) {
	t.Helper()
	out, peak := lintPeak(t, stdin, arg)
	t.Logf("%d MB read, peak %d MB: %.60s", read>>20, peak>>20, strings.TrimPrefix(out, arg))
	if !strings.Contains(out, ": error XML-") {
		t.Errorf("it is not refused: %.300s", out)
	}
	if most := 3*read + 64<<20; peak > most {
		t.Errorf("%d MB read, peak %d MB, more than %d MB", read>>20, peak>>20, most>>20)
	}
}

// lintPeak runs lint and returns what it prints and how many bytes it had in memory at most.
func lintPeak(t *testing.T, stdin *os.File, arg string) (out string, peak int) {
	t.Helper()
	cmd := exec.Command(programWithPeak, "lint", "-q", arg)
	cmd.Env = append(os.Environ(), "GOGC=", "GOMEMLIMIT=")
	if stdin != nil {
		cmd.Stdin = stdin
	}
	text, _ := cmd.CombinedOutput()
	_, behind, ok := strings.Cut(string(text), peakWord)
	if _, err := fmt.Sscanf(behind, "%d kB", &peak); !ok || err != nil {
		t.Fatalf("no peak: %v\n%.300s", err, text)
	}
	return string(text), peak << 10
}

// TestGigabyte refuses a file by its size, before a byte of it is read: it takes next to no memory.
func TestGigabyte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.netcfg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 30); err != nil {
		t.Skip("the file system has no sparse files: ", err)
	}
	f.Close()
	out, peak := lintPeak(t, nil, path)
	want := fmt.Sprintf("%s: error XML-006: the document has %d bytes; at most %d are read\n", filepath.ToSlash(path), 1<<30, netcfg.MaxSize)
	if !strings.HasPrefix(out, want) {
		t.Errorf("want %q, got %q", want, out)
	}
	if peak > 64<<20 {
		t.Errorf("peak %d MB", peak>>20)
	}
}
