// A stateful goroutine: one owns a map, others read and write it by requests that carry a reply channel.
package main

import (
	"fmt"
	"sync"
)

type readOp struct {
	key  string
	resp chan int
}

type addOp struct {
	key  string
	n    int
	resp chan bool
}

func owner(reads <-chan readOp, adds <-chan addOp) {
	state := make(map[string]int)
	for {
		select {
		case r := <-reads:
			r.resp <- state[r.key]
		case a := <-adds:
			state[a.key] += a.n
			a.resp <- true
		}
	}
}

func main() {
	reads := make(chan readOp)
	adds := make(chan addOp)
	go owner(reads, adds)
	var wg sync.WaitGroup
	for i := 1; i <= 10; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			key := "odd"
			if i%2 == 0 {
				key = "even"
			}
			a := addOp{key, i, make(chan bool)}
			adds <- a
			<-a.resp
		}()
	}
	wg.Wait()
	for _, key := range []string{"even", "odd", "none"} {
		r := readOp{key, make(chan int)}
		reads <- r
		fmt.Println(key, <-r.resp)
	}
}
