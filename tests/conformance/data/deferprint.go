package main

func main() {
	n, word, yes := 65, "word", true
	defer println(n, word, yes, uint8(255), int64(-1<<63), 'x', nil == nil2())
	defer print(n, word, "\n")
	defer println()
	n, word, yes = 0, "other", false
	defer print("never changed: ", n, yes, "\n")
	println("body", n, word)
}

func nil2() error { return nil }
