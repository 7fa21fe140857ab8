package arm

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Decode reads a template. Properties become Objects, and members without a field of their own are
// kept in Extra, so nothing is lost but white space and the order of the members that have fields.
// An error names the place or the member at fault.
func Decode(src []byte) (*Template, error) {
	doc, err := decodeObject(src)
	if err != nil {
		return nil, err
	}
	return templateOf(doc)
}

// DecodeParameters reads a parameter file.
func DecodeParameters(src []byte) (*Parameters, error) {
	doc, err := decodeObject(src)
	if err != nil {
		return nil, err
	}
	list, err := doc.object("parameters")
	if err != nil {
		return nil, err
	}
	p := &Parameters{}
	for _, m := range list {
		value, err := parameterValueOf(m)
		if err != nil {
			return nil, fmt.Errorf("parameters.%s: %w", m.Name, err)
		}
		p.Values = append(p.Values, value)
	}
	return p, nil
}

func parameterValueOf(m Member) (ParameterValue, error) {
	entry, ok := m.Value.(Object)
	if !ok || len(entry) != 1 {
		return ParameterValue{}, fmt.Errorf("want an object with a value or a reference")
	}
	if value, ok := entry.Get("value"); ok {
		return ParameterValue{Name: m.Name, Value: value}, nil
	}
	reference, err := entry.object("reference")
	if err != nil {
		return ParameterValue{}, err
	}
	vault, err := reference.object("keyVault")
	if err != nil {
		return ParameterValue{}, err
	}
	var kv KeyVaultReference
	err = cmp.Or(vault.take("id", &kv.VaultID), reference.take("secretName", &kv.SecretName), reference.take("secretVersion", &kv.SecretVersion))
	return ParameterValue{Name: m.Name, KeyVault: &kv}, err
}

func decodeObject(src []byte) (Object, error) {
	root, found := parse("", src, Bounds{})
	if len(found) > 0 {
		return nil, fmt.Errorf("line %d, column %d: %s", found[0].Pos.Line, found[0].Pos.Col, found[0].Message)
	}
	doc, ok := written(root).(Object)
	if !ok {
		return nil, fmt.Errorf("the document is not an object")
	}
	return doc, nil
}

// written is a value of a document in the types of what templates are made of. Numbers stay as they
// are written.
func written(v Value) any {
	switch v.Kind() {
	case KindObject:
		o := Object{}
		for m := range v.Items() {
			o = append(o, Member{m.Name(), written(m)})
		}
		return o
	case KindList:
		list := Array{}
		for item := range v.Items() {
			list = append(list, written(item))
		}
		return list
	case KindString:
		return v.Text()
	case KindNumber:
		return json.Number(v.Text())
	case KindBool:
		return v.True()
	}
	return nil
}

func templateOf(doc Object) (*Template, error) {
	t := &Template{}
	var resources Array
	var parameters, outputs Object
	err := doc.fields(map[string]any{
		"$schema": &t.Schema, "contentVersion": &t.ContentVersion, "metadata": &t.Metadata, "variables": &t.Variables,
		"parameters": &parameters, "resources": &resources, "outputs": &outputs,
	}, &t.Extra)
	if err != nil {
		return nil, err
	}
	for _, m := range parameters {
		p := Parameter{Name: m.Name}
		entry, _ := m.Value.(Object)
		if err := entry.fields(map[string]any{"type": &p.Type, "defaultValue": &p.Default}, &p.Extra); err != nil {
			return nil, fmt.Errorf("parameters.%s: %w", m.Name, err)
		}
		t.Parameters = append(t.Parameters, p)
	}
	for i, item := range resources {
		r, err := resourceOf(item)
		if err != nil {
			return nil, fmt.Errorf("resources[%d]: %w", i, err)
		}
		t.Resources = append(t.Resources, r)
	}
	for _, m := range outputs {
		o := Output{Name: m.Name}
		entry, _ := m.Value.(Object)
		if err := entry.fields(map[string]any{"type": &o.Type, "value": &o.Value}, &o.Extra); err != nil {
			return nil, fmt.Errorf("outputs.%s: %w", m.Name, err)
		}
		t.Outputs = append(t.Outputs, o)
	}
	return t, nil
}

func resourceOf(value any) (Resource, error) {
	doc, ok := value.(Object)
	if !ok {
		return Resource{}, fmt.Errorf("want an object")
	}
	var r Resource
	var properties Object
	fields := map[string]any{
		"type": &r.Type, "apiVersion": &r.APIVersion, "name": &r.Name, "location": &r.Location,
		"zones": &r.Zones, "dependsOn": &r.DependsOn, "properties": &properties,
	}
	if sku, ok := plainSKU(doc); ok {
		r.SKU = sku
		fields["sku"] = new(any)
	}
	if tags, ok := plainTags(doc); ok {
		r.Tags = tags
		fields["tags"] = new(any)
	}
	err := doc.fields(fields, &r.Extra)
	if properties != nil {
		r.Properties = properties
	}
	return r, err
}

// plainSKU is the sku when it has nothing but a name and a tier.
func plainSKU(doc Object) (*SKU, bool) {
	o, err := doc.object("sku")
	if err != nil {
		return nil, false
	}
	var sku SKU
	var more Object
	if err := o.fields(map[string]any{"name": &sku.Name, "tier": &sku.Tier}, &more); err != nil || len(more) > 0 {
		return nil, false
	}
	return &sku, true
}

func plainTags(doc Object) ([]Tag, bool) {
	o, err := doc.object("tags")
	if err != nil {
		return nil, false
	}
	var tags []Tag
	for _, m := range o {
		text, ok := m.Value.(string)
		if !ok {
			return nil, false
		}
		tags = append(tags, Tag{m.Name, text})
	}
	return tags, len(tags) > 0
}

// fields takes the named members into what the map points to, and keeps the others in order.
func (o Object) fields(into map[string]any, others *Object) error {
	for _, m := range o {
		target, known := into[m.Name]
		if !known {
			*others = append(*others, m)
		} else if !assign(target, m.Value) {
			return fmt.Errorf("%s has the wrong kind of value", m.Name)
		}
	}
	return nil
}

func (o Object) take(name string, target any) error {
	value, ok := o.Get(name)
	if ok && !assign(target, value) {
		return fmt.Errorf("%s has the wrong kind of value", name)
	}
	return nil
}

func (o Object) object(name string) (Object, error) {
	value, _ := o.Get(name)
	inner, ok := value.(Object)
	if !ok {
		return nil, fmt.Errorf("%s is not an object", name)
	}
	return inner, nil
}

func assign(target, value any) bool {
	var ok bool
	switch target := target.(type) {
	case *any:
		*target, ok = value, true
	case *string:
		*target, ok = value.(string)
	case *Object:
		*target, ok = value.(Object)
	case *Array:
		*target, ok = value.(Array)
	case *[]string:
		var list Array
		if list, ok = value.(Array); ok {
			*target, ok = stringsOf(list)
		}
	}
	return ok
}

func stringsOf(list Array) ([]string, bool) {
	texts := make([]string, len(list))
	for i, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, false
		}
		texts[i] = text
	}
	return texts, true
}
