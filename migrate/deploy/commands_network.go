package deploy

import (
	"reflect"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// addNetwork makes a VNet, or changes what the step changes of one that is there.
func (w *bookWriter) addNetwork(c *Commands, v *estate.VNet) {
	if was := w.now.vnets[v.ID.Key()]; was != nil {
		w.changeNetwork(c, was, v)
		return
	}
	c.Do = append(c.Do, w.createNetwork(v)...)
	c.Verify = append(c.Verify, w.showNetwork(v.ID))
}

// createNetwork makes a VNet that does not exist: az adds the subnets one after the other.
func (w *bookWriter) createNetwork(v *estate.VNet) []Command {
	space := prefixes(v.Space)
	var servers []string
	for _, d := range v.DNS {
		servers = append(servers, d.Address.String())
	}
	az := []string{w.az("network vnet create", v.ID).named("name", v.ID.Name).opt("location", w.region(v.Region)).list("address-prefixes", space).list("dns-servers", servers).add("--output=none").String()}
	ps := w.ps("New-AzVirtualNetwork", v.ID).opt("Location", w.region(v.Region)).list("AddressPrefix", space).list("DnsServer", servers)
	var subnets []string
	var left []Command
	for i := range v.Subnets {
		s := &v.Subnets[i]
		posix, powershell := w.subnet(v.ID, s)
		az, subnets = append(az, posix.String()), append(subnets, strings.Join(powershell.words, " "))
		if len(s.ServiceEndpoints)+len(s.Delegations) > 0 || !s.NATGateway.IsZero() {
			left = append(left, people("subnet %s of %s has service endpoints, a delegation or a NAT gateway: a person sets them", s.Name, v.ID.Name))
		}
	}
	if len(subnets) > 0 {
		ps.add("-Subnet @(\n    " + strings.Join(subnets, "\n    ") + "\n  )")
	}
	if v.Encryption {
		left = append(left, people("encryption of VNet %s: a person switches it on", v.ID.Name))
	}
	return append([]Command{w.create(v.ID, strings.Join(az, " &&\n"), ps, "Select-Object Name, ProvisioningState", "VNet %s with its subnets", v.ID.Name)}, left...)
}

// subnet is a subnet of a VNet that is made.
func (w *bookWriter) subnet(vnet estate.ID, s *estate.Subnet) (az, ps *line) {
	space := prefixes(slices.Concat([]estate.Prefix{s.Prefix}, s.MorePrefixes))
	az = w.az("network vnet subnet create", vnet).named("vnet-name", vnet.Name).named("name", s.Name).list("address-prefixes", space).
		add("--default-outbound-access=" + boolWord(outbound(s)))
	ps = (&line{w: w, shell: PowerShell, words: []string{"New-AzVirtualNetworkSubnetConfig"}}).named("Name", s.Name).list("AddressPrefix", space).
		add("-DefaultOutboundAccess $" + boolWord(outbound(s)))
	if !s.SecurityGroup.IsZero() {
		az.opt("network-security-group", w.resourceID(s.SecurityGroup))
		ps.opt("NetworkSecurityGroupId", w.resourceID(s.SecurityGroup))
	}
	if !s.RouteTable.IsZero() {
		az.opt("route-table", w.resourceID(s.RouteTable))
		ps.opt("RouteTableId", w.resourceID(s.RouteTable))
	}
	return az.add("--output=none"), ps
}

// binding is what a subnet refers to and a command can change alone.
type binding struct {
	word   string
	option string // of az, by which it is set
	member string // in az, by which it is taken off
	class  string // of PowerShell, with the member of a subnet that has it
	field  string
	unseen bool // one that no input tells of may be there
	of     func(*estate.Subnet) estate.ID
}

var bindings = []binding{
	{"security group", "network-security-group", "networkSecurityGroup", "PSNetworkSecurityGroup", "NetworkSecurityGroup", true, func(s *estate.Subnet) estate.ID { return s.SecurityGroup }},
	{"route table", "route-table", "routeTable", "PSRouteTable", "RouteTable", false, func(s *estate.Subnet) estate.ID { return s.RouteTable }},
}

// changeNetwork gives subnets of a VNet that exists their security groups and route tables, one property of one subnet at
// a time. Whatever else of it is to change is for a person: a write drops what it does not name.
func (w *bookWriter) changeNetwork(c *Commands, was, v *estate.VNet) {
	do := w.bindings(was, v)
	if len(do) == 0 {
		c.Do = append(c.Do, people("VNet %s exists: a person changes it, property by property", v.ID.Name))
		return
	}
	if !reflect.DeepEqual(unbound(was, v), unbound(was, was)) {
		do = append(do, people("VNet %s exists, and the step changes more of it than what its subnets are bound to: a person does that, property by property", v.ID.Name))
	}
	c.Before = append(c.Before, w.showSubnets(v.ID, "keep what is printed, to compare"))
	c.Do = append(c.Do, do...)
	if slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return !s.SecurityGroup.IsZero() }) && len(boundTo(was, v, bindings[0].of)) > 0 {
		c.Before = append(c.Before, people("in the subnets of %s nothing is reached from the Internet by a group of its own interface, and there is no private endpoint, application gateway or other service that needs rules of its own. Where there is, stop: its owner makes the group, or the pair is accepted", v.ID.Name))
	}
	groups, tables := boundTo(was, v, bindings[0].of), boundTo(was, v, bindings[1].of)
	var what []string
	if len(groups) > 0 {
		what = append(what, "the security groups")
	}
	if len(tables) > 0 {
		what = append(what, "the route tables")
	}
	c.Verify = append(c.Verify, w.showSubnets(v.ID, strings.Join(what, " and ")+" are new, and all the rest is as it was"))
	if len(groups) > 0 {
		c.Verify = append(c.Verify, w.effectiveRules(v.ID, "the rules of "+strings.Join(groups, ", ")+", and those of its own group if it has one"))
	}
	if len(tables) > 0 {
		c.Verify = append(c.Verify, w.effectiveRoutes(v.ID, "every prefix of "+strings.Join(tables, ", ")+" has the next hop "+w.nextHopOf(v)))
	}
}

// nextHopOf is what the route tables at the subnets of a VNet lead to, in the words of effective routes.
func (w *bookWriter) nextHopOf(v *estate.VNet) string {
	for i := range v.Subnets {
		if t := w.target.RouteTable(v.Subnets[i].RouteTable); t != nil && slices.ContainsFunc(t.Routes, func(r estate.Route) bool { return r.NextHop.Value == estate.HopGateway }) {
			return estate.HopGateway
		}
	}
	return estate.HopAppliance
}

// boundTo names what subnets of a VNet are bound to and were not before, each once.
func boundTo(was, is *estate.VNet, of func(*estate.Subnet) estate.ID) []string {
	var out []string
	for i := range is.Subnets {
		s := &is.Subnets[i]
		if old := subnetNamed(was, s.Name); old != nil && !of(old).Same(of(s)) && !of(s).IsZero() && !slices.Contains(out, of(s).Name) {
			out = append(out, of(s).Name)
		}
	}
	return out
}

// bindings are the commands that make what the subnets of a VNet are bound to that of another form of it.
func (w *bookWriter) bindings(from, to *estate.VNet) []Command {
	var out []Command
	for i := range to.Subnets {
		s := &to.Subnets[i]
		was := subnetNamed(from, s.Name)
		for k := range bindings {
			if b := &bindings[k]; was != nil && !b.of(was).Same(b.of(s)) {
				out = append(out, w.bind(b, to.ID, s.Name, b.of(was), b.of(s)))
			}
		}
	}
	return out
}

func subnetNamed(v *estate.VNet, name string) *estate.Subnet {
	i := slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return nil
	}
	return &v.Subnets[i]
}

// unbound is a VNet without what those subnets are bound to that another form of it has as well.
func unbound(was, v *estate.VNet) estate.VNet {
	out := *v
	out.Subnets = slices.Clone(v.Subnets)
	for i := range out.Subnets {
		if s := &out.Subnets[i]; subnetNamed(was, s.Name) != nil {
			s.RouteTable, s.RouteTableRefs, s.SecurityGroup, s.SecurityGroupRefs = estate.ID{}, nil, estate.ID{}, nil
		}
	}
	return out
}

// bind gives a subnet a security group or a route table, or none. Both tools read the subnet and write it with the one
// property changed; PowerShell has no way to write one subnet, and writes its VNet. Source: docs/sources.md#commands.
func (w *bookWriter) bind(b *binding, vnet estate.ID, subnet string, from, to estate.ID) Command {
	az := w.az("network vnet subnet update", vnet).named("vnet-name", vnet.Name).named("name", subnet)
	note, set := "subnet %s of %s has no "+b.word+" any more", "$null"
	if to.IsZero() {
		az.add("--remove " + b.member)
	} else {
		az.opt(b.option, w.resourceID(to))
		note, set = "subnet %s of %s uses "+b.word+" "+strings.ReplaceAll(to.Name, "%", "%%"), "[Microsoft.Azure.Commands.Network.Models."+b.class+"] @{ Id = "+w.resourceID(to).powershell()+" }"
	}
	ps := w.ps("Get-AzVirtualNetwork", vnet).named("Name", vnet.Name).add("-ErrorAction Stop").String() +
		" |\n  ForEach-Object { (Given ($_.Subnets | Where-Object Name -EQ " + w.name(subnet).powershell() + ") 'the subnet')." + b.field + " = " + set + "; $_ } |\n  ForEach-Object { Set-AzVirtualNetwork -VirtualNetwork $_ -DefaultProfile (Context " +
		w.subscription(vnet).powershell() + ") } |\n  Select-Object Name, ProvisioningState"
	posix := az.add("--output=none").String()
	if b.unseen && from.IsZero() && !to.IsZero() { // a network configuration does not tell of groups: one may be there
		bound := w.az("network vnet subnet show", vnet).named("vnet-name", vnet.Name).named("name", subnet).add("--query='"+b.member+"==`null`'", "--output=json")
		stop := diag.Plain("STOP: subnet " + subnet + " has a " + b.word + " already, or nobody could tell: nothing was changed")
		posix = `if [ "$(` + strings.Join(bound.words, " ") + `)" = true ]; then` + "\n" + posix + "\nelse echo " + quoteBash(stop) + " >&2; false; fi"
		ps = strings.Replace(ps, ").NetworkSecurityGroup = ", " | Unbound).NetworkSecurityGroup = ", 1)
	}
	return w.command(posix, ps, note+"; PowerShell writes the VNet as it read it, so nobody else changes it meanwhile", subnet, vnet.Name)
}

// showSubnets shows what the subnets of a VNet are bound to.
func (w *bookWriter) showSubnets(vnet estate.ID, want string) Command {
	az := w.az("network vnet show", vnet).named("name", vnet.Name).
		add("--query='subnets[].{name: name, table: routeTable.id, group: networkSecurityGroup.id, gateway: natGateway.id, endpoints: serviceEndpoints[].service, delegations: delegations[].serviceName}'", "--output=json")
	ps := w.ps("Get-AzVirtualNetwork", vnet).named("Name", vnet.Name).String() +
		" |\n  ForEach-Object { $_.Subnets } | Select-Object Name, RouteTable, NetworkSecurityGroup, NatGateway, ServiceEndpoints, Delegations |\n  ConvertTo-Json -Depth 3"
	return w.command(az.String(), ps, "the subnets of %s: %s", vnet.Name, want)
}

// showNetwork shows the address space and the subnets of a VNet.
func (w *bookWriter) showNetwork(id estate.ID) Command {
	az := w.az("network vnet show", id).named("name", id.Name).
		add("--query='{state: provisioningState, space: addressSpace.addressPrefixes, subnets: subnets[].[name, addressPrefix, addressPrefixes]}'", "--output=json")
	ps := w.ps("Get-AzVirtualNetwork", id).named("Name", id.Name).String() + " |\n  Select-Object ProvisioningState, AddressSpaceText, SubnetsText"
	return w.command(az.String(), ps, "VNet %s: its address space and its subnets", id.Name)
}

// effectiveRules shows the rules of all groups of a machine in a VNet.
func (w *bookWriter) effectiveRules(vnet estate.ID, want string) Command {
	return w.ofMachine(vnet, want, "az network nic list-effective-nsg", "--query='value[].effectiveSecurityRules[].[name, direction, priority, access, sourceAddressPrefix, destinationAddressPrefix]' --output=json",
		"Get-AzEffectiveNetworkSecurityGroup", "ForEach-Object { $_.EffectiveSecurityRules } | Select-Object Name, Direction, Priority, Access, SourceAddressPrefix, DestinationAddressPrefix")
}

// effectiveRoutes shows the routes of a machine in a VNet.
func (w *bookWriter) effectiveRoutes(vnet estate.ID, want string) Command {
	return w.ofMachine(vnet, want, "az network nic show-effective-route-table", "--output=table", "Get-AzEffectiveRouteTable", "Format-Table Source, State, AddressPrefix, NextHopType, NextHopIpAddress")
}

// ofMachine shows what counts for a network interface in a VNet, which whoever runs the command chooses.
func (w *bookWriter) ofMachine(vnet estate.ID, want, az, prints, cmdlet, shows string) Command {
	nic := w.variable("interface", "NIC", Variable{Means: "the resource id of a network interface of a running machine; the command says in which VNet", When: EachTime})
	part := func(i string) string { return "((" + nic.powershell() + " -split '/')[" + i + "])" }
	return w.command(az+" --ids="+nic.posix()+" "+prints,
		cmdlet+" -DefaultProfile (Context "+part("2")+") -ResourceGroupName "+part("4")+" `\n  -NetworkInterfaceName "+part("-1")+" |\n  "+shows,
		"set NIC to a network interface in %s: %s", vnet.Name, want)
}
