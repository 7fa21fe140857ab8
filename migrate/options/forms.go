package options

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// form is what a scalar may be.
type form struct {
	what    string                      // for messages: "an IPv4 address"
	words   []string                    // the values that people write, when they are few
	pattern string                      // for the schema, when the values have a shape
	number  bool                        // for the schema: written as a number
	most    int                         // for the schema: a number from 0 to this
	secret  bool                        // a value that does not fit may be a secret: it is not shown
	read    func(string) (string, bool) // the canonical value, or false
	near    func() []string             // what could have been meant, when words does not say
}

// anyName is a name of the input: any text.
var anyName = form{what: "a name", pattern: `\S`, read: func(s string) (string, bool) { return s, strings.TrimSpace(s) != "" }}

var anyReason = form{what: "a reason", pattern: `\S`, read: anyName.read}

// oneOf is one of a few words, with the spellings of the service that stand for them.
func oneOf(what string, values [][]string) form {
	f := form{what: what}
	for _, v := range values {
		f.words = append(f.words, v[0])
	}
	f.read = func(s string) (string, bool) {
		for _, v := range values {
			if slices.ContainsFunc(v, func(w string) bool { return strings.EqualFold(w, s) }) {
				return v[len(v)-1], true
			}
		}
		return "", false
	}
	return f
}

// same is the words as they are canonical.
func same[T ~string](words []T) [][]string {
	var out [][]string
	for _, w := range words {
		out = append(out, []string{string(w)})
	}
	return out
}

// matching is a shape that letter case does not matter to.
func matching(what, pattern string) form {
	shape := regexp.MustCompile(`(?i)` + pattern)
	return form{what: what, pattern: pattern, read: func(s string) (string, bool) { return s, shape.MatchString(s) }}
}

// secretive is a form whose misfits may be secrets.
func secretive(f form) form {
	f.secret = true
	return f
}

const (
	guidPattern = `^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`
	idPattern   = `^/[Ss]ubscriptions/[^/\s]+/[Rr]esource[Gg]roups/[^/\s]+/[Pp]roviders/Microsoft\.`
)

// The values that a classic gateway and its connections have, each as people write it and last as
// the service spells it. Source: docs/sources.md#options-file.
var (
	routings = oneOf("a routing type", [][]string{{"dynamic", "route-based", "DynamicRouting"}, {"static", "policy-based", "StaticRouting"}})
	sizes    = oneOf("a size of a classic gateway", same([]string{"Default", "Basic", "Standard", "HighPerformance", "UltraPerformance"}))
	states   = oneOf("a state of a gateway", [][]string{
		{"provisioned", "Provisioned"}, {"not-provisioned", "NotProvisioned"}, {"provisioning", "Provisioning"}, {"deprovisioning", "Deprovisioning"}})
	linkStates = oneOf("a state of a connection", [][]string{{"connected", "Connected"}, {"connecting", "Connecting"}, {"not-connected", "NotConnected"}})
	siteKinds  = oneOf("what a site can be", same(SiteKinds))
	demands    = oneOf("what a pair can need", [][]string{{Encryption}})
	modes      = oneOf("a mode", same(Modes))
	transits   = oneOf("a transit", same(Transits))
	inspects   = oneOf("what passes a firewall or appliances", same(Inspects))
	exposures  = oneOf("what becomes of new pairs", same(Exposures))
	versions   = form{what: "the version of the file, which is 1", words: []string{"1"}, number: true, read: func(s string) (string, bool) { return s, s == "1" }}
	keyNames   = form{what: "the name of a secret (letters, digits and hyphens)", pattern: `^[0-9A-Za-z-]{1,127}$`, secret: true, read: matching("", `^[0-9a-z-]{1,127}$`).read}
	parameter  = form{what: `the word "parameter"; the authorization key itself never stands here`, words: []string{AuthorizationParameter}, secret: true,
		read: oneOf("", [][]string{{AuthorizationParameter}}).read}
	// Who takes the member for the place of the key writes the key.
	vaults   = secretive(matching("the resource id of a Key Vault", idPattern+`[Kk]ey[Vv]ault/[Vv]aults/[^/\s]+$`))
	circuits = matching("the resource id of an ExpressRoute circuit", idPattern+`[Nn]etwork/[Ee]xpress[Rr]oute[Cc]ircuits/[^/\s]+$`)
	hubs     = form{what: "auto, new, none, regional, several, or the name of a VNet", pattern: `\S`, read: readHub}
	guids    = form{what: "a GUID", pattern: guidPattern, read: readGUID}
	groups   = form{what: "the name of a resource group", pattern: `^[^/\s]{1,90}$`, read: func(s string) (string, bool) {
		return s, azure.IsLegalName("resourceGroups", s)
	}}
	addresses = form{what: "an IPv4 address", pattern: `^[0-9]{1,3}(\.[0-9]{1,3}){3}$`, read: readIPv4}
	regions   = form{what: "a region", read: readRegion, pattern: `\S`, near: regionNames}
	skus      = form{what: "a size of an ARM gateway", read: readSKU, words: skuNames()}
	dates     = form{what: "a day such as 2027-01-31", pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, read: func(s string) (string, bool) {
		d, ok := ParseDate(s)
		return string(d), ok
	}}
	rules = form{what: "the id of a rule that can be suppressed", pattern: `^[A-Z][A-Z0-9]*-[0-9]{3}$`, read: readRule, near: ruleIDs}
	// certificates is a public certificate. A private key comes in the same frame, so what does not
	// fit is not shown.
	certificates = form{what: "a certificate in base64, or a file's text between BEGIN and END CERTIFICATE", pattern: `\S`, secret: true, read: readCertificate}
)

func readHub(s string) (string, bool) {
	for _, h := range []Hub{HubAuto, HubNew, HubNone, HubRegional, HubSeveral} {
		if strings.EqualFold(s, string(h)) {
			return string(h), true
		}
	}
	return anyName.read(s)
}

var guidShape = regexp.MustCompile(guidPattern)

func readGUID(s string) (string, bool) { return strings.ToLower(s), guidShape.MatchString(s) }

func readIPv4(s string) (string, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return "", false
	}
	return a.String(), true
}

func readRegion(s string) (string, bool) {
	r, ok := azure.LookupRegion(s)
	return r.Name, ok
}

func regionNames() []string {
	var names []string
	for _, r := range azure.Regions() {
		names = append(names, r.DisplayName)
	}
	return names
}

// readSKU takes the sizes of VPN and ExpressRoute gateways that can be created.
func readSKU(s string) (string, bool) {
	for _, name := range skuNames() {
		if strings.EqualFold(name, s) {
			return name, true
		}
	}
	return "", false
}

func skuNames() []string {
	var names []string
	for _, s := range azure.VPNGatewaySKUs() {
		if s.Creatable && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	for _, s := range azure.ExpressRouteGatewaySKUs() {
		if s.Creatable && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// readCertificate takes base64 with or without line breaks and frame.
func readCertificate(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "-----BEGIN CERTIFICATE-----"); ok {
		if inner, ok = strings.CutSuffix(inner, "-----END CERTIFICATE-----"); !ok {
			return "", false
		}
		s = inner
	}
	s = strings.Join(strings.Fields(s), "")
	der, err := base64.StdEncoding.DecodeString(s)
	return s, err == nil && len(der) > 0 && der[0] == 0x30 // an ASN.1 sequence, as every certificate is
}

// readRule takes a rule whose findings may be left out.
func readRule(s string) (string, bool) {
	r, ok := diag.Lookup(strings.ToUpper(s))
	return r.ID, ok && suppressible(r)
}

func ruleIDs() []string {
	var ids []string
	for _, r := range diag.Rules() {
		if suppressible(r) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
