package main

import (
	"fmt"
	"maps"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/protobuf/proto"
)

const tryEachAtMost = 40

// recorded is what both sides said to one call, before anything was made alike.
type recorded struct {
	method string
	a, b   answer
}

func (a answer) clone() answer {
	own := a
	own.messages = make([]proto.Message, len(a.messages))
	for i, m := range a.messages {
		own.messages[i] = proto.Clone(m)
	}
	return own
}

// selfTest plants every kind of fault in many answers of a run that had no difference. Each must be found.
func selfTest(answers []recorded, streams [][2]*watchStream) error {
	answers = append(answers, madeUpAnswers()...)
	for _, kind := range plantNames() {
		tried := 0
		for _, pair := range answers {
			b := pair.b.clone()
			if !plants[kind](&b) {
				continue
			}
			if why := differ(pair.method, pair.a.clone(), b); why == "" && !tolerated(kind, pair) {
				return fmt.Errorf("a planted %s was not found in the answer to %s %s\n%v",
					kind, pair.method, printed(pair.a.sent), b)
			}
			if tried++; tried == tryEachAtMost {
				break
			}
		}
		if tried == 0 {
			return fmt.Errorf("no answer could bear a planted %s", kind)
		}
	}
	streams = append(streams, [2]*watchStream{madeUpStream(), madeUpStream()})
	for _, kind := range watchPlantNames() {
		tried := 0
		for _, pair := range streams {
			b := pair[1].copied()
			if !watchPlants[kind](b) {
				continue
			}
			if differStreams(pair[0].copied(), b) == "" {
				return fmt.Errorf("a planted %s was not found", kind)
			}
			tried++
		}
		if tried == 0 {
			return fmt.Errorf("no watch could bear a planted %s", kind)
		}
	}
	fmt.Printf("%d kinds of planted faults, all found\n", len(plants)+len(watchPlants))
	return nil
}

// tolerated: swapping two elements that tie in a long sorted result is no fault, and which of the elements
// that tie at a limit are given is nobody's promise.
func tolerated(kind string, pair recorded) bool {
	if pair.method != "Range" || kind == "order" {
		return pair.method == "Range"
	}
	request, _ := pair.a.sent.(*pb.RangeRequest)
	if len(pair.a.messages) == 0 {
		return false
	}
	found, _ := pair.a.messages[0].(*pb.RangeResponse)
	return request.GetSortTarget() != pb.RangeRequest_KEY && found.GetMore() && found.GetCount() > stableSortMax
}

// copied is what the stream has said, so that a fault can be planted in it.
func (w *watchStream) copied() *watchStream {
	w.mu.Lock()
	defer w.mu.Unlock()
	own := &watchStream{broken: w.broken, events: maps.Clone(w.events), cancels: maps.Clone(w.cancels)}
	for id, list := range own.events {
		own.events[id] = cloneAll(list)
	}
	for id, response := range own.cancels {
		own.cancels[id] = proto.CloneOf(response)
	}
	own.acks = cloneAll(w.acks)
	return own
}

func cloneAll[M proto.Message](list []M) []M {
	own := slices.Clone(list)
	for i, m := range own {
		own[i] = proto.CloneOf(m)
	}
	return own
}

// madeUpAnswers are of the calls that a short history may leave out by chance.
func madeUpAnswers() []recorded {
	header := &pb.ResponseHeader{Revision: 9}
	made := map[string]proto.Message{
		"HashKV":     &pb.HashKVResponse{Header: header, Hash: 7, HashRevision: 9},
		"Status":     &pb.StatusResponse{Header: header, Version: "3.7.3", StorageVersion: "3.7.0"},
		"MemberList": &pb.MemberListResponse{Header: header, Members: []*pb.Member{{ID: 1, Name: "m"}}},
	}
	var answers []recorded
	for _, method := range slices.Sorted(maps.Keys(made)) {
		said := func() answer { return answer{messages: []proto.Message{proto.Clone(made[method])}} }
		answers = append(answers, recorded{method: method, a: said(), b: said()})
	}
	return answers
}

// madeUpStream is a stream that every kind of fault can be planted in.
func madeUpStream() *watchStream {
	kv := func(revision int64) *mvccpb.KeyValue {
		return &mvccpb.KeyValue{Key: []byte("k"), Value: []byte("v"), CreateRevision: 2, ModRevision: revision, Version: revision - 1}
	}
	refused := &pb.WatchResponse{
		Header: &pb.ResponseHeader{Revision: 9}, WatchId: 2, Created: true, Canceled: true,
		CancelReason: "etcdserver: watcher is not found",
	}
	return &watchStream{
		acks: []*pb.WatchResponse{{Header: &pb.ResponseHeader{Revision: 9}, WatchId: 1, Created: true}, refused},
		events: map[int64][]*mvccpb.Event{1: {
			{Kv: kv(2)}, {Kv: kv(3), PrevKv: kv(2)}, {Kv: kv(4), PrevKv: kv(3)},
		}},
		cancels: map[int64]*pb.WatchResponse{
			3: {Header: &pb.ResponseHeader{Revision: 9}, WatchId: 3, Canceled: true, CompactRevision: 8},
		},
	}
}
