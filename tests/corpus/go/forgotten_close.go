// The forgotten close: the reader waits for ever, and the program ends with a report.
package main

import "fmt"

func produce(out chan<- int) {
	for i := range 3 {
		out <- i
	}
}

func main() {
	out := make(chan int)
	go produce(out)
	for v := range out {
		fmt.Println(v)
	}
	fmt.Println("never reached")
}
