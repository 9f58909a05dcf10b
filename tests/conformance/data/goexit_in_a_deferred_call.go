package main

import "runtime"

func main() {
	defer func() {
		runtime.Goexit()
	}()
	panic("swallowed")
}
