package reach

import (
	"iter"
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
type Flags uint16

// The flags.
const (
	EncLost        Flags = 1 << iota // less of the path is encrypted, or less well
	EncGained                        // more of it is
	CapUp                            // the least capacity on the path is larger, or nothing limits it any more
	CapDown                          // it is smaller
	SpofAdded                        // it passes a gateway, firewall or appliance that it did not pass
	SpofRemoved                      // it no longer passes one that it did
	DetourAdded                      // it now leaves the regions of its ends
	DetourRemoved                    // it no longer does
	InspectAdded                     // it passes a firewall or appliance, and did not pass any
	InspectRemoved                   // it no longer passes any
	TrustChanged                     // it crosses other places than before
)

var flagNames = [...]string{"ENC_LOST", "ENC_GAINED", "CAP_UP", "CAP_DOWN", "SPOF_ADDED", "SPOF_REMOVED", "DETOUR_ADDED", "DETOUR_REMOVED",
	"INSPECT_ADDED", "INSPECT_REMOVED", "TRUST_CHANGED"}

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
	// Froms and Tos are set when the verdict is about every pair of one of each but those in Except, of
	// which other verdicts tell: From, To, the prefixes, the paths and the witness are those of one of
	// them. Where both are the same locations, it is about them among each other. See Pairs.
	Froms, Tos []Location
	Except     [][2]Location
}

// Pairs yields the pairs that the verdict is about: From and To, or those of its groups. Of a verdict
// about a hairpin it is the one pair that stands for all.
func (v Verdict) Pairs() iter.Seq2[Location, Location] {
	return func(yield func(Location, Location) bool) {
		if v.Froms == nil {
			yield(v.From, v.To)
			return
		}
		together, except := v.Together(), make(map[[2]Location]bool, len(v.Except))
		for _, p := range v.Except {
			except[p] = true
			if together {
				except[[2]Location{p[1], p[0]}] = true
			}
		}
		for i, a := range v.Froms {
			for j, b := range v.Tos {
				twice := together && (i == j || i > j && v.Class != HalfOpen)
				if !twice && (len(except) == 0 || !except[[2]Location{a, b}]) && !yield(a, b) {
					return
				}
			}
		}
	}
}

// Count is how many pairs Pairs yields. A pair that is half open both ways counts for each.
func (v Verdict) Count() int {
	switch n, others := len(v.Froms), len(v.Except); {
	case v.Froms == nil:
		return 1
	case !v.Together():
		return n*len(v.Tos) - others
	case v.Class == HalfOpen:
		return n*(n-1) - 2*others
	default:
		return n*(n-1)/2 - others
	}
}

// Together reports whether the verdict is about the pairs of one group of locations.
func (v Verdict) Together() bool {
	return v.Froms != nil && slices.EqualFunc(v.Froms, v.Tos, Location.Same)
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
	was, is := c.bothWays(c.before, p, before), c.bothWays(c.after, p, after)
	set(EncLost, is.Encryption < was.Encryption)
	set(EncGained, is.Encryption > was.Encryption)
	set(CapUp, is.larger(&was))
	set(CapDown, was.larger(&is))
	var room [2][8]int32
	passedBefore, passedAfter := passing(room[0][:0], c.before, c.ofBefore, before), passing(room[1][:0], c.after, c.ofAfter, after)
	set(SpofAdded, !isSubset(passedAfter, passedBefore))
	set(SpofRemoved, !isSubset(passedBefore, passedAfter))
	set(DetourAdded, is.Detour && !was.Detour)
	set(DetourRemoved, was.Detour && !is.Detour)
	inspectedBefore, inspectedAfter := inspected(before), inspected(after)
	set(InspectAdded, inspectedAfter && !inspectedBefore)
	set(InspectRemoved, inspectedBefore && !inspectedAfter)
	crossedBefore, crossedAfter := crossed(was), crossed(is)
	set(TrustChanged, !isSubset(crossedAfter, crossedBefore) || !isSubset(crossedBefore, crossedAfter))
	return f
}

// bothWays is the worse of what there is to say of two paths.
func (c *comparison) bothWays(r *Relation, p pair, ways [2][]pathNode) Attributes {
	a, b := c.numberIn(r, p.a), c.numberIn(r, p.b)
	out := r.attributes(a, b, ways[0], false)
	if ways[1] != nil {
		out.worsen(r.attributes(b, a, ways[1], false))
	}
	return out
}

func inspected(ways [2][]pathNode) bool {
	for _, hops := range ways {
		for _, h := range hops {
			if h.hop == FirewallHop || h.hop == ApplianceHop {
				return true
			}
		}
	}
	return false
}

// crossed lists the on-premises networks that a path crosses: who owns the VNets of an estate owns
// what is between them.
func crossed(a Attributes) []string {
	var out []string
	for _, l := range a.Crosses {
		if l.Kind == OnPremises {
			out = append(out, l.Name)
		}
	}
	return out
}

func isSubset[T comparable](a, b []T) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// passing appends the places of a pair's gateways, firewalls and appliances.
func passing(out []int32, r *Relation, places []int32, ways [2][]pathNode) []int32 {
	for _, hops := range ways {
		out = r.net.passedOn(out, hops)
	}
	for i, v := range out {
		out[i] = places[v]
	}
	return out
}
