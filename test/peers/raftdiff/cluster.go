package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// cluster holds the nodes of one episode and the messages between them, by number.
type cluster struct {
	nodes    map[uint64]*node
	messages map[int]*pb.Message
	next     int
}

func newCluster(seed uint32) *cluster {
	// Every election timeout is drawn through this reader, in the order of events. That both sides
	// draw equally often is thereby compared too.
	rand.Reader = &source{state: seed | 1}
	return &cluster{nodes: map[uint64]*node{}, messages: map[int]*pb.Message{}}
}

// source gives the bytes of a xorshift generator.
type source struct{ state uint32 }

var _ io.Reader = (*source)(nil)

func (s *source) Read(p []byte) (int, error) {
	for i := range p {
		s.state ^= s.state << 13
		s.state ^= s.state >> 17
		s.state ^= s.state << 5
		p[i] = byte(s.state >> 24)
	}
	return len(p), nil
}

// run carries out one command and returns what there is to see of it.
func (c *cluster) run(line string) (text []byte) {
	defer func() {
		if reason := recover(); reason != nil {
			if strings.HasPrefix(fmt.Sprint(reason), "raftdiff:") {
				panic(reason)
			}
			text = []byte("panic")
		}
	}()
	words := strings.Split(line, " ")
	if words[0] == "reset" {
		*c = *newCluster(uint32(number(words[1])))
		return []byte("reset")
	}
	if words[0] == "drop" {
		delete(c.messages, int(number(words[1])))
		return nil
	}
	var w writer
	if words[0] == "deliver" || words[0] == "redeliver" {
		key := int(number(words[1]))
		m := proto.Clone(c.messages[key]).(*pb.Message)
		if words[0] == "deliver" {
			delete(c.messages, key)
		}
		n := c.nodes[m.GetTo()]
		n.normalizeRefused(m)
		w.err(n.raw.Step(m))
		n.writeStatus(&w)
		return w
	}
	id := number(words[1])
	if words[0] == "node" {
		c.start(id, words[2:])
		c.nodes[id].writeStatus(&w)
		return w
	}
	n := c.nodes[id]
	n.do(c, words[0], words[2:], &w)
	n.writeStatus(&w)
	return w
}

// start makes a node of its storage, which a restart keeps.
func (c *cluster) start(id uint64, words []string) {
	n := c.nodes[id]
	if n == nil {
		n = &node{id: id, storage: raft.NewMemoryStorage()}
		c.nodes[id] = n
	}
	get := func(key string) string {
		for _, word := range words {
			if k, v, ok := strings.Cut(word, "="); ok && k == key {
				return v
			}
		}
		return "0"
	}
	size := func(key string) uint64 {
		if get(key) == "none" {
			return math.MaxUint64
		}
		return number(get(key))
	}
	if index := number(get("index")); index > 0 {
		snap := pb.EnsureSnapshot(nil)
		snap.Metadata.Index = new(index)
		snap.Metadata.Term = new(uint64(1))
		snap.Metadata.ConfState.Voters = idList(get("voters"))
		snap.Metadata.ConfState.Learners = idList(get("learners"))
		snap.Data = make([]byte, 4)
		check(n.storage.ApplySnapshot(snap))
		check(n.storage.SetHardState(&pb.HardState{Term: new(uint64(1)), Vote: new(uint64(0)), Commit: new(index)}))
	}
	n.recover()
	config := &raft.Config{
		ID: id, Storage: n.storage, Logger: silent{},
		Applied:                     n.applied,
		ElectionTick:                int(number(get("election"))),
		HeartbeatTick:               int(number(get("heartbeat"))),
		AsyncStorageWrites:          get("async") == "1",
		MaxSizePerMsg:               size("message"),
		MaxCommittedSizePerReady:    size("committed"),
		MaxUncommittedEntriesSize:   size("uncommitted"),
		MaxInflightMsgs:             int(number(get("inflight"))),
		MaxInflightBytes:            size("inflightbytes"),
		CheckQuorum:                 get("checkquorum") == "1",
		PreVote:                     get("prevote") == "1",
		ReadOnlyOption:              raft.ReadOnlyOption(number(get("lease"))),
		DisableProposalForwarding:   get("noforward") == "1",
		DisableConfChangeValidation: get("novalidation") == "1",
		StepDownOnRemoval:           get("stepdown") == "1",
	}
	raw, err := raft.NewRawNode(config)
	check(err)
	n.raw, n.config = raw, config
}

func (c *cluster) send(messages []*pb.Message) {
	for _, m := range messages {
		c.messages[c.next] = m
		c.next++
	}
}

func number(word string) uint64 {
	n, err := strconv.ParseUint(word, 10, 64)
	check(err)
	return n
}

func idList(word string) (ids []uint64) {
	for _, id := range strings.Split(word, ",") {
		if n := number(id); n != 0 {
			ids = append(ids, n)
		}
	}
	return ids
}

// data reads hex. Empty is nil: an empty field that is present is two bytes longer in Go only.
func data(word string) []byte {
	bytes, err := hex.DecodeString(strings.TrimPrefix(word, "x"))
	check(err)
	if len(bytes) == 0 {
		return nil
	}
	return bytes
}

func check(err error) {
	if err != nil {
		panic("raftdiff: " + err.Error())
	}
}

// silent is a logger of no words; what it is told to panic about, it does.
type silent struct{}

func (silent) Debug(...any)              {}
func (silent) Debugf(string, ...any)     {}
func (silent) Error(...any)              {}
func (silent) Errorf(string, ...any)     {}
func (silent) Info(...any)               {}
func (silent) Infof(string, ...any)      {}
func (silent) Warning(...any)            {}
func (silent) Warningf(string, ...any)   {}
func (silent) Fatal(v ...any)            { panic(fmt.Sprint(v...)) }
func (silent) Fatalf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (silent) Panic(v ...any)            { panic(fmt.Sprint(v...)) }
func (silent) Panicf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
