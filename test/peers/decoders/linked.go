package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"go.etcd.io/etcd/client/pkg/v3/types"
	"go.etcd.io/etcd/server/v3/auth"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	_ "google.golang.org/grpc"

	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"
)

// What etcd does not export is called by its linker's name: the decoders themselves, no copies.

//go:linkname newMsgAppV2Decoder go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp.newMsgAppV2Decoder
func newMsgAppV2Decoder(r io.Reader, local, remote types.ID) unsafe.Pointer

//go:linkname msgAppV2Decode go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp.(*msgAppV2Decoder).decode
func msgAppV2Decode(decoder unsafe.Pointer) (*raftpb.Message, error)

//go:linkname messageDecode go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp.(*messageDecoder).decodeLimit
func messageDecode(decoder unsafe.Pointer, limit uint64) (*raftpb.Message, error)

//go:linkname newTokenProviderJWT go.etcd.io/etcd/server/v3/auth.newTokenProviderJWT
func newTokenProviderJWT(log *zap.Logger, options map[string]string) (unsafe.Pointer, error)

//go:linkname tokenInfo go.etcd.io/etcd/server/v3/auth.(*tokenJWT).info
func tokenInfo(provider unsafe.Pointer, ctx context.Context, token string, revision uint64) (*auth.AuthInfo, bool)

//go:linkname decodeTimeout google.golang.org/grpc/internal/transport.decodeTimeout
func decodeTimeout(text string) (time.Duration, error)

//go:linkname decodeMetadataHeader google.golang.org/grpc/internal/transport.decodeMetadataHeader
func decodeMetadataHeader(name, value string) (string, error)

const (
	sizeMax       = 1 << 26
	messageBytes  = 1 << 20
	jwtKey        = "a secret of thirty-two octets...."
	walEntryType  = 2
	walStateType  = 3
	walCrcType    = 4
	walSnapshotTy = 5
)

// guarded hands out a stream's bytes and refuses eight of them that would be a length out of bounds: the
// decoders take memory for what a length says before they read it.
type guarded struct {
	*bytes.Reader
}

func (g guarded) Read(into []byte) (int, error) {
	n, err := g.Reader.Read(into)
	if n == 8 && len(into) == 8 && binary.BigEndian.Uint64(into) > sizeMax {
		panic(errHuge)
	}
	return n, err
}

func readStream(kind string, input []byte) (err error) {
	defer func() {
		if got := recover(); got == errHuge {
			err = errHuge
		} else if got != nil {
			err = fmt.Errorf("panic: %v", got)
		}
	}()
	reader := guarded{bytes.NewReader(input)}
	decode := func() (*raftpb.Message, error) { return nil, nil }
	if kind == "msgapp" {
		decoder := newMsgAppV2Decoder(reader, 1, 2)
		decode = func() (*raftpb.Message, error) { return msgAppV2Decode(decoder) }
	} else {
		decoder := &struct{ r io.Reader }{reader}
		decode = func() (*raftpb.Message, error) { return messageDecode(unsafe.Pointer(decoder), messageBytes) }
	}
	for {
		if _, err := decode(); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				// A stream has no end of its own: what is read to its last byte waits for more. protobuf's
				// own errors say EOF, too.
				if reader.Len() == 0 {
					return errCut
				}
				return errors.New("refused")
			}
			return err
		}
	}
}

var provider unsafe.Pointer

func readToken(token string) error {
	if provider == nil {
		path := filepath.Join(folder, "key")
		if err := os.WriteFile(path, []byte(jwtKey), 0o600); err != nil {
			panic(err)
		}
		options := map[string]string{"sign-method": "HS256", "priv-key": path}
		made, err := newTokenProviderJWT(zap.NewNop(), options)
		if err != nil {
			fmt.Fprintln(os.Stderr, "jwt:", err)
			os.Exit(1)
		}
		provider = made
	}
	if _, ok := tokenInfo(provider, context.Background(), token, 0); !ok {
		return errors.New("refused")
	}
	return nil
}

// memoryFile is a log of one file.
type memoryFile struct {
	*bytes.Reader
}

func (f memoryFile) FileInfo() (fs.FileInfo, error) { return memoryInfo{f.Size()}, nil }

type memoryInfo struct{ size int64 }

func (memoryInfo) Name() string       { return "0.wal" }
func (i memoryInfo) Size() int64      { return i.size }
func (memoryInfo) Mode() fs.FileMode  { return 0o600 }
func (memoryInfo) ModTime() time.Time { return time.Time{} }
func (memoryInfo) IsDir() bool        { return false }
func (memoryInfo) Sys() any           { return nil }

// readLog decodes records as wal.ReadAll does, and what is in them.
func readLog(input []byte) error {
	decoder := wal.NewDecoder(memoryFile{bytes.NewReader(input)})
	for {
		record := &walpb.Record{}
		if err := decoder.Decode(record); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		switch record.GetType() {
		case walEntryType:
			wal.MustUnmarshalEntry(record.Data)
		case walStateType:
			wal.MustUnmarshalState(record.Data)
		case walCrcType:
			sum := decoder.LastCRC()
			if sum != 0 && record.Validate(sum) != nil {
				return errors.New("the sum of the file before is another")
			}
			decoder.UpdateCRC(record.GetCrc())
		case walSnapshotTy:
			if err := proto.Unmarshal(record.Data, &walpb.Snapshot{}); err != nil {
				return errors.New("refused")
			}
		}
	}
}
