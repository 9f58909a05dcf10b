package main

import "runtime"

type yielding struct{}

func (yielding) Error() string {
	runtime.Gosched()
	return "after a turn"
}

func main() {
	panic(yielding{})
}
