//go:build linux

// The kernel oracle holds the engine against Linux. It builds estates in network namespaces, sends real packets
// between all their locations, and compares what arrived with what the engine says. Routes and rules are written
// from the estates, by the words of docs/reach.md, and never from the engine's answers.
//
// It needs root and iproute2. Elsewhere its tests say that they skipped; NETMIGRATE_KERNEL=required makes a failure of
// that. A plain run draws 10 estates. The full counts, of about a minute:
//
//	sudo env NETMIGRATE_KERNEL=required NETMIGRATE_KERNEL_ESTATES=200 "$(which go)" test ./migrate/reach -run Kernel -count=1 -v
//
// NETMIGRATE_KERNEL_SEED=17 draws one estate, that of a failure.
//
// Compared is every pair of an address of one location and an address of another, one for each piece of their ranges
// that no prefix of the estate cuts, as far as the engine says yes or no. What the definition leaves unknown is built
// as absent, in the way that no yes and no no depends on:
//
//   - A tunnel that is suspect, ambiguous or one-sided keeps its routes, and drops what they draw. Without them a
//     shorter route would win, and deliver where the engine rightly says no.
//   - A route that may be there is not: an ExpressRoute site's prefixes, what a device may announce, the spokes
//     behind a Vnet2Vnet connection. The engine follows what wins without it as well.
//   - What a peering or a gateway lets through only perhaps is dropped where it is asked for.
//   - Of equal routes one is built. Where they end differently the engine says neither yes nor no.
//   - An on-premises network sends through every connection by which something of the receiver reached it; where one
//     delivers and another does not, the pair is skipped.
//
// Not built, and refused: Route Servers, and circuits of which an input lists what they announce or that VNets meet at.
// Not compared: two addresses of one location, two on-premises networks, what the Internet sends, and GatewaySubnet.
package reach_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
)

// tally is what comparing estates came to.
type tally struct {
	estates, compared, skipped, yes int
	wires, spaces                   int
	inspected, asymmetric           int // answers that took the firewalls of their probe, and that did not
	built, probed                   time.Duration
}

func (c tally) String() string {
	return fmt.Sprintf("%d estates, %d namespaces, %d wires: %d values compared (%d yes; %d sessions through firewalls, %d that firewalls cut), %d unknown and skipped; built in %v, probed in %v",
		c.estates, c.spaces, c.wires, c.compared, c.yes, c.inspected, c.asymmetric, c.skipped, c.built.Round(time.Millisecond), c.probed.Round(time.Millisecond))
}

// compareWithKernel builds an estate and reports every value that the engine and the kernel do not share.
func compareWithKernel(t *testing.T, c *tally, e *estate.Estate, describe func() string) {
	t.Helper()
	r := reach.Compute(e)
	start := time.Now()
	l, err := compile(e, r.Locations())
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	if err := l.open(); err != nil {
		t.Fatal(err)
	}
	c.built += time.Since(start)
	start = time.Now()
	defer func() { c.probed += time.Since(start) }()
	found, err := l.ask()
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := l.differences(r, found, c)
	if err != nil {
		t.Fatal(err)
	}
	c.estates, c.spaces, c.wires = c.estates+1, c.spaces+len(l.nodes), c.wires+len(l.wires)
	for i, d := range wrong {
		if i == 8 {
			t.Errorf("… and %d more", len(wrong)-i)
			break
		}
		t.Errorf("%s: engine %s, kernel %s\n\t%s", d.what, d.engine, d.kernel, l.story(d.p))
	}
	if len(wrong) > 0 {
		t.Log(describe())
	}
}

// difference is a value that engine and kernel do not share.
type difference struct {
	what, engine, kernel string
	p                    *probe
}

// question is one thing that is asked about a way.
type question struct {
	name string
	ask  func(r *reach.Relation, from, to reach.Endpoint) reach.Value
	is   func(*probe) bool
}

var questions = []question{
	{"can send", (*reach.Relation).Fwd, (*probe).delivered},
	{"session", (*reach.Relation).Sess, (*probe).session},
}

func (l *lab) differences(r *reach.Relation, found map[trip][]*probe, c *tally) ([]difference, error) {
	each := func(do func(w trip, q question, engine reach.Value, yes, no int)) {
		l.ways(func(w trip) {
			from, to := reach.Endpoint{Location: w.from.Location, Address: w.a}, reach.Endpoint{Location: w.to.Location, Address: w.b}
			for _, q := range questions {
				if q.name == "session" && w.to == l.outside.spot {
					continue // the Internet answers whatever reaches it
				}
				yes, no := outcomes(found[w], q.is)
				if back, not := outcomes(found[trip{w.to, w.from, w.b, w.a}], q.is); w.to.Kind == reach.OnPremises && back > 0 && not > 0 {
					yes, no = 1, 1 // it may answer through any of its connections
				}
				do(w, q, q.ask(r, from, to), yes, no)
			}
		})
	}
	// What did not come is tried again, all at once: the machine may have been busy.
	for try := range 3 {
		var again []*probe
		each(func(w trip, _ question, engine reach.Value, yes, _ int) {
			if engine == reach.Yes && yes == 0 {
				again = append(again, found[w]...)
			}
		})
		if len(again) == 0 {
			break
		}
		if err := l.run(again, quiet<<(try+1)); err != nil {
			return nil, err
		}
	}
	var out []difference
	each(func(w trip, q question, engine reach.Value, yes, no int) {
		if engine == reach.Unknown || yes > 0 && no > 0 {
			c.skipped++
			return
		}
		c.compared++
		if engine == reach.Yes {
			c.yes++
		}
		for _, p := range found[w] {
			switch {
			case q.name != "session" || !p.answered || len(p.there)+len(p.back) == 0:
			case p.session():
				c.inspected++
			default:
				c.asymmetric++
			}
		}
		if (engine == reach.Yes) == (yes > 0) {
			return
		}
		d := difference{what: fmt.Sprintf("%s %s → %s %s %s", w.from, w.a, w.to, w.b, q.name), engine: engine.String()}
		if probes := found[w]; len(probes) > 0 {
			d.p, d.kernel = probes[0], said(probes[0])
		} else {
			d.p, d.kernel = &probe{from: w.to, to: w.from, a: w.b, b: w.a}, "no: nothing of the receiver reaches the network"
		}
		out = append(out, d)
	})
	return out, nil
}

func TestKernelAgreesOnFixtures(t *testing.T) {
	needKernel(t)
	var c tally
	for _, name := range networkFixtures(t) {
		t.Run(name, func(t *testing.T) {
			classic := networkFixture(t, name)
			modern, _, _ := estate.ToARM(classic)
			for i, e := range []*estate.Estate{classic, modern} {
				t.Run([]string{"classic", "ARM"}[i], func(t *testing.T) {
					before := c.compared
					compareWithKernel(t, &c, e, func() string { return sketchOf(e) })
					if c.compared == before {
						t.Error("nothing was compared")
					}
				})
			}
		})
	}
	t.Log(c)
}

// networkFixtures lists the folders that hold a network.
func networkFixtures(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"network.netcfg", "input"} {
		found, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "*", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			out = append(out, filepath.Base(filepath.Dir(f)))
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d networks in fixtures", len(out))
	}
	return out
}

// networkFixture reads a folder: its network configuration, and what else was supplied about the network.
func networkFixture(t *testing.T, name string) *estate.Estate {
	t.Helper()
	var opts *options.Options
	source := estate.Source{Name: name}
	root := filepath.Join("..", "..", "fixtures", name)
	if _, err := os.Stat(filepath.Join(root, "input")); err == nil {
		root = filepath.Join(root, "input")
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		switch {
		case filepath.Ext(path) == ".yaml":
			opts, _, err = options.Parse(file, src)
		case filepath.Ext(path) == ".netcfg" || filepath.Base(root) == "input":
			var doc *netcfg.Document
			if doc, _, err = netcfg.Read(file, src); err == nil {
				source.Documents = append(source.Documents, doc)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	e, _, _ := estate.FromClassic(opts, source)
	return e
}

// The lab's own examples are estates as well.
func TestKernelAgreesOnExamples(t *testing.T) {
	needKernel(t)
	var c tally
	for _, x := range labExamples {
		t.Run(x.name, func(t *testing.T) {
			d := newPencil(1)
			x.draw(d)
			compareWithKernel(t, &c, &d.Estate, func() string { return sketchOf(&d.Estate) })
		})
	}
	t.Log(c)
}

func TestKernelAgreesOnRandomEstates(t *testing.T) {
	needKernel(t)
	seeds := make([]int64, countOf(t, "NETMIGRATE_KERNEL_ESTATES", 10))
	for i := range seeds {
		seeds[i] = int64(i + 1)
	}
	if one := countOf(t, "NETMIGRATE_KERNEL_SEED", 0); one > 0 {
		seeds = []int64{int64(one)}
	}
	var c tally
	start := time.Now()
	for _, seed := range seeds {
		t.Run(strconv.FormatInt(seed, 10), func(t *testing.T) {
			w := drawLabEstate(seed)
			compareWithKernel(t, &c, &w.Estate, func() string { return fmt.Sprintf("seed %d\n%s", seed, sketchOf(&w.Estate)) })
		})
	}
	t.Logf("%s; %v in all", c, time.Since(start).Round(time.Millisecond))
	if c.compared == 0 || c.yes == 0 {
		t.Error("nothing was compared")
	}
	if len(seeds) >= 10 && (c.inspected == 0 || c.asymmetric == 0) {
		t.Error("no session went through a firewall, or none was cut by one")
	}
}

func countOf(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, not a count", variable, text)
	}
	return n
}
