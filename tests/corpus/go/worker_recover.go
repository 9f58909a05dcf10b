// Workers that survive: a panic in one task is recovered and becomes its error.
package main

import (
	"fmt"
	"sync"
)

func safely(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("task %d: %v", n, r)
		}
	}()
	risky(n)
	return nil
}

func risky(n int) {
	if n%3 == 0 {
		panic("bad number")
	}
}

func main() {
	errs := make([]error, 7)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := safely(n)
			mu.Lock()
			defer mu.Unlock()
			errs[n] = err
		}()
	}
	wg.Wait()
	for n, err := range errs {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("task", n, "is done")
	}
}
