package reach

import (
	"sync/atomic"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// lineage is what a base and all overlays over it share.
type lineage struct{ generations atomic.Int32 }

// overlaid is what a relation knows of the one that it was made from.
type overlaid struct {
	estate     *estate.Estate
	lineage    *lineage
	generation int32       // 0 for a base
	continued  atomic.Bool // an overlay wrote behind the arenas of this relation
}
