package main

import (
	"errors"
	"fmt"
	"math/rand"
	"strconv"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
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

// kubernetes: what an API server with some thousand objects asks. Most are guarded updates of objects
// and of node leases, whose state it knows; then reads, events under an etcd lease, and lists page by
// page. Every kind is watched, with prev_kv and progress, and now and then history is compacted.
func kubernetes(j *job) (figures, error) {
	const kinds, objects = 10, 1000
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
	workers := j.or(50)
	controllers := make([]*controller, workers)
	for at := range workers {
		granted, err := clients[at%10].Grant(j.ctx, leaseSeconds)
		if err != nil {
			return nil, err
		}
		controllers[at] = &controller{
			job: j, client: clients[at%10], lease: granted.ID, known: map[string]int64{}, took: map[string][]time.Duration{},
			random: rand.New(rand.NewSource(int64(at))), value: string(make([]byte, objectLen)),
			node: fmt.Sprintf("/registry/leases/kube-node-lease/node-%d", at),
		}
	}
	forget := func() {
		for _, c := range controllers {
			c.took = map[string][]time.Duration{}
		}
		events.Store(0)
	}
	length, err := j.warmed(workers, forget, func(worker, _ int) error {
		c := controllers[worker]
		prefix := fmt.Sprintf("/registry/kind%d/", c.random.Intn(kinds))
		key := fmt.Sprintf("%s%08d", prefix, c.random.Intn(objects))
		switch chance := c.random.Intn(1000); {
		case chance < 600:
			return c.guardedUpdate(key, c.value)
		case chance < 780:
			return c.guardedUpdate(c.node, c.value[:300])
		case chance < 900:
			return c.timed("get", func() error {
				_, err := c.client.Get(j.ctx, key)
				return err
			})
		case chance < 970:
			return c.event()
		case chance < 999:
			return c.list(prefix)
		}
		return c.timed("compact", func() error { return j.compactOld(c.client) })
	})
	if err != nil {
		return nil, err
	}
	var all times
	byKind := map[string]*times{}
	for _, c := range controllers {
		for what, took := range c.took {
			if byKind[what] == nil {
				byKind[what] = &times{}
			}
			byKind[what].took = append(byKind[what].took, took...)
			all.took = append(all.took, took...)
		}
	}
	got := all.figures(length)
	for what, took := range byKind {
		of := took.figures(length)
		got[what+" p50"], got[what+" p99"] = of["p50"], of["p99"]
	}
	got["events"] = float64(events.Load()) / length.Seconds()
	return got, nil
}

// controller is one client of the API server's store: what it knows of the objects, and how long its
// requests took.
type controller struct {
	*job
	client *clientv3.Client
	random *rand.Rand
	value  string
	node   string
	lease  clientv3.LeaseID
	// known are the revisions at which it last saw objects.
	known  map[string]int64
	events int
	// By what was asked.
	took map[string][]time.Duration
}

func (c *controller) timed(what string, request func() error) error {
	began := time.Now()
	err := request()
	c.took[what] = append(c.took[what], time.Since(began))
	return err
}

// guardedUpdate is storage.etcd3's GuaranteedUpdate: If mod_revision Then Put Else Get, with what a
// cache knows of the object; once more when that was not the newest.
func (c *controller) guardedUpdate(key, value string) error {
	for {
		var done *clientv3.TxnResponse
		err := c.timed("update", func() (err error) {
			done, err = c.client.Txn(c.ctx).
				If(clientv3.Compare(clientv3.ModRevision(key), "=", c.known[key])).
				Then(clientv3.OpPut(key, value)).
				Else(clientv3.OpGet(key)).Commit()
			return err
		})
		if err != nil {
			return err
		}
		if done.Succeeded {
			c.known[key] = done.Header.Revision
			return nil
		}
		c.known[key] = 0
		if found := done.Responses[0].GetResponseRange().Kvs; len(found) > 0 {
			c.known[key] = found[0].ModRevision
		}
	}
}

// event is a Kubernetes event: created once, under a lease that many share.
func (c *controller) event() error {
	key := fmt.Sprintf("/registry/events/%s/%d", c.node, c.events)
	c.events++
	return c.timed("event", func() error {
		_, err := c.client.Txn(c.ctx).
			If(clientv3.Compare(clientv3.ModRevision(key), "=", 0)).
			Then(clientv3.OpPut(key, c.value, clientv3.WithLease(c.lease))).Commit()
		return err
	})
}

// list reads a kind page by page at the revision of the first; each page is a request.
func (c *controller) list(prefix string) error {
	end := clientv3.GetPrefixRangeEnd(prefix)
	revision := int64(0)
	for from := prefix; ; {
		var got *clientv3.GetResponse
		err := c.timed("list", func() (err error) {
			got, err = c.client.Get(c.ctx, from, clientv3.WithRange(end), clientv3.WithLimit(pageKeys), clientv3.WithRev(revision))
			return err
		})
		if errors.Is(err, rpctypes.ErrCompacted) {
			return nil // who lists so slowly begins again
		}
		if err != nil || !got.More {
			return err
		}
		revision = got.Header.Revision
		from = string(got.Kvs[len(got.Kvs)-1].Key) + "\x00"
	}
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
