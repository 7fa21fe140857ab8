package main

import (
	"io"
	"os"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg"
)

// sniffed is how many bytes of a file are looked at to find out what it is.
const sniffed = 1 << 20

// sniff reports whether a file of a folder may be an input, by what it holds. It errs towards yes for
// encodings that the parser refuses, and for files that cannot be read: those are reported and not
// passed over, because half a network is none.
func sniff(path string) bool {
	head, err := headOf(path)
	if err != nil {
		return true
	}
	_, known := netcfg.Recognise(head)
	return known || arm.Recognise(head)
}

// isListing reports whether a file seems to be a document of Resource Manager.
func isListing(path string) bool {
	head, err := headOf(path)
	return err == nil && isResources(head)
}

func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, sniffed))
}
