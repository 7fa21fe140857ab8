package arm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ProblemKind says what sort of rule a template breaks.
type ProblemKind string

// The kinds of problems that Resolve finds.
const (
	BadExpression ProblemKind = "expression" // does not parse, or stands where it may not
	BadReference  ProblemKind = "reference"  // names nothing in the template, nor anything declared
	BadDependency ProblemKind = "dependency" // dependsOn: missing, aimless, or in a circle
	BadParameter  ProblemKind = "parameter"  // undeclared, unused or declared twice
	BadSecret     ProblemKind = "secret"     // a secret in the open
	BadName       ProblemKind = "name"       // illegal for its type, or not unique
	BadLocation   ProblemKind = "location"   // missing, or on a child resource
	BadOrder      ProblemKind = "order"      // writes on one virtual network that could run together
	BadBinding    ProblemKind = "binding"    // a security group where the platform takes none
	BadTransit    ProblemKind = "transit"    // useRemoteGateways before there is a gateway to use
)

// Problem is one reason why a template would not deploy as meant.
type Problem struct {
	Kind    ProblemKind
	Path    string // where: resources[3].properties.sharedKey
	Object  string // the resource, for people: "connections/hub-to-onprem"; empty outside resources
	Message string
}

// String is where, the kind, and the message.
func (p Problem) String() string {
	where := p.Path
	if p.Object != "" {
		where += " (" + p.Object + ")"
	}
	return fmt.Sprintf("%s: %s: %s", where, p.Kind, p.Message)
}

// Resolve reports what the schemas cannot see, in the order of the document: every expression
// parses; every reference hits a resource of the template (inline subnets count) or one declared in
// MetadataExisting, and what is referred to is waited for; no dependency cycles; parameters are
// declared and used; secrets stay secret; names are legal and unique; writes on one virtual network
// are ordered; a peering that uses a remote gateway waits for it. Nested deployments with inner
// scope are resolved as templates of their own.
//
// Its time grows with the size of the template; only resources that wait for others over several
// hops need searches.
func Resolve(t *Template) []Problem {
	return newResolver(t).all()
}

func (r *resolver) all() []Problem {
	r.index()
	r.dependencies()
	r.parameters()
	r.bodies()
	r.outputs()
	r.unused()
	r.writes()
	r.transit()
	slices.SortStableFunc(r.found, func(a, b located) int { return a.order - b.order })
	problems := make([]Problem, len(r.found))
	for i := range r.found {
		problems[i] = r.found[i].Problem
	}
	return problems
}

// ResolveJSON is Resolve on the text of a template. The error says why it cannot be read.
func ResolveJSON(src []byte) ([]Problem, error) {
	t, err := Decode(src)
	if err != nil {
		return nil, err
	}
	return Resolve(t), nil
}

// located is a problem with its place in the order of the document: -1 before the resources.
type located struct {
	Problem
	order int
}

type resolver struct {
	t        *Template
	existing map[string]bool
	nodes    map[string]node // by resourceKey, inline subnets included
	own      []string        // the key of each resource
	graph    graph
	cache    map[string]*mentions
	used     map[string]bool       // folded names of parameters and variables in use
	declared map[string]*Parameter // by folded name
	vars     map[string]bool
	peerings []peeringFact
	gateways []gatewayFact
	subnets  []subnetFact

	firewalls []gatewayFact
	servers   []gatewayFact
	policies  map[string][]int // what changes each firewall policy
	found     []located
}

func newResolver(t *Template) *resolver {
	n := len(t.Resources)
	return &resolver{
		t: t, existing: existingKeys(t),
		nodes: make(map[string]node, 2*n), own: make([]string, n), cache: make(map[string]*mentions, 4*n),
		used: map[string]bool{}, declared: map[string]*Parameter{}, vars: map[string]bool{}, policies: map[string][]int{},
	}
}

// report notes a problem of resource i, or of the template when i is outside the resources.
func (r *resolver) report(i int, kind ProblemKind, path, format string, args ...any) {
	p := located{Problem{Kind: kind, Message: fmt.Sprintf(format, args...)}, i}
	if i >= 0 && i < len(r.t.Resources) {
		p.Object = r.t.Resources[i].label()
		p.Path = "resources[" + strconv.Itoa(i) + "]" + path
	} else {
		p.Path = path
	}
	r.found = append(r.found, p)
}

// mentions reads a string once, however often it stands in the template.
func (r *resolver) mentions(text string) *mentions {
	if text == "" || text[0] != '[' && text[0] != '/' {
		return &plainText
	}
	m := r.cache[text]
	if m == nil {
		m = mentionsOf(text)
		for _, key := range m.keys {
			m.nodes = append(m.nodes, r.lookup(key))
		}
		r.cache[text] = m
	}
	return m
}

func (r *resolver) lookup(key string) node {
	if n, ok := r.nodes[key]; ok {
		return n
	}
	if r.existing[key] {
		return outside
	}
	return missing
}

// describe is a key for people, spelt as the template spells it where it can be.
func (r *resolver) describe(key string) string {
	if n := r.lookup(key); n >= 0 && r.own[n] == key {
		return r.t.Resources[n].label()
	}
	return describeKey(key)
}

// index gives every resource and inline subnet its key and checks names and places.
func (r *resolver) index() {
	for i := range r.t.Resources {
		res := &r.t.Resources[i]
		r.own[i] = resourceKey(res.Type, res.Name)
		if strings.HasPrefix(res.Name, "[") {
			r.report(i, BadName, ".name", "name %q is an expression: what it names cannot be told", res.Name)
		} else if err := CheckName(res.Type, res.Name); err != nil {
			r.report(i, BadName, ".name", "%s", err)
		}
		r.checkLocation(i)
		if first, twice := r.nodes[r.own[i]]; twice {
			r.report(i, BadName, ".name", "%s stands in resources[%d] already", res.label(), first)
			continue
		}
		r.nodes[r.own[i]] = node(i)
	}
	// Subnets come second, so that a child resource of the same name is found whatever its place.
	for i := range r.t.Resources {
		switch typ := r.t.Resources[i].Type; {
		case strings.EqualFold(typ, TypeVirtualNetwork):
			r.indexSubnets(i)
		case strings.EqualFold(typ, TypeLoadBalancer):
			r.indexBalancer(i)
		}
	}
}

func (r *resolver) indexSubnets(i int) {
	network := &r.t.Resources[i]
	for _, name := range inlineSubnets(network) {
		key := resourceKey(TypeSubnet, network.Name+"/"+name)
		if err := CheckName(TypeSubnet, network.Name+"/"+name); err != nil {
			r.report(i, BadName, ".properties.subnets", "%s", err)
		}
		if _, twice := r.nodes[key]; twice {
			r.report(i, BadName, ".properties.subnets", "subnet %q stands twice", name)
			continue
		}
		r.nodes[key] = node(i)
	}
	if guardedGatewaySubnet(network) {
		r.report(i, BadBinding, ".properties.subnets", "GatewaySubnet takes no security group")
	}
}

// indexBalancer gives the parts of a load balancer their keys: its rules refer to them.
func (r *resolver) indexBalancer(i int) {
	b := &r.t.Resources[i]
	for _, list := range []string{keyFrontends, keyPools, keyProbes} {
		var names []string
		switch body := b.Properties.(type) {
		case *LoadBalancer:
			names = []string{map[string]string{keyFrontends: BalancerFrontend, keyPools: body.Pool, keyProbes: BalancerProbe}[list]}
		case Object:
			names = namesIn(body, list)
		}
		for _, name := range names {
			r.nodes[resourceKey(TypeLoadBalancer+"/"+list, b.Name+"/"+name)] = node(i)
		}
	}
}

func (r *resolver) checkLocation(i int) {
	res := &r.t.Resources[i]
	if !isNetwork(res.Type) {
		return // whether other providers' resources have a place is not known here
	}
	child := strings.Count(res.Type, "/") > 1
	_, other := res.Extra.Get("location")
	switch has := res.Location != "" || other; {
	case child && has:
		r.report(i, BadLocation, ".location", "a child resource has no location of its own")
	case !child && !has:
		r.report(i, BadLocation, "", "location is missing")
	}
}

// dependencies builds the graph from dependsOn alone: ARM sees nothing else.
func (r *resolver) dependencies() {
	r.graph.needs = make([][]int32, len(r.t.Resources))
	for i := range r.t.Resources {
		for k, text := range r.t.Resources[i].DependsOn {
			m := r.mentions(text)
			if m.err != nil {
				r.report(i, BadExpression, ".dependsOn["+strconv.Itoa(k)+"]", "%s", m.err)
				continue
			}
			// An inline subnet is no resource: only its network can be waited for.
			if !m.whole || len(m.nodes) != 1 || m.nodes[0] < 0 || r.own[m.nodes[0]] != m.keys[0] {
				r.report(i, BadDependency, ".dependsOn["+strconv.Itoa(k)+"]", "%s hits no resource of the template", text)
				continue
			}
			if need := int32(m.nodes[0]); !slices.Contains(r.graph.needs[i], need) {
				r.graph.needs[i] = append(r.graph.needs[i], need)
			}
		}
	}
	if cycle := r.graph.rank(); cycle != nil {
		var names []string
		for _, n := range append(cycle, cycle[0]) {
			names = append(names, r.t.Resources[n].label())
		}
		r.report(int(cycle[0]), BadDependency, ".dependsOn", "waits for itself: %s", strings.Join(names, " → "))
	}
}

// waitsFor notes when resource i refers to resource n and could run before it.
func (r *resolver) waitsFor(i int, n node, path func() string) {
	if n < 0 || int(n) == i || r.graph.reaches(int32(i), int32(n)) {
		return
	}
	r.report(i, BadDependency, path(), "refers to %s without depending on it", r.t.Resources[n].label())
}

func (r *resolver) parameters() {
	for i := range r.t.Parameters {
		p := &r.t.Parameters[i]
		path := "parameters." + p.Name
		if !isParameterName(p.Name) {
			r.report(-1, BadParameter, path, "%q is not an identifier", p.Name)
		}
		folded := strings.ToLower(p.Name)
		if r.declared[folded] != nil {
			r.report(-1, BadParameter, path, "declared twice: names are compared without case")
		}
		r.declared[folded] = p
		if p.Secure() && p.Default != nil {
			r.report(-1, BadSecret, path, "a secure parameter may not have a default value")
		}
	}
	for _, v := range r.t.Variables {
		r.vars[strings.ToLower(v.Name)] = true
	}
	head := Template{Parameters: r.t.Parameters, Variables: r.t.Variables, Metadata: r.t.Metadata}
	head.emit(emitter{&walker{r: r, resource: -1}})
}

func (r *resolver) bodies() {
	for i := range r.t.Resources {
		res := &r.t.Resources[i]
		if strings.EqualFold(res.Type, TypeDeployment) {
			r.deployment(i)
			continue
		}
		r.parent(i)
		r.body(i, res)
	}
}

// body walks one resource and gathers what the order of writes needs to know.
func (r *resolver) body(i int, res *Resource) {
	w := &walker{r: r, resource: i}
	switch {
	case strings.EqualFold(res.Type, TypePeering):
		w.peering = &peeringFact{node: i}
	case strings.EqualFold(res.Type, TypeVirtualNetworkGateway):
		w.gateway = &gatewayFact{node: i, subnet: gatewaySubnet}
	case strings.EqualFold(res.Type, TypeFirewall):
		w.gateway = &gatewayFact{node: i, subnet: firewallSubnet}
	case strings.EqualFold(res.Type, TypeRouteServerConfiguration):
		w.gateway = &gatewayFact{node: i, subnet: serverSubnet}
	case strings.EqualFold(res.Type, TypeRuleCollectionGroup):
		policy := parentKey(res)
		r.policies[policy] = append(r.policies[policy], i)
	case strings.EqualFold(res.Type, TypeSubnet):
		r.subnets = append(r.subnets, subnetFact{i, parentKey(res)})
	}
	res.emit(emitter{w})
	if w.peering != nil {
		w.peering.parent = parentKey(res)
		r.peerings = append(r.peerings, *w.peering)
	}
	switch g := w.gateway; {
	case g == nil || g.network == "":
	case g.subnet == firewallSubnet:
		r.firewalls = append(r.firewalls, *g)
	case g.subnet == serverSubnet:
		r.servers = append(r.servers, *g)
	default:
		r.gateways = append(r.gateways, *g)
	}
}

// parent checks the resource that a child stands under: named by the child's own name alone.
func (r *resolver) parent(i int) {
	res := &r.t.Resources[i]
	if strings.Count(res.Type, "/") < 2 {
		return
	}
	n := r.lookup(parentKey(res))
	if n == missing {
		r.report(i, BadReference, ".name", "its parent is neither in the template nor declared")
	}
	r.waitsFor(i, n, func() string { return ".name" })
}

func parentKey(res *Resource) string {
	typ, name := res.Type, res.Name
	if at := strings.LastIndexByte(typ, '/'); at >= 0 {
		typ = typ[:at]
	}
	if at := strings.LastIndexByte(name, '/'); at >= 0 {
		name = name[:at]
	}
	return resourceKey(typ, name)
}

func (r *resolver) outputs() {
	end := len(r.t.Resources)
	for i := range r.t.Outputs {
		o := &r.t.Outputs[i]
		w := &walker{r: r, resource: end, output: true}
		w.push("outputs." + o.Name)
		emitter{w}.value(o.Value)
		if (&Parameter{Type: o.Type}).Secure() {
			r.report(end, BadSecret, "outputs."+o.Name, "an output may not be secure")
		}
	}
}

func (r *resolver) unused() {
	for i := range r.t.Parameters {
		if p := &r.t.Parameters[i]; !r.used["parameters "+strings.ToLower(p.Name)] {
			r.report(-1, BadParameter, "parameters."+p.Name, "declared and never used")
		}
	}
	for _, v := range r.t.Variables {
		if !r.used["variables "+strings.ToLower(v.Name)] {
			r.report(-1, BadParameter, "variables."+v.Name, "declared and never used")
		}
	}
}
