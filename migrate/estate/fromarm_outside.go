package estate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// listedKinds are the kinds of resources that decide where packets go. A subscription is known when all
// of them are listed, be the lists empty.
var listedKinds = []string{TypeVNet, TypeGateway, TypeSite, TypeConnection, TypePublicIP, TypeRouteTable, TypeNSG,
	TypeInterface, TypeCircuit, TypeFirewall, TypeRouteServer}

// outside reports what resources refer to and no input lists: one by one where others of the kind are
// listed, and by LST-008 where none is.
func (r *armReader) outside() {
	all := slices.SortedFunc(maps.Values(r.unseen), func(a, b outsider) int {
		return cmp.Or(cmp.Compare(a.ref.Doc, b.ref.Doc), cmp.Compare(a.ref.Ordinal, b.ref.Ordinal), compareID(a.id, b.id))
	})
	for _, o := range all {
		if r.items[o.id.Key()] != nil || r.live && r.homes[o.id.Subscription] && !r.listed[o.id.Subscription][o.id.Type] {
			continue
		}
		where := ""
		if !r.homes[o.id.Subscription] && o.id.Subscription != "" {
			where = fmt.Sprintf(", which is in subscription %q", o.id.Subscription)
		}
		r.found.Add("LST-005", r.e.Pos(o.ref), "%s refers to %s%s; no input lists it", quoteID(o.by), quoteID(o.id), where)
	}
	for _, typ := range slices.Sorted(maps.Keys(r.passed)) {
		p := r.passed[typ]
		r.found.Add("LST-010", r.e.Pos(p.ref), "%s of type %s: not read", counted(p.count, "resource"), typ)
	}
}

// coverage notes which kinds are listed, and reports those that are not.
func (r *armReader) coverage() {
	if !r.live {
		return
	}
	r.days()
	for _, sub := range slices.Sorted(maps.Keys(r.homes)) {
		r.e.Listings = append(r.e.Listings, Listing{Subscription: sub, Types: slices.Sorted(maps.Keys(r.listed[sub])), TakenAt: r.taken[sub]})
		var missing []string
		for _, kind := range listedKinds {
			if !r.listed[sub][kind] {
				missing = append(missing, kind)
			}
		}
		r.promised(sub)
		if len(missing) > 0 {
			r.found.Add("LST-008", r.first(sub), "subscription %q: no input lists its %s", sub, strings.Join(missing, ", "))
		}
	}
}

// promised compares what the note of a listing says is there with what is: a file that is missing is not
// an empty one.
func (r *armReader) promised(sub string) {
	for i, d := range r.docs {
		n := &d.Note
		if d.Form != arm.FormNote || !strings.EqualFold(n.Subscription, sub) {
			continue
		}
		var gone []string
		for _, typ := range n.Types {
			if !r.listed[sub][typ] {
				gone = append(gone, typ)
			}
		}
		if len(gone) > 0 {
			r.found.Add("LST-002", n.Ref.Pos(r.e.Docs[i]), "the listing has %s, and the files with them are not here", listWords(gone))
		}
		if n.Groups != nil {
			r.found.Add("LST-008", n.GroupsRef.Pos(r.e.Docs[i]), "subscription %q: only resource groups %s are listed", sub, listWords(n.Groups))
		}
	}
}

// first is the first document about a subscription: one that lists something of it, the note of its listing, or one that
// lists nothing.
func (r *armReader) first(sub string) diag.Pos {
	of := func(is func(d *arm.Document) bool) (diag.Pos, bool) {
		i := slices.IndexFunc(r.docs, is)
		if i < 0 {
			return diag.Pos{}, false
		}
		return diag.Pos{File: r.e.Docs[i]}, true
	}
	for _, is := range []func(d *arm.Document) bool{
		func(d *arm.Document) bool {
			return slices.ContainsFunc(d.Items, func(it arm.Item) bool { return strings.EqualFold(it.Subscription, sub) })
		},
		func(d *arm.Document) bool {
			return d.Form == arm.FormNote && strings.EqualFold(d.Note.Subscription, sub)
		},
		func(d *arm.Document) bool { return d.Form.Live() && len(d.Items) == 0 },
	} {
		if at, ok := of(is); ok {
			return at
		}
	}
	return diag.Pos{}
}

// maxSpreadHours is how far apart two listings may be taken to describe one network.
const maxSpreadHours = 24

// days reports listings of different times, where the notes beside them say when they were taken.
func (r *armReader) days() {
	var first, last *arm.Document
	for _, d := range r.docs {
		if d.Form != arm.FormNote || d.Note.Taken.IsZero() {
			continue
		}
		if first == nil || d.Note.Taken.Before(first.Note.Taken) {
			first = d
		}
		if last == nil || d.Note.Taken.After(last.Note.Taken) {
			last = d
		}
	}
	if first == nil || last.Note.Taken.Sub(first.Note.Taken).Hours() < maxSpreadHours {
		return
	}
	day := func(d *arm.Document) string { return d.Note.Taken.UTC().Format("2006-01-02 15:04") }
	r.found = append(r.found, diag.New("LST-011", diag.Pos{File: last.Name}, "the listings are of different days: this one of %s UTC", day(last)).
		See(diag.Pos{File: first.Name}, "this one of %s UTC", day(first)))
}

// halves reports connections between gateways that have no other half.
func (r *armReader) halves() {
	for i := range r.e.Connections {
		c := &r.e.Connections[i]
		if c.Pairing.Confidence != OneSided || c.Kind != Vnet2Vnet {
			continue // an IPsec connection without another half is LINK-001
		}
		toward := "gateway " + strconv.Quote(c.RemoteGateway.Name)
		r.found.Add("LST-012", r.e.Pos(c.Refs[0]), "connection %q leads to %s, and nothing there leads back", c.ID.Name, toward)
	}
}
