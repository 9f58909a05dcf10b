// A pipeline: numbers are generated, squared, filtered, each stage a goroutine that closes its output.
package main

import "fmt"

func emit(nums ...int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for _, n := range nums {
			out <- n
		}
	}()
	return out
}

func square(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for n := range in {
			out <- n * n
		}
	}()
	return out
}

func odd(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for n := range in {
			if n%2 == 1 {
				out <- n
			}
		}
	}()
	return out
}

func main() {
	sum := 0
	for n := range odd(square(emit(3, 4, 7, 8, 11))) {
		fmt.Println(n)
		sum += n
	}
	fmt.Println("sum", sum)
}
