package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	lpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
)

// acquire locks and prints the outcome.
func (w *world) acquire(ctx context.Context, name string, lease int64) string {
	got, err := w.lock.Lock(ctx, &lpb.LockRequest{Name: []byte(name), Lease: lease})
	if err != nil {
		return "lock: " + said(err)
	}
	return fmt.Sprintf("lock: key %q at %d", got.Key, got.Header.Revision)
}

// waiting begins to lock; the outcome comes through the channel.
func (w *world) waiting(ctx context.Context, name string, lease int64) <-chan string {
	outcome := make(chan string, 1)
	go func() { outcome <- w.acquire(ctx, name, lease) }()
	return outcome
}

func (w *world) release(key string) {
	got, err := w.lock.Unlock(w.ctx, &lpb.UnlockRequest{Key: []byte(key)})
	if err != nil {
		fmt.Println("unlock:", said(err))
		return
	}
	fmt.Println("unlock: at", got.Header.Revision)
}

func locks(w *world) error {
	if err := w.grant(0x10, 0x7fffffffffffffff, -0x20); err != nil {
		return err
	}
	fmt.Println(w.acquire(w.ctx, "a", 0x10))
	fmt.Println(w.acquire(w.ctx, "a", 0x10))
	fmt.Println(w.acquire(w.ctx, "a/b", 0x10))
	fmt.Println(w.acquire(w.ctx, "large", 0x7fffffffffffffff))
	fmt.Println(w.acquire(w.ctx, "negative", -0x20))
	fmt.Println(w.acquire(w.ctx, "", 0x10))
	fmt.Println(w.acquire(w.ctx, "\xff\xfe", 0x10))
	for _, name := range []string{"a", "large", "negative", ""} {
		if err := w.show(name); err != nil {
			return err
		}
	}
	w.release("a/10")
	w.release("a/10")
	if err := w.show("a"); err != nil {
		return err
	}
	return w.lockWithoutLease()
}

// lockWithoutLease is given a lease of 60 seconds, whose id stands in the key.
func (w *world) lockWithoutLease() error {
	got, err := w.lock.Lock(w.ctx, &lpb.LockRequest{Name: []byte("own")})
	if err != nil {
		return err
	}
	var id int64
	if _, err := fmt.Sscanf(strings.TrimPrefix(string(got.Key), "own/"), "%x", &id); err != nil {
		return err
	}
	told, err := w.client.TimeToLive(w.ctx, clientv3.LeaseID(id), clientv3.WithAttachedKeys())
	if err != nil {
		return err
	}
	same := len(told.Keys) == 1 && string(told.Keys[0]) == string(got.Key)
	fmt.Println("own lease:", told.GrantedTTL, "attached:", same, "at", got.Header.Revision)
	w.release(string(got.Key))
	return nil
}

func waitingLocks(w *world) error {
	if err := w.grant(0x31, 0x32, 0x33, 0x34, 0x35); err != nil {
		return err
	}
	fmt.Println(w.acquire(w.ctx, "q", 0x31))
	second := w.waiting(w.ctx, "q", 0x32)
	if err := w.until("q", 2); err != nil {
		return err
	}
	cancelled, cancel := context.WithCancel(w.ctx)
	defer cancel()
	third := w.waiting(cancelled, "q", 0x33)
	if err := w.until("q", 3); err != nil {
		return err
	}
	fourth := w.waiting(w.ctx, "q", 0x34)
	if err := w.until("q", 4); err != nil {
		return err
	}
	cancel()
	fmt.Println("cancelled", <-third)
	if err := w.until("q", 3); err != nil {
		return err
	}
	late, stop := context.WithTimeout(w.ctx, 2*time.Second)
	defer stop()
	fifth := w.waiting(late, "q", 0x35)
	if err := w.until("q", 4); err != nil {
		return err
	}
	fmt.Println("late", <-fifth)
	if err := w.until("q", 3); err != nil {
		return err
	}
	w.release("q/31")
	fmt.Println("second", <-second)
	// Whose lease is gone does not get the lock, though all before him have left.
	if _, err := w.client.Revoke(w.ctx, 0x34); err != nil {
		return err
	}
	w.release("q/32")
	fmt.Println("fourth", <-fourth)
	return w.show("q")
}

func refusedLocks(w *world) error {
	fmt.Println(w.acquire(w.ctx, "r", 0x666))
	fmt.Println(w.acquire(w.ctx, strings.Repeat("x", 2_000_000), 0x10))
	w.release("")
	w.release("nothing/1")
	return w.show("r")
}
