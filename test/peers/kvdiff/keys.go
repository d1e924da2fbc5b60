package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// keyPool is small, so that requests meet one another's keys, and holds every awkward shape of key.
var keyPool = func() []string {
	pool := []string{
		"\x00", "\x00\x00", "\x00a", "\xff", "\xff\xff", "\xfe\xff", "a", "a\x00", "a\x00b", "b", "z", "~",
		"ключ", "/registry/pods/default/web-0", "/registry/pods/default/web-1", "/registry/pods/kube/dns",
		"/registry/leases/node-1", "/registry/leases/node-2", strings.Repeat("long", 80), "key with spaces",
	}
	for i := range 16 {
		pool = append(pool, fmt.Sprintf("k%02d", i))
	}
	for i := range 6 {
		pool = append(pool, fmt.Sprintf("p/a/%d", i), fmt.Sprintf("p/b/%d", i))
	}
	return pool
}()

var prefixPool = []string{"k", "k0", "k1", "p/", "p/a/", "p/b/", "/registry/", "/registry/pods/", "a", "\xff", "\x00"}

var valuePool = []string{"", "0", "1", "2", "a", "b", "value", "\x00", "\xff\xfe", "Grüße"}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func chance(r *rand.Rand, percent float64) bool { return r.Float64()*100 < percent }

func randomBytes(r *rand.Rand, size int) []byte {
	bytes := make([]byte, size)
	for i := range bytes {
		bytes[i] = byte(r.Uint32())
	}
	return bytes
}

func randomKey(r *rand.Rand) []byte {
	if chance(r, 1) {
		return randomBytes(r, 1+r.IntN(40))
	}
	return []byte(pick(r, keyPool))
}

func randomValue(r *rand.Rand) []byte {
	switch n := r.IntN(200); {
	case n < 120:
		return []byte(pick(r, valuePool))
	case n < 198:
		return randomBytes(r, r.IntN(300))
	default:
		return randomBytes(r, 4096+r.IntN(16384))
	}
}

// randomRange is a key and a range end: one key, a prefix, a span, all from a key, all, or an empty span.
func randomRange(r *rand.Rand) (key, end []byte) {
	switch n := r.IntN(100); {
	case n < 30:
		return randomKey(r), nil
	case n < 60:
		prefix := pick(r, prefixPool)
		return []byte(prefix), []byte(clientv3.GetPrefixRangeEnd(prefix))
	case n < 75:
		key, end = randomKey(r), randomKey(r)
		if string(key) > string(end) && !chance(r, 10) {
			key, end = end, key
		}
		return key, end
	case n < 85:
		return randomKey(r), []byte{0}
	case n < 97:
		return []byte{0}, []byte{0}
	default:
		key = randomKey(r)
		return key, key
	}
}
