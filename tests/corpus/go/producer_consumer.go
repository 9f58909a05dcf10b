// Producers and consumers: two make, three use, a small buffer is between them.
package main

import (
	"fmt"
	"sync"
)

func produce(from, to int, buffer chan<- int, wg *sync.WaitGroup) {
	defer wg.Done()
	for i := from; i < to; i++ {
		buffer <- i
	}
}

func consume(buffer <-chan int, counts chan<- int, sums chan<- int) {
	count, sum := 0, 0
	for i := range buffer {
		count++
		sum += i
	}
	counts <- count
	sums <- sum
}

func main() {
	buffer := make(chan int, 4)
	counts, sums := make(chan int), make(chan int)
	var producers sync.WaitGroup
	producers.Add(2)
	go produce(0, 50, buffer, &producers)
	go produce(50, 100, buffer, &producers)
	for range 3 {
		go consume(buffer, counts, sums)
	}
	producers.Wait()
	close(buffer)
	count, sum := 0, 0
	for range 6 {
		select {
		case n := <-counts:
			count += n
		case n := <-sums:
			sum += n
		}
	}
	fmt.Println("consumed", count, "sum", sum)
}
