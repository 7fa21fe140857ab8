package plan

import "github.com/netmigrate/netmigrate/migrate/estate"

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
