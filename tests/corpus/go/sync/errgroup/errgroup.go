// Package errgroup stands for golang.org/x/sync/errgroup where that is not at hand: the part of it that the corpus uses,
// written after its documentation.
package errgroup

import (
	"context"
	"sync"
)

// A Group runs functions and keeps the first error.
type Group struct {
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	slots  chan struct{}
	once   sync.Once
	err    error
}

// WithContext returns a group and a context that is done at the first error, and when Wait returns.
func WithContext(parent context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancelCause(parent)
	return &Group{cancel: cancel}, ctx
}

// Go calls f in a goroutine as soon as the limit allows it.
func (g *Group) Go(f func() error) {
	if g.slots != nil {
		g.slots <- struct{}{}
	}
	g.wg.Go(func() {
		if g.slots != nil {
			defer func() { <-g.slots }()
		}
		if err := f(); err != nil {
			g.once.Do(func() {
				g.err = err
				if g.cancel != nil {
					g.cancel(err)
				}
			})
		}
	})
}

// SetLimit lets at most n goroutines be there at the same time.
func (g *Group) SetLimit(n int) {
	g.slots = make(chan struct{}, n)
}

// Wait waits for all of them and returns the first error.
func (g *Group) Wait() error {
	g.wg.Wait()
	if g.cancel != nil {
		g.cancel(g.err)
	}
	return g.err
}
