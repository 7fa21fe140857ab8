package deploy

import (
	"os/exec"
	"runtime"
	"testing"
)

// POSIXShell is the POSIX shell that tests run commands in. Only Windows may have none.
func POSIXShell(t testing.TB) string {
	t.Helper()
	shell, err := exec.LookPath("sh")
	switch {
	case err == nil:
	case runtime.GOOS == "windows":
		t.Skip("no sh is installed: nothing was run")
	default:
		t.Fatal(err)
	}
	return shell
}
