// A concurrent merge sort: each half is sorted by a goroutine of its own and sent back.
package main

import "fmt"

func merge(a, b []int) []int {
	var out []int
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if a[i] <= b[j] {
			out = append(out, a[i])
			i++
		} else {
			out = append(out, b[j])
			j++
		}
	}
	out = append(out, a[i:]...)
	out = append(out, b[j:]...)
	return out
}

func mergeSort(values []int, out chan<- []int) {
	if len(values) <= 1 {
		out <- values
		return
	}
	middle := len(values) / 2
	left, right := make(chan []int), make(chan []int)
	go mergeSort(values[:middle], left)
	go mergeSort(values[middle:], right)
	out <- merge(<-left, <-right)
}

func show(values []int) {
	for _, v := range values {
		fmt.Print(v, " ")
	}
	fmt.Println()
}

func main() {
	var values []int
	x := 17
	for range 24 {
		x = (x*61 + 29) % 101
		values = append(values, x)
	}
	show(values)
	out := make(chan []int)
	go mergeSort(values, out)
	show(<-out)
}
