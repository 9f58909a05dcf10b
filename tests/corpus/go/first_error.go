// A group of tasks: the first error is kept and the others are cancelled.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

type group struct {
	wg     sync.WaitGroup
	once   sync.Once
	cancel context.CancelFunc
	errs   chan error
}

func (g *group) run(ctx context.Context, n int) {
	defer g.wg.Done()
	if err := task(ctx, n); err != nil {
		g.once.Do(func() {
			g.errs <- err
			g.cancel()
		})
	}
}

func task(ctx context.Context, n int) error {
	if n == 3 {
		return errors.New("task 3 failed")
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(n) * time.Minute):
		return nil
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	g := &group{cancel: cancel, errs: make(chan error, 1)}
	for n := 1; n <= 5; n++ {
		g.wg.Add(1)
		go g.run(ctx, n)
	}
	g.wg.Wait()
	close(g.errs)
	for err := range g.errs {
		fmt.Println("error:", err)
	}
	fmt.Println("context:", ctx.Err())
}
