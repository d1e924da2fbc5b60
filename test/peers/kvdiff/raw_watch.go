package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const markerID = 1 << 30

func creation(r *pb.WatchCreateRequest) *pb.WatchRequest {
	return &pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: r}}
}

func cancellation(id int64) *pb.WatchRequest {
	return &pb.WatchRequest{RequestUnion: &pb.WatchRequest_CancelRequest{CancelRequest: &pb.WatchCancelRequest{WatchId: id}}}
}

var progress = &pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{ProgressRequest: &pb.WatchProgressRequest{}}}

func watchScripts() map[string][]*pb.WatchRequest {
	key, all := []byte("w"), []byte{0}
	at := func(r *pb.WatchCreateRequest) *pb.WatchRequest { r.Key = key; return creation(r) }
	both := []pb.WatchCreateRequest_FilterType{pb.WatchCreateRequest_NOPUT, pb.WatchCreateRequest_NODELETE}
	return map[string][]*pb.WatchRequest{
		"nothing set":                    {{}, {}},
		"cancel of an unknown watcher":   {cancellation(5), cancellation(0), cancellation(-1)},
		"progress without watchers":      {progress},
		"ids in order":                   {at(&pb.WatchCreateRequest{}), at(&pb.WatchCreateRequest{}), at(&pb.WatchCreateRequest{})},
		"ids around a taken one":         {at(&pb.WatchCreateRequest{WatchId: 1}), at(&pb.WatchCreateRequest{}), at(&pb.WatchCreateRequest{}), at(&pb.WatchCreateRequest{})},
		"the same id twice":              {at(&pb.WatchCreateRequest{WatchId: 8}), at(&pb.WatchCreateRequest{WatchId: 8})},
		"the id of a canceled one":       {at(&pb.WatchCreateRequest{WatchId: 8}), cancellation(8), at(&pb.WatchCreateRequest{WatchId: 8})},
		"an id of -1":                    {at(&pb.WatchCreateRequest{WatchId: -1})},
		"an id of -2":                    {at(&pb.WatchCreateRequest{WatchId: -2})},
		"the greatest id":                {at(&pb.WatchCreateRequest{WatchId: math.MaxInt64}), at(&pb.WatchCreateRequest{})},
		"canceled twice":                 {at(&pb.WatchCreateRequest{}), cancellation(0), cancellation(0)},
		"no key":                         {creation(&pb.WatchCreateRequest{})},
		"no key to the end":              {creation(&pb.WatchCreateRequest{RangeEnd: all})},
		"no key to w":                    {creation(&pb.WatchCreateRequest{RangeEnd: key})},
		"an empty span":                  {creation(&pb.WatchCreateRequest{Key: key, RangeEnd: key})},
		"a span turned round":            {creation(&pb.WatchCreateRequest{Key: key, RangeEnd: []byte("a")})},
		"a negative start":               {at(&pb.WatchCreateRequest{StartRevision: -1}), at(&pb.WatchCreateRequest{StartRevision: math.MinInt64})},
		"a start that never comes":       {at(&pb.WatchCreateRequest{StartRevision: math.MaxInt64}), progress},
		"an unknown filter":              {at(&pb.WatchCreateRequest{Filters: []pb.WatchCreateRequest_FilterType{9, -1}})},
		"all filters":                    {at(&pb.WatchCreateRequest{Filters: both, StartRevision: 1})},
		"progress for one":               {at(&pb.WatchCreateRequest{}), progress},
		"all flags":                      {at(&pb.WatchCreateRequest{PrevKv: true, Fragment: true, ProgressNotify: true})},
		"refused, then an id":            {creation(&pb.WatchCreateRequest{Key: key, RangeEnd: key}), at(&pb.WatchCreateRequest{})},
		"a create request with no field": {{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: &pb.WatchCreateRequest{}}}},
	}
}

// compareWatchScripts sends each script and then a marker; what comes before the marker's answer, and in
// a short silence after it, is compared.
func compareWatchScripts(a, b *side) (int, error) {
	scripts := watchScripts()
	for name, script := range scripts {
		var heard [2][]*pb.WatchResponse
		for i, s := range []*side{a, b} {
			var err error
			if heard[i], err = s.doScript(script); err != nil {
				return 0, fmt.Errorf("DIFFERENCE: watch script %q on %s: %w", name, s.name, err)
			}
		}
		if len(heard[0]) != len(heard[1]) {
			return 0, fmt.Errorf("DIFFERENCE in the watch script %q\na: %v\nb: %v", name, heard[0], heard[1])
		}
		for i, x := range heard[0] {
			y := heard[1][i]
			if why := settleHeader(x.Header, y.Header); why != "" || !proto.Equal(x, y) {
				return 0, fmt.Errorf("DIFFERENCE in response %d to the watch script %q %s\na: %v\nb: %v", i, name, why, x, y)
			}
		}
	}
	for name, body := range map[string][]byte{"malformed": {0x0a, 0x05, 'a'}, "a key as a varint": {0x0a, 0x02, 0x08, 0x01}} {
		x, y := a.doBrokenWatch(body), b.doBrokenWatch(body)
		if x != y {
			return 0, fmt.Errorf("DIFFERENCE in the watch message %q: %s against %s", name, x, y)
		}
	}
	for _, s := range []*side{a, b} {
		if err := s.checkHalfClosedWatch(); err != nil {
			return 0, fmt.Errorf("DIFFERENCE: half-closed watch on %s: %w", s.name, err)
		}
	}
	return len(scripts) + 3, nil
}

func (s *side) doScript(script []*pb.WatchRequest) ([]*pb.WatchResponse, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stream, err := pb.NewWatchClient(s.client.ActiveConnection()).Watch(ctx)
	if err != nil {
		return nil, err
	}
	marker := creation(&pb.WatchCreateRequest{Key: []byte("marker"), WatchId: markerID})
	for _, request := range append(append([]*pb.WatchRequest{}, script...), marker) {
		if err := stream.Send(request); err != nil {
			return nil, err
		}
	}
	// A server that answers the marker has answered all before it; then a little silence, in which
	// a progress answer, which takes another way, may come.
	time.AfterFunc(10*time.Second, cancel)
	var heard []*pb.WatchResponse
	for marked := false; ; {
		response, err := stream.Recv()
		if err != nil {
			if !marked {
				return nil, err
			}
			// Progress takes another way through the server and may overtake an acknowledgement.
			slices.SortStableFunc(heard, func(x, y *pb.WatchResponse) int { return cmp.Compare(isProgress(x), isProgress(y)) })
			return heard, nil
		}
		if response.WatchId == markerID && !marked {
			marked = true
			time.AfterFunc(quiet, cancel)
			continue
		}
		heard = append(heard, response)
	}
}

func isProgress(r *pb.WatchResponse) int {
	if !r.Created && !r.Canceled && len(r.Events) == 0 {
		return 1
	}
	return 0
}

func (s *side) doBrokenWatch(body []byte) string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	desc := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := s.client.ActiveConnection().NewStream(ctx, desc, "/etcdserverpb.Watch/Watch", grpc.ForceCodec(rawBytes{}))
	if err != nil {
		return err.Error()
	}
	if err := stream.SendMsg(&body); err != nil {
		return err.Error()
	}
	var reply []byte
	if err := stream.RecvMsg(&reply); err != nil {
		said, _ := status.FromError(err)
		return fmt.Sprintf("%v %q", said.Code(), plainSpaces(said.Message()))
	}
	response := &pb.WatchResponse{}
	if err := proto.Unmarshal(reply, response); err != nil {
		return err.Error()
	}
	response.Header = &pb.ResponseHeader{Revision: response.Header.GetRevision()}
	return printed(response)
}

// checkHalfClosedWatch: a client that will ask nothing more still gets its events.
func (s *side) checkHalfClosedWatch() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stream, err := pb.NewWatchClient(s.client.ActiveConnection()).Watch(ctx)
	if err != nil {
		return err
	}
	key := []byte("half-closed")
	if err := stream.Send(creation(&pb.WatchCreateRequest{Key: key})); err != nil {
		return err
	}
	if _, err := stream.Recv(); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if _, err := s.kv.Put(ctx, &pb.PutRequest{Key: key, Value: []byte("v")}); err != nil {
		return err
	}
	response, err := stream.Recv()
	if err != nil {
		return err
	}
	if len(response.Events) != 1 || !bytes.Equal(response.Events[0].Kv.Key, key) {
		return fmt.Errorf("expected one event, got %v", response)
	}
	return nil
}
