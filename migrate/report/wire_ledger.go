package report

// LedgerFormat is the version of a WireLedger. A reader refuses any other; within a version, members
// are only ever added.
const LedgerFormat = "netmigrate.ledger/v1"

// WireLedger is what became of every leaf of the input.
type WireLedger struct {
	Format   string       `json:"format" jsonschema:"enum=netmigrate.ledger/v1"`
	Coverage WireCoverage `json:"coverage"`
	Leaves   []WireLeaf   `json:"leaves"` // in order of document and place
}

// WireLeaf is an element, an attribute or a text.
type WireLeaf struct {
	At      WirePos  `json:"at"`
	Path    string   `json:"path"` // element names, then /@name for an attribute and /text() for a text
	Fate    string   `json:"fate" jsonschema:"enum=converted,enum=changed,enum=dropped,enum=needs a person,enum=no fate"`
	Why     string   `json:"why,omitempty"`     // a rule id, an assumption id, or words
	Old     string   `json:"old,omitempty"`     // the value before, where it changed
	New     string   `json:"new,omitempty"`     // the value after
	Targets []string `json:"targets,omitempty"` // what it turned into: resource and property
}

func wireLeaf(e LedgerEntry) WireLeaf {
	return WireLeaf{wirePos(e.Pos), e.Path, e.Kind.String(), e.Why, e.Old, e.New, e.Targets}
}

// WireCoverage counts what became of the leaves of the input.
type WireCoverage struct {
	Leaves      int          `json:"leaves"`    // elements, attributes and texts
	Converted   int          `json:"converted"` // carried over as they were
	Changed     int          `json:"changed"`   // carried over with a change
	Dropped     int          `json:"dropped"`   // left out on purpose
	NeedsPerson int          `json:"needsPerson"`
	NoFate      int          `json:"noFate"`  // always 0, or there is a mistake in the program
	Reasons     []WireReason `json:"reasons"` // why leaves need a person, the most frequent first
}

// WireReason is a reason and how many leaves have it.
type WireReason struct {
	Why    string `json:"why"` // a rule id, an assumption id, or words
	Leaves int    `json:"leaves"`
}

func wireCoverage(c coverage) *WireCoverage {
	return &WireCoverage{
		Leaves: c.Total() + c.silent, Converted: c.Converted, Changed: c.Changed, Dropped: c.Dropped, NeedsPerson: c.NeedsPerson, NoFate: c.silent,
		Reasons: each(c.person, func(r reason) WireReason { return WireReason{r.why, r.count} }),
	}
}
