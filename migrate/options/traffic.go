package options

import (
	"fmt"
	"strconv"
	"strings"
)

// Traffic is what passes from one place to another in a month; the other direction is another entry. A place is
// what it is for a Pair, and each is one place: of many nobody knows how much each sends.
type Traffic struct {
	From, To Text
	GB       Text // canonical: "1200", "0.25"; see Volume
}

// Volume is how much passes.
func (t Traffic) Volume() Volume {
	v, _ := ParseVolume(t.GB.Value)
	return v
}

// Volume is an amount of data in thousandths of a GB. Of these, prices of three decimals make whole millionths of a
// dollar: nothing is rounded on the way to a bill.
type Volume int64

// MaxVolume is the most that an entry may have: 10,000,000 GB a month are 31 Gbit/s without a pause, which is more
// than any gateway passes on. More is a mistake in the unit.
const MaxVolume Volume = 10_000_000 * 1000

// ParseVolume reads a decimal number of GB: digits, and up to three decimals that are not zero. What entries add up to
// may be more than MaxVolume.
func ParseVolume(s string) (Volume, bool) {
	whole, fraction, point := strings.Cut(s, ".")
	if point && fraction == "" {
		return 0, false
	}
	fraction = strings.TrimRight(fraction, "0")
	if !digits(whole) || whole == "" || !digits(fraction) || len(fraction) > 3 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", 3-len(fraction)), 10, 64)
	return Volume(n), err == nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// String is the number of GB: "1200", "0.25".
func (v Volume) String() string {
	text := fmt.Sprintf("%d.%03d", v/1000, v%1000)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// volumes is an amount of data.
var volumes = form{what: "a number of GB from 0 to 10000000 with at most three decimals, such as 1200 or 0.25", most: 10_000_000, read: func(s string) (string, bool) {
	v, ok := ParseVolume(s)
	return v.String(), ok && v <= MaxVolume
}}

// longestPlace is how many bytes the name of a place may have, with all that stands before it.
const longestPlace = 1000

// onePlace is the name of one place.
var onePlace = form{what: "the name of one place", pattern: `\S`, read: func(s string) (string, bool) {
	return s, strings.TrimSpace(s) != "" && !IsPattern(s) && len(s) <= longestPlace
}}

var trafficMembers = []member[Traffic]{
	{name: "from", about: "the place that sends: a VNet, an on-premises network, or the clients of a VNet (clients of hub)", form: onePlace, required: true, text: func(t *Traffic) *Text { return &t.From }},
	{name: "to", about: "the place that receives", form: onePlace, required: true, text: func(t *Traffic) *Text { return &t.To }},
	{name: "gb", about: "how many GB a month, with at most three decimals", form: volumes, required: true, text: func(t *Traffic) *Text { return &t.GB }},
}

// traffic looks for what stands in the file twice, and for what a place would send itself.
func (d *decoder) traffic() {
	seen := map[[2]string]Text{}
	for _, t := range d.o.Traffic {
		key := [2]string{strings.ToLower(t.From.Value), strings.ToLower(t.To.Value)}
		before, again := seen[key]
		switch {
		case again:
			d.twiceAt(t.From, before, "the traffic from %q to %q stands here a second time", t.From.Value, t.To.Value)
			continue
		case key[0] == key[1]:
			d.found.Add("OPT-005", d.o.Pos(t.To), "%q sends to itself; what stays inside of a place costs nothing", t.To.Value)
		}
		seen[key] = t.From
	}
}
