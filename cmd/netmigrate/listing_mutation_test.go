package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// TestListingsWithFaults changes the documents of live fixtures at random: members that are gone or hold
// something else, resources that are there twice, ids that name another resource. Whatever is wrong, every
// stage gets through, and a plan that is made keeps what it promises. NETMIGRATE_FAULTS=1000 tries as many
// changes of each fixture. Most are refused, but not all.
func TestListingsWithFaults(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 3
	}
	if text := os.Getenv("NETMIGRATE_FAULTS"); text != "" {
		if _, err := fmt.Sscan(text, &rounds); err != nil {
			t.Fatal(err)
		}
	}
	plans := 0
	for _, name := range fixtures.Live() {
		t.Run(name, func(t *testing.T) {
			texts := fixtures.LiveDocuments(name)
			for seed := range rounds {
				if withFaults(t, texts, uint64(seed)) {
					plans++
				}
			}
		})
	}
	if plans == 0 {
		t.Error("no plan was made of any")
	}
}

// withFaults reports whether a plan was made.
func withFaults(t *testing.T, texts []fixtures.Document, seed uint64) bool {
	defer func() {
		if p := recover(); p != nil {
			if f, ok := p.(*fault); ok {
				p = fmt.Sprintf("%v at %s", f.value, f.place)
			}
			t.Errorf("seed %d: panic: %v", seed, p)
		}
	}()
	docs := faulty(t, texts, rand.New(rand.NewPCG(11, seed)))
	sources := []estate.Source{{Name: "listing", Resources: docs}}
	e, _, _ := meaning(nil, sources)
	risks(e, false, "2026-11-27")
	reach.Compute(e)
	out, err := makePlan(sources, options.Options{}, deploy.Options{})
	if err != nil {
		return false // refused, with a reason
	}
	if _, err := out.kit(); err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
	for _, v := range out.plan.Violations {
		t.Errorf("seed %d: after %s: %s %s", seed, v.After, v.Rule, strings.TrimSpace(v.Text))
	}
	return true
}

// faulty are the documents with one to a dozen things changed.
func faulty(t *testing.T, texts []fixtures.Document, r *rand.Rand) []*arm.Document {
	m := &mutator{r: r}
	trees := make([]any, len(texts))
	for i, d := range texts {
		if err := json.Unmarshal(d.Text, &trees[i]); err != nil {
			t.Fatal(d.Path, err)
		}
		m.learn(trees[i])
	}
	for range 1 + r.IntN(12) {
		i := r.IntN(len(trees))
		for try := 0; try < 5 && len(texts[i].Text) < 200; try++ { // most lists of a fixture are empty
			i = r.IntN(len(trees))
		}
		trees[i] = m.change(trees[i])
	}
	var docs []*arm.Document
	for i, of := range texts {
		src, err := json.Marshal(trees[i])
		if err != nil {
			t.Fatal(err)
		}
		if d, _ := arm.Read(of.Path, src, arm.Bounds{}); d != nil {
			docs = append(docs, d)
		}
	}
	return docs
}

// mutator changes a value somewhere.
type mutator struct {
	r       *rand.Rand
	ids     []any // that the documents hold
	strings []any // that are none
}

func (m *mutator) learn(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sortedNames(v) {
			m.learn(v[name])
		}
	case []any:
		for _, item := range v {
			m.learn(item)
		}
	case string:
		if strings.HasPrefix(v, "/subscriptions/") {
			m.ids = append(m.ids, v)
		} else {
			m.strings = append(m.strings, v)
		}
	}
}

func sortedNames(o map[string]any) []string {
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// change goes down some levels and changes what it finds there.
func (m *mutator) change(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return m.other(v)
		}
		names := sortedNames(v)
		name := names[m.r.IntN(len(names))]
		switch m.r.IntN(12) {
		case 0:
			delete(v, name)
		case 1:
			v[name] = m.other(v[name])
		case 2:
			v[names[m.r.IntN(len(names))]] = v[name]
		default:
			v[name] = m.change(v[name])
		}
		return v
	case []any:
		if len(v) == 0 {
			return m.other(v)
		}
		i := m.r.IntN(len(v))
		switch m.r.IntN(12) {
		case 0:
			return slices.Delete(v, i, i+1)
		case 1:
			return append(v, v[i])
		case 2:
			return append(v, m.change(copied(v[i])))
		case 3:
			v[i] = m.other(v[i])
		default:
			v[i] = m.change(v[i])
		}
		return v
	}
	return m.other(v)
}

// other is something else in the place of a value: mostly something that might stand there.
func (m *mutator) other(v any) any {
	text, isText := v.(string)
	isID := isText && strings.HasPrefix(text, "/subscriptions/")
	switch n := m.r.IntN(10); {
	case n < 4 && isID && len(m.ids) > 0:
		return m.ids[m.r.IntN(len(m.ids))]
	case n < 4 && isText && len(m.strings) > 0:
		return m.strings[m.r.IntN(len(m.strings))]
	case n == 4 && isText:
		return strings.ToUpper(text)
	case n == 5 && isText && len(text) > 0:
		return text[:m.r.IntN(len(text))]
	case n < 6:
		return []any{"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/33", "::/0", "fd00::/8", "0.0.0.0", "Deleting", "Failed", "*", "-1", "4294967296", "", "[concat('x')]"}[m.r.IntN(13)]
	}
	return []any{nil, true, false, 0.0, -1.5, 1e300, "", []any{}, map[string]any{}, []any{v}, map[string]any{"id": v}, []any{nil}}[m.r.IntN(12)]
}

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = copied(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = copied(v[i])
		}
		return out
	}
	return v
}
