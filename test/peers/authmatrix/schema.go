package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	_ "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	_ "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// What the schemas of all services say can be asked: each method, and in its request each range there is
// (at any depth of a transaction), in each form, with each of its switches on.

var packages = []string{"etcdserverpb", "v3lockpb", "v3electionpb", "grpc.health.v1"}

// rangeForms are a key, a key in and out of what users hold, a range within, over an edge, of two that
// touch, open at its end, of everything, backwards, and nothing at all.
var rangeForms = []form{
	{"k", ""}, {"p/1", ""}, {"zz", ""}, {"m", "n"}, {"o", "z"}, {"m", "q"}, {"t", "\x00"}, {"u", "\x00"},
	{"\x00", "\x00"}, {"c", "b"}, {"", ""},
}

// Left out of a request: what would end the matrix (an alarm raised, another version set) or is no question.
var untouched = map[protoreflect.FullName]bool{
	"etcdserverpb.AlarmRequest.action":               true,
	"etcdserverpb.WatchRequest.cancel_request":       true,
	"etcdserverpb.WatchRequest.progress_request":     true,
	"etcdserverpb.LeaseCheckpointRequest":            true,
	"etcdserverpb.RangeRequest.limit":                true,
	"etcdserverpb.RangeRequest.revision":             true,
	"etcdserverpb.HashKVRequest.revision":            true,
	"etcdserverpb.WatchCreateRequest.start_revision": true,
}

const (
	nestingMax  = 2
	quietAtMost = 100 * time.Millisecond
)

type methodOf struct {
	path string
	protoreflect.MethodDescriptor
}

func methods() []methodOf {
	var found []methodOf
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for _, name := range packages {
			if string(file.Package()) != name {
				continue
			}
			for at := range file.Services().Len() {
				service := file.Services().Get(at)
				for of := range service.Methods().Len() {
					method := service.Methods().Get(of)
					path := fmt.Sprintf("/%s/%s", service.FullName(), method.Name())
					found = append(found, methodOf{path, method})
				}
			}
		}
		return true
	})
	sort.Slice(found, func(i, j int) bool { return found[i].path < found[j].path })
	return found
}

// schemaCells are those of one in `of` requests that change nothing, of all others, and of all methods.
func schemaCells() []cell {
	var cells []cell
	for _, method := range methods() {
		if method.path == "/grpc.health.v1.Health/Watch" || method.path == "/etcdserverpb.Auth/AuthDisable" {
			continue // One never ends, the other ends everything.
		}
		for at, request := range requests(method) {
			if method.IsStreamingClient() && proto.Size(request) == 0 {
				continue // Nobody answers to nothing.
			}
			name := fmt.Sprintf("%s %d {%v}", method.path, at, request)
			cells = append(cells, cell{name, func(ctx context.Context, s *side) (string, error) {
				return call(ctx, s, method, request)
			}})
		}
	}
	return cells
}

func requests(method methodOf) []proto.Message {
	md := method.Input()
	made := variants(md, method.path, 0)
	var all []proto.Message
	seen := map[string]bool{}
	for _, one := range made {
		text, _ := proto.MarshalOptions{Deterministic: true}.Marshal(one)
		if !seen[string(text)] {
			seen[string(text)] = true
			all = append(all, one)
		}
	}
	return all
}

func fresh(md protoreflect.MessageDescriptor, path string) proto.Message {
	known, err := protoregistry.GlobalTypes.FindMessageByName(md.FullName())
	if err != nil {
		panic(err)
	}
	made := known.New()
	fields := md.Fields()
	for at := range fields.Len() {
		field := fields.Get(at)
		if field.ContainingOneof() != nil || field.IsList() || untouched[field.FullName()] {
			continue
		}
		if value, ok := plain(field, path); ok {
			made.Set(field, value)
		}
	}
	return made.Interface()
}

// plain is what stands in a field of no interest here.
func plain(field protoreflect.FieldDescriptor, path string) (protoreflect.Value, bool) {
	switch name := string(field.Name()); {
	case name == "lease" && strings.Contains(path, "/v3"):
		return protoreflect.ValueOfInt64(1000), true
	case name == "ID" && field.Kind() == protoreflect.Int64Kind && strings.Contains(path, "Revoke"):
		return protoreflect.ValueOfInt64(9999), true
	case name == "ID" && field.Kind() == protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(1001), true
	case name == "ID", name == "targetID":
		return protoreflect.ValueOfUint64(12345), true
	case name == "TTL":
		return protoreflect.ValueOfInt64(60), true
	case field.Kind() == protoreflect.StringKind && (name == "name" || name == "user" || name == "role"):
		return protoreflect.ValueOfString("never"), true
	case field.Kind() == protoreflect.BytesKind && name == "value":
		return protoreflect.ValueOfBytes([]byte("v")), true
	}
	return protoreflect.Value{}, false
}

// variants has the plain message, then each with one thing more in it.
func variants(md protoreflect.MessageDescriptor, path string, depth int) []proto.Message {
	var all []proto.Message
	add := func(change func(protoreflect.Message)) {
		one := fresh(md, path)
		change(one.ProtoReflect())
		all = append(all, one)
	}
	fields := md.Fields()
	key, end := keyFields(fields)
	ranged := func(change func(protoreflect.Message)) {
		if key == nil {
			add(change)
			return
		}
		for _, f := range rangeForms {
			if end == nil && f.end != "" {
				continue
			}
			add(func(m protoreflect.Message) {
				setText(m, key, f.key)
				if end != nil {
					setText(m, end, f.end)
				}
				change(m)
			})
		}
	}
	ranged(func(protoreflect.Message) {})
	for at := range fields.Len() {
		field := fields.Get(at)
		if untouched[field.FullName()] {
			continue
		}
		switch {
		case field.Kind() == protoreflect.BoolKind && !field.IsList():
			ranged(func(m protoreflect.Message) { m.Set(field, protoreflect.ValueOfBool(true)) })
		case field.Kind() == protoreflect.MessageKind:
			inner := field.Message()
			if depth > nestingMax || field.IsMap() || inner == md && depth > 0 {
				continue
			}
			for _, one := range variants(inner, path, depth+1) {
				add(func(m protoreflect.Message) {
					if !field.IsList() {
						m.Set(field, protoreflect.ValueOfMessage(one.ProtoReflect()))
						return
					}
					list := m.Mutable(field).List()
					list.Append(protoreflect.ValueOfMessage(one.ProtoReflect()))
				})
			}
		}
	}
	return all
}

func keyFields(fields protoreflect.FieldDescriptors) (key, end protoreflect.FieldDescriptor) {
	key = fields.ByName("key")
	if key == nil || key.Kind() == protoreflect.MessageKind {
		key = fields.ByName("name")
		if key != nil && key.Kind() != protoreflect.BytesKind {
			key = nil
		}
	}
	return key, fields.ByName("range_end")
}

func setText(m protoreflect.Message, field protoreflect.FieldDescriptor, text string) {
	if field.Kind() == protoreflect.StringKind {
		if text != "" && text != "\x00" {
			m.Set(field, protoreflect.ValueOfString(text))
		}
		return
	}
	m.Set(field, protoreflect.ValueOfBytes([]byte(text)))
}

func call(ctx context.Context, s *side, method methodOf, request proto.Message) (string, error) {
	known, err := protoregistry.GlobalTypes.FindMessageByName(method.Output().FullName())
	if err != nil {
		return "", err
	}
	answer := known.New().Interface()
	if !method.IsStreamingClient() && !method.IsStreamingServer() {
		err := s.conn.Invoke(ctx, method.path, request, answer)
		return seen(answer), err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if strings.HasSuffix(method.path, "/Observe") {
		// Who may observe hears nothing while nobody leads.
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, quietAtMost)
		defer stop()
	}
	stream, err := s.conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method.path)
	if err != nil {
		return "", err
	}
	if err := stream.SendMsg(request); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if !method.IsStreamingClient() {
		if err := stream.CloseSend(); err != nil {
			return "", err
		}
	}
	err = stream.RecvMsg(answer)
	if err == io.EOF {
		return "nothing", nil
	}
	if status.Code(err) == codes.DeadlineExceeded && strings.HasSuffix(method.path, "/Observe") {
		return "quiet", nil
	}
	return seen(answer), err
}

// seen is what an answer tells of who was let in: how many of each thing, and what is so.
func seen(answer proto.Message) string {
	var told []string
	answer.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch name := field.Name(); {
		case field.IsList():
			told = append(told, fmt.Sprint(name, " ", value.List().Len()))
		case field.Kind() == protoreflect.BoolKind, name == "count", name == "deleted":
			told = append(told, fmt.Sprint(name, " ", value))
		}
		return true
	})
	sort.Strings(told)
	return strings.Join(told, ", ")
}
