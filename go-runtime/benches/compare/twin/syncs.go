// The locks and counters of sync.

package main

import (
	"sync"
)

// mutexContended has eight goroutines count under one lock.
func mutexContended() {
	per := n(1000000)
	var mu sync.Mutex
	var x uint64
	var wg sync.WaitGroup
	k := start()
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < per; i++ {
				mu.Lock()
				x++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	if x != uint64(8*per) {
		panic("mutex")
	}
	report("mutex_contended", k, 8*per)
}

// mutexUncontended has one goroutine count under a lock.
func mutexUncontended() {
	cnt := n(50000000)
	var mu sync.Mutex
	var x uint64
	k := start()
	for i := 0; i < cnt; i++ {
		mu.Lock()
		x++
		mu.Unlock()
	}
	report("mutex_uncontended", k, cnt)
	sink = x
}

// sink keeps a result from being left out.
var sink uint64

// waitgroup has a group that is never waited for in vain.
func waitgroup() {
	cnt := n(20000000)
	var wg sync.WaitGroup
	k := start()
	for i := 0; i < cnt; i++ {
		wg.Add(1)
		wg.Done()
		wg.Wait()
	}
	report("waitgroup", k, cnt)
}

// once calls a function that has run already.
func once() {
	cnt := n(100000000)
	var o sync.Once
	k := start()
	for i := 0; i < cnt; i++ {
		o.Do(func() { sink++ })
	}
	report("once", k, cnt)
}
