package main

import (
	"context"
	"fmt"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/protobuf/proto"
)

const (
	fragmentValueBytes = 500_000
	fragmentKeys       = 3
	fragmentWatchers   = 4
	// responseBytesMax is --max-request-bytes and 512 KiB, beyond which a response is cut.
	responseBytesMax = 2 << 20
)

// compareFragments makes revisions whose events, with what was there before, exceed what one response
// may hold, and compares how they are cut: live, and for watchers that come afterwards.
func compareFragments(a, b *side) (int, error) {
	var heard [2]map[int64][]*pb.WatchResponse
	for i, s := range []*side{a, b} {
		var err error
		if heard[i], err = s.fragments(); err != nil {
			return 0, fmt.Errorf("DIFFERENCE: fragmented watch on %s: %w", s.name, err)
		}
	}
	count := 0
	for id := range int64(2 * fragmentWatchers) {
		left, right := heard[0][id], heard[1][id]
		if id >= fragmentWatchers {
			// How much of the past one response holds is the server's choice; how it is cut is not.
			var err error
			if left, err = joined(left); err != nil {
				return 0, fmt.Errorf("watcher %d on a: %w", id, err)
			}
			if right, err = joined(right); err != nil {
				return 0, fmt.Errorf("DIFFERENCE: watcher %d on b: %w", id, err)
			}
		}
		if len(left) != len(right) {
			return 0, fmt.Errorf("DIFFERENCE: watcher %d got %d responses on a, %d on b", id, len(left), len(right))
		}
		for i, x := range left {
			y := right[i]
			if why := settleHeader(x.Header, y.Header); why != "" || !proto.Equal(x, y) {
				return 0, fmt.Errorf("DIFFERENCE in response %d to watcher %d: %s %d events, fragment %v, revision %d "+
					"against %d events, fragment %v, revision %d", i, id, why, len(x.Events), x.Fragment,
					x.Header.GetRevision(), len(y.Events), y.Fragment, y.Header.GetRevision())
			}
			count++
		}
	}
	return count, nil
}

// joined is the acknowledgement and then one response with all events, after a check that no revision
// goes over from one response to the next unless the first says that it is a fragment.
func joined(heard []*pb.WatchResponse) ([]*pb.WatchResponse, error) {
	whole := &pb.WatchResponse{WatchId: heard[0].WatchId}
	open := false
	for _, response := range heard[1:] {
		if n := len(whole.Events); n > 0 && !open &&
			whole.Events[n-1].Kv.ModRevision == response.Events[0].Kv.ModRevision {
			return nil, fmt.Errorf("revision %d is cut without a word", response.Events[0].Kv.ModRevision)
		}
		if size := proto.Size(response); response.Fragment && size > responseBytesMax && len(response.Events) > 1 {
			return nil, fmt.Errorf("a fragment of %d bytes with %d events", size, len(response.Events))
		}
		whole.Events = append(whole.Events, response.Events...)
		open = response.Fragment
	}
	if open {
		return nil, fmt.Errorf("the last response says that more of its revision follows")
	}
	return []*pb.WatchResponse{heard[0], whole}, nil
}

func (s *side) fragments() (map[int64][]*pb.WatchResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	stream, err := pb.NewWatchClient(s.client.ActiveConnection()).Watch(ctx)
	if err != nil {
		return nil, err
	}
	from, to := []byte("fragment/"), []byte("fragment0")
	open := func(start int64) error {
		for i := range fragmentWatchers {
			request := &pb.WatchCreateRequest{Key: from, RangeEnd: to, StartRevision: start, Fragment: i&1 == 0, PrevKv: i&2 == 0}
			if err := stream.Send(creation(request)); err != nil {
				return err
			}
		}
		return nil
	}
	heard := map[int64][]*pb.WatchResponse{}
	// listen reads until every one of the watchers from firstID on has had so many events.
	listen := func(firstID int64, acks, events int) error {
		seen := map[int64]int{}
		for done := 0; acks > 0 || done < fragmentWatchers; {
			response, err := stream.Recv()
			if err != nil {
				return err
			}
			heard[response.WatchId] = append(heard[response.WatchId], response)
			if response.Created {
				acks--
			} else if response.WatchId >= firstID {
				if seen[response.WatchId] += len(response.Events); seen[response.WatchId] == events && !response.Fragment {
					done++
				}
			}
		}
		return nil
	}
	if err := open(0); err != nil {
		return nil, err
	}
	for range fragmentWatchers {
		response, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		heard[response.WatchId] = append(heard[response.WatchId], response)
	}
	first, err := s.writeFragments(ctx, from, to)
	if err != nil {
		return nil, err
	}
	if err := listen(0, 0, 3*fragmentKeys); err != nil {
		return nil, err
	}
	if err := open(first); err != nil {
		return nil, err
	}
	return heard, listen(fragmentWatchers, fragmentWatchers, 3*fragmentKeys)
}

// writeFragments puts all keys, puts them again, and deletes them; returns the first revision.
func (s *side) writeFragments(ctx context.Context, from, to []byte) (int64, error) {
	var first int64
	for round := range 2 {
		txn := &pb.TxnRequest{}
		for i := range fragmentKeys {
			value := make([]byte, fragmentValueBytes)
			value[0] = byte(round)
			txn.Success = append(txn.Success, putOp(&pb.PutRequest{Key: fmt.Appendf(nil, "fragment/%d", i), Value: value}))
		}
		done, err := s.kv.Txn(ctx, txn)
		if err != nil {
			return 0, err
		}
		if round == 0 {
			first = done.Header.Revision
		}
	}
	_, err := s.kv.DeleteRange(ctx, &pb.DeleteRangeRequest{Key: from, RangeEnd: to})
	return first, err
}
