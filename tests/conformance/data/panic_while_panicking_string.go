package main

type broken struct{}

func (broken) String() string {
	panic("a text of\ntwo lines")
}

func main() {
	panic(broken{})
}
