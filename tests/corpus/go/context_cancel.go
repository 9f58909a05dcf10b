// Cancelling a context: a generator stops when its reader has had enough.
package main

import (
	"context"
	"fmt"
)

func counter(ctx context.Context, stopped chan<- error) <-chan int {
	out := make(chan int)
	go func() {
		for n := 1; ; n++ {
			select {
			case out <- n:
			case <-ctx.Done():
				stopped <- ctx.Err()
				return
			}
		}
	}()
	return out
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error)
	for n := range counter(ctx, stopped) {
		fmt.Println(n)
		if n == 5 {
			break
		}
	}
	cancel()
	fmt.Println(<-stopped)
	child, stop := context.WithCancel(ctx)
	defer stop()
	<-child.Done()
	fmt.Println("the child of a cancelled one:", child.Err())
}
