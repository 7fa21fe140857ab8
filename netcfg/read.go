package netcfg

import "github.com/netmigrate/netmigrate/netcfg/diag"

// Read reads one classic document of any [Form], recognised by what it holds. The name appears
// only in positions, except that a path which repeats the URL of a call (networking/VNET/gateway.xml)
// says what a response is about.
//
// Findings and error are those of [Parse].
func Read(name string, src []byte) (*Document, diag.List, error) {
	f, found, err := Parse(name, src)
	if err != nil {
		return nil, found, err
	}
	return &Document{Name: name, Form: FormConfiguration, Leaves: f.Leaves, File: f}, found, nil
}
