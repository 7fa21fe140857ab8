package reach

import "github.com/netmigrate/netmigrate/migrate/estate"

// Remedy is a change of the estate by which one endpoint would reach another.
type Remedy struct {
	Change string // in words
	Value  Value  // what a session would be after it
}

// Remedies lists the smallest changes that would let two endpoints talk, the smallest first. None
// means that none is known.
func Remedies(e *estate.Estate, from, to Endpoint) []Remedy { return nil }
