package options

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxSize is how many bytes an options file may have. One with an answer for each of 10,000 VNets
// stays below it.
const MaxSize = 1 << 20

// maxDepth is how deep values may be nested. The file needs four levels; the library's parser calls
// itself for each, and Go cannot recover from a stack that is exhausted.
const maxDepth = 16

// maxKeys is how many keys are read. The library's parser takes a time that grows with the square of
// the keys of one mapping; an answer for each of 10,000 VNets takes 10,000.
const maxKeys = 20_000 // of one mapping or list in lines

// node is a value of the file: what the library's tree has, without what an options file does not
// use. Line and col start at 1, col counts bytes.
type node struct {
	kind      nodeKind
	text      string  // of a scalar
	entries   []entry // of a mapping, as written
	items     []node  // of a list
	line, col int
}

type entry struct{ key, value node }

type nodeKind uint8

const (
	nothing nodeKind = iota // null, ~, or nothing at all
	scalar
	list
	mapping
)

// String is the kind for messages.
func (k nodeKind) String() string {
	switch k {
	case scalar:
		return "a single value"
	case list:
		return "a list"
	case mapping:
		return "a mapping"
	}
	return "nothing"
}

// fault is why a text cannot be read, and where.
type fault struct {
	line, col int // 0: the whole file
	message   string
	hint      string // or the rule's
}

// readYAML reads one document. Only what an options file needs is taken: no anchors, aliases, merge
// keys, tags, directives, or second documents. A fault is the first of the file.
func readYAML(src []byte) (node, *fault) {
	if len(src) > MaxSize {
		return node{}, &fault{message: "the file has more bytes than are read", hint: "keep answers and decisions in it, nothing else"}
	}
	// The library counts a line twice where a comment ends with CR and LF; YAML takes all line ends alike.
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(src), "\ufeff"))
	r := yamlReader{lines: strings.Split(text, "\n")}
	if f := r.encoding(text); f != nil {
		return node{}, f
	}
	tokens := lexer.Tokenize(text)
	if f := r.refused(tokens); f != nil {
		return node{}, f
	}
	return r.document(tokens)
}

// encoding looks at the bytes before the library does.
func (r *yamlReader) encoding(text string) *fault {
	if strings.IndexByte(text, 0) >= 0 {
		return &fault{message: "the file is not text in UTF-8", hint: "save it as UTF-8"}
	}
	if utf8.ValidString(text) {
		return nil
	}
	for i, line := range r.lines {
		for col, c := range line {
			if c == utf8.RuneError && !strings.HasPrefix(line[col:], "\ufffd") {
				return &fault{i + 1, col + 1, "a byte that is not UTF-8", "save the file as UTF-8"}
			}
		}
	}
	return nil
}

type yamlReader struct {
	lines []string
	last  mark
}

// mark is a place in a line, counted both ways.
type mark struct{ line, characters, bytes int }

// at is the place of a token. The library counts columns in characters, and is sometimes a line off
// after a broken one: a place always lies in the file. Counting goes on from the place before, so
// that a long line is gone through once.
func (r *yamlReader) at(t *token.Token) (line, col int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	line = min(max(t.Position.Line, 1), len(r.lines))
	want := t.Position.Column - 1
	if r.last.line != line || r.last.characters > want {
		r.last = mark{line: line}
	}
	text := r.lines[line-1]
	for r.last.characters < want && r.last.bytes < len(text) {
		_, size := utf8.DecodeRuneInString(text[r.last.bytes:])
		r.last.characters++
		r.last.bytes += size
	}
	return line, r.last.bytes + 1
}

func (r *yamlReader) fault(t *token.Token, message, hint string) *fault {
	line, col := r.at(t)
	return &fault{line, col, message, hint}
}

const quoteHint = "a name that begins with such a character stands in quotes"

// refused looks for what is not taken, before a tree is built of it.
func (r *yamlReader) refused(tokens token.Tokens) *fault {
	begun, ended := false, false
	var depth depthCount
	for _, t := range tokens {
		switch t.Type {
		case token.CommentType:
			continue
		case token.InvalidType:
			return r.syntax(t, t.Error)
		case token.AnchorType, token.AliasType:
			return r.fault(t, "anchors and aliases (& and *) are not read", quoteHint)
		case token.MergeKeyType:
			return r.fault(t, "merge keys (<<) are not read", quoteHint)
		case token.TagType:
			return r.fault(t, "tags (!) are not read", quoteHint)
		case token.DirectiveType:
			return r.fault(t, "directives (%) are not read", quoteHint)
		case token.MappingKeyType:
			return r.fault(t, "keys that begin with ? are not read", quoteHint)
		case token.DocumentEndType:
			ended = true
			continue
		case token.DocumentHeaderType:
			if begun {
				return r.fault(t, "the file has a second document; one is read", "put all of it into one document, without ---")
			}
		}
		if ended {
			return r.fault(t, "the file goes on behind its end (...)", "")
		}
		begun = true
		switch levels, keys := depth.of(t); {
		case levels > maxDepth:
			return r.fault(t, "values are nested deeper than is read", "")
		case keys > maxKeys:
			return r.fault(t, "a mapping has more keys than are read", "")
		}
	}
	return nil
}

// depthCount follows how deep a token is nested, or more: brackets that are open, and columns at
// which a block begins. It never counts less than the parser's calls of itself.
type depthCount struct {
	open   int
	blocks []block
}

// block is a list or mapping that is written in lines.
type block struct{ column, keys int }

// of goes on to a token. It returns the depth there, and the keys so far of the block it is in.
func (d *depthCount) of(t *token.Token) (levels, keys int) {
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		d.open++
	case token.MappingEndType, token.SequenceEndType:
		d.open = max(d.open-1, 0)
	case token.SequenceEntryType:
		keys = d.entry(t.Position.Column)
	case token.MappingValueType:
		if t.Prev != nil {
			keys = d.entry(t.Prev.Position.Column)
		}
	}
	return d.open + len(d.blocks), keys
}

// entry counts an entry of the block that begins at a column.
func (d *depthCount) entry(column int) int {
	if d.open > 0 {
		return 0
	}
	for len(d.blocks) > 0 && d.blocks[len(d.blocks)-1].column > column {
		d.blocks = d.blocks[:len(d.blocks)-1]
	}
	if len(d.blocks) == 0 || d.blocks[len(d.blocks)-1].column < column {
		d.blocks = append(d.blocks, block{column: column})
	}
	last := &d.blocks[len(d.blocks)-1]
	last.keys++
	return last.keys
}

// syntax is a fault that the library has found. Its messages name characters, never values.
func (r *yamlReader) syntax(t *token.Token, message string) *fault {
	line, col := r.at(t)
	for l := max(line-1, 1); l <= min(line+1, len(r.lines)); l++ {
		text := r.lines[l-1]
		blank := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if tab := strings.IndexByte(blank, '\t'); tab >= 0 {
			return &fault{l, tab + 1, "a tab stands where YAML wants spaces", "indent with spaces"}
		}
	}
	return &fault{line, col, "this is not YAML: " + message, ""}
}

// document has the library build its tree and takes it over. A panic of the library is a fault of
// the text, as far as a user is concerned.
func (r *yamlReader) document(tokens token.Tokens) (root node, failed *fault) {
	defer func() {
		if recover() != nil {
			root, failed = node{}, &fault{message: "this is not YAML"}
		}
	}()
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // duplicates are a finding of ours, all of them
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			return node{}, r.syntax(syntax.Token, syntax.Message)
		}
		return node{}, &fault{message: "this is not YAML"}
	}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if root.line > 0 {
			return node{}, r.fault(doc.Body.GetToken(), "the file has a second document; one is read", "")
		}
		if root, failed = r.node(doc.Body); failed != nil {
			return node{}, failed
		}
	}
	return root, nil
}

// node takes over a value of the library's tree.
func (r *yamlReader) node(n ast.Node) (node, *fault) {
	if n == nil {
		return node{}, nil
	}
	line, col := r.at(n.GetToken())
	out := node{kind: scalar, line: line, col: col}
	switch n := n.(type) {
	case *ast.NullNode, *ast.CommentGroupNode:
		out.kind = nothing
	case *ast.StringNode:
		out.text = n.Value
	case *ast.LiteralNode:
		out.text = n.Value.Value
	case *ast.MappingNode:
		return r.mapping(n.Values, n.Start)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n}, nil)
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			item, f := r.node(v)
			if f != nil {
				return node{}, f
			}
			out.items = append(out.items, item)
		}
	case ast.ScalarNode:
		out.text = n.GetToken().Value
	default:
		return node{}, r.fault(n.GetToken(), "this is more of YAML than is read", "")
	}
	return out, nil
}

// mapping takes over the entries of a mapping. One in block form begins at its first key.
func (r *yamlReader) mapping(values []*ast.MappingValueNode, start *token.Token) (node, *fault) {
	out := node{kind: mapping}
	out.line, out.col = r.at(start)
	for i, v := range values {
		if _, plain := v.Key.(ast.ScalarNode); !plain {
			return node{}, r.fault(v.Key.GetToken(), "a key must be a single value", "")
		}
		key, f := r.node(v.Key)
		if f != nil {
			return node{}, f
		}
		if key.kind == nothing { // the name may well be "null"
			key.kind, key.text = scalar, v.Key.GetToken().Value
		}
		value, f := r.node(v.Value)
		if f != nil {
			return node{}, f
		}
		if value.line == 0 || value.kind == nothing {
			value.line, value.col = key.line, key.col
		}
		if i == 0 && (start == nil || start.Type != token.MappingStartType) {
			out.line, out.col = key.line, key.col
		}
		out.entries = append(out.entries, entry{key, value})
	}
	return out, nil
}
