// A barrier: nobody begins the next round before all have ended this one.
package main

import (
	"fmt"
	"sync"
)

type barrier struct {
	cond    *sync.Cond
	size    int
	waiting int
	round   int
}

func newBarrier(size int) *barrier {
	return &barrier{cond: sync.NewCond(new(sync.Mutex)), size: size}
}

func (b *barrier) pass() {
	b.cond.L.Lock()
	defer b.cond.L.Unlock()
	round := b.round
	b.waiting++
	if b.waiting == b.size {
		b.waiting = 0
		b.round++
		b.cond.Broadcast()
		return
	}
	for round == b.round {
		b.cond.Wait()
	}
}

func main() {
	const workers = 5
	const rounds = 4
	b := newBarrier(workers)
	log := make(chan int, workers*rounds)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for round := range rounds {
				log <- round
				b.pass()
			}
		}()
	}
	wg.Wait()
	close(log)
	for round := range log {
		fmt.Print(round, " ")
	}
	fmt.Println()
}
