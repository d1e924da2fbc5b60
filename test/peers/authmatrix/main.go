// Command authmatrix asks two servers the same thing as the same user, for every method, every kind of
// user and many forms of ranges, and compares who is let in. Both get the same users first. It ends with
// 1 when an answer differs, and names those where the subject lets in whom the reference does not.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type side struct {
	conn   *grpc.ClientConn
	tokens map[string]string
	leases map[string]int64
}

// answer is what a cell compares: how the call ended and, where it was let in, what it saw.
type answer struct {
	code codes.Code
	text string
	saw  string
}

type cell struct {
	name string
	call func(ctx context.Context, s *side) (string, error)
}

func main() {
	a := flag.String("a", "", "the reference's endpoint")
	b := flag.String("b", "", "the subject's endpoint")
	seed := flag.Uint64("seed", 0, "seed of the ranges; 0 picks one")
	forms := flag.Int("forms", 60, "range forms for the methods that have many other options")
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64N(1 << 48)
	}
	if err := run(*a, *b, *forms, *seed); err != nil {
		fmt.Printf("authmatrix (seed %d): %v\n", *seed, err)
		os.Exit(1)
	}
}

func run(a, b string, forms int, seed uint64) error {
	var sides [2]*side
	for at, endpoint := range []string{a, b} {
		conn, err := grpc.NewClient(endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		sides[at] = &side{conn: conn, tokens: map[string]string{}, leases: map[string]int64{}}
		if err := setUp(sides[at]); err != nil {
			return fmt.Errorf("%s: %w", endpoint, err)
		}
	}
	started := time.Now()
	cells, unbuilt, over, differ, known := 0, 0, 0, 0, 0
	for _, c := range allCells(rand.New(rand.NewPCG(seed, 1)), forms) {
		for _, user := range users {
			if user.name == "root" && c.name == "AuthDisable" {
				continue
			}
			begun := time.Now()
			var got [2]answer
			var both sync.WaitGroup
			for at, s := range sides {
				both.Go(func() { got[at] = ask(s, user.name, c) })
			}
			both.Wait()
			if took := time.Since(begun); took > 2*time.Second {
				fmt.Printf("SLOW %v: %s as %s: %v, %v\n", took, c.name, user.name, got[0], got[1])
			}
			if got[1].code == codes.Unimplemented && got[0].code != codes.Unimplemented {
				unbuilt++
				continue
			}
			cells++
			if got[0] == got[1] {
				continue
			}
			if strings.Contains(c.name, "/Observe ") && got[0].saw == "quiet" != (got[1].saw == "quiet") {
				// Who is slow to answer looks as if let in.
				for at, s := range sides {
					got[at] = ask(s, user.name, c)
				}
				if got[0] == got[1] {
					continue
				}
			}
			if isKnown(c, got) {
				known++
				continue
			}
			differ++
			kind := "DIFFERENCE"
			if got[1].code == codes.OK && got[0].code != codes.OK {
				kind = "OVER-PERMISSION"
				over++
			}
			if differ <= 20 {
				fmt.Printf("%s: %s as %s\n  a: %v\n  b: %v\n", kind, c.name, user.name, got[0], got[1])
			}
		}
	}
	fmt.Printf("seed %d: %d cells in %v, %d differ, %d over-permissions, %d not built, %d on the list\n",
		seed, cells, time.Since(started).Round(time.Millisecond), differ, over, unbuilt, known)
	if differ > 0 {
		return fmt.Errorf("%d cells differ", differ)
	}
	return nil
}

// isKnown says which differences are meant (docs/compatibility.md). Nobody is let in by any of them.
func isKnown(c cell, got [2]answer) bool {
	if got[1].code == codes.OK {
		return false
	}
	switch {
	case strings.Contains(c.name, "Election/Observe "):
		// etcd closes the stream of who may not read it without a word.
		return got[0] == answer{saw: "nothing"}
	case strings.Contains(c.name, "Cluster/MemberUpdate "):
		// etcd takes any text for a URL, and so asks first whether there is such a member.
		return got[0].code == codes.NotFound && got[1].code == codes.InvalidArgument
	}
	return false
}

func ask(s *side, user string, c cell) answer {
	ctx, cancel := context.WithTimeout(as(context.Background(), s, user), 5*time.Second)
	defer cancel()
	saw, err := c.call(ctx, s)
	if err != nil {
		known := status.Convert(err)
		return answer{code: known.Code(), text: known.Message()}
	}
	return answer{saw: saw}
}

func as(ctx context.Context, s *side, user string) context.Context {
	if token := s.tokens[user]; token != "" {
		return metadata.AppendToOutgoingContext(ctx, "token", token)
	}
	return ctx
}
