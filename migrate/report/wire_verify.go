package report

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// VerifyFormat is the version of a WireVerify. A reader refuses any other; within a version, members are
// only ever added.
const VerifyFormat = "netmigrate.verify/v1"

// WireVerify is where a network stands in a plan.
type WireVerify struct {
	Format   string   `json:"format" jsonschema:"enum=netmigrate.verify/v1"`
	Plan     string   `json:"plan"`
	Listings []string `json:"listings"`
	// FromListing says that the network was read from a live listing; files that describe the past confirm nothing.
	FromListing bool `json:"fromListing,omitempty"`
	// AtState says that the network is a state of the plan, with no step half done.
	AtState    bool             `json:"atState"`
	Complete   bool             `json:"complete"` // every step that can be seen is done
	LastWave   int              `json:"lastWave"` // all steps up to its end are done
	Next       []string         `json:"next"`     // steps that may run next
	Steps      []WireStanding   `json:"steps"`    // in the order of the plan
	OutOfOrder []string         `json:"outOfOrder"`
	Drift      []WireDifference `json:"changedOutsideThePlan"` // from the state that the done steps make
	Lost       []WireVerdict    `json:"lost"`
	Open       []string         `json:"openWindows"`
	Excused    []WireVerdict    `json:"downAsDeclared"` // by an open window
	Findings   []WireFinding    `json:"findings"`
	Network    *WireEstate      `json:"network,omitempty"` // what is there right after a step, where that was asked of the plan
}

// WireStanding is a step and how far it is.
type WireStanding struct {
	ID       string `json:"id"`
	Wave     int    `json:"wave"`
	Action   string `json:"action"`
	Object   WireID `json:"object"`
	Progress string `json:"progress" jsonschema:"enum=not done,enum=half done,enum=done,enum=leaves no trace"`
	// There and Missing are the objects of a half-done step.
	There   []WireID `json:"asItShouldBe,omitempty"`
	Missing []WireID `json:"notYet,omitempty"`
	May     bool     `json:"mayRun,omitempty"`
	Confirm []string `json:"confirmFirst,omitempty"` // steps that leave no trace
	Blocked []string `json:"blocked,omitempty"`      // why it may not run although its turn it is
}

func (v *Verification) wire() WireVerify {
	w := WireVerify{Format: VerifyFormat, Plan: v.Name, Listings: orEmpty(v.Listings), FromListing: v.fromListing(), AtState: v.AtState(), Complete: v.Complete(), LastWave: v.LastWave, Next: []string{},
		Steps: each(v.Steps, func(s plan.StepStanding) WireStanding {
			return WireStanding{s.ID, s.Wave, string(s.Action), wireID(s.Object), s.Progress.String(), each(s.There, wireID), each(s.Missing, wireID), s.May, s.Confirm, s.Blocked}
		}),
		OutOfOrder: orEmpty(v.OutOfOrder), Lost: each(v.Lost, wireVerdict), Open: orEmpty(v.Open), Excused: each(v.Excused, wireVerdict),
		Drift: each(v.Drift, func(d estate.Difference) WireDifference { return wireDifference(d, v.Nearest, v.Live) }),
	}
	for i := range v.Steps {
		if v.Steps[i].May {
			w.Next = append(w.Next, v.Steps[i].ID)
		}
	}
	found := v.Findings()
	found.Sort()
	w.Findings = wireFindings(found)
	return w
}

// CheckFormat is the version of a WireCheck.
const CheckFormat = "netmigrate.check/v1"

// WireCheck is what netmigrate check says of a plan, as JSON.
type WireCheck struct {
	Format     string          `json:"format" jsonschema:"enum=netmigrate.check/v1"`
	Plan       string          `json:"plan"` // the file
	Sound      bool            `json:"sound"`
	Violations []WireViolation `json:"violations"`       // empty when it is sound
	Opened     []WireViolation `json:"opened,omitempty"` // pairs that may talk for a while only
	Checked    []string        `json:"checked"`          // the states that were checked, in words
	Windows    []WireWindow    `json:"windows"`          // the interruptions that the plan declares
}
