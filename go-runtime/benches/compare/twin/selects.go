// Selects: over two and eight channels, with a default, and with sends and receives that meet other selects.

package main

import (
	"fmt"
	"sync"
)

// produce sends ones and closes the channel.
func produce(ch chan<- uint64, per int) {
	for i := 0; i < per; i++ {
		ch <- 1
	}
	close(ch)
}

// select2 selects over two channels until both are closed.
func select2(w string, cap, base int) {
	total := n(base)
	per := total / 2
	a, b := make(chan uint64, cap), make(chan uint64, cap)
	k := start()
	go produce(a, per)
	go produce(b, per)
	var got uint64
	for a != nil || b != nil {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
			}
			got += v
		case v, ok := <-b:
			if !ok {
				b = nil
			}
			got += v
		}
	}
	report(w, k, per*2, fmt.Sprintf("lost=%d", uint64(per*2)-got))
}

// select8 selects over eight channels until all are closed.
func select8(w string, cap, base int) {
	total := n(base)
	per := total / 8
	var c [8]chan uint64
	for i := range c {
		c[i] = make(chan uint64, cap)
	}
	k := start()
	for i := range c {
		go produce(c[i], per)
	}
	open := 8
	var got uint64
	for open > 0 {
		var v uint64
		var ok bool
		var i int
		select {
		case v, ok = <-c[0]:
			i = 0
		case v, ok = <-c[1]:
			i = 1
		case v, ok = <-c[2]:
			i = 2
		case v, ok = <-c[3]:
			i = 3
		case v, ok = <-c[4]:
			i = 4
		case v, ok = <-c[5]:
			i = 5
		case v, ok = <-c[6]:
			i = 6
		case v, ok = <-c[7]:
			i = 7
		}
		if !ok {
			c[i] = nil
			open--
		}
		got += v
	}
	report(w, k, per*8, fmt.Sprintf("lost=%d", uint64(per*8)-got))
}

// selectDefault selects and finds nothing ready.
func selectDefault() {
	cnt := n(50000000)
	ch := make(chan uint64, 1)
	var hit, miss int
	k := start()
	for i := 0; i < cnt; i++ {
		select {
		case <-ch:
			hit++
		default:
			miss++
		}
	}
	if hit != 0 {
		panic("hit")
	}
	report("select_default", k, cnt)
}

// selectSendRecv has two goroutines, each of which offers a send and a receive to the other.
func selectSendRecv() {
	cnt := n(1000000)
	c1, c2 := make(chan uint64), make(chan uint64)
	var wg sync.WaitGroup
	wg.Add(2)
	k := start()
	go func() {
		defer wg.Done()
		var x uint64
		for i := 0; i < cnt; i++ {
			select {
			case c1 <- x:
			case v := <-c2:
				x += v
			}
		}
		close(c1)
	}()
	go func() {
		defer wg.Done()
		var x uint64
		for {
			select {
			case c2 <- x:
			case v, ok := <-c1:
				if !ok {
					return
				}
				x += v
			}
		}
	}()
	wg.Wait()
	report("select_sendrecv", k, cnt)
}
