package main

import (
	"os"
	"runtime/debug"
)

// The collector's pace for a process that lives for seconds: it lets the heap grow to five times
// what is alive, but becomes strict again towards softLimit bytes.
const (
	collectorPercent = 400
	softLimit        = 3 << 30
)

// spendMemory trades memory for time, unless the user has set the pace (GOGC, GOMEMLIMIT). The
// returned function takes it back.
func spendMemory() (restore func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(collectorPercent), debug.SetMemoryLimit(softLimit)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
