package main

func main() {
	defer func() {
		recover()
		panic("number two")
	}()
	panic("number one")
}
