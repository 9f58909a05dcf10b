// Futures: a computation starts at once, its value is waited for later, by as many as like.
package main

import (
	"errors"
	"fmt"
)

type future struct {
	done  chan struct{}
	value int
	err   error
}

func start(n int) *future {
	f := &future{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		if n < 0 {
			f.err = errors.New("negative")
			return
		}
		f.value = n * 2
	}()
	return f
}

func (f *future) wait() (int, error) {
	<-f.done
	return f.value, f.err
}

func main() {
	a, b, c := start(4), start(5), start(-1)
	x, _ := a.wait()
	y, _ := b.wait()
	fmt.Println("sum", x+y)
	again, _ := a.wait()
	fmt.Println("again", again)
	_, err := c.wait()
	fmt.Println("error:", err)
}
