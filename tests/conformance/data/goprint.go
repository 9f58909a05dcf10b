package main

import "time"

func main() {
	n, word := 65, "word"
	go println(n, word, true, uint8(255), int64(-1<<63))
	n, word = 0, "other"
	time.Sleep(20 * time.Millisecond)
	go print("second ", n, word, "\n")
	time.Sleep(20 * time.Millisecond)
}
