// A matrix product by rows: a goroutine for each row of the result.
package main

import "fmt"

type matrix [][]int

type row struct {
	index  int
	values []int
}

func product(a, b matrix, i int, rows chan<- row) {
	values := make([]int, len(b[0]))
	for j := range len(b[0]) {
		for k := range len(b) {
			values[j] += a[i][k] * b[k][j]
		}
	}
	rows <- row{i, values}
}

func show(values []int) {
	for _, v := range values {
		fmt.Print(v, " ")
	}
	fmt.Println()
}

func main() {
	a := matrix{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {2, 0, 1}}
	b := matrix{{1, 0}, {2, 1}, {0, 3}}
	rows := make(chan row)
	for i := range len(a) {
		go product(a, b, i, rows)
	}
	c := make(matrix, len(a))
	for range len(a) {
		r := <-rows
		c[r.index] = r.values
	}
	for _, values := range c {
		show(values)
	}
}
