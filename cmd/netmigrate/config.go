package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// configName is the options file that is found beside the input. It is no input itself.
const configName = "netmigrate.yaml"

var (
	configOption = option{name: "config", value: "FILE", title: "the options file, instead of a " + configName + " beside the input"}
	usageOption  = option{name: "usage", value: "FILE", title: "the traffic of a month: a CSV with the header from,to,gb"}
	dateOption   = option{name: "date", value: "YYYY-MM-DD", title: "the day from which suppressions and ages are seen, instead of today"}
)

// isConfig reports whether a path is that of an options file.
func isConfig(path string) bool { return strings.EqualFold(filepath.Base(path), configName) }

// readOptions reads the options file of some inputs: the one that --config names, or the one beside
// them. Without one the options are empty. What is wrong with it is found.
func readOptions(c *cli.Context, args []string) (*options.Options, diag.List) {
	paths := []string{c.String("config")}
	if !c.IsSet("config") {
		paths = besides(args)
	}
	switch {
	case len(paths) == 0:
		return &options.Options{}, nil
	case len(paths) > 1:
		first, second := filepath.ToSlash(paths[0]), filepath.ToSlash(paths[1])
		f := diag.New("OPT-007", diag.Pos{File: first}, "there is a second options file beside the input: %q", second)
		return &options.Options{}, diag.List{f.See(diag.Pos{File: second}, "it is here")}
	}
	name := filepath.ToSlash(paths[0])
	src, err := readRegular(paths[0], options.MaxSize)
	if err != nil {
		return &options.Options{}, diag.List{diag.New("OPT-001", diag.Pos{File: name}, "the file cannot be read: %v", err)}
	}
	opts, found, err := options.Parse(name, src)
	if err != nil {
		opts = &options.Options{}
	}
	return opts, found
}

// readUsage takes the traffic from the file that --usage names, in place of that of the options file.
func readUsage(c *cli.Context, opts *options.Options) diag.List {
	if !c.IsSet(usageOption.name) {
		return nil
	}
	path := c.String(usageOption.name)
	name := filepath.ToSlash(path)
	src, err := readRegular(path, options.MaxUsageSize)
	if err != nil {
		return diag.List{diag.New("OPT-014", diag.Pos{File: name}, "the file cannot be read: %v", err)}
	}
	return opts.ReadUsage(name, src)
}

// readRegular reads a regular file, and no more of it than so many bytes and one.
func readRegular(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, errOf(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errOf(err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, most+1))
	return src, errOf(err)
}

// besides lists the options files beside the inputs, each once: in the folder that is named, or
// that a named file is in. Standard input is beside nothing.
func besides(args []string) []string {
	var paths []string
	var known []fs.FileInfo
	for _, arg := range args {
		for _, place := range placesOf(arg) {
			path := filepath.Join(place, configName)
			info, err := os.Stat(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err == nil && slices.ContainsFunc(known, func(k fs.FileInfo) bool { return os.SameFile(k, info) }) {
				continue
			}
			if err != nil && slices.Contains(paths, path) {
				continue
			}
			known = append(known, info)
			paths = append(paths, path)
		}
	}
	return paths
}

// placesOf are the folders that an argument is in, or is.
func placesOf(arg string) []string {
	if arg == "-" {
		return nil
	}
	matches := []string{arg}
	if _, err := os.Stat(arg); errors.Is(err, fs.ErrNotExist) {
		matches, _ = filepath.Glob(arg) // a malformed pattern is reported when the inputs are read
	}
	var places []string
	for _, m := range matches {
		if info, err := os.Stat(m); err == nil && info.IsDir() {
			places = append(places, m)
		} else {
			places = append(places, filepath.Dir(m))
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// decided are the options of a run: those of the file, and over them the flags of a plan.
func decided(c *cli.Context, file *options.Options) options.Options {
	opts := *file
	if c.IsSet("mode") && c.String("mode") != modeAuto { // else it follows from the input
		opts.Mode = options.Mode(c.String("mode"))
	}
	if c.IsSet("hub") {
		opts.Hub = options.Hub(c.String("hub"))
	}
	if c.IsSet("transit") {
		opts.Transit = options.Transit(c.String("transit"))
	}
	if c.IsSet("inspect") {
		opts.Inspect = options.Inspect(c.String("inspect"))
	}
	if c.IsSet("exposure") {
		opts.Exposure = options.Exposure(c.String("exposure"))
	}
	return opts
}

// today is the day that --date names, or the day it is.
func today(c *cli.Context) (options.Date, error) {
	if !c.IsSet("date") {
		return options.Date(time.Now().Format(time.DateOnly)), nil
	}
	d, ok := options.ParseDate(c.String("date"))
	if !ok {
		return "", usagef("--date %q is not a day such as 2027-01-31", c.String("date"))
	}
	return d, nil
}

// answers are the options that the files are looked at with. Where something is broken there are
// none: what they name may be in the part that cannot be read.
func (in input) answers() *options.Options {
	if in.broken {
		return &options.Options{Today: in.today}
	}
	return in.options
}

// The rules that a command looks for, by their families: a suppression of another rule does not
// match nothing, it was not asked.
func lintLooksFor(rule string) bool {
	return !ofFamily(rule, "ARM", "PLAN", "HUB", "PEER", "SEC", "TRN", "OPS", "CST")
}

// connectionsLooksFor leaves out what the platform's own migration would do to the network.
func connectionsLooksFor(rule string) bool {
	return lintLooksFor(rule) && rule != "CLS-001" && rule != "CLS-006"
}

// reachLooksFor is what is noticed on the way to an estate, and to its ARM form.
func reachLooksFor(rule string) bool { return ofFamily(rule, "XML") }

func planLooksFor(rule string) bool    { return !ofFamily(rule, "ARM") }
func convertLooksFor(rule string) bool { return ofFamily(rule, "ARM", "XML") }

func ofFamily(rule string, families ...string) bool {
	family, _, _ := strings.Cut(rule, "-")
	return slices.Contains(families, family)
}

// settle sorts the findings of a run and leaves out those that the options file suppresses. When
// something is broken the run has not looked for everything.
func (s *session) settle(in input, found diag.List, looksFor func(rule string) bool) diag.List {
	if in.broken {
		looksFor = func(string) bool { return false }
	}
	kept, left := in.options.Suppress(found, in.today, looksFor)
	kept.Sort()
	slices.SortStableFunc(left, func(a, b options.Suppressed) int { return a.Finding.Compare(b.Finding) })
	if s.suppressed = left; len(left) > 0 {
		noun := "findings"
		if len(left) == 1 {
			noun = "finding"
		}
		s.say("%d %s suppressed by %s", len(left), noun, diag.Plain(in.options.File))
	}
	return kept
}
