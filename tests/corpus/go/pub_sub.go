// Publish and subscribe: a broker hands every message to all subscribers of its topic.
package main

import (
	"fmt"
	"sort"
	"sync"
)

type broker struct {
	mu     sync.RWMutex
	subs   map[string][]chan string
	closed bool
}

func (b *broker) subscribe(topic string) <-chan string {
	ch := make(chan string, 4)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[topic] = append(b.subs[topic], ch)
	return ch
}

func (b *broker) publish(topic, message string) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return 0
	}
	for _, ch := range b.subs[topic] {
		ch <- message
	}
	return len(b.subs[topic])
}

func (b *broker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, subs := range b.subs {
		for _, ch := range subs {
			close(ch)
		}
	}
}

func main() {
	b := &broker{subs: map[string][]chan string{}}
	var wg sync.WaitGroup
	lines := make(chan string, 20)
	for i, topic := range []string{"news", "sport", "news"} {
		ch := b.subscribe(topic)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for m := range ch {
				lines <- fmt.Sprint(i, " ", topic, ": ", m)
			}
		}()
	}
	fmt.Println(b.publish("news", "rain"), "got rain")
	fmt.Println(b.publish("sport", "1:0"), "got 1:0")
	fmt.Println(b.publish("music", "song"), "got song")
	b.publish("news", "sun")
	b.close()
	wg.Wait()
	close(lines)
	fmt.Println(b.publish("news", "late"), "got late")
	var all []string
	for line := range lines {
		all = append(all, line)
	}
	sort.Strings(all)
	for _, line := range all {
		fmt.Println(line)
	}
}
