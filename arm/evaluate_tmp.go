package arm

import "github.com/netmigrate/netmigrate/netcfg/diag"

func (v Value) Refers() (ResourceName, string, bool) { return ResourceName{}, "", false }

type Given struct {
	Parameters                            []*Document
	Subscription, Group, Tenant, Location string
}

func Evaluate(templates []*Document, given Given) ([]Item, diag.List) { return nil, nil }
