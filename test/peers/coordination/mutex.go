package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	lpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
)

// countUnderLock is Jepsen's test of locks without its long pauses: whoever holds the lock reads a
// counter of this process, waits a little, and writes it back one higher. Meanwhile the leases of
// some who wait are revoked, and some give up. An update is lost when two hold the lock at once.
// Who holds it keeps his lease, so a lock that is safe loses nothing.
func countUnderLock(client *clientv3.Client, clients int, length time.Duration, seed int64) error {
	fmt.Println("seed", seed)
	ctx, cancel := context.WithTimeout(context.Background(), length+patience)
	defer cancel()
	t := &tally{client: client, end: time.Now().Add(length)}
	var done sync.WaitGroup
	failures := make(chan error, clients)
	for at := range clients {
		done.Add(1)
		go func() {
			defer done.Done()
			if err := t.work(ctx, rand.New(rand.NewSource(seed+int64(at)))); err != nil {
				failures <- err
			}
		}()
	}
	done.Wait()
	close(failures)
	for err := range failures {
		return err
	}
	fmt.Printf("held %d lost %d overlaps %d expired %d gave-up %d\n", t.held.Load(),
		t.held.Load()-t.counter.Load(), t.overlaps.Load(), t.expired.Load(), t.gaveUp.Load())
	if t.held.Load() != t.counter.Load() || t.overlaps.Load() > 0 {
		return errors.New("two held the lock at once")
	}
	return nil
}

type tally struct {
	client                          *clientv3.Client
	end                             time.Time
	counter                         atomic.Int64
	held, expired, gaveUp, overlaps atomic.Int64
	holders                         atomic.Int64
}

func (t *tally) work(ctx context.Context, random *rand.Rand) error {
	lock := lpb.NewLockClient(t.client.ActiveConnection())
	for time.Now().Before(t.end) {
		granted, err := t.client.Grant(ctx, 60)
		if err != nil {
			return err
		}
		if err := t.round(ctx, lock, granted.ID, random); err != nil {
			return err
		}
	}
	return nil
}

func (t *tally) round(ctx context.Context, lock lpb.LockClient, lease clientv3.LeaseID, random *rand.Rand) error {
	asking, giveUp := context.WithCancel(ctx)
	defer giveUp()
	type answer struct {
		key []byte
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		got, err := lock.Lock(asking, &lpb.LockRequest{Name: []byte("mutex"), Lease: int64(lease)})
		answered <- answer{got.GetKey(), err}
	}()
	fate := random.Intn(4)
	var now answer
	select {
	case now = <-answered:
	case <-time.After(time.Duration(random.Intn(30)) * time.Millisecond):
		// Whether he waits still or holds the lock by now is known to the server alone, so his
		// answer is not used after this: only who was left in peace counts.
		if fate == 0 {
			giveUp()
			<-answered
			t.gaveUp.Add(1)
			_, err := t.client.Revoke(ctx, lease)
			return err
		}
		if fate == 1 {
			if _, err := t.client.Revoke(ctx, lease); err != nil {
				return err
			}
			now = <-answered
			t.expired.Add(1)
			return nil
		}
		now = <-answered
	}
	if now.err != nil {
		return now.err
	}
	t.hold(random)
	if _, err := lock.Unlock(ctx, &lpb.UnlockRequest{Key: now.key}); err != nil {
		return err
	}
	_, err := t.client.Revoke(ctx, lease)
	return err
}

func (t *tally) hold(random *rand.Rand) {
	if t.holders.Add(1) > 1 {
		t.overlaps.Add(1)
	}
	read := t.counter.Load()
	time.Sleep(time.Duration(random.Intn(3)) * time.Millisecond)
	t.counter.Store(read + 1)
	t.held.Add(1)
	t.holders.Add(-1)
}
