package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// fix is lint --fix: the product is the corrected file, and what was corrected and what is
// left goes to standard error.
func (s *session) fix(c *cli.Context, in input) (int, error) {
	dir := c.String("output")
	before, _, _ := estate.FromClassic(in.answers(), in.sources...)
	var fixed []*netcfg.File
	var done []estate.Fixed
	after := slices.Clone(in.sources)
	lost := in.found
	seen := map[*netcfg.Document]bool{}
	for i, source := range after {
		after[i].Documents = slices.Clone(source.Documents)
		for j, d := range source.Documents {
			if d.File == nil || seen[d] {
				continue
			}
			seen[d] = true
			if beside := d.Form; beside == netcfg.FormScript || beside == netcfg.FormList || len(d.More)+len(d.Responses) > 0 {
				lost.Add("XML-035", diag.Pos{File: d.Name}, "the fixed file would lose what stands beside the network configuration")
				continue
			}
			f, changes := estate.Fix(before, source.Name, d.File)
			fixed, done, lost = append(fixed, f), append(done, changes...), append(lost, losses(d.File)...)
			corrected := *d
			corrected.File = f
			after[i].Documents[j] = &corrected
		}
	}
	if len(fixed) > 1 && dir == "" {
		return exitNot, usagef("lint: --fix of %d files needs -o with the folder for the results", len(fixed))
	}
	if in.broken || len(fixed) == 0 || len(lost) > len(in.found) {
		return exitNot, s.refuse(in, s.settle(in, append(lost, lint(in.sources, true, in.answers())...), lintLooksFor), "fixed")
	}
	if err := s.writeFixed(c, dir, fixed); err != nil {
		return exitNot, err
	}
	s.sayFixed(done)
	nothing := func(string) bool { return false } // what is fixed may be what a suppression is about
	found := s.settle(in, append(in.found, lint(after, true, in.answers())...), nothing)
	return s.verdict(found), s.report(found)
}

// losses are the things in a file that a file written anew would not have (XML-035).
func losses(f *netcfg.File) diag.List {
	var found diag.List
	if f.Remarks > 0 {
		found.Add("XML-035", f.FirstRemark, "the fixed file would lose %s, of which the first is here", counted(f.Remarks, "comment or other remark", "comments and other remarks"))
	}
	if n := len(f.Unknown); n > 0 {
		found.Add("XML-035", f.Unknown[0].Ref.Pos(f.Name), "the fixed file would lose %s that the schema does not know, of which the first is here",
			counted(n, "element, attribute or text", "elements, attributes and texts"))
	}
	return found
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// sayFixed lists the corrections with the places in the files as they were read.
func (s *session) sayFixed(done []estate.Fixed) {
	for _, f := range done {
		if f.New == "" {
			s.say("%s: fixed %s: %s is taken out", diag.Plain(f.Pos.String()), f.Rule, f.What)
			continue
		}
		s.say("%s: fixed %s: %s: %s is now %s", diag.Plain(f.Pos.String()), f.Rule, f.What, diag.Plain(f.Old), diag.Plain(f.New))
	}
	s.say("%s", counted(len(done), "fix", "fixes"))
}

// writeFixed writes one file to standard output or to the file named, several into the folder named.
func (s *session) writeFixed(c *cli.Context, to string, files []*netcfg.File) error {
	switch {
	case to == "":
		return s.write(netcfg.Format(files[0]))
	case len(files) > 1:
		return s.writeFixedFolder(to, files)
	}
	return s.writeOutput(to, c.Args().Slice(), netcfg.Format(files[0]))
}

// writeOutput writes a product to a file that is none of the inputs, and says so.
func (s *session) writeOutput(to string, inputs []string, product []byte) error {
	if err := notAnInput(to, inputs); err != nil {
		return err
	}
	if err := s.folder.writeOne(to, product); err != nil {
		return err
	}
	s.say("wrote %s", diag.Plain(to))
	return nil
}

// writeFixedFolder writes files under their own names, without the folders that they come from.
func (s *session) writeFixedFolder(dir string, files []*netcfg.File) error {
	var out []file
	for _, f := range files {
		name := fixedName(f.Name)
		if slices.ContainsFunc(out, func(o file) bool { return strings.EqualFold(o.name, name) }) || strings.EqualFold(name, manifestName) {
			return fmt.Errorf("output folder %q: several inputs are to be written as %q; fix them one by one", dir, name)
		}
		out = append(out, file{name, netcfg.Format(f)})
	}
	return s.writeFolder(dir, out)
}

// fixedName is what the fixed file is called. It is XML, whatever it was made of.
func fixedName(input string) string {
	name := path.Base(input)
	switch ending := path.Ext(name); {
	case input == standardInput:
		return "stdin.netcfg"
	case strings.EqualFold(ending, ".netcfg"), strings.EqualFold(ending, ".xml"):
		return name
	default:
		return strings.TrimSuffix(name, ending) + ".netcfg"
	}
}

// notAnInput refuses to write over a file that was read, under whatever name, or into a folder that
// was read: the next run would take the result for one more subscription.
func notAnInput(to string, inputs []string) error {
	there, errThere := os.Stat(to)
	for _, name := range inputs {
		info, err := os.Stat(name)
		switch {
		case err != nil: // standard input, or a pattern
		case info.IsDir() && isInside(to, name):
			return fmt.Errorf("output file %q is in an input folder; name a place outside of it", to)
		case errThere == nil && os.SameFile(info, there):
			return fmt.Errorf("output file %q is the input; name another file", to)
		}
	}
	return nil
}

func isInside(name, dir string) bool {
	file, errFile := filepath.Abs(name)
	folder, errFolder := filepath.Abs(dir)
	inside, err := filepath.Rel(folder, file)
	return errors.Join(errFile, errFolder, err) == nil && filepath.IsLocal(inside)
}

// writeOne writes a single file beside its place and moves it there when it is complete. What was
// there is replaced, unless it is no regular file. Behind a link stands the file that is meant: the
// link stays, and one that leads nowhere is refused.
func (f *folder) writeOne(name string, data []byte) error {
	place, err := filepath.Abs(name)
	if err == nil {
		if behind, failed := filepath.EvalSymlinks(place); failed == nil {
			place = behind
		}
		if info, failed := os.Lstat(place); failed == nil && !info.Mode().IsRegular() {
			err = errors.New("it is no regular file")
		}
	}
	defer f.clean()
	for _, do := range []func() error{
		func() (err error) {
			f.temp, err = os.MkdirTemp(filepath.Dir(place), "."+filepath.Base(place)+".*.tmp")
			return errOf(err)
		},
		func() error { return writeFile(f.fresh(), data) },
		func() error {
			if err := os.Rename(f.fresh(), place); err != nil {
				return err
			}
			f.committed = true
			syncFolder(filepath.Dir(place))
			return nil
		},
	} {
		if err == nil {
			err = f.step(do)
		}
	}
	if err != nil {
		return fmt.Errorf("output file %q: %w", name, err)
	}
	return nil
}
