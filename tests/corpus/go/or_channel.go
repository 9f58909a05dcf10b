// The or-channel: closes as soon as one of many is closed; made of itself, by halves.
package main

import (
	"fmt"
	"time"
)

func or(channels []<-chan int) <-chan int {
	if len(channels) == 1 {
		return channels[0]
	}
	done := make(chan int)
	go func() {
		defer close(done)
		middle := len(channels) / 2
		select {
		case <-or(channels[:middle]):
		case <-or(channels[middle:]):
		}
	}()
	return done
}

func after(d time.Duration) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		time.Sleep(d)
	}()
	return c
}

func main() {
	start := time.Now()
	<-or([]<-chan int{after(time.Hour), after(time.Minute), after(10 * time.Millisecond), after(2 * time.Minute), nil})
	fmt.Println("one was enough:", time.Since(start) < 30*time.Second)
}
