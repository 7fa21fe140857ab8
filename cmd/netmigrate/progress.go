package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// patience is how long a run may be silent before a terminal is told what it does.
const patience = 700 * time.Millisecond

// progress shows on a terminal what a long run is doing, on one line that goes away. In a pipe or a
// file it shows nothing.
type progress struct {
	mu    sync.Mutex
	out   io.Writer // nil: nothing is shown
	stage string
	shown bool
	timer *time.Timer
}

// to directs the line to a stream, if it is a terminal and the user wants to be told.
func (p *progress) to(w io.Writer, quiet bool) {
	if _, ok := terminal(w); ok && !quiet {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.out = w
	}
}

// now says what is done from here on.
func (p *progress) now(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out == nil {
		return
	}
	p.stage = fmt.Sprintf(format, args...)
	if p.shown {
		p.show()
	} else if p.timer == nil {
		p.timer = time.AfterFunc(patience, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.out != nil {
				p.show()
			}
		})
	}
}

func (p *progress) show() {
	p.shown = true
	fmt.Fprintf(p.out, "\r\x1b[K%s …", p.stage)
}

// stop takes the line away; it is called before anything else is printed.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	p.out, p.shown = nil, false
}
