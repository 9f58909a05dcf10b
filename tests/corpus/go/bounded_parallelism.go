// Bounded parallelism: at most three goroutines work at a time; a buffered channel is the bound.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	limit := make(chan struct{}, 3)
	var running, most atomic.Int32
	var wg sync.WaitGroup
	lengths := make([]int, 8)
	words := []string{"a", "bc", "def", "ghij", "klm", "no", "p", "qrstu"}
	var mu sync.Mutex
	for i, word := range words {
		wg.Add(1)
		limit <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-limit }()
			now := running.Add(1)
			for m := most.Load(); now > m; m = most.Load() {
				if most.CompareAndSwap(m, now) {
					break
				}
			}
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			lengths[i] = len(word)
			mu.Unlock()
			running.Add(-1)
		}()
	}
	wg.Wait()
	fmt.Println("lengths", lengths)
	fmt.Println("within the bound:", most.Load() <= 3, "running:", running.Load())
}
