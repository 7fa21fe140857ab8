//go:build linux

package reach_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel's side of a lab. A namespace has no name outside of this process: it lives as long as
// a descriptor or a socket here does, so nothing is left behind however the test ends.

const (
	probePort  = 4007
	probeMagic = 0x6e6d6b6f // before every payload
	probeSize  = 16
)

// open makes the namespaces, lays the wires, writes routes and rules, and opens the sockets.
func (l *lab) open() (err error) {
	runtime.LockOSThread()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() {
		if back := unix.Setns(home, unix.CLONE_NEWNET); back != nil {
			err = errors.Join(err, back) // the thread stays locked and ends with its goroutine
		} else {
			runtime.UnlockOSThread()
		}
		unix.Close(home)
	}()
	for _, n := range l.nodes {
		if err := n.create(); err != nil {
			return fmt.Errorf("namespace of %s: %w", n.name, err)
		}
	}
	var wires strings.Builder
	for _, w := range l.wires {
		// Both ends have one hardware address and do not ask for it: what is sent is received. The sending end
		// comes up last, because the end that waits for the other's carrier drops packets for a while.
		fmt.Fprintf(&wires, "link add name %s address %s netns %s arp off up type veth peer name %s address %s netns %s\n",
			w.end(), w.mac(), w.to.path(), w.name, w.mac(), w.from.path())
	}
	if err := ipBatch(wires.String()); err != nil {
		return fmt.Errorf("wires: %w", err)
	}
	for _, n := range l.nodes {
		if err := unix.Setns(n.ns, unix.CLONE_NEWNET); err != nil {
			return err
		}
		if err := ipBatch(n.batch(l)); err != nil {
			return fmt.Errorf("routes of %s: %w", n.name, err)
		}
		if err := n.listen(l); err != nil {
			return fmt.Errorf("sockets of %s: %w", n.name, err)
		}
	}
	return nil
}

// create makes the namespace and moves the thread into it.
func (n *namespace) create() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	ns, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	n.ns = ns
	for _, set := range []string{
		"ipv4/ip_forward=1", "ipv4/conf/all/rp_filter=0", "ipv4/conf/default/rp_filter=0", "ipv4/conf/all/accept_local=1",
		"ipv4/conf/all/send_redirects=0", "ipv4/conf/default/send_redirects=0", "ipv4/conf/all/accept_redirects=0", "ipv4/conf/default/accept_redirects=0",
		"ipv6/conf/default/disable_ipv6=1",
	} {
		file, value, _ := strings.Cut(set, "=")
		if err := os.WriteFile("/proc/sys/net/"+file, []byte(value), 0); err != nil && !(os.IsNotExist(err) && strings.HasPrefix(file, "ipv6")) {
			return err
		}
	}
	return nil
}

func (n *namespace) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.ns) }

// batch is what ip has to do in the namespace.
func (n *namespace) batch(l *lab) string {
	var b strings.Builder
	b.WriteString("link set dev lo up\n")
	for _, w := range l.wires {
		if w.from == n {
			fmt.Fprintf(&b, "link set dev %s arp off up\n", w.name)
		}
	}
	for _, a := range n.hosts {
		fmt.Fprintf(&b, "addr add %s/32 dev lo\n", a)
	}
	for _, c := range n.commands {
		b.WriteString(c + "\n")
	}
	return b.String()
}

func ipBatch(commands string) error {
	if commands == "" {
		return nil
	}
	cmd := exec.Command("ip", "-4", "-batch", "-")
	cmd.Stdin = strings.NewReader(commands)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(string(out))
	if _, at, ok := strings.Cut(text, "Command failed -:"); ok {
		if i, _ := strconv.Atoi(strings.TrimSpace(at)); i > 0 {
			text += ": " + strings.Split(commands, "\n")[i-1]
		}
	}
	return fmt.Errorf("ip: %w: %s", err, text)
}

// listen opens the sockets of a namespace, from a thread that is in it.
func (n *namespace) listen(l *lab) (err error) {
	n.sock, n.tap = -1, -1
	if n.passes() {
		if n.tap, err = openTap(); err != nil {
			return err
		}
	}
	if len(n.hosts) == 0 {
		return nil
	}
	if n.sock, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	n.byIndex = map[int]*wire{}
	for _, w := range l.wires {
		if w.to != n {
			continue
		}
		r, err := unix.NewIfreq(w.end())
		if err != nil {
			return err
		}
		if err := unix.IoctlIfreq(n.sock, unix.SIOCGIFINDEX, r); err != nil {
			return err
		}
		n.byIndex[int(r.Uint32())] = w
	}
	return errors.Join(unix.SetsockoptInt(n.sock, unix.IPPROTO_IP, unix.IP_PKTINFO, 1), enlarge(n.sock),
		unix.Bind(n.sock, &unix.SockaddrInet4{Port: probePort}))
}

func openTap() (int, error) {
	all := int(binary.NativeEndian.Uint16([]byte{unix.ETH_P_IP >> 8, unix.ETH_P_IP & 0xff}))
	tap, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, all)
	if err != nil {
		return -1, err
	}
	return tap, enlarge(tap)
}

// enlarge lets a socket hold what comes while others are read.
func enlarge(sock int) error {
	return unix.SetsockoptInt(sock, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20)
}

// close ends the namespaces.
func (l *lab) close() {
	for _, n := range l.nodes {
		for _, fd := range []*int{&n.sock, &n.tap, &n.ns} {
			if *fd > 0 {
				unix.Close(*fd)
			}
			*fd = -1
		}
	}
}

// probe is one packet from a to b, and what became of it and of the answer.
type probe struct {
	from, to *spot
	a, b     netip.Addr
	via      *wire // from an on-premises network: the connection that it sends through

	received    *spot // where it arrived, or nil
	by          *wire // by which it came in
	answered    bool
	there, back []*namespace // the firewalls and appliances that it and the answer passed
}

func (p *probe) delivered() bool { return p.received == p.to }

// session reports whether the answer came and passed the stateful devices that the probe passed.
func (p *probe) session() bool {
	return p.delivered() && p.answered && subset(p.there, p.back) && subset(p.back, p.there)
}

func subset(a, b []*namespace) bool {
	return !slices.ContainsFunc(a, func(n *namespace) bool { return !slices.Contains(b, n) })
}

// quiet is how long nothing must have come before the last packet counts as come: a packet that is sent
// has passed its whole way, as a rule, before the call returns.
const quiet = 12 * time.Millisecond

// run sends probes and collects what becomes of them.
func (l *lab) run(probes []*probe, wait time.Duration) error {
	l.round++
	for i, p := range probes {
		p.received, p.by, p.answered, p.there, p.back = nil, nil, false, nil, nil
		if err := l.send(p.from.at[p.a], p.a, p.b, i, 0, p.via); err != nil {
			return err
		}
		if i%128 == 127 {
			if err := l.collect(probes, 0); err != nil {
				return err
			}
		}
	}
	return l.collect(probes, wait)
}

// send sends one packet; the last field tells a probe from an answer. What the sender's own routes
// drop is an error to the kernel, and none to us.
func (l *lab) send(n *namespace, a, b netip.Addr, i int, answer byte, via *wire) error {
	mark := 0
	if via != nil {
		mark = via.mark
	}
	if n.mark != mark {
		if err := unix.SetsockoptInt(n.sock, unix.SOL_SOCKET, unix.SO_MARK, mark); err != nil {
			return err
		}
		n.mark = mark
	}
	payload := make([]byte, probeSize)
	binary.BigEndian.PutUint32(payload, probeMagic)
	binary.BigEndian.PutUint32(payload[4:], l.round)
	binary.BigEndian.PutUint32(payload[8:], uint32(i))
	payload[12] = answer
	err := unix.Sendmsg(n.sock, payload, unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: a.As4()}), &unix.SockaddrInet4{Port: probePort, Addr: b.As4()}, 0)
	switch err {
	case unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EINVAL, unix.EACCES:
		return nil
	}
	return err
}

// collect reads what has come until nothing comes for the given time.
func (l *lab) collect(probes []*probe, wait time.Duration) error {
	var polled []unix.PollFd
	var read []func() (bool, error)
	for _, n := range l.nodes {
		if n.sock > 0 {
			polled = append(polled, unix.PollFd{Fd: int32(n.sock), Events: unix.POLLIN})
			read = append(read, func() (bool, error) { return l.receive(n, probes) })
		}
		if n.tap > 0 {
			polled = append(polled, unix.PollFd{Fd: int32(n.tap), Events: unix.POLLIN})
			read = append(read, func() (bool, error) { return l.overhear(n, probes) })
		}
	}
	for {
		ready, err := unix.Poll(polled, int(wait.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if err != nil || ready == 0 {
			return err
		}
		for i := range polled {
			for more := polled[i].Revents != 0; more; {
				if more, err = read[i](); err != nil {
					return err
				}
			}
		}
	}
}

// receive takes one packet from a namespace's socket and answers it when it is where it was meant to go.
func (l *lab) receive(n *namespace, probes []*probe) (bool, error) {
	var payload [64]byte
	var oob [128]byte
	size, oobSize, _, _, err := unix.Recvmsg(n.sock, payload[:], oob[:], 0)
	if err == unix.EAGAIN {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	i, answer, ok := l.payload(payload[:size])
	if !ok || i >= len(probes) {
		return true, nil
	}
	p := probes[i]
	by := n.byIndex[arrivedBy(oob[:oobSize])]
	if answer != 0 {
		p.answered = p.answered || n.spot == p.from
		return true, nil
	}
	p.received, p.by = n.spot, by
	if n.spot != p.to {
		return true, nil
	}
	// An on-premises network answers through the connection by which it was reached.
	if by != nil && by.back != nil {
		by = by.back
	} else {
		by = nil
	}
	return true, l.send(n, p.b, p.a, i, 1, by)
}

func (l *lab) payload(b []byte) (i int, answer byte, ok bool) {
	if len(b) != probeSize || binary.BigEndian.Uint32(b) != probeMagic || binary.BigEndian.Uint32(b[4:]) != l.round {
		return 0, 0, false
	}
	return int(binary.BigEndian.Uint32(b[8:])), b[12], true
}

// arrivedBy is the index of the interface in a packet's control message.
func arrivedBy(oob []byte) int {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0
	}
	for _, m := range messages {
		if m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_PKTINFO && len(m.Data) >= 4 {
			return int(binary.NativeEndian.Uint32(m.Data))
		}
	}
	return 0
}

// overhear takes one packet that comes through a firewall or an appliance.
func (l *lab) overhear(n *namespace, probes []*probe) (bool, error) {
	i, answer, _, more, err := l.tapped(n.tap)
	if i >= 0 && i < len(probes) {
		p := probes[i]
		seen := &p.there
		if answer != 0 {
			seen = &p.back
		}
		if !slices.Contains(*seen, n) {
			*seen = append(*seen, n)
		}
	}
	return more, err
}

// tapped takes one packet from a tap: its number, -1 when it is none of this round's, and its time to live.
func (l *lab) tapped(tap int) (i int, answer, ttl byte, more bool, err error) {
	var packet [128]byte
	size, from, err := unix.Recvfrom(tap, packet[:], 0)
	if err == unix.EAGAIN {
		return -1, 0, 0, false, nil
	}
	if err != nil {
		return -1, 0, 0, false, err
	}
	link, ok := from.(*unix.SockaddrLinklayer)
	const headers = 20 + 8
	if !ok || link.Pkttype != unix.PACKET_HOST || size != headers+probeSize || packet[9] != unix.IPPROTO_UDP {
		return -1, 0, 0, true, nil
	}
	i, answer, ok = l.payload(packet[headers:size])
	if !ok {
		i = -1
	}
	return i, answer, packet[8], true, nil
}

// story sends one probe again and tells every namespace that it and the answer came through.
func (l *lab) story(p *probe) string {
	type seen struct {
		n   *namespace
		ttl byte
	}
	taps := make([]int, len(l.nodes))
	err := l.inEach(func(i int) (err error) {
		taps[i], err = openTap()
		return err
	})
	if err == nil {
		err = l.run([]*probe{p}, 5*quiet)
	}
	var ways [2][]seen
	for i, tap := range taps {
		for more := err == nil; more; {
			var at int
			var answer, ttl byte
			if at, answer, ttl, more, err = l.tapped(tap); at == 0 {
				ways[answer&1] = append(ways[answer&1], seen{l.nodes[i], ttl})
			}
		}
		if tap > 0 {
			unix.Close(tap)
		}
	}
	if err != nil {
		return "no story: " + err.Error()
	}
	var b bytes.Buffer
	for i, trip := range ways {
		slices.SortStableFunc(trip, func(a, b seen) int { return int(b.ttl) - int(a.ttl) })
		b.WriteString([]string{"there:", "; back:"}[i])
		for i, s := range trip {
			if i == 12 {
				fmt.Fprintf(&b, " … %d more", len(trip)-i)
				break
			}
			fmt.Fprintf(&b, " → %s", s.n.name)
		}
	}
	return b.String()
}

// inEach does something in every namespace.
func (l *lab) inEach(do func(i int) error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends here
		for i, n := range l.nodes {
			if err := errors.Join(unix.Setns(n.ns, unix.CLONE_NEWNET), do(i)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	return <-done
}
