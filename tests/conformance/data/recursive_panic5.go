package main

import "fmt"

func main() {
	defer func() {
		defer func() {
			panic("number three")
		}()
		fmt.Println(recover())
		panic("number two")
	}()
	panic("number one")
}
