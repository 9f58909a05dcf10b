// A range over channels: what is buffered still comes after the close.
package main

import "fmt"

func main() {
	queue := make(chan string, 3)
	queue <- "one"
	queue <- "two"
	queue <- "three"
	close(queue)
	for e := range queue {
		fmt.Println(e)
	}
	matrix := make(chan chan int, 2)
	for i := range 2 {
		row := make(chan int, 3)
		for j := range 3 {
			row <- 10*i + j
		}
		close(row)
		matrix <- row
	}
	close(matrix)
	for row := range matrix {
		for n := range row {
			fmt.Print(n, " ")
		}
		fmt.Println()
	}
}
