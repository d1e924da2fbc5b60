// Command crashcheck writes without pause to a server that somebody else kills and restarts, and checks
// after each restart that nothing acknowledged is gone. It obeys lines on stdin:
//
//	verify   stop writing, check everything, answer "verified …" or "VIOLATION …", go on writing
//	quit     stop writing, check everything from the first revision on, answer likewise, end
//
// What is checked: every acknowledged write is there at its revision with its value; revisions never go
// back; no revision ever changes what it holds, nor does what a watcher once saw; no write happens twice;
// the state is what the history says. See docs/testing.md.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"time"

	"quorate.dev/test/peers/dial"
)

const answerPatience = 30 * time.Second

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "the server")
	writers := flag.Int("writers", 16, "how many write at once")
	connections := flag.Int("connections", 4, "over how many connections")
	plant := flag.String("plant", "", "pretend a fault, to test the test: lost, changed, twice, back or state")
	flag.Parse()

	clients, err := dial.Clients(*endpoint, *connections)
	if err != nil {
		fmt.Println("VIOLATION cannot connect:", err)
		os.Exit(1)
	}
	record := newRecord()
	start, err := dial.Revision(clients[0], answerPatience)
	if err != nil {
		fmt.Println("VIOLATION", err)
		os.Exit(1)
	}
	record.start = start
	load := startLoad(clients, *writers, record)
	watcher, err := startWatcher(*endpoint, record)
	if err != nil {
		fmt.Println("VIOLATION", err)
		os.Exit(1)
	}
	fmt.Println("writing")

	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		command := input.Text()
		load.pause()
		if *plant != "" {
			record.plant(*plant)
		}
		report, err := record.verify(clients[0], command == "quit")
		if err != nil {
			fmt.Println("VIOLATION", err)
			os.Exit(1)
		}
		fmt.Println("verified", report)
		if command == "quit" {
			watcher()
			return
		}
		load.resume()
	}
}
