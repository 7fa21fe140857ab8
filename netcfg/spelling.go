package netcfg

import "strings"

// similar reports whether two names differ by letter case or by a slip of the finger.
func similar(a, b string) bool {
	if a == "" || strings.EqualFold(a, b) {
		return true
	}
	const slips, longest = 2, 64
	if min(len(a), len(b)) < 5 || max(len(a), len(b)) > longest || len(a)-len(b) > slips || len(b)-len(a) > slips {
		return false
	}
	return distance(strings.ToLower(a), strings.ToLower(b)) <= slips
}

// distance is how many letters to insert, remove or exchange to make one name the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			exchange := diagonal
			if a[i] != b[j] {
				exchange++
			}
			diagonal = row[j+1]
			row[j+1] = min(exchange, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
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
