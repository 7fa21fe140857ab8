//go:build linux

package reach_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// needKernel skips a test where no lab can be built.
func needKernel(t *testing.T) {
	t.Helper()
	reason := ""
	if os.Geteuid() != 0 {
		reason = "it needs root"
	} else if _, err := exec.LookPath("ip"); err != nil {
		reason = "it needs the command ip of iproute2"
	} else if err := trial(); err != nil {
		reason = fmt.Sprintf("this system builds no lab: %v", err)
	}
	switch {
	case reason == "":
	case os.Getenv("NETMIGRATE_KERNEL") == "required":
		t.Fatalf("NETMIGRATE_KERNEL=required: %s", reason)
	default:
		t.Skipf("skipped: %s", reason)
	}
}

// trial builds the smallest lab with all that the others use.
func trial() error {
	w := &world{}
	w.vnet(estate.ARM, "A", "10.1.0.0/24")
	w.onPrem("A", "10.2.0.0/24", "HQ")
	l, err := compile(&w.Estate, []reach.Location{vnet("A"), onPrem("HQ")})
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.open(); err != nil {
		return err
	}
	p := l.probe(vnet("A"), "10.1.0.128", onPrem("HQ"), "10.2.0.128")
	if err := l.run([]*probe{p}, quiet); err != nil {
		return err
	}
	if !p.session() {
		return errors.New("a packet is lost on the simplest way")
	}
	return nil
}

// probe is a packet between two hosts of a lab.
func (l *lab) probe(from reach.Location, a string, to reach.Location, b string) *probe {
	p := &probe{a: netip.MustParseAddr(a), b: netip.MustParseAddr(b)}
	for _, s := range l.spots {
		if s.Same(from) {
			p.from = s
		}
		if s.Same(to) {
			p.to = s
		}
	}
	return p
}

// trip is two endpoints, in the order of a packet.
type trip struct {
	from, to *spot
	a, b     netip.Addr
}

// ask sends packets on all ways of a lab. An on-premises network sends through each connection by which something
// of the receiver reached it, so there may be several packets on one way.
func (l *lab) ask() (map[trip][]*probe, error) {
	var first, second []*probe
	reachedBy := map[[2]*spot][]*wire{}
	l.ways(func(w trip) {
		if w.from.Kind != reach.OnPremises {
			first = append(first, &probe{from: w.from, to: w.to, a: w.a, b: w.b})
		}
	})
	if err := l.run(first, quiet); err != nil {
		return nil, err
	}
	for _, p := range first {
		key := [2]*spot{p.to, p.from}
		if p.delivered() && p.by.back != nil && !slices.Contains(reachedBy[key], p.by.back) {
			reachedBy[key] = append(reachedBy[key], p.by.back)
		}
	}
	l.ways(func(w trip) {
		for _, via := range reachedBy[[2]*spot{w.from, w.to}] {
			second = append(second, &probe{from: w.from, to: w.to, a: w.a, b: w.b, via: via})
		}
	})
	if err := l.run(second, quiet); err != nil {
		return nil, err
	}
	found := map[trip][]*probe{}
	for _, p := range append(first, second...) {
		w := trip{p.from, p.to, p.a, p.b}
		found[w] = append(found[w], p)
	}
	return found, nil
}

// ways calls do for every packet that the relation speaks of: not between two on-premises networks, and not from the Internet.
func (l *lab) ways(do func(trip)) {
	for _, from := range l.spots {
		for _, to := range l.spots {
			if from == to || from == l.outside.spot || from.Kind == reach.OnPremises && to.Kind == reach.OnPremises ||
				from.Kind == reach.OnPremises && to == l.outside.spot {
				continue
			}
			for _, a := range from.hosts {
				for _, b := range to.hosts {
					do(trip{from, to, a, b})
				}
			}
		}
	}
}

func outcomes(probes []*probe, is func(*probe) bool) (yes, no int) {
	for _, p := range probes {
		if is(p) {
			yes++
		} else {
			no++
		}
	}
	if len(probes) == 0 {
		no = 1
	}
	return yes, no
}

// said is what became of a packet.
func said(p *probe) string {
	switch {
	case p.received == nil:
		return "no: it arrived nowhere"
	case !p.delivered():
		return fmt.Sprintf("no: %s received it", p.received)
	case !p.answered:
		return "received it, and the answer did not come"
	case !p.session():
		return fmt.Sprintf("received it and answered, through %s there and %s back", deviceNames(p.there), deviceNames(p.back))
	}
	return "yes"
}

func deviceNames(list []*namespace) string {
	var out []string
	for _, n := range list {
		out = append(out, n.name)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
