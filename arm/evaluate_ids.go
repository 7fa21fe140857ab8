package arm

import (
	"strconv"
	"strings"
)

// id is the id of a resource in a scope; names may have holes.
func (s scope) id(typ string, names []any) any {
	parts := []any{"/subscriptions/", s.subscription}
	if s.group != nil {
		parts = append(parts, "/resourceGroups/", s.group)
	}
	return glue(append(parts, "/providers/", below(typ, names))...)
}

// below is a type and its names as they stand behind "/providers/".
func below(typ string, names []any) any {
	kinds := strings.Split(typ, "/")
	parts := []any{kinds[0]}
	for i, kind := range kinds[1:] {
		parts = append(parts, "/"+kind+"/", names[i])
	}
	return glue(parts...)
}

// typed takes the type and the names from arguments of an id function, the type at position i.
func (c *call) typed(i int) (typ string, names []any) {
	if i >= len(c.args) {
		c.fail("%s without a type", c.expr.Name)
	}
	typ = strings.Trim(c.string(i), "/")
	names = c.args[i+1:]
	for k := range names {
		if _, ok := partsOf(names[k]); !ok {
			c.wrong(i+1+k, "a name")
		}
	}
	if want := strings.Count(typ, "/"); want == 0 || want != len(names) {
		c.fail("%s of type %s with %d names; it has %d", c.expr.Name, typ, len(names), want)
	}
	return typ, names
}

// typeAt is which argument is the type: the first with a provider in it.
func (c *call) typeAt() int {
	for i, arg := range c.args {
		if text, ok := arg.(string); ok && strings.Contains(text, "/") {
			return i
		}
	}
	for _, arg := range c.args {
		if u, ok := arg.(*unknown); ok {
			c.stop(u)
		}
	}
	c.fail("%s without a type", c.expr.Name)
	return 0
}

// resourceID is resourceId([subscription,] [group,] type, name, …).
func resourceID(c *call) any {
	at := c.typeAt()
	typ, names := c.typed(at)
	s := c.env.scope
	switch at {
	case 0:
	case 1:
		if text, ok := c.args[0].(string); ok && IsGUID(text) {
			s.subscription = text
		} else {
			s.group = inScope(c.args[0])
		}
	case 2:
		s.subscription, s.group = inScope(c.args[0]), inScope(c.args[1])
	default:
		c.fail("%d arguments before the type", at)
	}
	return s.id(typ, names)
}

func subscriptionResourceID(c *call) any {
	at := c.typeAt()
	typ, names := c.typed(at)
	s := scope{subscription: c.env.scope.subscription}
	switch at {
	case 0:
	case 1:
		s.subscription = inScope(c.args[0])
	default:
		c.fail("%d arguments before the type", at)
	}
	return s.id(typ, names)
}

func tenantResourceID(c *call) any {
	typ, names := c.typed(0)
	return glue("/providers/", below(typ, names))
}

func managementGroupResourceID(c *call) any {
	at := c.typeAt()
	if at == 0 {
		return unknownFor("no input tells the management group of the deployment")
	}
	typ, names := c.typed(at)
	return glue("/providers/Microsoft.Management/managementGroups/", inScope(c.args[0]), "/providers/", below(typ, names))
}

func extensionResourceID(c *call) any {
	typ, names := c.typed(1)
	switch of := c.args[0].(type) {
	case string:
		return glue(strings.TrimSuffix(of, "/"), "/providers/", below(typ, names))
	case *partial:
		return glue(of, "/providers/", below(typ, names))
	}
	c.wrong(0, "an id")
	return nil
}

// subscription is subscription().
func subscriptionOf(c *call) any {
	s := c.env.scope.subscription
	return objectOf("id", glue("/subscriptions/", s), "subscriptionId", s, "tenantId", c.env.tenantID(),
		"displayName", unknownFor("no input tells the name of the subscription"))
}

func (f *frame) tenantID() any {
	if f.tenant == "" {
		return unknownFor("no input tells the tenant of the deployment")
	}
	return f.tenant
}

func tenantOf(c *call) any {
	return objectOf("tenantId", c.env.tenantID(), "countryCode", unknownFor("no input tells the country of the tenant"),
		"displayName", unknownFor("no input tells the name of the tenant"))
}

func resourceGroupOf(c *call) any {
	s := c.env.scope
	if s.group == nil {
		return faultOf("resourceGroup in a template that is not deployed to a resource group")
	}
	return objectOf("id", glue("/subscriptions/", s.subscription, "/resourceGroups/", s.group), "name", s.group,
		"type", typeResourceGroup, "location", s.location(), "managedBy", nil,
		"tags", unknownFor("no input tells the tags of the resource group"))
}

func deploymentOf(c *call) any {
	f := c.env
	var name any = unknownFor("no input tells the name of the deployment")
	if f.by != nil {
		name = f.by.fullName
	}
	return objectOf("name", name, "location", f.scope.location(), "properties", unknownFor("function deployment is not worked out"))
}

// referred is what reference() comes to: the state of a resource, as far as the template states it.
type referred struct {
	of     ResourceName
	id     any   // of the resource
	decl   *decl // nil when no template at hand declares it
	full   bool  // the whole resource, and not its properties
	path   string
	stated any
	told   bool // something is stated
	inside bool // an item of a list that is a property
}

// settle is a value that others can use.
func settle(v any) any {
	switch v := v.(type) {
	case *results:
		return v.whole()
	case *result:
		return v.whole()
	}
	r, ok := v.(*referred)
	switch {
	case !ok:
		return v
	case r.told:
		return r.stated
	case r.full:
		return unknownFor("only the service knows all of %s", r.of.label())
	}
	what := r.path
	if what == "" {
		what = "state"
	}
	return &unknown{why: "only the service knows the " + what + " of " + r.of.label(), cause: identityOf(r.of.key(), r.path), is: &referral{r.of, r.path}}
}

// label is the resource for people.
func (n ResourceName) label() string { return Existing(n.Type, strings.Join(n.Names, "/")) }

func (r *referred) member(x *context, name string) any {
	next := &referred{of: r.of, id: r.id, decl: r.decl}
	if r.full {
		return r.ofResource(next, name)
	}
	next.path = name
	if r.path == "" {
		return r.ofProperties(x, next, name)
	}
	next.path = r.path + "." + name
	switch stated := r.stated.(type) {
	case *unknown:
		return stated.derived("." + name)
	case *object:
		next.stated, next.told = stated.get(name)
	}
	if !next.told && r.inside && strings.EqualFold(name, "id") {
		return r.childID(next)
	}
	return next
}

// ofResource is a member of reference(…, 'Full').
func (r *referred) ofResource(next *referred, name string) any {
	switch folded := strings.ToLower(name); folded {
	case "properties":
		return next
	case "location", "tags", "sku", "kind", "zones", "identity", "apiversion":
		if r.decl != nil {
			if v := r.decl.member(name); v != nil {
				return v
			}
		}
	}
	return unknownFor("only the service knows the %s of %s", name, r.of.label())
}

// ofProperties is a property of the resource. Lists of which child resources are items are longer than
// what the resource itself states.
func (r *referred) ofProperties(x *context, next *referred, name string) any {
	if r.decl == nil {
		return next
	}
	if r.decl.isDeployment() {
		if strings.EqualFold(name, "outputs") {
			return r.decl.outputs()
		}
		return unknownFor("only the service knows the %s of %s", name, r.of.label())
	}
	switch all := r.decl.properties().(type) {
	case *fault:
		return all
	case *unknown:
		return all.derived("." + name)
	case *object:
		next.stated, next.told = all.get(name)
	}
	_, isList := next.stated.(list)
	if isList && (!x.e.ready || x.e.types[strings.ToLower(r.of.Type+"/"+name)]) {
		next.stated, next.told = nil, false
	}
	return next
}

// outputs are those of a deployment, each worked out.
func (d *decl) outputs() any {
	f := d.nested()
	if f == nil {
		return unknownFor("what the deployment %q deploys is not at hand", d.name.Name())
	}
	return &results{f}
}

// results are the outputs of a nested deployment, and result is one of them: an object with a value.
// Each is worked out when it is asked for, because another may wait for what this one is needed for.
type (
	results struct{ of *frame }
	result  struct {
		of   *frame
		name string
	}
)

func (r *result) member(name string) any {
	declared, ok := r.of.section("outputs")[strings.ToLower(r.name)]
	switch {
	case ok && strings.EqualFold(name, "type"):
		return declared.Member("type").Text()
	case ok && !strings.EqualFold(name, "value"):
		return faultOf("an output has no property %q; it has a type and a value", name)
	}
	return r.of.output(r.name)
}

func (r *result) whole() any {
	v := r.of.output(r.name)
	if f, ok := v.(*fault); ok {
		return f
	}
	return objectOf("type", r.member("type"), "value", v)
}

func (r *results) whole() any {
	out := &object{}
	for m := range r.of.root.Member("outputs").Items() {
		r.of.e.spend(1)
		v := (&result{r.of, m.Name()}).whole()
		if f, ok := v.(*fault); ok {
			return f
		}
		out.set(m.Name(), v)
	}
	return out
}

// childID is the id of an item of a list of child resources, such as subnets[0].id.
func (r *referred) childID(next *referred) any {
	o, _ := r.stated.(*object)
	if o == nil {
		return next
	}
	kind, _, _ := strings.Cut(r.path, "[")
	switch name, _ := o.get("name"); name.(type) {
	case string, *partial:
		return glue(r.id, "/"+kind+"/", name)
	}
	return next
}

func (r *referred) item(i int64) any {
	next := *r
	next.path, next.stated, next.told = r.path+"["+strconv.FormatInt(i, 10)+"]", nil, false
	switch stated := r.stated.(type) {
	case *unknown:
		return stated.derived("[" + strconv.FormatInt(i, 10) + "]")
	case list:
		if i >= 0 && i < int64(len(stated)) {
			next.stated, next.told = stated[i], true
			next.inside = !strings.ContainsAny(r.path, ".[")
		}
	}
	return &next
}

// reference is reference(resource, …): by symbol, by name or by id.
func reference(c *call) any {
	full := false
	if len(c.args) > 2 {
		mode, ok := c.args[2].(string)
		full = ok && strings.EqualFold(mode, "full")
	}
	switch of := c.args[0].(type) {
	case string, *partial:
		if r := c.find(of); r != nil {
			r.full = full
			return r
		}
		return unknownFor("there is no resource %q at hand", shown(of))
	default:
		c.wrong(0, "a resource")
	}
	return nil
}

// references is references(symbol) of a loop.
func references(c *call) any {
	full := len(c.args) > 1 && strings.EqualFold(c.string(len(c.args)-1), "full")
	out := list{}
	for _, d := range c.home.symbol(c.env, c.string(0)) {
		c.e.spend(2)
		r := d.referred()
		r.full = full
		out = append(out, r)
	}
	return out
}

func (d *decl) referred() *referred { return &referred{of: d.name, id: d.id(), decl: d.known()} }

// known is the declaration with what a template states; that of an existing resource may be another's.
func (d *decl) known() *decl {
	if !d.existing {
		return d
	}
	return d.frame.byID(d.name.key())
}

// find is the resource that a symbol, a name or an id stands for.
func (c *call) find(of any) *referred {
	text := shown(of)
	if !strings.Contains(text, "/") {
		if known := c.home.symbol(c.env, text); len(known) == 1 {
			return known[0].referred()
		}
		if named := c.home.byName[strings.ToLower(text)]; len(named) == 1 {
			return named[0].referred()
		}
		return nil
	}
	if !strings.HasPrefix(text, "/") {
		return c.relative(text)
	}
	name, ok := ParseResourceID(text)
	if !ok {
		return nil
	}
	return &referred{of: name, id: of, decl: c.home.byID(name.key())}
}

// relative is a resource by its type and names alone: Microsoft.Network/virtualNetworks/hub.
func (c *call) relative(text string) *referred {
	s := c.env.scope
	base := ResourceName{Subscription: shown(s.subscription), Type: "x"}
	if s.group != nil {
		base.Group = shown(s.group)
	}
	name, ok := ParseResourceID(strings.TrimSuffix(base.ID(), "x") + text)
	if !ok {
		return nil
	}
	names := make([]any, len(name.Names))
	for i := range names {
		names[i] = name.Names[i]
	}
	return &referred{of: name, id: s.id(name.Type, names), decl: c.home.byID(name.key())}
}

// symbol finds resources by their symbolic name.
func (f *frame) symbol(outer *frame, name string) []*decl {
	for _, in := range []*frame{f, outer} {
		in.declare()
		if known := in.bySymbol[name]; len(known) > 0 {
			return known
		}
	}
	return nil
}

// byID finds the one declaration of a resource, nearest first. Several that differ tell nothing.
func (f *frame) byID(key string) *decl {
	for in := f; in != nil; in = in.outer {
		in.declare()
		if known := in.byKey[key]; len(known) > 0 {
			return only(known)
		}
	}
	if !f.e.ready {
		for _, root := range f.e.roots {
			root.declare()
		}
	}
	return only(f.e.byKey[key])
}

func only(known []*decl) *decl {
	if len(known) != 1 {
		return nil
	}
	return known[0]
}

// resourceInfo is resourceInfo(symbol).
func resourceInfo(c *call) any {
	known := c.home.symbol(c.env, c.string(0))
	if len(known) != 1 {
		return faultOf("there is no resource %q", c.string(0))
	}
	d := known[0]
	return objectOf("id", d.id(), "name", d.fullName, "type", d.name.Type, "apiVersion", d.member("apiVersion"))
}
