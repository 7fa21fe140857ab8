package report

import (
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The types below are the part of SARIF 2.1.0 that findings need. Why they are our own:
// docs/decisions/0010-own-types-for-sarif.md. A test holds the output against the published schema.

// sarifSchema is where the schema of a log is published.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifDocument struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Short    sarifText    `json:"shortDescription"`
	Full     sarifText    `json:"fullDescription"`
	Help     sarifText    `json:"help"`
	Defaults sarifDefault `json:"defaultConfiguration"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Related   []sarifLocation `json:"relatedLocations,omitempty"`
	// Suppressions are absent where the log knows of none at all, and else empty for what is not suppressed (3.27.23).
	Suppressions *[]sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"` // of a related location, from 1
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Message  *sarifText     `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

// sarifRegion is a whole line. SARIF counts columns in UTF-16 code units or in characters; ours count
// bytes, and without the text of the line nobody can tell one from the other. The column is kept as
// a property of our own.
type sarifRegion struct {
	StartLine  int        `json:"startLine"`
	Properties sarifBytes `json:"properties"`
}

type sarifBytes struct {
	ByteColumn int `json:"byteColumn"`
}

// FindingsSARIF writes findings for code scanning, and beside them those that the options file has left
// out, as suppressed results with their reasons. The version is that of the program.
func FindingsSARIF(w io.Writer, found diag.List, left []options.Suppressed, version string) error {
	return writeJSON(w, sarifLog(found, left, version))
}

// sarifLog is a list of findings as one run. It names the rules that the findings have, in order of
// their ids. Equal findings give equal logs: no time, no random identity.
func sarifLog(found diag.List, left []options.Suppressed, version string) sarifDocument {
	var ids []string
	for i := range found {
		ids = append(ids, found[i].Rule)
	}
	for i := range left {
		ids = append(ids, left[i].Rule)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	run := sarifRun{
		Tool:    sarifTool{sarifDriver{Name: "netmigrate", Version: version, Rules: each(ids, sarifRuleOf)}},
		Results: each(found, func(f diag.Finding) sarifResult { return sarifResultOf(&f, ids) }),
	}
	if len(left) > 0 {
		for i := range run.Results {
			run.Results[i].Suppressions = &[]sarifSuppression{}
		}
	}
	for i := range left {
		r := sarifResultOf(&left[i].Finding, ids)
		r.Suppressions = &[]sarifSuppression{{Kind: "external", Status: "accepted", Justification: diag.Plain(left[i].Reason)}}
		run.Results = append(run.Results, r)
	}
	return sarifDocument{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}
}

func sarifRuleOf(id string) sarifRule {
	r, _ := diag.Lookup(id)
	return sarifRule{
		ID: id, Name: r.Name, Short: sarifMessage(r.Title), Full: sarifMessage(r.Why),
		Help:     sarifMessage(r.Why + ".\nTo do: " + r.Fix + ".\nSource: " + r.Source),
		Defaults: sarifDefault{r.Severity.String()},
	}
}

// sarifResultOf turns a finding into a result. Our severities have the names of SARIF's levels. The
// rule's own remedy is in the rule's help, so only another one is said here.
func sarifResultOf(f *diag.Finding, ids []string) sarifResult {
	text := diag.Plain(f.Message)
	if r, _ := diag.Lookup(f.Rule); f.Hint != "" && f.Hint != r.Fix {
		text += "\nTo do: " + diag.Plain(f.Hint)
	}
	index, _ := slices.BinarySearch(ids, f.Rule)
	out := sarifResult{RuleID: f.Rule, RuleIndex: index, Level: f.Severity.String(), Message: sarifMessage(text), Locations: []sarifLocation{}}
	if f.Pos.File != "" {
		out.Locations = append(out.Locations, sarifLocation{Physical: sarifPlace(f.Pos)})
	}
	for i, r := range f.Related {
		message := sarifMessage(diag.Plain(r.Message))
		out.Related = append(out.Related, sarifLocation{ID: i + 1, Physical: sarifPlace(r.Pos), Message: &message})
	}
	return out
}

// sarifPlace is a position, or nil when there is no file.
func sarifPlace(p diag.Pos) *sarifPhysical {
	if p.File == "" {
		return nil
	}
	out := &sarifPhysical{Artifact: sarifArtifact{fileURI(p.File)}}
	if p.Line > 0 {
		out.Region = &sarifRegion{p.Line, sarifBytes{p.Col}}
	}
	return out
}

// sarifMessage is text in which nothing acts: a brace would begin a placeholder, and "[words](target)" is a
// link (SARIF 2.1.0, 3.11.5 and 3.11.6).
func sarifMessage(text string) sarifText { return sarifText{sarifEscapes.Replace(text)} }

var sarifEscapes = strings.NewReplacer("{", "{{", "}", "}}", "](", `\](`)

// fileURI is the name of a file as a URI: relative to where the command ran, or absolute. Everything
// that has a meaning in a URI is percent-encoded.
func fileURI(name string) string {
	u := url.URL{Path: name}
	switch {
	case path.IsAbs(name):
		u.Scheme = "file"
	case len(name) > 2 && name[1] == ':' && name[2] == '/': // a drive of Windows
		u.Scheme, u.Path = "file", "/"+name
	}
	return u.String()
}
