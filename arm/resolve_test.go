package arm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
)

// resources of pair(), by place.
const (
	hubNetwork = iota
	spokeNetwork
	publicIP
	gateway
	hubPeering
	spokePeering
	site
	connection
)

// pair is a hub with a gateway and one spoke that uses it: every rule of Resolve has something to
// hold on to, and none is broken.
func pair() *arm.Template {
	t := hub(1)
	hubNet, pip, gw, spokeNet, out, back := t.Resources[0], t.Resources[1], t.Resources[2], t.Resources[3], t.Resources[4], t.Resources[5]
	gwID, siteID := arm.ResourceID(arm.TypeVirtualNetworkGateway, gw.Name), arm.ResourceID(arm.TypeLocalNetworkGateway, "office")
	location := arm.ParameterRef("location")
	t.Parameters = append(t.Parameters, arm.Parameter{Name: "key", Type: arm.ParamSecureString})
	t.Resources = []arm.Resource{hubNet, spokeNet, pip, gw, out, back,
		{Type: arm.TypeLocalNetworkGateway, Name: "office", Location: location, DependsOn: []string{arm.ResourceID(arm.TypePublicIPAddress, pip.Name)},
			Properties: &arm.LocalNetworkGateway{GatewayIPAddress: arm.Reference(arm.TypePublicIPAddress, pip.Name, "ipAddress")}},
		{Type: arm.TypeConnection, Name: "to-office", Location: location, DependsOn: []string{gwID, siteID},
			Properties: &arm.Connection{ConnectionType: arm.ConnectionIPsec, SharedKeyParameter: "key", Gateway1: gwID, LocalGateway2: siteID}},
	}
	return t
}

func TestResolve(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *arm.Template, r []arm.Resource)
		want   []string // kind, place and part of the message, of every problem
	}{
		{"nothing", func(*arm.Template, []arm.Resource) {}, nil},
		{"waits over two hops", func(_ *arm.Template, r []arm.Resource) {
			r[connection].DependsOn = append(r[connection].DependsOn[1:], arm.ResourceID(arm.TypePeering, "spoke-00000", "to-network-00000"))
		}, nil},

		{"bad expression", func(_ *arm.Template, r []arm.Resource) { r[site].Location = "[parameters('location'))]" },
			[]string{"expression resources[6].location: character 24: unexpected ')'"}},
		{"unknown function", func(_ *arm.Template, r []arm.Resource) { r[site].Location = "[parametrs('location')]" },
			[]string{"expression resources[6].location: there is no function parametrs"}},
		{"runtime function outside properties", func(_ *arm.Template, r []arm.Resource) {
			r[site].Location = arm.Reference(arm.TypePublicIPAddress, r[publicIP].Name, "location")
		}, []string{"expression resources[6].location: reference() stands outside"}},

		{"reference to nothing", func(_ *arm.Template, r []arm.Resource) {
			r[connection].Properties.(*arm.Connection).LocalGateway2 = arm.ResourceID(arm.TypeLocalNetworkGateway, "home")
		}, []string{"reference resources[7].properties.localNetworkGateway2.id: localnetworkgateways/home is neither"}},
		{"reference to something declared", func(t *arm.Template, r []arm.Resource) {
			t.Metadata = arm.Object{{Name: arm.MetadataExisting, Value: arm.Array{"localNetworkGateways/home"}}}
			r[connection].Properties.(*arm.Connection).LocalGateway2 = arm.ResourceID(arm.TypeLocalNetworkGateway, "home")
		}, nil},
		{"gateway subnet with a security group", func(t *arm.Template, r []arm.Resource) {
			t.Metadata = arm.Object{{Name: arm.MetadataExisting, Value: arm.Array{"networkSecurityGroups/web"}}}
			subnets := r[hubNetwork].Properties.(*arm.VirtualNetwork).Subnets
			for i := range subnets {
				subnets[i].NetworkSecurityGroup = arm.ResourceID(arm.TypeSecurityGroup, "web")
			}
		}, []string{"binding resources[0].properties.subnets: GatewaySubnet takes no security group"}},
		{"no id at all", func(_ *arm.Template, r []arm.Resource) {
			r[connection].Properties.(*arm.Connection).LocalGateway2 = "office"
		},
			[]string{`reference resources[7].properties.localNetworkGateway2.id: "office" is not a resource id`}},
		{"written-out id of nothing", func(_ *arm.Template, r []arm.Resource) {
			r[connection].Properties.(*arm.Connection).LocalGateway2 = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/home"
		}, []string{"reference resources[7].properties.localNetworkGateway2.id: localnetworkgateways/home is neither"}},
		{"written-out id", func(_ *arm.Template, r []arm.Resource) {
			r[connection].Properties.(*arm.Connection).LocalGateway2 = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/OFFICE"
		}, nil},
		{"computed id", func(_ *arm.Template, r []arm.Resource) {
			r[connection].Properties.(*arm.Connection).LocalGateway2 = "[resourceId('Microsoft.Network/localNetworkGateways', parameters('location'))]"
		}, []string{"reference resources[7].properties.localNetworkGateway2.id: [resourceId('Microsoft.Network/localNetworkGateways', parameters('location'))]: what it names cannot be told"}},
		{"subnet that is not there", func(_ *arm.Template, r []arm.Resource) {
			r[hubNetwork].Properties.(*arm.VirtualNetwork).Subnets[1].Name = "gateways"
		}, []string{"reference resources[3].properties.ipConfigurations[0].properties.subnet.id: virtualnetworks/subnets/network-00000/gatewaysubnet is neither"}},
		{"gateway in another subnet", func(_ *arm.Template, r []arm.Resource) {
			r[gateway].Properties.(*arm.VirtualNetworkGateway).IPConfigurations[0].Subnet = arm.ResourceID(arm.TypeSubnet, "network-00000", "app")
		}, []string{
			"reference resources[3].properties.ipConfigurations[0].properties.subnet.id: a gateway stands in GatewaySubnet",
			"transit resources[5].properties.useRemoteGateways: virtualNetworks/network-00000 has no gateway and no Route Server"}},

		{"missing dependency", func(_ *arm.Template, r []arm.Resource) { r[connection].DependsOn = r[connection].DependsOn[:1] },
			[]string{"dependency resources[7].properties.localNetworkGateway2.id: refers to localNetworkGateways/office without"}},
		{"missing dependency of reference()", func(_ *arm.Template, r []arm.Resource) { r[site].DependsOn = nil },
			[]string{"dependency resources[6].properties.gatewayIpAddress: refers to publicIPAddresses/network-00000-gw-pip without"}},
		{"missing parent", func(_ *arm.Template, r []arm.Resource) {
			r[hubPeering].DependsOn = []string{arm.ResourceID(arm.TypeVirtualNetwork, "spoke-00000")}
		},
			[]string{"dependency resources[4].name: refers to virtualNetworks/network-00000 without"}},
		{"dependency on nothing", func(_ *arm.Template, r []arm.Resource) { r[site].DependsOn = append(r[site].DependsOn, "office") },
			[]string{"dependency resources[6].dependsOn[1]: office hits no resource"}},
		{"dependency on an inline subnet", func(_ *arm.Template, r []arm.Resource) {
			r[site].DependsOn = append(r[site].DependsOn, arm.ResourceID(arm.TypeSubnet, "network-00000", "app"))
		}, []string{"dependency resources[6].dependsOn[1]: [resourceId('Microsoft.Network/virtualNetworks/subnets', 'network-00000', 'app')] hits no resource"}},
		{"dependency on something declared", func(t *arm.Template, r []arm.Resource) {
			t.Metadata = arm.Object{{Name: arm.MetadataExisting, Value: arm.Array{"routeTables/rt"}}}
			r[site].DependsOn = append(r[site].DependsOn, arm.ResourceID("Microsoft.Network/routeTables", "rt"))
		}, []string{"dependency resources[6].dependsOn[1]: [resourceId('Microsoft.Network/routeTables', 'rt')] hits no resource"}},
		{"cycle", func(_ *arm.Template, r []arm.Resource) {
			r[publicIP].DependsOn = []string{arm.ResourceID(arm.TypeConnection, "to-office")}
		}, []string{"dependency resources[2].dependsOn: waits for itself: publicIPAddresses/network-00000-gw-pip → connections/to-office → virtualNetworkGateways/network-00000-gw → publicIPAddresses/network-00000-gw-pip"}},
		{"own cycle", func(_ *arm.Template, r []arm.Resource) {
			r[spokeNetwork].DependsOn = []string{arm.ResourceID(arm.TypeVirtualNetwork, "spoke-00000")}
		}, []string{"dependency resources[1].dependsOn: waits for itself: virtualNetworks/spoke-00000 → virtualNetworks/spoke-00000"}},

		{"undeclared parameter", func(_ *arm.Template, r []arm.Resource) { r[site].Location = arm.ParameterRef("place") },
			[]string{`parameter resources[6].location: parameter "place" is not declared`}},
		{"parameter in another letter case", func(_ *arm.Template, r []arm.Resource) { r[site].Location = arm.ParameterRef("LOCATION") }, nil},
		{"unused parameter", func(t *arm.Template, _ []arm.Resource) {
			t.Parameters = append(t.Parameters, arm.Parameter{Name: "spare", Type: arm.ParamInt})
		},
			[]string{"parameter parameters.spare: declared and never used"}},
		{"parameter twice", func(t *arm.Template, _ []arm.Resource) {
			t.Parameters = append(t.Parameters, arm.Parameter{Name: "Location", Type: arm.ParamString})
		},
			[]string{"parameter parameters.Location: declared twice"}},
		{"parameter without a legal name", func(t *arm.Template, r []arm.Resource) {
			t.Parameters[0].Name = "my location"
			for i := range r {
				r[i].Location = strings.ReplaceAll(r[i].Location, "'location'", "'my location'")
			}
		}, []string{`parameter parameters.my location: "my location" is not an identifier`}},
		{"variables", func(t *arm.Template, r []arm.Resource) {
			t.Variables = arm.Object{{Name: "a", Value: "[variables('c')]"}, {Name: "b", Value: "x"}}
			r[site].Location = "[variables('A')]"
		}, []string{`parameter variables.a: variable "c" is not declared`, "parameter variables.b: declared and never used"}},

		{"key in plain text", func(_ *arm.Template, r []arm.Resource) {
			r[connection].Properties = arm.Object{{Name: "sharedKey", Value: "abc123"}}
		}, []string{"parameter parameters.key: declared and never used", "secret resources[7].properties.sharedKey: sharedKey does not come from a secure parameter"}},
		{"key from an open parameter", func(t *arm.Template, _ []arm.Resource) { t.Parameters[1].Type = arm.ParamString },
			[]string{"secret resources[7].properties.sharedKey: sharedKey does not come"}},
		{"key elsewhere", func(_ *arm.Template, r []arm.Resource) {
			r[site].Tags = []arm.Tag{{Name: "key", Value: arm.ParameterRef("key")}}
		},
			[]string{"secret resources[6].tags.key: a secure parameter may stand only"}},
		{"key with a default", func(t *arm.Template, _ []arm.Resource) { t.Parameters[1].Default = "" },
			[]string{"secret parameters.key: a secure parameter may not have a default"}},
		{"key in an output", func(t *arm.Template, _ []arm.Resource) {
			t.Outputs = []arm.Output{{Name: "key", Type: arm.ParamString, Value: arm.ParameterRef("key")}}
		}, []string{"secret outputs.key: a secure parameter may stand only"}},
		{"secure output", func(t *arm.Template, _ []arm.Resource) {
			t.Outputs = []arm.Output{{Name: "o", Type: "SecureString", Value: "x"}}
		},
			[]string{"secret outputs.o: an output may not be secure"}},
		{"output", func(t *arm.Template, r []arm.Resource) {
			t.Outputs = []arm.Output{{Name: "ip", Type: arm.ParamString, Value: arm.Reference(arm.TypePublicIPAddress, r[publicIP].Name, "ipAddress")}}
		}, nil},

		{"illegal name", func(_ *arm.Template, r []arm.Resource) { r[connection].Name = "to office" },
			[]string{`name resources[7].name: name "to office" may not have ' '`}},
		{"computed name", func(_ *arm.Template, r []arm.Resource) { r[connection].Name = arm.ParameterRef("location") },
			[]string{"name resources[7].name: name \"[parameters('location')]\" is an expression"}},
		{"name twice", func(t *arm.Template, r []arm.Resource) {
			again := r[connection]
			again.Name = "To-Office"
			t.Resources = append(t.Resources, again)
		}, []string{"name resources[8].name: connections/To-Office stands in resources[7] already"}},
		{"subnet twice", func(_ *arm.Template, r []arm.Resource) {
			body := r[hubNetwork].Properties.(*arm.VirtualNetwork)
			body.Subnets = append(body.Subnets, arm.Subnet{Name: "APP"})
		}, []string{`name resources[0].properties.subnets: subnet "APP" stands twice`}},
		{"illegal subnet", func(_ *arm.Template, r []arm.Resource) {
			r[hubNetwork].Properties.(*arm.VirtualNetwork).Subnets[0].Name = "a b"
		}, []string{`name resources[0].properties.subnets: name "a b" may not have ' '`}},

		{"no location", func(_ *arm.Template, r []arm.Resource) { r[site].Location = "" }, []string{"location resources[6]: location is missing"}},
		{"location of a child", func(_ *arm.Template, r []arm.Resource) { r[hubPeering].Location = "westeurope" },
			[]string{"location resources[4].location: a child resource has no location"}},

		{"peering before its counterpart", func(_ *arm.Template, r []arm.Resource) {
			r[spokePeering].DependsOn = append(r[spokePeering].DependsOn[:2:2], r[spokePeering].DependsOn[3])
		}, []string{
			"order resources[5].dependsOn: virtualNetworks/virtualNetworkPeerings/network-00000/to-spoke-00000 and this one change virtualNetworks/network-00000",
			"order resources[5].dependsOn: virtualNetworks/virtualNetworkPeerings/network-00000/to-spoke-00000 and this one change virtualNetworks/spoke-00000",
			"transit resources[5].properties.useRemoteGateways: does not wait for virtualNetworks/virtualNetworkPeerings/network-00000/to-spoke-00000"}},
		{"peering twice", func(t *arm.Template, r []arm.Resource) {
			again := r[hubPeering]
			again.Name += "-again"
			again.DependsOn = append(again.DependsOn[:2:2], arm.ResourceID(arm.TypePeering, "spoke-00000", "to-network-00000"))
			t.Resources = append(t.Resources, again)
		}, []string{
			"name resources[8].properties.remoteVirtualNetwork: virtualNetworks/virtualNetworkPeerings/network-00000/to-spoke-00000 peers the same networks already"}},
		{"second gateway at the same time", func(t *arm.Template, r []arm.Resource) {
			body := *r[gateway].Properties.(*arm.VirtualNetworkGateway)
			second := r[gateway]
			second.Name, second.Properties = "er", &body
			t.Resources = append(t.Resources, second)
		}, []string{
			"transit resources[5].properties.useRemoteGateways: does not wait for virtualNetworkGateways/er",
			"order resources[8].dependsOn: virtualNetworkGateways/network-00000-gw and this one change virtualNetworks/network-00000"}},

		{"transit before the gateway", func(_ *arm.Template, r []arm.Resource) {
			r[hubPeering].DependsOn, r[spokePeering].DependsOn = r[hubPeering].DependsOn[:2], r[spokePeering].DependsOn[:3]
		}, []string{"transit resources[5].properties.useRemoteGateways: does not wait for virtualNetworkGateways/network-00000-gw"}},
		{"transit not allowed", func(_ *arm.Template, r []arm.Resource) {
			r[hubPeering].Properties.(*arm.Peering).AllowGatewayTransit = false
		},
			[]string{"transit resources[5].properties.useRemoteGateways: virtualNetworks/virtualNetworkPeerings/network-00000/to-spoke-00000 does not allow gateway transit"}},
		{"transit through nothing", func(t *arm.Template, r []arm.Resource) {
			r[spokePeering].DependsOn = r[spokePeering].DependsOn[:2]
			t.Resources = []arm.Resource{r[hubNetwork], r[spokeNetwork], r[spokePeering]}
			t.Parameters = t.Parameters[:1]
		}, []string{
			"transit resources[2].properties.useRemoteGateways: virtualNetworks/network-00000 has no peering back",
			"transit resources[2].properties.useRemoteGateways: virtualNetworks/network-00000 has no gateway and no Route Server"}},
		{"transit through a hub outside", func(t *arm.Template, r []arm.Resource) {
			t.Metadata = arm.Object{{Name: arm.MetadataExisting, Value: arm.Array{"virtualNetworks/network-00000"}}}
			r[spokePeering].DependsOn = r[spokePeering].DependsOn[1:2]
			t.Resources = []arm.Resource{r[spokeNetwork], r[spokePeering]}
			t.Parameters = t.Parameters[:1]
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			template := pair()
			test.change(template, template.Resources)
			typed := arm.Resolve(template)
			compareProblems(t, test.want, typed)

			// The same template as text has the same problems.
			read, err := arm.ResolveJSON([]byte(encode(t, template)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(typed, read); diff != "" {
				t.Errorf("from a value and from text (-value +text):\n%s", diff)
			}
		})
	}
}

// compareProblems wants "kind path: message", each the beginning of a problem or with the message
// inside of it.
func compareProblems(t *testing.T, want []string, got []arm.Problem) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("want %d problems, got %d:\n%s", len(want), len(got), problemText(got))
	}
	for i, p := range got {
		place, message, _ := strings.Cut(want[i], ": ")
		if string(p.Kind)+" "+p.Path != place || !strings.Contains(p.Message, message) {
			t.Errorf("problem %d: want %s, got %s", i, want[i], p)
		}
	}
}

func problemText(list []arm.Problem) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

func TestResolveNested(t *testing.T) {
	nested := func(scope, key string, inner arm.Object) *arm.Template {
		return &arm.Template{Schema: arm.SchemaSubscription,
			Parameters: []arm.Parameter{{Name: "key", Type: arm.ParamSecureString}},
			Resources: []arm.Resource{
				{Type: "Microsoft.Resources/resourceGroups", APIVersion: "2025-04-01", Name: "rg", Location: "westeurope", Properties: arm.Object{}},
				{Type: arm.TypeDeployment, APIVersion: "2025-04-01", Name: "hub", Extra: arm.Object{{Name: "resourceGroup", Value: "rg"}},
					DependsOn: []string{"[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg')]"},
					Properties: arm.Object{
						{Name: "mode", Value: "Incremental"},
						{Name: "expressionEvaluationOptions", Value: arm.Object{{Name: "scope", Value: scope}}},
						{Name: "parameters", Value: arm.Object{{Name: key, Value: arm.Object{{Name: "value", Value: arm.ParameterRef("key")}}}}},
						{Name: "template", Value: inner},
					}},
			}}
	}
	inner := func(typ, location string) arm.Object {
		return arm.Object{
			{Name: "parameters", Value: arm.Object{{Name: "psk", Value: arm.Object{{Name: "type", Value: typ}}}}},
			{Name: "resources", Value: arm.Array{arm.Object{
				{Name: "type", Value: arm.TypeConnection}, {Name: "name", Value: "c"}, {Name: "location", Value: location},
				{Name: "properties", Value: arm.Object{{Name: "sharedKey", Value: arm.ParameterRef("psk")}}},
			}}},
		}
	}
	tests := []struct {
		name     string
		template *arm.Template
		want     []string
	}{
		{"whole", nested("Inner", "psk", inner(arm.ParamSecureString, "westeurope")), nil},
		{"outer scope", nested("Outer", "psk", inner(arm.ParamSecureString, "westeurope")), []string{
			"parameter parameters.key: declared and never used",
			"secret resources[1].properties.expressionEvaluationOptions: a nested deployment without inner scope"}},
		{"inside", nested("Inner", "psk", inner(arm.ParamSecureString, "[parameters('key')]")), []string{
			`parameter resources[1].properties.template.resources[0].location: parameter "key" is not declared`}},
		{"not secret inside", nested("Inner", "psk", inner(arm.ParamString, "westeurope")), []string{
			"secret resources[1].properties.parameters.psk.value: a secure parameter may stand only",
			"secret resources[1].properties.template.resources[0].properties.sharedKey: sharedKey does not come"}},
		{"not passed on", nested("Inner", "key", inner(arm.ParamSecureString, "westeurope")), []string{
			"parameter resources[1].properties.parameters.key: the nested template does not declare it",
			"secret resources[1].properties.parameters.key.value: a secure parameter may stand only",
			`parameter resources[1].properties.parameters: the nested template wants "psk"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { compareProblems(t, test.want, arm.Resolve(test.template)) })
	}
}

// TestResolveChildren: subnets as child resources are writes on their network, too.
func TestResolveChildren(t *testing.T) {
	network := arm.ResourceID(arm.TypeVirtualNetwork, "hub")
	subnet := func(name string, waits ...string) arm.Resource {
		return arm.Resource{Type: arm.TypeSubnet, Name: "hub/" + name, DependsOn: append([]string{network}, waits...), Properties: arm.Object{}}
	}
	t.Run("in line", func(t *testing.T) {
		compareProblems(t, nil, arm.Resolve(&arm.Template{Resources: []arm.Resource{
			{Type: arm.TypeVirtualNetwork, Name: "hub", Location: "westeurope", Properties: &arm.VirtualNetwork{}},
			subnet("a"), subnet("b", arm.ResourceID(arm.TypeSubnet, "hub", "a")),
		}}))
	})
	t.Run("at the same time", func(t *testing.T) {
		compareProblems(t, []string{"order resources[2].dependsOn: virtualNetworks/subnets/hub/a and this one change virtualNetworks/hub"},
			arm.Resolve(&arm.Template{Resources: []arm.Resource{
				{Type: arm.TypeVirtualNetwork, Name: "hub", Location: "westeurope", Properties: &arm.VirtualNetwork{}},
				subnet("a"), subnet("b"),
			}}))
	})
}
