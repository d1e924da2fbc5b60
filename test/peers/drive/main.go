// drive puts one kind of load of a coordinating program on a server and prints what came of it as one
// line of JSON: rates by the second, times in milliseconds. The same line on two servers is a row of
// bench/coordination.ts.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"quorate.dev/test/peers/dial"
)

// figures are what a load gives: `rate`, `p50`, `p99`, `max` and what else it has to say.
type figures map[string]float64

type job struct {
	ctx      context.Context
	endpoint string
	length   time.Duration
	size     int
	// pid is the server's, or 0; ticks is what it had used of the processor when measuring began.
	pid   int
	ticks int64
	// own is what the driver itself had used then.
	own int64
}

// begin says that the load proper starts now, after whatever prepared it.
func (j *job) begin() time.Time {
	j.ticks = ticksOf(j.pid)
	j.own = ticksOf(os.Getpid())
	return time.Now()
}

// ticksOf is the processor time a process has used, in hundredths of a second; 0 for none.
func ticksOf(pid int) int64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold blanks; the fields after it are numbered from 3.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseInt(fields[14-3], 10, 64)
	system, _ := strconv.ParseInt(fields[15-3], 10, 64)
	return user + system
}

var loads = map[string]func(*job) (figures, error){
	"fanout":     fanout,
	"sustained":  sustained,
	"churn":      churn,
	"latency":    latency,
	"stalled":    stalled,
	"keepalive":  keepalive,
	"bare":       bareKeepalive,
	"grant":      grant,
	"revoke":     revoke,
	"pages":      pages,
	"compact":    compact,
	"kubernetes": kubernetes,
}

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	load := flag.String("load", "", "which load")
	length := flag.Duration("length", 10*time.Second, "how long")
	size := flag.Int("size", 0, "watchers, keys or clients; 0: the usual number")
	pid := flag.Int("pid", 0, "the server's process, whose processor time is reported as cpu, in microseconds for each counted thing, as is the driver's own")
	flag.Parse()
	run, ok := loads[*load]
	if !ok {
		fmt.Fprintln(os.Stderr, "no load is called", *load)
		os.Exit(1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *length+5*time.Minute)
	defer cancel()
	j := &job{ctx: ctx, endpoint: *endpoint, length: *length, size: *size, pid: *pid}
	got, err := run(j)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if j.pid > 0 && got["count"] > 0 {
		got["cpu"] = float64(ticksOf(j.pid)-j.ticks) * 10_000 / got["count"]
		got["driver cpu"] = float64(ticksOf(os.Getpid())-j.own) * 10_000 / got["count"]
	}
	line, _ := json.Marshal(got)
	fmt.Println(string(line))
}

func (j *job) or(size int) int {
	if j.size > 0 {
		return j.size
	}
	return size
}

func (j *job) clients(count int) ([]*clientv3.Client, error) {
	return dial.Clients(j.endpoint, count)
}

// times gathers durations from many goroutines.
type times struct {
	mu   sync.Mutex
	took []time.Duration
}

func (t *times) add(took time.Duration) {
	t.mu.Lock()
	t.took = append(t.took, took)
	t.mu.Unlock()
}

func (t *times) forget() {
	t.mu.Lock()
	t.took = nil
	t.mu.Unlock()
}

func (t *times) figures(length time.Duration) figures {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.took) == 0 {
		return figures{"count": 0}
	}
	sort.Slice(t.took, func(a, b int) bool { return t.took[a] < t.took[b] })
	at := func(share float64) float64 {
		return float64(t.took[int(share*float64(len(t.took)-1))].Microseconds()) / 1000
	}
	return figures{
		"count": float64(len(t.took)), "rate": float64(len(t.took)) / length.Seconds(),
		"p50": at(0.5), "p99": at(0.99), "max": at(1),
	}
}

// steadily calls back so often a second until the end, without waiting for what it began.
func steadily(ctx context.Context, perSecond int, length time.Duration, call func(at int)) {
	var running sync.WaitGroup
	began := time.Now()
	for at := 0; ; at++ {
		due := began.Add(time.Duration(at) * time.Second / time.Duration(perSecond))
		if due.Sub(began) >= length || ctx.Err() != nil {
			break
		}
		time.Sleep(time.Until(due))
		running.Go(func() { call(at) })
	}
	running.Wait()
}

// warmed is together after a third of its time before, whose figures are forgotten: what a server is
// still compiling, or has not yet in memory, says nothing about it.
func (j *job) warmed(workers int, forget func(), call func(worker, round int) error) (time.Duration, error) {
	if _, err := together(workers, j.length/3, call); err != nil {
		return 0, err
	}
	forget()
	j.begin()
	return together(workers, j.length, call)
}

// together calls back from so many goroutines, once and then again until the end or an error.
func together(workers int, length time.Duration, call func(worker, round int) error) (time.Duration, error) {
	var running sync.WaitGroup
	failed := make(chan error, workers)
	began := time.Now()
	for worker := range workers {
		running.Go(func() {
			for round := 0; round == 0 || time.Since(began) < length; round++ {
				if err := call(worker, round); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	running.Wait()
	close(failed)
	return time.Since(began), <-failed
}
