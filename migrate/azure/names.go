package azure

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nameRule is what a resource name of one type may be. All types share the characters: letters,
// digits, underscore, period and hyphen; first a letter or digit, last one of these or an
// underscore. Source: docs/sources.md#names.
type nameRule struct {
	min, max int
	fallback string // stands in for a name of which nothing can be kept
}

// nameRules has the types with a fallback or lengths of their own; otherName is for the rest.
var nameRules = map[string]nameRule{
	"virtualnetworks":        {2, 64, "vnet"},
	"subnets":                {1, 80, "subnet"},
	"virtualnetworkpeerings": {1, 80, "peering"},
	"localnetworkgateways":   {1, 80, "site"},
	"virtualnetworkgateways": {1, 80, "gateway"},
	"connections":            {1, 80, "connection"},
	"publicipaddresses":      {1, 80, "ip"},
	"networksecuritygroups":  {1, 80, "security-group"},
	"securityrules":          {1, 80, "rule"},
	"routetables":            {1, 80, "route-table"},
	"routes":                 {1, 80, "route"},
	"networkmanagers":        {1, 64, "manager"},
	"azurefirewalls":         {1, 56, "firewall"},
	"resourcegroups":         {1, 90, "group"},
	"deployments":            {1, MaxDeploymentNameLength, "deployment"},
}

var otherName = nameRule{1, 80, "resource"}

// ruleFor takes a type as "virtualNetworks", "virtualNetworks/subnets" or with its provider; the
// last segment counts, since that is the name being judged.
func ruleFor(typ string) nameRule {
	if i := strings.LastIndexByte(typ, '/'); i >= 0 {
		typ = typ[i+1:]
	}
	if r, ok := nameRules[strings.ToLower(typ)]; ok {
		return r
	}
	return otherName
}

// IsLegalName reports whether Resource Manager accepts s as the name of a resource of the type,
// for example "virtualNetworks" or "virtualNetworks/subnets". Source: docs/sources.md#names.
func IsLegalName(typ, s string) bool {
	rule := ruleFor(typ)
	if len(s) < rule.min || len(s) > rule.max || !isAlnum(s[0]) || !isLast(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return true
}

// LegalName maps any string to a legal name of the type; equal input gives equal output. What the
// classic portal put around a name is taken off first (see PortalName and PortalSite), accents
// are dropped, and any other run of characters that a name may not have becomes one hyphen.
// Different strings may map to one name: see Namer.
func LegalName(typ, s string) string {
	for {
		legal := spellLegal(typ, plainName(typ, s))
		if plainName(typ, legal) == legal {
			return legal
		}
		s = legal // what stood before the portal's prefix had hidden it
	}
}

// spellLegal is a legal name of the type for s, which is s itself where that is legal.
func spellLegal(typ, s string) string {
	if IsLegalName(typ, s) {
		return s
	}
	rule := ruleFor(typ)
	s = trimName(replaceIllegal(s))
	if len(s) > rule.max {
		s = trimName(s[:rule.max])
	}
	switch {
	case s == "":
		return rule.fallback
	case len(s) < rule.min:
		return s + "-" + rule.fallback
	}
	return s
}

// plainName takes off what the classic portal put around names of the type.
func plainName(typ, s string) string {
	switch ruleFor(typ).fallback {
	case "vnet":
		return PlainNetworkName(s)
	case "site":
		return PlainSiteName(s)
	}
	return s
}

// replaceIllegal spells letters with accents without them, and puts one hyphen for each run of
// other characters that no name may have.
func replaceIllegal(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(s) {
		text := spell(r)
		switch {
		case text == "" && unicode.Is(unicode.Mn, r): // the accent that NFKD split off
			continue
		case text == "":
			gap = true
			continue
		case gap && b.Len() > 0 && text != "-" && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		gap = false
		b.WriteString(text)
	}
	return b.String()
}

// letters are Latin letters that are no base letter with an accent to Unicode.
var letters = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O",
	'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ı': "i",
}

func spell(r rune) string {
	if r < utf8.RuneSelf && isNameByte(byte(r)) {
		return string(r)
	}
	return letters[r]
}

// trimName drops from both ends what may not stand there.
func trimName(s string) string {
	for s != "" && !isAlnum(s[0]) {
		s = s[1:]
	}
	for s != "" && !isLast(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isLast(c byte) bool     { return isAlnum(c) || c == '_' }
func isNameByte(c byte) bool { return isLast(c) || c == '.' || c == '-' }

// Shorten cuts a name so that room more bytes still fit into a name of the type. It cuts between
// characters and leaves no period or hyphen at a cut end; at least one character stays.
func Shorten(typ, name string, room int) string {
	limit := max(ruleFor(typ).max-room, 1)
	if len(name) <= limit {
		return name
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	if cut == 0 {
		_, cut = utf8.DecodeRuneInString(name)
	}
	if short := strings.TrimRight(name[:cut], ".-"); short != "" {
		return short
	}
	return name[:cut]
}

// PortalName splits the name that the newer portal gave to a classic virtual network,
// "Group <resource group> <name>", at its second space. A group has no spaces; a name may.
// Source: docs/sources.md#names.
func PortalName(s string) (group, name string, ok bool) {
	rest, ok := strings.CutPrefix(s, "Group ")
	if !ok {
		return "", "", false
	}
	group, name, ok = strings.Cut(rest, " ")
	if !ok || group == "" || strings.TrimSpace(name) == "" {
		return "", "", false
	}
	return group, name, true
}

// PortalSite takes the prefix off a local network site's name that the newer portal made: eight
// upper-case hexadecimal digits and an underscore. Source: docs/sources.md#names.
func PortalSite(s string) (name string, ok bool) {
	const digits = 8
	if len(s) <= digits+1 || s[digits] != '_' {
		return "", false
	}
	for i := range digits {
		if c := s[i]; !(c >= '0' && c <= '9' || c >= 'A' && c <= 'F') {
			return "", false
		}
	}
	return s[digits+1:], true
}

// PlainNetworkName is a virtual network's name without what the portal put around it.
func PlainNetworkName(s string) string {
	for {
		_, name, ok := PortalName(s)
		if !ok {
			return s
		}
		s = name
	}
}

// PlainSiteName is a local network site's name without what the portal put before it.
func PlainSiteName(s string) string {
	for {
		name, ok := PortalSite(s)
		if !ok {
			return s
		}
		s = name
	}
}

// Namer hands out names that are legal and unique within their type, in the order of asking, so
// equal questions in equal order give equal names. Names of children (subnets, peerings) need a
// Namer for each parent. Use NewNamer.
type Namer struct {
	taken map[nameKey]bool
	next  map[nameKey]int // by stem: the lowest number not tried yet
}

// nameKey folds case, because Resource Manager compares without it.
type nameKey struct{ typ, name string }

func keyOf(typ, name string) nameKey {
	return nameKey{strings.ToLower(typ), strings.ToLower(name)}
}

// NewNamer returns a Namer that has handed out nothing.
func NewNamer() *Namer {
	return &Namer{taken: map[nameKey]bool{}, next: map[nameKey]int{}}
}

// Unique returns the name, or the name with a number from 2 on when it is taken, shortened where
// it would be too long. An illegal name goes through LegalName first.
func (n *Namer) Unique(typ, name string) string {
	if !IsLegalName(typ, name) {
		name = LegalName(typ, name)
	}
	if n.take(typ, name) {
		return name
	}
	for digits, first, end := 1, 2, 10; ; digits, first, end = digits+1, end, end*10 {
		stem := Shorten(typ, name, digits+1)
		key := keyOf(typ, stem+"-"+strconv.Itoa(digits)) // numbers of one length share a stem
		for i := max(first, n.next[key]); i < end; i++ {
			n.next[key] = i + 1
			if numbered := stem + "-" + strconv.Itoa(i); n.take(typ, numbered) {
				return numbered
			}
		}
	}
}

// Taken reports whether a name of the type was handed out, in whatever letter case.
func (n *Namer) Taken(typ, name string) bool { return n.taken[keyOf(typ, name)] }

func (n *Namer) take(typ, name string) bool {
	key := keyOf(typ, name)
	if n.taken[key] {
		return false
	}
	n.taken[key] = true
	return true
}

// IsGroupName reports whether a resource group can have the name: letters and digits of any script,
// and "_", "-", ".", "(" and ")", up to 90 of them, and no full stop at the end.
// Source: docs/sources.md#names.
func IsGroupName(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.()", r) {
			return false
		}
	}
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= 90 && s[len(s)-1] != '.'
}
