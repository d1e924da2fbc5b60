// Command gatewayload asks a server's JSON gateway for one key, from many clients at once that keep their
// connections, and reports as etcd's benchmark tool does.
package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const patience = 30 * time.Second

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "the server")
	clients := flag.Int("clients", 100, "how many ask at once, each on a connection")
	total := flag.Int("total", 10_000, "how many requests in all")
	key := flag.String("key", "", "the key asked for; it must exist")
	flag.Parse()
	if err := ask(*endpoint, *clients, *total, *key); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func ask(endpoint string, clients, total int, key string) error {
	body := fmt.Appendf(nil, `{"key":%q}`, base64.StdEncoding.EncodeToString([]byte(key)))
	found := []byte(`"count":"1"`)
	transport := &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}
	client := &http.Client{Transport: transport, Timeout: patience}
	took := make([]time.Duration, total)
	failures := make(chan error, clients)
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			for at := next.Add(1) - 1; at < int64(total); at = next.Add(1) - 1 {
				since := time.Now()
				if err := one(client, "http://"+endpoint+"/v3/kv/range", body, found); err != nil {
					failures <- err
					return
				}
				took[at] = time.Since(since)
			}
		})
	}
	all.Wait()
	spent := time.Since(began)
	select {
	case err := <-failures:
		return err
	default:
	}
	slices.Sort(took)
	fmt.Printf("Total:\t%f secs.\nRequests/sec:\t%f\n", spent.Seconds(), float64(total)/spent.Seconds())
	for _, quantile := range []int{50, 99} {
		fmt.Printf("  %d%% in %f secs.\n", quantile, took[total*quantile/100].Seconds())
	}
	return nil
}

func one(client *http.Client, url string, body, found []byte) error {
	response, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || !bytes.Contains(answer, found) {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	return nil
}
