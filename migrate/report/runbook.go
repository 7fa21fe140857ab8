package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// Runbook writes, as Markdown, what whoever carries a plan out has in front of them: every step in order, with what
// must be seen before it, its commands for two shells, what must be seen after it, and the way back. No command has
// a comment, because not every shell takes one where it is typed; what a command is for stands above it.
func Runbook(w io.Writer, p *plan.Plan, commands *deploy.Book) error {
	r := &runbook{reviewer: reviewer{p: p, as: p.Base, base: estate.NewIndex(p.Base)}, commands: commands, begins: map[string][]*plan.Window{}, ends: map[string][]*plan.Window{}, waits: map[string]*plan.Window{}}
	r.scan()
	r.marks()
	r.add(heading{1, say("Runbook: %s in %s", plural(len(p.Steps), "step"), plural(waveCount(p), "wave"))})
	r.first()
	if len(p.Steps) > 0 {
		r.how()
		r.overview()
		r.sheets()
		r.variables()
		r.waves()
	}
	return writeMarkdown(w, r.out)
}

type runbook struct {
	reviewer
	commands     *deploy.Book
	begins, ends map[string][]*plan.Window // step → windows
	waits        map[string]*plan.Window   // step → the window until whose end it can be left
}

// marks finds the first and the last step of each window, in the order in which the steps stand, and what stands
// between them without being of it.
func (r *runbook) marks() {
	place := make(map[string]int, len(r.p.Steps))
	for i := range r.p.Steps {
		place[r.p.Steps[i].ID] = i
	}
	for i := range r.p.Windows {
		w := &r.p.Windows[i]
		if len(w.Steps) == 0 {
			continue
		}
		first, last := w.Steps[0], w.Steps[0]
		for _, id := range w.Steps {
			if place[id] < place[first] {
				first = id
			}
			if place[id] > place[last] {
				last = id
			}
		}
		r.begins[first], r.ends[last] = append(r.begins[first], w), append(r.ends[last], w)
		for _, s := range meanwhile(r.p, w) {
			r.waits[s.ID] = w // the last of several
		}
	}
}

// first says what must hold before anything is run.
func (r *runbook) first() {
	switch r.p.Mode {
	case options.AsIfLive:
		r.para(toned(bad, "RUN NOTHING OF THIS before a listing of the live network has been verified against this plan: netmigrate verify."))
		r.say("The plan was made from files that describe the past. The names of gateways, connections and addresses here are %s; nothing has shown that they exist. "+
			"When verify finds the network in the state before the first step, make the plan anew from that listing and run that one's commands: it has the names and ids that are there.", r.namesFrom())
	case options.ARMLive:
		r.para(toned(bad, "Run nothing of this before a new listing of the live network has been verified against this plan: netmigrate verify."))
		r.say("The plan was made from a listing%s. Whatever was changed since is not in it.", r.taken())
	case options.Rebuild:
		r.para(toned(bad, "Run nothing of this where any of these networks exists."))
		r.say("It builds the target next to nothing. The template of this kit (template.json, parameters.json) builds the same in one deployment.")
	case options.ClassicLive:
		r.para(toned(bad, "HISTORIC: the platform has shut classic networks down, and these commands have nothing left to work on."))
		r.say("Names and resource groups after the migration are the platform's. Where they are others than here, the platform's count.")
	}
	if n := len(r.p.Violations); n > 0 {
		r.para(toned(bad, "NOT SOUND: %s, see report.md. Do not carry this plan out.", plural(n, "violation")))
	}
	if len(r.p.Steps) == 0 {
		r.say("Nothing to do.")
	}
}

// namesFrom says where the names of a network come from that no listing shows.
func (r *runbook) namesFrom() string {
	if len(r.p.Base.Mapping) > 0 {
		return "those that the conversion gives"
	}
	return "those of the templates"
}

// taken says when the oldest of the listings was taken.
func (r *runbook) taken() string {
	oldest := ""
	for _, l := range r.p.Base.Listings {
		if at := l.TakenAt.Value; at != "" && (oldest == "" || at < oldest) {
			oldest = at
		}
	}
	if oldest == "" {
		return ""
	}
	return " of " + oldest
}

func (r *runbook) how() {
	r.section("How to use it")
	order := say("One command at a time, in the order in which they stand, and never two about one VNet or gateway at once: the platform takes no second write meanwhile. Look at what each printed before the next.")
	if len(r.waits) > 0 {
		order = order.say(" A step that says LEAVE IT stands in an open window without being of it, and waits until that has ended.")
	}
	r.add(list{[]phrase{
		order,
		say("A step begins when the steps that it needs are verified and its own gate has been seen. Where something is not as it should be, stop: undo the step or leave it, and ask netmigrate verify where the network stands."),
		say("A command stands twice: for a POSIX shell with az, and for PowerShell 7 with the module Az, both of 2025 or newer. Use either one, from the folder of this kit. Where one of them has no such command, the words above it say so."),
		say("What makes something asks first whether it is there. Where it says STOP, nothing was made: find out whose it is before you go on, and undo only what a step of yours made."),
		say("Every command names the subscription that it works on; the one that is selected does not matter. Commands wait for the platform: a session that times out, as the Cloud Shell does, is not one for gateways."),
		say("Commands that change something print nothing or little. A shared key is never printed, and stands in no command."),
	}})
}

// overview is the whole way on one page.
func (r *runbook) overview() {
	r.section("The way")
	g := grid{head: []string{"step", "wave", "action", "object", "touches traffic", "needs"}}
	for i := range r.p.Steps {
		s := &r.p.Steps[i]
		impact := impactWords(&s.Impact)
		if s.Impact.NoReturn {
			impact = impact.say(", ").and(toned(bad, "no return"))
		} else if s.Back.Builds() {
			impact = impact.say(", ").and(toned(warn, "slow to undo"))
		}
		g.rows = append(g.rows, []phrase{toned(strong, "%s", s.ID), say("%d", s.Wave), say("%s", s.Action), r.object(s), impact, say("%s", orDash(rangeWords(s.Needs)))})
	}
	r.add(g)
}

// sheets are the work sheets of the devices on-premises: each is for somebody who has nothing else of this.
func (r *runbook) sheets() {
	if len(r.commands.Sheets) == 0 {
		return
	}
	r.section("Work sheets of the devices on-premises")
	r.say("One for the owner of each device, in the order of the steps. No command here does any of it.")
	for i := range r.commands.Sheets {
		s := &r.commands.Sheets[i]
		title := named(s.Network)
		if s.Address != "" {
			title = title.say(", device %s", s.Address)
		}
		r.add(heading{3, title})
		g := grid{head: []string{"step", "wave", "what to do at the device"}}
		for _, e := range s.Entries {
			wave := 0
			if at := slices.IndexFunc(r.p.Steps, func(s plan.Step) bool { return s.ID == e.Step }); at >= 0 {
				wave = r.p.Steps[at].Wave
			}
			g.rows = append(g.rows, []phrase{toned(strong, "%s", e.Step), say("%d", wave), say("%s", e.What)})
		}
		r.add(g)
	}
}

// variables has whoever runs the commands say what the plan does not know.
func (r *runbook) variables() {
	r.section("Before the first command")
	posix := []string{"az login", "export MSYS_NO_PATHCONV=1"}
	powershell := append(strings.Split(deploy.PowerShellPreamble, "\n"), "Connect-AzAccount")
	if len(r.commands.Variables) > 0 {
		r.say("The plan does not know what follows. Fill it in; a command that needs something which is not said fails.")
		g := grid{head: []string{"variable", "what it is", "say it"}}
		for _, v := range r.commands.Variables {
			g.rows = append(g.rows, []phrase{named(v.Name), say("%s", v.Means), say("%s", v.When)})
			if v.When != deploy.AtStart {
				continue
			}
			if v.Secret {
				posix = append(posix, "printf '"+v.Name+": ' && stty -echo && IFS= read -r "+v.Name+"; stty echo; echo")
				powershell = append(powershell, "$"+v.Name+" = Read-Host -MaskInput '"+v.Name+"'")
				continue
			}
			posix, powershell = append(posix, v.Name+"=''"), append(powershell, "$"+v.Name+" = ''")
		}
		r.add(g)
		if slices.ContainsFunc(r.commands.Variables, func(v deploy.Variable) bool { return v.Secret && v.When == deploy.ToUndo }) {
			r.say("A shared key that only an undo needs is read when it is needed, without being shown: in a POSIX shell between stty -echo and stty echo, in PowerShell with Read-Host -MaskInput.")
		}
	}
	r.add(code{"sh", posix}, code{"powershell", powershell})
}

func (r *runbook) waves() {
	wave := 0
	for i := range r.p.Steps {
		s := &r.p.Steps[i]
		if s.Wave != wave {
			wave = s.Wave
			r.section("Wave " + strconv.Itoa(wave))
		}
		for _, w := range r.begins[s.ID] {
			r.begin(w)
		}
		r.one(s, &r.commands.Steps[i])
		for _, w := range r.ends[s.ID] {
			end := toned(bad, "WINDOW %s ENDS", w.ID).say(" when step %s is verified.", s.ID)
			if left := r.left(w); len(left) > 0 {
				end = end.say(" From then on what was left may be done: %s.", rangeWords(left))
			}
			r.para(end)
		}
	}
}

// left are the steps that wait until a window ends.
func (r *runbook) left(w *plan.Window) []string {
	var out []string
	for id, until := range r.waits {
		if until == w {
			out = append(out, id)
		}
	}
	return out // in no order: rangeWords sorts
}

// begin marks where a window begins, and who is cut in it.
func (r *runbook) begin(w *plan.Window) {
	r.para(toned(bad, "WINDOW %s BEGINS", w.ID).say(": %s, steps %s. %s.", minuteWords(w.Minutes), rangeWords(w.Steps), upperFirst(w.Because)))
	shown, more := cut(w.Pairs, longest)
	points := list{}
	for _, pair := range shown {
		points.items = append(points.items, say("cut until it ends: ").and(named(pair[0])).say(" with ").and(named(pair[1])))
	}
	if len(points.items) == 0 {
		points.items = append(points.items, say("no required pair is cut; one of which nobody can say whether it talks today may be"))
	}
	r.add(points)
	r.add(more...)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (r *runbook) one(s *plan.Step, c *deploy.Commands) {
	r.add(heading{3, say("%s %s: ", s.ID, s.Action).and(r.object(s))})
	if w := r.waits[s.ID]; w != nil {
		r.para(toned(bad, "LEAVE IT until window %s has ended.", w.ID).say(" It is not of the window, and no step of that needs it: done now, it cuts the window's pairs for %s more.", minuteWords(s.Impact.Minutes)))
	}
	if s.Impact.NoReturn {
		r.para(toned(bad, "POINT OF NO RETURN: something of this step does not come back.").say(" Go on only when everything before it is verified."))
	} else if s.Back.Builds() {
		r.para(toned(warn, "SLOW TO UNDO: a gateway has to be built for it.").say(" Go on only when everything before it is verified."))
	}
	r.add(facts{
		{"why", say("%s", s.Because)},
		{"traffic", impactWords(&s.Impact)},
		{"gate", say("%s", r.gate(s))},
	})
	if len(c.Before) > 0 {
		r.part("Before", c.Before)
	}
	r.part("Do", c.Do)
	r.part("Verify: "+orDash(s.Verify), c.Verify)
	r.part("Undo: "+orDash(s.Undo), c.Undo)
}

// gate is what must have been seen before a step begins.
func (r *runbook) gate(s *plan.Step) string {
	if len(s.Needs) == 0 {
		return "none"
	}
	text := rangeWords(s.Needs) + " verified"
	if len(s.Needs) == 1 {
		for i := range r.p.Steps {
			if r.p.Steps[i].ID == s.Needs[0] && r.p.Steps[i].Verify != "" {
				text += ": " + r.p.Steps[i].Verify
			}
		}
	}
	return text
}

// part is one sort of commands of a step, each under what it is for.
func (r *runbook) part(title string, commands []deploy.Command) {
	r.add(heading{4, say("%s", title)})
	for _, c := range commands {
		switch {
		case !c.Typed():
			r.para(toned(strong, "By hand: ").say("%s.", c.Note))
			continue
		case c.Posix == "":
			r.say("%s (no command of az):", upperFirst(c.Note))
		case c.PowerShell == "":
			r.say("%s (az only):", upperFirst(c.Note))
		default:
			r.say("%s:", upperFirst(c.Note))
		}
		r.shell("sh", c.Posix)
		r.shell("powershell", c.PowerShell)
	}
}

func (r *runbook) shell(language, text string) {
	if text != "" {
		r.add(code{language, strings.Split(text, "\n")})
	}
}
