// leasestorm lets very many leases expire within one second and tells how fast they are revoked and
// what a put waits meanwhile. A hundredth of the leases holds a key, whose deletion is watched.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"quorate.dev/test/peers/dial"
)

const (
	watchedEvery = 100
	putEvery     = 10 * time.Millisecond
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	leases := flag.Int("leases", 100_000, "how many")
	workers := flag.Int("workers", 128, "how many grant at once")
	granting := flag.Duration("granting", 30*time.Second, "when they are to expire, from now")
	patience := flag.Duration("patience", 2*time.Minute, "for how long after that they may take")
	flag.Parse()
	if err := run(*endpoint, *leases, *workers, *granting, *patience); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(endpoint string, leases, workers int, granting, patience time.Duration) error {
	client, err := dial.Client(endpoint)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), granting+patience)
	defer cancel()
	watched := client.Watch(ctx, "storm/", clientv3.WithPrefix(), clientv3.WithFilterPut())
	end := time.Now().Add(granting)
	if err := grant(ctx, client, leases, workers, end); err != nil {
		return err
	}
	left := time.Until(end)
	if left < 2*time.Second {
		return fmt.Errorf("granting took too long: %v left", left)
	}
	fmt.Printf("granted %d in %.1f s\n", leases, (granting - left).Seconds())
	quiet := puts(ctx, client, time.Now().Add(left-1500*time.Millisecond), nil)
	storm := make(chan struct{})
	var first, last time.Time
	go func() {
		defer close(storm)
		for gone := 0; gone < leases/watchedEvery; {
			got, ok := <-watched
			if !ok {
				return
			}
			if gone == 0 {
				first = time.Now()
			}
			gone += len(got.Events)
			last = time.Now()
		}
	}()
	during := puts(ctx, client, time.Now().Add(patience), storm)
	if last.IsZero() || ctx.Err() != nil {
		return fmt.Errorf("the leases did not expire in time")
	}
	report("quiet", quiet)
	report("storm", during)
	took := last.Sub(first)
	fmt.Printf("revoked in %d ms, %.0f/s, the last %d ms late\n", took.Milliseconds(),
		float64(leases)/took.Seconds(), last.Sub(end).Milliseconds())
	return nil
}

// grant makes leases that end together, however long it takes.
func grant(ctx context.Context, client *clientv3.Client, leases, workers int, end time.Time) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for failed.Load() == nil {
				at := next.Add(1)
				if at > int64(leases) {
					return
				}
				if err := grantOne(ctx, client, at, end); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	done.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

func grantOne(ctx context.Context, client *clientv3.Client, at int64, end time.Time) error {
	// Rounded up by no more than a second, so that all end in the same one.
	got, err := client.Grant(ctx, int64(time.Until(end).Seconds())+1)
	if err != nil {
		return err
	}
	if at%watchedEvery == 0 {
		_, err = client.Put(ctx, fmt.Sprintf("storm/%08d", at), "", clientv3.WithLease(got.ID))
	}
	return err
}

// puts writes at a steady pace until a moment or an event, and tells how long each took.
func puts(ctx context.Context, client *clientv3.Client, until time.Time, over <-chan struct{}) []time.Duration {
	var mu sync.Mutex
	var took []time.Duration
	var done sync.WaitGroup
	tick := time.NewTicker(putEvery)
	defer tick.Stop()
	for time.Now().Before(until) && ctx.Err() == nil {
		select {
		case <-over:
			done.Wait()
			return took
		case began := <-tick.C:
			done.Go(func() {
				if _, err := client.Put(ctx, "steady", "x"); err != nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(began))
			})
		}
	}
	done.Wait()
	return took
}

func report(name string, took []time.Duration) {
	if len(took) == 0 {
		fmt.Println(name, "no puts")
		return
	}
	sort.Slice(took, func(a, b int) bool { return took[a] < took[b] })
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	fmt.Printf("%s puts %d p50 %.1f ms p99 %.1f ms max %.1f ms\n", name, len(took), at(0.5), at(0.99), at(1))
}
