// A concurrent walk of binary trees: two trees are the same if their walks send the same values.
package main

import "fmt"

type tree struct {
	left  *tree
	value int
	right *tree
}

func insert(t *tree, v int) *tree {
	if t == nil {
		return &tree{nil, v, nil}
	}
	if v < t.value {
		t.left = insert(t.left, v)
	} else {
		t.right = insert(t.right, v)
	}
	return t
}

func build(values []int) *tree {
	var t *tree
	for _, v := range values {
		t = insert(t, v)
	}
	return t
}

func walk(t *tree, ch chan<- int) {
	if t == nil {
		return
	}
	walk(t.left, ch)
	ch <- t.value
	walk(t.right, ch)
}

func walker(t *tree) <-chan int {
	ch := make(chan int)
	go func() {
		walk(t, ch)
		close(ch)
	}()
	return ch
}

func same(a, b *tree) bool {
	ca, cb := walker(a), walker(b)
	for {
		va, oka := <-ca
		vb, okb := <-cb
		if oka != okb || va != vb {
			return false
		}
		if !oka {
			return true
		}
	}
}

func main() {
	for v := range walker(build([]int{5, 2, 8, 1, 9, 3})) {
		fmt.Print(v, " ")
	}
	fmt.Println()
	fmt.Println(same(build([]int{1, 2, 3, 5, 8}), build([]int{8, 3, 5, 1, 2})))
	fmt.Println(same(build([]int{1, 2, 3, 5, 8}), build([]int{8, 3, 5, 1, 4})))
	fmt.Println(same(build([]int{1, 2}), build([]int{1, 2, 3})))
}
