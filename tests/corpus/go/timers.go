// Timers: one fires, one is stopped, one is reset; a function runs after a while.
package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	timer1 := time.NewTimer(20 * time.Millisecond)
	<-timer1.C
	fmt.Println("timer 1 fired:", time.Since(start) >= 20*time.Millisecond)
	timer2 := time.NewTimer(time.Minute)
	go func() {
		<-timer2.C
		fmt.Println("timer 2 fired")
	}()
	fmt.Println("timer 2 stopped:", timer2.Stop())
	fmt.Println("twice:", timer2.Stop())
	timer3 := time.NewTimer(time.Hour)
	fmt.Println("timer 3 was active:", timer3.Reset(5*time.Millisecond))
	<-timer3.C
	fmt.Println("after it fired:", timer3.Reset(time.Millisecond))
	<-timer3.C
	done := make(chan string)
	time.AfterFunc(time.Millisecond, func() { done <- "afterwards" })
	fmt.Println(<-done)
}
