// Goroutines: starting them, and what a million of them weighs.

package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// spawnJoin starts goroutines that do nothing, and waits for them.
func spawnJoin() {
	waves, per := n(100), 10000
	k := start()
	for i := 0; i < waves; i++ {
		var wg sync.WaitGroup
		wg.Add(per)
		for j := 0; j < per; j++ {
			go func() { wg.Done() }()
		}
		wg.Wait()
	}
	report("spawn_join", k, waves*per)
}

// memory has a million goroutines wait for one channel.
func memory() {
	const N = 1000000
	cnt := n(N)
	runtime.GC()
	r0 := rss()
	ch := make(chan struct{})
	var started atomic.Int64
	var wg sync.WaitGroup
	k := start()
	wg.Add(cnt)
	for i := 0; i < cnt; i++ {
		go func() {
			started.Add(1)
			<-ch
			wg.Done()
		}()
	}
	for started.Load() != int64(cnt) {
		time.Sleep(time.Millisecond)
	}
	create := time.Since(k.t)
	time.Sleep(200 * time.Millisecond)
	r1 := rss()
	t := time.Now()
	close(ch)
	wg.Wait()
	release := time.Since(t)
	fmt.Printf("workload=memory impl=go procs=%d ops=%d bytes_op=%.1f create_ns=%.1f release_ns=%.1f ns_op=%.1f\n", runtime.GOMAXPROCS(0), cnt,
		float64(r1-r0)/float64(cnt), float64(create.Nanoseconds())/float64(cnt), float64(release.Nanoseconds())/float64(cnt),
		float64((create+release).Nanoseconds())/float64(cnt))
}
