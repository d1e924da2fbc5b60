package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/protobuf/proto"
)

// watchersPerStream is few enough that no stream waits long for its own lock in the client.
const watchersPerStream = 1000

// watchers opens so many on a prefix, and waits until each is acknowledged. `seen` gets every event.
func (j *job) watchers(count, perStream int, prefix string, seen func(*clientv3.Event)) error {
	clients, err := j.clients((count + perStream - 1) / perStream)
	if err != nil {
		return err
	}
	var ready sync.WaitGroup
	for at := range count {
		client := clients[at/perStream]
		ready.Add(1)
		go func() {
			events := client.Watch(j.ctx, prefix, clientv3.WithPrefix(), clientv3.WithCreatedNotify())
			<-events
			ready.Done()
			for response := range events {
				for _, event := range response.Events {
					seen(event)
				}
			}
		}()
	}
	ready.Wait()
	return nil
}

// fanout: one event to ten thousand watchers, from the put to the last who sees it.
func fanout(j *job) (figures, error) {
	count := j.or(10_000)
	var left atomic.Int64
	last := make(chan struct{}, 1)
	err := j.watchers(count, watchersPerStream, "fan/", func(*clientv3.Event) {
		if left.Add(-1) == 0 {
			last <- struct{}{}
		}
	})
	if err != nil {
		return nil, err
	}
	clients, err := j.clients(1)
	if err != nil {
		return nil, err
	}
	var took times
	began := j.begin()
	for time.Since(began) < j.length {
		left.Store(int64(count))
		put := time.Now()
		if _, err := clients[0].Put(j.ctx, "fan/key", "x"); err != nil {
			return nil, err
		}
		select {
		case <-last:
			took.add(time.Since(put))
		case <-j.ctx.Done():
			return nil, j.ctx.Err()
		}
	}
	got := took.figures(time.Since(began))
	got["events"] = got["rate"] * float64(count)
	return got, nil
}

func stamp() string { return strconv.FormatInt(time.Now().UnixNano(), 10) }

func age(value []byte) time.Duration {
	at, _ := strconv.ParseInt(string(value), 10, 64)
	return time.Since(time.Unix(0, at))
}

// told is a steady stream of puts to watchers of all of them, and how old an event is when it is seen.
// Where all are on one stream, it also tells how old the first of a put's events is: what comes after
// it is the time the client takes to read the others.
func (j *job) told(perSecond, watchers int) (figures, error) {
	const perStream = 100
	var seen atomic.Int64
	var took, first times
	err := j.rawWatchers(watchers, perStream, "told/", func(message []byte) {
		events := eventsIn(message)
		before := seen.Add(events) - events
		isFirst := watchers <= perStream && before%int64(watchers) == 0
		isSample := (before+events)/16 != before/16
		if !isFirst && !isSample {
			return
		}
		var response pb.WatchResponse
		if proto.Unmarshal(message, &response) != nil || len(response.Events) == 0 {
			return
		}
		old := age(response.Events[0].Kv.Value)
		if isFirst {
			first.add(old)
		}
		if isSample {
			took.add(old)
		}
	})
	if err != nil {
		return nil, err
	}
	clients, err := j.clients(10)
	if err != nil {
		return nil, err
	}
	put := func(at int) {
		_, _ = clients[at%10].Put(j.ctx, "told/"+strconv.Itoa(at%100), stamp())
	}
	// What a server is still compiling says nothing about it.
	steadily(j.ctx, perSecond, j.length/3, put)
	seen.Store(0)
	took.forget()
	first.forget()
	began := j.begin()
	steadily(j.ctx, perSecond, j.length, put)
	got := took.figures(time.Since(began))
	if of := first.figures(time.Since(began)); of["count"] > 0 {
		got["first p50"], got["first p99"] = of["p50"], of["p99"]
	}
	got["rate"] = float64(seen.Load()) / time.Since(began).Seconds()
	got["count"] = float64(seen.Load())
	got["asked"] = float64(perSecond * watchers)
	return got, nil
}

// churn: a thousand puts a second to a thousand watchers. `rate` is events a second.
func churn(j *job) (figures, error) { return j.told(1000, j.or(1000)) }

// sustained: more puts than either server carries to a thousand watchers; `rate` is what arrives.
func sustained(j *job) (figures, error) { return j.told(3000, j.or(1000)) }

// latency: a hundred puts a second to a hundred watchers.
func latency(j *job) (figures, error) { return j.told(100, j.or(100)) }

// stalled: how long puts take while a watcher has stopped reading; `quiet` is their p99 while it reads.
func stalled(j *job) (figures, error) {
	clients, err := j.clients(11)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(j.ctx)
	defer cancel()
	stream, err := pb.NewWatchClient(clients[10].ActiveConnection()).Watch(ctx)
	if err != nil {
		return nil, err
	}
	create := &pb.WatchCreateRequest{Key: []byte("stall/"), RangeEnd: []byte("stall0")}
	request := &pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: create}}
	if err := stream.Send(request); err != nil {
		return nil, err
	}
	if _, err := stream.Recv(); err != nil {
		return nil, err
	}
	value := string(make([]byte, 4096))
	measure := func() figures {
		var took times
		began := j.begin()
		steadily(j.ctx, 400, j.length, func(at int) {
			put := time.Now()
			if _, err := clients[at%10].Put(j.ctx, fmt.Sprintf("stall/%03d", at%500), value); err == nil {
				took.add(time.Since(put))
			}
		})
		return took.figures(time.Since(began))
	}
	var isStopped atomic.Bool
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for !isStopped.Load() {
			if _, err := stream.Recv(); err != nil {
				return
			}
		}
	}()
	measure() // warms the server up
	quiet := measure()
	isStopped.Store(true)
	// One more event ends the reader's last wait.
	if _, err := clients[0].Put(j.ctx, "stall/000", value); err != nil {
		return nil, err
	}
	<-stopped
	got := measure()
	got["quiet"] = quiet["p99"]
	got["slowdown"] = got["p99"] / quiet["p99"]
	return got, nil
}
