package main

import (
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/etcd/api/v3/mvccpb"
)

// The faults that a watch may have, planted in what the second server's stream has said.
var watchPlants = map[string]func(w *watchStream) bool{
	"event-lost":  onEvents(func(e []*mvccpb.Event) []*mvccpb.Event { return slices.Delete(e, 1, 2) }),
	"event-twice": onEvents(func(e []*mvccpb.Event) []*mvccpb.Event { return slices.Insert(e, 1, e[1]) }),
	"event-order": onEvents(func(e []*mvccpb.Event) []*mvccpb.Event { e[0], e[1] = e[1], e[0]; return e }),
	"event-type":  onEvents(func(e []*mvccpb.Event) []*mvccpb.Event { e[1].Type ^= 1; return e }),
	"event-prev": func(w *watchStream) bool {
		for _, list := range w.events {
			for _, e := range list {
				if e.PrevKv != nil {
					e.PrevKv = nil
					return true
				}
			}
		}
		return false
	},
	"ack-revision": func(w *watchStream) bool {
		if len(w.acks) == 0 {
			return false
		}
		w.acks[0].Header.Revision++
		return true
	},
	"cancel-reason": func(w *watchStream) bool {
		for _, ack := range w.acks {
			if ack.CancelReason != "" {
				ack.CancelReason = "canceled"
				return true
			}
		}
		return false
	},
	"compact-revision": func(w *watchStream) bool {
		for _, response := range w.cancels {
			if response.CompactRevision != 0 {
				response.CompactRevision--
				return true
			}
		}
		return false
	},
}

func watchPlantNames() []string { return slices.Sorted(maps.Keys(watchPlants)) }

func onEvents(change func([]*mvccpb.Event) []*mvccpb.Event) func(*watchStream) bool {
	return func(w *watchStream) bool {
		for id, list := range w.events {
			if len(list) > 2 {
				w.events[id] = change(slices.Clone(list))
				return true
			}
		}
		return false
	}
}

func (p *planter) touchWatch(call int, w *watchStream) {
	if p.kind == "" || p.done || call < p.after {
		return
	}
	if change, known := watchPlants[p.kind]; known && change(w) {
		p.done = true
		fmt.Printf("planted %s in what watchers heard since call %d\n", p.kind, call)
	}
}
