package main

import (
	"fmt"
	"runtime"
)

func main() {
	defer fmt.Println("first deferred")
	defer func() {
		panic("leaving")
	}()
	runtime.Goexit()
}
