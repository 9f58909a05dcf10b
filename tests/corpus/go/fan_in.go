// Fan-in: a select merges two talkers into one channel; each one's lines keep their order.
package main

import "fmt"

func talk(name string, n int) <-chan string {
	c := make(chan string)
	go func() {
		for i := range n {
			c <- fmt.Sprintf("%s %d", name, i)
		}
		close(c)
	}()
	return c
}

func fanIn(a, b <-chan string) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for a != nil || b != nil {
			select {
			case s, ok := <-a:
				if !ok {
					a = nil
					continue
				}
				out <- s
			case s, ok := <-b:
				if !ok {
					b = nil
					continue
				}
				out <- s
			}
		}
	}()
	return out
}

func main() {
	next := map[string]int{}
	total := 0
	for s := range fanIn(talk("ann", 5), talk("bob", 7)) {
		var name string
		var i int
		fmt.Sscanf(s, "%s %d", &name, &i)
		if next[name] != i {
			fmt.Println("out of order:", s)
		}
		next[name]++
		total++
	}
	fmt.Println("ann", next["ann"], "bob", next["bob"], "total", total)
}
