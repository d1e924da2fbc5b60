// Command preload fills a server with keys quickly: transactions of a hundred puts, several at once. Keys
// are text, the prefix and then digits, so that a load tool can name them; it ends with a count.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"quorate.dev/test/peers/dial"
)

const (
	putsPerTxn = 100
	patience   = 30 * time.Second
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "the server")
	count := flag.Int("count", 10_000, "how many keys")
	keySize := flag.Int("key-size", 32, "bytes of a key, prefix and all")
	valueSize := flag.Int("value-size", 256, "bytes of a value")
	prefix := flag.String("prefix", "bench/", "what every key begins with")
	writers := flag.Int("writers", 8, "how many write at once")
	flag.Parse()
	if err := fill(*endpoint, *prefix, *count, *keySize, *valueSize, *writers); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func fill(endpoint, prefix string, count, keySize, valueSize, writers int) error {
	clients, err := dial.Clients(endpoint, writers)
	if err != nil {
		return err
	}
	value := string(bytes.Repeat([]byte("v"), valueSize))
	starts, failures := make(chan int), make(chan error, writers)
	var all sync.WaitGroup
	for _, client := range clients {
		all.Go(func() {
			for from := range starts {
				var ops []clientv3.Op
				for i := from; i < min(from+putsPerTxn, count); i++ {
					key := fmt.Sprintf("%s%0*d", prefix, keySize-len(prefix), i)
					ops = append(ops, clientv3.OpPut(key, value))
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				_, err := client.Txn(ctx).Then(ops...).Commit()
				cancel()
				if err != nil {
					failures <- err
					for range starts {
					}
					return
				}
			}
		})
	}
	began := time.Now()
	for from := 0; from < count; from += putsPerTxn {
		starts <- from
	}
	close(starts)
	all.Wait()
	select {
	case err := <-failures:
		return err
	default:
	}
	got, err := clients[0].Get(context.Background(), prefix, clientv3.WithPrefix(), clientv3.WithCountOnly())
	if err != nil {
		return err
	}
	if got.Count != int64(count) {
		return fmt.Errorf("%d keys where %d were put", got.Count, count)
	}
	fmt.Printf("%d keys in %.1f s\n", count, time.Since(began).Seconds())
	return nil
}
