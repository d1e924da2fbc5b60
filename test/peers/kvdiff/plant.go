package main

import (
	"fmt"
	"maps"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// A tester must be tested: -plant KIND changes one answer of the second server as a faulty server might.
// Each function tells whether the answer was one that it could change.
var plants = map[string]func(a *answer) bool{
	"revision":  onHeader(func(h *pb.ResponseHeader) { h.Revision++ }),
	"member-id": onHeader(func(h *pb.ResponseHeader) { h.MemberId = 0 }),
	"key":       onKV(func(kv *mvccpb.KeyValue) { kv.Key = append(kv.Key, 0) }),
	"value":     onKV(func(kv *mvccpb.KeyValue) { kv.Value = append(kv.Value, 'x') }),
	"create":    onKV(func(kv *mvccpb.KeyValue) { kv.CreateRevision++ }),
	"mod":       onKV(func(kv *mvccpb.KeyValue) { kv.ModRevision-- }),
	"version":   onKV(func(kv *mvccpb.KeyValue) { kv.Version = 0 }),
	"lease":     onKV(func(kv *mvccpb.KeyValue) { kv.Lease++ }),
	"missing":   onRange(1, func(r *pb.RangeResponse) { r.Kvs = r.Kvs[1:] }),
	"order":     onRange(2, func(r *pb.RangeResponse) { r.Kvs[0], r.Kvs[1] = r.Kvs[1], r.Kvs[0] }),
	"count":     onRange(0, func(r *pb.RangeResponse) { r.Count++ }),
	"more":      onRange(0, func(r *pb.RangeResponse) { r.More = !r.More }),
	"code": func(a *answer) bool {
		if a.code == codes.OutOfRange {
			a.code = codes.InvalidArgument
			return true
		}
		return false
	},
	"text": func(a *answer) bool {
		if a.code != codes.OK {
			a.text += "."
			return true
		}
		return false
	},
	"no-error": func(a *answer) bool {
		if a.code == codes.OK {
			return false
		}
		*a = answer{sent: a.sent, messages: []proto.Message{&pb.PutResponse{Header: &pb.ResponseHeader{}}}}
		return true
	},
	"put-prev": onFirst(func(r *pb.PutResponse) bool {
		had := r.PrevKv != nil
		r.PrevKv = nil
		return had
	}),
	"deleted": onFirst(func(r *pb.DeleteRangeResponse) bool { r.Deleted++; return true }),
	"deleted-prev": onFirst(func(r *pb.DeleteRangeResponse) bool {
		had := len(r.PrevKvs) > 0
		r.PrevKvs = nil
		return had
	}),
	"succeeded": onFirst(func(r *pb.TxnResponse) bool { r.Succeeded = !r.Succeeded; return true }),
	"txn-op": onFirst(func(r *pb.TxnResponse) bool {
		for _, op := range r.Responses {
			if put := op.GetResponsePut(); put != nil {
				put.Header.Revision--
				return true
			}
		}
		return false
	}),
	"hash":    onFirst(func(r *pb.HashKVResponse) bool { r.Hash ^= 1; return true }),
	"storage": onFirst(func(r *pb.StatusResponse) bool { r.StorageVersion = ""; return true }),
	"learner": onFirst(func(r *pb.MemberListResponse) bool { r.Members[0].IsLearner = true; return true }),
	"chunks": func(a *answer) bool {
		if len(a.messages) < 2 {
			return false
		}
		first, isStream := a.messages[0].(*pb.RangeStreamResponse)
		if !isStream {
			return false
		}
		second := a.messages[1].(*pb.RangeStreamResponse)
		proto.Merge(first, second)
		a.messages = slices.Delete(a.messages, 1, 2)
		return true
	},
}

func plantNames() []string { return slices.Sorted(maps.Keys(plants)) }

func onFirst[T proto.Message](change func(T) bool) func(*answer) bool {
	return func(a *answer) bool {
		if a.code != codes.OK || len(a.messages) == 0 {
			return false
		}
		message, ok := a.messages[0].(T)
		return ok && change(message)
	}
}

func onHeader(change func(*pb.ResponseHeader)) func(*answer) bool {
	return func(a *answer) bool {
		if a.code != codes.OK || len(a.messages) == 0 {
			return false
		}
		with, ok := a.messages[0].(interface{ GetHeader() *pb.ResponseHeader })
		if !ok || with.GetHeader() == nil {
			return false
		}
		change(with.GetHeader())
		return true
	}
}

func onRange(least int, change func(*pb.RangeResponse)) func(*answer) bool {
	return onFirst(func(r *pb.RangeResponse) bool {
		if len(r.Kvs) < least {
			return false
		}
		change(r)
		return true
	})
}

func onKV(change func(*mvccpb.KeyValue)) func(*answer) bool {
	return onRange(1, func(r *pb.RangeResponse) { change(r.Kvs[len(r.Kvs)-1]) })
}

// planter plants one fault, in the first answer at or after a given call that can bear it.
type planter struct {
	kind  string
	after int
	done  bool
}

func (p *planter) touch(call int, a *answer) {
	if p.kind == "" || p.done || call < p.after {
		return
	}
	if change, known := plants[p.kind]; known && change(a) {
		p.done = true
		fmt.Printf("planted %s in the answer to call %d\n", p.kind, call)
	}
}
