package integration

import (
	"context"
	"testing"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/client/pkg/v3/testutil"
	clientv3 "go.etcd.io/etcd/client/v3"
	epb "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	lockpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
)

// GRPCAPI is a client's connection as the plain services.
type GRPCAPI struct {
	Cluster     pb.ClusterClient
	KV          pb.KVClient
	Lease       pb.LeaseClient
	Watch       pb.WatchClient
	Maintenance pb.MaintenanceClient
	Auth        pb.AuthClient
	Lock        lockpb.LockClient
	Election    epb.ElectionClient
}

// ToGRPC takes a client's connection.
func ToGRPC(c *clientv3.Client) GRPCAPI {
	connection := c.ActiveConnection()
	return GRPCAPI{
		pb.NewClusterClient(connection),
		pb.NewKVClient(connection),
		pb.NewLeaseClient(connection),
		pb.NewWatchClient(connection),
		pb.NewMaintenanceClient(connection),
		pb.NewAuthClient(connection),
		lockpb.NewLockClient(connection),
		epb.NewElectionClient(connection),
	}
}

// TestOption changes what BeforeTest does.
type TestOption func()

// WithFailpoint wants a server with failpoints in it.
func WithFailpoint(_, _ string) TestOption { return func() {} }

// BeforeTest leaves out what needs failpoints.
func BeforeTest(t testutil.TB, options ...TestOption) {
	if len(options) > 0 {
		t.Skip("no failpoints")
	}
}

// SkipIfNoGoFail leaves the test out.
func SkipIfNoGoFail(t testutil.TB) { t.Skip("no failpoints") }

// NewClient makes a client as the test wants it.
func NewClient(_ testing.TB, cfg clientv3.Config) (*clientv3.Client, error) {
	return clientv3.New(cfg)
}

// WaitClientV3 returns when a read is answered.
func WaitClientV3(t testutil.TB, kv clientv3.KV) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		_, err := kv.Get(ctx, "/")
		cancel()
		if err == nil {
			return
		}
	}
	t.Fatal("it does not answer")
}
