package plan_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// written are templates with their parameters as files, read again.
func written(t failer, stages ...deploy.Stage) []*arm.Document {
	var out []*arm.Document
	read := func(name string, text []byte) {
		d, found := arm.Read(name, text, arm.Bounds{})
		if d == nil || len(found) > 0 {
			t.Fatalf("%s: %v\n%s", name, found, text)
		}
		out = append(out, d)
	}
	for _, s := range stages {
		var template, parameters bytes.Buffer
		if err := arm.Encode(&template, s.Template); err != nil {
			t.Fatalf("%v", err)
		}
		if err := arm.EncodeParameters(&parameters, s.Parameters); err != nil {
			t.Fatalf("%v", err)
		}
		read(s.Name+".template.json", template.Bytes())
		read(s.Name+".parameters.json", parameters.Bytes())
	}
	return out
}

// asWritten is what the templates of an estate of one subscription say.
func asWritten(t failer, e *estate.Estate, stages ...deploy.Stage) *estate.Estate {
	back, found := estate.FromARM(nil, estate.Source{Name: e.VNets[0].ID.Subscription, Resources: written(t, stages...)})
	for _, f := range unheard(found) {
		t.Fatalf("templates are read with %v", f)
	}
	return back
}

func unheard(found diag.List) diag.List {
	return slices.DeleteFunc(found, func(f diag.Finding) bool {
		return slices.ContainsFunc(heard, func(h hearing) bool { return h.rule == f.Rule && strings.Contains(f.Message, h.words) })
	})
}

type hearing struct{ rule, words, why string }

// heard are the findings of reading templates of ours, each with why.
var heard = []hearing{
	{"LST-005", "expressRouteCircuits", "a circuit is referred to and never written"},
	{"LST-006", "has no value", "what no input tells is a parameter that a deployment asks for"},
	{"LST-006", "no input tells the subscription of the deployment", "a network manager in one place manages the subscription that it goes into"},
	{"LST-012", "nothing there leads back", "a half without the other one, which the estate before has as well"},
}

// unwritten are the differences that a template makes by not saying something, each with why.
var unwritten = []struct {
	property string
	typ      string
	why      string
	changed  bool // it says something else
}{
	{"scope", estate.TypeNetworkManager, "it manages the subscription of the deployment, which no input tells", true},
	{"", estate.TypeSite, "a site that only ExpressRoute leads to stands for the network behind the circuit, and nothing in Azure does", false},
	{"leads to", estate.TypeConnection, "the same: a connection to ExpressRoute has a circuit and no site", false},
	{"affinity group", "", "the region that it hides is a parameter, and has no value", false},
	{"vpnType", estate.TypeGateway, "the ARM form of a classic gateway does not say that it is route-based", false},
	{"vpnGatewayGeneration", estate.TypeGateway, "nor its generation, which its size has", false},
	{"connectionProtocol", estate.TypeConnection, "nor the protocol", false},
	{"vpnClientRootCertificates", estate.TypeGateway, "a certificate without its data is a parameter", false},
}

// lostInTemplates are the differences between an estate and what its templates say that none of these explain.
func lostInTemplates(e, back *estate.Estate) []estate.Difference {
	return slices.DeleteFunc(estate.Differences(e, back, nil), func(d estate.Difference) bool {
		for _, u := range unwritten {
			if u.property == d.Property && (u.typ == "" || u.typ == d.Object().Type) && (u.changed || d.Presence != estate.Changed) && d.Presence != estate.OnlyAfter {
				return true
			}
		}
		return false
	})
}

func checkTemplates(t failer, e *estate.Estate, stages ...deploy.Stage) {
	back := asWritten(t, e, stages...)
	for _, d := range lostInTemplates(e, back) {
		t.Fatalf("%s %s %s %s %s: %v, was %v", d.Presence, d.Object(), d.Part, d.PartName, d.Property, d.New, d.Old)
	}
	for v := range reach.Compare(reach.Compute(e), reach.Compute(sameNetworks(back, e)), nil) {
		if v.Class != reach.Preserved && !explained(e, &v) {
			t.Fatalf("%s with %s is %s: %v, was %v", v.From, v.To, v.Class, v.After, v.Before)
		}
	}
}

// explained reports whether a pair is what it was (as much is unknown of it, or as much is delivered one
// way), or why it is another:
//
//   - A classic tunnel that cannot have been up as it was written is unknown before. Its templates write
//     another one, with the addresses that it needs.
//   - The network behind a circuit is known to a classic network as the site of a connection, and to no
//     template.
func explained(before *estate.Estate, v *reach.Verdict) bool {
	if fmt.Sprint(v.Before) == fmt.Sprint(v.After) {
		return true
	}
	if v.Class == reach.UnknownBefore && v.After.Value == reach.Yes && slices.Equal(v.Before.Assumptions, []string{reach.AssumeTunnel}) {
		return true
	}
	x := estate.NewIndex(before)
	return slices.ContainsFunc(before.Connections, func(c estate.Connection) bool {
		s := x.Site(c.Site)
		return c.Kind == estate.ExpressRoute && s != nil && (isNetwork(v.From, s) || isNetwork(v.To, s))
	})
}

func isNetwork(l reach.Location, s *estate.Site) bool {
	return l.Kind == reach.OnPremises && strings.EqualFold(l.Name, s.Network)
}

// sameNetworks gives the networks outside the names that they have in another estate.
func sameNetworks(e, as *estate.Estate) *estate.Estate {
	out, x := *e, estate.NewIndex(as)
	out.Sites = slices.Clone(e.Sites)
	for i := range out.Sites {
		if was := x.Site(out.Sites[i].ID); was != nil && out.Sites[i].Network != "" {
			out.Sites[i].Network = was.Network
		}
	}
	return &out
}

// TestTemplatesOfFixtures writes the ARM form of every classic fixture and reads it again.
func TestTemplatesOfFixtures(t *testing.T) {
	paths, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(paths) < 10 {
		t.Fatal(len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			classic := read(t, src)
			modern, _, _ := estate.ToARM(classic)
			stages, _ := deploy.Stages(modern, deploy.Options{})
			checkTemplates(t, modern, stages...)
			planned(t, classic)
		})
	}
}

// TestTemplatesOfArchive does the same with a network of which the service's answers say more than its file.
func TestTemplatesOfArchive(t *testing.T) {
	root := filepath.Join("..", "..", "fixtures", "archive", "input")
	source := estate.Source{Name: "archive"}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == ".yaml" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		d, _, err := netcfg.Read(filepath.ToSlash(name), src)
		source.Documents = append(source.Documents, d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	classic, _, _ := estate.FromClassic(nil, source)
	modern, _, _ := estate.ToARM(classic)
	stages, _ := deploy.Stages(modern, deploy.Options{})
	back := asWritten(t, modern, stages...)
	var got []string
	for _, d := range lostInTemplates(modern, back) {
		if d.Differs() { // states, and what the service chooses, are untold
			got = append(got, fmt.Sprintf("%s %s %s", d.Presence, d.Object(), d.Property))
		}
	}
	want := []string{
		"changed virtualNetworkGateways/core-gateway vpnClientRootCertificates", // its name is made legal
		"only before expressRouteCircuits/frankfurt ",                           // circuits are referred to and never written
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// TestTemplatesOfRandomNetworks does the same with random networks and their plans.
func TestTemplatesOfRandomNetworks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classic := read(t, drawWorld(t).netcfg(1))
		modern, _, _ := estate.ToARM(classic)
		stages, _ := deploy.Stages(modern, deploy.Options{})
		checkTemplates(t, modern, stages...)
		planned(t, classic)
	})
}

// planned plans a network: the templates of its estate before and of the additions say together what the
// steps add to it, and nothing else. Those of a rebuild say the target.
func planned(t failer, before *estate.Estate) {
	for _, transit := range []options.Transit{"", options.TransitGroup, options.TransitFirewall} {
		p, _, err := plan.Make(before, options.Options{Transit: transit})
		if err != nil {
			t.Fatalf("%v", err)
		}
		added := additionsOf(p)
		stages, _ := deploy.AdditionStages(p, deploy.Options{})
		if diff := cmp.Diff(objectNames(added), evaluated(t, stages)); diff != "" {
			t.Fatalf("additions (-steps +templates):\n%s", diff)
		}
		base, _ := deploy.Render(p.Base, nil, deploy.Options{})
		both := *p.Base
		merge(&both, added)
		checkTemplates(t, &both, append(stages, deploy.Stage{Name: "before", Deployment: base})...)

		anew, _, err := plan.Make(before, options.Options{Transit: transit, Mode: options.Rebuild})
		if err != nil {
			t.Fatalf("%v", err)
		}
		stages, _ = deploy.AdditionStages(anew, deploy.Options{})
		checkTemplates(t, anew.Target, stages...)
	}
}

// additionsOf are the objects that the steps add before the first that takes something away.
func additionsOf(p *plan.Plan) *estate.Estate {
	known := map[estate.Key]bool{}
	for id := range p.Base.Objects() {
		known[id.Key()] = true
	}
	last := 0
	for i := range p.Steps {
		if len(p.Steps[i].Effect.Remove) > 0 {
			last = p.Steps[i].Wave - 1
			break
		}
		last = p.Steps[i].Wave
	}
	out := &estate.Estate{}
	for i := range p.Steps {
		add := p.Steps[i].Effect.Add
		if p.Steps[i].Wave > last || add == nil {
			continue
		}
		out.VNets = slices.Concat(out.VNets, unknown(known, add.VNets, func(v *estate.VNet) estate.ID { return v.ID }))
		out.Sites = slices.Concat(out.Sites, unknown(known, add.Sites, func(s *estate.Site) estate.ID { return s.ID }))
		out.Gateways = slices.Concat(out.Gateways, unknown(known, add.Gateways, func(g *estate.Gateway) estate.ID { return g.ID }))
		out.Connections = slices.Concat(out.Connections, unknown(known, add.Connections, func(c *estate.Connection) estate.ID { return c.ID }))
		out.Peerings = slices.Concat(out.Peerings, unknown(known, add.Peerings, func(p *estate.Peering) estate.ID { return p.ID }))
		out.RouteTables = slices.Concat(out.RouteTables, unknown(known, add.RouteTables, func(r *estate.RouteTable) estate.ID { return r.ID }))
		out.Groups = slices.Concat(out.Groups, unknown(known, add.Groups, func(g *estate.NetworkGroup) estate.ID { return g.ID }))
		out.Managers = slices.Concat(out.Managers, unknown(known, add.Managers, func(m *estate.NetworkManager) estate.ID { return m.ID }))
		out.SecurityGroups = slices.Concat(out.SecurityGroups, unknown(known, add.SecurityGroups, func(g *estate.SecurityGroup) estate.ID { return g.ID }))
	}
	return out
}

func unknown[T any](known map[estate.Key]bool, in []T, id func(*T) estate.ID) []T {
	var out []T
	for i := range in {
		if key := id(&in[i]).Key(); !known[key] {
			known[key] = true
			out = append(out, in[i])
		}
	}
	return out
}

func merge(to, from *estate.Estate) {
	to.VNets = slices.Concat(to.VNets, from.VNets)
	to.Sites = slices.Concat(to.Sites, from.Sites)
	to.Gateways = slices.Concat(to.Gateways, from.Gateways)
	to.Connections = slices.Concat(to.Connections, from.Connections)
	to.Peerings = slices.Concat(to.Peerings, from.Peerings)
	to.RouteTables = slices.Concat(to.RouteTables, from.RouteTables)
	to.SecurityGroups = slices.Concat(to.SecurityGroups, from.SecurityGroups)
	to.Managers, to.Groups = slices.Concat(to.Managers, from.Managers), slices.Concat(to.Groups, from.Groups)
}

// objectNames are the objects of an estate that are resources, and what else its gateways and firewalls are made of.
func objectNames(e *estate.Estate) []string {
	var out []string
	for id := range e.Objects() {
		out = append(out, id.String())
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		if !g.PublicIP.IsZero() {
			out = append(out, g.PublicIP.String())
		}
		if g.Kind == estate.Firewall { // no object of an estate, and no firewall is built without them
			out = append(out, "firewallPolicies/"+g.ID.Name+"-policy", "firewallPolicies/ruleCollectionGroups/"+g.ID.Name+"-policy/spoke-to-spoke")
		}
	}
	for i := range e.Groups { // its members have the names of their VNets, which differ here
		g := &e.Groups[i]
		out = append(out, "networkManagers/connectivityConfigurations/"+g.ID.Name+"/"+g.ID.Child+"-connectivity")
		for _, member := range g.Members {
			out = append(out, "networkManagers/networkGroups/staticMembers/"+g.ID.Name+"/"+g.ID.Child+"/"+member.Name)
		}
	}
	slices.Sort(out)
	return out
}

// evaluated are the resources that templates deploy.
func evaluated(t failer, stages []deploy.Stage) []string {
	var all []arm.Deployment
	docs := written(t, stages...)
	for i := 0; i < len(docs); i += 2 {
		all = append(all, arm.Deployment{Template: docs[i], Parameters: docs[i+1 : i+2]})
	}
	items, found := arm.Evaluate(all)
	if odd := unheard(found); len(odd) > 0 {
		t.Fatalf("templates evaluate with %v", odd)
	}
	var out []string
	for _, it := range items {
		if it.Maybe != "" {
			t.Fatalf("%s is perhaps not deployed: %s", it.Name(), it.Maybe)
		}
		out = append(out, strings.TrimPrefix(it.Type, arm.Provider)+"/"+strings.Join(it.Names, "/"))
	}
	slices.Sort(out)
	return out
}

// TestAdditionsToLiveNetworks plans every live fixture: the templates write what the steps add, in the
// subscription and group of each, and nothing that exists.
func TestAdditionsToLiveNetworks(t *testing.T) {
	count := 0
	for _, name := range fixtures.Live() {
		t.Run(name, func(t *testing.T) {
			e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
			for _, transit := range []options.Transit{"", options.TransitGroup, options.TransitFirewall} {
				p, _, err := plan.Make(e, options.Options{Transit: transit})
				if err != nil {
					t.Fatal(err)
				}
				stages, _ := deploy.AdditionStages(p, deploy.Options{})
				added := objectNames(additionsOf(p))
				if diff := cmp.Diff(added, evaluated(t, stages)); diff != "" {
					t.Errorf("additions, transit %q (-steps +templates):\n%s", transit, diff)
				}
				count += len(added)
			}
		})
	}
	if count == 0 {
		t.Error("no plan adds anything")
	}
}
