package options

import "testing"

func TestAt(t *testing.T) {
	o := &Options{Subscriptions: []Subscription{{Name: Text{Value: "contoso-prod"}}}}
	hub := Place{Kind: PlaceVNet, Subscription: "in/contoso-prod.netcfg", Group: "rg-west", Name: "hub"}
	hq := Place{Kind: PlaceOnPremises, Name: "HQ"}
	clients := hub
	clients.Kind = PlaceClients
	starred := Place{Kind: PlaceOnPremises, Name: "H*"}
	slashed := Place{Kind: PlaceOnPremises, Name: "a/b"}
	for _, c := range []struct {
		name string
		of   Place
		want Fit
	}{
		{"hub", hub, Exact}, {"HUB", hub, Exact}, {"VNet hub", hub, Exact}, {"vnet  hub", hub, Exact}, {"contoso-prod/hub", hub, Exact}, {"VNet contoso-prod/hub", hub, Exact},
		{"rg-west/hub", hub, Exact}, {"contoso-prod/rg-west/hub", hub, Exact}, {"in/contoso-prod.netcfg/hub", hub, Exact},
		{"hubs", hub, NoFit}, {"other/hub", hub, NoFit}, {"on-premises hub", hub, NoFit}, {"clients of hub", hub, NoFit}, {"", hub, NoFit}, {"VNet", hub, NoFit}, {"VNet ", hub, NoFit}, {"VNethub", hub, NoFit},
		{"clients of hub", clients, Exact}, {"clients of rg-west/hub", clients, Exact}, {"hub", clients, NoFit}, {"clients of *", clients, Pattern}, {"*", clients, NoFit},
		{"HQ", hq, Exact}, {"on-premises hq", hq, Exact}, {"VNet HQ", hq, NoFit}, {"x/HQ", hq, NoFit},

		{"*", hub, Pattern}, {"h?b", hub, Pattern}, {"VNet h*", hub, Pattern}, {"h?", hub, NoFit}, {"VNet *", hq, NoFit}, {"on-premises *", hq, Pattern},
		{"contoso-prod/*", hub, Pattern}, {"VNet contoso-prod/*", hub, Pattern}, {"contoso-*/hub", hub, Pattern}, {"rg-*/h*", hub, Pattern}, {"*/*/hub", hub, Pattern}, {"clients of rg-west/*", clients, Pattern},
		{"fabrikam/*", hub, NoFit}, {"contoso-prod/x*", hub, NoFit}, {"contoso*", hub, NoFit}, {"*/HQ", hq, NoFit}, {"*/*", hq, NoFit},

		{"H*", starred, Exact}, {"H*", hq, Pattern}, {"on-premises H*", starred, Exact}, {"a/*", slashed, Pattern}, {"a/b", slashed, Exact},
	} {
		if got := o.At(Text{Value: c.name}, c.of); got != c.want {
			t.Errorf("%q of %+v: %d, want %d", c.name, c.of, got, c.want)
		}
	}
}
