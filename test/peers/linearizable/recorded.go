package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// recorded is one operation of a history that another program wrote down; return -1: never answered.
type recorded struct {
	Kind        string
	Key         string
	Value       string
	Expected    int64
	Call        int64
	Return      int64
	Revision    int64
	ModRevision int64
	Found       string
	Changed     bool
}

var kinds = map[string]kind{"put": put, "get": get, "delete": remove, "swap": swap}

// readHistory reads a JSON array of operations in the order they were asked.
func readHistory(path string) (*history, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []recorded
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	read := &history{}
	for i, one := range all {
		kind, known := kinds[one.Kind]
		if !known {
			return nil, fmt.Errorf("operation %d is a %q", i, one.Kind)
		}
		unknown := one.Return < 0
		if unknown && kind == get {
			continue
		}
		in := input{kind: kind, key: one.Key, value: one.Value, expected: one.Expected}
		out := output{
			unknown: unknown, revision: one.Revision, modRevision: one.ModRevision,
			value: one.Found, changed: one.Changed,
		}
		if one.Changed && kind != remove {
			out.value = one.Value
		}
		back := one.Return
		if unknown {
			back = forever
		}
		read.add(i, in, out, one.Call, back)
	}
	return read, nil
}
