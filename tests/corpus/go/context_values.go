// Values and timeouts of contexts: handed down a chain of calls, the nearest wins.
package main

import (
	"context"
	"fmt"
	"time"
)

type key string

func show(ctx context.Context, k key) {
	if v, ok := ctx.Value(k).(string); ok {
		fmt.Println(k, "is", v)
		return
	}
	fmt.Println("no", k)
}

func slow(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func main() {
	ctx := context.WithValue(context.Background(), key("user"), "ann")
	ctx = context.WithValue(ctx, key("request"), "r1")
	inner := context.WithValue(ctx, key("user"), "bob")
	show(ctx, "user")
	show(inner, "user")
	show(inner, "request")
	show(inner, "session")
	short, cancel := context.WithTimeout(inner, 20*time.Millisecond)
	defer cancel()
	_, has := short.Deadline()
	fmt.Println("has a deadline:", has)
	fmt.Println(slow(short, time.Minute))
	long, cancel := context.WithTimeout(inner, time.Minute)
	defer cancel()
	fmt.Println(slow(long, time.Millisecond) == nil)
	show(short, "user")
}
