// A counter behind a mutex: a map that many goroutines write.
package main

import (
	"fmt"
	"sync"
)

type container struct {
	mu       sync.Mutex
	counters map[string]int
}

func (c *container) inc(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counters[name]++
}

func main() {
	c := &container{counters: map[string]int{"a": 0, "b": 0}}
	var wg sync.WaitGroup
	inc := func(name string, n int) {
		defer wg.Done()
		for range n {
			c.inc(name)
		}
	}
	wg.Add(3)
	go inc("a", 1000)
	go inc("a", 1000)
	go inc("b", 1000)
	wg.Wait()
	fmt.Println("a", c.counters["a"], "b", c.counters["b"])
}
