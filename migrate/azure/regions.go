package azure

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Region is one region of one cloud. Source: docs/sources.md#regions.
type Region struct {
	Name        string `json:"name"`         // as templates want it: "westeurope"
	DisplayName string `json:"displayName"`  // as classic files have it: "West Europe"
	Cloud       string `json:"cloud"`        // one of the Cloud constants
	Geography   string `json:"geography"`    // "Europe"; empty when unknown
	Paired      string `json:"pairedRegion"` // Name of the paired region; empty when none or unknown
	Zones       bool   `json:"zones"`        // has availability zones; false also when unknown
	BillingZone string `json:"billingZone"`  // "1", "2", "3" or "US Gov 1"; empty when unknown
	Closed      bool   `json:"closed"`       // named by old classic files, takes no resources now
}

// The clouds: separate platforms that share neither networks nor accounts.
const (
	CloudPublic  = "AzurePublic"
	CloudUSGov   = "AzureUSGovernment"
	CloudChina   = "AzureChinaCloud"
	CloudGermany = "AzureGermanCloud" // closed in 2021
)

//go:embed data/regions.json
var regionsJSON []byte

type regionTable struct {
	Source  string
	Date    string // of the location list the table rests on, year-month-day
	Regions []Region
	byKey   map[string]int
}

var regions = sync.OnceValue(func() *regionTable {
	t := &regionTable{}
	if err := json.Unmarshal(regionsJSON, t); err != nil {
		panic("azure: embedded data/regions.json: " + err.Error())
	}
	t.byKey = make(map[string]int, len(t.Regions)+len(regionAliases))
	for i, r := range t.Regions {
		t.byKey[r.Name] = i
	}
	for alias, name := range regionAliases {
		t.byKey[alias] = t.byKey[name]
	}
	return t
})

// regionAliases are other spellings met in scripts, exports and bills, as regionKey folds them.
// City names and codes of two or three letters are left out: some of them name two regions.
var regionAliases = map[string]string{
	"apeast": "eastasia", "asiaeast": "eastasia",
	"apsoutheast": "southeastasia", "asiasoutheast": "southeastasia",
	"aucentral": "australiacentral", "aucentral2": "australiacentral2",
	"aueast": "australiaeast", "ausoutheast": "australiasoutheast",
	"brsouth": "brazilsouth", "brsoutheast": "brazilsoutheast",
	"cacentral": "canadacentral", "caeast": "canadaeast",
	"centralcanada": "canadacentral", "eastcanada": "canadaeast",
	"cneast": "chinaeast", "cneast2": "chinaeast2", "cneast3": "chinaeast3",
	"cnnorth": "chinanorth", "cnnorth2": "chinanorth2", "cnnorth3": "chinanorth3",
	"eunorth": "northeurope", "europenorth": "northeurope",
	"euwest": "westeurope", "europewest": "westeurope",
	"incentral": "centralindia", "indiacentral": "centralindia",
	"insouth": "southindia", "indiasouth": "southindia",
	"inwest": "westindia", "indiawest": "westindia",
	"jaeast": "japaneast", "eastjapan": "japaneast",
	"jawest": "japanwest", "westjapan": "japanwest",
	"krcentral": "koreacentral", "krsouth": "koreasouth",
	"uscentral": "centralus", "useast": "eastus", "useast2": "eastus2",
	"usnorthcentral": "northcentralus", "ussouthcentral": "southcentralus",
	"uswest": "westus", "uswest2": "westus2", "uswest3": "westus3", "uswestcentral": "westcentralus",
	"usgovaz": "usgovarizona", "usgovsouthwest": "usgovarizona",
	"usgovcentral": "usgoviowa", "usgoveast": "usgovvirginia",
	"usgovsouthcentral": "usgovtexas", "usgovtx": "usgovtexas",
}

// LookupRegion finds a region by its canonical name, its display name or a known other spelling,
// whatever the letter case and spacing: "West Europe", "westeurope", "US Gov Virginia" and
// "USGov Virginia". A list's "(Europe) West Europe" is taken as well.
func LookupRegion(s string) (Region, bool) {
	t := regions()
	i, ok := t.byKey[regionKey(s)]
	if !ok {
		return Region{}, false
	}
	return t.Regions[i], true
}

// Regions is every region, ordered by name.
func Regions() []Region { return slices.Clone(regions().Regions) }

// regionKey folds case and drops spaces, hyphens and underscores. Anything else stays, so that a
// template's placeholder does not become a region.
func regionKey(s string) string {
	s = strings.TrimSpace(s)
	if group, rest, ok := strings.Cut(s, ")"); ok && strings.HasPrefix(group, "(") {
		s = rest
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
