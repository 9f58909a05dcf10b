// Timers: many sleepers at once, and a timeout for every receive.

package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// timers has a hundred thousand goroutines sleep from 1 to 100 ms, and tells how much too long.
func timers() {
	cnt := n(100000)
	var wg sync.WaitGroup
	var late, worst atomic.Int64
	c0 := cpuNow()
	k := start()
	wg.Add(cnt)
	for i := 0; i < cnt; i++ {
		d := time.Duration(i%100+1) * time.Millisecond
		go func() {
			t := time.Now()
			time.Sleep(d)
			l := int64(time.Since(t) - d)
			late.Add(l)
			for {
				w := worst.Load()
				if l <= w || worst.CompareAndSwap(w, l) {
					break
				}
			}
			wg.Done()
		}()
	}
	wg.Wait()
	wall := time.Since(k.t)
	report("timers", k, cnt, fmt.Sprintf("wall_ms=%.1f", float64(wall.Microseconds())/1000),
		fmt.Sprintf("cpu_ms=%.1f", float64((cpuNow()-c0).Microseconds())/1000),
		fmt.Sprintf("late_us=%.1f", float64(late.Load())/float64(cnt)/1000),
		fmt.Sprintf("late_max_us=%.1f", float64(worst.Load())/1000))
}

// timeAfter reads a stream with a timeout for each of its values.
func timeAfter() {
	total := n(1000000)
	ch := make(chan uint64, 128)
	k := start()
	go produce(ch, total)
	var got uint64
loop:
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				break loop
			}
			got += v
		case <-time.After(time.Second):
			panic("timeout")
		}
	}
	report("time_after", k, total, fmt.Sprintf("lost=%d", uint64(total)-got))
}
