package main

import (
	"bytes"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/migrate/risk"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// input is what a command line named, read and parsed.
type input struct {
	sources []estate.Source // the documents without a fault that stops, by subscription
	count   int             // of these documents
	found   diag.List
	broken  bool     // something named could not be read, or nothing says which networks there are
	passed  []string // files of a folder that were read and turned out to be none of the input

	options *options.Options // what the options file says; empty without one
	today   options.Date
}

// load reads and parses the inputs of a command.
func (s *session) load(c *cli.Context) (input, error) { return s.loadThese(c, c.Args().Slice()) }

// loadThese reads and parses some inputs of a command, as one network.
func (s *session) loadThese(c *cli.Context, args []string) (input, error) {
	if len(args) == 0 {
		return input{}, usagef("%s needs a file, a folder, or - for standard input", c.Command.Name)
	}
	bounds, err := boundsOf(c)
	if err != nil {
		return input{}, err
	}
	said, err := told(c, args)
	if err != nil {
		return input{}, err
	}
	s.progress.now("reading")
	r := readInputs(args, s.stdin, bounds)
	if len(r.docs)+len(r.found) == 0 { // a folder without any is found already
		r.fail("XML-018", filepath.ToSlash(args[0]), "an options file is named, and no network configuration")
	}
	if s.settings.verbose {
		for _, d := range r.docs {
			s.say("%s: read, %d bytes", diag.Plain(d.name), len(d.src))
		}
		for _, note := range r.notes {
			s.say("%s", note)
		}
	}
	s.sayTold(&said)
	in := parse(r.docs, bounds)
	if s.settings.verbose {
		for _, note := range in.passed {
			s.say("%s", diag.Plain(note))
		}
	}
	in.found = slices.Concat(r.found, r.remarks, said.found, in.found)
	in.broken = in.broken || said.broken || len(r.found) > 0
	in.options, in.today = said.options, said.today
	return in, nil
}

// told is an input of no documents: what the options file and the usage file of a run say, and its day.
func told(c *cli.Context, args []string) (input, error) {
	day, err := today(c)
	if err != nil {
		return input{}, err
	}
	opts, found := readOptions(c, args)
	found = append(found, readUsage(c, opts)...)
	in := input{options: opts, today: day, found: found, broken: len(found) > 0}
	opts.Today = day
	if !c.IsSet(keyVaultOption.name) {
		in.found = append(in.found, opts.Vaultless()...)
	}
	return in, nil
}

// sayTold says which files were read for the options of an input.
func (s *session) sayTold(in *input) {
	if !s.settings.verbose {
		return
	}
	if in.options.File != "" {
		s.say("%s: read as the options file", diag.Plain(in.options.File))
	}
	if in.options.UsageFile != "" {
		s.say("%s: read as the usage file", diag.Plain(in.options.UsageFile))
	}
}

// parse reads documents, several at a time. A broken one does not hide what is found in the others.
func parse(docs []document, bounds netcfg.Bounds) input {
	all := make([]*parsed, len(docs))
	found := make([]diag.List, len(docs))
	sideBySide(len(docs), func(i int) { all[i], found[i] = parseOne(docs[i], bounds) })
	in := input{}
	var sound []*parsed
	configured := false
	for i, p := range all {
		switch {
		case p == nil:
			in.broken = true
		case p.stranger && !p.named:
			in.passed = append(in.passed, p.document.name+": passed over: JSON of another kind")
			continue
		case p.stranger:
			in.broken = true
		default:
			sound = append(sound, p)
			configured = configured || p.configures()
		}
		in.found = append(in.found, found[i]...)
	}
	sound = in.choose(sound)
	if !configured && len(sound) > 0 && !in.broken {
		in.found.Add("XML-018", diag.Pos{File: sound[0].document.name}, "none of the inputs is a network configuration, a list of virtual networks, a template or a listing")
		in.broken = true
	}
	in.sources, in.count = sources(sound), len(sound)
	return in
}

// parseOne reads one document of either world. It is nil when it cannot be read.
func parseOne(d document, bounds netcfg.Bounds) (*parsed, diag.List) {
	p := &parsed{document: d, base: baseOf(d.name)}
	var found diag.List
	if isResources(d.src) {
		p.resources, found = arm.Read(d.name, d.src, arm.Bounds{})
		p.stranger = p.resources == nil && slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "LST-001" })
		if p.resources == nil && !p.stranger {
			return nil, found
		}
		return p, found
	}
	p.Document, found, _ = bounds.Read(d.name, d.src)
	if p.Document == nil {
		return nil, found
	}
	return p, found
}

// isResources reports whether a text is of Resource Manager, and not of the classic service.
func isResources(src []byte) bool {
	head := src[:min(len(src), sniffed)]
	if _, classic := netcfg.Recognise(head); classic {
		return false
	}
	return arm.Recognise(head)
}

// sideBySide does n pieces of work, as many at a time as there are processors.
func sideBySide(n int, do func(i int)) {
	var taken atomic.Int64
	var waits []func()
	for range min(n, runtime.GOMAXPROCS(0)) {
		waits = append(waits, alongside(func() {
			for i := int(taken.Add(1)) - 1; i < n; i = int(taken.Add(1)) - 1 {
				do(i)
			}
		}))
	}
	for _, wait := range waits {
		wait()
	}
}

// converted is the product of convert, and what was noticed on the way.
type converted struct {
	stages []deploy.Stage
	texts  []stageText // of each stage
	fates  []diag.Fate // one per leaf of the input
	found  diag.List   // of this stage and those before it, except parsing
}

// stageText is a stage as it is written.
type stageText struct{ template, parameters []byte }

// convert turns documents into templates: one, when they are of one subscription and fit.
func convert(sources []estate.Source, opts *options.Options, vault deploy.Options) (converted, error) {
	classic, fates, found := estate.FromClassic(opts, sources...)
	var refused diag.List
	wait := alongside(func() { refused = estate.Validate(classic) })
	stages, more, noticed := deploy.Convert(classic, vault)
	out := converted{stages: stages, fates: diag.MergeFates(append(fates, more...))}
	limits, err := out.encode()
	wait()
	out.found = slices.Concat(found, noticed, refused, limits)
	return out, err
}

func (c *converted) encode() (limits diag.List, err error) {
	c.texts = make([]stageText, len(c.stages))
	for i := range c.stages {
		t := &c.texts[i]
		var over diag.List
		if t.template, over, err = encodeTemplate(c.stages[i].Template); err != nil {
			return nil, err
		}
		limits = append(limits, over...)
		parameters := c.stages[i].Parameters
		if t.parameters, err = render(func(w io.Writer) error { return arm.EncodeParameters(w, parameters) }); err != nil {
			return nil, err
		}
	}
	return limits, nil
}

// resourceSize is about how many bytes a resource takes in a template.
const resourceSize = 1 << 10

// encodeTemplate writes a template and reports the limits that it is over.
func encodeTemplate(t *arm.Template) ([]byte, diag.List, error) {
	var b bytes.Buffer
	b.Grow(resourceSize * (len(t.Resources) + len(t.Parameters) + 1)) // growing step by step would copy a large one many times
	if err := arm.Encode(&b, t); err != nil {
		return nil, nil, err
	}
	var found diag.List
	for _, p := range arm.Check(t, b.Len()) {
		found.Add("ARM-001", diag.Pos{}, "%s", p)
	}
	return b.Bytes(), found, nil
}

// planned is a plan with what its views need beside it.
type planned struct {
	plan  *plan.Plan
	diff  *report.Diff
	vault deploy.Options
	found diag.List // of all stages after parsing
}

// makePlan plans documents. An error means that there is no plan; found says why.
func makePlan(sources []estate.Source, opts options.Options, vault deploy.Options) (planned, error) {
	return makePlanAgain(sources, opts, vault, nil)
}

// makePlanAgain plans documents, or the network of an edited plan where there are none, and keeps what was decided in
// that plan.
func makePlanAgain(sources []estate.Source, opts options.Options, vault deploy.Options, kept *plan.Kept) (planned, error) {
	out := planned{vault: vault}
	classic, fates, found := meaningOr(kept, &opts, sources)
	if err := plan.Reliable(found); err != nil {
		out.found = found
		return out, err
	}

	var early, more diag.List // the early ones need the estate only, and do not wait for the plan
	wait := alongside(func() { early = risks(classic, opts.Mode == options.ClassicLive, opts.Today) })
	p, planning, err := planWith(kept, classic, opts)
	wait()
	out.found = slices.Concat(found, early, planning)
	if err != nil {
		return out, err
	}
	out.plan = p
	if classic.IsARM() {
		out.diff = report.NewLiveDiff(p)
		out.found = append(out.found, risk.Plan(classic, p)...)
		return out, nil
	}
	var target *deploy.Deployment
	wait = alongside(func() { target, _ = deploy.Target(p, vault) })
	base, baseFates, noticed := deploy.Converted(classic, p.Base, vault)
	all := diag.MergeFates(slices.Concat(fates, p.Fates, baseFates))
	wait()
	wait = alongside(func() { more = risk.Plan(classic, p) })
	out.diff, err = report.NewDiff(classic, all, p, base.Template, target.Template)
	wait()
	if opts.Mode != options.Rebuild {
		// The estate before is taken to exist: no device has to follow its gateways, and nobody deploys what would ask
		// for its keys and addresses. What the kit asks for is said with the kit.
		noticed = slices.DeleteFunc(noticed, func(f diag.Finding) bool {
			return f.Rule == "ONP-004" || f.Rule == "ARM-006" || f.Rule == "ARM-010"
		})
	}
	out.found = slices.Concat(out.found, more, noticed)
	return out, err
}

// fault is a panic with the place that it comes from.
type fault struct {
	value any
	place string
}

// alongside starts work and returns what waits for its end. A panic of the work is one of the
// waiter.
func alongside(work func()) (wait func()) {
	done := make(chan *fault, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- &fault{p, panicPlace()}
			}
			close(done)
		}()
		work()
	}()
	return func() {
		if f := <-done; f != nil {
			panic(f)
		}
	}
}

// deployersNotes are the rules of notes of which those who deploy a kit have to know.
var deployersNotes = []string{"ARM-006", "ARM-032", "ARM-033"}

// kit is what the plan adds: a template and its parameters, or several in order. Findings about the template are
// added to those of the plan.
func (o *planned) kit() ([]file, error) {
	stages, noticed := deploy.AdditionStages(o.plan, o.vault)
	out := converted{stages: stages}
	limits, err := out.encode()
	if err != nil {
		return nil, err
	}
	told := o.found
	o.found = append(append(slices.Clip(told), audible(noticed)...), limits...)
	for _, f := range noticed {
		if slices.Contains(deployersNotes, f.Rule) && !slices.ContainsFunc(told, func(g diag.Finding) bool { return g.Rule == f.Rule }) {
			o.found = append(o.found, f)
		}
	}
	o.found.Sort()
	return out.files()
}
