package estate

import (
	"cmp"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
)

// more reports a page whose next one is not here. Nothing in a page says which page it follows, so a list
// is whole where exactly one of its pages has none behind it; the rows of Resource Graph are counted.
func (r *armReader) more(docs []*arm.Document, d *arm.Document) {
	ends, rows := 0, 0
	for _, other := range docs {
		if other.Form != d.Form {
			continue
		}
		if other.Total == d.Total {
			rows += len(other.Items)
		}
		if other.More == "" && other.Lists != "" && strings.EqualFold(other.Lists, d.Lists) && listedOf(other) == listedOf(d) {
			ends++
		}
	}
	if ends == 1 || d.Form == arm.FormGraph && d.Total > 0 && rows >= d.Total {
		return // one of them is the last page, or all rows are here
	}
	r.found.Add("LST-002", d.MoreRef.Pos(d.Name), "the listing is cut off: %s", d.More+" are not here")
}

// listedOf is the subscription that a page lists resources of.
func listedOf(d *arm.Document) string {
	if len(d.Items) == 0 {
		return ""
	}
	return strings.ToLower(d.Items[0].Subscription)
}

// lists notes which types a document lists for a subscription.
func (r *armReader) lists(d *arm.Document, home string) {
	if d.Lists != "" && len(d.Items) == 0 {
		r.list(home, d.Lists)
	}
	for i := range d.Items {
		if typ := d.Items[i].Type; typ != "" {
			r.list(strings.ToLower(cmp.Or(d.Items[i].Subscription, home)), typ)
		}
	}
}

func (r *armReader) list(sub, typ string) {
	if r.listed[sub] == nil {
		r.listed[sub] = map[string]bool{}
	}
	r.listed[sub][strings.TrimPrefix(typ, arm.Provider)] = true
}
