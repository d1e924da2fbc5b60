package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/protobuf/proto"
)

const watchersPerRound = 10

// watchRound is a set of watchers, the same on both sides, over a stretch of the history.
type watchRound struct {
	plant *planter
	call  int
	// streams[side][0] holds watchers of the past and the present, [1] those of a future revision, and
	// [2] those of a compacted one. These stand apart because etcd answers no progress request on a
	// stream that ever had a watcher which a compaction canceled.
	streams [2][3]*watchStream
	typed   [2]*typedWatch
}

func (d *duel) openWatches() (*watchRound, error) {
	round := &watchRound{plant: &d.plant, call: d.calls}
	past := []*pb.WatchCreateRequest{{Key: []byte{0}, RangeEnd: []byte{0}}}
	var compacted []*pb.WatchCreateRequest
	for range watchersPerRound {
		template := d.history.watcher()
		if start := d.a.at.resolve(template.StartRevision); start > 0 && start < d.a.at.compacted {
			compacted = append(compacted, template)
		} else {
			past = append(past, template)
		}
	}
	future := []*pb.WatchCreateRequest{
		{Key: []byte{0}, RangeEnd: []byte{0}, StartRevision: fromCurrent(1 + d.history.Int64N(20))},
		{Key: []byte("k"), RangeEnd: []byte("l"), StartRevision: fromCurrent(2 + d.history.Int64N(20))},
	}
	typedStart := fromCurrent(1 - d.history.Int64N(30))
	for i, s := range []*side{d.a, d.b} {
		for j, list := range [][]*pb.WatchCreateRequest{past, future, compacted} {
			w, err := openStream(s)
			if err != nil {
				return nil, err
			}
			round.streams[i][j] = w
			for _, template := range list {
				w.create(template)
			}
		}
		round.typed[i] = openTyped(s, typedStart)
	}
	for i := range round.streams {
		// Before a further compaction changes the revision that the cancellation names.
		round.streams[i][2].waitUntilCanceled()
	}
	return round, nil
}

// watcher makes one up, among them those that must be refused.
func (h *history) watcher() *pb.WatchCreateRequest {
	r := &pb.WatchCreateRequest{PrevKv: chance(h.Rand, 40), Fragment: chance(h.Rand, 20), ProgressNotify: chance(h.Rand, 20)}
	r.Key, r.RangeEnd = randomRange(h.Rand)
	switch n := h.IntN(100); {
	case n < 30:
	case n < 60:
		r.StartRevision = fromCurrent(-h.Int64N(1500))
	case n < 75:
		r.StartRevision = fromCurrent(-h.Int64N(20))
	case n < 90:
		r.StartRevision = fromCompacted(h.Int64N(4) - 3)
	case n < 94:
		r.StartRevision = pick(h.Rand, []int64{-1, math.MinInt64, 1})
	}
	if chance(h.Rand, 20) {
		r.Filters = append(r.Filters, pb.WatchCreateRequest_FilterType(h.IntN(2)))
	}
	if chance(h.Rand, 3) {
		r.Filters = append(r.Filters, pb.WatchCreateRequest_FilterType(7))
	}
	if chance(h.Rand, 10) {
		r.WatchId = pick(h.Rand, []int64{5, 6, 77, 1 << 40, -5})
	}
	if chance(h.Rand, 2) {
		r.Key = nil
	}
	return r
}

// waitUntilSynced waits for the watchers of one side. Those of a future revision need no wait: they are
// never behind, and ask for no previous values, which a compaction may take away before they are sent.
func (r *watchRound) waitUntilSynced(s *side) {
	for i := range r.streams {
		if w := r.streams[i][0]; w.side == s {
			w.waitUntilSynced()
			if err := r.typed[i].waitFor(s.at.current); err != nil {
				w.mu.Lock()
				w.fault("%v", err)
				w.mu.Unlock()
			}
		}
	}
}

// dropOne cancels the same watcher on both sides, when neither has anything left to tell.
func (r *watchRound) dropOne(h *history) {
	place := 1 + h.IntN(watchersPerRound)
	for i := range r.streams {
		w := r.streams[i][0]
		r.waitUntilSynced(w.side)
		w.mu.Lock()
		var id int64
		if place < len(w.acks) && !w.acks[place].Canceled && w.cancels[w.acks[place].WatchId] == nil {
			id = w.acks[place].WatchId
		}
		w.mu.Unlock()
		if id != 0 {
			w.drop(id)
		}
	}
}

func (r *watchRound) close() {
	for i := range r.streams {
		for _, w := range r.streams[i] {
			w.cancel()
		}
		r.typed[i].cancel()
	}
}

// finish waits for what is under way, then compares what the watchers of both sides were told.
func (r *watchRound) finish() (events int, err error) {
	for i := range r.streams {
		r.streams[i][0].waitUntilSynced()
		r.streams[i][1].waitUntilSynced()
		if err := r.typed[i].waitFor(r.streams[i][0].side.at.current); err != nil {
			return 0, err
		}
	}
	for j, kind := range []string{"past and present", "future", "compacted past"} {
		a, b := r.streams[0][j], r.streams[1][j]
		a.mu.Lock()
		b.mu.Lock()
		r.plant.touchWatch(r.call, b)
		why := differStreams(a, b)
		for _, list := range a.events {
			events += len(list)
		}
		b.mu.Unlock()
		a.mu.Unlock()
		if why != "" {
			return 0, fmt.Errorf("DIFFERENCE among watchers of the %s, opened at call %d: %s", kind, r.call, why)
		}
	}
	if why := differEvents(r.typed[0].events, r.typed[1].events); why != "" {
		return 0, fmt.Errorf("DIFFERENCE in clientv3's watcher, opened at call %d: %s", r.call, why)
	}
	return events + len(r.typed[0].events), nil
}

func differStreams(a, b *watchStream) string {
	if a.broken != "" || b.broken != "" {
		return fmt.Sprintf("streams: a %q, b %q", a.broken, b.broken)
	}
	for i, x := range a.acks {
		y := b.acks[i]
		if why := settleHeader(x.Header, y.Header); why != "" || !proto.Equal(x, y) {
			return fmt.Sprintf("acknowledgement %d: %v against %v", i, x, y)
		}
	}
	ids := slices.Sorted(maps.Keys(a.cancels))
	if other := slices.Sorted(maps.Keys(b.cancels)); !slices.Equal(ids, other) {
		return fmt.Sprintf("canceled watchers: %v against %v", ids, other)
	}
	for _, id := range ids {
		x, y := a.cancels[id], b.cancels[id]
		if why := settleHeader(x.Header, y.Header); why != "" || !proto.Equal(x, y) {
			return fmt.Sprintf("cancellation of %d: %v against %v", id, x, y)
		}
	}
	ids = slices.Sorted(maps.Keys(a.events))
	if other := slices.Sorted(maps.Keys(b.events)); !slices.Equal(ids, other) {
		return fmt.Sprintf("watchers with events: %v against %v", ids, other)
	}
	for _, id := range ids {
		if why := differEvents(a.events[id], b.events[id]); why != "" {
			return fmt.Sprintf("watcher %d: %s", id, why)
		}
	}
	return ""
}

func differEvents(a, b []*mvccpb.Event) string {
	for i := range min(len(a), len(b)) {
		if !proto.Equal(a[i], b[i]) {
			return fmt.Sprintf("event %d of %d: %s\nagainst %s", i, len(a), printed(a[i]), printed(b[i]))
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d events against %d", len(a), len(b))
	}
	return ""
}

// typedWatch is clientv3's own watcher over all keys.
type typedWatch struct {
	channel clientv3.WatchChan
	cancel  context.CancelFunc
	start   int64
	events  []*mvccpb.Event
}

func openTyped(s *side, start int64) *typedWatch {
	ctx, cancel := context.WithCancel(context.Background())
	start = s.at.resolve(start)
	if s.at.compacted > start {
		start = s.at.compacted + 1
	}
	start = max(start, 1)
	return &typedWatch{cancel: cancel, start: start, channel: s.client.Watch(ctx, "\x00",
		clientv3.WithFromKey(), clientv3.WithRev(start), clientv3.WithPrevKV())}
}

// waitFor reads until the event of the revision has come: over all keys, every revision has one.
func (t *typedWatch) waitFor(revision int64) error {
	if revision < t.start {
		return nil
	}
	timeout := time.After(watchPatience)
	for len(t.events) == 0 || t.events[len(t.events)-1].Kv.ModRevision < revision {
		select {
		case response, open := <-t.channel:
			if err := response.Err(); err != nil || !open {
				return fmt.Errorf("clientv3's watcher ended: %w", err)
			}
			for _, e := range response.Events {
				t.events = append(t.events, (*mvccpb.Event)(e))
			}
		case <-timeout:
			return fmt.Errorf("clientv3's watcher has not seen revision %d after %v", revision, watchPatience)
		}
	}
	return nil
}
