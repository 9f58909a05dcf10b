// A ticker: counts ticks until it is stopped; then no tick comes any more.
package main

import (
	"fmt"
	"time"
)

func main() {
	ticker := time.NewTicker(15 * time.Millisecond)
	done := make(chan bool)
	ticks := make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-done:
				fmt.Println("stopping")
				ticks <- n
				return
			case <-ticker.C:
				n++
				if n == 3 {
					done <- true
				}
			}
		}
	}()
	<-done
	ticker.Stop()
	done <- true
	fmt.Println("at least three ticks:", <-ticks >= 3)
	select {
	case <-ticker.C:
		fmt.Println("a late tick")
	case <-time.After(40 * time.Millisecond):
		fmt.Println("no tick after stop")
	}
	ticker.Reset(10 * time.Millisecond)
	<-ticker.C
	fmt.Println("ticks again")
	ticker.Stop()
}
