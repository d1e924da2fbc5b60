package main

import (
	"math"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

const (
	txnDepthMax = 3
	leaseTTL    = 86400
)

var leaseIDs = []int64{1001, 1002, 1003, 1 << 40, math.MaxInt64}

func (h *history) leaseID() int64 {
	if h.leases && chance(h.Rand, 80) {
		return pick(h.Rand, leaseIDs)
	}
	return pick(h.Rand, []int64{7, -1, math.MaxInt64 - 1, math.MinInt64})
}

func putOp(r *pb.PutRequest) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: r}}
}

func (h *history) txn() call {
	if chance(h.Rand, 1) {
		return call{method: "Txn", request: h.overfullTxn()}
	}
	h.deletesInTxn = chance(h.Rand, 60)
	request := h.txnRequest(0)
	h.deletesInTxn = false
	return h.through("Txn", request)
}

func (h *history) txnRequest(depth int) *pb.TxnRequest {
	return &pb.TxnRequest{Compare: h.compares(3), Success: h.ops(depth), Failure: h.ops(depth)}
}

func (h *history) compares(most int) []*pb.Compare {
	var list []*pb.Compare
	for range h.IntN(most + 1) {
		list = append(list, h.compare())
	}
	return list
}

func (h *history) compare() *pb.Compare {
	c := &pb.Compare{
		Result: pb.Compare_CompareResult(h.IntN(4)),
		Target: pb.Compare_CompareTarget(h.IntN(5)),
		Key:    randomKey(h.Rand),
	}
	if chance(h.Rand, 25) {
		c.Key, c.RangeEnd = randomRange(h.Rand)
	}
	if chance(h.Rand, 0.5) {
		c.Key = nil
	}
	if chance(h.Rand, 0.5) {
		c.Result = pb.Compare_CompareResult(pick(h.Rand, []int32{4, -1}))
	}
	if chance(h.Rand, 0.5) {
		c.Target = pb.Compare_CompareTarget(pick(h.Rand, []int32{5, -1}))
	}
	union := c.Target
	if chance(h.Rand, 2) {
		union = pb.Compare_CompareTarget(h.IntN(6)) // of another target, or unset
	}
	near := fromCurrent(-h.Int64N(30))
	switch union {
	case pb.Compare_VERSION:
		c.TargetUnion = &pb.Compare_Version{Version: h.Int64N(5)}
	case pb.Compare_CREATE:
		c.TargetUnion = &pb.Compare_CreateRevision{CreateRevision: pick(h.Rand, []int64{0, near, math.MaxInt64, -1})}
	case pb.Compare_MOD:
		c.TargetUnion = &pb.Compare_ModRevision{ModRevision: pick(h.Rand, []int64{0, near, near, math.MinInt64})}
	case pb.Compare_VALUE:
		c.TargetUnion = &pb.Compare_Value{Value: []byte(pick(h.Rand, valuePool))}
	case pb.Compare_LEASE:
		c.TargetUnion = &pb.Compare_Lease{Lease: pick(h.Rand, []int64{0, 0, h.leaseID()})}
	}
	return c
}

func (h *history) ops(depth int) []*pb.RequestOp {
	var list []*pb.RequestOp
	for range h.IntN(5) {
		list = append(list, h.op(depth))
	}
	return list
}

func (h *history) readOps() []*pb.RequestOp {
	var list []*pb.RequestOp
	for range h.IntN(4) {
		list = append(list, h.rangeOp())
	}
	return list
}

func (h *history) rangeOp() *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: h.rangeInTxn()}}
}

// rangeInTxn asks for a wrong revision less often than a single read does: one wrong op ends the lot.
func (h *history) rangeInTxn() *pb.RangeRequest {
	r := h.rangeRequest()
	if r.Revision != 0 && chance(h.Rand, 80) {
		r.Revision = fromCurrent(-h.Int64N(20))
	}
	return r
}

func (h *history) op(depth int) *pb.RequestOp {
	switch n := h.IntN(100); {
	case n < 40:
		return putOp(h.putRequest())
	case n < 65:
		return h.rangeOp()
	case n < 85 && h.deletesInTxn:
		return &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: h.deleteRequest()}}
	case n < 99 && depth < txnDepthMax:
		return &pb.RequestOp{Request: &pb.RequestOp_RequestTxn{RequestTxn: h.txnRequest(depth + 1)}}
	case n == 99:
		return &pb.RequestOp{}
	}
	return putOp(h.putRequest())
}

// overfullTxn is at or just beyond the limit of 128 operations, at one level or over two.
func (h *history) overfullTxn() *pb.TxnRequest {
	txn := &pb.TxnRequest{}
	count := 126 + h.IntN(5)
	for i := range count {
		switch h.IntN(3) {
		case 0:
			txn.Compare = append(txn.Compare, h.compare())
		default:
			key := append([]byte("full/"), byte(i), byte(h.IntN(2)))
			txn.Success = append(txn.Success, putOp(&pb.PutRequest{Key: key, Value: []byte("x")}))
		}
	}
	if chance(h.Rand, 50) {
		inner := &pb.TxnRequest{}
		for range 128 - len(txn.Success) + h.IntN(3) - 1 {
			inner.Failure = append(inner.Failure, h.rangeOp())
		}
		txn.Success = append(txn.Success, &pb.RequestOp{Request: &pb.RequestOp_RequestTxn{RequestTxn: inner}})
	}
	return txn
}

func (h *history) leaseWrite() call {
	id := h.leaseID()
	switch h.IntN(10) {
	case 0, 1, 2:
		return call{method: "LeaseRevoke", request: &pb.LeaseRevokeRequest{ID: id}}
	case 3:
		return call{method: "LeaseGrant", request: &pb.LeaseGrantRequest{
			ID: id, TTL: pick(h.Rand, []int64{9000000000, 9000000001, math.MaxInt64, leaseTTL}),
		}}
	default:
		return call{method: "LeaseGrant", request: &pb.LeaseGrantRequest{ID: id, TTL: leaseTTL}}
	}
}

func (h *history) leaseRead() call {
	id := h.leaseID()
	switch h.IntN(4) {
	case 0:
		return call{method: "LeaseLeases", request: &pb.LeaseLeasesRequest{}}
	case 1:
		return call{method: "LeaseKeepAlive", request: &pb.LeaseKeepAliveRequest{ID: id}}
	default:
		return call{method: "LeaseTimeToLive", request: &pb.LeaseTimeToLiveRequest{ID: id, Keys: chance(h.Rand, 60)}}
	}
}
