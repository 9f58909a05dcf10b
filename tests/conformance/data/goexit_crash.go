package main

import (
	"fmt"
	"runtime"
	"time"
)

func main() {
	go func() {
		time.Sleep(3 * time.Millisecond)
		fmt.Println("the last one")
	}()
	defer fmt.Println("deferred by main")
	runtime.Goexit()
}
