// Command linearizable lets several clients read and write a few keys at once, while somebody else may
// kill and restart the server, and then asks porcupine whether some order of all that was done explains
// every answer. It also checks, over all keys at once, that revisions follow real time. See docs/testing.md.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
	clientv3 "go.etcd.io/etcd/client/v3"
	"quorate.dev/test/peers/dial"
)

const checkPatience = 120 * time.Second

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "the server, or members with commas between, shared out among the clients")
	clients := flag.Int("clients", 10, "how many clients")
	keys := flag.Int("keys", 6, "over how many keys")
	seconds := flag.Int("seconds", 10, "for how long")
	rate := flag.Int("rate", 150, "operations a second for each client, at most")
	seed := flag.Uint64("seed", 0, "seed of the clients' choices; 0 picks one")
	plant := flag.String("plant", "", "spoil one answer, to test the test: stale, value or revision")
	picture := flag.String("picture", "", "where to draw a history that has no explanation (HTML)")
	recordedAt := flag.String("history", "", "judge the history in this file (JSON) and ask no server")
	flag.Parse()
	if *recordedAt != "" {
		history, err := readHistory(*recordedAt)
		if err != nil {
			fmt.Println("cannot read", *recordedAt, err)
			os.Exit(2)
		}
		judge(history, *plant, *picture)
		return
	}
	if *seed == 0 {
		*seed = rand.Uint64N(1 << 48)
	}
	fmt.Printf("seed %d\n", *seed)

	members := strings.Split(*endpoint, ",")
	connections := make([]*clientv3.Client, *clients)
	for i := range connections {
		var err error
		if connections[i], err = dial.Client(members[i%len(members)]); err != nil {
			fmt.Println("VIOLATION cannot connect:", err)
			os.Exit(1)
		}
	}
	history := &history{started: time.Now()}
	var all sync.WaitGroup
	for i, client := range connections {
		worker := worker{
			client: client, id: i, keys: *keys, history: history, pause: time.Second / time.Duration(*rate),
			random: rand.New(rand.NewPCG(*seed, uint64(i))), seen: map[string]int64{},
		}
		all.Go(func() { worker.work(time.Duration(*seconds) * time.Second) })
	}
	all.Wait()
	judge(history, *plant, *picture)
}

// judge says whether the history can be explained, and ends the program when it cannot.
func judge(history *history, plant, picture string) {
	if plant != "" {
		history.plant(plant)
	}
	if err := history.checkRealTime(); err != nil {
		fmt.Println("VIOLATION", err)
		os.Exit(1)
	}
	verdict, info := porcupine.CheckOperationsVerbose(model(), history.operations(), checkPatience)
	if verdict != porcupine.Ok {
		fmt.Println("VIOLATION no order explains the answers:", verdict)
		if picture != "" {
			if err := porcupine.VisualizePath(model(), info, picture); err == nil {
				fmt.Println("drawn in", picture)
			}
		}
		os.Exit(1)
	}
	fmt.Printf("linearizable: %d operations, %d of unknown outcome\n", len(history.done), history.unknown())
}
