package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// stableSortMax: Go's sort keeps the order of equal elements up to this length; beyond it, the order of
// ties is nobody's promise.
const stableSortMax = 12

const printedBytesMax = 3000

// differ says in what the two answers to one call differ, or "" when they do not. What may differ
// between two healthy servers (ids, raft term, database size, order of ties) is made alike in b first.
func differ(method string, a, b answer) string {
	if !proto.Equal(a.sent, b.sent) {
		return "the sides have drifted: they were asked different things"
	}
	if a.code != b.code {
		return fmt.Sprintf("code %v against %v", a.code, b.code)
	}
	if a.text != b.text {
		return fmt.Sprintf("text %q against %q", a.text, b.text)
	}
	if len(a.messages) != len(b.messages) {
		return fmt.Sprintf("%d messages against %d", len(a.messages), len(b.messages))
	}
	for i := range a.messages {
		if a.messages[i].ProtoReflect().Descriptor() != b.messages[i].ProtoReflect().Descriptor() {
			return fmt.Sprintf("message %d: %v against %v", i, printed(a.messages[i]), printed(b.messages[i]))
		}
		if why := differMessage(a.sent, a.messages[i], b.messages[i]); why != "" {
			return why
		}
	}
	return ""
}

func differMessage(sent, a, b proto.Message) string {
	if why := settle(sent, a, b); why != "" {
		return why
	}
	if !proto.Equal(a, b) {
		return firstField(a, b)
	}
	return ""
}

// settle makes alike in b what may differ, after checking that it differs only as it may.
func settle(sent, a, b proto.Message) string {
	switch x := a.(type) {
	case *pb.RangeResponse:
		y := b.(*pb.RangeResponse)
		if why := settleHeader(x.Header, y.Header); why != "" {
			return why
		}
		request, isRange := sent.(*pb.RangeRequest)
		if !isRange {
			return "" // one of a contention, which does not sort
		}
		return settleTies(request, x, y)
	case *pb.RangeStreamResponse:
		return settleHeader(x.RangeResponse.GetHeader(), b.(*pb.RangeStreamResponse).RangeResponse.GetHeader())
	case *pb.TxnResponse:
		return settleTxn(sent.(*pb.TxnRequest), x, b.(*pb.TxnResponse))
	case *pb.StatusResponse:
		return settleStatus(x, b.(*pb.StatusResponse))
	case *pb.MemberListResponse:
		return settleMembers(x, b.(*pb.MemberListResponse))
	case *pb.HashKVResponse:
		y := b.(*pb.HashKVResponse)
		request, _ := sent.(*pb.HashKVRequest)
		settleRemembered(request.GetRevision(), x, y)
		return settleHeader(x.Header, y.Header)
	case *pb.LeaseTimeToLiveResponse:
		y := b.(*pb.LeaseTimeToLiveResponse)
		slices.SortFunc(x.Keys, bytes.Compare)
		slices.SortFunc(y.Keys, bytes.Compare)
		if x.TTL > 0 && y.TTL > 0 && x.TTL-y.TTL < 60 && y.TTL-x.TTL < 60 {
			y.TTL = x.TTL // time passes between the two
		}
		return settleHeader(x.Header, y.Header)
	case *pb.LeaseLeasesResponse:
		y := b.(*pb.LeaseLeasesResponse)
		byID := func(l, r *pb.LeaseStatus) int { return cmp.Compare(l.ID, r.ID) }
		slices.SortFunc(x.Leases, byID)
		slices.SortFunc(y.Leases, byID)
		return settleHeader(x.Header, y.Header)
	}
	type headed interface{ GetHeader() *pb.ResponseHeader }
	if x, ok := a.(headed); ok {
		return settleHeader(x.GetHeader(), b.(headed).GetHeader())
	}
	return ""
}

// settleRemembered: at the revision of a compaction a server answers with the hash it kept of it, or
// computes one when it kept none, which depends on whether the compaction before had ended in time. A
// compaction at 0, the first of all, is remembered too, and asking for 0 then no longer means the newest.
func settleRemembered(asked int64, a, b *pb.HashKVResponse) {
	isKept := func(r *pb.HashKVResponse) bool {
		return r.HashRevision == asked && r.CompactRevision < asked
	}
	isComputed := func(r *pb.HashKVResponse) bool {
		return r.CompactRevision == r.HashRevision && asked == r.HashRevision ||
			asked == 0 && r.HashRevision == r.Header.GetRevision()
	}
	if isKept(a) && isComputed(b) || isComputed(a) && isKept(b) {
		b.Hash, b.CompactRevision, b.HashRevision = a.Hash, a.CompactRevision, a.HashRevision
	}
}

// settleHeader: ids and term are each server's own, but must be there on one when on the other.
func settleHeader(a, b *pb.ResponseHeader) string {
	if (a == nil) != (b == nil) {
		return fmt.Sprintf("header %v against %v", a, b)
	}
	if a == nil {
		return ""
	}
	if (a.ClusterId == 0) != (b.ClusterId == 0) || (a.MemberId == 0) != (b.MemberId == 0) ||
		(a.RaftTerm == 0) != (b.RaftTerm == 0) {
		return fmt.Sprintf("header ids %v against %v", a, b)
	}
	b.ClusterId, b.MemberId, b.RaftTerm = a.ClusterId, a.MemberId, a.RaftTerm
	return ""
}

func settleTxn(sent *pb.TxnRequest, a, b *pb.TxnResponse) string {
	if why := settleHeader(a.Header, b.Header); why != "" {
		return why
	}
	ops := sent.Failure
	if a.Succeeded {
		ops = sent.Success
	}
	if a.Succeeded != b.Succeeded || len(a.Responses) != len(b.Responses) || len(ops) != len(a.Responses) {
		return fmt.Sprintf("succeeded %v with %d answers against %v with %d, to %d operations",
			a.Succeeded, len(a.Responses), b.Succeeded, len(b.Responses), len(ops))
	}
	for i, op := range ops {
		x, y := a.Responses[i], b.Responses[i]
		switch {
		case op.GetRequestRange() != nil && x.GetResponseRange() != nil && y.GetResponseRange() != nil:
			if why := settle(op.GetRequestRange(), x.GetResponseRange(), y.GetResponseRange()); why != "" {
				return why
			}
		case op.GetRequestTxn() != nil && x.GetResponseTxn() != nil && y.GetResponseTxn() != nil:
			if why := settleTxn(op.GetRequestTxn(), x.GetResponseTxn(), y.GetResponseTxn()); why != "" {
				return why
			}
		}
	}
	return ""
}

// settleTies puts equal elements of a long sorted result into key order on both sides. Where the limit
// cuts through ties, which of them are returned is open: only that they tie is compared.
func settleTies(sent *pb.RangeRequest, a, b *pb.RangeResponse) string {
	target := sent.SortTarget
	if target == pb.RangeRequest_KEY || a.Count <= stableSortMax || len(a.Kvs) != len(b.Kvs) {
		return ""
	}
	hidden := target == pb.RangeRequest_VALUE && sent.KeysOnly
	less := func(x, y *mvccpb.KeyValue) int {
		if hidden {
			return 0
		}
		return compareBy(target, x, y)
	}
	for from := 0; from < len(a.Kvs); {
		to := from + 1
		for to < len(a.Kvs) && less(a.Kvs[from], a.Kvs[to]) == 0 {
			to++
		}
		for _, kv := range b.Kvs[from:to] {
			if less(a.Kvs[from], kv) != 0 {
				return fmt.Sprintf("not sorted: %v where %v was expected", kv, a.Kvs[from])
			}
		}
		if to == len(a.Kvs) && a.More && b.More {
			copy(b.Kvs[from:], a.Kvs[from:])
			return ""
		}
		byKey := func(x, y *mvccpb.KeyValue) int { return bytes.Compare(x.Key, y.Key) }
		slices.SortFunc(a.Kvs[from:to], byKey)
		slices.SortFunc(b.Kvs[from:to], byKey)
		from = to
	}
	return ""
}

func compareBy(target pb.RangeRequest_SortTarget, x, y *mvccpb.KeyValue) int {
	switch target {
	case pb.RangeRequest_VERSION:
		return cmp.Compare(x.Version, y.Version)
	case pb.RangeRequest_CREATE:
		return cmp.Compare(x.CreateRevision, y.CreateRevision)
	case pb.RangeRequest_MOD:
		return cmp.Compare(x.ModRevision, y.ModRevision)
	default:
		return bytes.Compare(x.Value, y.Value)
	}
}

// settleStatus: sizes and raft indexes are each server's own, but they are there and fit together. Errors
// are messages as Go prints them, with one or two spaces between fields: a build decides that by its hash.
func settleStatus(a, b *pb.StatusResponse) string {
	for _, s := range []*pb.StatusResponse{a, b} {
		if s.Leader != s.Header.GetMemberId() || s.RaftTerm != s.Header.GetRaftTerm() {
			return fmt.Sprintf("a single member is its own leader: %v", s)
		}
		for i, text := range s.Errors {
			s.Errors[i] = strings.ReplaceAll(text, "  ", " ")
		}
		if s.RaftAppliedIndex == 0 || s.RaftIndex < s.RaftAppliedIndex || s.DbSize < s.DbSizeInUse || s.DbSizeInUse <= 0 {
			return fmt.Sprintf("sizes or indexes that cannot be: %v", s)
		}
	}
	b.Leader, b.RaftTerm, b.RaftIndex, b.RaftAppliedIndex = a.Leader, a.RaftTerm, a.RaftIndex, a.RaftAppliedIndex
	b.DbSize, b.DbSizeInUse = a.DbSize, a.DbSizeInUse
	return settleHeader(a.Header, b.Header)
}

// settleMembers: ids and addresses are each server's own.
func settleMembers(a, b *pb.MemberListResponse) string {
	if len(a.Members) != len(b.Members) {
		return fmt.Sprintf("%d members against %d", len(a.Members), len(b.Members))
	}
	for i, x := range a.Members {
		y := b.Members[i]
		if y.ID == 0 || len(x.PeerURLs) != len(y.PeerURLs) || len(x.ClientURLs) != len(y.ClientURLs) {
			return fmt.Sprintf("member %v against %v", x, y)
		}
		y.ID, y.PeerURLs, y.ClientURLs = x.ID, x.PeerURLs, x.ClientURLs
	}
	return settleHeader(a.Header, b.Header)
}

// firstField names the first top-level field in which two messages of one type differ.
func firstField(a, b proto.Message) string {
	left, right := a.ProtoReflect(), b.ProtoReflect()
	fields := left.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if left.Has(field) != right.Has(field) || !left.Get(field).Equal(right.Get(field)) {
			return "field " + string(field.Name())
		}
	}
	return "unknown fields"
}

func (a answer) String() string {
	if a.code != codes.OK {
		return fmt.Sprintf("%v %q after %d messages", a.code, a.text, len(a.messages))
	}
	var out string
	for _, m := range a.messages {
		out += printed(m) + "\n"
	}
	return out
}

func printed(m proto.Message) string {
	text := prototext.MarshalOptions{}.Format(m)
	if len(text) > printedBytesMax {
		return fmt.Sprintf("%s … (%d characters)", text[:printedBytesMax], len(text))
	}
	return text
}
