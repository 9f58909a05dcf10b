package main

import "fmt"

func inner() {
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprint("around ", r))
		}
	}()
	panic("the core")
}

func outer() {
	defer func() {
		fmt.Println(recover())
	}()
	inner()
}

func main() {
	outer()
	panic("once more")
}
