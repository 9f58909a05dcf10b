// Fan-out: several goroutines read one channel; a merge waits for all of them and closes the output.
package main

import (
	"fmt"
	"sync"
)

func numbers(n int) <-chan int {
	out := make(chan int)
	go func() {
		for i := range n {
			out <- i
		}
		close(out)
	}()
	return out
}

func cube(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		for n := range in {
			out <- n * n * n
		}
		close(out)
	}()
	return out
}

func merge(cs []<-chan int) <-chan int {
	out := make(chan int)
	var wg sync.WaitGroup
	wg.Add(len(cs))
	for _, c := range cs {
		go func() {
			defer wg.Done()
			for n := range c {
				out <- n
			}
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func main() {
	in := numbers(20)
	var cs []<-chan int
	for range 4 {
		cs = append(cs, cube(in))
	}
	count, sum := 0, 0
	for n := range merge(cs) {
		count++
		sum += n
	}
	fmt.Println(count, "cubes, sum", sum)
}
