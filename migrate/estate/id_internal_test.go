package estate

import (
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCompareFold holds the comparison that copies nothing against the one by copies in lower case.
func TestCompareFold(t *testing.T) {
	word := rapid.StringOfN(rapid.SampledFrom([]rune("aAbB_[zZ-éÉİſK")), 0, 5, -1)
	rapid.Check(t, func(t *rapid.T) {
		x, y := word.Draw(t, "x"), word.Draw(t, "y")
		if got, want := compareFold(x, y), cmp.Compare(strings.ToLower(x), strings.ToLower(y)); got != want {
			t.Errorf("compareFold(%q, %q) = %d, want %d", x, y, got, want)
		}
	})
}
