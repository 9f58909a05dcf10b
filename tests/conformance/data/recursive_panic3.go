package main

import "fmt"

func main() {
	defer func() {
		defer func() {
			fmt.Println("inside:", recover())
		}()
		panic("the inner one")
	}()
	panic("the outer one")
}
