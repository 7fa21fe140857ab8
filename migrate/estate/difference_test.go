package estate_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// full is an ARM estate with one object of each kind, in which every field has a value.
func full() *estate.Estate {
	e := &estate.Estate{}
	filler().Fill(e)
	e.Docs = []string{"full.json"}
	e.VNets[0].Model = estate.ARM
	e.Gateways[0].Kind, e.Connections[0].Kind = estate.RouteServer, estate.Vnet2Vnet
	e.Sites[0].AddressOf = estate.ID{} // it hides the site's own address
	e.Mapping, e.Listings = nil, nil
	// Objects that refer to each other keep the comparison on its usual ways.
	e.Gateways[0].VNet = e.VNets[0].ID
	e.Connections[0].Gateway = e.Gateways[0].ID
	e.Peerings[0].VNet = e.VNets[0].ID
	return e
}

// filler fills estates: a place has a line, and a secret stays empty.
func filler() *fixtures.Filler {
	return &fixtures.Filler{Own: func(v reflect.Value, n int) bool {
		switch v.Interface().(type) {
		case diag.Ref:
			v.Set(reflect.ValueOf(diag.Ref{Ordinal: int32(n), Line: int32(n), Col: 1}))
		case netcfg.Secret:
		default:
			return false
		}
		return true
	}}
}

// leaf is a field with a value of its own, and how to change it.
type leaf struct {
	path   string // VNets.Subnets.Name
	change func()
}

// leavesOf lists the leaves below v.
func leavesOf(v reflect.Value, path string) []leaf {
	at := func(change func()) []leaf { return []leaf{{path, change}} }
	switch x := v.Interface().(type) {
	case netip.Prefix:
		return at(func() { v.Set(reflect.ValueOf(netip.MustParsePrefix("172.30.0.0/16"))) })
	case netip.Addr:
		return at(func() { v.Set(reflect.ValueOf(netip.MustParseAddr("51.1.2.3"))) })
	case estate.ID:
		return at(func() { x.Name += "-other"; v.Set(reflect.ValueOf(x)) })
	case diag.Ref, netcfg.Secret:
		return nil
	}
	var all []leaf
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, leavesOf(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, leavesOf(v.Index(i), path)...)
		}
	case reflect.Pointer:
		return leavesOf(v.Elem(), path)
	case reflect.String:
		return at(func() { v.SetString(v.String() + "-other") })
	case reflect.Bool:
		return at(func() { v.SetBool(!v.Bool()) })
	case reflect.Int:
		return at(func() { v.SetInt(v.Int() + 1) })
	case reflect.Uint8:
		return at(func() { v.SetUint(v.Uint() + 1) })
	}
	return all
}

// isCompared reports whether a change of a field is to be told.
func isCompared(path string) bool {
	last := path[strings.LastIndexByte(path, '.')+1:]
	switch {
	case last == "Raw" || last == "Placeholder", // as written, or what follows from it
		slices.Contains([]string{"VNets.Name", "DNSServers.Name", "Sites.Name", "SecurityGroups.Name", "RouteTables.Name"}, path), // as written
		slices.Contains([]string{"VNets.Model", "VNets.DNS.Name", "VNets.DNS.Server", "VNets.Subnets.InUse", "Sites.Unlisted", "VNets.Subnets.ServiceEndpoints.Prefixes.Prefix"}, path),
		strings.HasPrefix(path, "Sites.Region.") && path != "Sites.Region.Name", strings.HasPrefix(path, "Sites.Declared"),
		slices.Contains([]string{"Sites.Class", "Sites.Endpoint", "Sites.Network"}, path), // what was found out
		strings.HasPrefix(path, "Gateways.Region."),                                       // its VNet's
		strings.HasPrefix(path, "Gateways.Certificates.") && path != "Gateways.Certificates.Thumbprint.Value",
		strings.HasPrefix(path, "Connections.Pairing."), strings.HasPrefix(path, "Connections.Vault."),
		slices.Contains([]string{"Connections.KeyName", "Connections.DeclaredDown", "Connections.RemoteGateway", "Connections.Bypass"}, path),
		path == "Gateways.NoForwarding", // of appliances
		strings.HasPrefix(path, "Circuits.ServiceKey."), slices.Contains([]string{"Circuits.ResourceID", "Circuits.Authorization"}, path),
		strings.HasPrefix(path, "Peerings.VNet"), // a part of its ID
		strings.HasPrefix(path, "Subscriptions."), strings.HasPrefix(path, "Assumptions."), strings.HasPrefix(path, "Docs"):
		return false
	}
	return true
}

// TestEveryFieldIsCompared changes one field after the other: each change is told of its object and of no
// other, both ways, or the field is among those that are not compared.
func TestEveryFieldIsCompared(t *testing.T) {
	paths := leavesOf(reflect.ValueOf(full()).Elem(), "")
	for i := range paths {
		a, b := full(), full()
		l := leavesOf(reflect.ValueOf(b).Elem(), "")[i]
		l.change()
		top, field, _ := strings.Cut(l.path, ".")
		found := estate.Differences(a, b, nil)
		switch {
		case l.path == "VNets.Model": // what only ARM has is unknown of all that is in it
		case field == "ID" && slices.Contains([]string{"Peerings", "Subscriptions", "Assumptions"}, top): // found by their ends, or no objects
		case field == "ID": // another object
			if len(found) < 2 || found[0].Presence != estate.OnlyBefore {
				t.Errorf("%s: %+v, want one object less and one more", l.path, found)
			}
		case (len(found) > 0) != isCompared(l.path):
			t.Errorf("a change of %s gives %d differences: %+v", l.path, len(found), found)
		case len(found) > 0:
			for _, d := range append(found, estate.Differences(b, a, nil)...) {
				if got := d.Object(); got != objectIn(a, top) {
					t.Errorf("%s: told of %s", l.path, got)
				}
			}
		}
	}
	if len(paths) < 100 {
		t.Errorf("only %d fields", len(paths))
	}
}

// objectIn is the object of the slice with the name.
func objectIn(e *estate.Estate, slice string) estate.ID {
	return reflect.ValueOf(e).Elem().FieldByName(slice).Index(0).FieldByName("ID").Interface().(estate.ID)
}

func TestNetworkDoesNotDifferFromItself(t *testing.T) {
	check := func(name string, e *estate.Estate) {
		if got := estate.Differences(e, e, nil); len(got) > 0 {
			t.Errorf("%s differs from itself: %+v", name, got)
		}
	}
	check("an estate with everything", full())
	for _, name := range fixtureNames(t) {
		classic := fixture(t, name)
		arm, _, _ := estate.ToARM(classic)
		check(name, classic)
		check(name+" in ARM", arm)
	}
}

// TestRandomChange changes a random field of a random object in an estate of several objects: that object
// is told, and no other.
func TestRandomChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		several := func() *estate.Estate {
			e := &estate.Estate{}
			for i := range 3 {
				one := full()
				rename(reflect.ValueOf(one).Elem(), fmt.Sprintf("-%d", i))
				joined(reflect.ValueOf(e).Elem(), reflect.ValueOf(one).Elem())
			}
			return e
		}
		a, b := several(), several()
		var all []leaf
		var of []estate.ID
		v := reflect.ValueOf(b).Elem()
		for i := range v.NumField() {
			if v.Field(i).Kind() != reflect.Slice {
				continue
			}
			for j := range v.Field(i).Len() {
				object := v.Field(i).Index(j)
				if object.Kind() != reflect.Struct || !object.FieldByName("ID").IsValid() || object.FieldByName("ID").Type() != reflect.TypeFor[estate.ID]() {
					continue
				}
				for _, l := range leavesOf(object, v.Type().Field(i).Name) {
					if isCompared(l.path) && !strings.HasSuffix(l.path, "s.ID") {
						all, of = append(all, l), append(of, object.FieldByName("ID").Interface().(estate.ID))
					}
				}
			}
		}
		i := rapid.IntRange(0, len(all)-1).Draw(t, "field")
		all[i].change()
		found := estate.Differences(a, b, nil)
		if len(found) == 0 {
			t.Fatalf("a change of %s of %s is not told", all[i].path, of[i])
		}
		for _, d := range found {
			if d.Object() != of[i] {
				t.Errorf("a change of %s of %s is told of %s: %+v", all[i].path, of[i], d.Object(), d)
			}
		}
	})
}

// rename adds to the name of every ID below v.
func rename(v reflect.Value, suffix string) {
	if id, ok := v.Interface().(estate.ID); ok {
		if id.IsZero() {
			return
		}
		id.Name += suffix
		v.Set(reflect.ValueOf(id))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				rename(v.Field(i), suffix)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			rename(v.Index(i), suffix)
		}
	}
}

// joined appends the slices of one struct to those of another.
func joined(to, from reflect.Value) {
	for i := range to.NumField() {
		if to.Field(i).Kind() == reflect.Slice {
			to.Field(i).Set(reflect.AppendSlice(to.Field(i), from.Field(i)))
		}
	}
}

// lines are differences as text.
func lines(in []estate.Difference) []string {
	out := []string{}
	for _, d := range in {
		what := strings.Join(slices.DeleteFunc([]string{d.Part, d.PartName, d.Property}, func(s string) bool { return s == "" }), " ")
		line := fmt.Sprintf("%s %s", d.Presence, d.Object())
		if d.Aspect == estate.State {
			line = "state " + line
		}
		if what != "" {
			line += ": " + what
		}
		if len(d.Old)+len(d.New) > 0 {
			line += fmt.Sprintf(": %s -> %s", strings.Join(d.Old, ", "), strings.Join(d.New, ", "))
		}
		out = append(out, line)
	}
	return out
}

// TestDifferences shows what is told of changes that a network engineer makes.
func TestDifferences(t *testing.T) {
	id := func(typ, name string) estate.ID { return estate.ID{Subscription: "s", Type: typ, Name: name} }
	fact := func(s string) estate.Fact { return estate.Fact{Value: s, Raw: s} }
	space := func(all ...string) []estate.Prefix {
		var out []estate.Prefix
		for _, s := range all {
			out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(s), Raw: s})
		}
		return out
	}
	half := func(from, name, to string) estate.Peering {
		return estate.Peering{ID: estate.ID{Subscription: "s", Type: estate.TypePeering, Name: from, Child: name}, VNet: id(estate.TypeVNet, from), Remote: id(estate.TypeVNet, to)}
	}
	base := func() *estate.Estate {
		return &estate.Estate{
			VNets: []estate.VNet{
				{ID: id(estate.TypeVNet, "hub"), Name: "hub", Model: estate.ARM, Space: space("10.0.0.0/16", "10.9.0.0/16"),
					Subnets: []estate.Subnet{{Name: "apps", Raw: "apps", Prefix: space("10.0.1.0/24")[0]}}},
				{ID: id(estate.TypeVNet, "app"), Name: "app", Model: estate.ARM, Space: space("10.1.0.0/16")},
			},
			Gateways:    []estate.Gateway{{ID: id(estate.TypeGateway, "gw"), VNet: id(estate.TypeVNet, "hub"), SKU: "VpnGw1AZ"}},
			Connections: []estate.Connection{{ID: id(estate.TypeConnection, "hq"), Gateway: id(estate.TypeGateway, "gw"), Site: id(estate.TypeSite, "hq"), State: fact("Connected")}},
			Sites:       []estate.Site{{ID: id(estate.TypeSite, "hq"), Name: "hq", Prefixes: space("192.168.0.0/24")}},
			Peerings:    []estate.Peering{half("hub", "to-app", "app")},
			RouteTables: []estate.RouteTable{{ID: id(estate.TypeRouteTable, "fw"), Name: "fw", RoutesKnown: true,
				Routes: []estate.Route{{Name: fact("out"), Prefix: space("0.0.0.0/0")[0], NextHop: fact("Internet")}}}},
		}
	}
	for name, c := range map[string]struct {
		change func(a, b *estate.Estate)
		m      []estate.Mapping
		want   []string
	}{
		"nothing":                          {func(a, b *estate.Estate) {}, nil, []string{}},
		"prefixes are a set":               {func(a, b *estate.Estate) { slices.Reverse(b.VNets[0].Space) }, nil, []string{}},
		"order of objects does not matter": {func(a, b *estate.Estate) { slices.Reverse(b.VNets) }, nil, []string{}},
		"a prefix more": {func(a, b *estate.Estate) { b.VNets[0].Space = space("10.9.0.0/16", "10.0.0.0/16", "10.8.0.0/16") }, nil,
			[]string{"changed virtualNetworks/hub: addressSpace:  -> 10.8.0.0/16"}},
		"name servers are a list": {func(a, b *estate.Estate) {
			one, two := estate.DNSServerRef{Address: netip.MustParseAddr("10.0.0.4")}, estate.DNSServerRef{Address: netip.MustParseAddr("10.0.0.5")}
			a.VNets[0].DNS, b.VNets[0].DNS = []estate.DNSServerRef{one, two}, []estate.DNSServerRef{two, one}
		}, nil, []string{"changed virtualNetworks/hub: DNS servers: 10.0.0.4, 10.0.0.5 -> 10.0.0.5, 10.0.0.4"}},
		"a subnet of another size, and a new one": {func(a, b *estate.Estate) {
			b.VNets[0].Subnets = []estate.Subnet{{Name: "Apps", Raw: "Apps", Prefix: space("10.0.1.0/25")[0]}, {Name: "dmz", Raw: "dmz", Prefix: space("10.0.2.0/24")[0]}}
		}, nil, []string{"changed virtualNetworks/hub: subnet apps addressPrefixes: 10.0.1.0/24 -> 10.0.1.0/25", "only after virtualNetworks/hub: subnet dmz:  -> addressPrefixes: 10.0.2.0/24"}},
		"a tunnel that is down is a state": {func(a, b *estate.Estate) { b.Connections[0].State = fact("NotConnected") }, nil,
			[]string{"state changed connections/hq: connectionStatus: Connected -> NotConnected"}},
		"what nobody says does not differ": {func(a, b *estate.Estate) { b.Connections[0].State = estate.Fact{} }, nil,
			[]string{"state untold connections/hq: connectionStatus: Connected -> "}},
		"a peering by another name": {func(a, b *estate.Estate) { b.Peerings[0] = half("hub", "app", "app") }, nil,
			[]string{"changed virtualNetworks/virtualNetworkPeerings/hub/to-app: name: to-app -> app"}},
		"a flag of a peering": {func(a, b *estate.Estate) { b.Peerings[0].UseRemoteGateways = true }, nil,
			[]string{"changed virtualNetworks/virtualNetworkPeerings/hub/to-app: useRemoteGateways: off -> on"}},
		"another object by the mapping": {func(a, b *estate.Estate) {
			b.Sites[0].ID.Name, b.Connections[0].Site.Name = "headquarters", "headquarters"
		}, []estate.Mapping{{From: id(estate.TypeSite, "hq"), To: id(estate.TypeSite, "headquarters")}},
			[]string{"changed localNetworkGateways/hq: name: hq -> headquarters"}},
		"one object becomes two": {func(a, b *estate.Estate) {
			b.Sites = append(b.Sites, b.Sites[0])
			b.Sites[1].ID.Name = "hq-2"
		}, []estate.Mapping{{From: id(estate.TypeSite, "hq"), To: id(estate.TypeSite, "hq")}, {From: id(estate.TypeSite, "hq"), To: id(estate.TypeSite, "hq-2")}},
			[]string{"changed localNetworkGateways/hq: name: hq -> hq-2"}},
		"an object gone": {func(a, b *estate.Estate) { b.Connections = nil }, nil,
			[]string{"only before connections/hq: virtualNetworkGateway: gw, connectionType: IPsec, leads to: site hq -> "}},
		"an object gone, of a kind that the listing does not cover": {func(a, b *estate.Estate) {
			b.Connections = nil
			b.Listings = []estate.Listing{{Subscription: "S", Types: []string{estate.TypeGateway, estate.TypeVNet}}}
		}, nil, []string{"untold connections/hq: virtualNetworkGateway: gw, connectionType: IPsec, leads to: site hq -> "}},
		"two routes of one name": {func(a, b *estate.Estate) {
			a.RouteTables[0].Routes = append(a.RouteTables[0].Routes, a.RouteTables[0].Routes[0])
			a.RouteTables[0].Routes[1].Prefix = space("10.0.0.0/8")[0]
			b.RouteTables[0].Routes = append(slices.Clone(a.RouteTables[0].Routes), a.RouteTables[0].Routes[0])
		}, nil, []string{"only after routeTables/fw: route out:  -> addressPrefix: 0.0.0.0/0, nextHopType: Internet"}},
		"a table without its routes": {func(a, b *estate.Estate) { b.RouteTables[0].Routes, b.RouteTables[0].RoutesKnown = nil, false }, nil,
			[]string{"untold routeTables/fw: routes: listed -> "}},
		"a route to somewhere else": {func(a, b *estate.Estate) {
			b.RouteTables[0].Routes = []estate.Route{{Name: fact("out"), Prefix: space("0.0.0.0/0")[0], NextHop: fact("VirtualAppliance"), Address: estate.Address{Addr: netip.MustParseAddr("10.0.1.4")}}}
		}, nil, []string{"changed routeTables/fw: route out nextHopType: Internet -> VirtualAppliance", "changed routeTables/fw: route out nextHopIpAddress:  -> 10.0.1.4"}},
		"a default site, where nobody said anything": {func(a, b *estate.Estate) { b.Gateways[0].DefaultSite = id(estate.TypeSite, "hq") }, nil,
			[]string{"untold virtualNetworkGateways/gw: gatewayDefaultSite:  -> hq"}},
		"a default site, where a listing had none": {func(a, b *estate.Estate) {
			a.Listings = []estate.Listing{{Subscription: "s", Types: []string{estate.TypeConnection, estate.TypeSite, estate.TypeGateway, estate.TypeVNet, estate.TypeRouteTable}}}
			b.Gateways[0].DefaultSite = id(estate.TypeSite, "hq")
		}, nil, []string{"changed virtualNetworkGateways/gw: gatewayDefaultSite:  -> hq"}},
		"the address of a gateway, by reference and as a number": {func(a, b *estate.Estate) {
			a.Sites[0].AddressOf = id(estate.TypeGateway, "gw")
			b.Gateways[0].Address, b.Sites[0].Address = estate.Address{Addr: netip.MustParseAddr("51.0.0.1")}, estate.Address{Addr: netip.MustParseAddr("51.0.0.1")}
		}, nil, []string{"untold virtualNetworkGateways/gw: public address:  -> 51.0.0.1"}},
		"the address of a gateway, and a number that is another one": {func(a, b *estate.Estate) {
			a.Sites[0].AddressOf = id(estate.TypeGateway, "gw")
			b.Gateways[0].Address, b.Sites[0].Address = estate.Address{Addr: netip.MustParseAddr("51.0.0.1")}, estate.Address{Addr: netip.MustParseAddr("51.0.0.2")}
		}, nil, []string{"changed localNetworkGateways/hq: gatewayIpAddress: the address of gw -> 51.0.0.2", "untold virtualNetworkGateways/gw: public address:  -> 51.0.0.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := base(), base()
			c.change(a, b)
			if diff := cmp.Diff(c.want, lines(estate.Differences(a, b, c.m))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestConversionAsDifference compares a classic network with its ARM form: what both can say is compared.
func TestConversionAsDifference(t *testing.T) {
	f, _, err := netcfg.Parse("sketch.netcfg", sketch(t, `
		site to-b 10.2.0.0/16 @40.1.1.2
		site to-a 10.1.0.0/16 @40.1.1.1
		site HQ 192.168.0.0/16 @81.2.69.160
		site unused 192.168.99.0/24 @81.2.69.161
		vnet aa 10.1.0.0/16 -> to-b HQ
		vnet bb 10.2.0.0/16 -> to-a
	`))
	if err != nil {
		t.Fatal(err)
	}
	classic, _, _ := estate.FromNetcfg(f)
	arm, _, _ := estate.ToARM(classic)
	var got []string
	for _, d := range estate.Differences(classic, arm, arm.Mapping) {
		if d.Differs() {
			got = append(got, lines([]estate.Difference{d})...)
		}
	}
	want := []string{
		"only before localNetworkGateways/to-a: addressPrefixes: 10.1.0.0/16, gatewayIpAddress: 40.1.1.1 -> ",
		"only before localNetworkGateways/to-b: addressPrefixes: 10.2.0.0/16, gatewayIpAddress: 40.1.1.2 -> ",
		"only before localNetworkGateways/unused: addressPrefixes: 192.168.99.0/24, gatewayIpAddress: 81.2.69.161 -> ",
		"changed connections/aa/to-b: connectionType: IPsec -> Vnet2Vnet",
		"changed connections/bb/to-a: connectionType: IPsec -> Vnet2Vnet",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
