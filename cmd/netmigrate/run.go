// Command netmigrate turns classic Azure network configurations into ARM templates, and plans the
// way from meshes of VPN gateways to peerings and hubs.
//
// This package knows flags, files, streams and exit codes, and nothing of networks: what it runs
// are the stages of the packages below it (docs/design.md). The product goes to standard output,
// findings go to standard error. The exit code is 0 when all went well, 1 when findings reach
// --fail-on, and 2 when there is no product.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

const program = "netmigrate"

// The exit codes.
const (
	exitDone     = 0
	exitFindings = 1 // done, with findings at or above --fail-on
	exitNot      = 2 // could not run: there is no product
)

func main() { os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr)) }

// run is the whole command: args as in os.Args, the three streams, and the exit code. Interrupted
// by a signal, it leaves the disk as it was.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer spendMemory()()
	// Without this a closed pipe kills the process before it can say anything.
	signal.Ignore(syscall.SIGPIPE)
	interrupted, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer restore()

	s := &session{stdin: stdin, stdout: stdout, stderr: stderr}
	done := make(chan int, 1)
	go func() { done <- s.guarded(args) }()
	select {
	case code := <-done:
		return code
	case <-interrupted.Done():
		s.progress.stop()
		if committed := s.folder.abandon(); committed {
			return <-done
		}
		fmt.Fprintln(stderr, program+": interrupted; nothing was written")
		return exitNot
	}
}

// session is one run of the command.
type session struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	settings       settings
	progress       progress
	folder         folder               // the output folder, when one is written
	suppressed     []options.Suppressed // findings that the options file left out
}

// settings are the flags that every command has.
type settings struct {
	quiet, verbose bool
	colorOut       bool // colours on standard output
	colorErr       bool
	failOn         diag.Severity // the zero severity: never
}

// errUsage marks an error in how the command was called; a line on getting help follows it.
var errUsage = errors.New("usage")

func usagef(format string, args ...any) error {
	return fmt.Errorf("%w%s", errUsage, fmt.Sprintf(format, args...))
}

// guarded runs the command line. A panic becomes a message: it is a mistake in this program, and
// what the user can do about it is report it.
func (s *session) guarded(args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			f, known := p.(*fault)
			if !known {
				f = &fault{p, panicPlace()}
			}
			s.progress.stop()
			s.folder.abandon()
			fmt.Fprintf(s.stderr, "%s: internal error: %s (%s)\n", program, diag.Plain(fmt.Sprint(f.value)), f.place)
			fmt.Fprintf(s.stderr, "\tthis is a fault of %s; please report it, with the input if you can share it\n", buildVersion())
			code = exitNot
		}
	}()
	code, err := s.commandLine(args)
	s.progress.stop()
	if err == nil {
		return code
	}
	s.complain(err)
	return exitNot
}

// complain prints an error as one line. A reader that has gone away wants no message.
func (s *session) complain(err error) {
	switch {
	case brokenPipe(err), errors.Is(err, errAbandoned):
	case errors.Is(err, errUsage):
		fmt.Fprintf(s.stderr, "%s: %s\n", program, diag.Plain(strings.TrimPrefix(err.Error(), errUsage.Error())))
		fmt.Fprintf(s.stderr, "\t%s help lists the commands, %s help COMMAND the flags of one\n", program, program)
	default:
		fmt.Fprintf(s.stderr, "%s: %s\n", program, diag.Plain(err.Error()))
	}
}

// panicPlace is where the innermost function of this program was when it panicked.
func panicPlace() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	panicked := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicked = true
		case panicked && !strings.HasPrefix(f.Function, "runtime."):
			return fmt.Sprintf("%s:%d", f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line)
		}
		if !more {
			return "place unknown"
		}
	}
}

// commandLine finds the command and runs it.
func (s *session) commandLine(args []string) (int, error) {
	line, err := arrange(args[min(1, len(args)):])
	if err != nil {
		return exitNot, err
	}
	switch {
	case line.version:
		return exitDone, s.write([]byte(versionText()))
	case line.help:
		return s.help(line.command)
	case line.command == "":
		return exitNot, usagef("which command? %s", strings.Join(commandNames(), ", "))
	}
	cmd := findCommand(line.command)
	if cmd == nil {
		return exitNot, usagef("unknown command %q%s", line.command, didYouMean(line.command, commandNames()))
	}
	code := exitNot
	app := &cli.App{
		Name: program, Reader: s.stdin, Writer: s.stdout, ErrWriter: s.stderr,
		HideHelp: true, HideHelpCommand: true, HideVersion: true,
		ExitErrHandler: func(*cli.Context, error) {}, // the library would exit by itself
		Commands: []*cli.Command{{
			Name: cmd.name, Flags: cmd.flags(), HideHelp: true, HideHelpCommand: true,
			OnUsageError: func(_ *cli.Context, err error, _ bool) error { return badFlag(cmd, err) },
			Action: func(c *cli.Context) (err error) {
				if err = s.configure(c); err != nil {
					return err
				}
				code, err = cmd.run(s, c)
				return err
			},
		}},
	}
	err = app.Run(line.args())
	return code, err
}

// configure reads the flags that every command has.
func (s *session) configure(c *cli.Context) error {
	s.settings.quiet, s.settings.verbose = c.Bool("quiet"), c.Bool("verbose")
	s.settings.colorOut = wantsColor(c.String("color"), s.stdout)
	s.settings.colorErr = wantsColor(c.String("color"), s.stderr)
	s.settings.failOn, _ = diag.ParseSeverity(c.String("fail-on"))
	s.progress.to(s.stderr, s.settings.quiet)
	return nil
}
