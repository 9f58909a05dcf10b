package main

type Loop struct{}

func (l Loop) Error() string {
	panic(l)
}

func main() {
	panic(Loop{})
}
