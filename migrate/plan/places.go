package plan

import (
	"slices"
	"strings"
	"unicode"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Places finds the places of a network by name: of ten thousand there may be a hundred thousand names.
type Places struct {
	opts    *options.Options
	at      []reach.Location
	named   map[string][]int // by name, folded
	longest int              // of these, in bytes
}

// NewPlaces are some locations, of which the options say what their subscriptions are called.
func NewPlaces(at []reach.Location, opts *options.Options) *Places {
	p := &Places{opts: opts, at: at, named: map[string][]int{}}
	for i, l := range at {
		for _, name := range spellings(l) {
			name = folded(name)
			p.named[name] = append(p.named[name], i)
			p.longest = max(p.longest, len(name))
		}
	}
	return p
}

// Named are the places whose name this is; see options.At.
func (p *Places) Named(name string) []reach.Location {
	exact, _ := p.find(options.Text{Value: name})
	return exact
}

// of are the places that a name of the options file stands for: those that are called so, or else those that fit it as
// a pattern.
func (p *Places) of(t options.Text) []reach.Location {
	exact, fitting := p.find(t)
	if len(exact) > 0 {
		return exact
	}
	return fitting
}

func (p *Places) find(t options.Text) (exact, fitting []reach.Location) {
	for _, i := range p.candidates(t.Value) {
		switch p.fit(t, p.at[i]) {
		case options.Exact:
			exact = append(exact, p.at[i])
		case options.Pattern:
			fitting = append(fitting, p.at[i])
		}
	}
	return exact, fitting
}

// candidates are the places that a name may stand for, in order. The name of a place ends it: what it is, the
// subscription and the group stand before. Any place may fit a pattern.
func (p *Places) candidates(name string) []int {
	var which []int
	if options.IsPattern(name) {
		for i := range p.at {
			which = append(which, i)
		}
		return which
	}
	name = strings.TrimSpace(folded(name))
	for i := range len(name) {
		if (i == 0 || name[i-1] == '/' || name[i-1] == ' ') && len(name)-i <= p.longest {
			which = append(which, p.named[name[i:]]...)
		}
	}
	slices.Sort(which)
	return slices.Compact(which)
}

var placeKinds = map[reach.Kind]string{reach.VNet: options.PlaceVNet, reach.OnPremises: options.PlaceOnPremises, reach.Clients: options.PlaceClients}

// fit says how a name of the options file is that of a location.
func (p *Places) fit(t options.Text, l reach.Location) options.Fit {
	best := options.NoFit
	kind, known := placeKinds[l.Kind]
	if !known {
		return best
	}
	for _, name := range spellings(l) {
		best = max(best, p.opts.At(t, options.Place{Kind: kind, Subscription: l.ID.Subscription, Group: l.ID.Group, Name: name}))
	}
	return best
}

// spellings are those that a location goes by: as an input has it, as reports do, and as Resource Manager does.
func spellings(l reach.Location) []string {
	names := []string{l.Name}
	for _, name := range []string{written(l), l.ID.Name} {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// folded is the same for names that differ in letter case alone.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}

// written is the name of a location without the owner that tells it from others of that name: "hub" of "hub (rg-west)".
func written(l reach.Location) string {
	if l.Kind == reach.OnPremises {
		return l.Name
	}
	for _, owner := range []string{l.ID.Subscription + "/" + l.ID.Group, l.ID.Subscription, l.ID.Group} {
		if name, ok := strings.CutSuffix(l.Name, " ("+owner+")"); ok && owner != "" && name != "" {
			return name
		}
	}
	return l.Name
}

func nowhere(opts *options.Options, t options.Text) diag.Finding {
	return diag.New("OPT-011", opts.Pos(t), "no place of the network is called %q", t.Value)
}

func several(opts *options.Options, t options.Text, all []reach.Location) diag.Finding {
	return diag.New("OPT-011", opts.Pos(t), "%d places are called %q, such as %s", len(all), t.Value, all[0]).
		WithHint("write what it is before the name (VNet, on-premises or clients of), and of a VNet the subscription or resource group: VNet subscription/name")
}
