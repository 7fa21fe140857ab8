package arm

import (
	"fmt"
	"strings"
)

// NameLength is how many characters the name of one kind of resource may have.
type NameLength struct{ Min, Max int }

// nameLengths holds the kinds that differ from the common 1 to 80, by the folded last segment of
// the type. Source: docs/sources.md#names.
var nameLengths = map[string]NameLength{
	"virtualnetworks": {2, 64},
	"networkmanagers": {1, 64},
	"azurefirewalls":  {1, 56},
	"deployments":     {1, 64},
	"resourcegroups":  {1, 90},
}

// NameLengthOf is the length rule for a type such as TypeVirtualNetwork; of a child type, for its
// own part of the name.
func NameLengthOf(typ string) NameLength {
	if length, ok := nameLengths[strings.ToLower(typ[strings.LastIndexByte(typ, '/')+1:])]; ok {
		return length
	}
	return NameLength{1, 80}
}

// CheckName says why a name is not legal for a type, or nil. A child type has as many names as
// segments, divided by slashes. Names are letters, digits, '_', '.' and '-', start with a letter or
// digit and end with one or '_'. Source: docs/sources.md#names.
func CheckName(typ, name string) error {
	_, segments, _ := strings.Cut(typ, "/")
	types, parts := strings.Split(segments, "/"), strings.Split(name, "/")
	if len(types) != len(parts) {
		return fmt.Errorf("name %q has %d parts, type %s wants %d", name, len(parts), typ, len(types))
	}
	for i, part := range parts {
		if err := checkPart(part, NameLengthOf(types[i])); err != nil {
			return err
		}
	}
	return nil
}

func checkPart(part string, length NameLength) error {
	if len(part) < length.Min || len(part) > length.Max {
		return fmt.Errorf("name %q has %d characters, allowed are %d to %d", part, len(part), length.Min, length.Max)
	}
	for i := 0; i < len(part); i++ {
		c := part[i]
		alnum := isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
		inside := i > 0 && (c == '_' || (c == '.' || c == '-') && i < len(part)-1)
		if !alnum && !inside {
			return fmt.Errorf("name %q may not have %q at character %d", part, c, i+1)
		}
	}
	return nil
}

// isParameterName reports whether parameters('…') can name it as templates do: an identifier.
func isParameterName(name string) bool {
	for i := 0; i < len(name); i++ {
		if !(isNameStart(name[i]) && name[i] != '$' || i > 0 && isDigit(name[i])) {
			return false
		}
	}
	return name != "" && len(name) <= 255
}
