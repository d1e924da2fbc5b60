package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	writers         = 8
	keysPerWriter   = 120
	leasesKept      = 12
	leaseSecondsMin = 3600
	largeBytes      = 1 << 20
	writePatience   = 30 * time.Second
)

type plan struct {
	seed                      uint64
	operations, large         int
	compactEvery, historyKept int
	untilSilence              bool
}

// outcome is what was acknowledged.
type outcome struct {
	Operations  int64 `json:"operations"`
	Revision    int64 `json:"revision"`
	Compactions int64 `json:"compactions"`
}

// author is the writers together; each has keys and leases of its own and a random source of its own.
type author struct {
	plan
	started, done, revision, compactions atomic.Int64
}

func write(clients []*clientv3.Client, p plan) (outcome, error) {
	a := &author{plan: p}
	// Whoever fails ends it for all: others may be trying again, as clientv3 does for half a minute.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	failures := make(chan error, len(clients))
	var all sync.WaitGroup
	for i, client := range clients {
		w := &writer{author: a, client: client, id: i, random: rand.New(rand.NewPCG(p.seed, uint64(i)))}
		all.Go(func() {
			if err := w.write(ctx); err != nil {
				failures <- err
				cancel()
			}
		})
	}
	all.Wait()
	done := outcome{a.done.Load(), a.revision.Load(), a.compactions.Load()}
	select {
	case err := <-failures:
		if !p.untilSilence {
			return done, err
		}
	default:
	}
	return done, nil
}

// acknowledged notes an answer's revision.
func (a *author) acknowledged(revision int64) {
	for at := a.revision.Load(); at < revision && !a.revision.CompareAndSwap(at, revision); at = a.revision.Load() {
	}
	a.done.Add(1)
}

type writer struct {
	*author
	client *clientv3.Client
	id     int
	random *rand.Rand
	leases []clientv3.LeaseID
}

func (w *writer) write(all context.Context) error {
	for {
		number := w.started.Add(1)
		if number > int64(w.operations+w.large) {
			return nil
		}
		ctx, cancel := context.WithTimeout(all, writePatience)
		err := w.step(ctx, number)
		cancel()
		if err != nil {
			return fmt.Errorf("operation %d: %w", number, err)
		}
	}
}

func (w *writer) step(ctx context.Context, number int64) error {
	switch {
	case number <= int64(w.large):
		return w.commit(ctx, clientv3.OpPut(fmt.Sprintf("large/%d", number%4), strings.Repeat(string(rune('a'+number%26)), largeBytes)))
	case w.compactEvery > 0 && number%int64(w.compactEvery) == 0:
		return w.compact(ctx)
	}
	switch dice := w.random.IntN(100); {
	case dice < 50:
		return w.commit(ctx, w.put())
	case dice < 62:
		return w.commit(ctx, w.delete())
	case dice < 80:
		return w.txn(ctx)
	case dice < 94:
		return w.commit(ctx, w.putWithLease())
	case dice < 98:
		return w.grant(ctx)
	default:
		return w.revoke(ctx)
	}
}

func (w *writer) commit(ctx context.Context, op clientv3.Op) error {
	got, err := w.client.Do(ctx, op)
	if err != nil {
		return err
	}
	if put := got.Put(); put != nil {
		w.acknowledged(put.Header.Revision)
	} else {
		w.acknowledged(got.Del().Header.Revision)
	}
	return nil
}

// key is text, or bytes that are not: a key is any bytes.
func (w *writer) key() string {
	number := w.random.IntN(keysPerWriter)
	if number%10 == 0 {
		return fmt.Sprintf("\xff\x00%c%c", rune(w.id), rune(number))
	}
	return fmt.Sprintf("key/%d/%03d", w.id, number)
}

func (w *writer) value() string {
	bytes := make([]byte, w.random.IntN(200)*w.random.IntN(4))
	for i := range bytes {
		bytes[i] = byte(w.random.Uint32())
	}
	return string(bytes)
}

func (w *writer) put() clientv3.Op {
	return clientv3.OpPut(w.key(), w.value())
}

func (w *writer) putWithLease() clientv3.Op {
	if len(w.leases) == 0 {
		return w.put()
	}
	return clientv3.OpPut(w.key(), w.value(), clientv3.WithLease(w.leases[w.random.IntN(len(w.leases))]))
}

func (w *writer) delete() clientv3.Op {
	if w.random.IntN(20) == 0 {
		return clientv3.OpDelete(fmt.Sprintf("key/%d/%02d", w.id, w.random.IntN(12)), clientv3.WithPrefix())
	}
	return clientv3.OpDelete(w.key())
}

// txn changes several keys in one revision, and none of them twice: etcd refuses that.
func (w *writer) txn(ctx context.Context) error {
	var ops []clientv3.Op
	used := map[string]bool{}
	for range 1 + w.random.IntN(6) {
		key := w.key()
		if used[key] {
			continue
		}
		used[key] = true
		if w.random.IntN(3) == 0 {
			ops = append(ops, clientv3.OpDelete(key))
		} else {
			ops = append(ops, clientv3.OpPut(key, w.value()))
		}
	}
	even := clientv3.Compare(clientv3.Version(w.key()), ">", int64(w.random.IntN(3)))
	got, err := w.client.Txn(ctx).If(even).Then(ops...).Else(w.put(), clientv3.OpGet(w.key())).Commit()
	if err != nil {
		return err
	}
	w.acknowledged(got.Header.Revision)
	return nil
}

func (w *writer) grant(ctx context.Context) error {
	if len(w.leases) == leasesKept {
		return w.revoke(ctx)
	}
	got, err := w.client.Grant(ctx, int64(leaseSecondsMin+w.random.IntN(10_000)))
	if err != nil {
		return err
	}
	w.leases = append(w.leases, got.ID)
	w.done.Add(1)
	return nil
}

func (w *writer) revoke(ctx context.Context) error {
	if len(w.leases) == 0 {
		return w.grant(ctx)
	}
	at := w.random.IntN(len(w.leases))
	got, err := w.client.Revoke(ctx, w.leases[at])
	if err != nil {
		return err
	}
	w.leases = append(w.leases[:at], w.leases[at+1:]...)
	w.acknowledged(got.Header.Revision)
	return nil
}

func (w *writer) compact(ctx context.Context) error {
	target := w.revision.Load() - int64(w.historyKept)
	if target <= 0 {
		return w.commit(ctx, w.put())
	}
	// Another writer may have been faster with a later one.
	if _, err := w.client.Compact(ctx, target); err != nil && !errors.Is(err, rpctypes.ErrCompacted) {
		return err
	}
	w.compactions.Add(1)
	w.done.Add(1)
	return nil
}
