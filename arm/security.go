package arm

// SecurityGroup is the body of a network security group. The rules that every group has are the
// service's and are not written.
type SecurityGroup struct{ Rules []SecurityRule }

// SecurityRule is one rule of a security group. Ports are a number, a range or "*"; prefixes are
// CIDR, an address, "*" or a tag. Priority is unique per direction.
type SecurityRule struct {
	Name                        string
	Direction                   string // "Inbound" or "Outbound"
	Priority                    int    // 100 to 4096
	Access                      string // "Allow" or "Deny"
	Protocol                    string // "Tcp", "Udp", "Icmp", "Esp", "Ah" or "*"
	Source, Destination         string
	SourcePort, DestinationPort string
}

// RouteTable is the body of a route table. Whether the routes of gateways reach its subnets is
// always written, because a table that cuts them off looks like one that does not.
type RouteTable struct {
	DisableGatewayRoutes bool // disableBgpRoutePropagation
	Routes               []Route
}

// Route is one user-defined route. NextHopAddress is given for "VirtualAppliance" only.
type Route struct {
	Name, AddressPrefix, NextHop, NextHopAddress string
}

func (g *SecurityGroup) emit(e emitter) {
	e.open('{')
	e.key("securityRules")
	e.open('[')
	for i := range g.Rules {
		g.Rules[i].emit(e)
	}
	e.close(']')
	e.close('}')
}

func (r *SecurityRule) emit(e emitter) {
	e.open('{')
	e.text("name", r.Name)
	e.key("properties")
	e.open('{')
	e.text("direction", r.Direction)
	e.integer("priority", r.Priority)
	e.text("access", r.Access)
	e.text("protocol", r.Protocol)
	e.text("sourceAddressPrefix", r.Source)
	e.text("sourcePortRange", r.SourcePort)
	e.text("destinationAddressPrefix", r.Destination)
	e.text("destinationPortRange", r.DestinationPort)
	e.close('}')
	e.close('}')
}

func (t *RouteTable) emit(e emitter) {
	e.open('{')
	e.flag("disableBgpRoutePropagation", t.DisableGatewayRoutes)
	e.key("routes")
	e.open('[')
	for i := range t.Routes {
		t.Routes[i].emit(e)
	}
	e.close(']')
	e.close('}')
}

func (r *Route) emit(e emitter) {
	e.open('{')
	e.text("name", r.Name)
	e.key("properties")
	e.open('{')
	e.text("addressPrefix", r.AddressPrefix)
	e.text("nextHopType", r.NextHop)
	e.textIf("nextHopIpAddress", r.NextHopAddress)
	e.close('}')
	e.close('}')
}
