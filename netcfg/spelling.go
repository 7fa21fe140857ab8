package netcfg

import (
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// similar reports whether two names differ by letter case or by a slip of the finger.
func similar(a, b string) bool {
	if a == "" || strings.EqualFold(a, b) {
		return true
	}
	const slips, longest = 2, 64
	if min(len(a), len(b)) < 5 || max(len(a), len(b)) > longest || len(a)-len(b) > slips || len(b)-len(a) > slips {
		return false
	}
	return diag.Distance(strings.ToLower(a), strings.ToLower(b)) <= slips
}

// nearest is the allowed name that was probably meant, or "".
func nearest(name string, allowed []string) string {
	for _, a := range allowed {
		if similar(name, a) {
			return a
		}
	}
	return ""
}
