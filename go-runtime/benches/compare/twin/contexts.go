// Contexts: made and cancelled, alone and in trees, waited for and asked.

package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ctxCreate makes contexts from the background, and cancels them.
func ctxCreate() {
	cnt := n(3000000)
	bg := context.Background()
	k := start()
	for i := 0; i < cnt; i++ {
		_, cancel := context.WithCancel(bg)
		cancel()
	}
	report("ctx_create_cancel", k, cnt)
}

// ctxChild makes contexts from one that can be cancelled, and cancels them.
func ctxChild() {
	cnt := n(3000000)
	p, pc := context.WithCancel(context.Background())
	defer pc()
	k := start()
	for i := 0; i < cnt; i++ {
		_, cancel := context.WithCancel(p)
		cancel()
	}
	report("ctx_child_cancel", k, cnt)
}

// ctxTimeout makes contexts with a timeout, and cancels them long before.
func ctxTimeout() {
	cnt := n(1000000)
	bg := context.Background()
	k := start()
	for i := 0; i < cnt; i++ {
		_, cancel := context.WithTimeout(bg, time.Minute)
		cancel()
	}
	report("ctx_timeout_cancel", k, cnt)
}

// ctxTree makes a hundred thousand children of one context, cancelled with it.
func ctxTree() {
	cnt := n(100000)
	rounds := 5
	keep := make([]context.Context, cnt)
	var create, cancelT time.Duration
	k := start()
	for r := 0; r < rounds; r++ {
		t := time.Now()
		p, pc := context.WithCancel(context.Background())
		for i := range keep {
			c, cc := context.WithCancel(p)
			_ = cc
			keep[i] = c
		}
		create += time.Since(t)
		t = time.Now()
		pc()
		cancelT += time.Since(t)
		if keep[cnt-1].Err() == nil {
			panic("tree")
		}
	}
	report("ctx_tree", k, cnt*rounds,
		fmt.Sprintf("create_ns=%.1f", float64(create.Nanoseconds())/float64(cnt*rounds)),
		fmt.Sprintf("cancel_ns=%.1f", float64(cancelT.Nanoseconds())/float64(cnt*rounds)))
}

// ctxCancelWake has a hundred thousand goroutines wait for one context's end.
func ctxCancelWake() {
	cnt := n(100000)
	rounds := 5
	var cancelT time.Duration
	k := start()
	for r := 0; r < rounds; r++ {
		p, pc := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		var started atomic.Int64
		wg.Add(cnt)
		for i := 0; i < cnt; i++ {
			go func() {
				started.Add(1)
				<-p.Done()
				wg.Done()
			}()
		}
		for started.Load() != int64(cnt) {
			time.Sleep(time.Millisecond)
		}
		t := time.Now()
		pc()
		wg.Wait()
		cancelT += time.Since(t)
	}
	report("ctx_cancel_wake", k, cnt*rounds, fmt.Sprintf("cancel_ns=%.1f", float64(cancelT.Nanoseconds())/float64(cnt*rounds)))
}

// ctxErr asks for a context's error, which is none yet.
func ctxErr() {
	cnt := n(100000000)
	p, pc := context.WithCancel(context.Background())
	defer pc()
	var bad int
	k := start()
	for i := 0; i < cnt; i++ {
		if p.Err() != nil {
			bad++
		}
	}
	if bad != 0 {
		panic("err")
	}
	report("ctx_err", k, cnt)
}

// ctxPoll looks whether a context has ended.
func ctxPoll() {
	cnt := n(50000000)
	p, pc := context.WithCancel(context.Background())
	defer pc()
	var bad int
	k := start()
	for i := 0; i < cnt; i++ {
		select {
		case <-p.Done():
			bad++
		default:
		}
	}
	if bad != 0 {
		panic("poll")
	}
	report("ctx_poll", k, cnt)
}

// ctxSelect reads a stream that a context may cut short.
func ctxSelect() {
	total := n(3000000)
	p, pc := context.WithCancel(context.Background())
	defer pc()
	ch := make(chan uint64, 128)
	k := start()
	go produce(ch, total)
	var got uint64
loop:
	for {
		select {
		case <-p.Done():
			panic("cancelled")
		case v, ok := <-ch:
			if !ok {
				break loop
			}
			got += v
		}
	}
	report("ctx_select", k, total, fmt.Sprintf("lost=%d", uint64(total)-got))
}
