package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// FindingsJUnit writes sorted findings as JUnit XML: a test suite for each file, and in it a test case
// for each rule and place. What reaches failOn is a failure, as it is in the exit code; what does not is a
// case that passes and says what was found in its output, because build servers take a skipped case
// for one that never ran. A file without a finding has one case that passes: a suite without any is an
// error to some of them. The zero failOn fails nothing.
//
// files are the names of all inputs; those that only a finding names are added. There are no times, so that
// equal findings give equal bytes. Characters that XML does not have become escapes or U+FFFD.
func FindingsJUnit(w io.Writer, found diag.List, files []string, failOn diag.Severity) error {
	all := junitSuites{Name: "netmigrate lint"}
	for _, file := range suiteNames(found, files) {
		s := junitSuiteOf(file, found, failOn)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Suites = append(all.Suites, s)
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// suiteNames lists the inputs in order; what has no file comes first, under the name "".
func suiteNames(found diag.List, files []string) []string {
	names := slices.Clone(files)
	for i := range found {
		names = append(names, found[i].Pos.File)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func junitSuiteOf(file string, found diag.List, failOn diag.Severity) junitSuite {
	s := junitSuite{Name: diag.Plain(file)}
	if file == "" {
		s.Name = "all files together"
	}
	for i := 0; i < len(found); i++ {
		if found[i].Pos.File != file {
			continue
		}
		end := i + 1
		for end < len(found) && found[end].Pos == found[i].Pos && found[end].Rule == found[i].Rule {
			end++
		}
		s.Cases = append(s.Cases, junitCaseOf(s.Name, found[i:end], failOn))
		i = end - 1
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Class: s.Name, Name: "no findings"}}
	}
	s.Tests = len(s.Cases)
	for i := range s.Cases {
		if s.Cases[i].Failure != nil {
			s.Failures++
		}
	}
	return s
}

// junitCaseOf is the case of the findings of one rule at one place.
func junitCaseOf(suite string, same diag.List, failOn diag.Severity) junitCase {
	f := &same[0]
	c := junitCase{Class: suite, Name: f.Rule}
	if f.Pos.File != "" {
		c.File, c.Line = suite, f.Pos.Line
	}
	if f.Pos.Line > 0 {
		c.Name = fmt.Sprintf("%s at %d:%d", f.Rule, f.Pos.Line, f.Pos.Col)
	}
	var text strings.Builder
	_ = same.Print(&text) // a Builder takes everything
	if worst := same.Worst(); failOn != 0 && worst >= failOn {
		c.Failure = &junitFailure{Message: diag.Plain(f.Message), Type: f.Rule, Text: text.String()}
	} else {
		c.Out = text.String()
	}
	return c
}
