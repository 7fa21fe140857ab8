package arm_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// bench is a template with parameters and variables for expressions to use; %s is the value to work out.
const bench = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "none": {"type": "string"},
    "Prefix": {"type": "string", "defaultValue": "net"},
    "key": {"type": "secureString", "defaultValue": "hunter2"},
    "maybe": {"type": "string", "nullable": true},
    "list": {"type": "array", "defaultValue": ["a", "b", "c"]}
  },
  "functions": [{"namespace": "own", "members": {
    "twice": {"parameters": [{"name": "x", "type": "string"}], "output": {"type": "string", "value": "[concat(parameters('x'), parameters('x'))]"}}
  }}],
  "variables": {
    "object": {"b": 1, "a": {"x": "y"}, "plain": "[[not an expression]"},
    "half": {"known": 1, "open": "[parameters('none')]"},
    "copy": [{"name": "loop", "count": 3, "input": "[format('n{0}', copyIndex('loop', 1))]"}],
    "inner": {"copy": [{"name": "items", "count": 2, "input": {"i": "[copyIndex('items')]"}}], "rest": true},
    "one": "[variables('two')]",
    "two": "[variables('one')]",
    "wrong": "[nonsense()]"
  },
  "resources": [
    {"type": "Microsoft.Network/virtualNetworks", "name": "hub", "apiVersion": "2025-05-01", "location": "westeurope",
     "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"name": "app", "properties": {"addressPrefix": "10.0.1.0/24"}}]}},
    {"type": "Microsoft.Network/publicIPAddresses", "name": "pip", "apiVersion": "2025-05-01", "properties": {"publicIPAllocationMethod": "Static"}},
    {"type": "Microsoft.Network/test", "name": "test", "properties": {"value": %s}}
  ]
}`

// worked is what an expression comes to, as JSON, or "? why" when it is unknown.
func worked(t testing.TB, expression string, d arm.Deployment) (string, diag.List) {
	t.Helper()
	text, err := json.Marshal(expression)
	if err != nil {
		t.Fatal(err)
	}
	d.Template = read(t, "t.json", fmt.Appendf(nil, bench, text))
	items, found := arm.Evaluate([]arm.Deployment{d})
	if len(items) != 3 {
		t.Fatalf("%s: %d items: %v", expression, len(items), found)
	}
	return asJSON(items[2].Body.Path("properties", "value")), found
}

// asJSON is a value as compact JSON with unknown ones as "? why".
func asJSON(v arm.Value) string {
	switch v.Kind() {
	case arm.KindList, arm.KindObject:
		var parts []string
		for item := range v.Items() {
			text := asJSON(item)
			if v.Is(arm.KindObject) {
				text = item.Name() + ":" + text
			}
			parts = append(parts, text)
		}
		if v.Is(arm.KindList) {
			return "[" + strings.Join(parts, ",") + "]"
		}
		return "{" + strings.Join(parts, ",") + "}"
	case arm.KindString:
		return "'" + v.Text() + "'"
	case arm.KindUnknown:
		return "? " + v.Text()
	case arm.KindAbsent:
		return "absent"
	case arm.KindNull:
		return "null"
	}
	return v.Text()
}

func TestEvaluateFunctions(t *testing.T) {
	const none = `? parameter "none" has no value`
	tests := []struct{ expression, want string }{
		// Texts of templates.
		{"plain", "'plain'"}, {"[[x]", "'[x]'"}, {"[x", "'[x'"}, {"x]", "'x]'"}, {"", "''"},
		{"['it''s']", "'it's'"}, {"[ 'a' ]", "'a'"}, {"[-3]", "-3"},

		// Values of the template.
		{"[parameters('prefix')]", "'net'"}, {"[PARAMETERS('PREFIX')]", "'net'"}, {"[parameters('none')]", none},
		{"[parameters('maybe')]", "null"}, {"[parameters('key')]", `? parameter "key" is secure`},
		{"[parameters('list')[1]]", "'b'"}, {"[parameters('list')]", "['a','b','c']"},
		{"[variables('object')]", "{b:1,a:{x:'y'},plain:'[not an expression]'}"},
		{"[variables('object').a.X]", "'y'"}, {"[variables('object')['a']['x']]", "'y'"},
		{"[variables('loop')]", "['n1','n2','n3']"}, {"[variables('inner')]", "{items:[{i:0},{i:1}],rest:true}"},
		{"[variables('half').known]", "1"}, {"[variables('half').open]", none}, {"[variables('half')]", "{known:1,open:" + none + "}"},
		{"[own.twice('a')]", "'aa'"}, {"[OWN.Twice(own.twice('a'))]", "'aaaa'"}, {"[own.twice(parameters('none'))]", none},
		{"[variables('wrong')]", "? its expression is broken"},

		// Logic.
		{"[true()]", "true"}, {"[false()]", "false"}, {"[null()]", "null"}, {"[not(true())]", "false"},
		{"[if(true(), 'a', 'b')]", "'a'"}, {"[if(false(), nonsense(), 'b')]", "'b'"},
		{"[if(equals(parameters('none'), 'x'), 'a', 'b')]", none}, {"[if(equals(parameters('none'), 'x'), 'a', 'a')]", "'a'"},
		{"[if(equals(parameters('none'), 'x'), parameters('list')[9], 'a')]", none},
		{"[and(true(), false(), equals(parameters('none'), ''))]", "false"}, {"[and(equals(parameters('none'), ''), false())]", "false"},
		{"[and(true(), equals(parameters('none'), ''))]", none}, {"[or(equals(parameters('none'), ''), true())]", "true"},
		{"[or(false(), false())]", "false"}, {"[and(true(), true())]", "true"},
		{"[bool('True')]", "true"}, {"[bool(0)]", "false"}, {"[bool('1')]", "true"},
		{"[coalesce(null(), parameters('maybe'), 'x')]", "'x'"}, {"[coalesce(parameters('none'), 'x')]", none}, {"[coalesce(null())]", "null"},
		{"[equals('a', 'A')]", "false"}, {"[equals(1, 1)]", "true"}, {"[equals('1', 1)]", "false"}, {"[equals(null(), null())]", "true"},
		{"[equals(createArray(1, 'a'), createArray(1, 'a'))]", "true"}, {"[equals(createObject('A', 1), createObject('a', 1))]", "true"},
		{"[equals(createArray(1, parameters('none')), createArray(2, 'a'))]", "false"},
		{"[equals(createArray(1, parameters('none')), createArray(1, 'a'))]", none},
		{"[less(1, 2)]", "true"}, {"[lessOrEquals(2, 2)]", "true"}, {"[greater(1, 2)]", "false"}, {"[greaterOrEquals(1, 2)]", "false"},
		{"[less('a', 'b')]", "true"}, {"[less('a', 'B')]", "? the order of two texts depends on the service"},

		// Numbers.
		{"[add(1, 2)]", "3"}, {"[sub(1, 2)]", "-1"}, {"[mul(3, -4)]", "-12"}, {"[div(7, 2)]", "3"}, {"[mod(7, 3)]", "1"}, {"[div(-7, 2)]", "-3"},
		{"[int('42')]", "42"}, {"[int(7)]", "7"}, {"[min(3, 1, 2)]", "1"}, {"[max(createArray(3, 1))]", "3"}, {"[add(1, int(parameters('none')))]", none},

		// Texts.
		{"[concat('a', 1, 'b', true())]", "'a1bTrue'"}, {"[concat(createArray(1), createArray(2, 3))]", "[1,2,3]"},
		{"[concat('a', parameters('none'))]", none}, {"[concat(parameters('list'), parameters('none'))]", none},
		{"[format('{0}-{1}-{0}', 'a', 2)]", "'a-2-a'"}, {"[format('{{{0}}}', 'a')]", "'{a}'"}, {"[format('{0:D3}/{0:00}/{1:X}', 7, 255)]", "'007/07/FF'"},
		{"[format('[{0,3}|{1,-3}|{0:d2}]', 1, 'b')]", "'[  1|b  |01]'"}, {"[format('{0}', true())]", "'True'"}, {"[format('{0:N}', 1)]", `? how format writes a number as "N" is not worked out`},
		{"[format('{0}', null())]", "''"}, {"[format('a{0}', parameters('none'))]", none}, {"[format('x')]", "'x'"},
		{"[string(1)]", "'1'"}, {"[string(createObject('a', createArray(1, null(), true())))]", `'{"a":[1,null,true]}'`}, {"[string(variables('half'))]", none},
		{"[toLower('AbC')]", "'abc'"}, {"[toUpper('AbC')]", "'ABC'"}, {"[trim(' a ')]", "'a'"},
		{"[substring('abcdef', 2)]", "'cdef'"}, {"[substring('abcdef', 1, 3)]", "'bcd'"}, {"[substring('a😀b', 3)]", "'b'"},
		{"[replace('a-b-c', '-', '')]", "'abc'"}, {"[padLeft('7', 3, '0')]", "'007'"}, {"[padLeft(7, 2)]", "' 7'"},
		{"[split('a,b,,c', ',')]", "['a','b','','c']"}, {"[split('a,b;c', createArray(',', ';'))]", "['a','b','c']"},
		{"[join(createArray('a', 'b', 1), ', ')]", "'a, b, 1'"}, {"[join(createArray(), ',')]", "''"},
		{"[startsWith('abcdef', 'AB')]", "true"}, {"[endsWith('abcdef', 'EF')]", "true"}, {"[startsWith('a', 'ab')]", "false"},
		{"[indexOf('test', 'T')]", "0"}, {"[lastIndexOf('test', 't')]", "3"}, {"[indexOf('test', 'x')]", "-1"}, {"[indexOf(createArray('a', 'b'), 'b')]", "1"},
		{"[base64('abc')]", "'YWJj'"}, {"[base64ToString('YWJj')]", "'abc'"}, {"[base64ToJson(base64('{\"a\":1}')).a]", "1"},
		{"[json('{\"a\": [1, 2.5, null, \"[x()]\"]}')]", "{a:[1,2.5,null,'[x()]']}"}, {"[json('null')]", "null"}, {"[uriComponent('a b/c')]", "'a%20b%2Fc'"},

		// Lists and objects.
		{"[array('a')]", "['a']"}, {"[array(createArray(1))]", "[1]"}, {"[createArray()]", "[]"}, {"[createObject('a', 1, 'b', createArray())]", "{a:1,b:[]}"},
		{"[length('abc')]", "3"}, {"[length(parameters('list'))]", "3"}, {"[length(variables('object'))]", "3"}, {"[length('😀')]", "2"},
		{"[length(createArray(parameters('none')))]", "1"},
		{"[empty('')]", "true"}, {"[empty(createArray())]", "true"}, {"[empty(variables('object'))]", "false"}, {"[empty(null())]", "true"}, {"[empty(parameters('none'))]", none},
		{"[contains('OneTwo', 'two')]", "false"}, {"[contains(parameters('list'), 'b')]", "true"}, {"[contains(variables('object'), 'A')]", "true"},
		{"[contains(createArray('a', parameters('none')), 'a')]", "true"}, {"[contains(createArray('a', parameters('none')), 'b')]", none},
		{"[first(parameters('list'))]", "'a'"}, {"[last('abc')]", "'c'"}, {"[first(createArray())]", "null"}, {"[first('')]", "''"},
		{"[take(parameters('list'), 2)]", "['a','b']"}, {"[skip('abc', 1)]", "'bc'"}, {"[take('abc', 9)]", "'abc'"}, {"[skip(createArray(1), 9)]", "[]"}, {"[take('abc', -1)]", "''"},
		{"[range(2, 3)]", "[2,3,4]"}, {"[range(0, 0)]", "[]"},
		{"[union(createArray(1, 2), createArray(2, 3))]", "[1,2,3]"},
		{"[union(createObject('a', 1, 'o', createObject('x', 1)), createObject('A', 2, 'o', createObject('y', 2)))]", "{a:2,o:{x:1,y:2}}"},
		{"[union(createArray(1), createArray(parameters('none')))]", none},
		{"[intersection(createArray(1, 2, 3), createArray(3, 1))]", "[1,3]"}, {"[intersection(createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))]", "{a:1}"},
		{"[flatten(createArray(createArray(1), createArray(2, 3)))]", "[1,2,3]"}, {"[indexFromEnd(createArray(1, 2, 3), 1)]", "3"},
		{"[items(createObject('b', 1, 'a', 2))]", "[{key:'a',value:2},{key:'b',value:1}]"}, {"[objectKeys(createObject('b', 1, 'a', 2))]", "['a','b']"},
		{"[items(createObject('b', 1, 'A', 2, 'a1', 3))]", "[{key:'A',value:2},{key:'a1',value:3},{key:'b',value:1}]"},
		{"[items(createObject('B', 1, 'a', 2))]", "? the order of items depends on the service"},
		{"[shallowMerge(createArray(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2))))]", "{a:{y:2}}"},
		{"[tryGet(variables('object'), 'a', 'x')]", "'y'"}, {"[tryGet(variables('object'), 'nope', 'x')]", "null"}, {"[tryGet(parameters('list'), 1)]", "'b'"},
		{"[tryIndexFromEnd(parameters('list'), 1)]", "'c'"}, {"[tryIndexFromEnd(parameters('list'), 9)]", "null"},

		// Functions of functions.
		{"[map(range(0, 3), lambda('i', mul(lambdaVariables('i'), 2)))]", "[0,2,4]"},
		{"[map(parameters('list'), lambda('x', 'i', format('{0}{1}', lambdaVariables('x'), lambdaVariables('i'))))]", "['a0','b1','c2']"},
		{"[filter(range(0, 5), lambda('i', greater(lambdaVariables('i'), 2)))]", "[3,4]"},
		{"[reduce(range(1, 4), 0, lambda('sum', 'i', add(lambdaVariables('sum'), lambdaVariables('i'))))]", "10"},
		{"[sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]", "[1,2,3]"},
		{"[toObject(parameters('list'), lambda('x', lambdaVariables('x')), lambda('x', toUpper(lambdaVariables('x'))))]", "{a:'A',b:'B',c:'C'}"},
		{"[mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))]", "{a:2}"},
		{"[groupBy(createArray('ab', 'ac', 'b'), lambda('x', first(lambdaVariables('x'))))]", "{a:['ab','ac'],b:['b']}"},
		{"[map(createArray(1), lambda('x', parameters('none')))]", "[" + none + "]"},
		{"[filter(createArray(1), lambda('x', equals(parameters('none'), 'a')))]", none},

		// Addresses.
		{"[cidrSubnet('10.144.0.0/20', 24, 2)]", "'10.144.2.0/24'"}, {"[cidrSubnet('fdad:3236:5555::/48', 52, 2)]", "'fdad:3236:5555:2000::/52'"},
		{"[cidrHost('10.144.3.0/24', 0)]", "'10.144.3.1'"}, {"[cidrHost('fdad:3236:5555:3000::/52', 4)]", "'fdad:3236:5555:3000::5'"},
		{"[parseCidr('10.144.0.0/20')]", "{network:'10.144.0.0',netmask:'255.255.240.0',broadcast:'10.144.15.255',firstUsable:'10.144.0.1',lastUsable:'10.144.15.254',cidr:20}"},
		{"[parseCidr('fdad:3236:5555::/48')]", "{network:'fdad:3236:5555::',netmask:'ffff:ffff:ffff::',firstUsable:'fdad:3236:5555::',lastUsable:'fdad:3236:5555:ffff:ffff:ffff:ffff:ffff',cidr:48}"},

		// Scopes and ids that nothing tells in full.
		{"[resourceId('Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions//resourceGroups//providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[resourceId('g', 'Microsoft.Network/virtualNetworks/subnets', 'hub', 'app')]", "'/subscriptions//resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub/subnets/app'"},
		{"[resourceId('s', 'g', 'Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[resourceId('00000000-0000-0000-0000-000000000002', 'Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups//providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[resourceId('Microsoft.Network/virtualNetworks', parameters('none'))]", none},
		{"[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'g')]", "'/subscriptions//providers/Microsoft.Resources/resourceGroups/g'"},
		{"[tenantResourceId('Microsoft.Management/managementGroups', 'm')]", "'/providers/Microsoft.Management/managementGroups/m'"},
		{"[extensionResourceId(resourceId('Microsoft.Network/virtualNetworks', 'hub'), 'Microsoft.Authorization/locks', 'l')]", "'/subscriptions//resourceGroups//providers/Microsoft.Network/virtualNetworks/hub/providers/Microsoft.Authorization/locks/l'"},
		{"[extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', subscription().subscriptionId, 'g'), 'Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions//resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[concat(resourceGroup().id, '/providers/Microsoft.Network/virtualNetworks/', parameters('prefix'))]", "'/subscriptions//resourceGroups//providers/Microsoft.Network/virtualNetworks/net'"},
		{"[last(split(resourceId('Microsoft.Network/virtualNetworks', 'hub'), '/'))]", "'hub'"},
		{"[split(resourceId('Microsoft.Network/virtualNetworks', 'hub'), '/')[4]]", "? no input tells the resource group of the deployment"},
		{"[resourceGroup().name]", "? no input tells the resource group of the deployment"}, {"[concat('rg-', resourceGroup().name)]", "? no input tells the resource group of the deployment"},
		{"[resourceGroup().location]", "? no input tells the location of the deployment"}, {"[subscription().tenantId]", "? no input tells the tenant of the deployment"},
		{"[equals(resourceId('Microsoft.Network/virtualNetworks', 'hub'), resourceId('Microsoft.Network/virtualNetworks', 'hub'))]", "true"},
		{"[equals(resourceId('Microsoft.Network/virtualNetworks', 'hub'), resourceId('Microsoft.Network/virtualNetworks', 'spoke'))]", "false"},
		{"[equals(resourceGroup().name, 'rg')]", "? no input tells the resource group of the deployment"}, {"[equals(resourceGroup().id, '')]", "false"},
		{"[empty(resourceGroup().name)]", "false"}, {"[contains(resourceGroup().id, 'resourceGroups')]", "true"},

		// What only the service computes.
		{"[take(reference('pip').ipAddress, 3)]", "? only the service knows the ipAddress of publicIPAddresses/pip"},
		{"[equals(concat('x', take(parameters('none'), 1)), concat('x', parameters('none')))]", none},
		{"[equals(concat('x', parameters('none')), concat('x', parameters('none')))]", "true"}, {"[equals(concat('x', newGuid()), concat('x', newGuid()))]", "? function newGuid gives another value in every deployment"},
		{"[equals(concat('x', environment().name), concat('x', environment().portal))]", "? no input tells the cloud of the deployment"},
		{"[equals(uniqueString('a'), uniqueString('a'))]", "true"}, {"[equals(uniqueString('a'), uniqueString('b'))]", "? only the service computes uniqueString"},
		{"[equals(uniqueString(resourceGroup().name), uniqueString(resourceGroup().name))]", "true"},
		{"[equals(uniqueString(resourceGroup().name), uniqueString(subscription().subscriptionId))]", "? only the service computes uniqueString"},
		{"[equals(uniqueString(resourceGroup().name), uniqueString(''))]", "? only the service computes uniqueString"},
		{"[equals(uniqueString('a'), toLower(uniqueString('a')))]", "true"}, {"[equals(uniqueString('a'), toUpper(uniqueString('a')))]", "? only the service computes uniqueString"},
		{"[equals(base64(uniqueString('a')), toLower(base64(uniqueString('a'))))]", "? only the service computes base64"},
		{"[equals(concat('x', parameters('none')), toLower(concat('x', parameters('none'))))]", none},
		{"[equals(toLower(concat('x', parameters('none'))), toLower(toLower(concat('X', parameters('none')))))]", "true"},
		{"[equals(concat('a', resourceGroup().name), toLower(concat('a', resourceGroup().name)))]", "? no input tells the resource group of the deployment"},
		{"[equals(concat('x', take(toLower(concat('A', parameters('none'))), 3)), concat('x', take(concat('a', parameters('none')), 3)))]", none},
		{"[toLower(resourceId('Microsoft.Network/virtualNetworks', 'Hub'))]", "'/subscriptions//resourcegroups//providers/microsoft.network/virtualnetworks/hub'"},
		{"[split(trim(concat(uniqueString('a'), '/b')), '/')]", "? only the service computes trim"}, {"[length(split(concat(uniqueString('a'), '/b'), '/'))]", "2"},
		{"[empty(skip(uniqueString('a'), 20))]", "? only the service computes skip"}, {"[empty(uniqueString('a'))]", "false"},
		{"[newGuid()]", "? function newGuid gives another value in every deployment"}, {"[utcNow()]", "? function utcNow gives another value in every deployment"},
		{"[listKeys('x', '1').keys[0]]", "? only the service answers listKeys"}, {"[environment().name]", "? no input tells the cloud of the deployment"},
		{"[pickZones('a', 'b', 'c')]", "? function pickZones is not worked out"}, {"[managementGroup().id]", "? no input tells the management group of the deployment"},

		// References.
		{"[reference(resourceId('Microsoft.Network/virtualNetworks', 'hub')).addressSpace.addressPrefixes[0]]", "'10.0.0.0/16'"},
		{"[reference('hub').addressSpace]", "{addressPrefixes:['10.0.0.0/16']}"},
		{"[reference('Microsoft.Network/virtualNetworks/hub', '2025-05-01').addressSpace.addressPrefixes]", "['10.0.0.0/16']"},
		{"[reference('hub', '2025-05-01', 'Full').location]", "'westeurope'"}, {"[reference('hub', '2025-05-01', 'Full').properties.addressSpace.addressPrefixes]", "['10.0.0.0/16']"},
		{"[reference('hub').subnets[0].id]", "'/subscriptions//resourceGroups//providers/Microsoft.Network/virtualNetworks/hub/subnets/app'"},
		{"[reference('hub').subnets[0].properties.addressPrefix]", "'10.0.1.0/24'"},
		{"[reference('pip').ipAddress]", "? only the service knows the ipAddress of publicIPAddresses/pip"},
		{"[reference('pip').dnsSettings.fqdn]", "? only the service knows the dnsSettings.fqdn of publicIPAddresses/pip"},
		{"[reference('nowhere').x]", `? there is no resource "nowhere" at hand`},
	}
	for _, test := range tests {
		got, _ := worked(t, test.expression, arm.Deployment{})
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.expression, got, test.want)
		}
	}
}

func TestEvaluateScope(t *testing.T) {
	d := arm.Deployment{Subscription: "00000000-0000-0000-0000-000000000001", Group: "net", Tenant: "t1", Location: "westeurope"}
	tests := []struct{ expression, want string }{
		{"[resourceGroup()]", "{id:'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net',name:'net',type:'Microsoft.Resources/resourceGroups',location:'westeurope',managedBy:null,tags:? no input tells the tags of the resource group}"},
		{"[subscription().subscriptionId]", "'00000000-0000-0000-0000-000000000001'"}, {"[subscription().tenantId]", "'t1'"}, {"[tenant().tenantId]", "'t1'"},
		{"[resourceId('Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[resourceId('resgroup-east-west-core-productionxy', 'Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/resgroup-east-west-core-productionxy/providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[resourceId('other', 'Microsoft.Network/virtualNetworks', 'hub')]", "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/other/providers/Microsoft.Network/virtualNetworks/hub'"},
		{"[deployment().name]", "? no input tells the name of the deployment"},
	}
	for _, test := range tests {
		if got, _ := worked(t, test.expression, d); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.expression, got, test.want)
		}
	}
}

// TestEvaluateOutputs: what a nested deployment does not declare as an output is a finding, and no text.
func TestEvaluateOutputs(t *testing.T) {
	tests := []struct{ expression, want, found string }{
		{"[reference('d').outputs.name.value]", "'hub'", ""},
		{"[reference('d').outputs.NAME.Type]", "'string'", ""},
		{"[reference('d').outputs.maybe.value]", "? no input tells the resource group of the deployment", `"value" is unknown: no input tells the resource group of the deployment`},
		{"[reference('d').outputs.name]", "{type:'string',value:'hub'}", ""},
		{"[reference('d').outputs.name.text]", "? its expression is broken", `expression: an output has no property "text"; it has a type and a value`},
		{"[reference('d').outputs.nope]", "? its expression is broken", `expression: there is no output "nope"`},
		{"[reference('d').outputs.nope.value]", "? its expression is broken", `expression: there is no output "nope"`},
		{"[reference('d').outputs.nope.type]", "? its expression is broken", `expression: there is no output "nope"`},
	}
	for _, test := range tests {
		text, _ := json.Marshal(test.expression)
		nested := `{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "properties": {"template": ` +
			templateHead + `"resources": [], "outputs": {"name": {"type": "string", "value": "hub"}, "maybe": {"condition": "[resourceGroup().name]", "type": "string", "value": "a"}}}}}, `
		template := strings.Replace(routeTable("", string(text)), `"resources": [`, `"resources": [`+nested, 1)
		items, found := arm.Evaluate([]arm.Deployment{{Template: read(t, "t.json", []byte(template))}})
		if len(items) != 1 {
			t.Fatalf("%s: %v", test.expression, found)
		}
		message := ""
		if len(found) > 0 {
			message = found[0].Message
		}
		if got := asJSON(items[0].Body.Path("properties", "value")); got != test.want || message != test.found {
			t.Errorf("%s:\n got %s, %q\nwant %s, %q", test.expression, got, message, test.want, test.found)
		}
	}
}

// TestEvaluateNarrowed: the scope of a nested deployment is what its member scope names, as far as that is known.
func TestEvaluateNarrowed(t *testing.T) {
	const unknown = "unknown-[0-9a-f]{8}"
	tests := []struct{ scope, id, subscription string }{
		{"/subscriptions/t/resourceGroups/h", "/subscriptions/t/resourceGroups/h", "'t'"},
		{"/SUBSCRIPTIONS/t", "/subscriptions/t", "'t'"}, {"/", "/subscriptions/s", "'s'"},
		{"/subscriptions//resourceGroups/h", "/subscriptions/s/resourceGroups/h", "'s'"},
		{"Microsoft.Network/virtualNetworks/hub", "/subscriptions/s/resourceGroups/g", "'s'"},
		{"[resourceId('Microsoft.Network/virtualNetworks', 'hub')]", "/subscriptions/s/resourceGroups/g", "'s'"},
		{"[resourceId('h', 'Microsoft.Network/virtualNetworks', uniqueString('a'))]", "/subscriptions/s/resourceGroups/h", "'s'"},
		{"[parameters('none')]", "/subscriptions/" + unknown + "/resourceGroups/" + unknown, `\? parameter "none" has no value`},
		{"[concat(parameters('none'), '/providers/x')]", "/subscriptions/" + unknown + "/resourceGroups/" + unknown, `\? parameter "none" has no value`},
		{"[concat('/subscriptions/', parameters('none'), '/resourceGroups/h')]", "/subscriptions/" + unknown + "/resourceGroups/h", `\? parameter "none" has no value`},
		{"[concat('/subscriptions/t/resourceGroups/', parameters('none'), '/providers/x')]", "/subscriptions/t/resourceGroups/" + unknown, "'t'"},
	}
	for _, test := range tests {
		scope, _ := json.Marshal(test.scope)
		template := read(t, "t.json", []byte(templateHead+`"parameters": {"none": {"type": "string"}}, "resources": [{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "scope": `+string(scope)+`,
			"properties": {"expressionEvaluationOptions": {"scope": "inner"}, "template": `+routeTable("", `"[subscription().subscriptionId]"`)+`}}]}`))
		items, found := arm.Evaluate([]arm.Deployment{{Template: template, Subscription: "s", Group: "g"}})
		if len(items) != 1 {
			t.Fatalf("%s: %v", test.scope, found)
		}
		id, _, _ := strings.Cut(items[0].ID(), "/providers/")
		if !regexp.MustCompile("^" + test.id + "$").MatchString(id) {
			t.Errorf("%s: the scope is %s; want %s", test.scope, id, test.id)
		}
		if got := asJSON(items[0].Body.Path("properties", "value")); !regexp.MustCompile("^" + test.subscription + "$").MatchString(got) {
			t.Errorf("%s: the subscription is %s; want %s", test.scope, got, test.subscription)
		}
	}
}

// TestEvaluateRefers: a property that only the service knows says whose it is.
func TestEvaluateRefers(t *testing.T) {
	d := arm.Deployment{Template: read(t, "t.json", fmt.Appendf(nil, bench, `"[reference(resourceId('Microsoft.Network/publicIPAddresses', 'pip'), '2025-05-01').ipAddress]"`))}
	items, found := arm.Evaluate([]arm.Deployment{d})
	of, property, ok := items[2].Body.Path("properties", "value").Refers()
	if !ok || property != "ipAddress" || of.Type != arm.TypePublicIPAddress || of.Name() != "pip" {
		t.Errorf("refers to %v %q %v", of, property, ok)
	}
	if len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
}

// TestEvaluateRefersNot: what is made of such a property is not the property.
func TestEvaluateRefersNot(t *testing.T) {
	for _, expression := range []string{"[take(reference('pip').ipAddress, 3)]", "[concat(reference('pip').ipAddress, '/32')]", "[coalesce(reference('pip').ipAddress, 'x')]",
		"[if(equals(reference('pip').ipAddress, 'x'), 'a', 'b')]", "[if(reference('pip').on, 'a', 'b')]", "[and(reference('pip').on, true())]", "[string(reference('pip').ipAddress)]",
		"[first(reference('pip').list)]", "[tryGet(reference('pip').object, 'x')]", "[array(reference('pip').list)]", "[length(reference('pip').list)]", "[toLower(reference('pip').ipAddress)]",
		"[filter(createArray(1), lambda('x', reference('pip').on))]", "[createObject('a', 1)[reference('pip').key]]", "[union(reference('pip').list, createArray())]"} {
		text, _ := json.Marshal(expression)
		d := arm.Deployment{Template: read(t, "t.json", fmt.Appendf(nil, bench, text))}
		items, found := arm.Evaluate([]arm.Deployment{d})
		v := items[2].Body.Path("properties", "value")
		if of, property, ok := v.Refers(); ok || !v.Is(arm.KindUnknown) || len(found) != 1 || found[0].Rule != "LST-006" {
			t.Errorf("%s: %s refers to %v %q; %v", expression, asJSON(v), of, property, found)
		}
	}
}

// TestEvaluateBroken: what Resource Manager would refuse is an error at the character.
func TestEvaluateBroken(t *testing.T) {
	tests := []struct{ expression, want string }{
		{"[concat('a'", ""}, // no expression: it does not end with a bracket
		{"[concat('a']", "expression: want ')', found end"},
		{"[f(]", "expression: want a value, found end"},
		{"[\"x\"]", "expression: want a value, found '\"'"},
		{"[concat('ä', nonsense())]", "expression: there is no function nonsense"},
		{"[parameters('nope')]", `expression: there is no parameter "nope"`},
		{"[variables('nope')]", `expression: there is no variable "nope"`},
		{"[concat('a', parameters('list')[3])]", "expression: item 3 of a list of 3"},
		{"[variables('object').nope]", `expression: there is no property "nope"`},
		{"[length(1)]", "expression: length of a number"},
		{"[toLower(1)]", "expression: argument 1 of toLower is a number; a string is expected"},
		{"[add(1)]", "expression: add with 1 arguments"},
		{"[add(json('1.5'), 1)]", "expression: argument 1 of add is a number; an integer is expected"},
		{"[max(1, json('1.5'))]", "expression: max of a number; integers are expected"},
		{"[parameters('list')[json('1.5')]]", "expression: an index that is a number; a name or an integer is expected"},
		{"[div(1, sub(1, 1))]", "expression: a division by zero"},
		{"[add(9223372036854775807, 1)]", "expression: the number is too large"},
		{"[copyIndex()]", "expression: copyIndex outside of a loop over resources"},
		{"[copyIndex('x')]", `expression: there is no loop "x" around`},
		{"[format('{1}', 'a')]", "expression: a format with the placeholder {1} and 1 arguments"},
		{"[resourceId('Microsoft.Network/virtualNetworks/subnets', 'hub')]", "expression: resourceId of type Microsoft.Network/virtualNetworks/subnets with 1 names; it has 2"},
		{"[cidrSubnet('10.0.0.0/16', 24, 256)]", "expression: there is no range 256 of length 24 in one of length 16"},
		{"[own.nope('a')]", "expression: there is no function own.nope"},
		{"[own.twice()]", "expression: own.twice with 0 arguments"},
		{"[json('{')]", "expression: json of a text that is no JSON"},
	}
	for _, test := range tests {
		got, found := worked(t, test.expression, arm.Deployment{})
		if test.want == "" {
			if len(found) > 0 {
				t.Errorf("%s: %v", test.expression, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Rule != "LST-009" || found[0].Message != test.want {
			t.Errorf("%s:\n got %q\nwant %q", test.expression, texts(found), test.want)
		}
		if got != "? its expression is broken" {
			t.Errorf("%s comes to %s", test.expression, got)
		}
	}
}

// TestEvaluateBrokenPlace: the place is a character of the document, whatever escapes stand before it.
func TestEvaluateBrokenPlace(t *testing.T) {
	for _, escaped := range []string{`ä`, `\u00e4`, `\"`, `\ud83d\ude00`, `😀`} {
		text := fmt.Sprintf(bench, `"[concat('`+escaped+`', nonsense())]"`)
		_, found := arm.Evaluate([]arm.Deployment{{Template: read(t, "t.json", []byte(text))}})
		if len(found) != 1 {
			t.Fatalf("%s: %v", escaped, found)
		}
		line := strings.Split(text, "\n")[found[0].Pos.Line-1]
		if !strings.HasPrefix(line[found[0].Pos.Col-1:], "nonsense") {
			t.Errorf("%s: column %d of %s", escaped, found[0].Pos.Col, line)
		}
	}
}

// TestEvaluateCircles: what depends on itself is one finding, and unknown.
func TestEvaluateCircles(t *testing.T) {
	got, found := worked(t, "[variables('one')]", arm.Deployment{})
	if got != "? its expression is broken" || len(found) != 1 || found[0].Rule != "LST-009" {
		t.Errorf("%s, %v", got, found)
	}
}
