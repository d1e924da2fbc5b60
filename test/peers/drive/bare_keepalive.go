package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/protobuf/proto"
)

const (
	// bareWindow is more than a load ever sends us, so nothing is ever given back.
	bareWindow = 1 << 30
	bareBuffer = 1 << 16
)

// bareConnection keeps leases alive over one connection, each on a stream of its own, by frames written
// by hand: all answers that came together are answered together.
type bareConnection struct {
	out      *bufio.Writer
	in       *bufio.Reader
	frames   *http2.Framer
	requests map[uint32][]byte
	sent     map[uint32]time.Time
	took     []time.Duration
}

// bareKeepalive is keepalive with a client that costs a tenth of grpc-go's: on two cores that one is
// busier than the server, and its rate says more of it than of the server.
func bareKeepalive(j *job) (figures, error) {
	clients, err := j.clients(1)
	if err != nil {
		return nil, err
	}
	workers := j.or(leaseWorkers)
	connections := make([]*bareConnection, min(leaseClients, workers))
	for at := range connections {
		if connections[at], err = j.bareConnection(); err != nil {
			return nil, err
		}
	}
	for at := range workers {
		granted, err := clients[0].Grant(j.ctx, leaseSeconds)
		if err != nil {
			return nil, err
		}
		if err := connections[at%len(connections)].open(j.endpoint, int64(granted.ID)); err != nil {
			return nil, err
		}
	}
	begins := time.Now().Add(j.length / 3)
	ends := begins.Add(j.length)
	var running sync.WaitGroup
	failed := make(chan error, len(connections))
	for _, connection := range connections {
		running.Go(func() {
			if err := connection.run(begins, ends); err != nil {
				failed <- err
			}
		})
	}
	time.Sleep(time.Until(begins))
	j.begin()
	running.Wait()
	close(failed)
	var all times
	for _, connection := range connections {
		all.took = append(all.took, connection.took...)
	}
	return all.figures(j.length), <-failed
}

func (j *job) bareConnection() (*bareConnection, error) {
	socket, err := net.Dial("tcp", j.endpoint)
	if err != nil {
		return nil, err
	}
	go func() {
		<-j.ctx.Done()
		socket.Close()
	}()
	c := &bareConnection{
		out: bufio.NewWriterSize(socket, bareBuffer), in: bufio.NewReaderSize(socket, bareBuffer),
		requests: map[uint32][]byte{}, sent: map[uint32]time.Time{},
	}
	c.frames = http2.NewFramer(c.out, c.in)
	c.frames.SetReuseFrames()
	if _, err := c.out.WriteString(http2.ClientPreface); err != nil {
		return nil, err
	}
	if err := c.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: bareWindow}); err != nil {
		return nil, err
	}
	return c, c.frames.WriteWindowUpdate(0, bareWindow)
}

// open opens a stream and asks for its lease the first time.
func (c *bareConnection) open(authority string, lease int64) error {
	stream := uint32(2*len(c.requests) + 1)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, field := range []hpack.HeaderField{
		{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"},
		{Name: ":path", Value: "/etcdserverpb.Lease/LeaseKeepAlive"}, {Name: ":authority", Value: authority},
		{Name: "content-type", Value: "application/grpc"}, {Name: "te", Value: "trailers"},
	} {
		// Nothing enters the table, so that a new encoder may write each block.
		field.Sensitive = true
		if err := encoder.WriteField(field); err != nil {
			return err
		}
	}
	body, err := proto.Marshal(&pb.LeaseKeepAliveRequest{ID: lease})
	if err != nil {
		return err
	}
	message := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body)))
	c.requests[stream] = append(message, body...)
	head := http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true}
	if err := c.frames.WriteHeaders(head); err != nil {
		return err
	}
	return c.ask(stream, time.Now())
}

func (c *bareConnection) ask(stream uint32, now time.Time) error {
	c.sent[stream] = now
	return c.frames.WriteData(stream, false, c.requests[stream])
}

// run renews as fast as it is answered, and remembers how long each took from `begins` on.
func (c *bareConnection) run(begins, ends time.Time) error {
	for {
		if c.in.Buffered() == 0 {
			if err := c.out.Flush(); err != nil {
				return err
			}
		}
		frame, err := c.frames.ReadFrame()
		if err != nil {
			return err
		}
		switch frame := frame.(type) {
		case *http2.DataFrame:
			now := time.Now()
			if now.After(ends) {
				return nil
			}
			stream := frame.StreamID
			if len(frame.Data()) <= 5 {
				return fmt.Errorf("stream %d: an answer of %d bytes", stream, len(frame.Data()))
			}
			if now.After(begins) {
				c.took = append(c.took, now.Sub(c.sent[stream]))
			}
			err = c.ask(stream, now)
		case *http2.PingFrame:
			if !frame.IsAck() {
				err = c.frames.WritePing(true, frame.Data)
			}
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				err = c.frames.WriteSettingsAck()
			}
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return fmt.Errorf("%v", frame)
		}
		if err != nil {
			return err
		}
	}
}
