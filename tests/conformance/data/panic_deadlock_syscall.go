package main

import "fmt"

type printing struct{}

func (printing) Error() string {
	fmt.Println("one")
	fmt.Println("two")
	return "three"
}

func main() {
	panic(printing{})
}
