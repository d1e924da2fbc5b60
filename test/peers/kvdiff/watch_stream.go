package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
)

const (
	watchPatience    = 30 * time.Second
	progressPatience = 100 * time.Millisecond
)

// watchStream is one Watch RPC on one side and all it has said so far.
type watchStream struct {
	side   *side
	stream pb.Watch_WatchClient
	cancel context.CancelFunc

	mu       sync.Mutex
	changed  *sync.Cond
	acks     []*pb.WatchResponse
	events   map[int64][]*mvccpb.Event
	cancels  map[int64]*pb.WatchResponse
	progress int64
	broken   string
	// lastOf and splitting hold, for each watcher, the last revision seen and whether it was left
	// open by a fragment.
	lastOf    map[int64]int64
	splitting map[int64]bool
}

func openStream(s *side) (*watchStream, error) {
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := pb.NewWatchClient(s.client.ActiveConnection()).Watch(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	w := &watchStream{
		side: s, stream: stream, cancel: cancel,
		events: map[int64][]*mvccpb.Event{}, cancels: map[int64]*pb.WatchResponse{},
		lastOf: map[int64]int64{}, splitting: map[int64]bool{},
	}
	w.changed = sync.NewCond(&w.mu)
	go w.receive()
	return w, nil
}

func (w *watchStream) receive() {
	for {
		response, err := w.stream.Recv()
		w.mu.Lock()
		if err != nil {
			if w.broken == "" {
				w.broken = err.Error()
			}
			w.changed.Broadcast()
			w.mu.Unlock()
			return
		}
		w.take(response)
		w.changed.Broadcast()
		w.mu.Unlock()
	}
}

func (w *watchStream) take(r *pb.WatchResponse) {
	id := r.WatchId
	switch {
	case r.Created:
		w.acks = append(w.acks, r)
		return
	case r.Canceled:
		w.cancels[id] = r
		return
	case id == -1:
		w.progress = max(w.progress, r.Header.Revision)
		return
	}
	for i, e := range r.Events {
		revision, last := e.Kv.ModRevision, w.lastOf[id]
		if revision < last || i == 0 && revision == last && !w.splitting[id] {
			w.fault("watcher %d: revision %d in a new response after %d", id, revision, last)
		}
		if w.cancels[id] != nil {
			w.fault("watcher %d: an event after its cancellation", id)
		}
		if revision > r.Header.Revision {
			w.fault("watcher %d: event of revision %d under header revision %d", id, revision, r.Header.Revision)
		}
		w.lastOf[id] = revision
	}
	w.splitting[id] = r.Fragment
	w.events[id] = append(w.events[id], r.Events...)
}

func (w *watchStream) fault(format string, args ...any) {
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

// wait blocks until done() holds, the stream broke, or patience is over. done runs under the lock.
func (w *watchStream) wait(patience time.Duration, done func() bool) bool {
	deadline := time.Now().Add(patience)
	timer := time.AfterFunc(patience, func() { w.mu.Lock(); w.changed.Broadcast(); w.mu.Unlock() })
	defer timer.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for !done() && w.broken == "" && time.Now().Before(deadline) {
		w.changed.Wait()
	}
	return done()
}

func (w *watchStream) send(request *pb.WatchRequest) {
	if err := w.stream.Send(request); err != nil {
		w.mu.Lock()
		w.fault("send: %v", err)
		w.mu.Unlock()
	}
}

// create asks for a watcher and waits for its acknowledgement.
func (w *watchStream) create(template *pb.WatchCreateRequest) {
	request := w.side.at.resolved(template).(*pb.WatchCreateRequest)
	w.mu.Lock()
	want := len(w.acks) + 1
	w.mu.Unlock()
	w.send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: request}})
	if !w.wait(watchPatience, func() bool { return len(w.acks) >= want }) {
		w.mu.Lock()
		w.fault("no acknowledgement of %v", request)
		w.mu.Unlock()
	}
}

// drop cancels one watcher and waits for the server to say so.
func (w *watchStream) drop(id int64) {
	w.send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CancelRequest{
		CancelRequest: &pb.WatchCancelRequest{WatchId: id},
	}})
	if !w.wait(watchPatience, func() bool { return w.cancels[id] != nil }) {
		w.mu.Lock()
		w.fault("no answer to the cancellation of %d", id)
		w.mu.Unlock()
	}
}

// waitUntilSynced returns when the server says that every event up to the side's revision has been
// sent: it answers a progress request only then, so the request is repeated.
func (w *watchStream) waitUntilSynced() {
	target := w.side.at.current
	synced := func() bool { return w.progress >= target }
	for deadline := time.Now().Add(watchPatience); time.Now().Before(deadline); {
		w.send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{
			ProgressRequest: &pb.WatchProgressRequest{},
		}})
		if w.wait(progressPatience, synced) {
			return
		}
		w.mu.Lock()
		broken := w.broken != ""
		w.mu.Unlock()
		if broken {
			return
		}
	}
	w.mu.Lock()
	w.fault("its watchers never reached revision %d", target)
	w.mu.Unlock()
}

// waitUntilCanceled returns when the server has taken back every watcher it had granted.
func (w *watchStream) waitUntilCanceled() {
	all := func() bool {
		for _, ack := range w.acks {
			if !ack.Canceled && w.cancels[ack.WatchId] == nil {
				return false
			}
		}
		return true
	}
	if !w.wait(watchPatience, all) {
		w.mu.Lock()
		w.fault("watchers of a compacted revision were not canceled: %v", w.acks)
		w.mu.Unlock()
	}
}
