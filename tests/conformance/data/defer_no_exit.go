package main

import "fmt"

func forever() {
	defer fmt.Println("deferred")
	for {
		panic("in the loop")
	}
}

func main() {
	forever()
}
