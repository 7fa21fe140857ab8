package netcfg_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/netcfg"
)

// A key that somebody put into a network configuration is in no finding: it has no place in the
// schema, so it is an unknown attribute, element or text.
func TestKeysAreNotShown(t *testing.T) {
	const doc = `<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration">
<VirtualNetworkConfiguration sharedKey="TOPSECRET01"><SharedKey>TOPSECRET02</SharedKey>TOPSECRET03
<LocalNetworkSites><LocalNetworkSite name="a" sharedKey="TOPSECRET04"><AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix>TOPSECRET05</AddressSpace></LocalNetworkSite></LocalNetworkSites>
<VirtualNetworkSites><VirtualNetworkSite name="v" Location="West Europe" key=TOPSECRET06><AddressSpace><AddressPrefix>10.2.0.0/16</AddressPrefix></AddressSpace>
<Gateway><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="a"><Connection type="IPsec" SharedKey="TOPSECRET07">TOPSECRET08</Connection></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway>
</VirtualNetworkSite></VirtualNetworkSites></VirtualNetworkConfiguration sharedKey="TOPSECRET09">%s</NetworkConfiguration>TOPSECRET10`
	for _, broken := range []string{"", "&TOPSECRET11;", "</TOPSECRET12x>"} {
		_, found, err := netcfg.Parse("keys.netcfg", fmt.Appendf(nil, doc, broken))
		text := fmt.Sprint(err)
		for _, f := range found {
			text += "\n" + f.Error() + " " + f.Hint
		}
		if at := strings.Index(text, "TOPSECRET"); at >= 0 && !strings.HasPrefix(text[at:], "TOPSECRET12") { // a tag's name is shown
			t.Errorf("shown: %s", text[max(0, at-80):at+20])
		}
		if len(found) == 0 {
			t.Error("nothing was found at all")
		}
	}
}

// Nor is one in an export or around the network configuration in a script.
func TestKeysInOtherFormsAreNotShown(t *testing.T) {
	const export = `{"VirtualNetworkConfiguration": {"Dns": "TOPSECRET01", "SharedKey": "TOPSECRET02", "Keys": ["TOPSECRET03"],
"LocalNetworkSites": [{"Name": "a", "AddressSpace": ["10.1.0.0/16"], "sharedKey": {"value": "TOPSECRET04"}}, "TOPSECRET05"],
"VirtualNetworkSites": [{"Name": "v", "Location": "x", "AddressSpace": ["10.2.0.0/16"], "Gateway": {"ConnectionsToLocalNetwork": "TOPSECRET06"}}]}%s}`
	script := "$key = 'TOPSECRET07'\n" + inScript(in("<x>TOPSECRET08</x>"), `"`) + "Set-AzureVNetGatewayKey -SharedKey TOPSECRET09\n"
	for _, src := range []string{
		fmt.Sprintf(export, ""), fmt.Sprintf(export, "\n\"TOPSECRET10\""), fmt.Sprintf(export, ", TOPSECRET11"),
		`{"SharedKey": "TOPSECRET12"}`, `["TOPSECRET13" "TOPSECRET14"]`, script, script + script,
	} {
		_, found, err := netcfg.Read("keys", []byte(src))
		text := fmt.Sprint(err)
		for _, f := range found {
			text += "\n" + f.Error() + " " + f.Hint
		}
		if at := strings.Index(text, "TOPSECRET"); at >= 0 {
			t.Errorf("shown: %s", text[max(0, at-80):at+20])
		}
		if len(found) == 0 {
			t.Error("nothing was found at all")
		}
	}
}
