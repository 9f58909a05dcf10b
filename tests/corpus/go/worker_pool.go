// A worker pool: three workers take jobs from one channel and put results into another.
package main

import (
	"fmt"
	"sort"
)

type result struct {
	job    int
	square int
}

func worker(jobs <-chan int, results chan<- result) {
	for j := range jobs {
		results <- result{j, j * j}
	}
}

func main() {
	jobs := make(chan int, 12)
	results := make(chan result, 12)
	for range 3 {
		go worker(jobs, results)
	}
	for j := 1; j <= 9; j++ {
		jobs <- j
	}
	close(jobs)
	var all []result
	for range 9 {
		r := <-results
		all = append(all, r)
	}
	sort.Slice(all, func(i, k int) bool { return all[i].job < all[k].job })
	for _, r := range all {
		fmt.Println("job", r.job, "gives", r.square)
	}
}
