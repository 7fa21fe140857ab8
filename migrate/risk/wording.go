package risk

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

const (
	// maxSingle is how many findings of one rule are given one by one.
	maxSingle = 20
	// maxNamed is how many objects one finding names.
	maxNamed = 3
)

// hit is one object that a rule fires for.
type hit struct {
	name    string // for the list when there are many
	finding diag.Finding
}

// told gives the hits of one rule: one by one, or as one finding when they are many. many says
// what they have in common, with %d for their number and %s for the first names. The hits come in
// the order of the estate, which does not depend on that of the files.
func told(hits []hit, many string) diag.List { return toldOf(hits, 0, many) }

// toldOf is told where the hits stand for more objects than they are.
func toldOf(hits []hit, more int, many string) diag.List {
	var out diag.List
	for _, h := range hits {
		out = append(out, h.finding)
	}
	if len(hits) <= maxSingle {
		return out
	}
	names := make([]string, len(hits))
	for i, h := range hits {
		names[i] = h.name
	}
	f := hits[0].finding
	f.Message, f.Related = fmt.Sprintf(many, len(hits)+more, fewOf(names, more)), nil
	return diag.List{f}
}

// few joins the first of the texts and counts the rest.
func few(texts []string) string { return fewOf(texts, 0) }

// fewOf joins the first of the texts and counts the rest, of which some have no text.
func fewOf(texts []string, more int) string {
	switch n := len(texts); {
	case n == 0:
		return ""
	case n == 1 && more == 0:
		return texts[0]
	case n <= maxNamed && more == 0:
		return strings.Join(texts[:n-1], ", ") + " and " + texts[n-1]
	default:
		shown := min(n, maxNamed)
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:shown], ", "), n-shown+more)
	}
}

// quoted puts the first of the names in quotes and counts the rest.
func quoted(names []string) string {
	shown := min(len(names), maxNamed)
	out := make([]string, shown, len(names))
	for i, name := range names[:shown] {
		out[i] = quote(name)
	}
	return few(append(out, names[shown:]...)) // the others are only counted
}

func quote(name string) string { return strconv.Quote(name) }

// listed is the prefixes, shortened.
func listed(prefixes []netip.Prefix) string {
	texts := make([]string, len(prefixes))
	for i, p := range prefixes {
		texts[i] = p.String()
	}
	return few(texts)
}

// count says how many there are of something: "1 VNet", "2 VNets".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// plural is the word for n of something.
func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
