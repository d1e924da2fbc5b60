package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	epb "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	lpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const callTimeout = 60 * time.Second

// call is one request as the history has it; its revisions may still be relative (anchors.go).
type call struct {
	method  string
	request proto.Message
	// typed sends it through clientv3's own Op types, as a program would; else through the stubs,
	// which can say what clientv3 cannot.
	typed bool
}

// answer is all that one server said to one call.
type answer struct {
	sent     proto.Message
	messages []proto.Message
	code     codes.Code
	text     string
}

// connectionsPerSide: reads that go out at once go out over several connections, for a server may mix up
// what comes from different ones.
const connectionsPerSide = 4

// isSilence tells whether the server is gone, or did not answer in time. clientv3 passes the end of
// time on as the context's own error, without a code.
func (a answer) isSilence() bool {
	return a.code == codes.Unavailable || a.code == codes.DeadlineExceeded ||
		a.text == context.DeadlineExceeded.Error()
}

// side is one of the two servers that are compared.
type side struct {
	name string
	// isReference marks real etcd, which is asked once more where it is silent.
	isReference bool
	connection
	others []connection
	at     place
}

// connection is one of the connections to a server, and its services.
type connection struct {
	client   *clientv3.Client
	kv       pb.KVClient
	lease    pb.LeaseClient
	maint    pb.MaintenanceClient
	member   pb.ClusterClient
	lock     lpb.LockClient
	election epb.ElectionClient
}

func dial(name, endpoint string) (*side, error) {
	s := &side{name: name}
	for i := range connectionsPerSide {
		c, err := connect(endpoint)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			s.connection = c
		}
		s.others = append(s.others, c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	hash, err := s.maint.HashKV(ctx, &pb.HashKVRequest{})
	if err != nil {
		return nil, err
	}
	s.at = place{current: hash.Header.Revision, compacted: hash.CompactRevision}
	return s, nil
}

func connect(endpoint string) (connection, error) {
	client, err := clientv3.New(clientv3.Config{
		Endpoints:          []string{endpoint},
		DialTimeout:        10 * time.Second,
		MaxCallSendMsgSize: 64 << 20,
		Logger:             zap.NewNop(),
		DialOptions: []grpc.DialOption{
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)),
		},
	})
	if err != nil {
		return connection{}, err
	}
	conn := client.ActiveConnection()
	return connection{
		client: client, kv: pb.NewKVClient(conn), lease: pb.NewLeaseClient(conn),
		maint: pb.NewMaintenanceClient(conn), member: pb.NewClusterClient(conn),
		lock: lpb.NewLockClient(conn), election: epb.NewElectionClient(conn),
	}, nil
}

// run sends every call of the step at once and waits for all answers. A step with more than one call
// holds reads only, so their order does not matter.
func (s *side) run(step []call) []answer {
	answers := make([]answer, len(step))
	if len(step) == 1 {
		answers[0] = s.connection.do(s.at, step[0])
	} else {
		var all sync.WaitGroup
		for i := range step {
			all.Go(func() { answers[i] = s.others[i%connectionsPerSide].do(s.at, step[i]) })
		}
		all.Wait()
	}
	for i, c := range step {
		if s.isReference && c.method == "Range" && answers[i].isSilence() {
			// A read changes nothing, and it is not etcd that is judged.
			fmt.Fprintf(os.Stderr, "%s did not answer a Range and is asked again\n", s.name)
			answers[i] = s.connection.do(s.at, c)
		}
		s.learn(c, answers[i])
	}
	return answers
}

// learn moves the anchors of relative revisions.
func (s *side) learn(c call, a answer) {
	if a.code != codes.OK || len(a.messages) == 0 {
		return
	}
	for _, message := range a.messages {
		if with, ok := message.(interface{ GetHeader() *pb.ResponseHeader }); ok {
			s.at.current = max(s.at.current, with.GetHeader().GetRevision())
		}
	}
	if c.method == "Compact" {
		s.at.compacted = a.sent.(*pb.CompactionRequest).Revision
	}
}

func (s connection) do(at place, c call) answer {
	sent := at.resolved(c.request)
	if strings.Contains(c.method, " ") {
		ctx, cancel := context.WithTimeout(context.Background(), contendTimeout)
		defer cancel()
		return answered(sent, nil, s.doContend(ctx, c.method, sent.(*lpb.LockRequest))...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if c.typed {
		message, err := s.doTyped(ctx, sent)
		return answered(sent, err, message)
	}
	if c.method == "RangeStream" || c.method == "LeaseKeepAlive" {
		messages, err := s.doStream(ctx, sent)
		return answered(sent, err, messages...)
	}
	message, err := s.doUnary(ctx, sent)
	return answered(sent, err, message)
}

func answered(sent proto.Message, err error, messages ...proto.Message) answer {
	if err == nil {
		return answer{sent: sent, messages: messages}
	}
	a := answer{sent: sent, code: codes.Unknown, text: err.Error()}
	var typed rpctypes.EtcdError
	if errors.As(err, &typed) {
		a.code, a.text = typed.Code(), typed.Error()
	} else if s, ok := status.FromError(err); ok {
		a.code, a.text = s.Code(), s.Message()
	}
	a.text = plainSpaces(a.text)
	// What a stream delivered before it failed counts too.
	for _, m := range messages {
		if m != nil && m.ProtoReflect().IsValid() {
			a.messages = append(a.messages, m)
		}
	}
	return a
}

func (s connection) doUnary(ctx context.Context, sent proto.Message) (proto.Message, error) {
	switch request := sent.(type) {
	case *pb.RangeRequest:
		return s.kv.Range(ctx, request)
	case *pb.PutRequest:
		return s.kv.Put(ctx, request)
	case *pb.DeleteRangeRequest:
		return s.kv.DeleteRange(ctx, request)
	case *pb.TxnRequest:
		return s.kv.Txn(ctx, request)
	case *pb.CompactionRequest:
		return s.kv.Compact(ctx, request)
	case *pb.HashKVRequest:
		return s.maint.HashKV(ctx, request)
	case *pb.HashRequest:
		return s.maint.Hash(ctx, request)
	case *pb.StatusRequest:
		return s.maint.Status(ctx, request)
	case *pb.MemberListRequest:
		return s.member.MemberList(ctx, request)
	case *pb.AlarmRequest:
		return s.maint.Alarm(ctx, request)
	case *pb.DefragmentRequest:
		return s.maint.Defragment(ctx, request)
	case *pb.MoveLeaderRequest:
		return s.maint.MoveLeader(ctx, request)
	case *pb.DowngradeRequest:
		return s.maint.Downgrade(ctx, request)
	case *pb.MemberAddRequest:
		return s.member.MemberAdd(ctx, request)
	case *pb.MemberRemoveRequest:
		return s.member.MemberRemove(ctx, request)
	case *pb.MemberUpdateRequest:
		return s.member.MemberUpdate(ctx, request)
	case *pb.MemberPromoteRequest:
		return s.member.MemberPromote(ctx, request)
	case *lpb.LockRequest:
		return s.lock.Lock(ctx, request)
	case *lpb.UnlockRequest:
		return s.lock.Unlock(ctx, request)
	case *epb.CampaignRequest:
		return s.election.Campaign(ctx, request)
	case *epb.ProclaimRequest:
		return s.election.Proclaim(ctx, request)
	case *epb.ResignRequest:
		return s.election.Resign(ctx, request)
	case *epb.LeaderRequest:
		return s.election.Leader(ctx, request)
	case *pb.LeaseGrantRequest:
		return s.lease.LeaseGrant(ctx, request)
	case *pb.LeaseRevokeRequest:
		return s.lease.LeaseRevoke(ctx, request)
	case *pb.LeaseTimeToLiveRequest:
		return s.lease.LeaseTimeToLive(ctx, request)
	case *pb.LeaseLeasesRequest:
		return s.lease.LeaseLeases(ctx, request)
	}
	panic("no unary method takes this request")
}

func (s connection) doStream(ctx context.Context, sent proto.Message) ([]proto.Message, error) {
	var messages []proto.Message
	switch request := sent.(type) {
	case *pb.RangeRequest:
		stream, err := s.kv.RangeStream(ctx, request)
		if err != nil {
			return nil, err
		}
		for {
			message, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return messages, nil
			}
			if err != nil {
				return messages, err
			}
			messages = append(messages, message)
		}
	case *pb.LeaseKeepAliveRequest:
		stream, err := s.lease.LeaseKeepAlive(ctx)
		if err != nil {
			return nil, err
		}
		if err := stream.Send(request); err != nil {
			return nil, err
		}
		message, err := stream.Recv()
		return []proto.Message{message}, err
	}
	panic("no streaming method takes this request")
}

// plainSpaces undoes Go's protobuf, which writes a no-break space in its errors in some builds.
func plainSpaces(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }
