package netcfg

// Bounds of a document, enforced before a tree is built; exceeding one is XML-006. They are far
// above what the service stores (100 virtual networks in a subscription) and what a generated
// estate of 10,000 networks needs (16 MB, 340,000 elements).
const (
	MaxSize       = 64 << 20  // bytes of a document
	MaxDepth      = 64        // elements inside each other; the schema needs 9
	MaxElements   = 4_000_000 // elements of a document
	MaxLeaves     = 8_000_000 // elements, attributes and texts of a document
	MaxAttributes = 64        // attributes of one element, and namespace prefixes in scope
	MaxName       = 1 << 10   // bytes of an element or attribute name
	MaxValue      = 64 << 10  // bytes of one attribute value or text, as written
	MaxFindings   = 200       // findings of one severity; a last one counts those left out
)
