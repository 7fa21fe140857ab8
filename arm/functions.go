package arm

import "strings"

// ResourceID is the expression for the id of a resource in the template's own group: the type with
// its provider, then one name per segment of the type.
//
//	ResourceID(TypeSubnet, "hub", "GatewaySubnet")
//	[resourceId('Microsoft.Network/virtualNetworks/subnets', 'hub', 'GatewaySubnet')]
func ResourceID(typ string, names ...string) string {
	var b strings.Builder
	b.Grow(20 + len(typ) + 24*len(names))
	b.WriteByte('[')
	writeResourceID(&b, typ, names)
	b.WriteByte(']')
	return b.String()
}

// Reference is the expression for a property that the service gives a resource of the same
// template once it is there, such as the ipAddress of a public IP address. It may stand in
// properties and outputs only. Property is an identifier or a path of them.
func Reference(typ, name, property string) string {
	var b strings.Builder
	b.WriteString("[reference(")
	writeResourceID(&b, typ, []string{name})
	b.WriteString(", '" + APIVersion + "')." + property + "]")
	return b.String()
}

// ReferenceTo is Reference for a resource whose id an expression gives, such as ParameterRef: one of
// another group or subscription.
func ReferenceTo(id, property string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(id, "["), "]")
	return "[reference(" + inner + ", '" + APIVersion + "')." + property + "]"
}

// ParameterRef is the expression for the value of a parameter of the template.
func ParameterRef(name string) string { return "[parameters(" + quote(name) + ")]" }

// Literal is template text that ARM reads as s itself, whatever s is: a string that looks like an
// expression gets one more bracket in front. Parameter files need none of this.
func Literal(s string) string {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return "[" + s
	}
	return s
}

// Unescape is the string that ARM reads from template text that is no expression: the inverse of
// Literal.
func Unescape(text string) string {
	if strings.HasPrefix(text, "[[") && strings.HasSuffix(text, "]") {
		return text[1:]
	}
	return text
}

// IsExpression reports whether ARM evaluates the text: it starts with one bracket and ends with
// one. Source: docs/sources.md#template-expressions.
func IsExpression(text string) bool {
	return strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "[[") && strings.HasSuffix(text, "]")
}

// Existing is the entry of MetadataExisting that declares a resource outside the template:
// "virtualNetworks/hub", "virtualNetworks/subnets/hub/app".
func Existing(typ string, names ...string) string {
	return strings.TrimPrefix(typ, Provider) + "/" + strings.Join(names, "/")
}

func writeResourceID(b *strings.Builder, typ string, names []string) {
	b.WriteString("resourceId(")
	writeQuoted(b, typ)
	for _, name := range names {
		b.WriteString(", ")
		writeQuoted(b, name)
	}
	b.WriteByte(')')
}

func quote(s string) string {
	var b strings.Builder
	writeQuoted(&b, s)
	return b.String()
}

// writeQuoted writes an expression string: the only character with a meaning is the quote, which
// is doubled.
func writeQuoted(b *strings.Builder, s string) {
	b.WriteByte('\'')
	for {
		before, after, more := strings.Cut(s, "'")
		b.WriteString(before)
		if !more {
			break
		}
		b.WriteString("''")
		s = after
	}
	b.WriteByte('\'')
}
