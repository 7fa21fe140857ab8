package deploy

import (
	"fmt"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addAppliances makes the load balancer of appliances and says what their owner has to know of the machines.
func (w *bookWriter) addAppliances(c *Commands, g *estate.Gateway) {
	c.Do = append(c.Do, w.createBalancer(g))
	for _, line := range append(w.sheet(g), w.announcing(g)...) {
		c.Do = append(c.Do, people("%s", line))
	}
	for _, rule := range w.served(g) {
		c.Do = append(c.Do, people("rule of the appliances: %s, every protocol and port; nothing else", rule))
	}
	for _, p := range allowances(w.p.Target, g) {
		from, to := p.ends()
		c.Do = append(c.Do, people("rule of the appliances: from %s to %s, every protocol and port; nothing else", from, to))
	}
	c.Undo = append(c.Undo, people("the owner of the appliances takes the machines out of the pool and out of subnet %s; while one is in it neither subnet nor VNet can be deleted", g.Subnet))
	c.Verify = append(c.Verify, w.showBalancer(g), w.probed(g), people("netmigrate verify counts the step as done once a listing shows machines that forward in the pool"))
}

// sheet is what the owner of appliances has to know. Source: docs/sources.md#appliances.
func (w *bookWriter) sheet(g *estate.Gateway) []string {
	inside, router := "its range", "the first address of that range"
	if v := w.vnet(g.VNet); v != nil {
		if s := subnetNamed(v, g.Subnet); s != nil {
			inside, router = s.Prefix.Prefix.String(), s.Prefix.Addr().Next().String()
		}
	}
	return []string{
		fmt.Sprintf("the owner of the appliances places them: two virtual machines or more, in different zones where %s has them, each with its inner interface in subnet %s (%s) of %s. %s is the load balancer's", g.Region, g.Subnet, inside, g.VNet.Name, addressesOf(g)),
		fmt.Sprintf("the interfaces themselves are put into the pool %s of load balancer %s: no uniform scale set and no pool of addresses, which a listing does not show as machines that forward. No other internal load balancer has these machines", appliancePool, g.ID.Name),
		"IP forwarding is on at each inner interface, and in the system of each machine",
		"packets come in and go out by the inner interface, without translation of addresses, so that both directions of a session reach one machine",
		fmt.Sprintf("where a machine has further interfaces, its own routes lead the ranges below and 168.63.129.16 to %s, by the inner one", router),
		fmt.Sprintf("168.63.129.16 reaches TCP port %d of the inner interface, through every group and rule, and is answered by that interface: these are the probes. Where the appliances answer at another port, the probe gets that one", probePort),
		fmt.Sprintf("a session without packets is dropped after %d minutes, and not earlier by the appliances", arm.IdleTimeout),
		fmt.Sprintf("subnet %s has no way to the Internet: for licences and updates the machines bring an outer interface in a subnet of their own, or a NAT gateway", g.Subnet),
	}
}

func (w *bookWriter) createBalancer(g *estate.Gateway) Command {
	subnet := g.VNet
	subnet.Type, subnet.Child = estate.TypeVNet+"/subnets", g.Subnet
	self := w.resourceID(g.ID)
	body := balancerBody(g)
	body.Subnet, body.Self = w.resourceID(subnet).marked(), self.marked()
	az := w.put(g.ID, &g.Region, balancerSize, body)
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
		"-LoadBalancingRule (New-AzLoadBalancerRuleConfig -Name "+arm.BalancerRule+" -Protocol All -FrontendPort 0 -BackendPort 0 -IdleTimeoutInMinutes "+itoa(arm.IdleTimeout)+" -EnableTcpReset -DisableOutboundSNAT -FrontendIpConfigurationId "+part("frontendIPConfigurations", arm.BalancerFrontend)+
			" -BackendAddressPoolId "+part("backendAddressPools", appliancePool)+" -ProbeId "+part("probes", arm.BalancerProbe)+")")
	return w.create(g.ID, az, ps, "Select-Object Name, ProvisioningState", "load balancer %s, with the address %s that routes name; its pool %s is empty", g.ID.Name, addressesOf(g), appliancePool)
}

// showBalancer shows the address that every route has to name, and who is behind it.
func (w *bookWriter) showBalancer(g *estate.Gateway) Command {
	az := w.az("network lb show", g.ID).named("name", g.ID.Name).add("--query='[provisioningState, frontendIPConfigurations[].privateIPAddress, backendAddressPools[].backendIPConfigurations[].id]'", "--output=json")
	ps := w.ps("Get-AzLoadBalancer", g.ID).named("Name", g.ID.Name).String() + " |\n  ForEach-Object { $_.ProvisioningState; $_.FrontendIpConfigurations | ForEach-Object { $_.PrivateIpAddress }\n    $_.BackendAddressPools | ForEach-Object { $_.BackendIpConfigurations } | ForEach-Object { $_.Id } }"
	return w.command(az.String(), ps, "load balancer %s: Succeeded, its private address is %s, and two interfaces or more are behind it; with another address, stop: every route names this one", g.ID.Name, addressesOf(g))
}

// probed shows how many of the probes of a load balancer are answered. The newest minutes may have no value yet.
func (w *bookWriter) probed(g *estate.Gateway) Command {
	self := w.resourceID(g.ID)
	az := w.azIn("monitor metrics list", g.ID).opt("resource", self).add("--metrics=DipAvailability", "--aggregation=Average", "--interval=PT1M", "--query='value[].timeseries[].data[?average!=`null`][].[timeStamp, average]'", "--output=json")
	ps := w.psIn("Get-AzMetric", g.ID).opt("ResourceId", self).add("-MetricName DipAvailability", "-AggregationType Average", "-TimeGrain 00:01:00", "-WarningAction SilentlyContinue").String() +
		" |\n  ForEach-Object { $_.Data } | Where-Object { $null -ne $_.Average } | Select-Object -Last 5 TimeStamp, Average"
	return w.command(az.String(), ps, "probes of load balancer %s: the newest values are 100, which is every machine; less is a machine that does not answer, and nothing printed is none that was asked yet: wait some minutes, and do not go on", g.ID.Name)
}
