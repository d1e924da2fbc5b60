package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"quorate.dev/test/peers/dial"
)

const (
	// recheckRevisions before the last verified one are read again each time; all of them at the end.
	recheckRevisions = 500
	readPatience     = 60 * time.Second
)

// change is one key put or deleted at a revision.
type change struct {
	key, value string
	deleted    bool
}

// record is what the writers and the watcher of this process know.
type record struct {
	mu sync.Mutex
	// start is the revision before the first write.
	start        int64
	acknowledged map[int64][]change
	greatest     int64
	intended     map[string]bool
	// history is what each revision was found to hold, by the watcher or by a verification.
	history  map[int64][]change
	verified int64
	faults   []string
}

func newRecord() *record {
	return &record{acknowledged: map[int64][]change{}, intended: map[string]bool{}, history: map[int64][]change{}}
}

// intend notes a value before it is sent: it may be written although no answer comes.
func (r *record) intend(value string) {
	r.mu.Lock()
	r.intended[value] = true
	r.mu.Unlock()
}

func (r *record) acknowledge(revision int64, changes ...change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if was := r.acknowledged[revision]; was != nil {
		r.fault("revision %d acknowledged to two writers: %v and %v", revision, was, changes)
	}
	r.acknowledged[revision] = changes
	r.greatest = max(r.greatest, revision)
}

// see takes events in the order of their revisions; those of one revision come together.
func (r *record) see(events []*clientv3.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for from := 0; from < len(events); {
		revision, to := events[from].Kv.ModRevision, from
		var changes []change
		for ; to < len(events) && events[to].Kv.ModRevision == revision; to++ {
			changes = append(changes, changeOf(events[to]))
		}
		r.hold(revision, changes)
		from = to
	}
}

func changeOf(e *clientv3.Event) change {
	return change{key: string(e.Kv.Key), value: string(e.Kv.Value), deleted: e.Type == clientv3.EventTypeDelete}
}

// hold: what a revision holds never changes.
func (r *record) hold(revision int64, changes []change) {
	if was, known := r.history[revision]; known && !slices.Equal(was, changes) {
		r.fault("revision %d held %v and now holds %v", revision, was, changes)
	}
	r.history[revision] = changes
	r.greatest = max(r.greatest, revision)
}

func (r *record) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// settled is the store's revision once it stays what it is: writes that were given up on when writing
// stopped may still be on their way to a server that has just come back.
func settled(client *clientv3.Client) (int64, error) {
	revision, err := dial.Revision(client, answerPatience)
	for range 20 {
		if err != nil {
			return 0, err
		}
		time.Sleep(100 * time.Millisecond)
		before := revision
		if revision, err = dial.Revision(client, answerPatience); revision == before {
			break
		}
	}
	return revision, err
}

// verify reads the history back and holds it against the record.
func (r *record) verify(client *clientv3.Client, all bool) (string, error) {
	revision, err := settled(client)
	if err != nil {
		return "", err
	}
	from := max(r.start, r.verified-recheckRevisions) + 1
	if all {
		from = r.start + 1
	}
	if revision > r.start {
		if err := r.readBack(client, from, revision); err != nil {
			return "", err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if revision < r.greatest {
		return "", fmt.Errorf("the store is at revision %d after %d was acknowledged or seen", revision, r.greatest)
	}
	r.checkAcknowledged(from)
	r.checkOnce(revision)
	if err := r.checkState(client, revision); err != nil {
		return "", err
	}
	if len(r.faults) > 0 {
		return "", fmt.Errorf("%d faults, the first: %s", len(r.faults), r.faults[0])
	}
	r.verified = revision
	return fmt.Sprintf("revision=%d acknowledged=%d", revision, len(r.acknowledged)), nil
}

// readBack watches the past, from one revision to another, on a stream of its own.
func (r *record) readBack(client *clientv3.Client, from, to int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), readPatience)
	defer cancel()
	next := from
	for response := range client.Watch(ctx, "\x00", clientv3.WithFromKey(), clientv3.WithRev(from)) {
		if err := response.Err(); err != nil {
			return fmt.Errorf("reading the history back from %d: %w", from, err)
		}
		for _, e := range response.Events {
			revision := e.Kv.ModRevision
			if revision != next && revision != next-1 {
				return fmt.Errorf("the history goes from revision %d to %d", next-1, revision)
			}
			next = revision + 1
		}
		r.see(response.Events)
		if next > to {
			return nil
		}
	}
	return fmt.Errorf("the history ends at %d, short of %d", next-1, to)
}

func (r *record) checkAcknowledged(from int64) {
	for revision, changes := range r.acknowledged {
		if revision >= from && !slices.Equal(r.history[revision], changes) {
			r.fault("revision %d was acknowledged with %v and holds %v", revision, changes, r.history[revision])
		}
	}
}

// checkOnce: a value is written at one revision at most, and only if somebody meant to.
func (r *record) checkOnce(last int64) {
	written := map[string]int64{}
	for revision := r.start + 1; revision <= last; revision++ {
		for _, c := range r.history[revision] {
			if c.deleted {
				continue
			}
			if !r.intended[c.value] {
				r.fault("revision %d holds %q, which nobody wrote", revision, c.value)
			}
			if was, twice := written[c.value]; twice {
				r.fault("%q was written at revision %d and again at %d", c.value, was, revision)
			}
			written[c.value] = revision
		}
	}
}

// checkState plays the history through and compares the result with what a range returns.
func (r *record) checkState(client *clientv3.Client, last int64) error {
	type kept struct {
		value                string
		create, mod, version int64
	}
	state := map[string]kept{}
	for revision := r.start + 1; revision <= last; revision++ {
		for _, c := range r.history[revision] {
			if c.deleted {
				delete(state, c.key)
				continue
			}
			was, exists := state[c.key]
			if !exists {
				was.create = revision
			}
			state[c.key] = kept{c.value, was.create, revision, was.version + 1}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), readPatience)
	defer cancel()
	got, err := client.Get(ctx, "\x00", clientv3.WithFromKey(), clientv3.WithRev(last))
	if err != nil {
		return err
	}
	if len(got.Kvs) != len(state) {
		r.fault("%d keys at revision %d where the history leaves %d", len(got.Kvs), last, len(state))
	}
	for _, kv := range got.Kvs {
		found := kept{string(kv.Value), kv.CreateRevision, kv.ModRevision, kv.Version}
		if want := state[string(kv.Key)]; found != want {
			r.fault("key %s is %v where the history says %v", kv.Key, found, want)
		}
	}
	return nil
}

// plant pretends that the server had lost or changed something.
func (r *record) plant(kind string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	middle := (r.start + r.greatest) / 2
	for r.acknowledged[middle] == nil || r.acknowledged[middle][0].deleted {
		middle++
	}
	switch kind {
	case "lost":
		r.acknowledged[middle] = []change{{key: "own/0/0", value: "0-999999"}}
	case "changed":
		r.history[middle] = []change{{key: "own/0/0", value: "0-999998"}}
	case "twice":
		delete(r.intended, r.acknowledged[middle][0].value)
	case "back":
		r.greatest += 1000
	default:
		r.start++
	}
}
