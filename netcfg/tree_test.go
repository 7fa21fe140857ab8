package netcfg

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/antchfx/xmlquery"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/netmigrate/netmigrate/fixtures"
)

// treeCases are texts as the scan leaves them; plain ones are those that need no library.
var treeCases = []struct {
	plain bool
	text  string
}{
	{true, `<a/>`},
	{true, `<a></a>`},
	{true, "<a\n x='1'\ty = \"2\" ></a >"},
	{true, "<a>\r\n  <b>x</b>\r\n  <c/>y<d>&#10;</d>\r\n</a>"},
	{true, "<a>one\r\ntwo\rthree&#13;\nfour &lt;&amp;&#xe9;&#233; ü</a>"},
	{true, "<a x='\r\n&quot;\t&apos;'/>"},
	{true, `<a xmlns="urn:x"><b c="1"/></a>`},
	{true, `<Gateway xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Data i:nil="true"/></Gateway>`},
	{true, `<a i:x="1" xmlns:i="urn:i"/>`},
	{true, `<a xmlns:xsd="urn:1" xmlns:b="urn:2" xmlns="urn:3"><c b:d="" xsd:e="f"/></a>`},
	{false, `<a xmlns:b="urn:1" xmlns:c="urn:1" b:x="" c:y=""/>`},
	{false, `<a xmlns="urn:1" xmlns:c="urn:1" c:y=""/>`},
	{false, `<a xmlns=""/>`},
	{false, `<a xmlns:xmlns="urn:1"/>`},
	{false, `<a xmlns:i="xmlns" i:x=""/>`},
	{false, `<a xml:lang="de"/>`},
	{false, `<a><b xmlns="urn:x"/></a>`},
	{false, `<a xmlns:i="urn:i"><b xmlns:i="urn:j" i:x=""/></a>`},
	{false, `<b:a xmlns:b="urn:x"><b:c/></b:a>`},
	{false, `<ä/>`},
	{false, `<a ä="1"/>`},
}

func TestTree(t *testing.T) {
	for _, c := range treeCases {
		if compareTrees(t, []byte(c.text)) != c.plain {
			t.Errorf("%s: plain: %v, want %v", c.text, !c.plain, c.plain)
		}
	}
}

// TestTreeRefuses has texts that no scan leaves: nothing is made of them.
func TestTreeRefuses(t *testing.T) {
	for _, text := range []string{``, `a`, `<`, `<a`, `<a>`, `</a>`, `<a></b>`, `<a></a`, `<a/`, `<a x`, `<a x=`, `<a x=">`, `<a x=1>`, `<a/><b/>`,
		`<a/>b`, `<a>&b;</a>`, `<a x="&b;"/>`, `<a b:c="1"/>`, `<1/>`, `<:a/>`, `<a :b="1"/>`, `<a b:="1"/>`, `<a xmlns:b="urn:b" b:c:d="1"/>`, `<!-- --><a/>`} {
		if tree := plainTree([]byte(text), len(text)); tree != nil {
			t.Errorf("%q is plain", text)
		}
	}
}

// compareTrees reports whether a text is plain, and fails where its tree is another than the library's.
func compareTrees(t *testing.T, text []byte) bool {
	t.Helper()
	compareRoots(t, text)
	got := plainTree(text, len(text))
	if got == nil {
		return false
	}
	want, err := xmlquery.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%q: the library refuses it: %v", text, err)
	}
	if d := cmp.Diff(shapeOf(want), shapeOf(got), cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%q (-want +got)\n%s", text, d)
	}
	return true
}

// compareRoots compares the start tag that a plain text begins with with that of encoding/xml.
func compareRoots(t *testing.T, text []byte) {
	t.Helper()
	got := plainRoot(text)
	if got == nil {
		return
	}
	token, err := xml.NewDecoder(bytes.NewReader(text)).Token()
	if err != nil {
		t.Fatalf("%q: the decoder refuses it: %v", text, err)
	}
	if d := cmp.Diff(token, xml.Token(*got), cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%q (-want +got)\n%s", text, d)
	}
}

// treeShape is what is asked of a node.
type treeShape struct {
	Kind            xmlquery.NodeType
	Data, Namespace string
	Attrs           []xmlquery.Attr
	Inside          []treeShape
}

func shapeOf(n *xmlquery.Node) treeShape {
	s := treeShape{Kind: n.Type, Data: n.Data, Namespace: n.NamespaceURI, Attrs: n.Attr}
	var before *xmlquery.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Parent != n || c.PrevSibling != before {
			s.Data += " (linked in another way)"
		}
		before = c
		if c.Type == xmlquery.DeclarationNode || c.Type == xmlquery.TextNode && trim(c.Data) == "" {
			continue
		}
		s.Inside = append(s.Inside, shapeOf(c))
	}
	return s
}

// scanned is the text that a document is read from, or nil where there is none.
func scanned(src []byte) []byte {
	s := open(src, newNotes("x", DefaultBounds()))
	if s == nil || !s.begin() {
		return nil
	}
	if s.scan(); s.refused || s.dtd || s.rootTag == nil || s.hopeless() {
		return nil
	}
	return s.document()
}

func FuzzTree(f *testing.F) {
	for _, c := range treeCases {
		f.Add([]byte(c.text))
	}
	names, err := filepath.Glob("../fixtures/*/*.netcfg")
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, d := range fixtures.Pile(1, 2, 1) {
		f.Add(d.Text)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if text := scanned(src); text != nil {
			compareTrees(t, text)
		}
	})
}

func TestTreeOfCorpus(t *testing.T) {
	var names []string
	for _, pattern := range []string{"netcfg/*", "asm/*"} {
		more, err := filepath.Glob("../../shared/corpus/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, more...)
	}
	if len(names) == 0 {
		t.Skip("the corpus of published files is not here")
	}
	plain, all := 0, 0
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if text := scanned(src); text != nil {
			all++
			if compareTrees(t, text) {
				plain++
			}
		}
	}
	t.Logf("%d of %d texts are plain", plain, all)
	if 2*plain < all {
		t.Errorf("only %d of %d texts are plain", plain, all)
	}
}
