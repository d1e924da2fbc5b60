// coordination drives a server's Lock and Election services, and clientv3's concurrency package on
// it, and prints what it sees line by line. Two fresh servers that behave alike print the same.
// With -mutex it lets many clients count under one lock instead, while their sessions are lost.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	epb "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	lpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"quorate.dev/test/peers/dial"
)

const patience = 60 * time.Second

// world is one server and what is asked of it.
type world struct {
	client   *clientv3.Client
	lock     lpb.LockClient
	election epb.ElectionClient
	ctx      context.Context
}

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	mutex := flag.Bool("mutex", false, "count under one lock with many clients")
	clients := flag.Int("clients", 20, "with -mutex: how many clients")
	seconds := flag.Int("seconds", 10, "with -mutex: for how long")
	seed := flag.Int64("seed", time.Now().UnixNano(), "with -mutex: chooses what is lost when")
	flag.Parse()
	if err := run(*endpoint, *mutex, *clients, time.Duration(*seconds)*time.Second, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(endpoint string, mutex bool, clients int, length time.Duration, seed int64) error {
	client, err := dial.Client(endpoint)
	if err != nil {
		return err
	}
	defer client.Close()
	if mutex {
		return countUnderLock(client, clients, length, seed)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	defer cancel()
	conn := client.ActiveConnection()
	w := &world{client, lpb.NewLockClient(conn), epb.NewElectionClient(conn), ctx}
	for _, part := range []struct {
		name string
		run  func(*world) error
	}{
		{"locks", locks}, {"waiting locks", waitingLocks}, {"refused locks", refusedLocks},
		{"elections", elections}, {"waiting candidates", waitingCandidates},
		{"observers", observers}, {"refused elections", refusedElections},
		{"clientv3/concurrency", library},
	} {
		fmt.Println("#", part.name)
		if err := part.run(w); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// said is an error as a client sees it. How a call ended that its client gave up is said by whoever is
// quicker, the client's own clock or the server's reset of the stream: there the code alone counts.
func said(err error) string {
	if err == nil {
		return "OK"
	}
	s := status.Convert(err)
	switch code := status.FromContextError(err).Code(); {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return code.String()
	case s.Code() == codes.Canceled, s.Code() == codes.DeadlineExceeded:
		return s.Code().String()
	}
	return fmt.Sprintf("%v %q", s.Code(), s.Message())
}

// grant makes leases of the given ids, which the clientv3 API cannot.
func (w *world) grant(ids ...int64) error {
	leases := pb.NewLeaseClient(w.client.ActiveConnection())
	for _, id := range ids {
		if _, err := leases.LeaseGrant(w.ctx, &pb.LeaseGrantRequest{ID: id, TTL: 600}); err != nil {
			return err
		}
	}
	return nil
}

// keys lists what stands under a name with the revision of its creation.
func (w *world) keys(name string) (string, error) {
	got, err := w.client.Get(w.ctx, name+"/", clientv3.WithPrefix())
	if err != nil {
		return "", err
	}
	var texts []string
	for _, kv := range got.Kvs {
		texts = append(texts, fmt.Sprintf("%s=%q created %d lease %x", kv.Key, kv.Value, kv.CreateRevision, kv.Lease))
	}
	return "[" + strings.Join(texts, ", ") + "]", nil
}

func (w *world) show(name string) error {
	text, err := w.keys(name)
	fmt.Println("keys:", text)
	return err
}

// until waits for as many keys under a name.
func (w *world) until(name string, count int64) error {
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		got, err := w.client.Get(w.ctx, name+"/", clientv3.WithPrefix(), clientv3.WithCountOnly())
		if err != nil {
			return err
		}
		if got.Count == count {
			return nil
		}
		if time.Since(begin) > patience {
			return fmt.Errorf("%d keys under %s, not %d", got.Count, name, count)
		}
	}
}
