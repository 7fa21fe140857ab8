package options

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVolume(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", "1": "1", "0.5": "0.5", "0.001": "0.001", "12.340": "12.34", "1.5000": "1.5", "007": "7", "10000000": "10000000", "10000000.000": "10000000",
		"": "no", ".5": "no", "5.": "no", "-1": "no", "+1": "no", "1e3": "no", "NaN": "no", "Inf": "no", "0x10": "no", "1_000": "no", "1,5": "no", " 1": "no", "1.2.3": "no",
		"0.0001": "no", "10000000.001": "10000000.001", "99999999999999999999": "no", "٣": "no",
	} {
		got := "no"
		if v, ok := ParseVolume(s); ok {
			got = v.String()
		}
		if got != want {
			t.Errorf("%q is %s, want %s", s, got, want)
		}
	}
}

func TestReadUsage(t *testing.T) {
	const readable = "from,to,gb\n"
	for _, c := range []struct {
		name, src string
		flows     string   // "a>b 1000": thousandths
		want      []string // "line:col rule: a part of the message or hint"
	}{
		{"good", readable + "hub,branch,1200\n\nbranch,on-premises HQ,0.25\n", "hub>branch 1200000, branch>on-premises HQ 250", nil},
		{"columns in another order", "\ufeff\"GB\", To ,From\r\n 1.5 ,\"a, the first\",b\r\n", "b>a, the first 1500", nil},
		{"nobody talks", readable, "", nil},
		{"several rows of two places", readable + "a,b,1\na,b,2\n", "a>b 1000, a>b 2000", nil},
		{"empty", " \n", "", []string{" OPT-014: the file is empty"}},
		{"no header", "hub,branch,12\n", "", []string{`1:1 OPT-014: nothing reads a column "hub"`, `1:1 OPT-014: no column "from"`, `1:1 OPT-014: no column "to"`, `1:1 OPT-014: no column "gb"`, `1:5 OPT-014: nothing reads a column "branch"`, `1:12 OPT-014: nothing reads a column "12"`}},
		{"another header", "\ufefffrom,to,gb,bytes,GB\na,b,1,2,3\n", "", []string{`1:15 OPT-014: nothing reads a column "bytes"`, `1:21 OPT-014: the column "gb" stands here a second time`}},
		{"a header that is not on the first line", "\n\nfrom,to\na,b\n", "", []string{`3:1 OPT-014: no column "gb"`}},
		{"a column that is missing after a mark", "\ufefffrom,to\na,b\n", "", []string{`1:4 OPT-014: no column "gb"`}},
		{"a quotation mark after a mark", "\ufefffrom,t\"o,gb\n", "", []string{"1:10 OPT-014: this is not CSV: a quotation mark stands inside"}},
		{"semicolons", "from;to;gb\na;b;1\n", "", []string{"1:1 OPT-014: separate the columns by commas"}},
		{"values are missing", readable + "a,b\na,b,1,2\na,b,1\n", "", []string{"2:1 OPT-015: the row has 2 values, and the header 3", "3:1 OPT-015: the row has 4 values"}},
		{"bad values", readable + "a,b,-1\n ,b,1\na,*,NaN\na,b,\"1,200\"\n", "", []string{`2:5 OPT-015: "gb" is "-1", which is not a number of GB`, `3:1 OPT-015: "from" is " ", which is not the name of one place`, `4:3 OPT-015: "to" is "*"`, `4:5 OPT-015: "gb" is "NaN"`, `5:5 OPT-015: "gb" is "1,200"`}},
		{"hostile names", readable + "a\x1b[31m,b\x07,x\x1b[0m\n", "", []string{`2:11 OPT-015: "gb" is "x\x1b[0m"`}},
		{"a long name", readable + strings.Repeat("x", 2000) + ",b,1\na,b,10000000.001\n", "", []string{`2:1 OPT-015: "from" is "` + strings.Repeat("x", 100) + "…\"", "3:5 OPT-015: which is not a number of GB"}},
		{"not closed", readable + "a,\"b,1\n", "", []string{"OPT-014: this is not CSV: a quotation mark is not closed"}},
		{"a quotation mark", readable + "a,b\"c,1\n", "", []string{"2:4 OPT-014: this is not CSV: a quotation mark stands inside"}},
		{"UTF-16", "f\x00r\x00", "", []string{" OPT-014: the file is not text in UTF-8"}},
		{"Latin-1", readable + "Z\xfcrich,b,1\n", "", []string{" OPT-014: the file is not text in UTF-8"}},
		{"huge", readable + strings.Repeat("\n", MaxUsageSize), "", []string{" OPT-014: more than the 16777216 bytes"}},
		{"many rows", readable + strings.Repeat("a,b,1\n", maxUsageRows+1), "", []string{"100002:1 OPT-014: more than the 100000 rows"}},
		{"of another kind", readable + strings.Repeat("x\n", 2*maxUsageBad), "", append(manyBad(), "102:1 OPT-014: 100 faults are enough")},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &Options{File: "n.yaml", Traffic: []Traffic{{}}}
			found := o.ReadUsage("u.csv", []byte(c.src))
			found.Sort()
			var flows []string
			for _, f := range o.Traffic {
				flows = append(flows, fmt.Sprintf("%s>%s %d", f.From.Value, f.To.Value, f.Volume()))
			}
			if diff := cmp.Diff(c.flows, strings.Join(flows, ", ")); diff != "" {
				t.Errorf("traffic (-want +got)\n%s", diff)
			}
			var b strings.Builder
			if err := found.Print(&b); err != nil {
				t.Fatal(err)
			}
			if len(found) != len(c.want) {
				t.Fatalf("%d findings, want %d:\n%s", len(found), len(c.want), b.String())
			}
			for _, w := range c.want {
				place, says, _ := strings.Cut(w, ": ")
				place, rule, ok := strings.Cut(place, " ")
				if !ok {
					place, rule = "", place
				} else if place != "" {
					place = ":" + place
				}
				head := "error " + rule + ": "
				if ok {
					head = "u.csv" + place + ": " + head
				}
				if _, after, ok := strings.Cut(b.String(), head); !ok || !strings.Contains(after, says) {
					t.Errorf("no %q with %q in\n%s", head, says, b.String())
				}
			}
		})
	}
}

func manyBad() []string {
	var out []string
	for i := range maxUsageBad {
		out = append(out, fmt.Sprintf("%d:1 OPT-015: the row has 1 values", i+2))
	}
	return out
}

// Places of a usage file are its own.
func TestUsagePositions(t *testing.T) {
	o, _ := parsed(t, "version: 1\nhub: x\ntraffic:\n- {from: a, to: b, gb: 1}\n")
	if got := o.Pos(o.Traffic[0].To).String(); got != "n.yaml:4:17" {
		t.Error(got)
	}
	if found := o.ReadUsage("u.csv", []byte("gb,from,to\n1,hub,branch\n")); len(found) > 0 {
		t.Fatal(found)
	}
	if got := o.Pos(o.Traffic[0].To).String(); got != "u.csv:2:7" {
		t.Error(got)
	}
}
