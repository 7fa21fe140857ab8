// Package options holds what the input files cannot say and what the engineer decided: the flags of
// a run, and the options file netmigrate.yaml.
//
// Parse reads the file; docs/netmigrate.example.yaml shows all of it and docs/netmigrate.schema.json
// is its schema. It never holds a shared key, only the names of secrets in a Key Vault.
package options

import "github.com/netmigrate/netmigrate/netcfg/diag"

// Mode says what the input describes and, with it, which steps a plan has.
type Mode string

// The modes. Source: docs/design.md#modes.
const (
	AsIfLive    Mode = "as-if-live"   // classic files whose mesh is assumed to run today in its ARM form
	Rebuild     Mode = "rebuild"      // nothing of the input runs; build the target next to nothing
	ClassicLive Mode = "classic-live" // historic: the classic network itself runs, and is migrated first
	ARMLive     Mode = "arm-live"     // a live listing; needs one as input
)

// Modes lists the modes in the order of the help text.
var Modes = []Mode{AsIfLive, Rebuild, ClassicLive, ARMLive}

// Hub is the choice of a hub: "auto", "new", "none", or the name of a VNet.
type Hub string

// The choices that are not a VNet's name.
const (
	HubAuto     Hub = "auto"
	HubNew      Hub = "new"
	HubNone     Hub = "none"
	HubRegional Hub = "regional" // one for each region with VNets that reach networks behind gateways
	HubSeveral  Hub = "several"  // as many as addresses and limits demand
)

// Transit is how a plan joins VNets that reach each other today.
type Transit string

// The ways to join them. Source: docs/design.md#transit.
const (
	TransitAuto     Transit = "auto"     // direct, and by groups where peerings are too few
	TransitDirect   Transit = "direct"   // each pair is peered
	TransitGroup    Transit = "group"    // connected groups of a network manager join those that all reach each other
	TransitFirewall Transit = "firewall" // both are peered with a new hub, and routes lead through its Azure Firewall
	TransitNVA      Transit = "nva"      // the same through appliances behind a load balancer
	TransitGateway  Transit = "gateway"  // routes lead to the gateway of the hub that both use, which passes packets on
	TransitVPN      Transit = "vpn"      // tunnels join the hubs of regions, and with them who uses their gateways

	TransitRouteServer Transit = "route-server" // as nva; the appliances announce where the VNets are, and no route table does
)

// Transits lists them in the order of the help text.
var Transits = []Transit{TransitAuto, TransitDirect, TransitGroup, TransitFirewall, TransitNVA, TransitRouteServer, TransitGateway, TransitVPN}

// Exposure is what becomes of pairs that a target joins and that are apart today.
type Exposure string

// What can become of them. Source: docs/design.md#exposure.
const (
	ExposureNamed  Exposure = "named"  // they are named, and need a yes
	ExposureClosed Exposure = "closed" // security groups keep them apart, unless somebody accepts them
)

// Exposures lists them in the order of the help text.
var Exposures = []Exposure{ExposureNamed, ExposureClosed}

// Inspect is what passes the firewall or the appliances of a hub.
type Inspect string

// What can pass them. Source: docs/design.md#transit.
const (
	InspectVNets Inspect = "vnets" // packets from VNet to VNet
	InspectAll   Inspect = "all"   // those from and to on-premises networks as well
)

// Inspects lists them in the order of the help text.
var Inspects = []Inspect{InspectVNets, InspectAll}

// Options is everything a run can be told. Mode, Hub, Transit, Inspect and Exposure come from a flag or the file, Today from a flag or
// the clock, the rest from the file alone, in its order. Pos turns the Ref of any Text into a place.
type Options struct {
	Mode     Mode     // empty: AsIfLive
	Hub      Hub      // empty: HubAuto
	Transit  Transit  // empty: TransitAuto
	Inspect  Inspect  // empty: InspectVNets
	Exposure Exposure // empty: ExposureNamed
	KeyVault Text     // resource id of the vault that holds the shared keys

	File      string // the name that the options file was read under; empty without one
	UsageFile string // the name that Traffic was read under, when it is not from the options file

	Today Date // the day that the run is for: --date, or the day it is; empty where it does not matter

	Subscriptions  []Subscription
	AffinityGroups []AffinityGroup
	Gateways       []Gateway
	Connections    []Connection
	Sites          []Site
	Circuits       []Circuit
	Required       []Pair // of places that have to reach each other, whether they do today or not
	Forbidden      []Pair // that must not
	Accepted       []Pair // that may reach each other in the target although they do not today
	Traffic        []Traffic
	Suppressions   []Suppression
}

// Text is one value of the options file. The zero Text is what the file does not say.
type Text struct {
	Value string   // canonical: "westeurope", "DynamicRouting", "203.0.113.9"
	Raw   string   // as written: "West Europe", "dynamic"
	Ref   diag.Ref // the scalar in the file; Ordinal counts the scalars from 1, Doc is 0
}

// Given reports whether the file says it.
func (t Text) Given() bool { return !t.Ref.IsZero() }

// Pos is the place of a value of the file; without one the file as a whole.
func (o *Options) Pos(t Text) diag.Pos {
	switch {
	case !t.Given():
		return diag.Pos{File: o.File}
	case t.Ref.Doc == usageDoc:
		return t.Ref.Pos(o.UsageFile)
	}
	return t.Ref.Pos(o.File)
}

// Subscription says which subscription a file or folder of the input describes.
type Subscription struct {
	Name          Text // a file or folder as the command line names it, or its base name; see Options.Subscription
	ID            Text // a GUID in lower case
	Tenant        Text // a GUID in lower case
	ResourceGroup Text // where the converted resources go
}

// AffinityGroup says in which region a classic affinity group is.
type AffinityGroup struct {
	Name   Text
	Region Text // canonical, as azure.Region.Name: "westus"
}

// Gateway says what a classic file leaves out about the gateway of a VNet.
type Gateway struct {
	VNet             Text // the VNet, or subscription/VNet; see Options.Gateway
	Address          Text // public IPv4 address
	Routing          Text // StaticRouting or DynamicRouting
	Size             Text // classic: Default, Basic, Standard, HighPerformance, UltraPerformance
	SKU              Text // wanted in ARM, as azure spells it: VpnGw2AZ, ErGw1AZ
	State            Text // Provisioned, NotProvisioned, Provisioning, Deprovisioning
	DefaultSite      Text // forced tunnelling: the site that the default route leads to
	RootCertificates []RootCertificate
}

// RootCertificate is a root certificate that point-to-site clients are trusted by.
type RootCertificate struct {
	Name Text
	Data Text // base64 of the DER form, without line breaks and without the PEM frame
}

// Connection says what a classic file leaves out about the connection of a VNet to a site.
type Connection struct {
	VNet    Text // the VNet, or subscription/VNet
	Site    Text
	Key     Text // the name of the secret with the shared key in Options.KeyVault; never the key
	State   Text // Connected, Connecting, NotConnected
	Circuit Text // the name of a Circuit, for a Dedicated connection
}

// SiteKind says what a local network site is in truth.
type SiteKind string

// The kinds of site. A site of another subscription or one that is gone leads out of the estate.
const (
	OnPremises        SiteKind = "on-premises"
	OfVNet            SiteKind = "vnet"               // the gateway of a VNet of the input: Site.VNet
	OtherSubscription SiteKind = "other-subscription" // the gateway of a VNet that was not supplied
	Gone              SiteKind = "gone"               // nothing answers there any more
)

// SiteKinds lists the kinds in the order of the reference.
var SiteKinds = []SiteKind{OnPremises, OfVNet, OtherSubscription, Gone}

// Site says what a local network site stands for.
type Site struct {
	Name    Text // the site, or subscription/site; see Options.Site
	Is      Text // a SiteKind; not given when only the address is
	VNet    Text // the VNet, or subscription/VNet, when Is is OfVNet
	Address Text // public IPv4 address of the device
}

// Kind is what the site is said to be, or "".
func (s Site) Kind() SiteKind { return SiteKind(s.Is.Value) }

// Circuit says which ExpressRoute circuit VNets are connected to.
type Circuit struct {
	Name          Text
	ResourceID    Text   // in ARM
	Authorization Text   // AuthorizationParameter when the circuit belongs to another subscription; otherwise not given
	VNets         []Text // the VNets linked to it, or subscription/VNet
}

// AuthorizationParameter asks for the authorization key of a circuit as a secure parameter. The key
// itself never stands in the file.
const AuthorizationParameter = "parameter"

// Suppression leaves out findings that somebody has looked at.
type Suppression struct {
	Rule    Text // a rule id of the catalogue
	Object  Text // what a finding must be about; a pattern with * and ?, or not given: all
	Reason  Text // why, for whoever reads the file next
	Expires Text // a Date: the last day on which it counts, or not given: for ever
}
