// Command raftdiff drives go.etcd.io/raft/v3 RawNodes by commands on standard input, one a line, and
// answers each with the CRC-32C of everything that can be seen of it, or with the text itself when
// started with -trace. The other side of test/raft/differential.test.ts: the schedule is made there.
package main

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"os"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func main() {
	trace := len(os.Args) > 1 && os.Args[1] == "-trace"
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 0, 1<<20), 1<<26)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	defer out.Flush()
	cluster := newCluster(0)
	for in.Scan() {
		line := in.Text()
		if line == "flush" {
			out.Flush()
			continue
		}
		text := cluster.run(line)
		if trace {
			out.Write(text)
			out.WriteByte('\n')
		} else {
			fmt.Fprintf(out, "%08x\n", crc32.Checksum(text, castagnoli))
		}
	}
}
