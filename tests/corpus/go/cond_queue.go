// A queue with a condition variable: takers wait while it is empty.
package main

import (
	"fmt"
	"sync"
)

type queue struct {
	cond  *sync.Cond
	items []int
}

func newQueue() *queue {
	return &queue{cond: sync.NewCond(new(sync.Mutex))}
}

func (q *queue) put(item int) {
	q.cond.L.Lock()
	defer q.cond.L.Unlock()
	q.items = append(q.items, item)
	q.cond.Signal()
}

func (q *queue) take() int {
	q.cond.L.Lock()
	defer q.cond.L.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}

func main() {
	q := newQueue()
	sums := make(chan int)
	for range 3 {
		go func() {
			sum := 0
			for range 4 {
				sum += q.take()
			}
			sums <- sum
		}()
	}
	for i := range 12 {
		q.put(i)
	}
	total := 0
	for range 3 {
		total += <-sums
	}
	fmt.Println("total", total, "left", len(q.items))
}
