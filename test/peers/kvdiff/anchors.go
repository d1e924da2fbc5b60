package main

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A history is written before it is run, so it cannot know the revisions it will meet. A revision in a
// request is therefore either a plain number or an offset from one of two anchors, which each side
// replaces by what it has itself seen just before the request leaves.
const (
	anchorCurrent   = int64(1) << 50
	anchorCompacted = int64(1) << 51
	anchorReach     = int64(1) << 20
)

func fromCurrent(offset int64) int64   { return anchorCurrent + offset }
func fromCompacted(offset int64) int64 { return anchorCompacted + offset }

// place holds the two revisions one side has reached.
type place struct{ current, compacted int64 }

func (p place) resolve(v int64) int64 {
	switch {
	case v > anchorCurrent-anchorReach && v < anchorCurrent+anchorReach:
		return p.current + (v - anchorCurrent)
	case v > anchorCompacted-anchorReach && v < anchorCompacted+anchorReach:
		return p.compacted + (v - anchorCompacted)
	}
	return v
}

// resolved returns a copy of request in which no revision is relative any more.
func (p place) resolved(request proto.Message) proto.Message {
	own := proto.Clone(request)
	p.resolveIn(own.ProtoReflect())
	return own
}

func (p place) resolveIn(message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsList() && field.Kind() == protoreflect.MessageKind:
			for i := range value.List().Len() {
				p.resolveIn(value.List().Get(i).Message())
			}
		case field.Kind() == protoreflect.MessageKind && !field.IsMap():
			p.resolveIn(value.Message())
		case field.Kind() == protoreflect.Int64Kind && !field.IsList():
			if was := value.Int(); was != p.resolve(was) {
				message.Set(field, protoreflect.ValueOfInt64(p.resolve(was)))
			}
		}
		return true
	})
}
