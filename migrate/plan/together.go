package plan

import "sync"

// together runs jobs side by side and waits for all. A panic of one is a panic of the caller, so
// that whoever guards the caller guards them too.
func together(jobs ...func()) {
	var running sync.WaitGroup
	panics := make([]any, len(jobs))
	for i, job := range jobs {
		running.Go(func() {
			defer func() { panics[i] = recover() }()
			job()
		})
	}
	running.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}
