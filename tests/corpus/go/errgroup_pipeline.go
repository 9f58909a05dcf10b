// A pipeline on an errgroup: one goroutine finds the files, four weigh them, the first error stops them all.
package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

var errBroken = errors.New("the file is broken")

type result struct {
	path   string
	weight int
}

func find(ctx context.Context, files []string, paths chan<- string) error {
	defer close(paths)
	for _, path := range files {
		select {
		case paths <- path:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func read(path string) (int, error) {
	time.Sleep(time.Millisecond)
	if path == "broken" {
		return 0, errBroken
	}
	weight := 0
	for _, c := range path {
		weight += int(c)
	}
	return weight, nil
}

func weigh(ctx context.Context, paths <-chan string, results chan<- result) error {
	for path := range paths {
		weight, err := read(path)
		if err != nil {
			return err
		}
		select {
		case results <- result{path, weight}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func weighAll(parent context.Context, files []string) ([]string, error) {
	g, ctx := errgroup.WithContext(parent)
	paths, results := make(chan string), make(chan result)
	g.Go(func() error { return find(ctx, files, paths) })
	for range 4 {
		g.Go(func() error { return weigh(ctx, paths, results) })
	}
	go func() {
		_ = g.Wait()
		close(results)
	}()
	var lines []string
	for r := range results {
		lines = append(lines, fmt.Sprintf("%s %d", r.path, r.weight))
	}
	sort.Strings(lines)
	err := g.Wait()
	fmt.Println("the group's context:", ctx.Err(), "because:", context.Cause(ctx))
	return lines, err
}

func limited() {
	g, _ := errgroup.WithContext(context.Background())
	g.SetLimit(2)
	var now, most atomic.Int32
	for range 6 {
		g.Go(func() error { return work(&now, &most) })
	}
	fmt.Println("limited:", g.Wait(), most.Load() <= 2, now.Load())
}

func work(now, most *atomic.Int32) error {
	n := now.Add(1)
	most.Store(max(most.Load(), n))
	time.Sleep(time.Millisecond)
	now.Add(-1)
	return nil
}

func main() {
	lines, err := weighAll(context.Background(), []string{"a", "bc", "def", "ghij", "klmno", "pqrstu"})
	for _, line := range lines {
		fmt.Println(line)
	}
	fmt.Println("error:", err)
	_, err = weighAll(context.Background(), []string{"a", "broken", "b", "c", "d", "e", "f", "g", "h"})
	fmt.Println("error:", err, errors.Is(err, errBroken))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	lines, err = weighAll(ctx, make([]string, 200))
	fmt.Println("error:", err, len(lines) < 200)
	limited()
}
