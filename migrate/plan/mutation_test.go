package plan_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// mutations break a plan, each in one way, at the n-th place where it can; they report whether there is one.
// A pointer into the plan may be changed: its steps, effects and windows are its own.
var mutations = []struct {
	name  string
	apply func(p *plan.Plan, n int) bool
}{
	{"a peering is not made", dropStep(plan.CreatePeering)},
	{"a tunnel is not deleted", dropStep(plan.DeleteTunnel)},
	{"a gateway is not deleted", dropStep(plan.DeleteGateway)},
	{"the gateway of the hub is not used", dropStep(plan.UseRemoteGateway)},
	{"the firewall is not made", dropStep(plan.CreateFirewall)},
	{"the appliances are not made", dropStep(plan.CreateAppliances)},
	{"the Route Server is not made", dropStep(plan.CreateRouteServer)},
	{"what is announced is missing", eachStep(func(_ *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CreateRouteServer {
			return false
		}
		servers := slices.Clone(s.Effect.Add.Gateways)
		servers[0].RoutePeers = slices.Clone(servers[0].RoutePeers)
		for i := range servers[0].RoutePeers {
			servers[0].RoutePeers[i].Learned = servers[0].RoutePeers[i].Learned[1:]
		}
		s.Effect.Add.Gateways = servers
		return true
	})},
	{"the ranges themselves are announced", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CreateRouteServer {
			return false
		}
		servers := slices.Clone(s.Effect.Add.Gateways)
		servers[0].RoutePeers = slices.Clone(servers[0].RoutePeers)
		for i := range servers[0].RoutePeers {
			servers[0].RoutePeers[i].Learned = nil
			for v := range p.Base.VNets {
				servers[0].RoutePeers[i].Learned = append(servers[0].RoutePeers[i].Learned, p.Base.VNets[v].Space...)
			}
		}
		s.Effect.Add.Gateways = servers
		return true
	})},
	{"new pairs are not kept out", dropStep(plan.CloseSubnets)},
	{"a rule that keeps a new pair out is missing", eachStep(func(_ *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CloseSubnets {
			return false
		}
		groups := slices.Clone(s.Effect.Add.SecurityGroups)
		groups[0].Rules = groups[0].Rules[1:]
		s.Effect.Add.SecurityGroups = groups
		return true
	})},
	{"a subnet has no guard", eachStep(func(_ *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CloseSubnets {
			return false
		}
		vnets := slices.Clone(s.Effect.Add.VNets)
		vnets[0].Subnets = slices.Clone(vnets[0].Subnets)
		at := slices.IndexFunc(vnets[0].Subnets, func(b estate.Subnet) bool { return !b.SecurityGroup.IsZero() })
		vnets[0].Subnets[at].SecurityGroup = estate.ID{}
		s.Effect.Add.VNets = vnets
		return true
	})},
	{"a guard lets nothing in", eachStep(func(_ *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CloseSubnets {
			return false
		}
		groups := slices.Clone(s.Effect.Add.SecurityGroups)
		groups[0].Rules = slices.Clone(groups[0].Rules)
		groups[0].Rules[0].Source.Value = "*"
		s.Effect.Add.SecurityGroups = groups
		return true
	})},
	{"the route tables are not made", dropStep(plan.CreateRoutes)},
	{"a VNet is not led through the firewall", dropStep(plan.AssociateRoutes)},
	{"a route is missing", eachTable(func(r *estate.RouteTable) bool { r.Routes = r.Routes[1:]; return true })},
	{"a route leads to another address", eachTable(func(r *estate.RouteTable) bool {
		was := r.Routes[0].Address
		r.Routes[0].Address = estate.Address{Addr: was.Next()}
		return was.IsValid()
	})},
	{"a route leads to the gateway", eachTable(func(r *estate.RouteTable) bool {
		was := r.Routes[0].NextHop.Value
		r.Routes[0].NextHop, r.Routes[0].Address = estate.Fact{Value: estate.HopGateway}, estate.Address{}
		return was != estate.HopGateway
	})},
	{"a route leads nowhere", eachTable(func(r *estate.RouteTable) bool {
		r.Routes[0].NextHop, r.Routes[0].Address = estate.Fact{Value: estate.HopNone}, estate.Address{}
		return true
	})},
	{"a table takes the routes of gateways", eachTable(func(r *estate.RouteTable) bool { r.NoPropagation = !r.NoPropagation; return true })},
	{"a GatewaySubnet has no route table", eachStep(func(_ *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CreateVNet || len(s.Effect.Add.VNets[0].Subnets) == 0 || s.Effect.Add.VNets[0].Subnets[0].RouteTable.IsZero() {
			return false
		}
		s.Effect.Add.VNets = slices.Clone(s.Effect.Add.VNets)
		v := &s.Effect.Add.VNets[0]
		v.Subnets = slices.Clone(v.Subnets)
		v.Subnets[0].RouteTable = estate.ID{}
		return true
	})},
	{"a subnet has no route table", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.AssociateRoutes {
			return false
		}
		vnets := slices.Clone(s.Effect.Add.VNets)
		vnets[0].Subnets = slices.Clone(vnets[0].Subnets)
		for i := range vnets[0].Subnets {
			if !vnets[0].Subnets[i].RouteTable.IsZero() {
				vnets[0].Subnets[i].RouteTable = estate.ID{}
				s.Effect.Add.VNets = vnets
				return true
			}
		}
		return false
	})},
	{"a half of a peering is missing", eachAdded(func(p *plan.Plan, s *plan.Step, at int) bool {
		if estate.NewIndex(p.Base).Peering(s.Effect.Add.Peerings[at].ID) != nil {
			return false // it is there, and the step synchronises it
		}
		s.Effect.Add.Peerings = slices.Delete(s.Effect.Add.Peerings, at, at+1)
		return true
	})},
	{"a half lets nobody in", flag(func(h *estate.Peering) *bool { return &h.AllowVirtualNetworkAccess }, true)},
	{"a half lets forwarded traffic in", flag(func(h *estate.Peering) *bool { return &h.AllowForwardedTraffic }, false)},
	{"a half allows no gateway transit", flag(func(h *estate.Peering) *bool { return &h.AllowGatewayTransit }, true)},
	{"a half does not use the gateway", flag(func(h *estate.Peering) *bool { return &h.UseRemoteGateways }, true)},
	{"a half uses a gateway too early", flag(func(h *estate.Peering) *bool { return &h.UseRemoteGateways }, false)},
	{"a half is not connected", eachAdded(func(p *plan.Plan, s *plan.Step, at int) bool {
		if replaced(p, slices.IndexFunc(p.Steps, func(o plan.Step) bool { return o.ID == s.ID }), s.Effect.Add.Peerings[at].ID) {
			return false // a later step mends it, before anything has to pass
		}
		s.Effect.Add.Peerings[at].State = estate.PeeringDisconnected
		return true
	})},
	{"a half leads to another VNet", eachAdded(func(p *plan.Plan, s *plan.Step, at int) bool {
		h := &s.Effect.Add.Peerings[at]
		for i := range p.Base.VNets {
			if id := p.Base.VNets[i].ID; !id.Same(h.VNet) && !id.Same(h.Remote) {
				h.Remote = id
				return true
			}
		}
		return false
	})},
	{"a half leads to no VNet", eachAdded(func(p *plan.Plan, s *plan.Step, at int) bool {
		s.Effect.Add.Peerings[at].Remote.Name += "-gone"
		return true
	})},
	{"a tunnel is deleted before anything else", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		return s.Action == plan.DeleteTunnel && toFront(p, s)
	})},
	{"a gateway is deleted before anything else", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		return s.Action == plan.DeleteGateway && toFront(p, s)
	})},
	{"a gateway is deleted in the wave of its connections", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.DeleteGateway {
			return false
		}
		x := estate.NewIndex(p.Base)
		for i := range p.Steps {
			for _, id := range p.Steps[i].Effect.Remove {
				if c := x.Connection(id); c != nil && c.Gateway.Same(s.Object) && p.Steps[i].ID != s.ID {
					s.Wave = p.Steps[i].Wave
					inOrder(p)
					return true
				}
			}
		}
		return false
	})},
	{"a tunnel is deleted in the wave of its peering", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.CreatePeering {
			return false
		}
		x := estate.NewIndex(p.Base)
		for i := range p.Steps {
			o := &p.Steps[i]
			joins := func(id estate.ID) bool {
				c := x.Connection(id)
				return c != nil && x.Gateway(c.Gateway) != nil && x.Gateway(c.Gateway).VNet.Name == s.Effect.Add.Peerings[0].VNet.Name && c.Pairing.Partner.Name != "" &&
					x.Gateway(x.Connection(c.Pairing.Partner).Gateway).VNet.Same(s.Effect.Add.Peerings[0].Remote)
			}
			if o.Action == plan.DeleteTunnel && slices.ContainsFunc(o.Effect.Remove, joins) {
				o.Wave = s.Wave
				inOrder(p)
				return true
			}
		}
		return false
	})},
	{"a gateway that is needed is deleted, too", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.DeleteGateway {
			return false
		}
		target := estate.NewIndex(p.Target)
		for i := range p.Base.Gateways {
			if g := &p.Base.Gateways[i]; target.Gateway(g.ID) != nil {
				s.Effect.Remove = append(slices.Clone(s.Effect.Remove), g.ID)
				return true
			}
		}
		return false
	})},
	{"a connection that is needed is deleted, too", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.DeleteTunnel {
			return false
		}
		target := estate.NewIndex(p.Target)
		for i := range p.Base.Connections {
			if c := &p.Base.Connections[i]; target.Connection(c.ID) != nil {
				s.Effect.Remove = append(slices.Clone(s.Effect.Remove), c.ID)
				return true
			}
		}
		return false
	})},
	{"a site that is needed is deleted, too", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.DeleteTunnel {
			return false
		}
		target := estate.NewIndex(p.Target)
		for i := range p.Base.Sites {
			if site := &p.Base.Sites[i]; target.Site(site.ID) != nil {
				s.Effect.Remove = append(slices.Clone(s.Effect.Remove), site.ID)
				return true
			}
		}
		return false
	})},
	{"a VNet is deleted, too", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		if s.Action != plan.DeleteTunnel {
			return false
		}
		s.Effect.Remove = append(slices.Clone(s.Effect.Remove), p.Base.VNets[0].ID)
		return true
	})},
	{"a window is not declared", func(p *plan.Plan, n int) bool {
		if n >= len(p.Windows) || !counts(p, &p.Windows[n]) {
			return false
		}
		p.Windows = slices.Delete(p.Windows, n, n+1)
		return true
	}},
	{"a window names no pairs", func(p *plan.Plan, n int) bool {
		if n >= len(p.Windows) || !counts(p, &p.Windows[n]) {
			return false
		}
		p.Windows[n].Pairs = nil
		return true
	}},
	{"a window is too short", func(p *plan.Plan, n int) bool { // PLAN-024
		if n >= len(p.Windows) {
			return false
		}
		p.Windows[n].Minutes = [2]int{0, 1}
		return true
	}},
	{"a window closes with its first step", func(p *plan.Plan, n int) bool {
		if n >= len(p.Windows) || len(p.Windows[n].Steps) < 2 || !counts(p, &p.Windows[n]) || p.Windows[n].Cause == "U6" {
			return false // what cuts the pairs of a window U6 is in one wave, and a window is open to the end of a wave
		}
		p.Windows[n].Steps = p.Windows[n].Steps[:1]
		return true
	}},
	{"an undo puts an object back less", eachStep(func(p *plan.Plan, s *plan.Step) bool { return missed(s) && fewer(&s.Back.Restore) })},
	{"an undo leaves an object standing", undo(func(p *plan.Plan, u *plan.Undo) bool { return fewer(&u.Remove) })},
	{"an undo puts another object back", eachStep(func(p *plan.Plan, s *plan.Step) bool { return missed(s) && another(p, &s.Back.Restore) })},
	{"an undo deletes another object", undo(func(p *plan.Plan, u *plan.Undo) bool { return another(p, &u.Remove) })},
	{"an undo deletes what is in use, too", undo(func(p *plan.Plan, u *plan.Undo) bool {
		u.Remove = append(slices.Clone(u.Remove), p.Base.VNets[0].ID)
		return true
	})},
	{"an undo puts back what never was", undo(func(p *plan.Plan, u *plan.Undo) bool {
		id := p.Base.VNets[0].ID
		id.Name += "-never"
		u.Restore = append(slices.Clone(u.Restore), id)
		return true
	})},
	{"a step says no undo", undo(func(p *plan.Plan, u *plan.Undo) bool { *u = plan.Undo{}; return true })},
	{"a point of no return is not marked", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		was := s.Impact.NoReturn
		s.Impact.NoReturn = false
		return was
	})},
	{"a point of no return is not marked, and its undo said to be one", eachStep(func(p *plan.Plan, s *plan.Step) bool {
		was := s.Impact.NoReturn
		s.Impact.NoReturn, s.Back.None = false, ""
		return was
	})},
	{"an undo brings a public address back", undo(func(p *plan.Plan, u *plan.Undo) bool {
		if u.None == "" || len(p.Base.Gateways) == 0 {
			return false
		}
		u.Restore = append(slices.Clone(u.Restore), p.Base.Gateways[0].PublicIP)
		return true
	})},
}

func dropStep(a plan.Action) func(*plan.Plan, int) bool {
	return func(p *plan.Plan, n int) bool {
		for i := range p.Steps {
			if p.Steps[i].Action != a {
				continue
			}
			if n == 0 {
				p.Steps = slices.Delete(p.Steps, i, i+1)
				return true
			}
			n--
		}
		return false
	}
}

// eachStep applies a change to the n-th step that takes it.
func eachStep(change func(*plan.Plan, *plan.Step) bool) func(*plan.Plan, int) bool {
	return func(p *plan.Plan, n int) bool {
		for i := range p.Steps {
			if i < n {
				continue
			}
			return change(p, &p.Steps[i]) || len(p.Steps) > i+1 && eachStep(change)(p, i+1)
		}
		return false
	}
}

// eachAdded applies a change to the n-th half of a peering that a step adds.
func eachAdded(change func(p *plan.Plan, s *plan.Step, at int) bool) func(*plan.Plan, int) bool {
	return func(p *plan.Plan, n int) bool {
		for i := range p.Steps {
			s := &p.Steps[i]
			if s.Effect.Add == nil {
				continue
			}
			if n < len(s.Effect.Add.Peerings) {
				return change(p, s, n)
			}
			n -= len(s.Effect.Add.Peerings)
		}
		return false
	}
}

// flag turns a flag of the n-th half that has it so.
func flag(of func(*estate.Peering) *bool, is bool) func(*plan.Plan, int) bool {
	return func(p *plan.Plan, n int) bool {
		for i := range p.Steps {
			s := &p.Steps[i]
			if s.Effect.Add == nil {
				continue
			}
			for j := range s.Effect.Add.Peerings {
				set := of(&s.Effect.Add.Peerings[j])
				if *set != is || replaced(p, i, s.Effect.Add.Peerings[j].ID) {
					continue
				}
				if n == 0 {
					*set = !is
					return true
				}
				n--
			}
		}
		return false
	}
}

// eachTable breaks the route tables of a plan, one after the other.
func eachTable(change func(*estate.RouteTable) bool) func(p *plan.Plan, n int) bool {
	return func(p *plan.Plan, n int) bool {
		for i := range p.Steps {
			s := &p.Steps[i]
			if s.Action != plan.CreateRoutes || n >= len(s.Effect.Add.RouteTables) {
				continue
			}
			s.Effect.Add.RouteTables = slices.Clone(s.Effect.Add.RouteTables)
			t := &s.Effect.Add.RouteTables[n]
			t.Routes = slices.Clone(t.Routes)
			return change(t)
		}
		return false
	}
}

// replaced reports whether a later step writes a half again.
func replaced(p *plan.Plan, step int, id estate.ID) bool {
	return slices.ContainsFunc(p.Steps[step+1:], func(s plan.Step) bool {
		return s.Effect.Add != nil && slices.ContainsFunc(s.Effect.Add.Peerings, func(h estate.Peering) bool { return h.ID.Same(id) })
	})
}

// counts reports whether a window is about a pair that surely talks: another one is never missed.
func counts(p *plan.Plan, w *plan.Window) bool {
	for pair, is := range p.Before.Pairs() {
		if is.Value == reach.Yes && slices.Contains(w.Pairs, [2]string{pair[0].String(), pair[1].String()}) {
			return true
		}
	}
	return false
}

// toFront moves a step into a wave of its own before all others.
func toFront(p *plan.Plan, s *plan.Step) bool {
	id := s.ID
	for i := range p.Steps {
		p.Steps[i].Wave++
		if p.Steps[i].ID == id {
			p.Steps[i].Wave = 1
		}
	}
	inOrder(p)
	return true
}

func inOrder(p *plan.Plan) {
	slices.SortStableFunc(p.Steps, func(a, b plan.Step) int { return a.Wave - b.Wave })
}

// own copies what mutations change.
func own(p *plan.Plan) *plan.Plan {
	n := *p
	n.Steps = slices.Clone(p.Steps)
	for i := range n.Steps {
		if add := n.Steps[i].Effect.Add; add != nil {
			mine := *add
			mine.Peerings = slices.Clone(add.Peerings)
			n.Steps[i].Effect.Add = &mine
		}
	}
	n.Windows = slices.Clone(p.Windows)
	return &n
}

// TestCheckCatchesBrokenPlans breaks the plans of all fixtures in every way, each in one place; the check finds each.
// NETMIGRATE_PLACES=12 breaks them in more.
func TestCheckCatchesBrokenPlans(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	plans := map[string]*plan.Plan{}
	with := func(name string, e *estate.Estate, opts options.Options) {
		p, _, err := plan.Make(e, opts)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(p.Violations) > 0 {
			t.Fatal(name, p.Violations)
		}
		plans[name] = p
	}
	add := func(name string, e *estate.Estate, transit options.Transit) {
		with(name, e, options.Options{Transit: transit})
	}
	e, opts := spelt("regional", twoRegions...).read(t, 0)
	with("hubs by region", e, *opts)
	e, opts = spelt("several", twice...).read(t, 0)
	with("several hubs", e, *opts)
	e, opts = spelt("h", relaying...).read(t, 0)
	opts.Transit = options.TransitGateway
	with("a gateway as a router", e, *opts)
	e, opts = spelt("regional", abroad...).read(t, 0)
	opts.Transit = options.TransitVPN
	with("hubs joined by VPN", e, *opts)
	for _, name := range classicFixtures(t) {
		add(name, fixture(t, name), options.TransitDirect)
		add(name+" through a firewall", fixture(t, name), options.TransitFirewall)
		add(name+" in a group", fixture(t, name), options.TransitGroup)
	}
	with("star, closed", fixture(t, "star"), options.Options{Hub: "website", Exposure: options.ExposureClosed})
	with("a mesh, closed", fixture(t, "full-mesh"), options.Options{Hub: "cards", Exposure: options.ExposureClosed})
	with("star, inspected", fixture(t, "star"), options.Options{Transit: options.TransitFirewall, Inspect: options.InspectAll})
	add("star through appliances", fixture(t, "star"), options.TransitNVA)
	add("star through a Route Server", fixture(t, "star"), options.TransitRouteServer)
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		add("live/"+name, e, options.TransitDirect)
	}
	places := 1
	if text := os.Getenv("NETMIGRATE_PLACES"); text != "" {
		if _, err := fmt.Sscan(text, &places); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			count := 0
			for name, p := range plans {
				for n := range places {
					broken := own(p)
					if !m.apply(broken, n) {
						break
					}
					count++
					if found := plan.Check(broken).Violations; len(found) == 0 {
						t.Errorf("%s, place %d: nothing is found\n%s", name, n, outline(broken))
					}
				}
			}
			if count == 0 {
				t.Error("no plan can be broken so")
			}
			t.Logf("%d broken plans", count)
		})
	}
}
