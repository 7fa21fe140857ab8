package estate

import "testing"

// A zone is any text at all, so an address with one is none.
func TestAddressesHaveNoZone(t *testing.T) {
	for text, want := range map[string]bool{
		"10.0.0.4": true, "010.0.0.004": true, "fe80::1": true,
		"fe80::1%eth0": false, "fe80::1%$(id)": false, "::ffff:10.0.0.4%x": false, "10.0.0.4%x": false, "": false,
	} {
		if a, err := parseAddr(text); err == nil != want {
			t.Errorf("%q is read as %v, %v", text, a, err)
		}
		if _, ok := (&BGP{PeeringAddress: Fact{Value: text}}).Peer(); ok != want {
			t.Errorf("%q as the address of a device: %v", text, ok)
		}
	}
}
