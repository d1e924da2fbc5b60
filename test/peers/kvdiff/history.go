package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/protobuf/proto"
)

const (
	readsAtOnceMax = 16
	bulkKeys       = 3000
	bulkKeysPerTxn = 100
)

// history makes up the calls. It sees no answer, so the same seed always gives the same history.
type history struct {
	*rand.Rand
	leases bool
	queued [][]call
	// deletesInTxn: the transaction being made may delete, so its puts may not ignore value or lease.
	// Real etcd 3.7.3 panics, and again at each restart, when a put is to keep the value of a key that
	// a delete with range_end "\x00" took away earlier in the same transaction.
	deletesInTxn bool
	// scanRuns: a compaction may still be deleting in the background, so HashKV has no one answer.
	scanRuns bool
	// contended counts the contentions, each of which has a name and leases of its own.
	contended int64
}

func newHistory(seed uint64, leases bool) *history {
	h := &history{Rand: rand.New(rand.NewPCG(seed, 0x71756f72617465)), leases: leases}
	if leases {
		for id := range leaseIDs {
			h.queue("LeaseGrant", &pb.LeaseGrantRequest{ID: leaseIDs[id], TTL: leaseTTL})
		}
	}
	return h
}

// step is one call that may write, or several that only read.
func (h *history) step() []call {
	if len(h.queued) > 0 {
		next := h.queued[0]
		h.queued = h.queued[1:]
		return next
	}
	switch n := h.IntN(1000); {
	case n < 330:
		return one(h.put())
	case n < 400:
		return one(h.deleteRange())
	case n < 580:
		return one(h.txn())
	case n < 585:
		return h.compaction()
	case n < 586 && !h.leases:
		return one(call{method: "Put", request: h.oversizePut()})
	case n < 605 && h.leases:
		return one(h.leaseWrite())
	case n < 609 && h.leases:
		return one(h.contend(pick(h.Rand, contentions)))
	case n < 621 && h.leases:
		return one(h.coordination())
	case n < 626 && h.leases:
		return one(h.maintenance())
	default:
		reads := make([]call, 1+h.IntN(readsAtOnceMax))
		for i := range reads {
			reads[i] = h.read()
		}
		return reads
	}
}

func one(c call) []call { return []call{c} }

func (h *history) queue(method string, request proto.Message) {
	h.queued = append(h.queued, one(call{method: method, request: request}))
}

// through sends about half of what clientv3 can say through clientv3.
func (h *history) through(method string, request proto.Message) call {
	return call{method: method, request: request, typed: chance(h.Rand, 50) && sayable(request)}
}

func (h *history) put() call { return h.through("Put", h.putRequest()) }

func (h *history) putRequest() *pb.PutRequest {
	r := &pb.PutRequest{Key: randomKey(h.Rand), Value: randomValue(h.Rand), PrevKv: chance(h.Rand, 30)}
	switch n := h.IntN(100); {
	case n < 13 && h.deletesInTxn:
	case n < 6:
		r.IgnoreValue, r.Value = true, nil
	case n < 9:
		r.IgnoreLease = true
	case n < 11:
		r.IgnoreValue = true // with a value: refused, unless the value is empty
	case n < 12:
		r.IgnoreValue, r.IgnoreLease, r.Value = true, true, nil
	case n < 13:
		r.IgnoreLease, r.Lease = true, h.leaseID()
	case n < 14:
		r.Key = nil
	case n < 16 || h.leases && n < 26:
		r.Lease = h.leaseID()
	}
	return r
}

func (h *history) oversizePut() *pb.PutRequest {
	sizes := []int{1572864 - 100, 1572864 - 20, 1572864, 1572864 + 1, 2097152 - 8, 2097152 + 1, 3 << 20}
	return &pb.PutRequest{Key: []byte("oversize"), Value: make([]byte, pick(h.Rand, sizes))}
}

func (h *history) deleteRange() call { return h.through("DeleteRange", h.deleteRequest()) }

func (h *history) deleteRequest() *pb.DeleteRangeRequest {
	r := &pb.DeleteRangeRequest{PrevKv: chance(h.Rand, 40)}
	r.Key, r.RangeEnd = randomRange(h.Rand)
	if len(r.RangeEnd) > 0 && chance(h.Rand, 60) {
		r.Key, r.RangeEnd = randomKey(h.Rand), nil // else the store would mostly be empty
	}
	if chance(h.Rand, 1) {
		r.Key = nil
	}
	return r
}

// revision is one that a reader may ask for, right and wrong ones alike.
func (h *history) revision() int64 {
	switch n := h.IntN(100); {
	case n < 40:
		return fromCurrent(-h.Int64N(200))
	case n < 60:
		return fromCurrent(-h.Int64N(5))
	case n < 70:
		return fromCompacted(h.Int64N(5) - 2)
	case n < 80:
		return fromCompacted(h.Int64N(300))
	case n < 86:
		return fromCurrent(1 + h.Int64N(3))
	default:
		return pick(h.Rand, []int64{1, 2, 3, -1, -2, math.MaxInt64, math.MinInt64, math.MaxInt32, 1 << 53})
	}
}

func (h *history) read() call {
	switch n := h.IntN(1000); {
	case n < 60:
		return call{method: "RangeStream", request: h.streamRequest()}
	case n < 64:
		return call{method: "Status", request: &pb.StatusRequest{}}
	case n < 68:
		return call{method: "MemberList", request: &pb.MemberListRequest{Linearizable: chance(h.Rand, 50)}}
	case n < 72 && !h.scanRuns:
		return call{method: "HashKV", request: &pb.HashKVRequest{Revision: pick(h.Rand, []int64{0, h.revision()})}}
	case n < 110 && h.leases:
		return h.leaseRead()
	case n < 130:
		// A transaction that only reads does not pass the log.
		return h.through("Txn", &pb.TxnRequest{Compare: h.compares(3), Success: h.readOps(), Failure: h.readOps()})
	}
	return h.through("Range", h.rangeRequest())
}

func (h *history) rangeRequest() *pb.RangeRequest {
	r := &pb.RangeRequest{Serializable: chance(h.Rand, 30)}
	r.Key, r.RangeEnd = randomRange(h.Rand)
	if chance(h.Rand, 1) {
		r.Key = nil
	}
	if chance(h.Rand, 25) {
		r.Revision = h.revision()
	}
	if chance(h.Rand, 25) {
		r.Limit = pick(h.Rand, []int64{1, 2, 3, 5, 10, 20, 100, -1, math.MaxInt64, math.MinInt64})
	}
	if chance(h.Rand, 30) {
		r.SortOrder = pb.RangeRequest_SortOrder(h.IntN(3))
		r.SortTarget = pb.RangeRequest_SortTarget(h.IntN(5))
	}
	if chance(h.Rand, 1) {
		r.SortOrder = pb.RangeRequest_SortOrder(pick(h.Rand, []int32{3, -1, math.MaxInt32}))
	}
	if chance(h.Rand, 1) {
		r.SortTarget = pb.RangeRequest_SortTarget(pick(h.Rand, []int32{5, -1, math.MinInt32}))
	}
	r.KeysOnly = chance(h.Rand, 10)
	r.CountOnly = chance(h.Rand, 10)
	for _, bound := range []*int64{&r.MinModRevision, &r.MaxModRevision, &r.MinCreateRevision, &r.MaxCreateRevision} {
		if chance(h.Rand, 5) {
			*bound = h.revision()
		}
	}
	return r
}

func (h *history) streamRequest() *pb.RangeRequest {
	r := h.rangeRequest()
	if chance(h.Rand, 80) {
		r.SortOrder, r.SortTarget = 0, 0
	}
	if r.SortOrder == pb.RangeRequest_NONE {
		// etcd sorts every chunk by a target given without an order and goes on behind the key that
		// came last, so that keys are lost or doubled; ours streams in key order (docs/compatibility.md).
		r.SortTarget = pb.RangeRequest_KEY
	}
	if chance(h.Rand, 90) {
		r.MinModRevision, r.MaxModRevision, r.MinCreateRevision, r.MaxCreateRevision = 0, 0, 0, 0
	}
	return r
}

// compaction compacts somewhere, mostly to a place that is allowed. One in three is followed by a
// finished compaction of everything and a hash of what is left.
func (h *history) compaction() []call {
	r := &pb.CompactionRequest{Physical: chance(h.Rand, 50)}
	switch n := h.IntN(100); {
	case n < 60:
		r.Revision = fromCurrent(-h.Int64N(150))
	case n < 75:
		r.Revision = fromCompacted(h.Int64N(40) - 2)
	case n < 80:
		r.Revision = fromCurrent(0)
	case n < 90:
		r.Revision = fromCurrent(1 + h.Int64N(5))
	default:
		r.Revision = pick(h.Rand, []int64{0, -1, math.MaxInt64, math.MinInt64, 1})
	}
	h.scanRuns = true
	if chance(h.Rand, 33) {
		h.queue("Put", &pb.PutRequest{Key: []byte("k00"), Value: []byte("kept")})
		h.queue("Compact", &pb.CompactionRequest{Revision: fromCurrent(0), Physical: true})
		h.queue("HashKV", &pb.HashKVRequest{})
		h.scanRuns = false
	}
	return one(h.through("Compact", r))
}

// queueBulk writes some thousand keys, reads them in every way that depends on how many there are,
// and deletes them.
func (h *history) queueBulk() {
	if h.leases {
		h.queued = append(h.queued, one(h.contend(expiring)))
	}
	for from := 0; from < bulkKeys; from += bulkKeysPerTxn {
		txn := &pb.TxnRequest{}
		for i := range bulkKeysPerTxn {
			txn.Success = append(txn.Success, putOp(&pb.PutRequest{
				Key:   fmt.Appendf(nil, "bulk/%06d", (from+i)*7919%bulkKeys),
				Value: randomBytes(h.Rand, h.IntN(2000)),
			}))
		}
		h.queue("Txn", txn)
	}
	key, end := []byte("bulk/"), []byte("bulk0")
	for range 6 {
		reads := make([]call, 8)
		for i := range reads {
			r := &pb.RangeRequest{
				Key: key, RangeEnd: end,
				Limit:    pick(h.Rand, []int64{0, 1, 100, 2999, 3000, 3001}),
				KeysOnly: chance(h.Rand, 20), CountOnly: chance(h.Rand, 20),
			}
			method := "RangeStream"
			if chance(h.Rand, 50) {
				method = "Range"
				r.SortOrder = pb.RangeRequest_SortOrder(h.IntN(3))
				r.SortTarget = pb.RangeRequest_SortTarget(h.IntN(5))
			}
			reads[i] = call{method: method, request: r}
		}
		h.queued = append(h.queued, reads)
	}
	h.queue("DeleteRange", &pb.DeleteRangeRequest{Key: key, RangeEnd: end, PrevKv: chance(h.Rand, 50)})
}
