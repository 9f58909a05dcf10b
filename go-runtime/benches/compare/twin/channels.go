// Channels: pairs, pipes, pools, a semaphore, a ring and the prime sieve.

package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// pingpong sends a number there and back again over two unbuffered channels.
func pingpong() {
	cnt := n(1000000)
	a, b := make(chan uint64), make(chan uint64)
	k := start()
	go func() {
		for v := range a {
			b <- v + 1
		}
		close(b)
	}()
	var v uint64
	for i := 0; i < cnt; i++ {
		a <- v
		v = <-b
	}
	close(a)
	if v != uint64(cnt) {
		panic("pingpong")
	}
	report("pingpong_unbuf", k, cnt)
}

// spin is a few microseconds of dependent arithmetic: the work of one job.
func spin(x uint64) uint64 {
	for i := 0; i < 3000; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// workerPool has one producer, eight workers with real work, one collector: it must use every processor.
func workerPool(w string, cap int) {
	jobs := n(100000)
	in, out := make(chan uint64, cap), make(chan uint64, cap)
	var wg sync.WaitGroup
	k := start()
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for v := range in {
				out <- spin(v)
			}
		}()
	}
	go func() {
		for i := 1; i <= jobs; i++ {
			in <- uint64(i)
		}
		close(in)
		wg.Wait()
		close(out)
	}()
	var sum uint64
	got := 0
	for v := range out {
		sum += v
		got++
	}
	if got != jobs {
		panic(w)
	}
	report(w, k, jobs, fmt.Sprintf("sum=%d", sum%1000003))
}

// pipe sends numbers from producers to consumers through one channel.
func pipe(w string, prod, cons, cap, base int) {
	total := n(base)
	ch := make(chan uint64, cap)
	var sum atomic.Uint64
	var pw, cw sync.WaitGroup
	k := start()
	for c := 0; c < cons; c++ {
		cw.Add(1)
		go func() {
			defer cw.Done()
			var s uint64
			for v := range ch {
				s += v
			}
			sum.Add(s)
		}()
	}
	per := total / prod
	for p := 0; p < prod; p++ {
		pw.Add(1)
		go func() {
			defer pw.Done()
			for i := 0; i < per; i++ {
				ch <- 1
			}
		}()
	}
	pw.Wait()
	close(ch)
	cw.Wait()
	if sum.Load() != uint64(per*prod) {
		panic(w)
	}
	report(w, k, per*prod)
}

// semChan uses a buffered channel as a semaphore, held across a yield.
func semChan() {
	waves, per := n(30), 10000
	sem := make(chan struct{}, 3)
	k := start()
	for i := 0; i < waves; i++ {
		var wg sync.WaitGroup
		wg.Add(per)
		for j := 0; j < per; j++ {
			go func() {
				sem <- struct{}{}
				runtime.Gosched()
				<-sem
				wg.Done()
			}()
		}
		wg.Wait()
	}
	report("sem_chan", k, waves*per)
}

// tokenRing sends a countdown round a thousand goroutines.
func tokenRing() {
	const size = 1000
	hops := n(1000000)
	chans := make([]chan int, size)
	for i := range chans {
		chans[i] = make(chan int)
	}
	done := make(chan struct{})
	k := start()
	for i := 0; i < size; i++ {
		in, out := chans[i], chans[(i+1)%size]
		go func() {
			for {
				v := <-in
				if v == 0 {
					close(done)
					return
				}
				out <- v - 1
			}
		}()
	}
	chans[0] <- hops
	<-done
	report("token_ring", k, hops)
}

// sieveOps is the number of receives of all stages of the sieve.
func sieveOps(primes int) (ops int) {
	var ps []int
	for x := 2; len(ps) < primes; x++ {
		ops++
		ok := true
		for _, p := range ps {
			if x%p == 0 {
				ok = false
				break
			}
			ops++
		}
		if ok {
			ps = append(ps, x)
		}
	}
	return
}

// sieve is the prime sieve: one goroutine a prime, each a filter before the next.
func sieve() {
	primes := n(2000)
	k := start()
	ch := make(chan int)
	go func(ch chan<- int) {
		for i := 2; ; i++ {
			ch <- i
		}
	}(ch)
	last := 0
	for i := 0; i < primes; i++ {
		prime := <-ch
		last = prime
		next := make(chan int)
		go func(in <-chan int, out chan<- int, prime int) {
			for {
				v := <-in
				if v%prime != 0 {
					out <- v
				}
			}
		}(ch, next, prime)
		ch = next
	}
	if primes == 2000 && last != 17389 {
		panic(last)
	}
	d := time.Since(k.t)
	report("sieve", k, sieveOps(primes), fmt.Sprintf("total_ms=%.1f", float64(d.Microseconds())/1000))
}
