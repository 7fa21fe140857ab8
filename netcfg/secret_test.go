package netcfg_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
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

// checkSecrets proves that no key is in what can be made of a document.
func checkSecrets(t *testing.T, d *netcfg.Document, found diag.List, err error) {
	t.Helper()
	encoded, problem := json.Marshal(d)
	if problem != nil {
		t.Fatal(problem)
	}
	text := fmt.Sprintf("%s\n%v\n%+v\n%#v\n%v\n", encoded, d, d, d, err)
	if d != nil {
		for _, r := range d.Responses {
			text += fmt.Sprintf("%v\n%+v\n%#v\n", *r, *r, *r)
		}
		text += fmt.Sprintf("%+v %+v", d.Structure, d.Unknown)
	}
	for _, f := range found {
		text += f.Error() + f.Hint + fmt.Sprintf("%+v %#v", f, f)
	}
	for _, secret := range []string{"TOPSECRET", fmt.Sprintf("%x", "TOPSECRET")} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("shown: %s", text[max(0, at-80):at+20])
		}
	}
}

func TestSecretsOfResponses(t *testing.T) {
	secrets := 0
	for _, c := range responseCases {
		if !strings.Contains(c.src, "TOPSECRET") {
			continue
		}
		secrets++
		d, found, err := netcfg.Read(c.name, []byte(c.src))
		checkSecrets(t, d, found, err)
		for _, broken := range []string{strings.Replace(c.src, "</", "<", 1), c.src[:len(c.src)-4], c.src + "TOPSECRET", "TOPSECRET" + c.src} {
			d, found, err := netcfg.Read(c.name, []byte(broken))
			checkSecrets(t, d, found, err)
		}
	}
	if secrets < 4 {
		t.Fatalf("%d cases with secrets", secrets)
	}
}
