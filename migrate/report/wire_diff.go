package report

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// DiffFormat is the version of a WireDiff. A reader refuses any other; within a version, members are only
// ever added.
const DiffFormat = "netmigrate.diff/v1"

// WireDiff is how two networks differ.
type WireDiff struct {
	Format        string          `json:"format" jsonschema:"enum=netmigrate.diff/v1"`
	Before        string          `json:"before"`
	After         string          `json:"after"`
	Configuration *WireConfigDiff `json:"configuration,omitempty"` // where it was asked for
	Reach         *WireReachDiff  `json:"reach,omitempty"`         // where it was asked for
}

// WireConfigDiff is how the configurations of two networks differ.
type WireConfigDiff struct {
	Differs     bool              `json:"differs"` // some configuration surely differs
	Summary     WireConfigSummary `json:"summary"`
	Differences []WireDifference  `json:"differences"`
}

// WireConfigSummary counts objects.
type WireConfigSummary struct {
	OnlyBefore int `json:"onlyBefore"`
	OnlyAfter  int `json:"onlyAfter"`
	Changed    int `json:"changed"`
	State      int `json:"state"`  // with another state
	Untold     int `json:"untold"` // of which one network alone says something
}

// WireDifference is an object or a part of one that only one network has, or a property.
type WireDifference struct {
	// Presence is "untold" for what one network alone says something of, so that nobody knows whether it differs.
	Presence string    `json:"presence" jsonschema:"enum=only before,enum=only after,enum=changed,enum=untold"`
	Aspect   string    `json:"aspect" jsonschema:"enum=configuration,enum=state"`
	Before   *WireID   `json:"before,omitempty"` // the object there
	After    *WireID   `json:"after,omitempty"`
	Part     *WirePart `json:"part,omitempty"`     // what of the object; the object itself without
	Property string    `json:"property,omitempty"` // the whole object or part without
	// Old and New are the values; of a set what only that network has, of a whole object what is said of it.
	Old   []string  `json:"old,omitempty"`
	New   []string  `json:"new,omitempty"`
	OldAt []WirePos `json:"oldAt,omitempty"`
	NewAt []WirePos `json:"newAt,omitempty"`
}

// WirePart is a subnet, a route, a rule or a BGP peer of an object.
type WirePart struct {
	Kind string `json:"kind" jsonschema:"enum=subnet,enum=route,enum=rule,enum=BGP peer"`
	Name string `json:"name"`
}

func wireDifference(d estate.Difference, was, is *estate.Estate) WireDifference {
	places := func(e *estate.Estate, refs []diag.Ref) []WirePos {
		var out []WirePos
		for _, r := range refs {
			out = append(out, wirePos(e.Pos(r)))
		}
		return out
	}
	w := WireDifference{Presence: d.Presence.String(), Aspect: d.Aspect.String(), Before: wireIDIf(d.Before), After: wireIDIf(d.After),
		Property: d.Property, Old: d.Old, New: d.New, OldAt: places(was, d.OldRefs), NewAt: places(is, d.NewRefs)}
	if d.Part != "" {
		w.Part = &WirePart{d.Part, d.PartName}
	}
	return w
}
