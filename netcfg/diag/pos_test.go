package diag

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ExamplePos_String() {
	fmt.Println(Pos{"corp.netcfg", 41, 9})
	fmt.Println(Pos{"corp.netcfg", 0, 0})
	fmt.Println(Pos{"", 41, 9})
	fmt.Println(Pos{})
	// Output:
	// corp.netcfg:41:9
	// corp.netcfg
	// 41:9
	// -
}

func TestPosCompare(t *testing.T) {
	want := []Pos{{}, {"a", 0, 0}, {"a", 2, 3}, {"a", 2, 10}, {"a", 10, 1}, {"b", 1, 1}}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Pos.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got)\n%s", diff)
	}
}

func TestRef(t *testing.T) {
	r := Ref{Ordinal: 3, Line: 4, Col: 5}
	if r.IsZero() || !(Ref{}).IsZero() {
		t.Error("IsZero is wrong")
	}
	if got := r.In(2); got != (Ref{Doc: 2, Ordinal: 3, Line: 4, Col: 5}) {
		t.Errorf("In(2) = %+v", got)
	}
	if got := (Ref{}).In(2); !got.IsZero() || got.Doc != 0 {
		t.Errorf("zero.In(2) = %+v", got)
	}
	if got := r.Pos("f"); got != (Pos{"f", 4, 5}) {
		t.Errorf("Pos = %v", got)
	}
	if r.Compare(r.In(1)) >= 0 || r.Compare(Ref{Ordinal: 2}) <= 0 || r.Compare(r) != 0 {
		t.Error("Compare is wrong")
	}
}

func TestFates(t *testing.T) {
	fates := []Fate{{Kind: Converted}, {Kind: Changed}, {Kind: Dropped}, {Kind: NeedsPerson}, {Kind: Converted}}
	got := Count(fates)
	if want := (Tally{Converted: 2, Changed: 1, Dropped: 1, NeedsPerson: 1}); got != want || got.Total() != len(fates) {
		t.Errorf("Count = %+v, total %d", got, got.Total())
	}
	words := map[string]bool{}
	for k := FateKind(0); k <= NeedsPerson; k++ {
		words[k.String()] = true
	}
	if len(words) != 5 {
		t.Errorf("fates share a word: %v", words)
	}
}
