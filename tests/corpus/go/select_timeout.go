// A select with a timeout: the first answer is late, the second comes in time.
package main

import (
	"fmt"
	"time"
)

func ask(answer string, after time.Duration) <-chan string {
	c := make(chan string, 1)
	go func() {
		time.Sleep(after)
		c <- answer
	}()
	return c
}

func main() {
	select {
	case a := <-ask("one", time.Minute):
		fmt.Println(a)
	case <-time.After(20 * time.Millisecond):
		fmt.Println("timeout 1")
	}
	select {
	case a := <-ask("two", 5*time.Millisecond):
		fmt.Println(a)
	case <-time.After(time.Minute):
		fmt.Println("timeout 2")
	}
}
