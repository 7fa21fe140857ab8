package reach

import "net/netip"

// Endpoint is one address at one location. As the destination of a Trace, the zero Location means
// whoever has the address.
type Endpoint struct {
	Location
	Address netip.Addr
}
