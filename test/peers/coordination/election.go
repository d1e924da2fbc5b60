package main

import (
	"context"
	"fmt"

	epb "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
)

func (w *world) campaign(ctx context.Context, name string, lease int64, value string) (*epb.LeaderKey, string) {
	got, err := w.election.Campaign(ctx, &epb.CampaignRequest{Name: []byte(name), Lease: lease, Value: []byte(value)})
	if err != nil {
		return nil, "campaign: " + said(err)
	}
	k := got.Leader
	return k, fmt.Sprintf("campaign: name %q key %q rev %d lease %x at %d", k.Name, k.Key, k.Rev, k.Lease, got.Header.Revision)
}

func (w *world) proclaim(leader *epb.LeaderKey, value string) {
	got, err := w.election.Proclaim(w.ctx, &epb.ProclaimRequest{Leader: leader, Value: []byte(value)})
	if err != nil {
		fmt.Println("proclaim:", said(err))
		return
	}
	fmt.Println("proclaim: at", got.Header.Revision)
}

func (w *world) resign(leader *epb.LeaderKey) {
	got, err := w.election.Resign(w.ctx, &epb.ResignRequest{Leader: leader})
	if err != nil {
		fmt.Println("resign:", said(err))
		return
	}
	fmt.Println("resign: at", got.Header.Revision)
}

func (w *world) leader(name string) {
	got, err := w.election.Leader(w.ctx, &epb.LeaderRequest{Name: []byte(name)})
	fmt.Println("leader:", leaderText(got, err))
}

func leaderText(got *epb.LeaderResponse, err error) string {
	if err != nil {
		return said(err)
	}
	kv := got.Kv
	return fmt.Sprintf("%s=%q created %d modified %d version %d lease %x at %d",
		kv.Key, kv.Value, kv.CreateRevision, kv.ModRevision, kv.Version, kv.Lease, got.Header.Revision)
}

func elections(w *world) error {
	if err := w.grant(0x41, 0x42); err != nil {
		return err
	}
	w.leader("e")
	first, text := w.campaign(w.ctx, "e", 0x41, "one")
	fmt.Println(text)
	w.leader("e")
	w.proclaim(first, "two")
	w.leader("e")
	_, text = w.campaign(w.ctx, "e", 0x41, "two")
	fmt.Println(text)
	_, text = w.campaign(w.ctx, "e", 0x41, "three")
	fmt.Println(text)
	w.leader("e")
	wrong := &epb.LeaderKey{Name: first.Name, Key: first.Key, Rev: first.Rev + 1, Lease: first.Lease}
	w.proclaim(wrong, "never")
	w.resign(wrong)
	w.leader("e")
	w.resign(first)
	w.resign(first)
	w.proclaim(first, "never")
	w.leader("e")
	return w.show("e")
}

func waitingCandidates(w *world) error {
	if err := w.grant(0x51, 0x52, 0x53); err != nil {
		return err
	}
	first, text := w.campaign(w.ctx, "c", 0x51, "one")
	fmt.Println(text)
	second := make(chan string, 1)
	go func() {
		_, text := w.campaign(w.ctx, "c", 0x52, "two")
		second <- text
	}()
	if err := w.until("c", 2); err != nil {
		return err
	}
	cancelled, cancel := context.WithCancel(w.ctx)
	defer cancel()
	third := make(chan string, 1)
	go func() {
		_, text := w.campaign(cancelled, "c", 0x53, "three")
		third <- text
	}()
	if err := w.until("c", 3); err != nil {
		return err
	}
	cancel()
	fmt.Println("cancelled", <-third)
	if err := w.until("c", 2); err != nil {
		return err
	}
	w.resign(first)
	fmt.Println("second", <-second)
	w.leader("c")
	if _, err := w.client.Revoke(w.ctx, 0x52); err != nil {
		return err
	}
	w.leader("c")
	return nil
}

func observers(w *world) error {
	if err := w.grant(0x61, 0x62); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	early, err := w.election.Observe(ctx, &epb.LeaderRequest{Name: []byte("o")})
	if err != nil {
		return err
	}
	next := func(stream epb.Election_ObserveClient) {
		got, err := stream.Recv()
		fmt.Println("observed:", leaderText(got, err))
	}
	first, text := w.campaign(w.ctx, "o", 0x61, "one")
	fmt.Println(text)
	next(early)
	late, err := w.election.Observe(ctx, &epb.LeaderRequest{Name: []byte("o")})
	if err != nil {
		return err
	}
	next(late)
	w.proclaim(first, "two")
	next(early)
	next(late)
	second := make(chan string, 1)
	go func() {
		_, text := w.campaign(w.ctx, "o", 0x62, "three")
		second <- text
	}()
	if err := w.until("o", 2); err != nil {
		return err
	}
	w.resign(first)
	fmt.Println("second", <-second)
	next(early)
	next(late)
	cancel()
	next(early)
	return nil
}

func refusedElections(w *world) error {
	_, text := w.campaign(w.ctx, "r", 0x666, "nobody")
	fmt.Println(text)
	w.proclaim(nil, "nobody")
	w.resign(nil)
	w.proclaim(&epb.LeaderKey{}, "nobody")
	w.resign(&epb.LeaderKey{})
	w.proclaim(&epb.LeaderKey{Name: []byte("r"), Key: []byte("r/1"), Rev: 5, Lease: 0x666}, "nobody")
	w.resign(&epb.LeaderKey{Name: []byte("r"), Key: []byte("r/1"), Rev: 5, Lease: 0x666})
	w.leader("")
	return w.show("r")
}
