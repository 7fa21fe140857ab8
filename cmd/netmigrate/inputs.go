package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// standardInput is how findings call what was piped in.
const standardInput = "<stdin>"

const (
	defaultMegabytes = netcfg.MaxSize >> 20
	mostMegabytes    = 1024 // places in a document are 32-bit numbers, and its tree is larger than the document
)

var maxSizeOption = option{name: "max-size", value: "MB",
	title: fmt.Sprintf("read documents of up to so many megabytes, at most %d, instead of %d", mostMegabytes, defaultMegabytes)}

// boundsOf are what a document may have in this run. Where --max-size allows a larger document, that
// may also hold more elements and values, in proportion.
func boundsOf(c *cli.Context) (netcfg.Bounds, error) {
	b := netcfg.DefaultBounds()
	if !c.IsSet("max-size") {
		return b, nil
	}
	mb, err := strconv.Atoi(c.String("max-size"))
	if err != nil || mb < 1 || mb > mostMegabytes {
		return b, usagef("--max-size %q is not a number of megabytes from 1 to %d", c.String("max-size"), mostMegabytes)
	}
	b.Size = mb << 20
	if mb > defaultMegabytes {
		b.Elements = b.Elements / defaultMegabytes * mb
		b.Leaves = b.Leaves / defaultMegabytes * mb
	}
	return b, nil
}

// document is one input: its name for positions, and its bytes.
type document struct {
	name  string
	src   []byte
	named bool // by itself, and not as a part of a folder
}

// reader collects the documents that a command line names.
type reader struct {
	stdin   io.Reader
	bounds  netcfg.Bounds
	docs    []document
	found   diag.List
	remarks diag.List // what is found that keeps nothing from being read
	notes   []string  // files passed over, and why
	seen    map[string]bool
}

// readInputs reads files, folders, patterns and, for "-", standard input. What cannot be read is a
// finding. Documents come in the order of their names, each file once.
func readInputs(args []string, stdin io.Reader, bounds netcfg.Bounds) *reader {
	r := &reader{stdin: stdin, bounds: bounds, seen: map[string]bool{}}
	for _, arg := range args {
		r.argument(arg)
	}
	slices.SortStableFunc(r.docs, func(a, b document) int { return strings.Compare(a.name, b.name) })
	return r
}

func (r *reader) fail(rule, name, format string, args ...any) {
	r.found.Add(rule, diag.Pos{File: name}, format, args...)
}

func (r *reader) argument(arg string) {
	if arg == "-" {
		r.standardInput()
		return
	}
	_, err := os.Stat(arg)
	if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?[") {
		r.pattern(arg)
		return
	}
	r.path(arg)
}

// pattern expands what the shell has left alone, as the ones on Windows do.
func (r *reader) pattern(arg string) {
	paths, err := filepath.Glob(arg)
	if err != nil {
		r.fail("XML-017", arg, "the pattern is malformed")
		return
	}
	if len(paths) == 0 {
		r.fail("XML-017", arg, "no file matches the pattern")
	}
	for _, p := range paths {
		r.path(p)
	}
}

func (r *reader) standardInput() {
	if r.seen[standardInput] {
		return
	}
	r.seen[standardInput] = true
	first := len(r.docs)
	r.read(standardInput, r.stdin, 0)
	r.byItself(first)
}

func (r *reader) path(path string) {
	name := filepath.ToSlash(path)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		r.fail("XML-017", name, "the file cannot be read: %v", errOf(err))
	case info.IsDir():
		before, failed := len(r.docs), len(r.found)
		known := r.folder(path, nil)
		if len(r.docs) == before && len(r.found) == failed && !known {
			r.fail("XML-018", name, "the folder holds no network configuration")
		}
	case isConfig(path): // a pattern of the shell may name it
		r.pass(path, "an options file")
	case r.again(path):
	default:
		first := len(r.docs)
		r.file(path, info)
		r.byItself(first)
	}
}

// byItself says of the documents from number first on that the command line named them, and not
// their folder.
func (r *reader) byItself(first int) {
	for i := first; i < len(r.docs); i++ {
		r.docs[i].named = true
	}
}

// again reports whether the file was read before under this or another name.
func (r *reader) again(path string) bool {
	key, err := filepath.Abs(path)
	if behind, errLink := filepath.EvalSymlinks(path); errLink == nil {
		key, err = filepath.Abs(behind)
	}
	if err != nil {
		return false
	}
	was := r.seen[key]
	r.seen[key] = true
	return was
}

// folder reads the network configurations in a folder and in the folders below it. Hidden entries
// and other kinds of files are passed over. It reports whether it met one that was read already.
func (r *reader) folder(path string, above []fs.FileInfo) (known bool) {
	name := filepath.ToSlash(path)
	here, err := os.Stat(path)
	if err == nil && slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, here) }) {
		r.fail("XML-017", name, "the folder is a link to a folder that contains it")
		return false
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		r.fail("XML-017", name, "the folder cannot be read: %v", errOf(err))
		return false
	}
	for _, e := range entries {
		inside := filepath.Join(path, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			r.pass(inside, "hidden")
			continue
		}
		if isConfig(inside) {
			r.pass(inside, "an options file")
			continue
		}
		info, err := os.Stat(inside) // follows links
		switch {
		case err != nil:
			r.entryFails(inside, err)
		case info.IsDir():
			known = r.folder(inside, append(above[:len(above):len(above)], here)) || known
		case !info.Mode().IsRegular():
			r.pass(inside, "not a regular file")
		case !strings.EqualFold(filepath.Ext(inside), ".netcfg") && !sniff(inside):
			r.pass(inside, "not a network configuration")
			r.misplaced(inside)
		case r.again(inside):
			known = true
		default:
			r.file(inside, info)
		}
	}
	return known
}

// misplaced reports a file that stands where the answer to a call belongs and holds none: whoever put it
// there expects it to be read.
func (r *reader) misplaced(path string) {
	name := filepath.ToSlash(path)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xml", ".json", ".txt":
	default:
		return // a note or a script, wherever it stands
	}
	if p, ok := netcfg.PlaceOf(name); ok && p.Call != netcfg.CallOther {
		r.remarks.Add("XML-045", diag.Pos{File: name}, "the file stands where an answer of the service belongs, and holds none that can be read")
	}
}

// entryFails reports an entry of a folder that cannot be looked at, if it could have been an
// input: a dangling link of another kind is none of our business.
func (r *reader) entryFails(path string, err error) {
	if strings.EqualFold(filepath.Ext(path), ".netcfg") {
		r.fail("XML-017", filepath.ToSlash(path), "the file cannot be read: %v", errOf(err))
		return
	}
	r.pass(path, errOf(err).Error())
}

func (r *reader) pass(path, why string) {
	r.notes = append(r.notes, fmt.Sprintf("%s: passed over: %s", diag.Plain(filepath.ToSlash(path)), why))
}

// file reads a regular file. Pipes and devices could keep the run waiting for ever, and a file
// that is too large is refused by its size alone.
func (r *reader) file(path string, info fs.FileInfo) {
	name := filepath.ToSlash(path)
	switch {
	case !info.Mode().IsRegular():
		r.found = append(r.found, diag.New("XML-017", diag.Pos{File: name}, "this is no regular file").
			WithHint("pass - and pipe the document in"))
		return
	case info.Size() > int64(r.mostOf(path, info.Size())):
		r.fail("XML-006", name, "the document has %d bytes; at most %d are read", info.Size(), r.mostOf(path, info.Size()))
		return
	}
	f, err := os.Open(path)
	if err != nil {
		r.fail("XML-017", name, "the file cannot be read: %v", errOf(err))
		return
	}
	defer f.Close()
	r.read(name, f, int(info.Size()))
}

// mostOf is how many bytes a file may have: a listing of a whole tenant is larger than any network
// configuration, and its tree much smaller than that of one.
func (r *reader) mostOf(path string, size int64) int {
	if size > int64(r.bounds.Size) && r.bounds.Size >= netcfg.MaxSize && isListing(path) {
		return arm.MaxSize
	}
	return r.bounds.Size
}

// read takes a document from a stream, and no more of it than a document may have. The size is what
// the stream is expected to hold, 0 when nobody knows.
func (r *reader) read(name string, from io.Reader, size int) {
	most := max(r.bounds.Size, size)
	src, err := readAll(io.LimitReader(from, int64(most)+1), size)
	switch {
	case err != nil:
		r.fail("XML-017", name, "the file cannot be read: %v", errOf(err))
	case len(src) > most:
		r.fail("XML-006", name, "the document has more than the %d bytes that are read", most)
	default:
		r.docs = append(r.docs, document{name: name, src: src})
	}
}

// chunk is how many bytes are asked of a stream at a time when its size is not known.
const chunk = 1 << 20

// readAll reads a stream to its end. Unlike io.ReadAll it takes no more than twice the memory of what
// there is: a buffer that grows leaves five times as much behind.
func readAll(from io.Reader, size int) ([]byte, error) {
	var chunks [][]byte
	for room := size + 1; ; room = chunk { // one more shows the end
		part := make([]byte, room)
		n, err := io.ReadFull(from, part)
		chunks = append(chunks, part[:n])
		switch {
		case err == nil:
			continue
		case err != io.EOF && err != io.ErrUnexpectedEOF:
			return nil, err
		case len(chunks) == 1:
			return part[:n], nil
		}
		return bytes.Join(chunks, nil), nil
	}
}
