// Ping-pong: two players hit one ball back and forth over an unbuffered channel.
package main

import "fmt"

type ball struct {
	hits int
}

func player(name string, table chan *ball, done chan<- string) {
	for {
		b, ok := <-table
		if !ok {
			return
		}
		b.hits++
		fmt.Println(name, b.hits)
		if b.hits == 8 {
			close(table)
			done <- name
			return
		}
		table <- b
	}
}

func main() {
	table := make(chan *ball)
	done := make(chan string)
	go player("ping", table, done)
	table <- new(ball)
	go player("pong", table, done)
	fmt.Println("last hit by", <-done)
}
