// Once: many call, one initialises, all see what it did.
package main

import (
	"fmt"
	"sync"
)

var (
	once   sync.Once
	config string
)

func load() {
	fmt.Println("loading")
	config = "loaded"
}

func get() string {
	once.Do(load)
	return config
}

func main() {
	var wg sync.WaitGroup
	seen := make(chan string, 10)
	for range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			seen <- get()
		}()
	}
	wg.Wait()
	close(seen)
	count := 0
	for s := range seen {
		if s == "loaded" {
			count++
		}
	}
	fmt.Println(count, "saw it")
	value := sync.OnceValue(func() int {
		fmt.Println("computing")
		return 42
	})
	fmt.Println(value() + value())
}
