package deploy

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// hostileTexts are texts that a shell would make something of.
var hostileTexts = []string{
	"", "-x", "--name=x", "a b", "a'b", `a"b`, "$(id)", "`id`", "$HOME", "${HOME}", "a;b", "a|b", "a&b", "a>b", "#a", "!a", "~", "*", "?", "[a]", "{a,b}",
	`\`, `\'`, "a\\\nb", "a\nb", "a\rb", "\x1b[2J", "\u202eb", "‘’‚‛", "‘", "a’; Remove-Item x; ’", "@a", "@{a=1}", "%a%", "=a", "null", "ä", "日本", "\xff\xfe", "'; id; '", "--%",
}

// drawText is one of them, a mixture of their parts, or anything.
func drawText(t *rapid.T) string {
	part := rapid.OneOf(rapid.SampledFrom(hostileTexts), rapid.String(), rapid.StringMatching("[-'\"$`\\\\‘’‚‛a-c ;|&\\n]{0,12}"))
	text := strings.Join(rapid.SliceOfN(part, 1, 3).Draw(t, "text"), "")
	return strings.ReplaceAll(text, "\x00", "") // no argument of a process has one
}

// sh is what a POSIX shell prints when it runs a script.
func sh(t testing.TB, script string, environment ...string) (string, error) {
	shell := POSIXShell(t)
	cmd := exec.Command(shell, "-c", script)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}, environment...)
	out, err := cmd.Output()
	return string(out), err
}

// A quoted text is one word of a real shell, and that word is the text.
func TestQuoteInShell(t *testing.T) {
	for _, text := range hostileTexts {
		if got, err := sh(t, "printf %s --name="+quoteBash(text)); err != nil || got != "--name="+text {
			t.Fatalf("%q is %q in sh, %v", text, got, err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := drawText(rt)
		if got, err := sh(t, "printf %s "+quoteBash(text)); err != nil || got != text {
			rt.Fatalf("%q is %q in sh, %v", text, got, err)
		}
	})
}

// A value with a variable is one word, too, and fails while the variable is not set.
func TestValueInShell(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		before, after := drawText(rt), drawText(rt)
		v := value{{text: before}, {variable: "KNOWN"}, {text: after}}
		script := "printf %s " + v.posix()
		if got, err := sh(t, script, "KNOWN=a b*$(id)"); err != nil || got != before+"a b*$(id)"+after {
			rt.Fatalf("%s prints %q, %v", script, got, err)
		}
		if got, err := sh(t, script+"; printf on"); err == nil || got != "" {
			rt.Fatalf("%s runs without its variable, and prints %q", script, got)
		}
	})
}

// singleQuotes are what PowerShell takes for a straight one.
const singleQuotes = "'‘’‚‛"

// readPowerShell reads one single-quoted text of PowerShell at the start of s, as its language says: a quote ends
// it, and two in a row are one.
func readPowerShell(s string) (text, rest string, ok bool) {
	in := []rune(s)
	if len(in) == 0 || !strings.ContainsRune(singleQuotes, in[0]) {
		return "", s, false
	}
	var out []rune
	for i := 1; i < len(in); i++ {
		if !strings.ContainsRune(singleQuotes, in[i]) {
			out = append(out, in[i])
			continue
		}
		if i+1 < len(in) && strings.ContainsRune(singleQuotes, in[i+1]) {
			out = append(out, in[i])
			i++
			continue
		}
		return string(out), string(in[i+1:]), true
	}
	return "", "", false
}

// A quoted text is one value of PowerShell, and that value is the text.
func TestQuoteInPowerShell(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, text string) {
		if got, rest, ok := readPowerShell(quotePowerShell(text)); !ok || rest != "" || got != text {
			t.Fatalf("%q is %q in PowerShell, and %q is left", text, got, rest)
		}
	}
	for _, text := range hostileTexts {
		check(t, strings.ToValidUTF8(text, "?"))
	}
	rapid.Check(t, func(rt *rapid.T) { check(rt, strings.ToValidUTF8(drawText(rt), "?")) })
}

// The same by PowerShell itself.
func TestQuoteInRealPowerShell(t *testing.T) {
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("pwsh is not installed: PowerShell itself was not asked")
	}
	for _, text := range hostileTexts {
		if text == "" || diag.Plain(text) != text {
			continue
		}
		out, err := exec.Command(pwsh, "-NoProfile", "-NonInteractive", "-Command", "[Console]::Out.Write("+quotePowerShell(text)+")").Output()
		if err != nil || string(out) != text {
			t.Errorf("%q is %q in PowerShell, %v", text, out, err)
		}
	}
}

func TestValueInPowerShell(t *testing.T) {
	for _, c := range []struct {
		v    value
		want string
	}{
		{literal("a'b"), "'a''b'"},
		{value{{variable: "X"}}, "(Known X)"},
		{value{{text: "/a/"}, {variable: "X"}, {text: "/b"}}, `"/a/$(Known X)/b"`},
		{value{{text: "/a$/"}, {variable: "X"}}, "(-join ('/a$/', (Known X)))"},
	} {
		if got := c.v.powershell(); got != c.want {
			t.Errorf("%v is %s, want %s", c.v, got, c.want)
		}
	}
}

// What people would not see, or az reads as something else, is not typed at all.
func TestUntypable(t *testing.T) {
	for _, text := range []string{"", "@file", "'a'", "[a]", "{a}", "null", "??", "a\nb", "a\x1b[2J", "a\u202eb", "a\u200bb", "\xff"} {
		if untypable(text) == "" {
			t.Errorf("%q is typed", text)
		}
	}
	for _, text := range []string{"a", "-a", "a b", "a'b", "$(id)", "ä", "Null", "10.0.0.0/8"} {
		if why := untypable(text); why != "" {
			t.Errorf("%q is not typed: %s", text, why)
		}
	}
	for _, text := range []string{"a/b", "..", `a\b`, "a*", "a?", "a[1]", "a%2f", "a#b"} {
		if unnameable(text) == "" {
			t.Errorf("%q is a name in an id", text)
		}
	}
}
