// Fan-in: a select merges two talkers into one channel; each one's lines keep their order.
package main

import "fmt"

type line struct {
	name   string
	number int
}

func talk(name string, n int) <-chan line {
	c := make(chan line)
	go func() {
		for i := range n {
			c <- line{name, i}
		}
		close(c)
	}()
	return c
}

func fanIn(a, b <-chan line) <-chan line {
	out := make(chan line)
	go func() {
		defer close(out)
		for a != nil || b != nil {
			select {
			case l, ok := <-a:
				if !ok {
					a = nil
					continue
				}
				out <- l
			case l, ok := <-b:
				if !ok {
					b = nil
					continue
				}
				out <- l
			}
		}
	}()
	return out
}

func main() {
	next := map[string]int{}
	total := 0
	for l := range fanIn(talk("ann", 5), talk("bob", 7)) {
		if next[l.name] != l.number {
			fmt.Println("out of order:", l.name, l.number)
		}
		next[l.name]++
		total++
	}
	fmt.Println("ann", next["ann"], "bob", next["bob"], "total", total)
}
