package main

import (
	"context"
	"time"
)

func main() {
	time.AfterFunc(time.Hour, func() {})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	_ = cancel
	context.AfterFunc(ctx, func() {})
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	panic("all of them")
}
