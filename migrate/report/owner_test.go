package report

import (
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

func TestOwnerOf(t *testing.T) {
	vnet := func(subscription, group, name string) estate.VNet {
		return estate.VNet{ID: estate.ID{Type: estate.TypeVNet, Subscription: subscription, Group: group, Name: name}, Name: name}
	}
	one := []estate.VNet{vnet("shop", "shop-east", "hub"), vnet("shop", "shop-west", "hub"), vnet("shop", "shop-west", "orders")}
	two := append(one, vnet("bank", "bank-east", "risk"))
	shared := append(two, vnet("bank", "bank-east", "orders"))
	tests := []struct {
		name  string
		vnets []estate.VNet
		i     int
		want  string
	}{
		{"a name of its own", one, 2, ""},
		{"two of one name in a subscription", one, 0, "shop-east"},
		{"of two subscriptions", two, 3, "bank"},
		{"a group that begins like its subscription", two, 0, "shop/shop-east"},
		{"two of one name in two subscriptions", shared, 4, "bank"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := newOwners(&estate.Estate{VNets: test.vnets}).ownerOf(test.vnets[test.i].ID); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
