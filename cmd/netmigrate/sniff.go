package main

import (
	"io"
	"os"

	"github.com/netmigrate/netmigrate/netcfg"
)

// sniffed is how many bytes of a file are looked at to find out what it is.
const sniffed = 1 << 20

// sniff reports whether a file of a folder may be an input, by what it holds. It errs towards yes for
// encodings that the parser refuses, and for files that cannot be read: those are reported and not
// passed over, because half a network is none.
func sniff(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, sniffed))
	if err != nil {
		return true
	}
	_, known := netcfg.Recognise(head)
	return known
}
