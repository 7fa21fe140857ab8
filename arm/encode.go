package arm

import (
	"fmt"
	"io"
)

// flushAt is how many bytes are gathered before they are handed on: large enough that the writer
// below is called rarely, small enough to stay in a core's cache.
const flushAt = 64 << 10

// Encode writes a template as JSON, indented by two spaces and ending in a newline. Equal
// templates give equal bytes. An error comes from w, or from a value that JSON cannot hold.
func Encode(w io.Writer, t *Template) error { return encode(w, t) }

// EncodeParameters writes a parameter file as Encode writes a template.
func EncodeParameters(w io.Writer, p *Parameters) error { return encode(w, p) }

// EncodeValue writes one value, as in Member, as Encode writes a template.
func EncodeValue(w io.Writer, v any) error { return encode(w, document{v}) }

// document is a value that is a document by itself.
type document struct{ value any }

func (d document) emit(e emitter) { e.value(d.value) }

// EncodeResource is one resource as Encode writes it, at the left margin and ending in a newline:
// the text that a diff compares.
func EncodeResource(r *Resource) ([]byte, error) {
	var out jsonWriter
	r.emit(emitter{&out})
	return out.finish()
}

func encode(w io.Writer, doc Properties) error {
	out := jsonWriter{w: w, buf: make([]byte, 0, 2*flushAt)}
	doc.emit(emitter{&out})
	rest, err := out.finish()
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	_, err = w.Write(rest)
	return err
}
