package estate_test

import (
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

func TestDeployed(t *testing.T) {
	e := &estate.Estate{
		Connections: []estate.Connection{{Pairing: estate.Pairing{Confidence: estate.Likely, Suspect: "SITE-001"}}},
		Gateways:    []estate.Gateway{{State: estate.Fact{Value: estate.GatewayNotProvisioned}}, {State: estate.Fact{Value: "Provisioned"}}},
	}
	d := estate.Deployed(e)
	if p := d.Connections[0].Pairing; p.Suspect != "" || p.Confidence != estate.Likely {
		t.Errorf("the tunnel is %+v", p)
	}
	if d.Gateways[0].Absent() || d.Gateways[1].State.Value != "Provisioned" {
		t.Errorf("the gateways are %+v", d.Gateways)
	}
	if e.Connections[0].Pairing.Suspect == "" || !e.Gateways[0].Absent() {
		t.Error("the estate has changed")
	}
}
