package report

import (
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// ReachFormat is the version of a WireReach. A reader refuses any other; within a version, members
// are only ever added.
const ReachFormat = "netmigrate.reach/v1"

// ReachDiffFormat is the version of a WireReachDiff.
const ReachDiffFormat = "netmigrate.reach-diff/v1"

// WireReach is who can talk to whom in a network, or the way of one packet there and back.
type WireReach struct {
	Format   string        `json:"format" jsonschema:"enum=netmigrate.reach/v1"`
	Relation *WireRelation `json:"relation,omitempty"`
	Trace    *WireTrace    `json:"trace,omitempty"` // when it was asked for one pair
}

// WireRelation is who can talk to whom.
type WireRelation struct {
	Summary     map[string]int      `json:"summary"` // pairs by session; "no" for pairs with nothing
	Locations   []WireReachLocation `json:"locations"`
	Pairs       []WireReachPair     `json:"pairs"`      // each once; those with nothing are left out
	TurnArounds []WireTurnAround    `json:"turnAround"` // where packets of several virtual networks may turn around
	// NotListed is how many pairs at most could only meet where packets may turn around and are too many to
	// be among Pairs. The summary's "no" is then a lower bound.
	NotListed   int              `json:"notListed,omitempty"`
	Internet    []WireEgress     `json:"internet"` // what does not go straight to the Internet
	Assumptions []WireAssumption `json:"assumptions"`
}

// WireReachLocation is a location and the addresses that it is known to have.
type WireReachLocation struct {
	WireLocation
	Addresses []netip.Prefix `json:"addresses,omitempty"`
}

// WireReachPair is what is between two locations. A one-way pair has its sender first.
type WireReachPair struct {
	From    WireLocation `json:"from"`
	To      WireLocation `json:"to"`
	Session string       `json:"session" jsonschema:"enum=yes,enum=in part,enum=unknown,enum=one way,enum=split"`
	// Value says how sure it is. With yes the prefixes are those that surely talk, with unknown those that may.
	Value        string          `json:"value" jsonschema:"enum=yes,enum=unknown"`
	FromPrefixes []netip.Prefix  `json:"fromPrefixes,omitempty"`
	ToPrefixes   []netip.Prefix  `json:"toPrefixes,omitempty"`
	MayFrom      []netip.Prefix  `json:"mayFrom,omitempty"` // with unknown read as yes, where that is more
	MayTo        []netip.Prefix  `json:"mayTo,omitempty"`
	Path         []WireHop       `json:"path,omitempty"`
	Return       []WireHop       `json:"return,omitempty"`
	Encryption   string          `json:"encryption,omitempty" jsonschema:"enum=not encrypted,enum=the platform's own encryption between data centres,enum=VNet encryption,enum=IPsec on part of the path,enum=IPsec on the whole path"` // of the path
	Assumptions  []string        `json:"assumptions,omitempty"`
	Parts        []WireReachPart `json:"parts,omitempty"` // where not all prefixes take one path, or not each talks with each
}

// WireReachPart is a part of a session in which every address of one side talks with every address of
// the other by one path each way.
type WireReachPart struct {
	Value        string         `json:"value" jsonschema:"enum=yes,enum=unknown"`
	FromPrefixes []netip.Prefix `json:"fromPrefixes"`
	ToPrefixes   []netip.Prefix `json:"toPrefixes"`
	Path         []WireHop      `json:"path,omitempty"`
	Return       []WireHop      `json:"return,omitempty"`
	Assumptions  []string       `json:"assumptions,omitempty"`
}

// WireTurnAround is a place where packets of several virtual networks may turn around to others.
type WireTurnAround struct {
	At          WireLocation   `json:"at"` // an on-premises network, or the virtual network of a gateway
	Senders     []WireLocation `json:"senders"`
	Receivers   []WireLocation `json:"receivers"`
	Prefixes    []netip.Prefix `json:"prefixes"` // of the receivers
	Assumptions []string       `json:"assumptions"`
}

// WireEgress is what becomes of packets of a virtual network for public addresses.
type WireEgress struct {
	From        WireLocation   `json:"from"`
	Sources     []netip.Prefix `json:"sources,omitempty"`  // of the virtual network; all without
	Prefixes    []netip.Prefix `json:"prefixes,omitempty"` // public ones; all without
	To          *WireLocation  `json:"to,omitempty"`       // where they end; dropped without
	Value       string         `json:"value" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Path        []WireHop      `json:"path,omitempty"`
	Assumptions []string       `json:"assumptions,omitempty"`
}

// WireTrace is the way of a packet there and of its answer back, decision by decision.
type WireTrace struct {
	From      WireEndpoint     `json:"from"`
	To        WireEndpoint     `json:"to"`
	Session   string           `json:"session" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Because   string           `json:"because"`
	Notes     []string         `json:"notes,omitempty"`    // what else there is to say of the two ends
	OneSided  []WireOneSided   `json:"oneSided,omitempty"` // firewalls and appliances that see one direction only
	There     WireAnswer       `json:"there"`
	Back      *WireAnswer      `json:"back,omitempty"`   // absent where nothing has to come back, or nobody is known to answer
	Permit    *WirePermission  `json:"permit,omitempty"` // what network security groups let From begin
	Remedies  []WireRemedy     `json:"remedies,omitempty"`
	Reference []WireAssumption `json:"assumptions,omitempty"` // those that are named above
}

// WireEndpoint is an address at a location.
type WireEndpoint struct {
	Location *WireLocation `json:"location,omitempty"` // absent when an address was asked for and nobody has it
	Address  string        `json:"address"`
	Chosen   string        `json:"chosen,omitempty"` // how the address was chosen, when it was not given
}

// WireOneSided is a device that sees packets of one direction only.
type WireOneSided struct {
	Device WireID `json:"device"`
	Sees   string `json:"sees" jsonschema:"enum=there,enum=back"`
}

// WireAnswer is what becomes of a packet: yes when it arrives on every way, no when on none.
type WireAnswer struct {
	Value string    `json:"value" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Ways  []WireWay `json:"ways"` // several where routes compete
	// NotListed is how many ways there are beside those, where they are very many.
	NotListed int `json:"waysNotListed,omitempty"`
}

// WireWay is one way of a packet.
type WireWay struct {
	Value       string        `json:"value" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Steps       []WireTraced  `json:"steps"`
	Delivered   *WireLocation `json:"delivered,omitempty"` // absent when it is dropped
	Reason      string        `json:"reason,omitempty"`    // for no: the place and the reason
	Assumptions []string      `json:"assumptions,omitempty"`
}

// WireTraced is one decision on the way.
type WireTraced struct {
	At         WireLocation `json:"at"`
	Gateway    bool         `json:"gateway,omitempty"` // made by the gateway of the location
	Device     *WireID      `json:"device,omitempty"`  // made by this firewall or appliance
	Candidates []WireRoute  `json:"candidates,omitempty"`
	Route      string       `json:"route,omitempty"` // the prefix that won
	Because    string       `json:"because,omitempty"`
	Next       []WireHop    `json:"next,omitempty"`
}

// WireRoute is a route that holds the address.
type WireRoute struct {
	Prefix  netip.Prefix `json:"prefix"`
	Source  string       `json:"source"`
	NextHop string       `json:"nextHop"`
	Won     bool         `json:"won,omitempty"`
	Because string       `json:"because,omitempty"`
}

// WirePermission is what network security groups let through, whatever the routes.
type WirePermission struct {
	Value       string          `json:"value" jsonschema:"enum=all,enum=some,enum=none,enum=unknown"`
	Ports       string          `json:"ports"`              // what surely passes, in words
	Doubt       string          `json:"doubt,omitempty"`    // what may pass beside that
	Outbound    *WirePermitSide `json:"outbound,omitempty"` // at the subnet of From
	Inbound     *WirePermitSide `json:"inbound,omitempty"`  // at the subnet of To
	Assumptions []string        `json:"assumptions,omitempty"`
}

// WirePermitSide is the ruling of one subnet.
type WirePermitSide struct {
	VNet    WireLocation     `json:"virtualNetwork"`
	Subnet  string           `json:"subnet,omitempty"`
	Group   *WireID          `json:"group,omitempty"`
	Rules   []WirePermitRule `json:"rules,omitempty"` // those that decide
	Because string           `json:"because"`
}

// WirePermitRule is a rule that decides.
type WirePermitRule struct {
	Name     string `json:"name"`
	Priority int    `json:"priority"`
	Default  bool   `json:"default,omitempty"`
	Allows   bool   `json:"allows"`
	Ports    string `json:"ports"`
	Perhaps  bool   `json:"perhaps,omitempty"`
}

// WireRemedy is a change that would make it a yes.
type WireRemedy struct {
	Change      string   `json:"change"`
	Value       string   `json:"value" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Assumptions []string `json:"assumptions,omitempty"` // that it rests on
}

// WireReachDiff is what becomes of every pair when one network is replaced by another.
type WireReachDiff struct {
	Format  string         `json:"format" jsonschema:"enum=netmigrate.reach-diff/v1"`
	Before  string         `json:"before"`
	After   string         `json:"after"`
	Summary map[string]int `json:"summary"` // pairs by class
	// Unchanged counts pairs that were unknown, or connected in one direction, and are so in the same way
	// still. They are not among Verdicts, and neither are preserved ones.
	Unchanged int           `json:"unchanged"`
	Broken    bool          `json:"broken"` // something is lost, at risk or misdelivered
	Opened    bool          `json:"opened"` // something is newly open
	Verdicts  []WireVerdict `json:"verdicts"`
}

func (v *reacher) wire() WireRelation {
	n := v.counts()
	w := WireRelation{Summary: map[string]int{}, Locations: []WireReachLocation{}, Pairs: []WireReachPair{}, NotListed: v.left,
		TurnArounds: each(v.turns, func(h reach.Hairpin) WireTurnAround {
			return WireTurnAround{wireLocation(h.Via), each(h.Senders, wireLocation), each(h.Receivers, wireLocation), orEmpty(h.Prefixes), orEmpty(h.Assumptions)}
		}),
		Internet: each(v.leavings(), v.wireLeaving), Assumptions: each(v.assumptions(), wireAssumption),
	}
	for h := range hows {
		w.Summary[hows[h].word] = n[h]
	}
	for i, l := range v.at {
		w.Locations = append(w.Locations, WireReachLocation{wireLocation(l), v.has[i]})
	}
	for i := range v.pairs {
		w.Pairs = append(w.Pairs, v.wirePair(&v.pairs[i]))
	}
	return w
}

func wireHop(h reach.Hop) WireHop { return WireHop{h.Type.String(), wireIDIf(h.Element)} }

func wireAssumption(a estate.Assumption) WireAssumption {
	return WireAssumption{a.ID, a.Assumed, a.Because, a.Settle, a.Subjects}
}

func (v *reacher) wirePair(p *linked) WireReachPair {
	w := WireReachPair{
		From: wireLocation(v.at[p.a]), To: wireLocation(v.at[p.b]), Session: hows[p.how].word, Value: p.Value.String(),
		FromPrefixes: p.FromPrefixes, ToPrefixes: p.ToPrefixes, Path: each(p.Path, wireHop), Return: each(p.Back, wireHop),
		Encryption: reach.EncryptionOf(p.Path).String(), Assumptions: p.Assumptions,
	}
	if p.Value == reach.Yes && p.how != oneWay && p.how != split {
		if len(reach.Without(p.MayFrom, p.FromPrefixes))+len(reach.Without(p.MayTo, p.ToPrefixes)) > 0 {
			w.MayFrom, w.MayTo = p.MayFrom, p.MayTo
		}
	}
	if p.Several || !p.Product {
		w.Parts = each(v.r.Sessions(v.at[p.a], v.at[p.b]), func(s reach.Session) WireReachPart {
			return WireReachPart{s.Value.String(), s.FromPrefixes, s.ToPrefixes, each(s.Path, wireHop), each(s.Back, wireHop), s.Assumptions}
		})
	}
	return w
}

func (v *reacher) wireLeaving(l leaving) WireEgress {
	w := WireEgress{From: wireLocation(v.at[l.from]), Sources: l.sources, Prefixes: l.prefixes, Value: l.value.String(),
		Path: each(l.path, wireHop), Assumptions: l.assumptions}
	if l.to != nil {
		to := wireLocation(*l.to)
		w.To = &to
	}
	return w
}

// prefixText is a list of prefixes in one field.
func prefixText(in []netip.Prefix) string {
	return strings.Join(each(in, netip.Prefix.String), " ")
}
