// waldump lets etcd's own code read, check, repair and write logs and snapshot files, and prints what
// it found as JSON, so that tests can hold it against ours.
package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"go.etcd.io/etcd/client/pkg/v3/fileutil"
	"go.etcd.io/etcd/server/v3/etcdserver/api/membership"
	"go.etcd.io/etcd/server/v3/etcdserver/api/snap"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v2store"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
)

const usage = `usage:
  waldump read DIR INDEX TERM       everything behind a snapshot, read only
  waldump open DIR INDEX TERM       the same, opened for appending
  waldump verify DIR INDEX TERM     only whether it holds
  waldump snapshots DIR             the valid snapshot entries
  waldump repair DIR                etcd's repair
  waldump decode DIR                every file of a folder by itself: how far, and why no further
  waldump snap FILE                 one .snap file
  waldump write DIR SEGMENT COUNT SIZE SYNCED
                                    a new log with COUNT entries of SIZE bytes, SYNCED per save
  waldump append DIR INDEX TERM COUNT SIZE
                                    opens a log and appends entries`

type entry struct {
	Type  int32  `json:"type"`
	Term  uint64 `json:"term"`
	Index uint64 `json:"index"`
	Data  string `json:"data"`
}

type content struct {
	Metadata string  `json:"metadata"`
	Term     uint64  `json:"term"`
	Vote     string  `json:"vote"`
	Commit   uint64  `json:"commit"`
	Entries  []entry `json:"entries"`
	Error    string  `json:"error"`
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	answer := run(os.Args[1], os.Args[2], os.Args[3:])
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		panic(err)
	}
}

func run(verb, path string, rest []string) any {
	switch verb {
	case "read":
		w, err := wal.OpenForRead(zap.NewNop(), path, at(rest))
		return readAll(w, err)
	case "open":
		w, err := wal.Open(zap.NewNop(), path, at(rest))
		return readAll(w, err)
	case "verify":
		state, err := wal.Verify(zap.NewNop(), path, at(rest))
		return contentOf(nil, state, nil, err)
	case "snapshots":
		return snapshots(path)
	case "repair":
		return wal.Repair(zap.NewNop(), path)
	case "decode":
		return decodeAll(path)
	case "snap":
		return readSnap(path)
	case "write":
		return write(path, rest)
	case "append":
		return appendTo(path, rest)
	}
	fmt.Fprintln(os.Stderr, usage)
	os.Exit(2)
	return nil
}

func number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func at(rest []string) *walpb.Snapshot {
	return &walpb.Snapshot{Index: new(number(rest[0])), Term: new(number(rest[1]))}
}

func words(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func contentOf(metadata []byte, state *raftpb.HardState, entries []*raftpb.Entry, err error) content {
	c := content{Metadata: hex.EncodeToString(metadata), Error: words(err), Entries: []entry{}}
	if state != nil {
		c.Term, c.Commit = state.GetTerm(), state.GetCommit()
		c.Vote = strconv.FormatUint(state.GetVote(), 16)
	}
	for _, e := range entries {
		c.Entries = append(c.Entries, entry{
			Type: int32(e.GetType()), Term: e.GetTerm(), Index: e.GetIndex(), Data: hex.EncodeToString(e.GetData()),
		})
	}
	return c
}

func readAll(w *wal.WAL, err error) content {
	if err != nil {
		return content{Error: err.Error()}
	}
	metadata, state, entries, err := w.ReadAll()
	return contentOf(metadata, state, entries, err)
}

func snapshots(path string) any {
	found, err := wal.ValidSnapshotEntries(zap.NewNop(), path)
	type one struct {
		Index  uint64   `json:"index"`
		Term   uint64   `json:"term"`
		Voters []string `json:"voters"`
	}
	list := []one{}
	for _, s := range found {
		voters := []string{}
		for _, id := range s.GetConfState().GetVoters() {
			voters = append(voters, strconv.FormatUint(id, 16))
		}
		list = append(list, one{s.GetIndex(), s.GetTerm(), voters})
	}
	return map[string]any{"snapshots": list, "error": words(err)}
}

// decodeAll reads each file of a folder as the last of a log and says how that ended.
func decodeAll(folder string) any {
	type one struct {
		Name    string `json:"name"`
		Records int    `json:"records"`
		Offset  int64  `json:"offset"`
		End     string `json:"end"`
	}
	names, err := os.ReadDir(folder)
	if err != nil {
		panic(err)
	}
	sort.Slice(names, func(i, j int) bool { return names[i].Name() < names[j].Name() })
	list := []one{}
	for _, name := range names {
		file, err := os.Open(filepath.Join(folder, name.Name()))
		if err != nil {
			panic(err)
		}
		records, offset, end := decodeFile(file)
		list = append(list, one{name.Name(), records, offset, end})
		file.Close()
	}
	return list
}

func decodeFile(file *os.File) (records int, offset int64, end string) {
	decoder := wal.NewDecoder(fileutil.NewFileReader(file))
	rec := &walpb.Record{}
	for {
		err := decoder.Decode(rec)
		switch {
		case err == nil:
		case errors.Is(err, io.ErrUnexpectedEOF):
			return records, decoder.LastOffset(), "unexpectedEof"
		case errors.Is(err, io.EOF):
			return records, decoder.LastOffset(), "end"
		case errors.Is(err, wal.ErrCRCMismatch):
			return records, decoder.LastOffset(), "crcMismatch"
		default:
			return records, decoder.LastOffset(), "malformed"
		}
		records++
		if rec.GetType() == wal.CrcType {
			if crc := decoder.LastCRC(); crc != 0 && rec.Validate(crc) != nil {
				return records, decoder.LastOffset(), "crcMismatch"
			}
			decoder.UpdateCRC(rec.GetCrc())
		}
	}
}

func readSnap(path string) any {
	s, err := snap.Read(zap.NewNop(), path)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	voters := []string{}
	for _, id := range s.GetMetadata().GetConfState().GetVoters() {
		voters = append(voters, strconv.FormatUint(id, 16))
	}
	st := v2store.New("/0", "/1")
	stored := map[string]any{}
	if err := st.Recovery(s.GetData()); err == nil {
		members, removed := membership.MembersFromStore(zap.NewNop(), st)
		names, gone := map[string]string{}, []string{}
		for id, m := range members {
			names[id.String()] = m.Name
		}
		for id := range removed {
			gone = append(gone, id.String())
		}
		stored["members"], stored["removed"] = names, gone
		if e, err := st.Get("/0/version", false, false); err == nil {
			stored["version"] = *e.Node.Value
		}
	}
	return map[string]any{
		"stored": stored,
		"index":  s.GetMetadata().GetIndex(), "term": s.GetMetadata().GetTerm(), "voters": voters,
		"data": string(s.GetData()), "error": "",
	}
}

// made is entry `index`: its bytes follow from the index, so that both sides know them.
func made(index uint64, size int) *raftpb.Entry {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(index*7 + uint64(i))
	}
	return &raftpb.Entry{Term: new(uint64(2)), Index: new(index), Data: data}
}

func save(w *wal.WAL, first, count uint64, size, together int) {
	for index := first; index < first+count; {
		batch := []*raftpb.Entry{}
		for len(batch) < together && index < first+count {
			batch = append(batch, made(index, size))
			index++
		}
		state := &raftpb.HardState{Term: new(uint64(2)), Vote: new(uint64(0xfedcba9876543210)), Commit: new(index - 1)}
		if err := w.Save(state, batch); err != nil {
			panic(err)
		}
	}
}

func write(path string, rest []string) any {
	wal.SegmentSizeBytes = int64(number(rest[0]))
	w, err := wal.Create(zap.NewNop(), path, []byte("metadata of waldump"))
	if err != nil {
		panic(err)
	}
	count := number(rest[1])
	save(w, 1, count, int(number(rest[2])), int(number(rest[3])))
	conf := &raftpb.ConfState{Voters: []uint64{0xfedcba9876543210}, AutoLeave: new(false)}
	if err := w.SaveSnapshot(&walpb.Snapshot{Index: new(count), Term: new(uint64(2)), ConfState: conf}); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return count
}

func appendTo(path string, rest []string) any {
	w, err := wal.Open(zap.NewNop(), path, at(rest))
	if err != nil {
		return err.Error()
	}
	_, _, entries, err := w.ReadAll()
	if err != nil {
		return err.Error()
	}
	next := number(rest[0]) + uint64(len(entries)) + 1
	save(w, next, number(rest[2]), int(number(rest[3])), 1)
	if err := w.Close(); err != nil {
		return err.Error()
	}
	return ""
}
