package armtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	sdk "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"

	"github.com/netmigrate/netmigrate/arm"
)

// models are the official SDK's types for the resource types that it serves, by folded type.
var models = map[string]func() any{
	"microsoft.network/virtualnetworks":                             model[sdk.VirtualNetwork],
	"microsoft.network/virtualnetworks/subnets":                     model[sdk.Subnet],
	"microsoft.network/virtualnetworks/virtualnetworkpeerings":      model[sdk.VirtualNetworkPeering],
	"microsoft.network/publicipaddresses":                           model[sdk.PublicIPAddress],
	"microsoft.network/virtualnetworkgateways":                      model[sdk.VirtualNetworkGateway],
	"microsoft.network/virtualnetworkgateways/natrules":             model[sdk.VirtualNetworkGatewayNatRule],
	"microsoft.network/localnetworkgateways":                        model[sdk.LocalNetworkGateway],
	"microsoft.network/connections":                                 model[sdk.VirtualNetworkGatewayConnection],
	"microsoft.network/routetables":                                 model[sdk.RouteTable],
	"microsoft.network/routetables/routes":                          model[sdk.Route],
	"microsoft.network/networksecuritygroups":                       model[sdk.SecurityGroup],
	"microsoft.network/networksecuritygroups/securityrules":         model[sdk.SecurityRule],
	"microsoft.network/natgateways":                                 model[sdk.NatGateway],
	"microsoft.network/azurefirewalls":                              model[sdk.AzureFirewall],
	"microsoft.network/firewallpolicies":                            model[sdk.FirewallPolicy],
	"microsoft.network/firewallpolicies/rulecollectiongroups":       model[sdk.FirewallPolicyRuleCollectionGroup],
	"microsoft.network/loadbalancers":                               model[sdk.LoadBalancer],
	"microsoft.network/networkinterfaces":                           model[sdk.Interface],
	"microsoft.network/virtualhubs":                                 model[sdk.VirtualHub],
	"microsoft.network/virtualhubs/ipconfigurations":                model[sdk.HubIPConfiguration],
	"microsoft.network/virtualhubs/bgpconnections":                  model[sdk.BgpConnection],
	"microsoft.network/expressroutecircuits":                        model[sdk.ExpressRouteCircuit],
	"microsoft.network/virtualwans":                                 model[sdk.VirtualWAN],
	"microsoft.network/networkmanagers":                             model[sdk.Manager],
	"microsoft.network/networkmanagers/networkgroups":               model[sdk.Group],
	"microsoft.network/networkmanagers/networkgroups/staticmembers": model[sdk.StaticMember],
	"microsoft.network/networkmanagers/connectivityconfigurations":  model[sdk.ConnectivityConfiguration],
}

func model[T any]() any { return new(T) }

// judgeRoundTrip decodes every network resource into its SDK type and back. The SDK skips what it
// does not know, so a member that does not come back is unknown, or spelt in another letter case.
func judgeRoundTrip(c *court, doc map[string]any) {
	eachTemplate(doc, "", func(path string, template map[string]any) {
		eachResource(template, path, func(path string, resource map[string]any) { roundTrip(c, path, resource) })
	})
}

// AnswerVerdict is what the SDK's types say about a list as the REST interface answers with it. Members
// that the service sends and its published models lack are named by the end of their path, without
// numbers: "ipConfigurations.type".
func AnswerVerdict(answer []byte, unpublished ...string) (complaints []string) {
	doc, err := decode(answer)
	if err != nil {
		return []string{"json: " + err.Error()}
	}
	list, isList := doc["value"].([]any)
	if !isList {
		return []string{"sdk: the answer has no list of values"}
	}
	c := &court{unpublished: unpublished}
	for i, item := range list {
		resource, _ := item.(map[string]any)
		modelled(c, fmt.Sprintf("value[%d]", i), resource)
	}
	return c.complaints
}

func roundTrip(c *court, path string, resource map[string]any) {
	typ, _ := resource["type"].(string)
	if !strings.HasPrefix(strings.ToLower(typ), strings.ToLower(arm.Provider)) {
		return // the SDK module is the network's alone
	}
	if version := resource["apiVersion"]; models[strings.ToLower(typ)] != nil && version != arm.APIVersion {
		c.say("sdk", path, "apiVersion %v is not the SDK's %s", version, arm.APIVersion)
	}
	modelled(c, path, resource)
}

var number = regexp.MustCompile(`\[\d+\]`)

func (c *court) isUnpublished(path string) bool {
	path = number.ReplaceAllString(path, "")
	return slices.ContainsFunc(c.unpublished, func(end string) bool { return strings.HasSuffix(path, "."+end) })
}

func modelled(c *court, path string, resource map[string]any) {
	typ, _ := resource["type"].(string)
	build := models[strings.ToLower(typ)]
	if build == nil {
		c.say("sdk", path, "%s is unknown", typ)
		return
	}
	body := map[string]any{}
	for key, value := range resource {
		if key != "apiVersion" && !slices.Contains(mechanics, key) {
			body[key] = value
		}
	}
	value := build()
	back, err := thereAndBack(body, value)
	if err != nil {
		c.say("sdk", path, "%s", err)
		return
	}
	compareKeys(c, path, body, back)
	checkEnums(c, path, reflect.ValueOf(value))
}

func thereAndBack(body map[string]any, value any) (any, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(value); err != nil {
		return nil, err
	}
	var back any
	return back, json.Unmarshal(text, &back)
}

func compareKeys(c *court, path string, sent, back any) {
	switch sent := sent.(type) {
	case map[string]any:
		object, _ := back.(map[string]any)
		for _, key := range sortedKeys(sent) {
			if _, came := object[key]; !came {
				if c.isUnpublished(path + "." + key) {
					continue
				}
				c.say("sdk", path+"."+key, "is unknown to the SDK")
				continue
			}
			compareKeys(c, path+"."+key, sent[key], object[key])
		}
	case []any:
		list, _ := back.([]any)
		if len(list) != len(sent) {
			c.say("sdk", path, "%d items became %d", len(sent), len(list))
			return
		}
		for i := range sent {
			compareKeys(c, fmt.Sprintf("%s[%d]", path, i), sent[i], list[i])
		}
	}
}

// checkEnums looks at every value of a string type of the SDK.
func checkEnums(c *court, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			checkEnums(c, path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkEnums(c, path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkEnums(c, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.String:
		checkEnum(c, path, v)
	}
}

func checkEnum(c *court, path string, v reflect.Value) {
	if v.Type() == reflect.TypeFor[string]() || arm.IsExpression(v.String()) {
		return
	}
	values, known := enums[v.Type()]
	switch {
	case !known:
		c.say("sdk", path, "the values of %s are not listed", v.Type())
	case !slices.Contains(values, v.String()):
		c.say("sdk", path, "%q is none of %s", v.String(), strings.Join(values, ", "))
	}
}
