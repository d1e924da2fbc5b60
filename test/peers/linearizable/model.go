package main

import (
	"fmt"
	"math"
	"sort"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

type kind int

const (
	put kind = iota
	get
	remove
	swap
)

// forever is the end of an operation that was never answered.
const forever = int64(math.MaxInt64)

// unknownRevision is that of a value whose write was never answered, until somebody reads it.
const unknownRevision = -1

type input struct {
	kind     kind
	key      string
	value    string
	expected int64
}

type output struct {
	unknown bool
	// revision is the header's; modRevision and value are the key's after the operation.
	revision, modRevision int64
	value                 string
	changed               bool
}

// register is the state of one key; mod 0 is a key that is not there.
type register struct {
	value string
	mod   int64
}

// model is etcd seen through one key: keys do not touch one another, so each is checked alone.
func model() porcupine.Model {
	m := porcupine.NondeterministicModel{
		Partition: byKey,
		Init:      func() []any { return []any{register{}} },
		Step: func(state, in, out any) []any {
			var next []any
			for _, one := range step(state.(register), in.(input), out.(output)) {
				next = append(next, one)
			}
			return next
		},
		Equal: func(a, b any) bool { return a == b },
		DescribeOperation: func(in, out any) string {
			i, o := in.(input), out.(output)
			return fmt.Sprintf("%s %s → %+v", [...]string{"put", "get", "delete", "swap"}[i.kind], i.value, o)
		},
	}
	return m.ToModel()
}

// step returns every state that the operation, with this answer, may leave; none when it cannot be.
func step(s register, in input, out output) []register {
	written := register{in.value, out.modRevision}
	if out.unknown {
		written.mod = unknownRevision
	}
	switch in.kind {
	case put:
		return when(out.unknown || s.mod < out.revision, written)
	case remove:
		existed := s.mod != 0
		return when(out.unknown || existed == out.changed, register{})
	case get:
		return when(s.is(out), register{out.value, out.modRevision})
	}
	switch {
	case out.unknown && s.mod == unknownRevision:
		return []register{s, written}
	case out.unknown && s.mod == in.expected:
		return []register{written}
	case out.unknown:
		return []register{s}
	case out.changed:
		return when(s.mod == in.expected || s.mod == unknownRevision, written)
	}
	return when(s.is(out) && out.modRevision != in.expected, register{out.value, out.modRevision})
}

func when(possible bool, next register) []register {
	if possible {
		return []register{next}
	}
	return nil
}

func (s register) is(out output) bool {
	if s.mod == unknownRevision {
		return s.value == out.value && out.modRevision != 0
	}
	return s.value == out.value && s.mod == out.modRevision
}

func byKey(all []porcupine.Operation) [][]porcupine.Operation {
	of := map[string][]porcupine.Operation{}
	for _, one := range all {
		key := one.Input.(input).key
		of[key] = append(of[key], one)
	}
	var parts [][]porcupine.Operation
	for _, part := range of {
		parts = append(parts, part)
	}
	return parts
}

// history is what all clients asked and were answered, with the times between which each happened.
type history struct {
	mu      sync.Mutex
	started time.Time
	done    []porcupine.Operation
}

func (h *history) now() int64 { return int64(time.Since(h.started)) }

func (h *history) add(client int, in input, out output, call, back int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, porcupine.Operation{ClientId: client, Input: in, Output: out, Call: call, Return: back})
}

// operations gives each unanswered one a client of its own: its own client went on without it.
func (h *history) operations() []porcupine.Operation {
	lonely := 1 << 16
	for i := range h.done {
		if h.done[i].Return == forever {
			h.done[i].ClientId = lonely
			lonely++
		}
	}
	return h.done
}

func (h *history) unknown() (count int) {
	for _, one := range h.done {
		if one.Return == forever {
			count++
		}
	}
	return count
}

// checkRealTime: an operation that began after another had ended sees at least its revision, and makes a
// greater one if it changes anything. This holds across all keys, which porcupine, key by key, cannot see.
func (h *history) checkRealTime() error {
	begins, ends := make([]int, len(h.done)), make([]int, len(h.done))
	for i := range h.done {
		begins[i], ends[i] = i, i
	}
	sort.Slice(begins, func(i, j int) bool { return h.done[begins[i]].Call < h.done[begins[j]].Call })
	sort.Slice(ends, func(i, j int) bool { return h.done[ends[i]].Return < h.done[ends[j]].Return })
	var reached int64
	ended := 0
	for _, i := range begins {
		one := h.done[i]
		for ; ended < len(ends) && h.done[ends[ended]].Return < one.Call; ended++ {
			reached = max(reached, h.done[ends[ended]].Output.(output).revision)
		}
		in, out := one.Input.(input), one.Output.(output)
		if out.unknown {
			continue
		}
		writes := in.kind == put || out.changed
		if out.revision < reached || writes && out.revision == reached {
			return fmt.Errorf("%+v was answered %+v after revision %d had been answered", in, out, reached)
		}
	}
	return nil
}

// plant spoils one answer from the middle of the history.
func (h *history) plant(kind string) {
	for i := len(h.done) / 2; i < len(h.done); i++ {
		in, out := h.done[i].Input.(input), h.done[i].Output.(output)
		switch {
		case kind == "stale" && in.kind == get && out.modRevision > 0:
			for j := range h.done[:i-100] {
				old := h.done[j].Output.(output)
				if h.done[j].Input.(input).kind == get && h.done[j].Input.(input).key == in.key && old.modRevision > 0 {
					out.value, out.modRevision = old.value, old.modRevision
				}
			}
		case kind == "value" && in.kind == get && out.modRevision > 0:
			out.value += "x"
		case kind == "revision" && in.kind == put:
			out.revision -= 50
		default:
			continue
		}
		h.done[i].Output = out
		return
	}
}
