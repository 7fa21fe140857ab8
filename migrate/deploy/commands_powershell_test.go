package deploy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// powershell reads a command as PowerShell does, as far as the commands here go: single-quoted texts, double-quoted
// ones with sub-expressions, brackets, words, pipes, and lines that go on. It knows nothing of how they are made.
type powershell struct {
	in    []rune
	kinds []string // of the tokens: what they are, without what a quoted text says
	texts []string // what the quoted ones say
}

func isQuote(r rune) bool { return r == '\'' || r >= 0x2018 && r <= 0x201b }

func (p *powershell) read() error {
	var open []rune
	closing := map[rune]rune{'(': ')', '{': '}', '[': ']'}
	for i := 0; i < len(p.in); {
		switch r := p.in[i]; {
		case r == '`' && i+1 < len(p.in) && p.in[i+1] == '\n':
			i += 2
		case r == '\n':
			if len(open) == 0 && p.last() != "|" {
				return fmt.Errorf("a statement ends before %q", string(p.in[i:]))
			}
			i++
		case r == ' ':
			i++
		case r == '#' || r == '&' || r == '>' || r == '<' || r == ';' && len(open) == 0:
			return fmt.Errorf("%q stands outside of quotes", r)
		case isQuote(r):
			text, end := p.quoted(i)
			if end < 0 {
				return fmt.Errorf("a text does not end")
			}
			p.kinds, p.texts, i = append(p.kinds, "text"), append(p.texts, text), end
		case r == '"':
			end := i + 1
			for end < len(p.in) && p.in[end] != '"' {
				if p.in[end] == '`' || p.in[end] == '$' && (end+1 >= len(p.in) || p.in[end+1] != '(') {
					return fmt.Errorf("%q acts in double quotes", p.in[end])
				}
				end++
			}
			p.kinds, i = append(p.kinds, string(p.in[i:min(end+1, len(p.in))])), end+1
		case closing[r] != 0:
			open, p.kinds, i = append(open, closing[r]), append(p.kinds, string(r)), i+1
		case r == ')' || r == '}' || r == ']':
			if len(open) == 0 || open[len(open)-1] != r {
				return fmt.Errorf("%q closes nothing", r)
			}
			open, p.kinds, i = open[:len(open)-1], append(p.kinds, string(r)), i+1
		default:
			end := i
			for end < len(p.in) && !strings.ContainsRune(" \n`()[]{}\"", p.in[end]) && !isQuote(p.in[end]) {
				end++
			}
			if end == i {
				return fmt.Errorf("%q stands outside of quotes", r)
			}
			p.kinds, i = append(p.kinds, string(p.in[i:end])), end
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%q is missing", open)
	}
	return nil
}

func (p *powershell) last() string {
	if len(p.kinds) == 0 {
		return ""
	}
	return p.kinds[len(p.kinds)-1]
}

// quoted reads a single-quoted text: any of the quotes ends it, and two in a row are the first of them.
func (p *powershell) quoted(i int) (string, int) {
	var out []rune
	for i++; i < len(p.in); i++ {
		switch {
		case !isQuote(p.in[i]):
			out = append(out, p.in[i])
		case i+1 < len(p.in) && isQuote(p.in[i+1]):
			out = append(out, p.in[i])
			i++
		default:
			return string(out), i + 1
		}
	}
	return "", -1
}

// Every command for PowerShell is one statement, whose quotes and brackets close.
func TestCommandsArePowerShell(t *testing.T) {
	seen := 0
	for name, p := range fixturePlans(t) {
		for _, opts := range []deploy.Options{{}, {KeyVault: testVault}} {
			for _, c := range deploy.CommandsOf(p, opts).Steps {
				for _, one := range all(c) {
					if one.PowerShell == "" || strings.HasPrefix(one.PowerShell, "netmigrate collect ") {
						continue
					}
					seen++
					if err := (&powershell{in: []rune(one.PowerShell)}).read(); err != nil {
						t.Errorf("%s %s: %v in\n%s", name, c.Step, err, one.PowerShell)
					}
				}
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d commands", seen)
	}
}

// Whatever things are called, a command has the same tokens, and its texts are the names.
func TestPowerShellTakesNamesAsTheyAre(t *testing.T) {
	book := func(name func(string) string) *deploy.Book {
		w := newWorld(name)
		remote := w.toHub
		remote.UseRemoteGateways = true
		return of(w.base(), options.ARMLive, deploy.Options{KeyVault: testVault}, plan.Step{Action: plan.Export},
			plan.Step{Action: plan.DeleteTunnel, Effect: plan.Effect{Remove: []estate.ID{w.out.ID, w.back.ID, w.leads.ID}}},
			adds(plan.CreatePeering, estate.Estate{Peerings: []estate.Peering{w.toSpoke, w.toHub}}),
			plan.Step{Action: plan.DeleteGateway, Effect: plan.Effect{Remove: []estate.ID{w.spokeGW.ID}}},
			adds(plan.UseRemoteGateway, estate.Estate{Peerings: []estate.Peering{remote}}),
			plan.Step{Action: plan.CleanUp, Effect: plan.Effect{Remove: []estate.ID{w.hq.ID, w.spokeGW.PublicIP}}})
	}
	quiet := book(func(s string) string { return s + "-x" })
	odd := []string{"'; Remove-Item x; '", "’; Remove-Item x; ’", "$(rm)", "${x}", "`", "`n", "\"", "a b", ")", "}", "|", ";", "--%", "‚‛‘’'", "@args"}
	read := 0
	check := func(rt interface{ Fatalf(string, ...any) }, evil string) {
		loud := book(func(s string) string { return s + evil })
		for i := range quiet.Steps {
			was, is := all(quiet.Steps[i]), all(loud.Steps[i])
			if len(was) != len(is) {
				rt.Fatalf("%d commands, %d for plain names", len(is), len(was))
			}
			for j := range is {
				if is[j].PowerShell == "" { // words in place of a command
					continue
				}
				a, b := &powershell{in: []rune(was[j].PowerShell)}, &powershell{in: []rune(is[j].PowerShell)}
				if strings.HasPrefix(was[j].PowerShell, "netmigrate ") {
					continue
				}
				if err := a.read(); err != nil {
					rt.Fatalf("%v: %s", err, was[j].PowerShell)
				}
				if err := b.read(); err != nil || !slices.Equal(a.kinds, b.kinds) {
					rt.Fatalf("%v: %s\nwant the tokens of %s", err, is[j].PowerShell, was[j].PowerShell)
				}
				read++
				for k := range a.texts {
					if want := strings.ReplaceAll(a.texts[k], "-x", evil); b.texts[k] != want && !strings.HasPrefix(want, "vpn-") {
						rt.Fatalf("%q, want %q, in %s", b.texts[k], want, is[j].PowerShell)
					}
				}
			}
		}
	}
	for _, evil := range odd {
		check(t, evil)
	}
	if read < 10*len(odd) {
		t.Errorf("only %d commands were read", read)
	}
	rapid.Check(t, func(rt *rapid.T) {
		check(rt, rapid.OneOf(rapid.SampledFrom(odd), rapid.String()).Draw(rt, "name")+rapid.SampledFrom(odd).Draw(rt, "end"))
	})
}
