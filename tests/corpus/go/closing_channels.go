// Closing a channel: the receiver learns that no more jobs come, and says so.
package main

import "fmt"

func main() {
	jobs := make(chan int, 5)
	done := make(chan bool)
	go func() {
		for {
			j, more := <-jobs
			if more {
				fmt.Println("job", j)
			} else {
				fmt.Println("no more jobs")
				done <- true
				return
			}
		}
	}()
	for j := 1; j <= 3; j++ {
		jobs <- j
	}
	close(jobs)
	<-done
	j, ok := <-jobs
	fmt.Println("after the end:", j, ok)
	defer func() {
		fmt.Println("recovered:", recover())
	}()
	jobs <- 4
}
