package estate

import "slices"

// Deployed is an ARM estate as a deployment of all of it makes it: what was in doubt about the tunnels and
// gateways of the classic network, as it is written or as the service said, is not about the new ones
// (ARM-013). The given estate is not changed.
func Deployed(e *Estate) *Estate {
	out := *e
	out.Connections = slices.Clone(e.Connections)
	for i := range out.Connections {
		out.Connections[i].Pairing.Suspect = ""
	}
	out.Gateways = slices.Clone(e.Gateways)
	for i := range out.Gateways {
		if g := &out.Gateways[i]; g.Absent() {
			g.State = Fact{}
		}
	}
	return &out
}
