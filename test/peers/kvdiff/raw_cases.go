package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/encoding/protowire"
)

// fakeCompressor makes grpc-go announce a compression that no server has.
type fakeCompressor struct{}

func (fakeCompressor) Name() string                                 { return "quorate-test" }
func (fakeCompressor) Compress(w io.Writer) (io.WriteCloser, error) { return closable{w}, nil }
func (fakeCompressor) Decompress(r io.Reader) (io.Reader, error)    { return r, nil }

type closable struct{ io.Writer }

func (closable) Close() error { return nil }

func init() { encoding.RegisterCompressor(fakeCompressor{}) }

var kvMethods = []string{"Range", "Put", "DeleteRange", "Txn", "Compact"}

// wireCases are ways in which bytes fail to be, or barely are, a message.
var wireCases = map[string][]byte{
	"nothing":                           {},
	"a tag without a value":             {0x0a},
	"a length beyond the end":           {0x0a, 0x05, 'a'},
	"an endless varint":                 {0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
	"a varint cut short":                {0x18, 0xff},
	"a varint beyond 64 bits":           {0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	"a length beyond 64 bits":           append([]byte{0x0a}, bytes.Repeat([]byte{0xff}, 11)...),
	"a length beyond memory":            {0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	"field number zero":                 {0x00, 0x01},
	"field number zero with bytes":      {0x02, 0x01, 'a'},
	"a field number beyond the limit":   {0x80, 0x80, 0x80, 0x80, 0x10, 0x01},
	"the greatest field number":         {0x0a, 0x01, 'w', 0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01},
	"wire type 6":                       {0x0e, 0x01},
	"wire type 7":                       {0x0f, 0x01},
	"a group never closed":              {0x0b},
	"a group closed":                    {0x0a, 0x01, 'w', 0xa3, 0x06, 0xa4, 0x06},
	"a group closed by another":         {0x0a, 0x01, 'w', 0xa3, 0x06, 0xac, 0x06},
	"a group closed, never opened":      {0x0c},
	"the key as a varint":               {0x08, 0x01},
	"the key as four bytes":             {0x0d, 1, 2, 3, 4},
	"an unknown varint":                 {0x0a, 0x01, 'w', 0xf8, 0x07, 0x01},
	"unknown bytes":                     {0x0a, 0x01, 'w', 0xfa, 0x07, 0x02, 'h', 'i'},
	"unknown eight bytes cut short":     {0x0a, 0x01, 'w', 0xf9, 0x07, 1, 2, 3},
	"the key twice":                     {0x0a, 0x01, 'q', 0x0a, 0x01, 'w'},
	"text":                              []byte("GET / HTTP/1.1\r\n\r\n"),
	"a long tag":                        {0x8a, 0x80, 0x80, 0x80, 0x00, 0x01, 'w'},
	"a bool of two, an enum of 64 bits": {0x0a, 0x01, 'w', 0x20, 0x02, 0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
}

func rawCases() []rawCase {
	var cases []rawCase
	for _, method := range []string{
		"/etcdserverpb.KV/Nothing", "/etcdserverpb.Nothing/Range", "/nothing", "/etcdserverpb.KV/", "//", "/KV/Range",
		"/etcdserverpb.KV/range", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
	} {
		cases = append(cases, rawCase{name: "no such method", method: method, body: []byte{0x0a, 0x01, 'w'}})
	}
	for _, name := range slices.Sorted(maps.Keys(wireCases)) {
		body := wireCases[name]
		for _, method := range kvMethods {
			cases = append(cases, rawCase{name: name, method: "/etcdserverpb.KV/" + method, body: body})
		}
		for _, method := range []string{"/etcdserverpb.Cluster/MemberList", "/etcdserverpb.Maintenance/Status",
			"/etcdserverpb.Maintenance/HashKV", "/grpc.health.v1.Health/Check"} {
			cases = append(cases, rawCase{name: name, method: method, body: body})
		}
	}
	cases = append(cases, numberCases()...)
	cases = append(cases, txnCases()...)
	for _, size := range []int{1572864 - 64, 1572864, 2097152 - 7, 2097152 - 6, 2097152, 2097153, 9 << 20} {
		value := make([]byte, size)
		body := protowire.AppendBytes([]byte{0x0a, 0x01, 'w', 0x12}, value)
		cases = append(cases, rawCase{name: fmt.Sprintf("a value of %d bytes", size), method: "/etcdserverpb.KV/Put", body: body})
	}
	for _, name := range []string{"", "etcdserverpb.KV", "x", "\xff"} {
		body := protowire.AppendString([]byte{0x0a}, name)
		cases = append(cases, rawCase{name: "health of " + name, method: "/grpc.health.v1.Health/Check", body: body})
	}
	return cases
}

// numberCases put the ends of int64 everywhere a number goes.
func numberCases() []rawCase {
	var cases []rawCase
	fields := map[string][]protowire.Number{
		"Range": {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, "Put": {3, 4, 5, 6}, "DeleteRange": {3}, "Compact": {1, 2},
	}
	for _, method := range slices.Sorted(maps.Keys(fields)) {
		for _, number := range fields[method] {
			for _, value := range []int64{-1, math.MinInt64, math.MaxInt64, math.MaxInt32, math.MinInt32, 1 << 32, 1<<53 + 1} {
				var body []byte
				if method != "Compact" {
					body = []byte{0x0a, 0x01, 'w'}
				}
				body = protowire.AppendTag(body, number, protowire.VarintType)
				body = protowire.AppendVarint(body, uint64(value))
				name := fmt.Sprintf("field %d is %d", number, value)
				cases = append(cases, rawCase{name: name, method: "/etcdserverpb.KV/" + method, body: body})
			}
		}
	}
	return cases
}

// txnCases are transactions that no client builds: odd unions, and nesting.
func txnCases() []rawCase {
	const txn = "/etcdserverpb.KV/Txn"
	put := encode(&pb.PutRequest{Key: []byte("w"), Value: []byte("1")})
	more := encode(&pb.PutRequest{Value: []byte("2"), PrevKv: true})
	get := encode(&pb.RangeRequest{Key: []byte("w")})
	op := func(parts ...[]byte) []byte { return protowire.AppendBytes([]byte{0x12}, bytes.Join(parts, nil)) }
	field := func(tag byte, body []byte) []byte { return protowire.AppendBytes([]byte{tag}, body) }
	version := []byte{0x08, 0x00, 0x1a, 0x01, 'w', 0x20, 0x07} // result =, key w, version 7
	cases := []rawCase{
		{name: "one operation given twice is merged", body: op(field(0x12, put), field(0x12, more))},
		{name: "the last of two operations counts", body: op(field(0x12, put), field(0x0a, get))},
		{name: "the last of two operations counts, turned round", body: op(field(0x0a, get), field(0x12, put))},
		{name: "an operation with none set", body: op()},
		{name: "an operation of an unknown kind", body: op([]byte{0xfa, 0x07, 0x01, 'x'})},
		{name: "a malformed put inside", body: op(field(0x12, []byte{0x0a, 0x05, 'a'}))},
		{name: "two targets in one comparison", body: field(0x0a, append(version, 0x30, 0x01))},
		{name: "an unknown target", body: field(0x0a, []byte{0x10, 0x09, 0x1a, 0x01, 'w', 0x20, 0x07})},
		{name: "an unknown result", body: field(0x0a, []byte{0x08, 0x09, 0x1a, 0x01, 'w', 0x20, 0x07})},
		{name: "only failure", body: field(0x1a, field(0x12, put))},
	}
	for _, depth := range []int{2, 10, 120, 126, 127, 128, 129, 130, 1000, 4990, 5100, 9990, 10_100} {
		body := op(field(0x12, put))
		for range depth {
			body = op(field(0x22, body))
		}
		cases = append(cases, rawCase{name: fmt.Sprintf("%d transactions in one another", depth), body: body})
	}
	for i := range cases {
		cases[i].method = txn
	}
	return cases
}
