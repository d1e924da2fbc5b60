package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"golang.org/x/net/http2"
)

// httpCase is one HTTP/2 request that is gRPC only more or less.
type httpCase struct {
	name    string
	verb    string
	headers map[string]string
	body    []byte
}

// framed is a gRPC message: one byte of flags, four of length, the bytes.
func framed(flags byte, length int, body []byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte{flags}, uint32(length))
	return append(head, body...)
}

func httpCases() []httpCase {
	get := encode(&pb.RangeRequest{Key: []byte("k00")})
	good := framed(0, len(get), get)
	var cases []httpCase
	for _, kind := range []string{"application/grpc", "application/grpc+proto", "application/grpc+json", "application/grpc;charset=utf-8",
		"application/grpc-web", "application/grpcx", "application/json", "text/plain", "", "APPLICATION/GRPC"} {
		cases = append(cases, httpCase{name: "content type " + kind, headers: map[string]string{"content-type": kind}, body: good})
	}
	for _, verb := range []string{"GET", "PUT", "HEAD", "OPTIONS", "DELETE"} {
		cases = append(cases, httpCase{name: "verb " + verb, verb: verb, body: good})
	}
	for _, timeout := range []string{"", "x", "1", "S", "-1S", "99999999H", "999999999S", "1x", "1 S", "10S"} {
		cases = append(cases, httpCase{name: "timeout " + timeout, headers: map[string]string{"grpc-timeout": timeout}, body: good})
	}
	// Any other te is malformed (RFC 9113 8.2.2): ours resets the stream, as h2spec asks; etcd serves it.
	cases = append(cases, httpCase{name: "no te", headers: map[string]string{"te": ""}, body: good})
	return append(cases,
		// A request that ends with its headers is left out: real etcd never answers it.
		httpCase{name: "half a head", body: good[:3]},
		httpCase{name: "half a message", body: good[:len(good)-1]},
		httpCase{name: "an empty message", body: framed(0, 0, nil)},
		httpCase{name: "two messages", body: append(append([]byte{}, good...), good...)},
		httpCase{name: "a message and a half", body: append(append([]byte{}, good...), good[:4]...)},
		httpCase{name: "flags 1 without an encoding", body: framed(1, len(get), get)},
		httpCase{name: "flags 1 under identity", headers: map[string]string{"grpc-encoding": "identity"}, body: framed(1, len(get), get)},
		httpCase{name: "flags 2", body: framed(2, len(get), get)},
		httpCase{name: "flags 255", body: framed(255, len(get), get)},
		httpCase{name: "identity", headers: map[string]string{"grpc-encoding": "identity"}, body: good},
		httpCase{name: "an unknown encoding, unused", headers: map[string]string{"grpc-encoding": "brotli"}, body: good},
		httpCase{name: "an unknown encoding, used", headers: map[string]string{"grpc-encoding": "brotli"}, body: framed(1, len(get), get)},
		httpCase{name: "not gzip", headers: map[string]string{"grpc-encoding": "gzip"}, body: framed(1, len(get), get)},
		httpCase{name: "a length of 3 MiB", body: framed(0, 3<<20, get)},
		httpCase{name: "a length of 4 GiB", body: framed(0, 0xffffffff, get)},
		httpCase{name: "binary metadata that is not base64", headers: map[string]string{"x-bin": "!!!"}, body: good},
		httpCase{name: "accepting gzip", headers: map[string]string{"grpc-accept-encoding": "gzip"}, body: good},
	)
}

func compareHTTP(a, b *side) (int, error) {
	cases := httpCases()
	for _, one := range cases {
		x, y := a.doHTTP(one), b.doHTTP(one)
		if x != y {
			return 0, fmt.Errorf("DIFFERENCE in the HTTP case %q\na: %s\nb: %s", one.name, x, y)
		}
	}
	return len(cases), nil
}

// doHTTP says what came back as text; a body counts only as there or not, since it holds ids.
func (s *side) doHTTP(one httpCase) string {
	transport := &http2.Transport{
		AllowHTTP: true, DisableCompression: true,
		DialTLSContext: func(ctx context.Context, network, address string, _ *tls.Config) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	verb := one.verb
	if verb == "" {
		verb = http.MethodPost
	}
	address := strings.TrimPrefix(s.client.Endpoints()[0], "http://")
	request, err := http.NewRequestWithContext(ctx, verb, "http://"+address+"/etcdserverpb.KV/Range", bytes.NewReader(one.body))
	if err != nil {
		return err.Error()
	}
	request.Header.Set("content-type", "application/grpc")
	request.Header.Set("te", "trailers")
	for name, value := range one.headers {
		if request.Header.Set(name, value); value == "" {
			request.Header.Del(name)
		}
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failure(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return failure(err)
	}
	said := func(name string) string { return response.Header.Get(name) + response.Trailer.Get(name) }
	return fmt.Sprintf("HTTP %d, content-type %q, grpc-status %q, grpc-message %q, a body: %v",
		response.StatusCode, response.Header.Get("content-type"), said("grpc-status"), said("grpc-message"), len(body) > 0)
}

func failure(err error) string {
	var stream http2.StreamError
	if errors.As(err, &stream) {
		return "stream reset: " + stream.Code.String()
	}
	var goAway http2.GoAwayError
	if errors.As(err, &goAway) {
		return "goaway: " + goAway.ErrCode.String()
	}
	return "error: " + err.Error()
}
