// Package integration stands for etcd's package of the same name beneath its client's integration tests:
// as much of it as they ask for, over processes of the executable that SERVER names and not over servers of
// their own. The file bridge.go of that package is laid beside it.
package integration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/client/pkg/v3/testutil"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc"
)

const (
	// RequestWaitTimeout is how long tests let a request wait.
	RequestWaitTimeout = 5 * time.Second
	// ThroughProxy is whether there is a gRPC proxy before the members.
	ThroughProxy = false

	electionTicks = 10
	tick          = 10 * time.Millisecond
	patience      = 60 * time.Second
)

// ClusterConfig is what tests ask of a cluster.
type ClusterConfig struct {
	Size                        int
	AuthToken                   string
	QuotaBackendBytes           int64
	MaxTxnOps                   uint
	MaxRequestBytes             uint
	SnapshotCount               uint64
	SnapshotCatchUpEntries      uint64
	GRPCKeepAliveMinTime        time.Duration
	GRPCKeepAliveInterval       time.Duration
	GRPCKeepAliveTimeout        time.Duration
	ClientMaxCallSendMsgSize    int
	ClientMaxCallRecvMsgSize    int
	UseIP                       bool
	UseBridge                   bool
	UseTCP                      bool
	WatchProgressNotifyInterval time.Duration
	DisableStrictReconfigCheck  bool
}

func (cfg *ClusterConfig) flags() []string {
	var flags []string
	add := func(name string, value any, isSet bool) {
		if isSet {
			flags = append(flags, fmt.Sprintf("--%s=%v", name, value))
		}
	}
	add("auth-token", cfg.AuthToken, cfg.AuthToken != "")
	add("quota-backend-bytes", cfg.QuotaBackendBytes, cfg.QuotaBackendBytes != 0)
	add("max-txn-ops", cfg.MaxTxnOps, cfg.MaxTxnOps != 0)
	add("max-request-bytes", cfg.MaxRequestBytes, cfg.MaxRequestBytes != 0)
	add("snapshot-count", cfg.SnapshotCount, cfg.SnapshotCount != 0)
	add("snapshot-catchup-entries", cfg.SnapshotCatchUpEntries, cfg.SnapshotCatchUpEntries != 0)
	add("grpc-keepalive-min-time", cfg.GRPCKeepAliveMinTime, cfg.GRPCKeepAliveMinTime != 0)
	add("grpc-keepalive-interval", cfg.GRPCKeepAliveInterval, cfg.GRPCKeepAliveInterval != 0)
	add("grpc-keepalive-timeout", cfg.GRPCKeepAliveTimeout, cfg.GRPCKeepAliveTimeout != 0)
	interval := cfg.WatchProgressNotifyInterval
	if interval == 0 {
		// Some tests set what is one variable of all servers in their own process.
		interval = v3rpc.GetProgressReportInterval()
	}
	add("watch-progress-notify-interval", interval, interval != 0)
	add("strict-reconfig-check", false, cfg.DisableStrictReconfigCheck)
	return flags
}

// ServerConfig answers what tests ask of a member's configuration.
type ServerConfig struct{ ElectionTicks int }

// ReqTimeout is how long a member lets a proposal wait (etcd's config.go).
func (ServerConfig) ReqTimeout() time.Duration { return 5*time.Second + 2*electionTicks*tick }

// Member is one process, and a client of it.
type Member struct {
	ServerConfig
	Name    string
	GRPCURL string
	Client  *clientv3.Client

	clientURL string
	flags     []string
	cfg       *ClusterConfig
	bridge    *bridge
	process   *exec.Cmd
	ended     chan struct{}
}

type dialer string

func (d dialer) Dial() (net.Conn, error) { return net.Dial("tcp", string(d)) }

func (m *Member) start(t testutil.TB) {
	m.process = exec.Command(os.Getenv("SERVER"), m.flags...)
	// It goes when the test does, however that ends.
	m.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	m.ended = make(chan struct{})
	if err := m.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func(process *exec.Cmd, ended chan struct{}) {
		_ = process.Wait()
		close(ended)
	}(m.process, m.ended)
}

// WaitOK returns when the member answers a linearizable read.
func (m *Member) WaitOK(t testutil.TB) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(m.clientURL + "/health"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s is not healthy", m.Name)
}

// WaitStarted returns when it has joined; nothing less can be asked of a process.
func (m *Member) WaitStarted(t testutil.TB) {}

// Stop ends it as a crash does: etcd's own tests stop hard, too.
func (m *Member) Stop(_ testutil.TB) {
	_ = m.process.Process.Kill()
	<-m.ended
}

func (m *Member) isStopped() bool {
	select {
	case <-m.ended:
		return true
	default:
		return false
	}
}

// StopNotify is closed when the process has ended.
func (m *Member) StopNotify() <-chan struct{} { return m.ended }

// Restart starts it again on its directory, and returns when it listens.
func (m *Member) Restart(t testutil.TB) error {
	m.start(t)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(m.clientURL + "/version"); err == nil {
			answer.Body.Close()
			return nil
		}
	}
	return errors.New("it does not listen")
}

// Bridge is what lies between it and its clients.
func (m *Member) Bridge() Bridge { return m.bridge }

// Metric is the value of the first sample whose line begins so and has these labels.
func (m *Member) Metric(name string, labels ...string) (string, error) {
	answer, err := http.Get(m.clientURL + "/metrics")
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
lines:
	for _, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, name) {
			continue
		}
		for _, label := range labels {
			if !strings.Contains(line, label) {
				continue lines
			}
		}
		return line[strings.LastIndexByte(line, ' ')+1:], nil
	}
	return "", nil
}

// ReadyNotify is of learners, which are left out.
func (m *Member) ReadyNotify() <-chan struct{} { return nil }

// InjectPartition cannot be done to a process.
func (m *Member) InjectPartition(t testutil.TB, _ ...*Member) { t.Skip("no partitions") }

// RecoverPartition belongs to InjectPartition.
func (m *Member) RecoverPartition(testutil.TB, ...*Member) {}

func (m *Member) connect(t testutil.TB) {
	client, err := clientv3.New(clientv3.Config{
		Endpoints:          []string{m.GRPCURL},
		DialTimeout:        5 * time.Second,
		MaxCallSendMsgSize: m.cfg.ClientMaxCallSendMsgSize,
		MaxCallRecvMsgSize: m.cfg.ClientMaxCallRecvMsgSize,
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Client = client
}

// Cluster is members that know each other.
type Cluster struct {
	Members []*Member
	home    string
}

func freePorts(t testutil.TB, count int) []string {
	var ports []string
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().String())
	}
	return ports
}

// NewCluster starts members and returns when all of them answer.
func NewCluster(t testutil.TB, cfg *ClusterConfig) *Cluster {
	home, err := os.MkdirTemp("", "quorate-integration-")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{home: home}
	addresses := freePorts(t, 2*cfg.Size)
	var all []string
	for at := range cfg.Size {
		all = append(all, fmt.Sprintf("m%d=http://%s", at, addresses[2*at+1]))
	}
	for at := range cfg.Size {
		c.Members = append(c.Members, newMember(t, cfg, home, at, addresses, strings.Join(all, ",")))
	}
	for _, m := range c.Members {
		m.WaitOK(t)
		m.connect(t)
	}
	return c
}

func newMember(
	t testutil.TB, cfg *ClusterConfig, home string, at int, addresses []string, all string,
) *Member {
	client, peer := addresses[2*at], addresses[2*at+1]
	name := fmt.Sprintf("m%d", at)
	m := &Member{Name: name, cfg: cfg, clientURL: "http://" + client, GRPCURL: "http://" + client}
	m.ElectionTicks = electionTicks
	m.flags = append([]string{
		"--name=" + name,
		"--data-dir=" + filepath.Join(home, name),
		"--listen-client-urls=" + m.clientURL,
		"--advertise-client-urls=" + m.clientURL,
		"--listen-peer-urls=http://" + peer,
		"--initial-advertise-peer-urls=http://" + peer,
		"--initial-cluster=" + all,
		fmt.Sprintf("--heartbeat-interval=%d", tick.Milliseconds()),
		fmt.Sprintf("--election-timeout=%d", (electionTicks * tick).Milliseconds()),
	}, cfg.flags()...)
	if cfg.UseBridge {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		m.bridge = newBridge(dialer(client), listener)
		m.GRPCURL = "http://" + listener.Addr().String()
	}
	m.start(t)
	return m
}

// Client is the client of a member.
func (c *Cluster) Client(at int) *clientv3.Client { return c.Members[at].Client }

// RandClient is the client of some member.
func (c *Cluster) RandClient() *clientv3.Client { return c.Client(rand.Intn(len(c.Members))) }

// TakeClient leaves the client of a member to the test, which closes it.
func (c *Cluster) TakeClient(at int) { c.Members[at].Client = nil }

// WaitLeader returns the place of the member that all follow.
func (c *Cluster) WaitLeader(t testing.TB) int { return c.WaitMembersForLeader(t, c.Members) }

// WaitMembersForLeader returns the place, among these, of the member that they follow.
func (c *Cluster) WaitMembersForLeader(t testing.TB, members []*Member) int {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if at := leaderOf(members); at >= 0 {
			return at
		}
	}
	t.Fatal("they follow no leader")
	return -1
}

func leaderOf(members []*Member) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	leader, at := uint64(0), -1
	for place, m := range members {
		if m.isStopped() {
			continue
		}
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{m.clientURL}})
		if err != nil {
			return -1
		}
		status, err := client.Status(ctx, m.clientURL)
		client.Close()
		if err != nil || status.Leader == 0 || (leader != 0 && status.Leader != leader) {
			return -1
		}
		leader = status.Leader
		if status.Header.MemberId == leader {
			at = place
		}
	}
	return at
}

// GetLearnerMembers and AddAndLaunchLearnerMember are of learners, which are left out.
func (c *Cluster) GetLearnerMembers() ([]*pb.Member, error) { return nil, errors.New("none") }

// AddAndLaunchLearnerMember leaves the test out.
func (c *Cluster) AddAndLaunchLearnerMember(t testutil.TB) { t.Skip("no learners") }

// Terminate ends all members and their clients.
func (c *Cluster) Terminate(t testutil.TB) {
	for _, m := range c.Members {
		if m.Client != nil {
			m.Client.Close()
		}
		if m.bridge != nil {
			m.bridge.Close()
		}
		m.Stop(t)
	}
	os.RemoveAll(c.home)
}
