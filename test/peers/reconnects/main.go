// Command reconnects is a program that knows all members, as clientv3 lets it, and writes, watches and
// keeps a lease while somebody else stops, kills and restarts them. Some of its calls it gives up itself.
// It checks that what clientv3 did on its own (retries, other members, resumed watches) changed nothing:
// each write acknowledged is there, each was done once at most, a watcher saw each once and in order, the
// lease lives. See docs/testing.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"quorate.dev/test/peers/dial"
)

const (
	prefix       = "reconnects/"
	leaseSeconds = 30
	patience     = 60 * time.Second
)

func main() {
	endpoints := flag.String("endpoints", "127.0.0.1:2379", "the members, with commas between")
	writers := flag.Int("writers", 12, "how many write at once")
	seconds := flag.Int("seconds", 8, "for how long")
	plant := flag.String("plant", "", "pretend a fault, to test the test: lost or unseen")
	flag.Parse()

	client, err := connect(*endpoints)
	if err != nil {
		fail("cannot connect: %v", err)
	}
	record := &record{acknowledged: map[string]int64{}, errors: map[string]int{}}
	start, err := dial.Revision(client, patience)
	if err != nil {
		fail("%v", err)
	}
	watcher := watchAll(client, start+1)
	lease := keepLease(client)

	deadline := time.Now().Add(time.Duration(*seconds) * time.Second)
	var all sync.WaitGroup
	for writer := range *writers {
		all.Go(func() {
			for at := 0; time.Now().Before(deadline); at++ {
				writeOne(client, record, fmt.Sprintf("%s%d/%d", prefix, writer, at))
			}
		})
	}
	all.Wait()
	verify(client, record, watcher, lease, *plant)
	fmt.Printf("verified %d acknowledged, %d open\n", len(record.acknowledged), record.open)
	for why, count := range record.errors {
		fmt.Printf("%6d %s\n", count, why)
	}
}

func connect(endpoints string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{
		Endpoints: strings.Split(endpoints, ","), DialTimeout: 10 * time.Second, Logger: zap.NewNop(),
	})
}

func fail(format string, args ...any) {
	fmt.Println("VIOLATION", fmt.Sprintf(format, args...))
	os.Exit(1)
}

// record is what the writers were told. Each key is written by one call only, so that its version says
// how often the call was carried out.
type record struct {
	mu           sync.Mutex
	acknowledged map[string]int64
	open         int
	errors       map[string]int
}

func writeOne(client *clientv3.Client, record *record, key string) {
	// Some calls run out of time, some are canceled, under way or before; most have time enough.
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	switch rand.IntN(8) {
	case 0:
		ctx, cancel = context.WithTimeout(context.Background(), time.Duration(rand.IntN(6000))*time.Microsecond)
	case 1:
		time.AfterFunc(time.Duration(rand.IntN(6000))*time.Microsecond, cancel)
	}
	defer cancel()
	var revision int64
	var err error
	if rand.IntN(2) == 0 {
		var put *clientv3.PutResponse
		if put, err = client.Put(ctx, key, key); err == nil {
			revision = put.Header.Revision
		}
	} else {
		var txn *clientv3.TxnResponse
		isNew := clientv3.Compare(clientv3.Version(key), "=", 0)
		txn, err = client.Txn(ctx).If(isNew).Then(clientv3.OpPut(key, key)).Commit()
		if err == nil && !txn.Succeeded {
			fail("%s was there before the only call that writes it: it was sent twice", key)
		}
		if err == nil {
			revision = txn.Header.Revision
		}
	}
	record.mu.Lock()
	if err == nil {
		record.acknowledged[key] = revision
	} else {
		record.open++
		record.errors[err.Error()]++
	}
	record.mu.Unlock()
	time.Sleep(2 * time.Millisecond)
}

// seen is what one watcher was told, resumed by clientv3 wherever a stream of it ended.
type seen struct {
	mu     sync.Mutex
	at     map[string]int64
	newest int64
	fault  string
}

func watchAll(client *clientv3.Client, from int64) *seen {
	watcher := &seen{at: map[string]int64{}}
	go func() {
		for response := range client.Watch(context.Background(), prefix, clientv3.WithPrefix(), clientv3.WithRev(from)) {
			watcher.take(response)
		}
	}()
	return watcher
}

func (s *seen) take(response clientv3.WatchResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := response.Err(); err != nil {
		s.fault = fmt.Sprintf("the watch ended: %v", err)
	}
	for _, event := range response.Events {
		key, revision := string(event.Kv.Key), event.Kv.ModRevision
		if revision < s.newest {
			s.fault = fmt.Sprintf("an event of %d after one of %d", revision, s.newest)
		}
		if was, again := s.at[key]; again {
			s.fault = fmt.Sprintf("%s was seen at %d and at %d", key, was, revision)
		}
		s.at[key], s.newest = revision, revision
	}
}

func (s *seen) upTo(revision int64) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s.mu.Lock()
		isThere := s.newest >= revision || s.fault != ""
		s.mu.Unlock()
		if isThere {
			return
		}
	}
	fail("the watcher never came to revision %d", revision)
}

func keepLease(client *clientv3.Client) clientv3.LeaseID {
	grant, err := client.Grant(context.Background(), leaseSeconds)
	if err != nil {
		fail("no lease: %v", err)
	}
	answers, err := client.KeepAlive(context.Background(), grant.ID)
	if err != nil {
		fail("no keepalive: %v", err)
	}
	go func() {
		for range answers {
		}
		fail("the keepalive ended though its lease never did")
	}()
	return grant.ID
}

func verify(client *clientv3.Client, record *record, watcher *seen, lease clientv3.LeaseID, plant string) {
	if _, err := dial.Revision(client, patience); err != nil {
		fail("%v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	state, err := client.Get(ctx, prefix, clientv3.WithPrefix(), clientv3.WithKeysOnly())
	if err != nil {
		fail("the state cannot be read: %v", err)
	}
	if len(state.Kvs) == 0 {
		fail("nothing was written at all")
	}
	held := map[string]int64{}
	newest := int64(0)
	for _, kv := range state.Kvs {
		if kv.Version != 1 {
			fail("%s was written %d times by one call", kv.Key, kv.Version)
		}
		held[string(kv.Key)] = kv.ModRevision
		newest = max(newest, kv.ModRevision)
	}
	watcher.upTo(newest)
	watcher.mu.Lock()
	defer watcher.mu.Unlock()
	first := string(state.Kvs[0].Key)
	switch plant {
	case "lost":
		record.acknowledged["reconnects/never"] = newest
	case "unseen":
		delete(watcher.at, first)
	}
	if watcher.fault != "" {
		fail("%s", watcher.fault)
	}
	for key, revision := range record.acknowledged {
		if held[key] != revision {
			fail("%s was acknowledged at %d and is at %d", key, revision, held[key])
		}
	}
	for key, revision := range held {
		if watcher.at[key] != revision {
			fail("%s of revision %d was seen at %d", key, revision, watcher.at[key])
		}
	}
	left, err := client.TimeToLive(ctx, lease)
	if err != nil || left.TTL <= 0 {
		fail("the lease is gone: %v, %v", left, err)
	}
}
