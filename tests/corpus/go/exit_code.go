// A pipeline that finds a mistake: the program says so and ends with a code, whatever else still runs.
package main

import (
	"fmt"
	"os"
)

func check(in <-chan int, bad chan<- int) {
	for n := range in {
		if n == 13 {
			bad <- n
		}
	}
}

func main() {
	in := make(chan int)
	bad := make(chan int)
	go check(in, bad)
	n := 0
	for {
		select {
		case in <- n:
			n++
		case b := <-bad:
			fmt.Println("found", b)
			os.Exit(3)
		}
	}
}
