package armtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/netmigrate/netmigrate/arm"
)

// The flags of a property in the Bicep type files.
const (
	flagRequired = 1
	flagReadOnly = 2
)

// typeRef points into the array of types of its file: "#/123".
type typeRef struct {
	Ref string `json:"$ref"`
}

// bicepType is one entry of a type file; which fields count depends on Kind.
type bicepType struct {
	Kind                 string                   `json:"$type"`
	Name                 string                   `json:"name"`
	Body                 *typeRef                 `json:"body"`
	Properties           map[string]bicepProperty `json:"properties"`
	AdditionalProperties *typeRef                 `json:"additionalProperties"`
	ItemType             *typeRef                 `json:"itemType"`
	Elements             json.RawMessage          `json:"elements"`
	BaseProperties       map[string]bicepProperty `json:"baseProperties"`
	Discriminator        string                   `json:"discriminator"`
	Value                string                   `json:"value"`
	MinLength            *int64                   `json:"minLength"`
	MaxLength            *int64                   `json:"maxLength"`
	MinValue             *int64                   `json:"minValue"`
	MaxValue             *int64                   `json:"maxValue"`
	Pattern              string                   `json:"pattern"`
}

type bicepProperty struct {
	Type  typeRef `json:"type"`
	Flags int     `json:"flags"`
}

// typeFile is one types.json: a flat array.
type typeFile []bicepType

func (f typeFile) at(ref typeRef) *bicepType {
	var n int
	if _, err := fmt.Sscanf(ref.Ref, "#/%d", &n); err != nil || n < 0 || n >= len(f) {
		return &bicepType{Kind: "broken reference " + ref.Ref}
	}
	return &f[n]
}

type resourceType struct {
	file typeFile
	body typeRef
}

// typeSet is the resource types by folded type@version.
type typeSet map[string]resourceType

var bicepTypes = sync.OnceValues(loadTypes)

func loadTypes() (typeSet, error) {
	dir, err := sharedDir("schemas/bicep-types")
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*", "*types.json"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no type file under %s", dir)
	}
	set := typeSet{}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var file typeFile
		if err := json.Unmarshal(src, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for i := range file {
			if file[i].Kind == "ResourceType" {
				typ, version, _ := strings.Cut(file[i].Name, "@")
				set[strings.ToLower(typ)+"@"+version] = resourceType{file, *file[i].Body}
			}
		}
	}
	return set, nil
}

func (set typeSet) template(c *court, doc map[string]any) {
	eachTemplate(doc, "", func(path string, template map[string]any) {
		eachResource(template, path, func(path string, resource map[string]any) { set.resource(c, path, resource) })
	})
}

func (set typeSet) resource(c *court, path string, resource map[string]any) {
	found, ok := set[typeAndVersion(resource)]
	if !ok {
		c.say("bicep", path, "%s is unknown", typeAndVersion(resource))
		return
	}
	// Which type and version it is has been read; the rest of the mechanics belongs to no type.
	body := map[string]any{}
	for key, value := range resource {
		if key != "type" && key != "apiVersion" && key != "subscriptionId" && key != "resourceGroup" && !slices.Contains(mechanics, key) {
			body[key] = value
		}
	}
	w := typeWalker{c, found.file}
	w.value(path, w.file.at(found.body), body)
}

type typeWalker struct {
	c    *court
	file typeFile
}

func (w typeWalker) say(path, format string, args ...any) { w.c.say("bicep", path, format, args...) }

// value judges one value; an expression fits everywhere.
func (w typeWalker) value(path string, t *bicepType, value any) {
	if text, ok := value.(string); ok && arm.IsExpression(text) {
		return
	}
	switch t.Kind {
	case "AnyType":
	case "ObjectType":
		w.object(path, t.Properties, t.AdditionalProperties, value)
	case "DiscriminatedObjectType":
		w.discriminated(path, t, value)
	case "ArrayType":
		list, ok := value.([]any)
		if !ok {
			w.say(path, "want an array")
		}
		for i, item := range list {
			w.value(fmt.Sprintf("%s[%d]", path, i), w.file.at(*t.ItemType), item)
		}
	case "UnionType":
		w.union(path, t, value)
	case "StringLiteralType":
		if value != t.Value {
			w.say(path, "want %q, have %v", t.Value, value)
		}
	case "StringType":
		w.text(path, t, value)
	case "IntegerType":
		w.integer(path, t, value)
	case "BooleanType":
		if _, ok := value.(bool); !ok {
			w.say(path, "want a boolean, have %v", value)
		}
	default:
		w.say(path, "the walker does not know a %s", t.Kind)
	}
}

func (w typeWalker) object(path string, properties map[string]bicepProperty, others *typeRef, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		w.say(path, "want an object, have %v", value)
		return
	}
	for _, name := range sortedKeys(object) {
		property, known := properties[name]
		at := path + "." + name
		switch {
		case known && property.Flags&flagReadOnly != 0:
			w.say(at, "is read-only")
		case known:
			w.value(at, w.file.at(property.Type), object[name])
		case others != nil:
			w.value(at, w.file.at(*others), object[name])
		default:
			w.say(at, "is unknown")
		}
	}
	for _, name := range sortedKeys(properties) {
		if _, has := object[name]; !has && properties[name].Flags&flagRequired != 0 {
			w.say(path, "%s is required", name)
		}
	}
}

// discriminated judges an object whose type hangs on one of its own properties: the common ones
// and the chosen ones together.
func (w typeWalker) discriminated(path string, t *bicepType, value any) {
	object, _ := value.(map[string]any)
	chosen, _ := object[t.Discriminator].(string)
	var elements map[string]typeRef
	if err := json.Unmarshal(t.Elements, &elements); err != nil {
		w.say(path, "the type file: %s", err)
		return
	}
	ref, ok := elements[chosen]
	if !ok {
		w.say(path+"."+t.Discriminator, "%q is none of %s", chosen, strings.Join(sortedKeys(elements), ", "))
		return
	}
	element := w.file.at(ref)
	properties := map[string]bicepProperty{}
	for _, list := range []map[string]bicepProperty{t.BaseProperties, element.Properties} {
		for name, property := range list {
			properties[name] = property
		}
	}
	w.object(path, properties, element.AdditionalProperties, value)
}

// union judges a choice. Bicep leaves the enums of this service open; a value that is not listed is
// a mistake here all the same.
func (w typeWalker) union(path string, t *bicepType, value any) {
	var elements []typeRef
	if err := json.Unmarshal(t.Elements, &elements); err != nil {
		w.say(path, "the type file: %s", err)
		return
	}
	var literals []string
	for _, ref := range elements {
		if element := w.file.at(ref); element.Kind == "StringLiteralType" {
			literals = append(literals, element.Value)
		}
	}
	if len(literals) > 0 {
		if text, ok := value.(string); !ok || !slices.Contains(literals, text) {
			w.say(path, "%v is none of %s", value, strings.Join(literals, ", "))
		}
		return
	}
	for _, ref := range elements {
		trial := typeWalker{&court{}, w.file}
		if trial.value(path, w.file.at(ref), value); len(trial.c.complaints) == 0 {
			return
		}
	}
	w.say(path, "%v fits no type of the union", value)
}

func (w typeWalker) text(path string, t *bicepType, value any) {
	text, ok := value.(string)
	if !ok {
		w.say(path, "want a string, have %v", value)
		return
	}
	n := int64(len([]rune(text)))
	if t.MinLength != nil && n < *t.MinLength || t.MaxLength != nil && n > *t.MaxLength {
		w.say(path, "%q has a length that is not allowed", text)
	}
	if t.Pattern == "" {
		return
	}
	pattern, err := regexp.Compile(t.Pattern)
	if err != nil {
		w.say(path, "the type file: %s", err)
	} else if !pattern.MatchString(text) {
		w.say(path, "%q does not match %s", text, t.Pattern)
	}
}

func (w typeWalker) integer(path string, t *bicepType, value any) {
	number, ok := value.(json.Number)
	n, err := number.Int64()
	if !ok || err != nil {
		w.say(path, "want an integer, have %v", value)
		return
	}
	if t.MinValue != nil && n < *t.MinValue || t.MaxValue != nil && n > *t.MaxValue {
		w.say(path, "%d is out of bounds", n)
	}
}
