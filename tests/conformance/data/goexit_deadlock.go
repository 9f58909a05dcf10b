package main

import "runtime"

func count() {
	for i := 0; i < 7; i++ {
	}
}

func main() {
	go count()
	go count()
	runtime.Goexit()
}
