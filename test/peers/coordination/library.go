package main

import (
	"context"
	"fmt"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

// library runs clientv3's own recipes, which speak KV, Lease and Watch.
func library(w *world) error {
	first, err := concurrency.NewSession(w.client, concurrency.WithTTL(30))
	if err != nil {
		return err
	}
	second, err := concurrency.NewSession(w.client, concurrency.WithTTL(30))
	if err != nil {
		return err
	}
	if err := libraryLocks(w, first, second); err != nil {
		return err
	}
	if err := libraryElections(w, first, second); err != nil {
		return err
	}
	applied, err := concurrency.NewSTM(w.client, func(s concurrency.STM) error {
		s.Put("stm", s.Get("stm")+"x")
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Println("stm: at", applied.Header.Revision)
	if err := first.Close(); err != nil {
		return err
	}
	return second.Close()
}

func libraryLocks(w *world, first, second *concurrency.Session) error {
	held := concurrency.NewMutex(first, "lib")
	if err := held.Lock(w.ctx); err != nil {
		return err
	}
	fmt.Println("held at", held.Header().Revision)
	other := concurrency.NewMutex(second, "lib")
	fmt.Println("try:", other.TryLock(w.ctx))
	got := make(chan error, 1)
	go func() { got <- other.Lock(w.ctx) }()
	if err := w.until("lib", 2); err != nil {
		return err
	}
	if err := held.Unlock(w.ctx); err != nil {
		return err
	}
	fmt.Println("other:", <-got, "at", other.Header().Revision)
	owned, err := w.client.Txn(w.ctx).If(other.IsOwner()).Then(clientv3.OpPut("fenced", "1")).Commit()
	if err != nil {
		return err
	}
	fmt.Println("fenced:", owned.Succeeded, "at", owned.Header.Revision)
	return other.Unlock(w.ctx)
}

func libraryElections(w *world, first, second *concurrency.Session) error {
	leading := concurrency.NewElection(first, "libe")
	if err := leading.Campaign(w.ctx, "one"); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	seen := concurrency.NewElection(second, "libe").Observe(ctx)
	fmt.Printf("observed: %s\n", (<-seen).Kvs[0].Value)
	if err := leading.Proclaim(w.ctx, "two"); err != nil {
		return err
	}
	fmt.Printf("observed: %s\n", (<-seen).Kvs[0].Value)
	fmt.Println("rev", leading.Rev(), "at", leading.Header().Revision)
	return leading.Resign(w.ctx)
}
