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

func (c *container) count(name string, n int, wg *sync.WaitGroup) {
	defer wg.Done()
	for range n {
		c.inc(name)
	}
}

func main() {
	c := &container{counters: map[string]int{"a": 0, "b": 0}}
	var wg sync.WaitGroup
	wg.Add(3)
	go c.count("a", 1000, &wg)
	go c.count("a", 1000, &wg)
	go c.count("b", 1000, &wg)
	wg.Wait()
	c.mu.Lock()
	fmt.Println("a", c.counters["a"], "b", c.counters["b"])
}
