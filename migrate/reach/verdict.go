package reach

import (
	"net/netip"
	"slices"
	"strings"
)

// Class is what became of a pair's sessions.
type Class uint8

// The classes. Each pair of addresses is in at most one; pairs that talk neither before nor after
// are in none.
const (
	Preserved     Class = iota + 1 // surely before and surely after, by the same types of hop
	PathChanged                    // surely before and surely after, by other hops: see Flags
	Lost                           // surely before, not after
	AtRisk                         // surely before, unknown after
	Misdelivered                   // surely before; after, the packets go to another location with the same addresses
	Gained                         // not before, surely or perhaps after: see Grade
	HalfOpen                       // after, only one direction is delivered; no session before
	HalfFixed                      // before, only one direction was delivered; after, surely or perhaps both
	UnknownBefore                  // unknown before: a person decides
)

// String is the class as printed in reports.
func (c Class) String() string {
	switch c {
	case Preserved:
		return "preserved"
	case PathChanged:
		return "path changed"
	case Lost:
		return "lost"
	case AtRisk:
		return "at risk"
	case Misdelivered:
		return "misdelivered"
	case Gained:
		return "gained"
	case HalfOpen:
		return "half open"
	case HalfFixed:
		return "half fixed"
	case UnknownBefore:
		return "unknown before"
	}
	return "none"
}

// Flags say how a path changed.
type Flags uint8

// The flags. Capacity is compared only between having gateways in the path and having none,
// because a peering has no limit of its own; gateways' SKUs are not compared here.
const (
	EncLost       Flags = 1 << iota // less of the path is inside IPsec
	EncGained                       // more of it is
	CapUp                           // no gateway limits the path any more
	CapDown                         // a gateway now limits it
	SpofAdded                       // it passes a gateway that it did not pass
	SpofRemoved                     // it no longer passes a gateway that it did
	DetourAdded                     // it now leaves the regions of its ends
	DetourRemoved                   // it no longer does
)

var flagNames = [...]string{"ENC_LOST", "ENC_GAINED", "CAP_UP", "CAP_DOWN", "SPOF_ADDED", "SPOF_REMOVED", "DETOUR_ADDED", "DETOUR_REMOVED"}

// Names lists the flags that are set, as reports and JSON spell them.
func (f Flags) Names() []string {
	var out []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// String joins the names with spaces.
func (f Flags) String() string { return strings.Join(f.Names(), " ") }

// Grade says how far a gain goes. It is zero when nothing was gained.
type Grade uint8

// The grades, least first.
const (
	Wider       Grade = iota + 1 // more prefixes of a pair that was connected
	NewPair                      // two VNets that were not connected
	NewExposure                  // an on-premises network or clients that were not connected
	NewEgress                    // the Internet, directly
)

// String is the grade as printed in reports.
func (g Grade) String() string {
	switch g {
	case Wider:
		return "wider"
	case NewPair:
		return "new pair"
	case NewExposure:
		return "new exposure"
	case NewEgress:
		return "to the Internet"
	}
	return "none"
}

// Side is a pair in one of the two states, for the prefixes of the verdict.
type Side struct {
	Value       Value // of the session: the lesser of the two directions
	There, Back Value // from From to To, and from To to From
	Path        []Hop // from From to To
	Return      []Hop
	Assumptions []string
}

// Verdict says what became of the sessions between every address of FromPrefixes at From and every
// address of ToPrefixes at To. From is the lesser location, except for HalfOpen, where it is the
// sender and FromPrefixes is empty: any of its addresses.
//
// When Via is set, the verdict is about all pairs that could only meet at that hairpin, and From,
// To and the prefixes are those of one of them: a supernet on a shared site would otherwise make
// a hundred million verdicts.
type Verdict struct {
	Class        Class
	Flags        Flags
	Grade        Grade
	From, To     Location // as named before; as named after when new
	FromPrefixes []netip.Prefix
	ToPrefixes   []netip.Prefix
	Before       Side
	After        Side
	WitnessFrom  netip.Addr // one flow to try: from this address; invalid when From's addresses are not known
	WitnessTo    netip.Addr
	NewLocation  bool      // From or To is not in the before state
	DeliveredTo  *Location // Misdelivered: where the packets go instead
	Via          *Location
	Members      []Location // with Via: whose packets come there
}

// Compromises reports whether the verdict breaks equivalence: a session that worked surely does
// not surely work any more.
func (v Verdict) Compromises() bool {
	return v.Class == Lost || v.Class == AtRisk || v.Class == Misdelivered
}

// Opens reports whether packets are delivered, surely or perhaps, that were not before.
func (v Verdict) Opens() bool {
	switch v.Class {
	case Gained, HalfFixed:
		return true
	case HalfOpen:
		return v.Before.There == No
	}
	return false
}

// flagsOf compares the paths of a pair, there and back together.
func (c *comparison) flagsOf(p pair, before, after [2][]pathNode) Flags {
	var f Flags
	set := func(flag Flags, when bool) {
		if when {
			f |= flag
		}
	}
	encBefore, encAfter := worstEncryption(before), worstEncryption(after)
	set(EncLost, encAfter < encBefore)
	set(EncGained, encAfter > encBefore)
	passedBefore, leavesBefore := c.passes(c.before, c.ofBefore, p, before)
	passedAfter, leavesAfter := c.passes(c.after, c.ofAfter, p, after)
	set(CapUp, len(passedBefore) > 0 && len(passedAfter) == 0)
	set(CapDown, len(passedBefore) == 0 && len(passedAfter) > 0)
	set(SpofAdded, !isSubset(passedAfter, passedBefore))
	set(SpofRemoved, !isSubset(passedBefore, passedAfter))
	set(DetourAdded, leavesAfter && !leavesBefore)
	set(DetourRemoved, leavesBefore && !leavesAfter)
	return f
}

func isSubset(a, b []int32) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

func worstEncryption(ways [2][]pathNode) Encryption {
	worst := IPsecWhole
	for _, hops := range ways {
		path := make([]Hop, len(hops))
		for i, h := range hops {
			path[i].Type = h.hop
		}
		worst = min(worst, EncryptionOf(path))
	}
	return worst
}

// passes lists the gateways on a pair's paths, as places, and reports whether one of them is known
// to stand outside the regions of the pair's VNets.
func (c *comparison) passes(r *Relation, places []int32, p pair, ways [2][]pathNode) (gateways []int32, leaves bool) {
	var regions []string
	for _, at := range [2]int32{p.a, p.b} {
		if i := c.numberIn(r, at); i >= 0 && int(i) < len(r.net.vnets) {
			regions = append(regions, r.net.vnets[i].region)
		}
	}
	for _, hops := range ways {
		for _, v := range r.net.gatewaysOn(hops) {
			gateways = append(gateways, places[v])
			region := r.net.vnets[v].region
			leaves = leaves || region != "" && !slices.Contains(regions, "") && !slices.Contains(regions, region)
		}
	}
	return gateways, leaves
}
