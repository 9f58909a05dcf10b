package main

func main() {
	defer func() {
		defer func() {
			panic(recover())
		}()
		panic(recover())
	}()
	panic("a message")
}
