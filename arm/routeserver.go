package arm

// RouteServer is the body of a Route Server: a virtual hub of no virtual WAN. Where it stands, and whom it has sessions
// with, are resources of their own.
type RouteServer struct {
	BranchToBranch bool // the gateways beside it take part
}

// RouteServerConfiguration ties a Route Server to its subnet, which must be called RouteServerSubnet.
type RouteServerConfiguration struct {
	Subnet          string // resource id
	PublicIPAddress string // resource id
}

// RouteServerPeer is a session of a Route Server with a machine.
type RouteServerPeer struct {
	ASN     int
	Address string
}

func (s *RouteServer) emit(e emitter) {
	e.open('{')
	e.text("sku", "Standard")
	e.flag("allowBranchToBranchTraffic", s.BranchToBranch)
	e.close('}')
}

func (c *RouteServerConfiguration) emit(e emitter) {
	e.open('{')
	e.ref("subnet", c.Subnet)
	e.ref("publicIPAddress", c.PublicIPAddress)
	e.close('}')
}

func (p *RouteServerPeer) emit(e emitter) {
	e.open('{')
	e.integer("peerAsn", p.ASN)
	e.text("peerIp", p.Address)
	e.close('}')
}
