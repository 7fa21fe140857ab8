package deploy

import "strings"

// members names what is kept of an answer: a list of names, each with the members of an object in
// braces, or of the objects of a list in brackets. "id subnets[name routeTable{id}]". A name alone is
// a text, a number, a truth value, or a list of them.
type members string

// member is one name of members, taken apart.
type member struct {
	name   string
	list   bool // of objects
	within []member
}

// parse takes the names apart. It panics where the text is not what members says: it is a constant.
func (m members) parse() []member {
	p := memberParser{rest: string(m)}
	all := p.members("")
	if p.rest != "" {
		panic("deploy: members go on after their end: " + p.rest)
	}
	return all
}

type memberParser struct{ rest string }

// members reads up to a closing sign, or to the end where there is none.
func (p *memberParser) members(end string) []member {
	var all []member
	for {
		p.rest = strings.TrimLeft(p.rest, " \t\n")
		if end != "" && strings.HasPrefix(p.rest, end) {
			p.rest = p.rest[len(end):]
			return all
		}
		n := strings.IndexAny(p.rest+" ", " \t\n{}[]")
		if n == 0 {
			if p.rest != "" || end != "" {
				panic("deploy: a name is missing before " + p.rest)
			}
			return all
		}
		m := member{name: p.rest[:n]}
		switch p.rest = p.rest[n:]; {
		case strings.HasPrefix(p.rest, "{"):
			p.rest = p.rest[1:]
			m.within = p.members("}")
		case strings.HasPrefix(p.rest, "["):
			p.rest, m.list = p.rest[1:], true
			m.within = p.members("]")
		}
		all = append(all, m)
	}
}

// query is the JMESPath expression that keeps the members of an object.
func (m members) query() string {
	var b strings.Builder
	writeQuery(&b, m.parse())
	return b.String()
}

func writeQuery(b *strings.Builder, all []member) {
	sign := byte('{')
	for _, m := range all {
		b.WriteByte(sign)
		sign = ','
		b.WriteString(m.name + ":" + m.name)
		if m.list {
			b.WriteString("[*]")
		}
		if m.within != nil {
			b.WriteByte('.')
			writeQuery(b, m.within)
		}
	}
	b.WriteByte('}')
}

// table is the members as a hash table of PowerShell, with 1 for a name alone. Objects and lists of
// them look alike in it.
func (m members) table() string {
	var b strings.Builder
	writeTable(&b, m.parse())
	return b.String()
}

func writeTable(b *strings.Builder, all []member) {
	sign := "@{"
	for _, m := range all {
		b.WriteString(sign + m.name + "=")
		sign = ";"
		if m.within != nil {
			writeTable(b, m.within)
		} else {
			b.WriteByte('1')
		}
	}
	b.WriteByte('}')
}
