package main

import (
	"fmt"
	"math/rand"
	"strconv"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	pageKeys  = 500
	fillTxn   = 100
	objectLen = 1024
)

// fill writes so many keys of a size, in transactions.
func (j *job) fill(client *clientv3.Client, prefix string, keys, size int) error {
	value := string(make([]byte, size))
	for at := 0; at < keys; at += fillTxn {
		ops := make([]clientv3.Op, 0, fillTxn)
		for key := at; key < min(at+fillTxn, keys); key++ {
			ops = append(ops, clientv3.OpPut(fmt.Sprintf("%s%08d", prefix, key), value))
		}
		if _, err := client.Txn(j.ctx).Then(ops...).Commit(); err != nil {
			return err
		}
	}
	return nil
}

// list reads a prefix page by page at the revision of the first, as kube-apiserver does.
func (j *job) list(client *clientv3.Client, prefix string) (int, error) {
	end := clientv3.GetPrefixRangeEnd(prefix)
	keys, revision := 0, int64(0)
	for from := prefix; ; {
		got, err := client.Get(j.ctx, from, clientv3.WithRange(end), clientv3.WithLimit(pageKeys), clientv3.WithRev(revision))
		if err != nil {
			return keys, err
		}
		keys += len(got.Kvs)
		if !got.More {
			return keys, nil
		}
		revision = got.Header.Revision
		from = string(got.Kvs[len(got.Kvs)-1].Key) + "\x00"
	}
}

// pages: a million keys, read page by page. `rate` is keys a second.
func pages(j *job) (figures, error) {
	clients, err := j.clients(1)
	if err != nil {
		return nil, err
	}
	if err := j.fill(clients[0], "page/", j.or(1_000_000), 100); err != nil {
		return nil, err
	}
	var took times
	began := j.begin()
	keys := 0
	for keys == 0 || time.Since(began) < j.length {
		list := time.Now()
		got, err := j.list(clients[0], "page/")
		if err != nil {
			return nil, err
		}
		keys += got
		took.add(time.Since(list))
	}
	got := took.figures(time.Since(began))
	got["rate"] = float64(keys) / time.Since(began).Seconds()
	return got, nil
}

// compact: how long puts take while a million revisions are compacted; `quiet` is their p99 before.
func compact(j *job) (figures, error) {
	clients, err := j.clients(10)
	if err != nil {
		return nil, err
	}
	const keys = 10_000
	for written := 0; written < j.or(1_000_000); written += keys {
		if err := j.fill(clients[0], "old/", keys, 64); err != nil {
			return nil, err
		}
	}
	measure := func() figures {
		var took times
		began := j.begin()
		steadily(j.ctx, 200, j.length, func(at int) {
			put := time.Now()
			if _, err := clients[at%10].Put(j.ctx, "new/"+strconv.Itoa(at%100), "x"); err == nil {
				took.add(time.Since(put))
			}
		})
		return took.figures(time.Since(began))
	}
	quiet := measure()
	now, err := clients[0].Get(j.ctx, "new/0")
	if err != nil {
		return nil, err
	}
	if _, err := clients[0].Compact(j.ctx, now.Header.Revision); err != nil {
		return nil, err
	}
	got := measure()
	got["quiet"] = quiet["p99"]
	got["slowdown"] = got["p99"] / quiet["p99"]
	return got, nil
}

// kubernetes: what an API server with a few thousand objects asks. Nine in ten requests are guarded
// updates and node leases, the others lists and reads; every kind is watched, with prev_kv and
// progress, and now and then history is compacted.
func kubernetes(j *job) (figures, error) {
	const kinds, objects = 10, 500
	clients, err := j.clients(10)
	if err != nil {
		return nil, err
	}
	var events atomic.Int64
	for kind := range kinds {
		prefix := fmt.Sprintf("/registry/kind%d/", kind)
		if err := j.fill(clients[0], prefix, objects, objectLen); err != nil {
			return nil, err
		}
		watch := clients[kind].Watch(j.ctx, prefix, clientv3.WithPrefix(), clientv3.WithPrevKV(), clientv3.WithProgressNotify())
		go func() {
			for response := range watch {
				events.Add(int64(len(response.Events)))
			}
		}()
	}
	var took times
	value := string(make([]byte, objectLen))
	j.begin()
	length, err := together(j.or(50), j.length, func(worker, round int) error {
		random := rand.New(rand.NewSource(int64(worker)<<32 + int64(round)))
		client := clients[worker%10]
		prefix := fmt.Sprintf("/registry/kind%d/", random.Intn(kinds))
		key := fmt.Sprintf("%s%08d", prefix, random.Intn(objects))
		began := time.Now()
		var err error
		switch chance := random.Intn(1000); {
		case chance < 850:
			err = j.guardedUpdate(client, key, value)
		case chance < 950:
			_, err = client.Get(j.ctx, key)
		case chance < 999:
			_, err = client.Get(j.ctx, prefix, clientv3.WithPrefix(), clientv3.WithLimit(pageKeys))
		default:
			err = j.compactOld(client)
		}
		took.add(time.Since(began))
		return err
	})
	if err != nil {
		return nil, err
	}
	got := took.figures(length)
	got["events"] = float64(events.Load()) / length.Seconds()
	return got, nil
}

// guardedUpdate is storage.etcd3's GuaranteedUpdate: If mod_revision Then Put Else Get.
func (j *job) guardedUpdate(client *clientv3.Client, key, value string) error {
	now, err := client.Get(j.ctx, key)
	if err != nil || len(now.Kvs) == 0 {
		return err
	}
	_, err = client.Txn(j.ctx).
		If(clientv3.Compare(clientv3.ModRevision(key), "=", now.Kvs[0].ModRevision)).
		Then(clientv3.OpPut(key, value)).
		Else(clientv3.OpGet(key)).Commit()
	return err
}

func (j *job) compactOld(client *clientv3.Client) error {
	now, err := client.Get(j.ctx, "compact_rev_key")
	if err != nil || now.Header.Revision < 2000 {
		return err
	}
	// Another may have compacted further meanwhile.
	_, _ = client.Compact(j.ctx, now.Header.Revision-1000)
	return nil
}
