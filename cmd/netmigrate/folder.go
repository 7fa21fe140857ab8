package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// file is one file of an output folder.
type file struct {
	name string
	data []byte
}

// manifestName is the file by which a later run knows its own folder, and knows whether a person
// has changed something in it since.
const manifestName = "manifest.json"

type manifest struct {
	Program string          `json:"program"`
	Files   []manifestEntry `json:"files"`
}

type manifestEntry struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

var (
	errAbandoned = errors.New("interrupted")
	errNotOurs   = errors.New("it is not empty")
)

// folder is the output folder of a run. It is written beside its place and moved there when it is
// complete, so that it appears whole or not at all. Its steps and abandon exclude each other.
type folder struct {
	mu        sync.Mutex
	temp      string // holds "new" and, while they change places, "old"
	abandoned bool
	committed bool
}

// write makes the folder dir of the files. What is there must be nothing, an empty folder, or an
// earlier output of this program that nobody has changed.
func (f *folder) write(dir string, files []file) error {
	place, err := placeOf(dir)
	if err != nil {
		return fmt.Errorf("output folder %q: %w", dir, err)
	}
	defer f.clean()
	if err := f.fill(place, append(files, manifestOf(files))); err != nil {
		return fmt.Errorf("output folder %q: %w", dir, err)
	}
	if err := f.step(func() error { return f.commit(place) }); err != nil {
		return fmt.Errorf("output folder %q: %w", dir, err)
	}
	return nil
}

// fill writes the files into a new temporary folder.
func (f *folder) fill(place string, files []file) error {
	err := f.step(func() (err error) {
		f.temp, err = os.MkdirTemp(filepath.Dir(place), "."+filepath.Base(place)+".*.tmp")
		if err != nil {
			return err
		}
		return os.Mkdir(f.fresh(), 0o777)
	})
	for _, one := range files {
		if err != nil {
			return err
		}
		err = f.step(func() error { return writeFile(filepath.Join(f.fresh(), one.name), one.data) })
	}
	if err == nil {
		syncFolder(f.fresh())
	}
	return err
}

func (f *folder) fresh() string { return filepath.Join(f.temp, "new") }

// commit puts the complete folder into its place. What is there is moved aside first and back
// again when that fails.
func (f *folder) commit(place string) error {
	old := filepath.Join(f.temp, "old")
	if _, err := os.Lstat(place); err == nil {
		// Again, because a person may have put something there since.
		if err := replaceable(place); err != nil {
			return err
		}
		if err := os.Rename(place, old); err != nil {
			return err
		}
	}
	if err := os.Rename(f.fresh(), place); err != nil {
		if _, moved := os.Lstat(old); moved == nil {
			err = errors.Join(err, os.Rename(old, place))
		}
		return err
	}
	f.committed = true
	syncFolder(filepath.Dir(place))
	return nil
}

// step does one thing that touches the disk, unless the run has been interrupted.
func (f *folder) step(do func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.abandoned {
		return errAbandoned
	}
	return do()
}

// abandon ends the writing for good and removes what is not complete. It reports whether the
// folder was in its place already.
func (f *folder) abandon() (committed bool) {
	f.mu.Lock()
	f.abandoned = true
	committed = f.committed
	f.mu.Unlock()
	f.clean()
	return committed
}

// clean removes the temporary folder, unless it holds the only copy of what was there before.
func (f *folder) clean() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.temp == "" {
		return
	}
	if _, err := os.Lstat(filepath.Join(f.temp, "old")); err == nil && !f.committed {
		return
	}
	if os.RemoveAll(f.temp) == nil {
		f.temp = ""
	}
}

// placeOf is the absolute path of the folder to be written, behind symbolic links. The error says
// why nothing can be written there.
func placeOf(dir string) (string, error) {
	place, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if behind, err := filepath.EvalSymlinks(place); err == nil {
		place = behind
	}
	if here, err := os.Getwd(); err == nil {
		if behind, err := filepath.EvalSymlinks(here); err == nil {
			here = behind
		}
		if inside, err := filepath.Rel(place, here); err == nil && inside != ".." && !strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
			return "", errors.New("the working directory is in it; name a folder to be created")
		}
	}
	info, err := os.Lstat(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(place)); err != nil {
			return "", fmt.Errorf("the folder above it does not exist: %w", errOf(err))
		}
		return place, nil
	case err != nil:
		return "", errOf(err)
	case !info.IsDir():
		return "", errors.New("it is not a folder")
	}
	return place, replaceable(place)
}

// replaceable says why an existing folder must stay as it is, or nil.
func replaceable(place string) error {
	entries, err := os.ReadDir(place)
	if err != nil {
		return errOf(err)
	}
	if len(entries) == 0 {
		return nil
	}
	known, err := readManifest(place)
	if err != nil {
		return fmt.Errorf("%w, and no earlier run of %s wrote it; name another folder", errNotOurs, program)
	}
	for _, e := range entries {
		sum, ours := known[e.Name()]
		switch {
		case e.Name() == manifestName:
		case !ours:
			return fmt.Errorf("it holds %q, which %s did not write; move that, or name another folder", e.Name(), program)
		case sum != sumOf(filepath.Join(place, e.Name())):
			return fmt.Errorf("%q in it has been changed since %s wrote it; move that, or name another folder", e.Name(), program)
		}
	}
	return nil
}

// readManifest returns the checksums of the files that an earlier run wrote.
func readManifest(place string) (map[string]string, error) {
	src, err := os.ReadFile(filepath.Join(place, manifestName))
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(src, &m); err != nil || m.Program != program {
		return nil, errNotOurs
	}
	sums := map[string]string{}
	for _, e := range m.Files {
		sums[e.Name] = e.SHA256
	}
	return sums, nil
}

func manifestOf(files []file) file {
	m := manifest{Program: program}
	for _, one := range files {
		sum := sha256.Sum256(one.data)
		m.Files = append(m.Files, manifestEntry{Name: one.name, Bytes: len(one.data), SHA256: hex.EncodeToString(sum[:])})
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return file{manifestName, append(text, '\n')}
}

// sumOf is the checksum of a file, or "" when it is no readable file.
func sumOf(path string) string {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

func writeFile(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes the names in a folder durable, where the system can do that for folders.
func syncFolder(path string) {
	if f, err := os.Open(path); err == nil {
		_ = f.Sync() // Windows cannot, and the files themselves are synced
		f.Close()
	}
}

// errOf is an error of the file system without the call and the path, which the message names
// already.
func errOf(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
