package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// PlanJSON writes a plan in the format PlanFormat: one WirePlan, ending in a newline.
// Equal plans give equal bytes. d may be nil.
func PlanJSON(w io.Writer, p *plan.Plan, found diag.List, d *Diff) error {
	return writeJSON(w, wirePlan(p, found, d))
}

// DecodePlan reads what PlanJSON wrote. A member that the format does not know is an error: in a
// plan that a person edited it is most likely a slip.
func DecodePlan(r io.Reader) (*WirePlan, error) {
	var p WirePlan
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	if p.Format != PlanFormat {
		return nil, fmt.Errorf("read plan: format %q, want %q", p.Format, PlanFormat)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("read plan: something follows the plan")
	}
	return &p, nil
}

// writeJSON writes one value, laid out for people, without HTML escapes. Characters that could act on a
// terminal are escaped, which JSON leaves to the writer.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(harmless(layout(b.Bytes())))
	return err
}

// harmless escapes control and format characters of JSON text. Outside of strings JSON is ASCII,
// so every one of them is in a string.
func harmless(text []byte) []byte {
	if isPlainASCII(text) {
		return text
	}
	out := make([]byte, 0, len(text)+len(text)/8)
	for i := 0; i < len(text); {
		if c := text[i]; c < 0x7f {
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch c := string(text[i : i+size]); {
		case diag.Plain(c) == c:
			out = append(out, c...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

func wireFindings(found diag.List) []WireFinding {
	return each(found, func(f diag.Finding) WireFinding {
		return WireFinding{
			Rule: f.Rule, Severity: f.Severity.String(), At: wirePos(f.Pos), Message: f.Message, Hint: f.Hint,
			Related: each(f.Related, func(r diag.Related) WireRelated { return WireRelated{wirePos(r.Pos), r.Message} }),
		}
	})
}

func wirePos(p diag.Pos) WirePos { return WirePos{p.File, p.Line, p.Col} }

// each maps a slice; the result is never nil, so that JSON says [] and not null.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i := range in {
		out[i] = f(in[i])
	}
	return out
}
