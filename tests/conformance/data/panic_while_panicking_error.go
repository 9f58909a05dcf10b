package main

type Inside struct{}

func (Inside) Error() string { return "an error inside" }

type broken struct{}

func (broken) Error() string {
	panic(Inside{})
}

func main() {
	panic(broken{})
}
