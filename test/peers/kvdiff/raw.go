package main

import (
	"context"
	"fmt"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// rawCase is one unary call as bytes: what no client library would send.
type rawCase struct {
	name     string
	method   string
	body     []byte
	metadata []string
	options  []grpc.CallOption
}

// rawBytes passes messages through as they are.
type rawBytes struct{}

func (rawBytes) Name() string                  { return "proto" }
func (rawBytes) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (rawBytes) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}

// rawResponses tells how to read, and so to compare, what an accepted case returns.
var rawResponses = map[string]func() (request, response proto.Message){
	"/etcdserverpb.KV/Range":       func() (proto.Message, proto.Message) { return &pb.RangeRequest{}, &pb.RangeResponse{} },
	"/etcdserverpb.KV/Put":         func() (proto.Message, proto.Message) { return &pb.PutRequest{}, &pb.PutResponse{} },
	"/etcdserverpb.KV/DeleteRange": func() (proto.Message, proto.Message) { return &pb.DeleteRangeRequest{}, &pb.DeleteRangeResponse{} },
	"/etcdserverpb.KV/Txn":         func() (proto.Message, proto.Message) { return &pb.TxnRequest{}, &pb.TxnResponse{} },
	"/etcdserverpb.KV/Compact":     func() (proto.Message, proto.Message) { return &pb.CompactionRequest{}, &pb.CompactionResponse{} },
	"/etcdserverpb.Cluster/MemberList": func() (proto.Message, proto.Message) {
		return &pb.MemberListRequest{}, &pb.MemberListResponse{}
	},
	"/etcdserverpb.Maintenance/Status": func() (proto.Message, proto.Message) { return &pb.StatusRequest{}, &pb.StatusResponse{} },
	"/etcdserverpb.Maintenance/HashKV": func() (proto.Message, proto.Message) { return &pb.HashKVRequest{}, &pb.HashKVResponse{} },
	"/grpc.health.v1.Health/Check": func() (proto.Message, proto.Message) {
		return &healthpb.HealthCheckRequest{}, &healthpb.HealthCheckResponse{}
	},
}

// compareRaw compares the answers to everything that is wrong on purpose, and to a few things that are
// right but odd. Returns how many cases it compared.
func compareRaw(a, b *side, c *config) (int, error) {
	cases := append(rawCases(), metadataCases()...)
	for _, one := range cases {
		x, y := a.doRaw(one), b.doRaw(one)
		if why := differ(one.method, x, y); why != "" {
			return 0, fmt.Errorf("DIFFERENCE in the case %q of %s: %s\nbytes: %x\na: %v\nb: %v",
				one.name, one.method, why, one.body[:min(len(one.body), 200)], x, y)
		}
		if request, compacts := x.sent.(*pb.CompactionRequest); compacts && x.code == codes.OK {
			for _, s := range []*side{a, b} {
				if err := s.awaitCompaction(request.Revision); err != nil {
					return 0, err
				}
			}
		}
	}
	count := len(cases)
	for _, more := range []func(a, b *side) (int, error){compareHTTP, compareWatchScripts, compareFragments} {
		compared, err := more(a, b)
		if err != nil {
			return 0, err
		}
		count += compared
	}
	for _, s := range []*side{a, b} {
		hash, err := s.maint.HashKV(context.Background(), &pb.HashKVRequest{})
		if err != nil {
			return 0, err
		}
		s.at = place{current: hash.Header.Revision, compacted: hash.CompactRevision}
	}
	if a.at != b.at {
		return 0, fmt.Errorf("DIFFERENCE: after the cases one server is at %+v, the other at %+v", a.at, b.at)
	}
	return count, nil
}

// awaitCompaction returns when the deletions of a compaction are done. From then on HashKV at its
// revision gives the hash that was kept of it, which names the compaction before.
func (s *side) awaitCompaction(revision int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	for {
		hash, err := s.maint.HashKV(ctx, &pb.HashKVRequest{Revision: revision})
		if err != nil {
			return fmt.Errorf("waiting for the compaction at %d: %w", revision, err)
		}
		if hash.CompactRevision < revision {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *side) doRaw(one rawCase) answer {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if len(one.metadata) > 0 {
		ctx = metadata.AppendToOutgoingContext(ctx, one.metadata...)
	}
	var reply []byte
	options := append([]grpc.CallOption{grpc.ForceCodec(rawBytes{}), grpc.MaxCallSendMsgSize(64 << 20)}, one.options...)
	err := s.client.ActiveConnection().Invoke(ctx, one.method, &one.body, &reply, options...)
	a := answer{sent: &pb.RangeRequest{}}
	if err != nil {
		said, _ := status.FromError(err)
		a.code, a.text = said.Code(), plainSpaces(said.Message())
		return a
	}
	if types, known := rawResponses[one.method]; known {
		request, response := types()
		if proto.Unmarshal(one.body, request) == nil {
			a.sent = request
		}
		if err := proto.Unmarshal(reply, response); err != nil {
			a.code, a.text = codes.Internal, "unreadable reply: "+err.Error()
		}
		a.messages = []proto.Message{response}
	}
	return a
}

func metadataCases() []rawCase {
	get := encode(&pb.RangeRequest{Key: []byte("k00")})
	put := encode(&pb.PutRequest{Key: []byte("k00"), Value: []byte("v")})
	const rangeMethod, putMethod = "/etcdserverpb.KV/Range", "/etcdserverpb.KV/Put"
	return []rawCase{
		{name: "a token while auth is off", method: rangeMethod, body: get, metadata: []string{"token", "nobody.17"}},
		{name: "a bearer token while auth is off", method: putMethod, body: put, metadata: []string{"authorization", "Bearer x"}},
		{name: "hasleader", method: rangeMethod, body: get, metadata: []string{"hasleader", "true"}},
		{name: "hasleader on a write", method: putMethod, body: put, metadata: []string{"hasleader", "true"}},
		{name: "client api version", method: rangeMethod, body: get, metadata: []string{"client-api-version", "3.7"}},
		{name: "client api version of nonsense", method: rangeMethod, body: get, metadata: []string{"client-api-version", "x y z"}},
		{name: "binary metadata", method: rangeMethod, body: get, metadata: []string{"something-bin", "\x00\xff"}},
		{name: "an unknown compression", method: rangeMethod, body: get, options: []grpc.CallOption{grpc.UseCompressor("quorate-test")}},
	}
}

func encode(m proto.Message) []byte {
	body, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}

// quiet is how long a server that should say nothing is listened to.
const quiet = 150 * time.Millisecond
