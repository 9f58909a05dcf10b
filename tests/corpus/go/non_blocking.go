// Operations that do not wait: a select with a default.
package main

import "fmt"

func tryRecv(c <-chan string) {
	select {
	case m, ok := <-c:
		fmt.Printf("received %q %v\n", m, ok)
	default:
		fmt.Println("nothing to receive")
	}
}

func trySend(c chan<- string, m string) {
	select {
	case c <- m:
		fmt.Println("sent", m)
	default:
		fmt.Println("no room for", m)
	}
}

func main() {
	messages := make(chan string)
	tryRecv(messages)
	trySend(messages, "hi")
	buffered := make(chan string, 1)
	trySend(buffered, "first")
	trySend(buffered, "second")
	tryRecv(buffered)
	tryRecv(buffered)
	close(buffered)
	tryRecv(buffered)
	trySend(nil, "never")
	tryRecv(nil)
}
