package main

import (
	"context"
	"fmt"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	epb "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	lpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	contendTTL     = 600
	contendTimeout = 2 * time.Minute
	// withdrawTime is how long a waiter that gave up may take to leave the queue.
	withdrawTime = 5 * time.Second
)

// contention is two clients after one lock or one leadership, from the grant of their leases to what is
// left at the end. It is one step of a history: nothing else is written meanwhile, so that every revision
// in it is known. What each call of it said is a message of its answer, an error as a Status.
type contention struct {
	connection
	ctx           context.Context
	name          []byte
	first, second int64
	messages      []proto.Message
}

// Who of the two leaves, and how: the ways in which a lock or a leadership goes on to the next.
var contentions = []string{
	"holder leaves", "holder's lease is revoked", "waiter's lease is revoked", "waiter gives up",
	"holder's key is deleted", "waiter's key is deleted", "holder comes again",
}

// expiring is the way that takes seconds: the holder's lease runs out.
const expiring = "holder's lease expires"

func (s connection) doContend(ctx context.Context, method string, sent *lpb.LockRequest) []proto.Message {
	c := &contention{connection: s, ctx: ctx, name: sent.Name, first: sent.Lease, second: sent.Lease + 1}
	var service, way string
	if method[:5] == "Lock " {
		service, way = "Lock", method[5:]
	} else {
		service, way = "Election", method[len("Election "):]
	}
	if err := c.run(service == "Election", way); err != nil {
		c.said(nil, err)
	}
	return c.messages
}

func (c *contention) run(isElection bool, way string) error {
	ttl := int64(contendTTL)
	if way == expiring {
		ttl = 3
	}
	c.said(c.lease.LeaseGrant(c.ctx, &pb.LeaseGrantRequest{ID: c.first, TTL: ttl}))
	c.said(c.lease.LeaseGrant(c.ctx, &pb.LeaseGrantRequest{ID: c.second, TTL: contendTTL}))
	enter := c.lockFor
	if isElection {
		enter = c.campaignFor
	}
	held, err := enter(c.ctx, c.first)
	c.said(held, err)
	if err != nil {
		return err
	}
	var seen *observer
	if isElection {
		if seen, err = c.observe(); err != nil {
			return err
		}
		defer seen.stop()
	}
	waiting, giveUp := context.WithCancel(c.ctx)
	defer giveUp()
	type outcome struct {
		message proto.Message
		err     error
	}
	waiter := make(chan outcome, 1)
	go func() {
		message, err := enter(waiting, c.second)
		waiter <- outcome{message, err}
	}()
	if err := c.until(2); err != nil && way != expiring {
		return err
	}
	if isElection {
		c.proclaim(held.(*epb.CampaignResponse).Leader, way)
		seen.next()
	}
	if err := c.goOn(way, held, giveUp); err != nil {
		return err
	}
	got := <-waiter
	isGone := way == "waiter's lease is revoked" || way == "waiter's key is deleted"
	if isElection && isGone && got.err == nil {
		// etcd calls a candidate elected whose key is gone; ours does not (docs/compatibility.md).
		got.err = status.Error(codes.Unknown, "election: not leader")
	}
	c.said(got.message, got.err)
	if isElection && got.err == nil {
		seen.next()
	}
	c.said(c.kv.Range(c.ctx, c.all(false)))
	c.said(c.lease.LeaseRevoke(c.ctx, &pb.LeaseRevokeRequest{ID: c.first}))
	c.said(c.lease.LeaseRevoke(c.ctx, &pb.LeaseRevokeRequest{ID: c.second}))
	c.said(c.kv.Range(c.ctx, c.all(false)))
	return nil
}

// goOn lets one of the two go.
func (c *contention) goOn(way string, held proto.Message, giveUp func()) error {
	switch way {
	case "holder leaves":
		c.leave(held)
	case "holder's lease is revoked":
		c.said(c.lease.LeaseRevoke(c.ctx, &pb.LeaseRevokeRequest{ID: c.first}))
	case "waiter's lease is revoked":
		c.said(c.lease.LeaseRevoke(c.ctx, &pb.LeaseRevokeRequest{ID: c.second}))
		c.leave(held)
	case "waiter gives up":
		giveUp()
		if err := c.untilWithin(withdrawTime, 1); err != nil {
			// In etcd a waiter that goes while it enters leaves its key until its lease ends.
			if _, err := c.kv.DeleteRange(c.ctx, &pb.DeleteRangeRequest{Key: c.key(c.second)}); err != nil {
				return err
			}
		}
		c.leave(held)
	case "holder's key is deleted":
		c.said(c.kv.DeleteRange(c.ctx, &pb.DeleteRangeRequest{Key: c.key(c.first), PrevKv: true}))
	case "waiter's key is deleted":
		c.said(c.kv.DeleteRange(c.ctx, &pb.DeleteRangeRequest{Key: c.key(c.second), PrevKv: true}))
		c.leave(held)
	case "holder comes again":
		if _, isLock := held.(*lpb.LockResponse); isLock {
			c.said(c.lockFor(c.ctx, c.first))
		} else {
			c.said(c.campaignFor(c.ctx, c.first))
		}
		c.leave(held)
		c.leave(held)
	}
	return nil
}

func (c *contention) lockFor(ctx context.Context, lease int64) (proto.Message, error) {
	return c.lock.Lock(ctx, &lpb.LockRequest{Name: c.name, Lease: lease})
}

func (c *contention) campaignFor(ctx context.Context, lease int64) (proto.Message, error) {
	value := fmt.Appendf(nil, "candidate %d", lease-c.first)
	return c.election.Campaign(ctx, &epb.CampaignRequest{Name: c.name, Lease: lease, Value: value})
}

// leave gives up what is held, as its holder does.
func (c *contention) leave(held proto.Message) {
	switch held := held.(type) {
	case *lpb.LockResponse:
		c.said(c.lock.Unlock(c.ctx, &lpb.UnlockRequest{Key: held.Key}))
	case *epb.CampaignResponse:
		wrong := proto.CloneOf(held.Leader)
		wrong.Rev++
		c.said(c.election.Resign(c.ctx, &epb.ResignRequest{Leader: wrong}))
		c.said(c.election.Resign(c.ctx, &epb.ResignRequest{Leader: held.Leader}))
	}
}

func (c *contention) proclaim(leader *epb.LeaderKey, value string) {
	c.said(c.election.Leader(c.ctx, &epb.LeaderRequest{Name: c.name}))
	c.said(c.election.Proclaim(c.ctx, &epb.ProclaimRequest{Leader: leader, Value: []byte(value)}))
	c.said(c.election.Leader(c.ctx, &epb.LeaderRequest{Name: c.name}))
}

func (c *contention) key(lease int64) []byte { return fmt.Appendf(nil, "%s/%x", c.name, lease) }

func (c *contention) all(countOnly bool) *pb.RangeRequest {
	return &pb.RangeRequest{
		Key: append(append([]byte{}, c.name...), '/'), RangeEnd: append(append([]byte{}, c.name...), '0'),
		CountOnly: countOnly,
	}
}

// until waits for as many keys under the name.
func (c *contention) until(count int64) error { return c.untilWithin(contendTimeout, count) }

func (c *contention) untilWithin(limit time.Duration, count int64) error {
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	for {
		got, err := c.kv.Range(ctx, c.all(true))
		if err != nil {
			return err
		}
		if got.Count == count {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

// said notes what one call said. Who says first that a call was given up, the client's own clock or the
// server, is chance: of those the code alone counts.
func (c *contention) said(message proto.Message, err error) {
	if err == nil {
		c.messages = append(c.messages, message)
		return
	}
	told := status.Convert(err)
	if ended := status.FromContextError(err); ended.Code() != codes.Unknown {
		told = ended
	}
	text := plainSpaces(told.Message())
	if told.Code() == codes.Canceled || told.Code() == codes.DeadlineExceeded {
		text = ""
	}
	c.messages = append(c.messages, status.New(told.Code(), text).Proto())
}

// observer is an Observe stream of the election.
type observer struct {
	contention *contention
	stream     epb.Election_ObserveClient
	stop       func()
}

// observe opens one and takes the leader of that moment from it.
func (c *contention) observe() (*observer, error) {
	ctx, cancel := context.WithCancel(c.ctx)
	stream, err := c.election.Observe(ctx, &epb.LeaderRequest{Name: c.name})
	if err != nil {
		cancel()
		return nil, err
	}
	o := &observer{c, stream, cancel}
	o.next()
	return o, nil
}

func (o *observer) next() {
	o.contention.said(o.stream.Recv())
}
