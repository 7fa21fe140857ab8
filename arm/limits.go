package arm

import "fmt"

// What Azure Resource Manager accepts of one template. Sizes are bytes of JSON.
// Source: docs/sources.md#template-limits.
const (
	MaxTemplateSize   = 4 << 20
	MaxResourceSize   = 1 << 20
	MaxParameters     = 256
	MaxVariables      = 256
	MaxResources      = 800
	MaxOutputs        = 64
	MaxExpressionSize = 24_576 // characters
)

// LimitProblem is one limit that a template is over. Where names what is too large, or is empty
// for the template as a whole.
type LimitProblem struct {
	Limit string // "resources", "template size" …
	Where string
	Have  int
	Max   int
}

// String is what is over the limit, how many, and the limit.
func (p LimitProblem) String() string {
	if p.Where == "" {
		return fmt.Sprintf("%s: %d, at most %d", p.Limit, p.Have, p.Max)
	}
	return fmt.Sprintf("%s of %s: %d, at most %d", p.Limit, p.Where, p.Have, p.Max)
}

// Check lists the limits that a template is over; size is the length of its encoded form in bytes.
// A template with nested deployments is judged by its own resources only: each nested template is a
// template of its own.
func Check(t *Template, size int) []LimitProblem {
	var found []LimitProblem
	over := func(limit, where string, have, most int) {
		if have > most {
			found = append(found, LimitProblem{limit, where, have, most})
		}
	}
	over("template size", "", size, MaxTemplateSize)
	over("parameters", "", len(t.Parameters), MaxParameters)
	over("variables", "", len(t.Variables), MaxVariables)
	over("resources", "", len(t.Resources), MaxResources)
	over("outputs", "", len(t.Outputs), MaxOutputs)

	meter := &sizeMeter{}
	for i := range t.Resources {
		r := &t.Resources[i]
		meter.size, meter.longest = 0, 0
		r.emit(emitter{meter})
		over("expression length", r.label(), meter.longest, MaxExpressionSize)
		// Only an upper bound is metered; few resources ever need to be written to know.
		if meter.size > MaxResourceSize {
			if text, err := EncodeResource(r); err == nil {
				over("resource size", r.label(), len(text), MaxResourceSize)
			}
		}
	}
	meter.longest = 0
	head := *t
	head.Resources = nil
	head.emit(emitter{meter})
	over("expression length", "parameters, variables and outputs", meter.longest, MaxExpressionSize)
	return found
}

// Fits reports whether a template is within every limit. It is written, to nowhere, only when a bound
// of its size does not settle the matter; a template that cannot be written fits.
func Fits(t *Template) bool {
	meter := &sizeMeter{}
	t.emit(emitter{meter})
	size := meter.size
	if size > MaxTemplateSize {
		var exact byteCounter
		if err := Encode(&exact, t); err != nil {
			return true
		}
		size = int(exact)
	}
	return len(Check(t, size)) == 0
}

// byteCounter counts what is written to it.
type byteCounter int

func (c *byteCounter) Write(p []byte) (int, error) {
	*c += byteCounter(len(p))
	return len(p), nil
}

// label is the resource for people: "virtualNetworks/hub".
func (r *Resource) label() string { return Existing(r.Type, r.Name) }

// sizeMeter is the sink that bounds how large a text could become, without writing it.
type sizeMeter struct {
	size    int // bytes, at least as many as would be written
	longest int // the longest expression, in bytes
	depth   int
}

func (m *sizeMeter) grow(text int) { m.size += text + 2*m.depth + 8 }

func (m *sizeMeter) open(byte)  { m.grow(1); m.depth++ }
func (m *sizeMeter) close(byte) { m.depth--; m.grow(1) }

// Escapes make a character six bytes long at most.
func (m *sizeMeter) key(name string) { m.grow(6 * len(name)) }

func (m *sizeMeter) str(s string) {
	m.grow(6 * len(s))
	if len(s) > m.longest && IsExpression(s) {
		m.longest = len(s)
	}
}

func (m *sizeMeter) boolean(bool)       { m.grow(5) }
func (m *sizeMeter) number(text string) { m.grow(len(text)) }
func (m *sizeMeter) null()              { m.grow(4) }
func (m *sizeMeter) rest()              {}
func (m *sizeMeter) fail(error)         {}
