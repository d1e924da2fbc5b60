// Package dial opens clientv3 clients the way the test programs here want them: quiet, and patient with
// a server that is being killed and started again.
package dial

import (
	"context"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

// Client connects to one endpoint. A lost connection is tried again within a few hundredths of a second.
func Client(endpoint string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{
		Endpoints:   []string{endpoint},
		DialTimeout: 10 * time.Second,
		Logger:      zap.NewNop(),
		DialOptions: []grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 1.2, MaxDelay: 200 * time.Millisecond},
			MinConnectTimeout: time.Second,
		})},
	})
}

// Clients opens several.
func Clients(endpoint string, count int) ([]*clientv3.Client, error) {
	clients := make([]*clientv3.Client, count)
	for i := range clients {
		var err error
		if clients[i], err = Client(endpoint); err != nil {
			return nil, err
		}
	}
	return clients, nil
}

// Revision asks for the store's revision with a linearizable read, again and again while the server is away.
func Revision(client *clientv3.Client, patience time.Duration) (int64, error) {
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		got, err := client.Get(ctx, "\x00")
		cancel()
		if err == nil {
			return got.Header.Revision, nil
		}
		last = err
		time.Sleep(20 * time.Millisecond)
	}
	return 0, fmt.Errorf("no answer for %v: %w", patience, last)
}
