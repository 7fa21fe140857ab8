package arm

// LoadBalancer is the body of an internal load balancer that leads packets of every protocol and port, addressed to
// anything, to the machines of its one pool. Its size is the SKU of its resource.
type LoadBalancer struct {
	Name           string // its own, by which its parts refer to each other in a template
	Self           string // its resource id, by which they do elsewhere; empty in a template
	Subnet         string // resource id
	PrivateAddress string
	Zones          []string // that its address is spread over
	Pool           string   // name of the pool, to which machines are added from their side
	ProbePort      int      // TCP
}

// The parts of a load balancer, and what they are called.
const (
	BalancerFrontend = "inside"
	BalancerProbe    = "alive"
	BalancerRule     = "all-ports"

	keyFrontends = "frontendIPConfigurations"
	keyPools     = "backendAddressPools"
	keyProbes    = "probes"
)

// How often a load balancer probes, in seconds, and after how many failures it leaves a machine out.
const (
	ProbeInterval = 5
	ProbeCount    = 2
)

// IdleTimeout is after how many minutes without a packet a session is dropped: the most that there is. Both ends are told by
// a reset.
const IdleTimeout = 30

func (b *LoadBalancer) emit(e emitter) {
	e.open('{')
	b.part(e, keyFrontends, BalancerFrontend, b.Zones, func() {
		e.text("privateIPAddress", b.PrivateAddress)
		e.text("privateIPAddressVersion", "IPv4")
		e.text("privateIPAllocationMethod", "Static")
		e.ref("subnet", b.Subnet)
	})
	b.part(e, keyPools, b.Pool, nil, nil)
	b.part(e, keyProbes, BalancerProbe, nil, func() {
		e.text("protocol", "Tcp")
		e.integer("port", b.ProbePort)
		e.integer("intervalInSeconds", ProbeInterval)
		e.integer("numberOfProbes", ProbeCount)
	})
	b.part(e, "loadBalancingRules", BalancerRule, nil, func() {
		e.ref("frontendIPConfiguration", b.id(keyFrontends, BalancerFrontend))
		e.ref("backendAddressPool", b.id(keyPools, b.Pool))
		e.ref("probe", b.id(keyProbes, BalancerProbe))
		e.text("protocol", "All")
		e.integer("frontendPort", 0)
		e.integer("backendPort", 0)
		e.text("loadDistribution", "Default")
		e.integer("idleTimeoutInMinutes", IdleTimeout)
		e.flag("enableTcpReset", true)
		e.flag("enableFloatingIP", false)
		e.flag("disableOutboundSnat", true)
	})
	e.close('}')
}

// id is the id of a part.
func (b *LoadBalancer) id(key, name string) string {
	if b.Self != "" {
		return b.Self + "/" + key + "/" + name
	}
	return ResourceID(TypeLoadBalancer+"/"+key, b.Name, name)
}

// part writes a list of one part.
func (*LoadBalancer) part(e emitter, key, name string, zones []string, properties func()) {
	e.key(key)
	e.open('[')
	e.open('{')
	e.text("name", name)
	e.listIf("zones", zones)
	if properties != nil {
		e.key("properties")
		e.open('{')
		properties()
		e.close('}')
	}
	e.close('}')
	e.close(']')
}
