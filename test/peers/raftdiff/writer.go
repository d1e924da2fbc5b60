package main

import (
	"encoding/hex"
	"slices"
	"strconv"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// writer makes the text that both sides compare. Absent and zero are the same in it.
type writer []byte

func (w *writer) text(s string) { *w = append(*w, s...) }

func (w *writer) uint(label string, n uint64) {
	*w = append(*w, label...)
	*w = strconv.AppendUint(*w, n, 10)
}

func (w *writer) bool(label string, b bool) {
	*w = append(*w, label...)
	if b {
		*w = append(*w, '1')
	} else {
		*w = append(*w, '0')
	}
}

func (w *writer) hex(label string, b []byte) {
	*w = append(*w, label...)
	*w = hex.AppendEncode(*w, b)
}

func (w *writer) ids(label string, ids []uint64) {
	w.text(label)
	for _, id := range ids {
		w.uint(",", id)
	}
}

func (w *writer) err(err error) {
	if err != nil {
		w.text("error " + err.Error())
	}
}

func (w *writer) entries(label string, entries []*pb.Entry) {
	w.text(label)
	for _, e := range entries {
		w.uint(" ", e.GetTerm())
		w.uint("/", e.GetIndex())
		w.uint("/", uint64(e.GetType()))
		w.hex("/", e.GetData())
	}
	w.text("]")
}

func (w *writer) confState(cs *pb.ConfState) {
	w.ids(" voters", cs.GetVoters())
	w.ids(" outgoing", cs.GetVotersOutgoing())
	w.ids(" learners", cs.GetLearners())
	w.ids(" next", cs.GetLearnersNext())
	w.bool(" auto", cs.GetAutoLeave())
}

func (w *writer) snapshot(s *pb.Snapshot) {
	if raft.IsEmptySnap(s) {
		w.text(" -")
		return
	}
	w.uint(" snapshot", s.GetMetadata().GetIndex())
	w.uint("/", s.GetMetadata().GetTerm())
	w.hex("/", s.GetData())
	w.confState(s.GetMetadata().GetConfState())
}

func (w *writer) message(m *pb.Message) {
	w.uint(" {", uint64(m.GetType()))
	w.uint(" ", m.GetFrom())
	w.uint(">", m.GetTo())
	w.uint(" t", m.GetTerm())
	w.uint(" l", m.GetLogTerm())
	w.uint("/", m.GetIndex())
	w.uint(" c", m.GetCommit())
	w.uint(" v", m.GetVote())
	w.bool(" r", m.GetReject())
	w.uint("/", m.GetRejectHint())
	w.hex(" x", m.GetContext())
	w.entries(" e[", m.GetEntries())
	w.snapshot(m.GetSnapshot())
	for _, r := range m.GetResponses() {
		w.message(r)
	}
	w.text("}")
}

func (w *writer) ready(rd raft.Ready) {
	w.bool("sync", rd.MustSync)
	if rd.SoftState != nil {
		w.uint(" lead", rd.Lead)
		w.uint(" role", uint64(rd.RaftState))
	}
	if rd.HardState != nil {
		w.uint(" hard", rd.GetTerm())
		w.uint("/", rd.GetVote())
		w.uint("/", rd.GetCommit())
	}
	for _, rs := range rd.ReadStates {
		w.uint(" read", rs.Index)
		w.hex("/", rs.RequestCtx)
	}
	w.entries(" entries[", rd.Entries)
	w.snapshot(rd.Snapshot)
	w.entries(" committed[", rd.CommittedEntries)
	for _, m := range rd.Messages {
		w.message(m)
	}
}

// writeStatus adds everything about the node that its interface shows.
func (n *node) writeStatus(w *writer) {
	st := n.raw.Status()
	w.uint(" | t", st.GetTerm())
	w.uint(" v", st.GetVote())
	w.uint(" c", st.GetCommit())
	w.uint(" lead", st.Lead)
	w.uint(" role", uint64(st.RaftState))
	w.uint(" applied", st.Applied)
	w.uint(" to", st.LeadTransferee)
	w.bool(" ready", n.raw.HasReady())
	first, err := n.storage.FirstIndex()
	check(err)
	last, err := n.storage.LastIndex()
	check(err)
	w.uint(" log", first)
	w.uint("-", last)
	w.ids(" in", st.Config.Voters[0].Slice())
	w.ids(" out", st.Config.Voters[1].Slice())
	ids := make([]uint64, 0, len(st.Progress))
	for id := range st.Progress {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		w.progress(id, st.Progress[id])
	}
}

func (w *writer) progress(id uint64, pr tracker.Progress) {
	w.uint(" [", id)
	w.uint(" ", pr.Match)
	w.uint("/", pr.Next)
	w.uint(" ", uint64(pr.State))
	w.bool(" l", pr.IsLearner)
	w.bool(" p", pr.IsPaused())
	w.bool(" a", pr.RecentActive)
	w.uint(" s", pr.PendingSnapshot)
	w.uint(" i", uint64(pr.Inflights.Count()))
	w.bool("/", pr.Inflights.Full())
	w.text("]")
}
