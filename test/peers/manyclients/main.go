// Command manyclients is a program with very many clients at once: each has a connection of its own, a
// watcher of its own, and writes and reads its own keys and a shared one; each answer is checked.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"quorate.dev/test/peers/dial"
)

// dialsAtOnceMax keeps the listen queue of a small machine from overflowing.
const dialsAtOnceMax = 64

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "the server")
	count := flag.Int("clients", 1000, "how many clients")
	rounds := flag.Int("rounds", 5, "how often each writes and reads")
	patience := flag.Duration("patience", 2*time.Minute, "for how long in all")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()

	began := time.Now()
	clients, err := dialAll(*endpoint, *count)
	if err != nil {
		fmt.Println("VIOLATION cannot connect:", err)
		os.Exit(1)
	}
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	var increments atomic.Int64
	for i, client := range clients {
		all.Go(func() {
			if err := use(ctx, client, i, *rounds, &increments); err != nil {
				failed.CompareAndSwap(nil, &err)
				cancel()
			}
		})
	}
	all.Wait()
	if why := failed.Load(); why != nil {
		fmt.Println("VIOLATION", *why)
		os.Exit(1)
	}
	shared, err := clients[0].Get(context.Background(), "many/shared")
	if err != nil || len(shared.Kvs) != 1 || shared.Kvs[0].Version != increments.Load() {
		fmt.Printf("VIOLATION %d puts to the shared key left %v (%v)\n", increments.Load(), shared, err)
		os.Exit(1)
	}
	fmt.Printf("%d clients, %d rounds each, in %.1f s\n", *count, *rounds, time.Since(began).Seconds())
}

func dialAll(endpoint string, count int) ([]*clientv3.Client, error) {
	clients := make([]*clientv3.Client, count)
	slots := make(chan struct{}, dialsAtOnceMax)
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	for i := range clients {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			client, err := dial.Client(endpoint)
			if err == nil {
				_, err = dial.Revision(client, time.Minute)
			}
			if err != nil {
				failed.CompareAndSwap(nil, &err)
			}
			clients[i] = client
		})
	}
	all.Wait()
	if why := failed.Load(); why != nil {
		return nil, *why
	}
	return clients, nil
}

// use is the life of one client.
func use(ctx context.Context, client *clientv3.Client, id, rounds int, increments *atomic.Int64) error {
	own := fmt.Sprintf("many/own/%d", id)
	watch := client.Watch(ctx, own, clientv3.WithCreatedNotify())
	if created := <-watch; created.Err() != nil {
		return created.Err()
	}
	for round := range rounds {
		value := fmt.Sprintf("%d of %d", round, id)
		done, err := client.Put(ctx, own, value)
		if err != nil {
			return err
		}
		got, err := client.Get(ctx, own)
		if err != nil {
			return err
		}
		if len(got.Kvs) != 1 || string(got.Kvs[0].Value) != value || got.Kvs[0].ModRevision != done.Header.Revision ||
			got.Kvs[0].Version != int64(round)+1 {
			return fmt.Errorf("client %d put %q at %d and read %v", id, value, done.Header.Revision, got.Kvs)
		}
		heard := <-watch
		if heard.Err() != nil || len(heard.Events) != 1 || string(heard.Events[0].Kv.Value) != value {
			return fmt.Errorf("client %d put %q and heard %v (%w)", id, value, heard.Events, heard.Err())
		}
		if _, err := client.Put(ctx, "many/shared", value); err != nil {
			return err
		}
		increments.Add(1)
	}
	return nil
}
