package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// write puts the product on standard output, all of it at once.
func (s *session) write(product []byte) error {
	s.progress.stop()
	if _, err := s.stdout.Write(product); err != nil {
		return fmt.Errorf("write to standard output: %w", errOf(err))
	}
	return nil
}

// styleOut is how text looks on standard output; only a terminal has a width.
func (s *session) styleOut() report.Style {
	return report.Style{Color: s.settings.colorOut, Width: width(s.stdout)}
}

func (s *session) styleErr() report.Style {
	return report.Style{Color: s.settings.colorErr, Width: width(s.stderr)}
}

// report puts findings on standard error, in order.
func (s *session) report(found diag.List) error {
	text, err := s.findings(found, report.Text, s.styleErr())
	if err != nil {
		return err
	}
	s.progress.stop()
	_, err = s.stderr.Write(text)
	return err
}

// refuse puts the findings of broken input on standard error. Where some of the input was sound, it
// says why that has no product either.
func (s *session) refuse(in input, found diag.List, done string) error {
	if err := s.report(found); err != nil {
		return err
	}
	if in.count == 0 {
		return nil
	}
	return fmt.Errorf("nothing was %s, because a part of the input cannot be read", done)
}

// findings prints findings. As text, a quiet run has neither the notes nor the count at the end.
func (s *session) findings(found diag.List, format report.Format, style report.Style) ([]byte, error) {
	quiet := s.settings.quiet && format == report.Text
	if quiet {
		found = audible(found)
	}
	text, err := render(func(w io.Writer) error { return report.SuppressedFindings(w, found, len(s.suppressed), format, style) })
	if quiet {
		text = text[:bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n')+1]
	}
	return text, err
}

// audible is what of the findings a quiet run prints.
func audible(found diag.List) diag.List {
	var loud diag.List
	for _, f := range found {
		if f.Severity > diag.Note {
			loud = append(loud, f)
		}
	}
	return loud
}

// say prints a line for people on standard error, unless they asked for quiet.
func (s *session) say(format string, args ...any) {
	if !s.settings.quiet {
		s.progress.stop()
		fmt.Fprintf(s.stderr, format+"\n", args...)
	}
}

// verdict is the exit code of a run that has its product.
func (s *session) verdict(found diag.List) int {
	if s.settings.failOn != 0 && found.Worst() >= s.settings.failOn {
		return exitFindings
	}
	return exitDone
}

// oneTerminal reports whether both streams end before the same eyes, so that what stands in the
// product need not be said again.
func (s *session) oneTerminal() bool {
	_, out := terminal(s.stdout)
	_, err := terminal(s.stderr)
	return out && err
}

// render gathers what one of the writers of the packages below writes.
func render(write func(io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b)
	return b.Bytes(), err
}

// writeFolder writes the output folder and says so.
func (s *session) writeFolder(dir string, files []file) error {
	s.progress.now("writing %s", diag.Plain(dir))
	if err := s.folder.write(dir, files); err != nil {
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	s.say("wrote %s: %s", diag.Plain(dir), strings.Join(names, ", "))
	return nil
}

// renderFindings is a list of findings as it stands in an output folder: all of it, without
// colours.
func (s *session) renderFindings(found diag.List, format report.Format) ([]byte, error) {
	return render(func(w io.Writer) error {
		return report.SuppressedFindings(w, found, len(s.suppressed), format, report.Style{})
	})
}

// hand gives out what a command made and what it found on the way, and says how it ends; err is what
// went wrong while it was made.
func (s *session) hand(product []byte, found diag.List, err error) (int, error) {
	if err == nil {
		err = s.write(product)
	}
	if err == nil {
		err = s.report(found)
	}
	if err != nil {
		return exitNot, err
	}
	return s.verdict(found), nil
}

// handAs is hand for a product of which SARIF is the findings alone, and which says in its other forms what
// they say.
func (s *session) handAs(format report.Format, found diag.List, write func(io.Writer) error) (int, error) {
	product, err := render(func(w io.Writer) error {
		if format == report.SARIF {
			return report.FindingsSARIF(w, found, s.suppressed, moduleVersion())
		}
		return write(w)
	})
	if err == nil {
		err = s.write(product)
	}
	if err == nil && format != report.SARIF && (format == report.JSON || !s.oneTerminal()) {
		err = s.report(found)
	}
	if err != nil {
		return exitNot, err
	}
	return s.verdict(found), nil
}
