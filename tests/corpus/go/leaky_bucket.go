// A leaky bucket of buffers: free ones are reused if there are any, surplus ones dropped.
package main

import "fmt"

type buffer struct {
	data []int
	uses int
}

func get(free <-chan *buffer, made *int) *buffer {
	select {
	case b := <-free:
		return b
	default:
		*made++
		return new(buffer)
	}
}

func put(free chan<- *buffer, b *buffer) bool {
	b.data = b.data[:0]
	b.uses++
	select {
	case free <- b:
		return true
	default:
		return false
	}
}

func main() {
	free := make(chan *buffer, 2)
	made, dropped := 0, 0
	var out []*buffer
	for round := range 4 {
		for i := range round + 1 {
			b := get(free, &made)
			b.data = append(b.data, i)
			out = append(out, b)
		}
		for _, b := range out {
			if !put(free, b) {
				dropped++
			}
		}
		out = nil
	}
	fmt.Println("made", made, "dropped", dropped, "free", len(free))
	fmt.Println("uses", (<-free).uses, (<-free).uses)
}
