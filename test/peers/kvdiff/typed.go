package main

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/protobuf/proto"
)

// doTyped says the request in clientv3's own words and turns its answer back into the message.
func (s connection) doTyped(ctx context.Context, sent proto.Message) (proto.Message, error) {
	switch request := sent.(type) {
	case *pb.TxnRequest:
		comparisons := make([]clientv3.Cmp, len(request.Compare))
		for i, c := range request.Compare {
			comparisons[i] = clientv3.FromCompare(c)
		}
		done, err := s.client.Txn(ctx).If(comparisons...).Then(opsOf(request.Success)...).
			Else(opsOf(request.Failure)...).Commit()
		return (*pb.TxnResponse)(done), err
	case *pb.CompactionRequest:
		var options []clientv3.CompactOption
		if request.Physical {
			options = append(options, clientv3.WithCompactPhysical())
		}
		done, err := s.client.Compact(ctx, request.Revision, options...)
		return (*pb.CompactionResponse)(done), err
	}
	done, err := s.client.Do(ctx, opOf(sent))
	if err != nil {
		return (*pb.RangeResponse)(nil), err
	}
	switch {
	case done.Get() != nil:
		return (*pb.RangeResponse)(done.Get()), nil
	case done.Put() != nil:
		return (*pb.PutResponse)(done.Put()), nil
	}
	return (*pb.DeleteRangeResponse)(done.Del()), nil
}

// sayable tells whether clientv3 can express the request without changing it.
func sayable(request proto.Message) bool {
	switch r := request.(type) {
	case *pb.RangeRequest:
		return len(r.Key) > 0 && r.SortOrder >= 0 && r.SortOrder <= 2 && r.SortTarget >= 0 && r.SortTarget <= 4 &&
			// WithSort turns the default order into none.
			(r.SortTarget != pb.RangeRequest_KEY || r.SortOrder != pb.RangeRequest_ASCEND)
	case *pb.PutRequest:
		return len(r.Key) > 0
	case *pb.DeleteRangeRequest:
		return len(r.Key) > 0
	case *pb.TxnRequest:
		for _, ops := range [][]*pb.RequestOp{r.Success, r.Failure} {
			for _, op := range ops {
				if !sayableOp(op) {
					return false
				}
			}
		}
		return true
	case *pb.CompactionRequest:
		return true
	}
	return false
}

func sayableOp(op *pb.RequestOp) bool {
	switch {
	case op.GetRequestRange() != nil:
		return sayable(op.GetRequestRange())
	case op.GetRequestPut() != nil:
		return sayable(op.GetRequestPut())
	case op.GetRequestDeleteRange() != nil:
		return sayable(op.GetRequestDeleteRange())
	case op.GetRequestTxn() != nil:
		return sayable(op.GetRequestTxn())
	}
	return false
}

func opsOf(ops []*pb.RequestOp) []clientv3.Op {
	said := make([]clientv3.Op, len(ops))
	for i, op := range ops {
		switch {
		case op.GetRequestRange() != nil:
			said[i] = opOf(op.GetRequestRange())
		case op.GetRequestPut() != nil:
			said[i] = opOf(op.GetRequestPut())
		case op.GetRequestDeleteRange() != nil:
			said[i] = opOf(op.GetRequestDeleteRange())
		default:
			inner := op.GetRequestTxn()
			comparisons := make([]clientv3.Cmp, len(inner.Compare))
			for j, c := range inner.Compare {
				comparisons[j] = clientv3.FromCompare(c)
			}
			said[i] = clientv3.OpTxn(comparisons, opsOf(inner.Success), opsOf(inner.Failure))
		}
	}
	return said
}

func opOf(request proto.Message) clientv3.Op {
	var options []clientv3.OpOption
	add := func(when bool, option clientv3.OpOption) {
		if when {
			options = append(options, option)
		}
	}
	switch r := request.(type) {
	case *pb.RangeRequest:
		add(len(r.RangeEnd) > 0, clientv3.WithRange(string(r.RangeEnd)))
		add(r.Limit != 0, clientv3.WithLimit(r.Limit))
		add(r.Revision != 0, clientv3.WithRev(r.Revision))
		add(r.SortOrder != 0 || r.SortTarget != 0,
			clientv3.WithSort(clientv3.SortTarget(r.SortTarget), clientv3.SortOrder(r.SortOrder)))
		add(r.Serializable, clientv3.WithSerializable())
		add(r.KeysOnly, clientv3.WithKeysOnly())
		add(r.CountOnly, clientv3.WithCountOnly())
		add(r.MinModRevision != 0, clientv3.WithMinModRev(r.MinModRevision))
		add(r.MaxModRevision != 0, clientv3.WithMaxModRev(r.MaxModRevision))
		add(r.MinCreateRevision != 0, clientv3.WithMinCreateRev(r.MinCreateRevision))
		add(r.MaxCreateRevision != 0, clientv3.WithMaxCreateRev(r.MaxCreateRevision))
		return clientv3.OpGet(string(r.Key), options...)
	case *pb.PutRequest:
		add(r.Lease != 0, clientv3.WithLease(clientv3.LeaseID(r.Lease)))
		add(r.PrevKv, clientv3.WithPrevKV())
		add(r.IgnoreValue, clientv3.WithIgnoreValue())
		add(r.IgnoreLease, clientv3.WithIgnoreLease())
		return clientv3.OpPut(string(r.Key), string(r.Value), options...)
	}
	r := request.(*pb.DeleteRangeRequest)
	add(len(r.RangeEnd) > 0, clientv3.WithRange(string(r.RangeEnd)))
	add(r.PrevKv, clientv3.WithPrevKV())
	return clientv3.OpDelete(string(r.Key), options...)
}
