// Package arm is the ARM side as text: the documents that Azure Resource Manager deploys, the
// network resource types that this project writes, the expressions inside their strings, and the
// rules that a template has to keep to be deployable at all.
//
// A Template is a plain value whose slices are written in the order given; Encode turns it into
// the same bytes every time. Every string of a Template is template text: data that comes from a
// document goes through Literal, references are made by ResourceID, ParameterRef and Reference.
// Resolve and Check tell what the platform would refuse.
package arm

import (
	"cmp"
	"strings"
)

// APIVersion is the version of every Microsoft.Network resource that this project writes.
// Source: docs/sources.md#api-version.
const APIVersion = "2025-05-01"

// The $schema of each kind of document.
const (
	SchemaResourceGroup = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
	SchemaSubscription  = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
	SchemaParameters    = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
)

// ContentVersion is the version of the documents themselves, which ARM carries and never reads.
const ContentVersion = "1.0.0.0"

// Provider is the namespace in front of every network resource type.
const Provider = "Microsoft.Network/"

// The resource types that this project writes or refers to.
const (
	TypeVirtualNetwork        = Provider + "virtualNetworks"
	TypeSubnet                = Provider + "virtualNetworks/subnets"
	TypePeering               = Provider + "virtualNetworks/virtualNetworkPeerings"
	TypePublicIPAddress       = Provider + "publicIPAddresses"
	TypeVirtualNetworkGateway = Provider + "virtualNetworkGateways"
	TypeLocalNetworkGateway   = Provider + "localNetworkGateways"
	TypeConnection            = Provider + "connections"
	TypeExpressRouteCircuit   = Provider + "expressRouteCircuits"
	TypeSecurityGroup         = Provider + "networkSecurityGroups"
	TypeRouteTable            = Provider + "routeTables"
	TypeFirewall              = Provider + "azureFirewalls"
	TypeFirewallPolicy        = Provider + "firewallPolicies"
	TypeRuleCollectionGroup   = Provider + "firewallPolicies/ruleCollectionGroups"
	TypeLoadBalancer          = Provider + "loadBalancers"
	TypeDeployment            = "Microsoft.Resources/deployments"
)

// The types of a parameter or an output, in the letter case that the official schema wants.
const (
	ParamString       = "string"
	ParamSecureString = "securestring"
	ParamInt          = "int"
	ParamBool         = "bool"
	ParamObject       = "object"
	ParamSecureObject = "secureObject"
	ParamArray        = "array"
)

// MetadataExisting is the member of Template.Metadata that lists what the template refers to and
// does not contain: an Array of strings as Existing makes them.
const MetadataExisting = "existing"

// Template is a deployment template in its classic form: an array of resources.
type Template struct {
	Schema         string // empty: SchemaResourceGroup
	ContentVersion string // empty: ContentVersion
	Metadata       Object
	Parameters     []Parameter
	Variables      Object
	Resources      []Resource
	Outputs        []Output
	Extra          Object // members that have no field here; Decode keeps them
}

// Parameter declares one input of a template.
type Parameter struct {
	Name        string
	Type        string // ParamString, ParamSecureString …
	Default     any    // a value as in Member, nil for none; a secure parameter never has one
	Description string // becomes metadata.description
	Extra       Object // allowedValues, minLength and whatever else was decoded
}

// Secure reports whether the value must stay out of outputs, logs and the deployment history.
func (p *Parameter) Secure() bool {
	return strings.EqualFold(p.Type, ParamSecureString) || strings.EqualFold(p.Type, ParamSecureObject)
}

// Output is one result of a deployment.
type Output struct {
	Name  string
	Type  string
	Value any
	Extra Object
}

// Resource is one resource of a template. A child type ("a/b") has a name with a slash and no
// location. DependsOn holds expressions as ResourceID makes them.
type Resource struct {
	Type       string
	APIVersion string // empty: APIVersion
	Name       string
	Location   string
	Tags       []Tag
	SKU        *SKU
	Zones      []string
	DependsOn  []string
	Properties Properties
	Extra      Object // condition, copy, subscriptionId and others without a field here
}

// Tag is one resource tag.
type Tag struct{ Name, Value string }

// SKU is the sku of a resource that has it at its top level, such as a public IP address. A
// gateway has its own inside its properties.
type SKU struct{ Name, Tier string }

// Properties is the body of a resource: one of this package's property types, or an Object.
type Properties interface{ emit(e emitter) }

func (t *Template) emit(e emitter) {
	e.open('{')
	e.text("$schema", cmp.Or(t.Schema, SchemaResourceGroup))
	e.text("contentVersion", cmp.Or(t.ContentVersion, ContentVersion))
	e.object("metadata", t.Metadata)
	for _, m := range t.Extra {
		e.member(m)
	}
	if len(t.Parameters) > 0 {
		e.key("parameters")
		e.open('{')
		for i := range t.Parameters {
			t.Parameters[i].emit(e)
		}
		e.close('}')
	}
	e.object("variables", t.Variables)
	e.key("resources")
	e.open('[')
	for i := range t.Resources {
		t.Resources[i].emit(e)
		e.rest()
	}
	e.close(']')
	if len(t.Outputs) > 0 {
		e.key("outputs")
		e.open('{')
		for i := range t.Outputs {
			t.Outputs[i].emit(e)
		}
		e.close('}')
	}
	e.close('}')
}

func (p *Parameter) emit(e emitter) {
	e.key(p.Name)
	e.open('{')
	e.text("type", p.Type)
	if p.Default != nil {
		e.member(Member{"defaultValue", p.Default})
	}
	for _, m := range p.Extra {
		e.member(m)
	}
	if p.Description != "" {
		e.key("metadata")
		e.open('{')
		e.text("description", p.Description)
		e.close('}')
	}
	e.close('}')
}

func (o *Output) emit(e emitter) {
	e.key(o.Name)
	e.open('{')
	e.text("type", o.Type)
	if o.Value != nil {
		e.member(Member{"value", o.Value})
	}
	for _, m := range o.Extra {
		e.member(m)
	}
	e.close('}')
}

// emit writes the members in the order in which a reader of ARM expects them: what it is, where it
// is, what it waits for, how it is set.
func (r *Resource) emit(e emitter) {
	e.open('{')
	e.text("type", r.Type)
	e.text("apiVersion", cmp.Or(r.APIVersion, APIVersion))
	e.text("name", r.Name)
	for _, m := range r.Extra {
		e.member(m)
	}
	e.textIf("location", r.Location)
	if len(r.Tags) > 0 {
		e.key("tags")
		e.open('{')
		for _, tag := range r.Tags {
			e.text(tag.Name, tag.Value)
		}
		e.close('}')
	}
	if r.SKU != nil {
		e.key("sku")
		e.open('{')
		e.text("name", r.SKU.Name)
		e.textIf("tier", r.SKU.Tier)
		e.close('}')
	}
	e.listIf("zones", r.Zones)
	e.listIf("dependsOn", r.DependsOn)
	if r.Properties != nil {
		e.key("properties")
		r.Properties.emit(e)
	}
	e.close('}')
}
