package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"quorate.dev/test/peers/dial"
)

const (
	keysPerWriter = 40
	sharedKeys    = 10
	writeTimeout  = 3 * time.Second
)

// load is a set of writers that can be held and let go.
type load struct {
	gate    sync.RWMutex
	writers []*clientv3.Client
}

func startLoad(clients []*clientv3.Client, writers int, record *record) *load {
	l := &load{}
	for i := range writers {
		go l.write(clients[i%len(clients)], i, record)
	}
	return l
}

// pause returns when no write is under way and none will be until resume.
func (l *load) pause()  { l.gate.Lock() }
func (l *load) resume() { l.gate.Unlock() }

func (l *load) write(client *clientv3.Client, writer int, record *record) {
	for sequence := 0; ; sequence++ {
		l.gate.RLock()
		err := writeOne(client, writer, sequence, record)
		l.gate.RUnlock()
		if err != nil {
			time.Sleep(5 * time.Millisecond) // the server is away
		}
	}
}

func writeOne(client *clientv3.Client, writer, sequence int, record *record) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	key := fmt.Sprintf("own/%d/%d", writer, sequence%keysPerWriter)
	if rand.IntN(4) == 0 {
		key = fmt.Sprintf("shared/%d", rand.IntN(sharedKeys))
	}
	value := fmt.Sprintf("%d-%d", writer, sequence)
	switch rand.IntN(10) {
	case 0:
		return deleteOne(ctx, client, key, record)
	case 1:
		return writeThree(ctx, client, key, value, record)
	}
	record.intend(value)
	done, err := client.Put(ctx, key, value)
	if err != nil {
		return err
	}
	record.acknowledge(done.Header.Revision, change{key: key, value: value})
	return nil
}

func deleteOne(ctx context.Context, client *clientv3.Client, key string, record *record) error {
	done, err := client.Delete(ctx, key)
	if err == nil && done.Deleted > 0 {
		record.acknowledge(done.Header.Revision, change{key: key, deleted: true})
	}
	return err
}

// writeThree is one transaction of three puts: all or nothing, at one revision.
func writeThree(ctx context.Context, client *clientv3.Client, key, value string, record *record) error {
	var ops []clientv3.Op
	var changes []change
	for i := range 3 {
		one := change{key: fmt.Sprintf("%s/%d", key, i), value: fmt.Sprintf("%s.%d", value, i)}
		record.intend(one.value)
		changes = append(changes, one)
		ops = append(ops, clientv3.OpPut(one.key, one.value))
	}
	done, err := client.Txn(ctx).Then(ops...).Commit()
	if err == nil {
		record.acknowledge(done.Header.Revision, changes...)
	}
	return err
}

// startWatcher notes everything one client sees live. What it saw before a crash must be there after it.
func startWatcher(endpoint string, record *record) (stop func(), err error) {
	client, err := dial.Client(endpoint)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for response := range client.Watch(ctx, "\x00", clientv3.WithFromKey(), clientv3.WithRev(record.start+1)) {
			record.see(response.Events)
		}
	}()
	return cancel, nil
}
