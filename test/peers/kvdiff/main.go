// Command kvdiff drives one made-up history into two etcd servers and compares everything they answer:
// every response field, error code and text. It starts from two empty single-member servers, since their
// revisions must run together. See docs/testing.md.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"
)

const (
	stepsPerBatch   = 128
	callsPerBulk    = 40_000
	progressSeconds = 15
)

type config struct {
	reference, subject string
	seed               uint64
	calls              int
	seconds            int
	leases             bool
	watches            bool
	plant              planter
	selfTest           bool
}

func main() {
	var c config
	flag.StringVar(&c.reference, "a", "", "endpoint of the first server: the reference")
	flag.StringVar(&c.subject, "b", "", "endpoint of the second server: the subject")
	flag.Uint64Var(&c.seed, "seed", 0, "seed of the history; 0 picks one")
	flag.IntVar(&c.calls, "calls", 200_000, "how many calls to compare")
	flag.IntVar(&c.seconds, "seconds", 600, "fail when it takes longer")
	flag.BoolVar(&c.leases, "leases", false, "also grant, attach and revoke leases")
	flag.BoolVar(&c.watches, "watches", true, "also compare watches")
	raw := flag.Bool("raw", true, "also compare the cases that no client library makes")
	flag.StringVar(&c.plant.kind, "plant", "", "plant a fault of this kind in the second server's answers")
	flag.IntVar(&c.plant.after, "plant-after", 200, "the call from which to plant it")
	flag.BoolVar(&c.selfTest, "self-test", false, "then plant every kind of fault; each must be found")
	list := flag.Bool("plants", false, "list the kinds of faults and exit")
	flag.Parse()
	if *list {
		for _, name := range append(plantNames(), watchPlantNames()...) {
			fmt.Println(name)
		}
		return
	}
	if c.seed == 0 {
		c.seed = rand.Uint64N(1 << 48)
	}
	fmt.Printf("seed %d\n", c.seed)
	if err := run(&c, *raw); err != nil {
		fmt.Printf("%v\n\nreproduce: kvdiff -a … -b … -seed %d -calls %d -leases=%v -watches=%v (both servers empty)\n",
			err, c.seed, c.calls, c.leases, c.watches)
		os.Exit(1)
	}
}

func run(c *config, raw bool) error {
	a, err := dial("a", c.reference)
	if err != nil {
		return fmt.Errorf("cannot reach a: %w", err)
	}
	a.isReference = true
	b, err := dial("b", c.subject)
	if err != nil {
		return fmt.Errorf("cannot reach b: %w", err)
	}
	if a.at != b.at {
		return fmt.Errorf("the servers do not start at the same revision: %d and %d", a.at.current, b.at.current)
	}
	if raw {
		compared, err := compareRaw(a, b, c)
		if err != nil {
			return err
		}
		fmt.Printf("%d cases beneath any client library: no difference\n", compared)
	}
	d := &duel{config: c, a: a, b: b, history: newHistory(c.seed, c.leases), started: time.Now()}
	if err := d.run(); err != nil {
		return err
	}
	if c.plant.kind != "" && !c.plant.done {
		return fmt.Errorf("no answer could bear a planted %s", c.plant.kind)
	}
	seconds := time.Since(d.started).Seconds()
	fmt.Printf("%d calls and %d watch events compared in %.1f s (%.0f calls/s): no difference\n",
		d.calls, d.events, seconds, float64(d.calls)/seconds)
	if c.selfTest {
		return selfTest(d.answers, d.streams)
	}
	return nil
}

// duel is the run of one history on both sides.
type duel struct {
	*config
	a, b    *side
	history *history
	calls   int
	events  int
	started time.Time
	// answers and streams are kept for the self-test only.
	answers []recorded
	streams [][2]*watchStream
}

func (d *duel) run() error {
	nextBulk, lastReport := d.config.calls/4, time.Now()
	for d.calls < d.config.calls {
		if time.Since(d.started) > time.Duration(d.seconds)*time.Second {
			return fmt.Errorf("only %d calls in %d s", d.calls, d.seconds)
		}
		if d.calls > nextBulk {
			nextBulk += callsPerBulk
			d.history.queueBulk()
		}
		if err := d.round(); err != nil {
			return err
		}
		if time.Since(lastReport) > progressSeconds*time.Second {
			lastReport = time.Now()
			fmt.Printf("  %d calls, %d events\n", d.calls, d.events)
		}
	}
	return nil
}

// round runs a stretch of the history under a set of watchers.
func (d *duel) round() error {
	var watching *watchRound
	if d.watches {
		var err error
		if watching, err = d.openWatches(); err != nil {
			return err
		}
		defer watching.close()
	}
	for stretch := range 4 {
		if watching != nil && stretch == 2 {
			watching.dropOne(d.history)
		}
		steps := make([][]call, stepsPerBatch)
		for i := range steps {
			steps[i] = d.history.step()
		}
		if err := d.batch(steps, watching); err != nil {
			return err
		}
	}
	if watching == nil {
		return nil
	}
	events, err := watching.finish()
	if d.config.selfTest {
		for i := range watching.streams[0] {
			d.streams = append(d.streams, [2]*watchStream{watching.streams[0][i].copied(), watching.streams[1][i].copied()})
		}
	}
	d.events += events
	return err
}

// batch runs the same steps on both sides at once, each in its own time, then compares.
func (d *duel) batch(steps [][]call, watching *watchRound) error {
	var answers [2][][]answer
	var both sync.WaitGroup
	for i, s := range []*side{d.a, d.b} {
		answers[i] = make([][]answer, len(steps))
		both.Go(func() {
			for j, step := range steps {
				if step[0].method == "Compact" && watching != nil {
					// What a watcher has not yet been sent, a compaction may take from it.
					watching.waitUntilSynced(s)
				}
				answers[i][j] = s.run(step)
				if slices.ContainsFunc(answers[i][j], answer.isSilence) {
					return // it would only be waited for again
				}
			}
		})
	}
	both.Wait()
	for j, step := range steps {
		if answers[0][j] == nil || answers[1][j] == nil {
			return fmt.Errorf("DIFFERENCE: only one server was silent before call %d", d.calls)
		}
		for k, c := range step {
			x, y := answers[0][j][k], answers[1][j][k]
			if x.isSilence() || y.isSilence() {
				return fmt.Errorf("DIFFERENCE at call %d, %s (clientv3: %v): a server does not answer\nasked: %s\na: %v\nb: %v",
					d.calls, c.method, c.typed, printed(x.sent), x, y)
			}
			d.plant.touch(d.calls, &y)
			if why := differ(c.method, x, y); why != "" {
				return fmt.Errorf("DIFFERENCE at call %d, %s (clientv3: %v): %s\nasked: %s\na: %v\nb: %v",
					d.calls, c.method, c.typed, why, printed(x.sent), x, y)
			}
			// As they were made alike: what may differ must not hide what is planted.
			if d.config.selfTest {
				d.answers = append(d.answers, recorded{c.method, x.clone(), y.clone()})
			}
			d.calls++
		}
	}
	return nil
}
