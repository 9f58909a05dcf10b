// A done channel: closing it tells every goroutine at once to stop.
package main

import (
	"fmt"
	"sync"
)

func listen(done <-chan struct{}, ready, ended *sync.WaitGroup) {
	defer ended.Done()
	ready.Done()
	<-done
}

func main() {
	done := make(chan struct{})
	var ready, ended sync.WaitGroup
	for range 6 {
		ready.Add(1)
		ended.Add(1)
		go listen(done, &ready, &ended)
	}
	ready.Wait()
	select {
	case <-done:
		fmt.Println("too early")
	default:
		fmt.Println("all listen")
	}
	close(done)
	ended.Wait()
	_, ok := <-done
	fmt.Println("all ended, more:", ok)
}
