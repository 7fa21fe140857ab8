package report

import (
	"fmt"
	"io"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Connections writes what every connection of a classic estate leads to, how sure that is, and
// why. An error comes from w, or is ErrFormat.
func Connections(w io.Writer, e *estate.Estate, format Format, s Style) error {
	c := newConnector(e)
	return writeView(w, format, s, c.blocks, c.wire)
}

// connector looks up what a half is shown with.
type connector struct {
	e       *estate.Estate
	x       *estate.Index
	carries *estate.Carriage
	owners
}

func newConnector(e *estate.Estate) *connector {
	return &connector{e, estate.NewIndex(e), estate.NewCarriage(e), newOwners(e)}
}

// confidences in the order of the summary.
var confidences = []estate.Confidence{estate.Certain, estate.Likely, estate.Ambiguous, estate.OneSided, estate.NotPaired}

func (c *connector) counts() map[estate.Confidence]int {
	n := map[estate.Confidence]int{}
	for i := range c.e.Connections {
		n[c.e.Connections[i].Pairing.Confidence]++
	}
	return n
}

// blocks shows every half below its VNet, after a line that counts them.
func (c *connector) blocks() []block {
	out := []block{heading{1, say("Connections")}, para{c.summary()}}
	last := estate.ID{}
	for i := range c.e.Connections {
		h := &c.e.Connections[i]
		if v := c.vnetOf(h); v != last {
			out = append(out, heading{2, say("VNet ").and(c.name(v))})
			last = v
		}
		out = append(out, c.half(h)...)
	}
	return out
}

func (c *connector) summary() phrase {
	counts := c.counts()
	tunnels := (counts[estate.Certain] + counts[estate.Likely]) / 2
	n := len(c.e.Connections)
	out := toned(strong, "%d %s", n, pluralOf(n, "connection", "connections"))
	out = out.say(", %d %s", tunnels, pluralOf(tunnels, "tunnel between VNets", "tunnels between VNets"))
	for _, sure := range confidences {
		if counts[sure] > 0 {
			out = out.say(", %d ", counts[sure]).and(toned(confidenceTones[sure], "%s", confidenceWord(sure)))
		}
	}
	return out
}

func pluralOf(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// confidenceWord is how people are told of a confidence: a half that is not paired leads out.
func confidenceWord(sure estate.Confidence) string {
	if sure == estate.NotPaired {
		return "outside"
	}
	return sure.String()
}

// half shows one half: where it ends, why, what its site carries, and what is odd.
func (c *connector) half(h *estate.Connection) []block {
	title := c.which(h).say(", %s: ", h.Kind)
	sure := confidenceTones[h.Pairing.Confidence]
	if h.Pairing.Suspect != "" {
		sure = bad
	}
	out := []block{heading{3, title.and(toned(sure, "%s", confidenceWord(h.Pairing.Confidence)))}}
	rows := facts{{"ends at", c.endOf(h)}}
	add := func(label string, list []phrase) {
		for _, p := range list {
			rows = append(rows, fact{label, p})
		}
	}
	because, remarks := c.reasons(h)
	add("because", because)
	add("carries", c.beyond(h))
	add("but", append(remarks, c.addressRemarks(h)...))
	add("could be", c.candidates(h))
	var decide []phrase
	for _, d := range h.Pairing.Decide {
		decide = append(decide, say("%s", d))
	}
	add("settled by", decide)
	return append(out, rows)
}

// which names a connection within its VNet: by the name that Resource Manager gives it, and by its site.
func (c *connector) which(h *estate.Connection) phrase {
	var out phrase
	if c.isNamed(h) {
		out = say("connection ").and(named(h.ID.Name))
		if h.Site.IsZero() {
			return out
		}
		out = out.say(" ")
	}
	return out.say("by site ").and(named(h.Site.Name))
}

// isNamed reports whether a connection has a name of its own: a classic one has its VNet's.
func (c *connector) isNamed(h *estate.Connection) bool {
	v := c.x.VNet(c.vnetOf(h))
	return v != nil && v.Model == estate.ARM || h.Kind == estate.Vnet2Vnet
}

// endOf says what a half leads to.
func (c *connector) endOf(h *estate.Connection) phrase {
	p := &h.Pairing
	site := c.x.Site(h.Site)
	partner := c.x.Connection(p.Partner)
	switch {
	case partner != nil:
		return say("VNet ").and(c.name(c.vnetOf(partner))).and(c.back(partner))
	case p.Confidence == estate.Ambiguous:
		if len(p.Candidates) == 1 {
			return say("perhaps the one below, which others fit as well")
		}
		return say("one of %d connections, and nothing tells which", len(p.Candidates))
	case p.Confidence == estate.OneSided && !p.Toward.IsZero():
		return say("VNet ").and(c.name(p.Toward)).say(", which has no connection back")
	case p.Confidence == estate.OneSided:
		return say("nothing: it is declared gone")
	case site != nil && site.Declared.Kind == estate.DeclaredElsewhere:
		return say("a VNet of another subscription, ").and(named(site.Network))
	case !h.Circuit.IsZero():
		return say("ExpressRoute circuit ").and(named(h.Circuit.Name))
	case site != nil && site.Network != "":
		return say("on-premises network ").and(named(site.Network))
	}
	return say("a network that the files do not describe")
}

// back names the other half of a tunnel, after its VNet.
func (c *connector) back(partner *estate.Connection) phrase {
	if c.isNamed(partner) {
		return say(", which has connection ").and(named(partner.ID.Name)).say(" back")
	}
	return say(", which uses site ").and(named(partner.Site.Name))
}

// reasons splits the evidence into what speaks for the pairing and what is odd.
func (c *connector) reasons(h *estate.Connection) (because, remarks []phrase) {
	p := &h.Pairing
	for _, e := range p.Evidence {
		switch words := say("%s", evidenceWords(e)); {
		case e.Kind == estate.PlaceholderAddress, e.Kind == estate.NoReciprocal && e.Value == p.Toward.Name:
			// addressRemarks and endOf say more
		case against(e.Kind) && c.ofOtherEnd(h, e):
			remarks = append(remarks, say("at the other end ").and(words))
		case against(e.Kind):
			remarks = append(remarks, words)
		default:
			because = append(because, words)
		}
	}
	if h.Kind == estate.IPsec && p.Confidence == estate.NotPaired && !p.Has(estate.Declared) && !p.Has(estate.NoReciprocal) {
		because = append(because, say("the site stands for no VNet of the files"))
	}
	if p.Suspect != "" {
		remarks = append(remarks, toned(bad, "%s", suspectWords(p)))
	}
	return because, remarks
}

// ofOtherEnd reports whether evidence is about the device address of the partner's site: both
// halves of a tunnel have it.
func (c *connector) ofOtherEnd(h *estate.Connection, e estate.Evidence) bool {
	switch e.Kind {
	case estate.AgainstAddress, estate.OwnAddress, estate.StaleAddress:
		site := c.x.Site(h.Site)
		return site != nil && e.Value != site.Address.Raw
	}
	return false
}

// against reports whether a kind of evidence speaks against a pairing, or against the tunnel.
func against(k estate.EvidenceKind) bool { return k >= estate.NoSpace }

// addressRemarks says what is wrong with the device address of the half's site, and which one
// belongs there, where that is known.
func (c *connector) addressRemarks(h *estate.Connection) []phrase {
	site := c.x.Site(h.Site)
	if site == nil || h.Kind != estate.IPsec {
		return nil
	}
	a := &site.Address
	var out []phrase
	switch {
	case a.Raw == "":
		out = append(out, toned(warn, "the site has no device address"))
	case a.Placeholder != "":
		out = append(out, say("the device address ").and(named(a.Raw)).and(toned(warn, " is no real one: %s", a.Placeholder)))
	}
	for _, g := range c.x.GatewaysOf(site.Endpoint) {
		if right, ok := g.KnownAddress(); ok && right != a.Addr {
			out = append(out, say("the gateway of VNet ").and(c.name(site.Endpoint)).say(" has the address %s", right))
		}
	}
	return out
}

// beyond lists what the site carries beside the network that it stands for.
func (c *connector) beyond(h *estate.Connection) []phrase {
	site := c.x.Site(h.Site)
	if site == nil {
		return nil
	}
	var out []phrase
	for _, part := range c.carries.Carries(site) {
		if part.Owner == estate.OwnNetwork {
			continue
		}
		p := say("%s: %s", part.Prefix, ownerWords[part.Owner])
		if part.Name != "" {
			p = p.say(" ").and(named(part.Name))
		}
		out = append(out, p)
	}
	return out
}

var ownerWords = map[estate.Owner]string{
	estate.NoOwner:         "nothing of the files has it",
	estate.OwnClients:      "the point-to-site clients of VNet",
	estate.UserNetwork:     "what the site's own user has, VNet",
	estate.VNetBehind:      "VNet",
	estate.ClientsBehind:   "the point-to-site clients of VNet",
	estate.PremisesBehind:  "on-premises network",
	estate.PremisesSomehow: "on-premises network (not connected to the far end)",
}

func (c *connector) candidates(h *estate.Connection) []phrase {
	shown := h.Pairing.Candidates[:min(len(h.Pairing.Candidates), longest)]
	var out []phrase
	for _, id := range shown {
		if other := c.x.Connection(id); other != nil {
			out = append(out, say("VNet ").and(c.name(c.vnetOf(other))).say(" ").and(c.which(other)))
		}
	}
	if left := len(h.Pairing.Candidates) - len(shown); left > 0 {
		out = append(out, toned(note, "and %d more; the JSON form lists them", left))
	}
	return out
}

// name is a VNet's name and its owner.
func (c *connector) name(id estate.ID) phrase {
	if owner := c.ownerOf(id); owner != "" {
		return named(id.Name).say(" (%s)", owner)
	}
	return named(id.Name)
}

func (c *connector) vnetOf(h *estate.Connection) estate.ID {
	if g := c.x.Gateway(h.Gateway); g != nil {
		return g.VNet
	}
	return estate.ID{Subscription: h.ID.Subscription, Type: estate.TypeVNet, Name: h.ID.Name}
}

func (c *connector) wire() WireConnections {
	w := WireConnections{Format: ConnectionsFormat, Summary: map[string]int{}, Connections: []WireHalf{}}
	counts := c.counts()
	for _, sure := range confidences {
		w.Summary[sure.String()] = counts[sure]
	}
	for i := range c.e.Connections {
		w.Connections = append(w.Connections, c.wireHalf(&c.e.Connections[i]))
	}
	return w
}

func (c *connector) wireHalf(h *estate.Connection) WireHalf {
	p := &h.Pairing
	w := WireHalf{
		VNet: wireID(c.vnetOf(h)), Connection: c.ownName(h), Site: c.wireSite(h), Kind: h.Kind.String(), Confidence: p.Confidence.String(),
		Toward: wireIDIf(p.Toward), Decide: p.Decide, Suspect: p.Suspect, State: h.State.Value, At: wirePos(c.at(h.Refs)),
		Evidence: each(p.Evidence, func(e estate.Evidence) WireHalfEvidence {
			return WireHalfEvidence{evidenceKind(e.Kind), e.Value, evidenceWords(e), against(e.Kind)}
		}),
	}
	if partner := c.x.Connection(p.Partner); partner != nil {
		end := c.wireEnd(partner)
		w.Partner = &end
	}
	for _, id := range p.Candidates {
		if other := c.x.Connection(id); other != nil {
			w.Candidates = append(w.Candidates, c.wireEnd(other))
		}
	}
	if site := c.x.Site(h.Site); site != nil && p.Confidence == estate.NotPaired {
		w.Network = site.Network
	}
	return w
}

func (c *connector) wireEnd(h *estate.Connection) WireHalfEnd {
	return WireHalfEnd{VNet: wireID(c.vnetOf(h)), Connection: c.ownName(h), Site: wireIDIf(h.Site)}
}

func (c *connector) ownName(h *estate.Connection) *WireID {
	if !c.isNamed(h) {
		return nil
	}
	return wireIDIf(h.ID)
}

func (c *connector) wireSite(h *estate.Connection) *WireHalfSite {
	site := c.x.Site(h.Site)
	if h.Site.IsZero() {
		return nil
	}
	if site == nil { // a Dedicated connection may name a site that the file does not define
		return &WireHalfSite{ID: wireID(h.Site), Class: estate.SiteUnreferenced.String()}
	}
	return &WireHalfSite{
		ID: wireID(site.ID), Address: wireAddress(site.Address), Class: site.Class.String(), Declared: site.Declared.Kind.String(),
		Carries: each(c.carries.Carries(site), func(p estate.Carried) WireCarried {
			return WireCarried{p.Prefix, fmt.Sprint(p.Owner), p.Name}
		}),
	}
}

func (c *connector) at(refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return c.e.Pos(refs[0])
}
