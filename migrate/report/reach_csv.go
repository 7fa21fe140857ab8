package report

import (
	"io"
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// csv writes a head and a row for each ordered pair that has something between it: what the first can
// send to and get an answer from, or send to only.
func (v *reacher) csv(w io.Writer) error {
	var b strings.Builder
	csvRow(&b, "from", "to", "kind", "value", "prefixes", "path", "assumptions")
	for i := range v.pairs {
		p := &v.pairs[i]
		v.csvPair(&b, p.a, p.b, p, p.ToPrefixes, p.Path)
		switch p.how {
		case oneWay:
		case split:
			other := v.delivery(v.at[p.b], v.at[p.a])
			v.csvPair(&b, p.b, p.a, p, other.ToPrefixes, other.Path)
		default:
			v.csvPair(&b, p.b, p.a, p, p.FromPrefixes, p.Back)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// csvKind is how the field "kind" calls what is between two locations; the field "value" says how
// sure it is.
func (v *reacher) csvKind(p *linked) string {
	switch {
	case p.how == oneWay:
		return "one way"
	case p.how == split:
		return "split"
	case p.how == inPart || !v.all(p.a, p.b, &p.Session):
		return "session in part"
	}
	return "session"
}

func (v *reacher) csvPair(b *strings.Builder, from, to int, p *linked, prefixes []netip.Prefix, path []reach.Hop) {
	csvRow(b, v.line(v.at[from]), v.line(v.at[to]), v.csvKind(p), p.Value.String(), prefixText(prefixes), textOf(v.path(path)), strings.Join(p.Assumptions, " "))
}
