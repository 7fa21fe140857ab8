// Package options holds what the input files cannot say and what the engineer decided.
package options

import "strings"

// Mode says what the input describes and, with it, which steps a plan has.
type Mode string

// The modes. Source: docs/design.md#modes.
const (
	AsIfLive    Mode = "as-if-live"   // classic files whose mesh is assumed to run today in its ARM form
	Rebuild     Mode = "rebuild"      // nothing of the input runs; build the target next to nothing
	ClassicLive Mode = "classic-live" // historic: the classic network itself runs, and is migrated first
	ARMLive     Mode = "arm-live"     // a live listing; needs one as input
)

// Modes lists the modes in the order of the help text.
var Modes = []Mode{AsIfLive, Rebuild, ClassicLive, ARMLive}

// ParseMode reads a mode, or reports false.
func ParseMode(s string) (Mode, bool) {
	for _, m := range Modes {
		if strings.EqualFold(s, string(m)) {
			return m, true
		}
	}
	return "", false
}

// Hub is the choice of a hub: "auto", "new", "none", or the name of a VNet.
type Hub string

// The choices that are not a VNet's name.
const (
	HubAuto Hub = "auto"
	HubNew  Hub = "new"
	HubNone Hub = "none"
)

// Options is everything a plan can be told.
type Options struct {
	Mode Mode // empty: AsIfLive
	Hub  Hub  // empty: HubAuto
}
