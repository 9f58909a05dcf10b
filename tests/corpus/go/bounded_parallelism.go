// Bounded parallelism: at most three goroutines work at a time; a buffered channel is the bound.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

type stats struct {
	mu      sync.Mutex
	most    int32
	lengths []int
}

func main() {
	limit := make(chan struct{}, 3)
	var running atomic.Int32
	var wg sync.WaitGroup
	s := &stats{lengths: make([]int, 8)}
	for i, word := range []string{"a", "bc", "def", "ghij", "klm", "no", "p", "qrstu"} {
		wg.Add(1)
		limit <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-limit }()
			now := running.Add(1)
			time.Sleep(5 * time.Millisecond)
			s.mu.Lock()
			s.most = max(s.most, now)
			s.lengths[i] = len(word)
			s.mu.Unlock()
			running.Add(-1)
		}()
	}
	wg.Wait()
	s.mu.Lock()
	for i, n := range s.lengths {
		fmt.Println("word", i, "has", n)
	}
	fmt.Println("within the bound:", s.most <= 3, "running:", running.Load())
}
