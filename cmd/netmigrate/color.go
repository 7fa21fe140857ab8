package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// wantsColor says whether a stream gets colours. On its own a terminal does, unless NO_COLOR is
// set to anything (no-color.org) or the terminal is a dumb one.
func wantsColor(flag string, w io.Writer) bool {
	switch flag {
	case "always":
		return true
	case "never":
		return false
	}
	f, ok := terminal(w)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && enableEscapes(f)
}

// terminal is the file behind a stream that is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// width is the width of a terminal in columns, or 0 for anything else.
func width(w io.Writer) int {
	f, ok := terminal(w)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
