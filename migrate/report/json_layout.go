package report

// lineWidth is how long a JSON object or array may be to stand on one line.
const lineWidth = 110

// layout spreads compact JSON over lines: what is short stays on one line, so that an id or a
// prefix reads as one thing and a large plan is not mostly blanks.
func layout(compact []byte) []byte {
	l := layouter{in: compact, out: make([]byte, 0, len(compact)+len(compact)/3)}
	l.value(0)
	return append(l.out, '\n')
}

type layouter struct {
	in, out []byte
	at      int
}

// value copies the value at hand.
func (l *layouter) value(depth int) {
	switch c := l.in[l.at]; c {
	case '{', '[':
		if end := l.shortEnd(); end > 0 {
			l.oneLine(end)
			return
		}
		l.spread(c, depth)
	default:
		l.scalar()
	}
}

// spread writes a container with each member on a line.
func (l *layouter) spread(open byte, depth int) {
	l.out = append(l.out, open)
	l.at++
	for {
		l.newline(depth + 1)
		if open == '{' {
			l.scalar()
			l.out = append(l.out, ": "...)
			l.at++
		}
		l.value(depth + 1)
		c := l.in[l.at]
		l.at++
		if c != ',' {
			l.newline(depth)
			l.out = append(l.out, c)
			return
		}
		l.out = append(l.out, c)
	}
}

func (l *layouter) newline(depth int) {
	l.out = append(l.out, '\n')
	for range depth {
		l.out = append(l.out, "  "...)
	}
}

// scalar copies a string, a number or a word.
func (l *layouter) scalar() {
	start := l.at
	if l.in[l.at] == '"' {
		l.at = stringEnd(l.in, l.at)
	} else {
		for l.at < len(l.in) && l.in[l.at] != ',' && l.in[l.at] != '}' && l.in[l.at] != ']' && l.in[l.at] != '\n' {
			l.at++
		}
	}
	l.out = append(l.out, l.in[start:l.at]...)
}

// stringEnd is the index after the string that begins at i.
func stringEnd(in []byte, i int) int {
	for i++; in[i] != '"'; i++ {
		if in[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// shortEnd is the index after the container that begins here, or 0 when it is too long for a line.
func (l *layouter) shortEnd() int {
	depth := 0
	for i := l.at; i < len(l.in) && i-l.at < lineWidth; i++ {
		switch l.in[i] {
		case '"':
			i = stringEnd(l.in, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// oneLine copies a container with a blank after each colon and comma.
func (l *layouter) oneLine(end int) {
	for l.at < end {
		c := l.in[l.at]
		if c == '"' {
			l.scalar()
			continue
		}
		l.out = append(l.out, c)
		if c == ':' || c == ',' {
			l.out = append(l.out, ' ')
		}
		l.at++
	}
}
