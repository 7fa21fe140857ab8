package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// addGroups makes a network manager with its connected groups and deploys them. az has the commands for it in an
// extension, and not the one that deletes what is deployed; so its requests are written out. Source: docs/sources.md#commands.
func (w *bookWriter) addGroups(c *Commands, s *plan.Step) {
	e := s.Effect.Add
	if len(e.Groups) == 0 || len(e.Managers) == 0 {
		return
	}
	m, regions := &e.Managers[0], w.regionsOf(e)
	for _, scope := range m.Scope {
		c.Before = append(c.Before, w.otherManagers(scope))
	}
	c.Do = append(c.Do, w.createManager(m, e.Groups), w.commit(m.ID, e.Groups, regions, "deploys the connected groups to the regions of their members, in place of whatever this network manager has deployed there"))
	c.Verify = append(c.Verify, w.deployed(m.ID, regions, "Deployed in every region; until then look again"),
		people("effective routes of a machine of each member show ConnectedGroup for the other members. No command here logs in to a machine"), w.stands(s))
	c.Undo = append(c.Undo, w.commit(m.ID, nil, regions, "deploys nothing, which takes the connected groups away; only if this step made the network manager"),
		w.deployed(m.ID, regions, "no configuration is left, in any region"), w.removeManager(m.ID))
}

// verifyGroups shows what is deployed of the groups of a component, which steps before this one have made.
func (w *bookWriter) verifyGroups(c *Commands, s *plan.Step) {
	for i := range w.p.Steps {
		made := w.p.Steps[i].Effect.Add
		if made == nil || len(made.Groups) == 0 || w.p.Steps[i].Wave >= s.Wave {
			continue
		}
		if slices.ContainsFunc(made.Groups, func(g estate.NetworkGroup) bool { return w.together(s.Object, g.Members[0]) }) {
			c.Do = append(c.Do, w.deployed(made.Groups[0].Manager(), w.regionsOf(made), "Deployed in every region"))
		}
	}
}

// together reports whether two VNets are of one component.
func (w *bookWriter) together(a, b estate.ID) bool {
	return slices.ContainsFunc(w.p.Components, func(c plan.Component) bool {
		return slices.ContainsFunc(c.VNets, a.Same) && slices.ContainsFunc(c.VNets, b.Same)
	})
}

// regionsOf are the regions of the members of groups, each once.
func (w *bookWriter) regionsOf(e *estate.Estate) []value {
	var out []value
	seen := map[string]bool{}
	for i := range e.Groups {
		for _, id := range e.Groups[i].Members {
			if v := w.vnet(id); v != nil && !seen[v.Region.String()] {
				seen[v.Region.String()] = true
				out = append(out, w.region(v.Region))
			}
		}
	}
	return out
}

// otherManagers shows the network managers of a subscription: two that connect networks of one scope cannot be.
func (w *bookWriter) otherManagers(scope string) Command {
	id := estate.ID{Subscription: strings.TrimPrefix(scope, scopePrefix), Type: estate.TypeNetworkManager}
	typ, _ := armType(id)
	az := w.azIn("resource list", id).opt("resource-type", literal(typ)).add("--query='[].id'", "--output=tsv")
	ps := w.psIn("Get-AzResource", id).opt("ResourceType", literal(typ)).String() + " | Select-Object ResourceId"
	return w.command(az.String(), ps, "network managers of subscription %s: none, or one that connects no networks of it; with another one, stop", id.Subscription)
}

// createManager makes a network manager, its groups with their members, and a configuration for each group.
func (w *bookWriter) createManager(m *estate.NetworkManager, groups []estate.NetworkGroup) Command {
	var scopes []value
	for _, scope := range m.Scope {
		scopes = append(scopes, append(literal(scopePrefix), w.subscription(estate.ID{Subscription: strings.TrimPrefix(scope, scopePrefix)})...))
	}
	body := &arm.NetworkManager{}
	for _, scope := range scopes {
		body.Subscriptions = append(body.Subscriptions, scope.marked())
	}
	az := []string{w.request("put", versioned(w.resourceID(m.ID)), w.body(m.ID, &m.Region, nil, body))}
	var ps []string
	for i := range groups {
		posix, powershell := w.createGroup(&groups[i])
		az, ps = append(az, posix...), append(ps, powershell...)
	}
	manager := w.ps("New-AzNetworkManager", m.ID).opt("Location", w.region(m.Region)).
		add("-NetworkManagerScope (New-AzNetworkManagerScope -Subscription " + powershellList(scopes) + ")").add("-NetworkManagerScopeAccess Connectivity")
	show := "ForEach-Object { $_ | Select-Object Name, ProvisioningState\n    " + strings.Join(ps, "\n    ") + " }"
	return w.create(m.ID, strings.Join(az, " &&\n"), manager, show, "network manager %s with %s; nothing is deployed yet", m.ID.Name, count(len(groups), "group"))
}

// createGroup makes a group, its members and the configuration that connects them.
func (w *bookWriter) createGroup(g *estate.NetworkGroup) (az, ps []string) {
	id, mesh := w.resourceID(g.ID), meshOf(g.ID)
	az = append(az, w.request("put", versioned(id), w.body(g.ID, nil, nil, &arm.NetworkGroup{})))
	ps = append(ps, w.ps("New-AzNetworkManagerGroup", g.ID).named("NetworkManagerName", g.ID.Name).named("Name", g.ID.Child).String()+" | Select-Object Name")
	names, vnets := membersOf(g)
	for i, member := range vnets {
		at := append(id.then("/staticMembers/"), w.name(names[i])...)
		vnet := w.resourceID(member)
		az = append(az, w.request("put", versioned(at), w.body(g.ID, nil, nil, &arm.StaticMember{VirtualNetwork: vnet.marked()})))
		ps = append(ps, w.ps("New-AzNetworkManagerStaticMember", g.ID).named("NetworkManagerName", g.ID.Name).named("NetworkGroupName", g.ID.Child).
			named("Name", names[i]).opt("ResourceId", vnet).String()+" | Select-Object Name")
	}
	global, flag := isGlobal(g, w.vnet), ""
	if global {
		flag = " -IsGlobal"
	}
	az = append(az, w.request("put", versioned(w.resourceID(mesh)), w.body(mesh, nil, nil, &arm.Mesh{NetworkGroup: id.marked(), Global: global})))
	ps = append(ps, w.ps("New-AzNetworkManagerConnectivityConfiguration", mesh).named("NetworkManagerName", mesh.Name).named("Name", mesh.Child).add("-ConnectivityTopology Mesh").
		add("-AppliesToGroup @(New-AzNetworkManagerConnectivityGroupItem -NetworkGroupId "+id.powershell()+" -GroupConnectivity DirectlyConnected"+flag+")").when(global, "-IsGlobal").String()+" | Select-Object Name")
	return az, ps
}

// commit lets a network manager deploy the configurations of groups to regions, and nothing else.
func (w *bookWriter) commit(manager estate.ID, groups []estate.NetworkGroup, regions []value, note string) Command {
	var configurations []value
	for i := range groups {
		configurations = append(configurations, w.resourceID(meshOf(groups[i].ID)))
	}
	body := append(literal(`{"commitType":"Connectivity","configurationIds":`), jsonList(configurations)...).then(`,"targetLocations":`)
	body = append(body, jsonList(regions)...).then("}")
	ps := w.ps("Deploy-AzNetworkManagerCommit", manager).named("Name", manager.Name).add("-CommitType Connectivity", "-TargetLocation "+powershellList(regions))
	if len(configurations) > 0 {
		ps.add("-ConfigurationId " + powershellList(configurations))
	}
	return w.command(w.request("post", versioned(w.resourceID(manager).then("/commit")), body), ps.String(), "%s", note)
}

// deployed shows what a network manager has deployed in regions.
func (w *bookWriter) deployed(manager estate.ID, regions []value, want string) Command {
	body := append(literal(`{"deploymentTypes":["Connectivity"],"regions":`), jsonList(regions)...).then("}")
	az := w.request("post", versioned(w.resourceID(manager).then("/listDeploymentStatus")), body, "--query='value[].[region, deploymentStatus, errorMessage, length(configurationIds)]'", "--output=tsv")
	ps := w.ps("Get-AzNetworkManagerDeploymentStatus", manager).named("NetworkManagerName", manager.Name).add("-DeploymentType Connectivity", "-Region "+powershellList(regions)).String() +
		" |\n  ForEach-Object { $_.Value } | Select-Object Region, DeploymentStatus, ErrorMessage, ConfigurationIds"
	return w.command(az, ps, "%s", want)
}

// removeManager deletes a network manager with all that it has. force takes what it has deployed away before.
func (w *bookWriter) removeManager(id estate.ID) Command {
	ps := w.ps("Remove-AzNetworkManager", id).named("Name", id.Name).add("-Force", "-ForceDelete")
	return w.command(w.request("delete", versioned(w.resourceID(id)).then("&force=true"), nil), ps.String(), "network manager %s with its groups and configurations; only if this step made it", id.Name)
}

// vnet is a VNet that is there, or is there before or after.
func (w *bookWriter) vnet(id estate.ID) *estate.VNet {
	if v := w.now.vnets[id.Key()]; v != nil {
		return v
	}
	if v := w.target.VNet(id); v != nil {
		return v
	}
	return w.base.VNet(id)
}
