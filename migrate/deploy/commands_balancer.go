package deploy

import (
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addAppliances makes the load balancer of appliances and says what their owner has to know of the machines.
func (w *bookWriter) addAppliances(c *Commands, g *estate.Gateway) {
	c.Do = append(c.Do, w.createBalancer(g),
		people("the owner of the appliances places them: two machines or more, in different zones where the region has them; an interface of each in subnet %s of %s, with IP forwarding on, in the pool %s of load balancer %s; they answer its probes at TCP port %d, "+
			"or the probe is given another port. They pass what is allowed below in both directions of a session without translating addresses; to the spokes they need no route of their own", g.Subnet, g.VNet.Name, appliancePool, g.ID.Name, probePort))
	for _, p := range passages(w.p.Target, g) {
		from := &w.p.Target.VNets[p.from]
		c.Do = append(c.Do, people("rule of the appliances: from %s (%s) to %s, every protocol and port; nothing else", from.ID.Name, strings.Join(sources(from), ", "), strings.Join(p.destinations, ", ")))
	}
	c.Verify = append(c.Verify, w.showBalancer(g), w.probed(g), people("netmigrate verify counts the step as done once a listing shows machines that forward in the pool"))
}

func (w *bookWriter) createBalancer(g *estate.Gateway) Command {
	subnet := g.VNet
	subnet.Type, subnet.Child = estate.TypeVNet+"/subnets", g.Subnet
	self := w.resourceID(g.ID)
	body := balancerBody(g)
	body.Subnet, body.Self = w.resourceID(subnet).marked(), self.marked()
	az := w.putSized(g.ID, &g.Region, balancerSize, body)
	part := func(key, name string) string { return self.then("/" + key + "/" + name).powershell() }
	frontend := (&line{w: w, shell: PowerShell, words: []string{"New-AzLoadBalancerFrontendIpConfig -Name " + arm.BalancerFrontend}}).
		opt("PrivateIpAddress", literal(body.PrivateAddress)).opt("SubnetId", w.resourceID(subnet))
	if len(body.Zones) > 0 {
		frontend.add("-Zone " + strings.Join(body.Zones, ", "))
	}
	ps := w.ps("New-AzLoadBalancer", g.ID).opt("Location", w.region(g.Region)).add("-Sku "+balancerSize.Name,
		"-FrontendIpConfiguration "+frontend.wrapped(),
		"-BackendAddressPool (New-AzLoadBalancerBackendAddressPoolConfig -Name "+appliancePool+")",
		"-Probe (New-AzLoadBalancerProbeConfig -Name "+arm.BalancerProbe+" -Protocol Tcp -Port "+itoa(probePort)+" -IntervalInSeconds "+itoa(arm.ProbeInterval)+" -ProbeCount "+itoa(arm.ProbeCount)+")",
		"-LoadBalancingRule (New-AzLoadBalancerRuleConfig -Name "+arm.BalancerRule+" -Protocol All -FrontendPort 0 -BackendPort 0 -DisableOutboundSNAT -FrontendIpConfigurationId "+part("frontendIPConfigurations", arm.BalancerFrontend)+
			" -BackendAddressPoolId "+part("backendAddressPools", appliancePool)+" -ProbeId "+part("probes", arm.BalancerProbe)+")")
	return w.create(g.ID, az, ps, "Select-Object Name, ProvisioningState", "load balancer %s, with the address %s that routes name; its pool %s is empty", g.ID.Name, addressesOf(g), appliancePool)
}

// showBalancer shows the address that every route has to name, and who is behind it.
func (w *bookWriter) showBalancer(g *estate.Gateway) Command {
	az := w.az("network lb show", g.ID).named("name", g.ID.Name).add("--query='[provisioningState, frontendIPConfigurations[].privateIPAddress, backendAddressPools[].backendIPConfigurations[].id]'", "--output=json")
	ps := w.ps("Get-AzLoadBalancer", g.ID).named("Name", g.ID.Name).String() + " |\n  ForEach-Object { $_.ProvisioningState; $_.FrontendIpConfigurations.PrivateIpAddress; $_.BackendAddressPools.BackendIpConfigurations.Id }"
	return w.command(az.String(), ps, "load balancer %s: Succeeded, its private address is %s, and two interfaces or more are behind it; with another address, stop: every route names this one", g.ID.Name, addressesOf(g))
}

// probed shows how many of the probes of a load balancer are answered.
func (w *bookWriter) probed(g *estate.Gateway) Command {
	self := w.resourceID(g.ID)
	az := (&line{w: w, shell: Bash, words: []string{"az monitor metrics list"}}).opt("resource", self).add("--metrics=DipAvailability", "--aggregation=Average", "--interval=PT1M", "--query='value[].timeseries[].data[-1].average'", "--output=json")
	ps := (&line{w: w, shell: PowerShell, words: []string{"Get-AzMetric"}}).opt("ResourceId", self).add("-MetricName DipAvailability", "-AggregationType Average", "-TimeGrain 00:01:00", "-WarningAction SilentlyContinue").String() +
		" |\n  ForEach-Object { $_.Data | Select-Object -Last 1 TimeStamp, Average }"
	return w.command(az.String(), ps, "probes of load balancer %s: 100, which is every machine; less is a machine that does not answer", g.ID.Name)
}
