package main

type text string

func (t text) Error() string { return "<" + string(t) + ">" }

func main() {
	defer func() {
		panic(text("B"))
	}()
	panic(text("A"))
}
