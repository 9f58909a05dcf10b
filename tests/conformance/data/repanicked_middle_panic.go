package main

func main() {
	defer func() {
		panic("outer")
	}()
	defer func() {
		panic(recover())
	}()
	defer func() {
		panic("middle")
	}()
	panic("inner")
}
