package main

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
)

// A folder is one subscription, and its sub-folders are others, with two refinements. A path that
// repeats a URL of the service (networking/VNET/gateway.xml) belongs to the folder that it begins
// in. And a folder without a network configuration holds answers about the nearest one above it.
//
// A network configuration that is named by itself is a subscription by itself: a netcfg describes
// all of one.

// parsed is a document with what the command line says of it.
type parsed struct {
	document
	*netcfg.Document               // nil for one of Resource Manager
	resources        *arm.Document // nil for a classic one
	base             string        // the folder that it belongs to
	stranger         bool          // JSON that is neither
}

// configures reports whether a document says which networks there are.
func (p *parsed) configures() bool {
	if p.Document == nil {
		return p.resources.Form == arm.FormTemplate || p.resources.Form.Live()
	}
	return p.File != nil || slices.ContainsFunc(p.Responses, func(r *netcfg.Response) bool { return r.Kind == "VirtualNetworkSites" })
}

// home is a folder, or a file named by itself, with the documents that belong there.
type home struct {
	name   string // the folder, or the file
	folder string
	docs   []*parsed
}

// configured reports whether something here says which networks there are.
func (h *home) configured() bool { return slices.ContainsFunc(h.docs, (*parsed).configures) }

// written reports whether a network configuration says it, and not the service's list alone.
func (h *home) written() bool {
	return slices.ContainsFunc(h.docs, func(p *parsed) bool { return p.File != nil })
}

// sources puts documents together by subscription.
func sources(docs []*parsed) []estate.Source {
	homes := map[string]*home{}
	for _, d := range docs {
		if d.Document == nil {
			continue
		}
		h := home{name: d.base, folder: d.base}
		key := h.name
		if d.named && d.File != nil {
			h.name, key = d.document.name, "file "+d.document.name
		}
		if homes[key] == nil {
			homes[key] = &h
		}
		homes[key].docs = append(homes[key].docs, d)
	}
	adopt(homes)
	out := make([]estate.Source, 0, len(homes))
	for _, key := range slices.Sorted(maps.Keys(homes)) {
		for _, s := range homes[key].sources() {
			if i := slices.IndexFunc(out, func(o estate.Source) bool { return o.ID == s.ID && s.ID != "" }); i >= 0 {
				out[i].Documents = append(out[i].Documents, s.Documents...)
				continue
			}
			out = append(out, s)
		}
	}
	return append(out, listings(docs)...)
}

// listings puts the documents of Resource Manager together by folder: most say themselves which
// subscription they are of.
func listings(docs []*parsed) []estate.Source {
	folders := map[string][]*arm.Document{}
	for _, d := range docs {
		if d.resources != nil {
			folders[d.base] = append(folders[d.base], d.resources)
		}
	}
	out := make([]estate.Source, 0, len(folders))
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		out = append(out, estate.Source{Name: folder, Resources: folders[folder]})
	}
	return out
}

// sources is the subscription of a home, or several when its documents name several ids.
func (h *home) sources() []estate.Source {
	var all []*netcfg.Document
	of := map[string][]*netcfg.Document{} // by the id of the subscription
	for _, d := range h.docs {
		all = append(all, d.Document)
		for _, id := range subscriptionIDs(d.Document) {
			of[id] = append(of[id], d.Document)
		}
	}
	ids := slices.Sorted(maps.Keys(of))
	switch len(ids) {
	case 0:
		return []estate.Source{{Name: h.name, Documents: all}}
	case 1:
		return []estate.Source{{Name: h.name, ID: ids[0], Documents: all}}
	}
	var out []estate.Source
	for _, id := range ids {
		out = append(out, estate.Source{Name: id, ID: id, Documents: of[id]})
	}
	return append(out, nobodys(h, all)...)
}

// nobodys are the documents of a home with several subscriptions that name none of them.
func nobodys(h *home, all []*netcfg.Document) []estate.Source {
	var rest []*netcfg.Document
	for _, d := range all {
		if len(subscriptionIDs(d)) == 0 {
			rest = append(rest, d)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return []estate.Source{{Name: h.name, Documents: rest}}
}

// subscriptionIDs are the ids of the subscriptions that a document speaks of, each once.
func subscriptionIDs(d *netcfg.Document) []string {
	var ids []string
	add := func(p netcfg.Place) {
		if id := strings.ToLower(p.Subscription); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, f := range append([]*netcfg.File{d.File}, d.More...) {
		if f != nil {
			add(f.Place)
		}
	}
	for _, r := range d.Responses {
		add(r.Place)
	}
	return ids
}

// baseOf is the folder that a document of that name belongs to.
func baseOf(name string) string {
	if folder, ok := netcfg.PlaceFolder(name); ok {
		return path.Clean(folder)
	}
	return path.Dir(name)
}

// adopt gives the documents of folders without a configuration to the subscription that they are
// about: the only one of the folder, of the nearest folder above, or of all.
func adopt(homes map[string]*home) {
	var configured []*home
	for _, key := range slices.Sorted(maps.Keys(homes)) {
		if homes[key].configured() {
			configured = append(configured, homes[key])
		}
	}
	give := func(key string, to *home) {
		if to != nil {
			to.docs = append(to.docs, homes[key].docs...)
			delete(homes, key)
		}
	}
	// Lists of networks first: what is beside one belongs where the list goes.
	for _, key := range slices.Sorted(maps.Keys(homes)) {
		if h := homes[key]; h.configured() && !h.written() {
			if to := onlyWritten(h.folder, configured); to != nil {
				configured = slices.DeleteFunc(configured, func(c *home) bool { return c == h })
				give(key, to)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(homes)) {
		if h := homes[key]; !h.configured() {
			give(key, nearestHome(h.folder, configured))
		}
	}
}

// onlyWritten is the only network configuration in a folder that was named by itself, or nil: a list of
// networks beside it is of the same subscription.
func onlyWritten(folder string, configured []*home) *home {
	var here []*home
	for _, h := range configured {
		if h.folder == folder && h.written() {
			here = append(here, h)
		}
	}
	if len(here) != 1 {
		return nil
	}
	return here[0]
}

func nearestHome(folder string, configured []*home) *home {
	for above := folder; ; above = path.Dir(above) {
		var here []*home
		for _, h := range configured {
			if h.folder == above {
				here = append(here, h)
			}
		}
		switch {
		case len(here) == 1:
			return here[0]
		case len(here) > 1:
			return nil
		case above == "." || above == "/" || path.Base(above) == "..": // what is above ".." has no name here
			if len(configured) == 1 {
				return configured[0]
			}
			return nil
		}
	}
}
