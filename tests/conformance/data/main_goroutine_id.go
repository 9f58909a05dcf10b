package main

func main() {
	panic("who am I")
}
