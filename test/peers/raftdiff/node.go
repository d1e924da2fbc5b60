package main

import (
	"encoding/binary"
	"hash/crc32"
	"reflect"
	"strings"
	"unsafe"

	"google.golang.org/protobuf/proto"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// node is one RawNode with its storage and a state machine that is a checksum of what it applied.
type node struct {
	id      uint64
	raw     *raft.RawNode
	config  *raft.Config
	storage *raft.MemoryStorage

	ready      raft.Ready
	appendWork []*pb.Message
	applyWork  []*pb.Message
	local      []*pb.Message // what its own threads have to tell it, in order

	applied   uint64
	state     uint32
	confState *pb.ConfState
}

// recover forgets everything but the storage.
func (n *node) recover() {
	snapshot, err := n.storage.Snapshot()
	check(err)
	n.appendWork, n.applyWork, n.local = nil, nil, nil
	n.install(snapshot)
}

func (n *node) install(snapshot *pb.Snapshot) {
	n.applied = snapshot.GetMetadata().GetIndex()
	n.confState = snapshot.GetMetadata().GetConfState()
	n.state = 0
	if len(snapshot.GetData()) == 4 {
		n.state = binary.BigEndian.Uint32(snapshot.GetData())
	}
}

func (n *node) do(c *cluster, command string, words []string, w *writer) {
	raw := n.raw
	switch command {
	case "bootstrap":
		var peers []raft.Peer
		for _, id := range idList(words[0]) {
			peers = append(peers, raft.Peer{ID: id})
		}
		w.err(raw.Bootstrap(peers))
	case "tick":
		raw.Tick()
	case "campaign":
		w.err(raw.Campaign())
	case "propose":
		m := &pb.Message{Type: pb.MsgProp.Enum(), From: new(n.id)}
		for _, word := range words {
			m.Entries = append(m.Entries, &pb.Entry{Data: data(word)})
		}
		n.stepOwn(m, w)
	case "change":
		entry := &pb.Entry{Type: pb.EntryType(number(words[0])).Enum(), Data: data(words[1])}
		m := &pb.Message{Type: pb.MsgProp.Enum(), From: new(n.id), Entries: []*pb.Entry{entry}}
		n.stepOwn(m, w)
	case "read":
		raw.ReadIndex(data(words[0]))
	case "transfer":
		raw.TransferLeader(number(words[0]))
	case "forget":
		w.err(raw.ForgetLeader())
	case "unreachable":
		raw.ReportUnreachable(number(words[0]))
	case "snapshotted":
		raw.ReportSnapshot(number(words[0]), raft.SnapshotStatus(number(words[1])))
	case "ready":
		n.takeReady(c, w)
	case "advance":
		raw.Advance(n.ready)
	case "append":
		n.processAppend(c, w)
	case "apply":
		m := n.applyWork[0]
		n.applyWork = n.applyWork[1:]
		n.apply(m.GetEntries(), w)
		n.answer(c, m.GetResponses())
	case "local":
		m := n.local[0]
		n.local = n.local[1:]
		w.err(raw.Step(m))
	case "snapshot":
		data := binary.BigEndian.AppendUint32(nil, n.state)
		_, err := n.storage.CreateSnapshot(n.applied, n.confState, data)
		w.err(err)
	case "compact":
		w.err(n.storage.Compact(number(words[0])))
	default:
		panic("raftdiff: unknown command " + command)
	}
}

func (n *node) stepOwn(m *pb.Message, w *writer) {
	n.normalizeRefused(m)
	w.err(n.raw.Step(m))
}

func (n *node) takeReady(c *cluster, w *writer) {
	rd := n.raw.Ready()
	w.ready(rd)
	n.ready = rd
	for _, m := range rd.Messages {
		switch m.GetType() {
		case pb.MsgStorageAppend:
			n.appendWork = append(n.appendWork, m)
		case pb.MsgStorageApply:
			n.applyWork = append(n.applyWork, m)
		default:
			c.send([]*pb.Message{m})
		}
	}
	if n.config.AsyncStorageWrites {
		return
	}
	n.save(rd.HardState, rd.Entries, rd.Snapshot)
	n.apply(rd.CommittedEntries, w)
}

func (n *node) processAppend(c *cluster, w *writer) {
	m := n.appendWork[0]
	n.appendWork = n.appendWork[1:]
	st := &pb.HardState{Term: new(m.GetTerm()), Vote: new(m.GetVote()), Commit: new(m.GetCommit())}
	n.save(st, m.GetEntries(), m.GetSnapshot())
	n.answer(c, m.GetResponses())
}

func (n *node) answer(c *cluster, responses []*pb.Message) {
	for _, m := range responses {
		if m.GetTo() == n.id {
			n.local = append(n.local, m)
		} else {
			c.send([]*pb.Message{m})
		}
	}
}

func (n *node) save(st *pb.HardState, entries []*pb.Entry, snapshot *pb.Snapshot) {
	if !raft.IsEmptySnap(snapshot) {
		check(n.storage.ApplySnapshot(snapshot))
		n.install(snapshot)
	}
	check(n.storage.Append(entries))
	if !raft.IsEmptyHardState(st) {
		check(n.storage.SetHardState(st))
	}
}

func (n *node) apply(entries []*pb.Entry, w *writer) {
	for _, e := range entries {
		n.applied = e.GetIndex()
		n.state = crc32.Update(n.state, castagnoli, e.GetData())
		var change pb.ConfChangeI
		switch e.GetType() {
		case pb.EntryConfChange:
			v1 := &pb.ConfChange{}
			check(proto.Unmarshal(e.GetData(), v1))
			change = v1
		case pb.EntryConfChangeV2:
			v2 := &pb.ConfChangeV2{}
			check(proto.Unmarshal(e.GetData(), v2))
			change = v2
		default:
			continue
		}
		n.confState = n.raw.ApplyConfChange(change)
		w.confState(n.confState)
	}
	w.uint(" state", uint64(n.state))
}

// normalizeRefused puts an entry without a type in the place of a configuration change that this
// leader is about to refuse. Raft would put one there whose type is present and zero, which is two
// bytes longer and means the same; with size limits that could shift where a message is cut.
func (n *node) normalizeRefused(m *pb.Message) {
	if m.GetType() != pb.MsgProp || n.config.DisableConfChangeValidation {
		return
	}
	st := n.raw.BasicStatus()
	for i, e := range m.GetEntries() {
		if st.RaftState != raft.StateLeader || e.GetType() == pb.EntryNormal {
			continue
		}
		isLeaving := false
		if e.GetType() == pb.EntryConfChangeV2 {
			v2 := &pb.ConfChangeV2{}
			check(proto.Unmarshal(e.GetData(), v2))
			isLeaving = len(v2.GetChanges()) == 0
		}
		r := reflect.ValueOf(n.raw).Elem().FieldByName("raft").Elem()
		pending := *(*uint64)(unsafe.Pointer(r.FieldByName("pendingConfIndex").UnsafeAddr()))
		isJoint := strings.Contains(n.raw.Status().Config.String(), "&&")
		if pending > st.Applied || isJoint != isLeaving {
			m.Entries[i] = &pb.Entry{}
		}
	}
}
