// What every workload needs: the options, the clocks and the line of results.

package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

var (
	procs = flag.Int("procs", 2, "GOMAXPROCS")
	scale = flag.Float64("scale", 1, "what the number of operations is multiplied with")
)

// n is a number of operations, scaled.
func n(base int) int {
	v := int(float64(base) * *scale)
	if v < 1 {
		v = 1
	}
	return v
}

// cpuNow is the processor time that the process has used.
func cpuNow() time.Duration {
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// rss is the resident memory of the process in bytes.
func rss() int {
	b, _ := os.ReadFile("/proc/self/statm")
	f := bytes.Fields(b)
	v, _ := strconv.Atoi(string(f[1]))
	return v * os.Getpagesize()
}

// clock is when a measurement began.
type clock struct {
	t time.Time
	c time.Duration
}

// start begins a measurement now.
func start() clock { return clock{time.Now(), cpuNow()} }

// report prints the line of results; extra is more of it.
func report(workload string, k clock, ops int, extra ...string) {
	wall := time.Since(k.t)
	cpu := cpuNow() - k.c
	fmt.Printf("workload=%s impl=go procs=%d ops=%d ns_op=%.2f cpu_ns_op=%.2f", workload, runtime.GOMAXPROCS(0), ops,
		float64(wall.Nanoseconds())/float64(ops), float64(cpu.Nanoseconds())/float64(ops))
	for _, e := range extra {
		fmt.Print(" ", e)
	}
	fmt.Println()
}
