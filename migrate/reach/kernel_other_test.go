//go:build !linux

package reach_test

import (
	"os"
	"runtime"
	"testing"
)

// The kernel oracle builds estates in network namespaces, which only Linux has.
func noKernel(t *testing.T) {
	if os.Getenv("NETMIGRATE_KERNEL") == "required" {
		t.Fatalf("NETMIGRATE_KERNEL=required: it needs Linux, and this is %s", runtime.GOOS)
	}
	t.Skipf("skipped: it needs Linux, and this is %s", runtime.GOOS)
}

func TestKernelLab(t *testing.T)                   { noKernel(t) }
func TestKernelAgreesOnFixtures(t *testing.T)      { noKernel(t) }
func TestKernelAgreesOnExamples(t *testing.T)      { noKernel(t) }
func TestKernelAgreesOnRandomEstates(t *testing.T) { noKernel(t) }
