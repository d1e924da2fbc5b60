package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const operationTimeout = 2 * time.Second

// worker is one client: it does one thing at a time.
type worker struct {
	client  *clientv3.Client
	id      int
	keys    int
	history *history
	pause   time.Duration
	random  *rand.Rand
	// seen is the mod revision of each key as this client last saw it: what a compare-and-swap expects.
	seen  map[string]int64
	count int
}

func (w *worker) work(howLong time.Duration) {
	for deadline := time.Now().Add(howLong); time.Now().Before(deadline); w.count++ {
		began := time.Now()
		w.one(fmt.Sprintf("linear/%d", w.random.IntN(w.keys)))
		if rest := w.pause - time.Since(began); rest > 0 {
			time.Sleep(rest)
		}
	}
}

func (w *worker) one(key string) {
	ctx, cancel := context.WithTimeout(context.Background(), operationTimeout)
	defer cancel()
	in := input{key: key, value: fmt.Sprintf("%d-%d", w.id, w.count)}
	switch n := w.random.IntN(100); {
	case n < 35:
		in.kind = put
	case n < 75:
		in.kind = get
	case n < 85:
		in.kind = remove
	default:
		in.kind, in.expected = swap, w.seen[key]
	}
	call := w.history.now()
	out, err := w.do(ctx, in)
	back := w.history.now()
	if err != nil {
		// A read that failed says nothing. A write that failed may have happened, then or later.
		if in.kind == get {
			return
		}
		out, back = output{unknown: true}, forever
	} else {
		w.seen[key] = out.modRevision
	}
	w.history.add(w.id, in, out, call, back)
}

func (w *worker) do(ctx context.Context, in input) (output, error) {
	switch in.kind {
	case put:
		done, err := w.client.Put(ctx, in.key, in.value)
		if err != nil {
			return output{}, err
		}
		return output{revision: done.Header.Revision, modRevision: done.Header.Revision}, nil
	case remove:
		done, err := w.client.Delete(ctx, in.key)
		if err != nil {
			return output{}, err
		}
		return output{revision: done.Header.Revision, changed: done.Deleted > 0}, nil
	case get:
		done, err := w.client.Get(ctx, in.key)
		if err != nil {
			return output{}, err
		}
		return found((*clientv3.GetResponse)(done), done.Header.Revision), nil
	}
	done, err := w.client.Txn(ctx).
		If(clientv3.Compare(clientv3.ModRevision(in.key), "=", in.expected)).
		Then(clientv3.OpPut(in.key, in.value)).
		Else(clientv3.OpGet(in.key)).
		Commit()
	if err != nil {
		return output{}, err
	}
	if done.Succeeded {
		return output{revision: done.Header.Revision, modRevision: done.Header.Revision, changed: true}, nil
	}
	return found((*clientv3.GetResponse)(done.Responses[0].GetResponseRange()), done.Header.Revision), nil
}

func found(got *clientv3.GetResponse, revision int64) output {
	if len(got.Kvs) == 0 {
		return output{revision: revision}
	}
	return output{revision: revision, value: string(got.Kvs[0].Value), modRevision: got.Kvs[0].ModRevision}
}
