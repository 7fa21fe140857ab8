package arm

import (
	"slices"
	"strconv"
	"strings"
)

// secretKeys are the properties that hold a secret, folded. Only a secure parameter may stand in
// them, and a secure parameter may stand nowhere else.
var secretKeys = map[string]bool{
	"sharedkey": true, "authorizationkey": true, "radiusserversecret": true,
}

// walker is the sink that checks the strings of one resource, of the head or of an output, and
// picks out the few facts that rules across resources need.
type walker struct {
	r        *resolver
	resource int // -1: head
	output   bool
	stack    []step
	pending  string // the key whose value comes next
	peering  *peeringFact
	gateway  *gatewayFact

	secretPlace bool // everything below belongs to a secure parameter of a nested template
}

// step is one bracket on the way to a value.
type step struct {
	key   string // under which it stands
	index int    // of the next item, in an array; -1 in an object
}

func (w *walker) push(key string) { w.pending = key }

func (w *walker) open(bracket byte) {
	s := step{key: w.pending, index: -1}
	if bracket == '[' {
		s.index = 0
	}
	w.pending = ""
	w.stack = append(w.stack, s)
}

func (w *walker) close(byte) {
	w.stack = w.stack[:len(w.stack)-1]
	w.next()
}

// next steps to the next item where the value just seen was an item of an array.
func (w *walker) next() {
	if n := len(w.stack); n > 0 && w.stack[n-1].index >= 0 {
		w.stack[n-1].index++
	}
	w.pending = ""
}

func (w *walker) key(name string) { w.pending = name }

func (w *walker) boolean(b bool) {
	if w.peering != nil && len(w.stack) == 2 {
		switch w.pending {
		case "allowGatewayTransit":
			w.peering.allowsTransit = b
		case "useRemoteGateways":
			w.peering.usesRemote = b
		}
	}
	w.next()
}

func (w *walker) number(string) { w.next() }
func (w *walker) null()         { w.next() }
func (w *walker) rest()         {}

func (w *walker) fail(err error) {
	w.report(BadExpression, "%s", err)
	w.next()
}

func (w *walker) str(s string) {
	w.check(s)
	w.next()
}

// path is where the walk stands: ".properties.subnets[2].name".
func (w *walker) path() string {
	var b strings.Builder
	for _, s := range w.stack {
		if s.key != "" {
			b.WriteString("." + s.key)
		}
		if s.index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
	}
	if w.pending != "" {
		b.WriteString("." + w.pending)
	}
	path := b.String()
	if w.resource < 0 || w.output {
		return strings.TrimPrefix(path, ".")
	}
	return path
}

func (w *walker) report(kind ProblemKind, format string, args ...any) {
	w.r.report(w.resource, kind, w.path(), format, args...)
}

// top is the member of the resource in which the walk stands.
func (w *walker) top() string {
	if len(w.stack) >= 2 {
		return w.stack[1].key
	}
	return w.pending
}

func (w *walker) check(text string) {
	if w.resource >= 0 && !w.output && w.top() == "dependsOn" {
		return // the graph has judged it
	}
	m := w.r.mentions(text)
	if m.err != nil {
		w.report(BadExpression, "%s", m.err)
		return
	}
	if m.runtime && !w.output && w.top() != "properties" {
		w.report(BadExpression, "reference() stands outside properties and outputs")
	}
	w.names(m)
	w.secret(text, m)
	w.references(text, m)
	w.facts(m)
}

// names marks parameters and variables as used.
func (w *walker) names(m *mentions) {
	for _, name := range m.parameters {
		folded := strings.ToLower(name)
		w.r.used["parameters "+folded] = true
		if w.r.declared[folded] == nil {
			w.report(BadParameter, "parameter %q is not declared", name)
		}
	}
	for _, name := range m.variables {
		folded := strings.ToLower(name)
		w.r.used["variables "+folded] = true
		if !w.r.vars[folded] {
			w.report(BadParameter, "variable %q is not declared", name)
		}
	}
}

func (w *walker) secret(text string, m *mentions) {
	place := w.secretPlace || w.resource >= 0 && !w.output && secretKeys[strings.ToLower(w.pending)]
	secure := false
	for _, name := range m.parameters {
		p := w.r.declared[strings.ToLower(name)]
		secure = secure || p != nil && p.Secure()
	}
	switch {
	case place && !secure:
		w.report(BadSecret, "%s does not come from a secure parameter", w.pending)
	case secure && !place:
		w.report(BadSecret, "a secure parameter may stand only where the service keeps it secret")
	}
}

// references checks that what the text names is there, and waited for.
func (w *walker) references(text string, m *mentions) {
	if m.open {
		w.report(BadReference, "%s: what it names cannot be told", text)
	}
	for k, n := range m.nodes {
		if n == missing {
			w.report(BadReference, "%s is neither in the template nor declared in metadata.%s", describeKey(m.keys[k]), MetadataExisting)
		} else if n >= 0 && w.resource >= 0 && !w.output {
			w.r.waitsFor(w.resource, n, w.path)
		}
	}
	// A bare parameter is an id that the deployment brings, such as a circuit.
	computed := len(m.keys) > 0 || m.open || len(m.parameters) > 0 || len(m.variables) > 0 || m.runtime
	if w.pending == "id" && w.resource >= 0 && !w.output && w.top() == "properties" && !computed {
		w.report(BadReference, "%q is not a resource id", text)
	}
}

// facts notes which virtual network a peering or a gateway works on.
func (w *walker) facts(m *mentions) {
	if w.pending != "id" || !m.whole || len(m.keys) == 0 {
		return
	}
	within := w.stack[len(w.stack)-1].key
	switch {
	case w.peering != nil && within == "remoteVirtualNetwork":
		w.peering.remote = m.keys[0]
	case w.gateway != nil && within == "subnet" && !w.within("managementIpConfiguration"):
		w.gateway.setSubnet(w, m.keys[0])
	case w.gateway != nil && within == "firewallPolicy":
		w.r.policies[m.keys[0]] = append(w.r.policies[m.keys[0]], w.resource)
	}
}

// within reports whether the walk stands below a key.
func (w *walker) within(key string) bool {
	return slices.ContainsFunc(w.stack, func(s step) bool { return s.key == key })
}

// describeKey is a key for people: "virtualNetworks/hub", folded as it is compared.
func describeKey(key string) string {
	typ, name, _ := strings.Cut(key, " ")
	return strings.TrimPrefix(typ, strings.ToLower(Provider)) + "/" + name
}

// inlineSubnets are the names of the subnets that a virtual network brings with it.
func inlineSubnets(network *Resource) []string {
	switch body := network.Properties.(type) {
	case *VirtualNetwork:
		names := make([]string, len(body.Subnets))
		for i := range body.Subnets {
			names[i] = body.Subnets[i].Name
		}
		return names
	case Object:
		return namesIn(body, "subnets")
	}
	return nil
}

// namesIn are the names of the parts that a body has in a list.
func namesIn(body Object, key string) []string {
	value, _ := body.Get(key)
	list, _ := value.(Array)
	var names []string
	for _, item := range list {
		part, _ := item.(Object)
		if name, ok := part.Get("name"); ok {
			text, _ := name.(string)
			names = append(names, text)
		}
	}
	return names
}

// guardedGatewaySubnet reports whether a network binds a security group to its gateway subnet, which
// the service refuses. Source: docs/sources.md#gateway-subnet.
func guardedGatewaySubnet(network *Resource) bool {
	switch body := network.Properties.(type) {
	case *VirtualNetwork:
		return slices.ContainsFunc(body.Subnets, func(s Subnet) bool {
			return strings.EqualFold(s.Name, "GatewaySubnet") && s.NetworkSecurityGroup != ""
		})
	case Object:
		value, _ := body.Get("subnets")
		list, _ := value.(Array)
		return slices.ContainsFunc(list, func(item any) bool {
			subnet, _ := item.(Object)
			name, _ := subnet.Get("name")
			text, _ := name.(string)
			properties, _ := subnet.object("properties")
			_, guarded := properties.Get("networkSecurityGroup")
			return guarded && strings.EqualFold(text, "GatewaySubnet")
		})
	}
	return false
}
