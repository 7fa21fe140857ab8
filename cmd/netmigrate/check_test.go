package main

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptEdit edits a plan as a person would: edit PLAN drop ID leaves a step out, with what names it;
// edit PLAN wave ID N moves a step to another wave; edit PLAN needless ID takes its needs from a step; edit PLAN
// windows leaves the windows out. edit PLAN cut ID leaves a step out and nothing else; edit PLAN later ID N only writes
// another wave; edit PLAN hub N KIND [VNET] writes another hub of a component; edit PLAN withdraw takes all decisions back;
// edit PLAN hold VNET N writes a decision.
func scriptEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: edit PLAN drop|wave|needless|windows|want …")
	}
	var p map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &p))
	steps := p["steps"].([]any)
	id := func(s any) any { return s.(map[string]any)["id"] }
	find := func() map[string]any {
		i := slices.IndexFunc(steps, func(s any) bool { return id(s) == args[2] })
		if i < 0 {
			ts.Fatalf("no step %s", args[2])
		}
		return steps[i].(map[string]any)
	}
	switch args[1] {
	case "want":
		for _, pair := range p["pairs"].([]any) {
			pair.(map[string]any)["want"] = args[2]
		}
	case "windows":
		p["windows"] = []any{}
	case "cut":
		find()
		p["steps"] = slices.DeleteFunc(steps, func(s any) bool { return id(s) == args[2] })
	case "later":
		n, err := strconv.Atoi(args[3])
		ts.Check(err)
		find()["wave"] = n
	case "hub":
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		hub := p["components"].([]any)[n].(map[string]any)["hub"].(map[string]any)
		hub["kind"] = args[3]
		delete(hub, "virtualNetwork")
		if len(args) > 4 {
			hub["virtualNetwork"] = map[string]any{"type": "virtualNetworks", "name": args[4]}
		}
	case "withdraw":
		for _, d := range p["decisions"].([]any) {
			d.(map[string]any)["withdrawn"] = true
		}
	case "hold":
		n, err := strconv.Atoi(args[3])
		ts.Check(err)
		p["decisions"] = []any{map[string]any{"kind": "hold", "object": map[string]any{"type": "virtualNetworks", "name": args[2]}, "wave": n}}
	case "needless":
		delete(find(), "needs")
	case "wave":
		n, err := strconv.Atoi(args[3])
		ts.Check(err)
		find()["wave"] = n
		slices.SortStableFunc(steps, func(a, b any) int {
			wave := func(s any) int {
				switch n := s.(map[string]any)["wave"].(type) {
				case float64:
					return int(n)
				default:
					return n.(int)
				}
			}
			return wave(a) - wave(b)
		})
	case "drop":
		find()
		steps = slices.DeleteFunc(steps, func(s any) bool { return id(s) == args[2] })
		for _, s := range steps {
			if needs, ok := s.(map[string]any)["needs"].([]any); ok {
				s.(map[string]any)["needs"] = slices.DeleteFunc(needs, func(need any) bool { return need == args[2] })
			}
		}
		p["steps"] = steps
	default:
		ts.Fatalf("edit %s?", args[1])
	}
	text, err := json.Marshal(p)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o666))
}
