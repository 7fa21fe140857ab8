package plan

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// States are those that Check looks at, of a plan whose networks run.
func States(p *Plan) []*estate.Estate {
	var out []*estate.Estate
	for s := range newChecker(p).states() {
		out = append(out, s.Estate)
	}
	return out
}

// StartOf is the network before the first step.
var StartOf = startOf

// Moment is a state with when it is.
type Moment struct {
	*estate.Estate
	Name      string
	Wave      int
	End, Last bool // of the wave; of the plan
}

// Moments are the states that Check looks at, with when they are.
func Moments(p *Plan) []Moment {
	var out []Moment
	for s := range newChecker(p).states() {
		out = append(out, Moment{s.Estate, s.name, s.wave, s.end, s.last})
	}
	return out
}

// LaidOut are the components of a network with their hubs, without steps.
func LaidOut(e *estate.Estate, opts options.Options) ([]Component, error) {
	m, err := newMaker(e, opts, nil)
	if err == nil {
		err = m.components()
	}
	return m.p.Components, err
}
