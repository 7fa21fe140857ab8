package options

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The bounds of a usage file.
const (
	MaxUsageSize = 16 << 20 // bytes
	maxUsageRows = 100_000  // below the header; a network of 10,000 VNets has fewer pairs that are worth a row
	maxUsageBad  = 100      // faults that are told; a file of another kind has one in every row
)

// usageDoc is the document number of the Refs of a usage file: those of the options file have 0.
const usageDoc = 1

// usageColumns are the columns of a usage file, in whatever order.
var usageColumns = []string{"from", "to", "gb"}

// ReadUsage takes the traffic from a usage file, a CSV with the header from,to,gb, in place of that of the options
// file. Several rows of the same two places add up, as reports have one for each day or subnet. What is wrong is
// found: with the file as a whole OPT-014, with a row OPT-015.
func (o *Options) ReadUsage(name string, src []byte) diag.List {
	o.Traffic, o.UsageFile = nil, name
	r := &usageReader{o: o}
	r.file(src)
	return r.found
}

type usageReader struct {
	o       *Options
	csv     *csv.Reader
	at      []int // by member of usageColumns: its column
	bom     int   // bytes before the first line
	rows    int
	ordinal int32
	found   diag.List
}

func (r *usageReader) fail(line, col int, format string, args ...any) *diag.Finding {
	r.found = append(r.found, diag.New("OPT-014", diag.Pos{File: r.o.UsageFile, Line: line, Col: col}, format, args...))
	return &r.found[len(r.found)-1]
}

func (r *usageReader) file(src []byte) {
	text, marked := strings.CutPrefix(string(src), "\ufeff")
	if marked {
		r.bom = len("\ufeff")
	}
	switch {
	case len(src) > MaxUsageSize:
		r.fail(0, 0, "the file has more than the %d bytes that are read", MaxUsageSize)
		return
	case !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		r.fail(0, 0, "the file is not text in UTF-8")
		return
	case strings.TrimSpace(text) == "":
		r.fail(0, 0, "the file is empty; it must begin with the header %s", strings.Join(usageColumns, ","))
		return
	}
	r.csv = csv.NewReader(strings.NewReader(text))
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	if r.header() {
		for r.row() {
		}
	}
	if len(r.found) > 0 {
		r.o.Traffic = nil // a part of it would be taken for all of it
	}
}

// record is the next line that is not empty; false at the end, or where the text is no CSV.
func (r *usageReader) record() ([]string, bool) {
	fields, err := r.csv.Read()
	var bad *csv.ParseError
	switch {
	case err == nil:
		return fields, true
	case errors.As(err, &bad):
		why := map[error]string{csv.ErrQuote: "a quotation mark is not closed or stands where nothing may follow it", csv.ErrBareQuote: "a quotation mark stands inside of a value that has none around it"}[bad.Err]
		if why == "" {
			why = bad.Err.Error()
		}
		line, col := r.written(bad.Line, bad.Column)
		r.fail(line, col, "this is not CSV: %s", why)
	case err != io.EOF:
		r.fail(0, 0, "the file cannot be read: %v", err)
	}
	return nil, false
}

// place is where a value of the record stands.
func (r *usageReader) place(field int) (line, col int) { return r.written(r.csv.FieldPos(field)) }

// written is a place of the text as one of the file, which may begin with a mark.
func (r *usageReader) written(line, col int) (int, int) {
	if line == 1 {
		col += r.bom
	}
	return line, col
}

func (r *usageReader) header() bool {
	fields, ok := r.record()
	if !ok {
		return false
	}
	r.at = make([]int, len(usageColumns))
	for i := range r.at {
		r.at[i] = -1
	}
	for f, name := range fields {
		line, col := r.place(f)
		i := slices.Index(usageColumns, strings.ToLower(strings.TrimSpace(name)))
		switch {
		case i < 0 && len(fields) == 1 && strings.ContainsAny(name, ";\t"):
			f := r.fail(line, col, "the header is %q, which is not %s", cut(name), strings.Join(usageColumns, ","))
			*f = f.WithHint("separate the columns by commas")
			return false
		case i < 0:
			r.fail(line, col, "nothing reads a column %q; the header is %s", cut(name), strings.Join(usageColumns, ","))
		case r.at[i] >= 0:
			r.fail(line, col, "the column %q stands here a second time", usageColumns[i])
		default:
			r.at[i] = f
		}
	}
	for i, f := range r.at {
		if f < 0 {
			line, col := r.place(0)
			r.fail(line, col, "the header has no column %q; it must be %s", usageColumns[i], strings.Join(usageColumns, ","))
		}
	}
	return len(r.found) == 0
}

// row reads one line below the header, and reports whether to go on.
func (r *usageReader) row() bool {
	fields, ok := r.record()
	if !ok {
		return false
	}
	line, col := r.place(0)
	switch r.rows++; {
	case r.rows > maxUsageRows:
		r.fail(line, col, "the file has more than the %d rows that are read", maxUsageRows)
		return false
	case len(r.found) >= maxUsageBad:
		r.fail(line, col, "%d faults are enough; the rest of the file was not read", len(r.found))
		return false
	case len(fields) != len(usageColumns):
		r.bad(line, col, "the row has %d values, and the header %d", len(fields), len(usageColumns))
		return true
	}
	var t Traffic
	good := true
	for i, out := range []*Text{&t.From, &t.To, &t.GB} {
		m := trafficMembers[i]
		raw := strings.Clone(fields[r.at[i]])
		value, fits := m.form.read(strings.TrimSpace(raw))
		line, col := r.place(r.at[i])
		if !fits {
			good = false
			r.bad(line, col, "%q is %q, which is not %s", m.name, cut(raw), m.form.what)
			continue
		}
		r.ordinal++
		*out = Text{Value: value, Raw: raw, Ref: diag.Ref{Doc: usageDoc, Ordinal: r.ordinal, Line: int32(line), Col: int32(col)}}
	}
	if good {
		r.o.Traffic = append(r.o.Traffic, t)
	}
	return true
}

// cut shortens what a message shows of a value.
func cut(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func (r *usageReader) bad(line, col int, format string, args ...any) {
	r.found.Add("OPT-015", diag.Pos{File: r.o.UsageFile, Line: line, Col: col}, format, args...)
}
