package arm

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Expr is a node of a parsed expression: *Call, *Text, *Number, *Property or *Index.
type Expr interface {
	// Pos is where the node starts: a byte offset in the whole template string, its bracket
	// included.
	Pos() int
}

// Call is a function with its arguments: resourceId('a', 'b').
type Call struct {
	At   int
	Name string // as written; compared without case
	Args []Expr
}

// Text is a string literal, its doubled quotes undone.
type Text struct {
	At    int
	Value string
}

// Number is an integer literal.
type Number struct {
	At    int
	Value int64
}

// Property is access by name: x.ipAddress.
type Property struct {
	At   int
	Of   Expr
	Name string
}

// Index is access by position or key: x[0], x['a'].
type Index struct {
	At  int
	Of  Expr
	Key Expr
}

// Pos implements Expr.
func (c *Call) Pos() int { return c.At }

// Pos implements Expr.
func (t *Text) Pos() int { return t.At }

// Pos implements Expr.
func (n *Number) Pos() int { return n.At }

// Pos implements Expr.
func (p *Property) Pos() int { return p.At }

// Pos implements Expr.
func (i *Index) Pos() int { return i.At }

// Is reports whether the call is of that function; ARM compares without case.
func (c *Call) Is(name string) bool { return strings.EqualFold(c.Name, name) }

// Walk calls visit for e and every node below it, outer before inner, left before right.
func Walk(e Expr, visit func(Expr)) {
	visit(e)
	switch e := e.(type) {
	case *Call:
		for _, arg := range e.Args {
			Walk(arg, visit)
		}
	case *Property:
		Walk(e.Of, visit)
	case *Index:
		Walk(e.Of, visit)
		Walk(e.Key, visit)
	}
}

// ExprError says where in a template string an expression breaks.
type ExprError struct {
	Offset  int // byte in the whole string
	Message string
}

// Error is the character, counted from 1, and what is wrong there.
func (e *ExprError) Error() string {
	return fmt.Sprintf("expression, character %d: %s", e.Offset+1, e.Message)
}

// maxExprDepth bounds nesting, so that hostile text cannot exhaust the stack. Real templates stay
// below twenty.
const maxExprDepth = 200

// ParseExpr parses the text of an expression, brackets included; see IsExpression for what is one.
// The error is an *ExprError.
func ParseExpr(text string) (e Expr, err error) {
	if !IsExpression(text) {
		return nil, &ExprError{0, "not an expression: it has no brackets around it"}
	}
	p := exprParser{text: text[:len(text)-1], at: 1}
	defer func() {
		switch broken := recover().(type) {
		case nil:
		case *ExprError:
			e, err = nil, broken
		default:
			panic(broken)
		}
	}()
	e = p.expression()
	if p.space(); p.at < len(p.text) {
		p.fail(p.at, "unexpected "+p.found())
	}
	return e, nil
}

// exprParser is a recursive descent over the text without its last bracket. Errors leave it by
// panic, and only ParseExpr sees them.
type exprParser struct {
	text  string
	at    int
	depth int
}

func (p *exprParser) fail(at int, message string) { panic(&ExprError{at, message}) }

func (p *exprParser) found() string {
	if p.at >= len(p.text) {
		return "end"
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return strconv.QuoteRune(r)
}

func (p *exprParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *exprParser) peek() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *exprParser) expect(c byte) {
	if p.peek() != c {
		p.fail(p.at, fmt.Sprintf("want %q, found %s", c, p.found()))
	}
	p.at++
}

func (p *exprParser) expression() Expr {
	defer func(outer int) { p.depth = outer }(p.depth)
	p.deeper()
	e := p.primary()
	for {
		start := e.Pos()
		switch p.peek() {
		case '.':
			p.at++
			p.space()
			e = &Property{start, e, p.name()}
		case '[':
			p.at++
			key := p.expression()
			p.expect(']')
			e = &Index{start, e, key}
		default:
			return e
		}
		p.deeper() // a long chain is as deep a tree as nested calls are
	}
}

func (p *exprParser) deeper() {
	if p.depth++; p.depth > maxExprDepth {
		p.fail(p.at, "nested too deeply")
	}
}

func (p *exprParser) primary() Expr {
	switch c := p.peek(); {
	case c == '\'':
		return p.string()
	case c == '-' || isDigit(c):
		return p.number()
	case isNameStart(c):
		return p.call()
	}
	p.fail(p.at, "want a value, found "+p.found())
	return nil
}

func (p *exprParser) call() Expr {
	call := &Call{At: p.at}
	call.Name = p.name()
	// User functions have a namespace: contoso.name().
	for p.at+1 < len(p.text) && p.text[p.at] == '.' && isNameStart(p.text[p.at+1]) {
		p.at++
		call.Name += "." + p.name()
	}
	p.expect('(')
	if p.peek() == ')' {
		p.at++
		return call
	}
	for {
		call.Args = append(call.Args, p.expression())
		if p.peek() != ',' {
			break
		}
		p.at++
	}
	p.expect(')')
	return call
}

func (p *exprParser) string() Expr {
	start := p.at
	p.at++
	var parts []string
	for {
		n := strings.IndexByte(p.text[p.at:], '\'')
		if n < 0 {
			p.fail(start, "string without an end")
		}
		piece := p.text[p.at : p.at+n]
		p.at += n + 1
		if p.at == len(p.text) || p.text[p.at] != '\'' {
			if parts == nil {
				return &Text{start, piece}
			}
			return &Text{start, strings.Join(append(parts, piece), "'")}
		}
		parts = append(parts, piece)
		p.at++
	}
}

func (p *exprParser) number() Expr {
	start := p.at
	if p.text[p.at] == '-' {
		p.at++
	}
	for p.at < len(p.text) && isDigit(p.text[p.at]) {
		p.at++
	}
	n, err := strconv.ParseInt(p.text[start:p.at], 10, 64)
	if err != nil {
		p.fail(start, fmt.Sprintf("%q is not an integer", p.text[start:p.at]))
	}
	return &Number{start, n}
}

func (p *exprParser) name() string {
	start := p.at
	if p.at == len(p.text) || !isNameStart(p.text[p.at]) {
		p.fail(p.at, "want a name, found "+p.found())
	}
	for p.at < len(p.text) && (isNameStart(p.text[p.at]) || isDigit(p.text[p.at])) {
		p.at++
	}
	return p.text[start:p.at]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
}
