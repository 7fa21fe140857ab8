package report

import (
	"encoding/json"
	"io"

	"github.com/netmigrate/netmigrate/migrate/deploy"
)

// StagesSchema is the version of the list of stages that is written beside their templates.
const StagesSchema = "netmigrate.stages/v1"

// StageFiles are the names of the files of one stage.
type StageFiles struct{ Template, Parameters string }

type wireStages struct {
	Schema string      `json:"schema"`
	Stages []wireStage `json:"stages"`
}

type wireStage struct {
	Name          string   `json:"name"`
	Subscription  string   `json:"subscription"`
	ResourceGroup string   `json:"resourceGroup,omitempty"`
	Template      string   `json:"template"`
	Parameters    string   `json:"parameters"`
	Needs         []string `json:"needs"`
}

// Stages writes the order of the stages as JSON: each is deployed into a resource group of its
// subscription after those it needs. files holds the names of the files of each stage.
func Stages(w io.Writer, stages []deploy.Stage, files []StageFiles) error {
	doc := wireStages{Schema: StagesSchema, Stages: make([]wireStage, len(stages))}
	for i := range stages {
		s := &stages[i]
		doc.Stages[i] = wireStage{Name: s.Name, Subscription: s.Subscription, ResourceGroup: s.ResourceGroup,
			Template: files[i].Template, Parameters: files[i].Parameters, Needs: append([]string{}, s.Needs...)}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
