// The dining philosophers: each takes the lower fork first, so that nobody waits in a circle.
package main

import (
	"fmt"
	"sync"
)

type fork struct {
	mu   sync.Mutex
	uses int
}

func dine(first, second *fork, meals chan<- int, id int, wg *sync.WaitGroup) {
	defer wg.Done()
	for range 20 {
		first.mu.Lock()
		second.mu.Lock()
		first.uses++
		second.uses++
		second.mu.Unlock()
		first.mu.Unlock()
		meals <- id
	}
}

func main() {
	var forks []*fork
	for range 5 {
		forks = append(forks, new(fork))
	}
	meals := make(chan int)
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Add(1)
		go dine(forks[min(i, (i+1)%5)], forks[max(i, (i+1)%5)], meals, i, &wg)
	}
	go func() {
		wg.Wait()
		close(meals)
	}()
	eaten := make([]int, 5)
	for id := range meals {
		eaten[id]++
	}
	for i, n := range eaten {
		fmt.Println("philosopher", i, n)
	}
	for i, f := range forks {
		fmt.Println("fork", i, f.uses)
	}
}
