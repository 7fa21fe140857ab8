package netcfg

import "math"

// Default bounds of a document. They are far above what the service stores (100 virtual networks in
// a subscription) and what a generated estate of 10,000 networks needs (16 MB, 340,000 elements).
const (
	MaxSize       = 64 << 20  // bytes of a document
	MaxDepth      = 64        // elements inside each other; the schema needs 9
	MaxElements   = 4_000_000 // elements of a document
	MaxLeaves     = 8_000_000 // elements, attributes and texts of a document, or JSON values
	MaxAttributes = 64        // attributes of one element, and namespace prefixes in scope
	MaxName       = 1 << 10   // bytes of an element or attribute name, or of the name of a JSON member
	MaxValue      = 64 << 10  // bytes of one attribute value, text or JSON value, as written
	MaxFindings   = 200       // findings of one severity; a last one counts those left out
)

// Bounds are what a document may have at most. They are enforced before a tree is built. Exceeding
// Size, Elements or Leaves is XML-006, Depth XML-025, Attributes XML-026, Name XML-027, Value XML-028.
// A field that is zero or negative stands for the default.
type Bounds struct {
	Size       int // bytes of a document; at most 2 GiB less one byte, whatever is given here
	Depth      int // elements, or JSON objects and arrays, inside each other
	Elements   int // elements of a document
	Leaves     int // elements, attributes and texts of a document, or JSON values
	Attributes int // attributes of one element, and namespace prefixes in scope
	Name       int // bytes of a name
	Value      int // bytes of one attribute value, text or JSON value, as written
}

// DefaultBounds are the bounds of [Read] and [Parse].
func DefaultBounds() Bounds {
	return Bounds{MaxSize, MaxDepth, MaxElements, MaxLeaves, MaxAttributes, MaxName, MaxValue}
}

// settled are the bounds with the defaults in place of what is not given. Places in a document are
// kept as 32-bit numbers, so no bound can be larger.
func (b Bounds) settled() Bounds {
	d := DefaultBounds()
	settle := func(bound, byDefault int) int {
		if bound <= 0 {
			return byDefault
		}
		return min(bound, math.MaxInt32)
	}
	return Bounds{
		Size:       settle(b.Size, d.Size),
		Depth:      settle(b.Depth, d.Depth),
		Elements:   settle(b.Elements, d.Elements),
		Leaves:     settle(b.Leaves, d.Leaves),
		Attributes: settle(b.Attributes, d.Attributes),
		Name:       settle(b.Name, d.Name),
		Value:      settle(b.Value, d.Value),
	}
}
