// Atomic counters: fifty goroutines add to one.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var ops atomic.Uint64
	var last atomic.Int32
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Add(1)
		go func() {
			for range 200 {
				ops.Add(1)
			}
			last.CompareAndSwap(0, int32(i+1))
			wg.Done()
		}()
	}
	wg.Wait()
	fmt.Println("ops:", ops.Load())
	fmt.Println("one was first:", last.Load() != 0)
}
