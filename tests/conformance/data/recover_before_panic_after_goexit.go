package main

import (
	"fmt"
	"runtime"
)

func main() {
	defer fmt.Println("still leaving")
	defer func() {
		fmt.Println("recovered:", recover())
		defer func() {
			fmt.Println("recovered:", recover())
		}()
		panic("two")
	}()
	defer func() {
		panic("one")
	}()
	runtime.Goexit()
}
