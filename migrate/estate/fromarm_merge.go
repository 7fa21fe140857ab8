package estate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// secret are members that nothing tells, not even where two documents disagree about them.
var secret = map[string]bool{"sharedkey": true, "authorizationkey": true, "radiusserversecret": true, "servicekey": true}

// again compares a resource with what another document says of it. The one with more in it stays.
func (r *armReader) again(old, item *armItem) {
	if x, y, path := disagreement(old.Body, item.Body); path != "" {
		path = strings.TrimRight(strings.ReplaceAll(path, ".[", "["), ".")
		if slices.ContainsFunc(strings.Split(strings.ToLower(path), "."), func(part string) bool { return secret[part] }) {
			r.found = append(r.found, diag.New("LST-004", r.posIn(item.Doc, y), "two documents contradict each other about %s: %s is another here", quoteID(item.id), path).
				See(r.posIn(old.Doc, x), "than here, which counts"))
			return
		}
		r.found = append(r.found, diag.New("LST-004", r.posIn(item.Doc, y), "two documents contradict each other about %s: %s is %s here", quoteID(item.id), path, said(y)).
			See(r.posIn(old.Doc, x), "and %s here, which counts", said(x)))
		return
	}
	told := func(v arm.Value) bool { return v.Property("connectionStatus").Given() } // a list of connections has none
	switch more := item.Body.Leaves() > old.Body.Leaves(); {
	case told(old.Body) && !told(item.Body):
	case more || told(item.Body) && !told(old.Body):
		old.Item = item.Item
	}
}

// said is a value as a finding prints it.
func said(v arm.Value) string {
	switch v.Kind() {
	case arm.KindList, arm.KindObject:
		return strconv.Itoa(v.Len()) + " values"
	case arm.KindString:
		return strconv.Quote(v.Text())
	}
	return v.Text()
}

// volatile are members that differ from one minute to the next, or from one command to another.
var volatile = map[string]bool{
	"etag": true, "egressbytestransferred": true, "ingressbytestransferred": true, "resourcegroup": true, "type": true, "kind": true,
	"managedby": true, "plan": true, "identity": true, "tenantid": true, "subscriptionid": true, "extendedlocation": true, "apiversion": true,
	"dependson": true, "comments": true, "properties": true, "tunnelproperties": true, "packetcapturediagnosticstate": true,
}

// disagreement finds the first place at which two descriptions of a resource say different things.
// What one of them leaves out is no disagreement, and neither is whether properties stand in a member
// of that name.
func disagreement(a, b arm.Value) (x, y arm.Value, path string) {
	switch {
	case !a.Given() || !b.Given() || a.Is(arm.KindUnknown) || b.Is(arm.KindUnknown):
		return a, b, ""
	case a.Is(arm.KindObject) && b.Is(arm.KindObject):
		for _, inside := range []arm.Value{a, a.Member("properties")} {
			for m := range inside.Items() {
				name := m.Name()
				if volatile[strings.ToLower(name)] {
					continue
				}
				if x, y, path := disagreement(m, b.Property(name)); path != "" {
					return x, y, strings.TrimSuffix(name+"."+path, ".")
				}
			}
		}
		return a, b, ""
	case a.Is(arm.KindList) && b.Is(arm.KindList):
		if a.Len() != b.Len() {
			return a, b, "."
		}
		others := slices.Collect(b.Items())
		for i, item := range slices.Collect(a.Items()) {
			if x, y, path := disagreement(item, others[i]); path != "" {
				return x, y, "[" + strconv.Itoa(i) + "]." + path
			}
		}
		return a, b, ""
	case a.Kind() == b.Kind() && strings.EqualFold(a.Name(), "name") && strings.EqualFold(ownName(a.Text()), ownName(b.Text())):
		return a, b, "" // a child of a template has the name of its parent before its own
	case a.Kind() != b.Kind(), !strings.EqualFold(a.Text(), b.Text()):
		return a, b, "."
	}
	return a, b, ""
}

// ownName is a name without that of the parent before it.
func ownName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
