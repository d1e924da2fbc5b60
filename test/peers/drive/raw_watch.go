package main

import (
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const eventsField = 11

// rawCodec leaves messages as they are: a client that decodes a million events a second measures itself.
type rawCodec struct{}

func (rawCodec) Marshal(message any) ([]byte, error) { return message.([]byte), nil }

func (rawCodec) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = data
	return nil
}

func (rawCodec) Name() string { return "proto" }

// eventsIn counts the events of an encoded WatchResponse.
func eventsIn(message []byte) (count int64) {
	for len(message) > 0 {
		number, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return count
		}
		if number == eventsField {
			count++
		}
		value := protowire.ConsumeFieldValue(number, kind, message[tag:])
		if value < 0 {
			return count
		}
		message = message[tag+value:]
	}
	return count
}

// rawWatchers opens so many on a prefix, and waits until each is acknowledged. `seen` gets every
// message as it came.
func (j *job) rawWatchers(count, perStream int, prefix string, seen func([]byte)) error {
	clients, err := j.clients((count + perStream - 1) / perStream)
	if err != nil {
		return err
	}
	for at, client := range clients {
		if err := j.rawStream(client, min(perStream, count-at*perStream), prefix, seen); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) rawStream(client *clientv3.Client, watchers int, prefix string, seen func([]byte)) error {
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	stream, err := client.ActiveConnection().NewStream(j.ctx, description, "/etcdserverpb.Watch/Watch", grpc.ForceCodec(rawCodec{}))
	if err != nil {
		return err
	}
	create := &pb.WatchCreateRequest{Key: []byte(prefix), RangeEnd: []byte(clientv3.GetPrefixRangeEnd(prefix))}
	request, err := proto.Marshal(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: create}})
	if err != nil {
		return err
	}
	var message []byte
	for range watchers {
		if err := stream.SendMsg(request); err != nil {
			return err
		}
		if err := stream.RecvMsg(&message); err != nil {
			return err
		}
	}
	go func() {
		for {
			var message []byte
			if stream.RecvMsg(&message) != nil {
				return
			}
			seen(message)
		}
	}()
	return nil
}
