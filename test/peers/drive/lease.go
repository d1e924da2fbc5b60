package main

import (
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	leaseClients = 10
	leaseWorkers = 100
	leaseSeconds = 3600
)

// keepalive: long streams, each renewing its lease as fast as it is answered.
func keepalive(j *job) (figures, error) {
	clients, err := j.clients(leaseClients)
	if err != nil {
		return nil, err
	}
	workers := j.or(leaseWorkers)
	streams := make([]pb.Lease_LeaseKeepAliveClient, workers)
	ids := make([]int64, workers)
	for at := range workers {
		client := clients[at%leaseClients]
		granted, err := client.Grant(j.ctx, leaseSeconds)
		if err != nil {
			return nil, err
		}
		ids[at] = int64(granted.ID)
		if streams[at], err = pb.NewLeaseClient(client.ActiveConnection()).LeaseKeepAlive(j.ctx); err != nil {
			return nil, err
		}
	}
	var took times
	length, err := j.warmed(workers, took.forget, func(worker, _ int) error {
		began := time.Now()
		if err := streams[worker].Send(&pb.LeaseKeepAliveRequest{ID: ids[worker]}); err != nil {
			return err
		}
		_, err := streams[worker].Recv()
		took.add(time.Since(began))
		return err
	})
	return took.figures(length), err
}

// grant: leases made one after another by many.
func grant(j *job) (figures, error) {
	clients, err := j.clients(leaseClients)
	if err != nil {
		return nil, err
	}
	var took times
	length, err := j.warmed(j.or(leaseWorkers), took.forget, func(worker, _ int) error {
		began := time.Now()
		_, err := clients[worker%leaseClients].Grant(j.ctx, leaseSeconds)
		took.add(time.Since(began))
		return err
	})
	return took.figures(length), err
}

// revoke: leases with a key each, ended one after another by many.
func revoke(j *job) (figures, error) {
	clients, err := j.clients(leaseClients)
	if err != nil {
		return nil, err
	}
	var took times
	var revoking time.Duration
	j.begin()
	for began := time.Now(); time.Since(began) < j.length; {
		ids := make(chan clientv3.LeaseID, 5000)
		_, err := together(leaseWorkers, time.Nanosecond, func(worker, _ int) error {
			client := clients[worker%leaseClients]
			for range cap(ids) / leaseWorkers {
				granted, err := client.Grant(j.ctx, leaseSeconds)
				if err != nil {
					return err
				}
				key := "lease/" + time.Duration(granted.ID).String()
				if _, err := client.Put(j.ctx, key, "", clientv3.WithLease(granted.ID)); err != nil {
					return err
				}
				ids <- granted.ID
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		close(ids)
		length, err := together(leaseWorkers, time.Nanosecond, func(worker, _ int) error {
			for id := range ids {
				began := time.Now()
				if _, err := clients[worker%leaseClients].Revoke(j.ctx, id); err != nil {
					return err
				}
				took.add(time.Since(began))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		revoking += length
	}
	return took.figures(revoking), nil
}
