// Command decoders says of inputs whether etcd's own decoders take them. On stdin, again and again: the
// length of a target's name (one byte), the name, the length of the input (four bytes, big endian), the
// input. On stdout one letter for each: + taken, - refused (a panic of etcd's included), ~ cut short, and
// ! for what would have etcd take more memory than this machine should give.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	gw "github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.etcd.io/etcd/client/pkg/v3/types"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/snap"
	_ "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	_ "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
	"go.uber.org/zap"
	"golang.org/x/net/http2/hpack"
	_ "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

var (
	errHuge = errors.New("too much memory")
	errCut  = errors.New("cut short")
	folder  string
)

func main() {
	var err error
	folder, err = os.MkdirTemp("", "decoders-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<16), bufio.NewWriter(os.Stdout)
	// A configuration may send the log to stdout.
	os.Stdout = os.Stderr
	defer out.Flush()
	for {
		target, input, err := next(in)
		if err != nil {
			return
		}
		out.WriteByte(verdict(target, input))
	}
}

func next(in *bufio.Reader) (string, []byte, error) {
	length, err := in.ReadByte()
	if err != nil {
		return "", nil, err
	}
	name := make([]byte, length)
	if _, err := io.ReadFull(in, name); err != nil {
		return "", nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(in, size[:]); err != nil {
		return "", nil, err
	}
	input := make([]byte, binary.BigEndian.Uint32(size[:]))
	_, err = io.ReadFull(in, input)
	return string(name), input, err
}

func verdict(target string, input []byte) (letter byte) {
	defer func() {
		if recover() != nil {
			letter = '-'
		}
	}()
	kind, rest, _ := strings.Cut(target, " ")
	switch err := read(kind, rest, input); {
	case err == nil:
		return '+'
	case errors.Is(err, errHuge):
		return '!'
	case errors.Is(err, errCut), errors.Is(err, io.ErrUnexpectedEOF):
		return '~'
	default:
		if os.Getenv("DECODERS_TELL") != "" {
			fmt.Fprintf(os.Stderr, "%s %q: %v\n", target, input, err)
		}
		return '-'
	}
}

func read(kind, rest string, input []byte) error {
	switch kind {
	case "proto":
		return proto.Unmarshal(input, newMessage(rest))
	case "json":
		return readJSON(rest, input)
	case "wal":
		return readLog(input)
	case "snap":
		path := filepath.Join(folder, "x.snap")
		if err := os.WriteFile(path, input, 0o600); err != nil {
			panic(err)
		}
		_, err := snap.Read(zap.NewNop(), path)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("refused")
		}
		return err
	case "msgapp", "message":
		return readStream(kind, input)
	case "jwt":
		return readToken(string(input))
	case "timeout":
		_, err := decodeTimeout(string(input))
		return err
	case "binary":
		_, err := decodeMetadataHeader("x-bin", string(input))
		return err
	case "duration":
		_, err := time.ParseDuration(string(input))
		return err
	case "urls":
		_, err := types.NewURLs(strings.Split(string(input), ","))
		return err
	case "cluster":
		_, err := types.NewURLsMap(string(input))
		return err
	case "hpack":
		return readBlocks(input)
	case "yaml":
		path := filepath.Join(folder, "x.yml")
		if err := os.WriteFile(path, input, 0o600); err != nil {
			panic(err)
		}
		_, err := embed.ConfigFromFile(path)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("refused")
		}
		return err
	}
	panic("no such target: " + kind)
}

func newMessage(name string) proto.Message {
	found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		fmt.Fprintln(os.Stderr, name, err)
		os.Exit(1)
	}
	return found.New().Interface()
}

// readJSON reads values to the end as the gateway does, with its marshaler (embed/serve.go).
func readJSON(name string, input []byte) error {
	marshaler := &gw.HTTPBodyMarshaler{Marshaler: &gw.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{UseProtoNames: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: true},
	}}
	decoder := marshaler.NewDecoder(bytes.NewReader(input))
	for {
		if err := decoder.Decode(newMessage(name)); err != nil {
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("refused: %v", err)
		}
	}
}

// readBlocks reads header blocks with one decoder: each has its length before it, one byte.
func readBlocks(input []byte) error {
	decoder := hpack.NewDecoder(4096, func(hpack.HeaderField) {})
	for len(input) > 0 {
		end := min(len(input), 1+int(input[0]))
		if _, err := decoder.Write(input[1:end]); err != nil {
			return fmt.Errorf("refused: %v", err)
		}
		if err := decoder.Close(); err != nil {
			return err
		}
		input = input[end:]
	}
	return nil
}
