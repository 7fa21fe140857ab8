package plan

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// calls reports whether a name of the options file is that of a location: as an input has it, or as reports do.
func calls(opts *options.Options, t options.Text, l reach.Location) bool {
	p := options.Place{Subscription: l.ID.Subscription, Group: l.ID.Group, Name: written(l)}
	switch l.Kind {
	case reach.VNet:
		p.Kind = options.PlaceVNet
	case reach.OnPremises:
		p.Kind = options.PlaceOnPremises
	case reach.Clients:
		p.Kind = options.PlaceClients
	default:
		return false
	}
	if opts.At(t, p) {
		return true
	}
	if p.Name == l.Name {
		return false
	}
	p.Name = l.Name
	return opts.At(t, p)
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
