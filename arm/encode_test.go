package arm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
)

func ExampleEncode() {
	hub := arm.ResourceID(arm.TypeVirtualNetwork, "hub")
	t := &arm.Template{
		Parameters: []arm.Parameter{{Name: "location", Type: arm.ParamString, Default: "[resourceGroup().location]"}},
		Metadata:   arm.Object{{Name: arm.MetadataExisting, Value: arm.Array{arm.Existing(arm.TypeVirtualNetwork, "hub")}}},
		Resources: []arm.Resource{
			{
				Type: arm.TypeVirtualNetwork, Name: "spoke", Location: arm.ParameterRef("location"),
				Tags: []arm.Tag{{Name: "note", Value: arm.Literal("[sic]")}},
				Properties: &arm.VirtualNetwork{
					AddressPrefixes: []string{"10.1.0.0/16"},
					Subnets:         []arm.Subnet{{Name: "app", AddressPrefix: "10.1.0.0/24", DefaultOutboundAccess: true}},
				},
			},
			{
				Type: arm.TypePeering, Name: "spoke/to-hub", DependsOn: []string{arm.ResourceID(arm.TypeVirtualNetwork, "spoke")},
				Properties: &arm.Peering{RemoteVirtualNetwork: hub, AllowVirtualNetworkAccess: true},
			},
		},
	}
	if err := arm.Encode(os.Stdout, t); err != nil {
		panic(err)
	}
	// Output:
	// {
	//   "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
	//   "contentVersion": "1.0.0.0",
	//   "metadata": {
	//     "existing": [
	//       "virtualNetworks/hub"
	//     ]
	//   },
	//   "parameters": {
	//     "location": {
	//       "type": "string",
	//       "defaultValue": "[resourceGroup().location]"
	//     }
	//   },
	//   "resources": [
	//     {
	//       "type": "Microsoft.Network/virtualNetworks",
	//       "apiVersion": "2025-05-01",
	//       "name": "spoke",
	//       "location": "[parameters('location')]",
	//       "tags": {
	//         "note": "[[sic]"
	//       },
	//       "properties": {
	//         "addressSpace": {
	//           "addressPrefixes": [
	//             "10.1.0.0/16"
	//           ]
	//         },
	//         "subnets": [
	//           {
	//             "name": "app",
	//             "properties": {
	//               "addressPrefix": "10.1.0.0/24",
	//               "defaultOutboundAccess": true
	//             }
	//           }
	//         ]
	//       }
	//     },
	//     {
	//       "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
	//       "apiVersion": "2025-05-01",
	//       "name": "spoke/to-hub",
	//       "dependsOn": [
	//         "[resourceId('Microsoft.Network/virtualNetworks', 'spoke')]"
	//       ],
	//       "properties": {
	//         "remoteVirtualNetwork": {
	//           "id": "[resourceId('Microsoft.Network/virtualNetworks', 'hub')]"
	//         },
	//         "allowVirtualNetworkAccess": true,
	//         "allowForwardedTraffic": false,
	//         "allowGatewayTransit": false,
	//         "useRemoteGateways": false
	//       }
	//     }
	//   ]
	// }
}

func ExampleEncodeParameters() {
	err := arm.EncodeParameters(os.Stdout, &arm.Parameters{Values: []arm.ParameterValue{
		{Name: "location", Value: "westeurope"},
		{Name: "sharedKeyOffice", KeyVault: &arm.KeyVaultReference{VaultID: "/subscriptions/…/vaults/keys", SecretName: "office"}},
	}})
	if err != nil {
		panic(err)
	}
	// Output:
	// {
	//   "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
	//   "contentVersion": "1.0.0.0",
	//   "parameters": {
	//     "location": {
	//       "value": "westeurope"
	//     },
	//     "sharedKeyOffice": {
	//       "reference": {
	//         "keyVault": {
	//           "id": "/subscriptions/…/vaults/keys"
	//         },
	//         "secretName": "office"
	//       }
	//     }
	//   }
	// }
}

func encode(t testing.TB, template *arm.Template) string {
	t.Helper()
	var text bytes.Buffer
	if err := arm.Encode(&text, template); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestEncodeAsIndent: the text is what the standard library makes of the same document, so no
// reader can trip over it.
func TestEncodeAsIndent(t *testing.T) {
	for name, template := range map[string]*arm.Template{"mesh": mesh(50, 3), "hub": hub(50), "empty": {}} {
		got := encode(t, template)
		var compact, want bytes.Buffer
		if err := json.Compact(&compact, []byte(got)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String()+"\n", got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestDecodeEncode: what is written reads back and is written again, byte for byte, typed or not.
func TestDecodeEncode(t *testing.T) {
	for name, template := range map[string]*arm.Template{"mesh": mesh(20, 3), "hub": hub(20), "guarded": guarded(), "firewalled": firewalled(), "empty": {}} {
		want := encode(t, template)
		back, err := arm.Decode([]byte(want))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, encode(t, back)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// guarded is a network with a security group and a route table.
func guarded() *arm.Template {
	group, table := arm.ResourceID(arm.TypeSecurityGroup, "web"), arm.ResourceID(arm.TypeRouteTable, "out")
	location := arm.ParameterRef("location")
	return &arm.Template{
		Parameters: []arm.Parameter{{Name: "location", Type: arm.ParamString}},
		Resources: []arm.Resource{
			{Type: arm.TypeSecurityGroup, Name: "web", Location: location, Properties: &arm.SecurityGroup{Rules: []arm.SecurityRule{
				{Name: "https", Direction: "Inbound", Priority: 100, Access: "Allow", Protocol: "Tcp", Source: "Internet", SourcePort: "*", Destination: "10.1.0.0/24", DestinationPort: "443"},
				{Name: "none", Direction: "Outbound", Priority: 4096, Access: "Deny", Protocol: "*", Source: "*", SourcePort: "*", Destination: "*", DestinationPort: "0-65535"},
			}}},
			{Type: arm.TypeSecurityGroup, Name: "empty", Location: location, Properties: &arm.SecurityGroup{}},
			{Type: arm.TypeRouteTable, Name: "out", Location: location, Properties: &arm.RouteTable{Routes: []arm.Route{
				{Name: "all", AddressPrefix: "0.0.0.0/0", NextHop: "VirtualAppliance", NextHopAddress: "10.1.0.250"},
				{Name: "drop", AddressPrefix: "10.0.0.0/8", NextHop: "None"},
			}}},
			{Type: arm.TypeVirtualNetwork, Name: "apps", Location: location, DependsOn: []string{group, table}, Properties: &arm.VirtualNetwork{
				AddressPrefixes: []string{"10.1.0.0/16"},
				Subnets:         []arm.Subnet{{Name: "web", AddressPrefix: "10.1.0.0/24", NetworkSecurityGroup: group, RouteTable: table}},
			}},
		},
	}
}

// TestJudgeGuarded shows the security group and the route table to all judges.
func TestJudgeGuarded(t *testing.T) { armtest.Judge(t, "guarded", []byte(encode(t, guarded()))) }

func TestEncodeResource(t *testing.T) {
	got, err := arm.EncodeResource(&mesh(1, 0).Resources[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "type": "Microsoft.Network/publicIPAddresses",
  "apiVersion": "2025-05-01",
  "name": "network-00000-gw-pip",
  "location": "[parameters('location')]",
  "sku": {
    "name": "Standard",
    "tier": "Regional"
  },
  "zones": [
    "1",
    "2",
    "3"
  ],
  "properties": {
    "publicIPAllocationMethod": "Static"
  }
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type brokenWriter struct{ after int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.after--; w.after < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestEncodeErrors(t *testing.T) {
	for after := range 3 {
		if err := arm.Encode(&brokenWriter{after}, mesh(200, 5)); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("writer that breaks after %d writes: error %v", after, err)
		}
	}
	alien := &arm.Template{Outputs: []arm.Output{{Name: "x", Type: arm.ParamString, Value: 1.5}}}
	if err := arm.Encode(&bytes.Buffer{}, alien); err == nil || !strings.Contains(err.Error(), "float64") {
		t.Errorf("a value without a JSON form: error %v", err)
	}
}

// FuzzString: any string is read back as encoding/json reads its own form of it, and nothing that is
// written can move a cursor or hide.
func FuzzString(f *testing.F) {
	for _, seed := range []string{"", "plain", "\"\\\b\f\n\r\t\x00\x1f\x7f", "<&>", "\u2028\u2029", "\xff\xc3", "[x]", "é𐀀", "\ufffd", "\u0091\u202e", "\U000e0001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := arm.EncodeResource(&arm.Resource{Type: "t", Name: s})
		if err != nil {
			t.Fatal(err)
		}
		if at := strings.IndexFunc(string(got), func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); at >= 0 {
			t.Errorf("%q has a character that is not shown at %d:\n%s", s, at, got)
		}
		var read struct{ Name string }
		if err := json.Unmarshal(got, &read); err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
		own, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(own, &want); err != nil {
			t.Fatal(err)
		}
		if read.Name != want {
			t.Errorf("%q is read back as %q, want %q", s, read.Name, want)
		}
	})
}

func ExampleEncodeValue() {
	names := arm.Stream(func(yield func(any) bool) {
		for _, name := range []string{"hub", "spoke"} {
			if !yield(arm.Object{{Name: "name", Value: name}}) {
				return
			}
		}
	})
	if err := arm.EncodeValue(os.Stdout, arm.Object{{Name: "value", Value: names}, {Name: "nextLink", Value: nil}}); err != nil {
		panic(err)
	}
	// Output:
	// {
	//   "value": [
	//     {
	//       "name": "hub"
	//     },
	//     {
	//       "name": "spoke"
	//     }
	//   ],
	//   "nextLink": null
	// }
}
