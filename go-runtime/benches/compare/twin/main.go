// The Go twin of the comparison: the same work, operation for operation, file for file.
//
//	twin list                                      every "WORKLOAD go"
//	twin WORKLOAD [go] [--procs N] [--scale F]
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
)

// workloads is the table of workloads by their names.
var workloads = map[string]func(){
	"spawn_join":         spawnJoin,
	"memory":             memory,
	"pingpong_unbuf":     pingpong,
	"spsc_unbuf":         func() { pipe("spsc_unbuf", 1, 1, 0, 2000000) },
	"spsc_buf128":        func() { pipe("spsc_buf128", 1, 1, 128, 5000000) },
	"mpsc_buf128":        func() { pipe("mpsc_buf128", 4, 1, 128, 5000000) },
	"worker_pool":        func() { workerPool("worker_pool", 128) },
	"worker_pool_unbuf":  func() { workerPool("worker_pool_unbuf", 0) },
	"mpmc_buf128":        func() { pipe("mpmc_buf128", 4, 4, 128, 5000000) },
	"sem_chan":           semChan,
	"token_ring":         tokenRing,
	"sieve":              sieve,
	"select2":            func() { select2("select2", 0, 1000000) },
	"select8":            func() { select8("select8", 0, 1000000) },
	"select2_buf128":     func() { select2("select2_buf128", 128, 2000000) },
	"select8_buf128":     func() { select8("select8_buf128", 128, 2000000) },
	"select_default":     selectDefault,
	"select_sendrecv":    selectSendRecv,
	"mutex_contended":    mutexContended,
	"mutex_uncontended":  mutexUncontended,
	"waitgroup":          waitgroup,
	"once":               once,
	"ctx_create_cancel":  ctxCreate,
	"ctx_child_cancel":   ctxChild,
	"ctx_timeout_cancel": ctxTimeout,
	"ctx_tree":           ctxTree,
	"ctx_cancel_wake":    ctxCancelWake,
	"ctx_err":            ctxErr,
	"ctx_poll":           ctxPoll,
	"ctx_select":         ctxSelect,
	"timers":             timers,
	"time_after":         timeAfter,
}

func main() {
	if len(os.Args) < 2 || os.Args[1] == "list" {
		for _, name := range slices.Sorted(maps.Keys(workloads)) {
			fmt.Println(name, "go")
		}
		return
	}
	name, rest := os.Args[1], os.Args[2:]
	if len(rest) > 0 && rest[0] == "go" {
		rest = rest[1:]
	}
	flag.CommandLine.Parse(rest)
	runtime.GOMAXPROCS(*procs)
	run, ok := workloads[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "unknown workload", name)
		os.Exit(2)
	}
	run()
}
