//go:build !windows

package main

import (
	"errors"
	"os"
	"syscall"
)

// enableEscapes reports whether a terminal understands escape sequences; outside of Windows all
// do.
func enableEscapes(*os.File) bool { return true }

// brokenPipe reports whether a write failed because the reader has gone away.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
