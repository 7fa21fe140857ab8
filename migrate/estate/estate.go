// Package estate is the model as meant: one neutral value for a classic network, for its ARM
// form, for a target and for every state in between. Every question the tool answers is asked
// of it.
//
// Objects refer to each other by ID; slices are in a defined order (by subscription, then name),
// whatever order the input had. Every field that came from a document keeps its Refs.
package estate

import (
	"net/netip"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Estate is a network as meant.
type Estate struct {
	Docs []string // names of the documents that Refs count

	VNets       []VNet
	DNSServers  []DNSServer
	Sites       []Site
	Gateways    []Gateway
	Connections []Connection
	Peerings    []Peering
	Groups      []NetworkGroup
	Managers    []NetworkManager

	SecurityGroups []SecurityGroup
	RouteTables    []RouteTable
	Circuits       []Circuit
	Subscriptions  []Subscription // those that something is known of
	Listings       []Listing      // ARM: what the live listings cover; nil where no listing is an input

	Mapping     []Mapping
	Assumptions []Assumption
}

// IsARM reports whether the estate is of Resource Manager: read from its documents, or made by ToARM.
func (e *Estate) IsARM() bool {
	return len(e.Listings) > 0 || len(e.VNets) > 0 && e.VNets[0].Model == ARM
}

// Pos is the place of a Ref in its document.
func (e *Estate) Pos(r diag.Ref) diag.Pos {
	if r.IsZero() || int(r.Doc) >= len(e.Docs) {
		return diag.Pos{}
	}
	return r.Pos(e.Docs[r.Doc])
}

// Prefix is a canonical prefix with the text it was written as.
type Prefix struct {
	netip.Prefix
	Raw  string
	Refs []diag.Ref // the element and its text
}

// Address is an IP address with the text it was written as.
type Address struct {
	netip.Addr
	Raw         string
	Placeholder string // why the address cannot be a device's, or "": see azure.Placeholder
	Refs        []diag.Ref
}

// Fact is a value that an input states, with the text it was written as. The zero Fact is what no
// input says.
type Fact struct {
	Value string // canonical
	Raw   string // as written
	Refs  []diag.Ref
}

// Known reports whether an input says it.
func (f Fact) Known() bool { return f.Value != "" }

// Region is where something lives. Name is canonical ("westeurope") or empty when unknown.
type Region struct {
	Name          string
	Raw           string // Location as written
	AffinityGroup string // classic: the name of the group when no location was written
	Refs          []diag.Ref
}

// String names the region for people: the canonical name, or the affinity group that hides it.
func (r Region) String() string {
	switch {
	case r.Name != "":
		return r.Name
	case r.AffinityGroup != "":
		return "affinity group " + r.AffinityGroup
	case r.Raw != "":
		return r.Raw
	}
	return "unknown region"
}

// Model tells a classic object from an ARM one.
type Model uint8

// The two deployment models.
const (
	Classic Model = iota
	ARM
)

// Subscription is what the options file says of a subscription.
type Subscription struct {
	Name          string // as the IDs of its objects have it
	ID, Tenant    string // GUIDs in lower case, or ""
	ResourceGroup string // of the converted resources, or ""
}

// Listing says which kinds of objects of a subscription an input lists. What is not listed may exist
// all the same.
type Listing struct {
	Subscription string   // as the IDs of its objects have it
	Types        []string // of IDs, sorted
	TakenAt      Fact     // when, in RFC 3339, where a note beside the lists says it
}

// Toggle is a switch that an input may leave unstated.
type Toggle uint8

// The states of a switch.
const (
	Unstated Toggle = iota
	On
	Off
)

// Mapping says which classic object became which ARM object, and under which rule when the name
// or the meaning had to change.
type Mapping struct {
	From, To ID
	Rule     string // empty: as it was
}

// Assumption is something the input cannot say, what was taken for it, and what would settle it.
type Assumption struct {
	ID       string   // ASM-…
	Assumed  string   // what is taken to be true
	Because  string   // why the input cannot say
	Settle   string   // which answer would settle it
	Subjects []string // the objects it is assumed of, in order
}
