// A barrier: nobody begins the next round before all have ended this one.
package main

import (
	"fmt"
	"sync"
)

type barrier struct {
	mu      sync.Mutex
	cond    *sync.Cond
	size    int
	waiting int
	round   int
}

func newBarrier(size int) *barrier {
	b := &barrier{size: size}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *barrier) await() {
	b.mu.Lock()
	defer b.mu.Unlock()
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
	const workers, rounds = 5, 4
	b := newBarrier(workers)
	log := make(chan int, workers*rounds)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for round := range rounds {
				log <- round
				b.await()
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
