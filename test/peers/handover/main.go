// Command handover writes a history of everything a store holds (keys, deletions, transactions, leases,
// compactions), and prints what a store holds, so that a data directory can pass from one server to
// another and be compared line by line. See docs/testing.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"quorate.dev/test/peers/dial"
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "the server")
	dump := flag.String("dump", "", "print the store at these revisions, with commas between them, instead of writing")
	var p plan
	flag.Uint64Var(&p.seed, "seed", 0, "seed of the history; 0 picks one")
	flag.IntVar(&p.operations, "operations", 7000, "how many operations to write")
	flag.IntVar(&p.compactEvery, "compact-every", 2500, "operations between two compactions; 0 never compacts")
	flag.IntVar(&p.historyKept, "history", 1500, "revisions that a compaction leaves")
	flag.IntVar(&p.large, "large", 0, "how many values of a megabyte to write besides")
	flag.BoolVar(&p.untilSilence, "until-silence", false, "a server that goes away ends the history well")
	flag.Parse()
	if p.seed == 0 {
		p.seed = rand.Uint64N(1 << 48)
	}
	if err := run(*endpoint, *dump, p); err != nil {
		fmt.Fprintf(os.Stderr, "handover (seed %d): %v\n", p.seed, err)
		os.Exit(1)
	}
}

func run(endpoint, dump string, p plan) error {
	clients, err := dial.Clients(endpoint, writers)
	if err != nil {
		return err
	}
	if dump == "" {
		done, err := write(clients, p)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(done)
	}
	for _, text := range strings.Split(dump, ",") {
		revision, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		if err := dumpRevision(clients[0], revision); err != nil {
			return fmt.Errorf("revision %d: %w", revision, err)
		}
	}
	return dumpRest(clients[0])
}
