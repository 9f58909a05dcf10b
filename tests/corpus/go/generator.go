// Generators: a goroutine produces a sequence, a quit channel ends it and waits for its answer.
package main

import "fmt"

func fibonacci(quit chan string) <-chan int {
	c := make(chan int)
	go func() {
		x, y := 0, 1
		for {
			select {
			case c <- x:
				x, y = y, x+y
			case m := <-quit:
				quit <- "you said " + m
				return
			}
		}
	}()
	return c
}

func take(in <-chan int, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for range n {
			out <- <-in
		}
	}()
	return out
}

func main() {
	quit := make(chan string)
	for n := range take(fibonacci(quit), 12) {
		fmt.Print(n, " ")
	}
	fmt.Println()
	quit <- "bye"
	fmt.Println(<-quit)
}
