// A semaphore made of a channel: acquire sends, release receives, and an attempt that does not wait.
package main

import "fmt"

type semaphore chan struct{}

func (s semaphore) acquire() {
	s <- struct{}{}
}

func (s semaphore) release() {
	<-s
}

func (s semaphore) tryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func main() {
	s := make(semaphore, 2)
	s.acquire()
	fmt.Println("second:", s.tryAcquire())
	fmt.Println("third:", s.tryAcquire())
	fmt.Println("held:", len(s), "of", cap(s))
	got := make(chan bool)
	go func() {
		s.acquire()
		got <- true
	}()
	s.release()
	fmt.Println("the waiter has it:", <-got)
	s.release()
	s.release()
	fmt.Println("held:", len(s))
}
