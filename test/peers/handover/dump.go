package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	dumpPatience = 60 * time.Second
	keysPerPage  = 500
)

// dumpRevision prints the hash of the store at a revision and a line for every key it held then.
func dumpRevision(client *clientv3.Client, revision int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), dumpPatience)
	defer cancel()
	hash, err := client.HashKV(ctx, client.Endpoints()[0], revision)
	if err != nil {
		return err
	}
	fmt.Printf("revision %d compacted %d hash %d\n", hash.HashRevision, hash.CompactRevision, hash.Hash)
	from, count := "\x00", int64(0)
	for {
		page, err := client.Get(ctx, from, clientv3.WithFromKey(), clientv3.WithRev(hash.HashRevision), clientv3.WithLimit(keysPerPage))
		if err != nil {
			return err
		}
		for _, kv := range page.Kvs {
			digest := sha256.Sum256(kv.Value)
			fmt.Printf("%d %q created %d modified %d version %d lease %x value %d %x\n", hash.HashRevision, kv.Key,
				kv.CreateRevision, kv.ModRevision, kv.Version, kv.Lease, len(kv.Value), digest[:8])
			from = string(kv.Key) + "\x00"
		}
		count += int64(len(page.Kvs))
		if !page.More {
			fmt.Printf("%d holds %d keys\n", hash.HashRevision, count)
			return nil
		}
	}
}

// dumpRest prints what has no revision: the cluster, its members, and the leases with their keys.
func dumpRest(client *clientv3.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), dumpPatience)
	defer cancel()
	members, err := client.MemberList(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("cluster %x\n", members.Header.ClusterId)
	for _, member := range members.Members {
		fmt.Printf("member %x %q %q learner %v\n", member.ID, member.Name, member.PeerURLs, member.IsLearner)
	}
	leases, err := client.Leases(ctx)
	if err != nil {
		return err
	}
	ids := make([]clientv3.LeaseID, len(leases.Leases))
	for i, lease := range leases.Leases {
		ids[i] = lease.ID
	}
	slices.Sort(ids)
	for _, id := range ids {
		lease, err := client.TimeToLive(ctx, id, clientv3.WithAttachedKeys())
		if err != nil {
			return err
		}
		slices.SortFunc(lease.Keys, slices.Compare)
		fmt.Printf("lease %x granted %d keys %q\n", id, lease.GrantedTTL, lease.Keys)
	}
	return nil
}
