package main

import (
	"sync/atomic"
	"testing"
)

func TestSideBySide(t *testing.T) {
	var done atomic.Int64
	sideBySide(100, func(i int) { done.Add(int64(i)) })
	sideBySide(0, func(int) { t.Error("there was nothing to do") })
	if done.Load() != 4950 {
		t.Errorf("the sum of what was done is %d", done.Load())
	}
}

// A panic reaches who waits, also when no worker is left.
func TestSideBySidePanics(t *testing.T) {
	defer func() {
		if f, ok := recover().(*fault); !ok || f.value != "broken" {
			t.Errorf("recovered %v", f)
		}
	}()
	sideBySide(50, func(int) { panic("broken") })
}
