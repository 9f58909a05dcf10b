// Rate limiting: a ticker spaces requests out; a bursty limiter lets the first few through at once.
package main

import (
	"fmt"
	"time"
)

func main() {
	requests := make(chan int, 4)
	for i := range 4 {
		requests <- i
	}
	close(requests)
	limiter := time.Tick(20 * time.Millisecond)
	start := time.Now()
	for r := range requests {
		<-limiter
		fmt.Println("request", r)
	}
	fmt.Println("spaced out:", time.Since(start) >= 75*time.Millisecond)

	bursty := make(chan time.Time, 3)
	for range 3 {
		bursty <- time.Now()
	}
	go func() {
		for t := range time.Tick(50 * time.Millisecond) {
			bursty <- t
		}
	}()
	more := make(chan int, 5)
	for i := range 5 {
		more <- i
	}
	close(more)
	start = time.Now()
	for r := range more {
		<-bursty
		fmt.Println("bursty request", r)
		if r == 3 {
			fmt.Println("the fourth waited:", time.Since(start) >= 45*time.Millisecond)
		}
	}
	fmt.Println("so did the fifth:", time.Since(start) >= 95*time.Millisecond)
}
