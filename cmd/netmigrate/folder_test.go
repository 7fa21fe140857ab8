package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// wantEntries wants a folder to hold exactly these names.
func wantEntries(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

var old, fresh = []file{{"a.txt", []byte("old")}}, []file{{"a.txt", []byte("new")}, {"b.txt", nil}}

func TestFolderIsReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	kit := filepath.Join(dir, "kit")
	for _, files := range [][]file{old, fresh, old, fresh} {
		if err := new(folder).write(kit, files); err != nil {
			t.Fatal(err)
		}
	}
	wantEntries(t, dir, "kit")
	wantEntries(t, kit, "a.txt", "b.txt", manifestName)
	if got := content(t, filepath.Join(kit, "a.txt")); got != "new" {
		t.Errorf("a.txt holds %q", got)
	}
}

// TestAbandonedFolder interrupts a writing after each of its steps.
func TestAbandonedFolder(t *testing.T) {
	dir := t.TempDir()
	kit := filepath.Join(dir, "kit")
	if err := new(folder).write(kit, old); err != nil {
		t.Fatal(err)
	}
	place, err := placeOf(kit)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(fresh) + 1 {
		f := new(folder)
		if err := f.fill(place, fresh[:n]); err != nil {
			t.Fatal(err)
		}
		if f.abandon() {
			t.Error("a folder that was not committed says it was")
		}
		for _, err := range []error{f.fill(place, fresh), f.step(func() error { return f.commit(place) }), f.write(kit, fresh)} {
			if !errors.Is(err, errAbandoned) {
				t.Errorf("after %d files: an abandoned folder goes on: %v", n, err)
			}
		}
		wantEntries(t, dir, "kit")
		if got := content(t, filepath.Join(kit, "a.txt")); got != "old" {
			t.Errorf("a.txt holds %q", got)
		}
	}

	f := new(folder)
	if err := f.write(kit, fresh); err != nil {
		t.Fatal(err)
	}
	if !f.abandon() {
		t.Error("a committed folder says it was not")
	}
	wantEntries(t, dir, "kit")
	if got := content(t, filepath.Join(kit, "a.txt")); got != "new" {
		t.Errorf("a.txt holds %q", got)
	}
}

// TestFolderComesBack has the second move fail: what was there is there again.
func TestFolderComesBack(t *testing.T) {
	dir := t.TempDir()
	kit := filepath.Join(dir, "kit")
	if err := new(folder).write(kit, old); err != nil {
		t.Fatal(err)
	}
	place, err := placeOf(kit)
	if err != nil {
		t.Fatal(err)
	}
	f := new(folder)
	if err := f.fill(place, fresh); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(f.fresh()); err != nil {
		t.Fatal(err)
	}
	if err := f.commit(place); err == nil {
		t.Fatal("a folder that is gone was moved")
	}
	f.clean()
	wantEntries(t, dir, "kit")
	if got := content(t, filepath.Join(kit, "a.txt")); got != "old" {
		t.Errorf("a.txt holds %q", got)
	}
}

func TestFolderHasUsualPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	dir := t.TempDir()
	kit, like := filepath.Join(dir, "kit"), filepath.Join(dir, "like")
	if err := new(folder).write(kit, old); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(like, 0o777); err != nil {
		t.Fatal(err)
	}
	got, errGot := os.Stat(kit)
	want, errWant := os.Stat(like)
	if err := errors.Join(errGot, errWant); err != nil {
		t.Fatal(err)
	}
	if got.Mode() != want.Mode() {
		t.Errorf("the folder has mode %v, one made by hand %v", got.Mode(), want.Mode())
	}
}
