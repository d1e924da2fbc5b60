package main

import (
	"context"
	"fmt"

	"go.etcd.io/etcd/api/v3/authpb"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

const (
	read  = authpb.Permission_READ
	write = authpb.Permission_WRITE
	both  = authpb.Permission_READWRITE
)

type grant struct {
	kind     authpb.Permission_Type
	key, end string
}

type user struct {
	name   string
	grants []grant
}

// users with one role each, of the same name. The last ones have no account any more, or never had one.
var users = []user{
	{"root", nil},
	{"roleless", nil},
	{"readkey", []grant{{read, "k", ""}}},
	{"readprefix", []grant{{read, "p/", "p0"}}},
	{"writekey", []grant{{write, "k", ""}}},
	{"readwrite", []grant{{both, "m", "o"}, {both, "o", "q"}}},
	{"gap", []grant{{both, "m", "n"}, {both, "n\x00", "q"}, {read, "n", ""}}},
	{"readopen", []grant{{read, "t", "\x00"}}},
	{"writeopen", []grant{{write, "t", "\x00"}, {read, "k", "l"}}},
	{"everything", []grant{{both, "\x00", "\x00"}}},
	{"mixed", []grant{{read, "a", "c"}, {write, "b", "d"}, {both, "c", ""}, {read, "k", "n"}, {write, "k", "m"}, {both, "p/1", "p/3"}}},
	{"deleted", []grant{{both, "\x00", "\x00"}}},
	{"changed", []grant{{both, "\x00", "\x00"}}},
	{"nobody", nil},
	{"forger", nil},
}

var keys = []string{"\x00", "a", "b", "c", "k", "k\x00", "m", "n", "o", "p/", "p/1", "p/2", "q", "t", "u", "\xff"}

func setUp(s *side) error {
	ctx := context.Background()
	auth, kv, lease := pb.NewAuthClient(s.conn), pb.NewKVClient(s.conn), pb.NewLeaseClient(s.conn)
	for _, u := range users {
		if u.name == "nobody" || u.name == "forger" {
			continue
		}
		if _, err := auth.UserAdd(ctx, &pb.AuthUserAddRequest{Name: u.name, Password: u.name}); err != nil {
			return err
		}
		if _, err := auth.RoleAdd(ctx, &pb.AuthRoleAddRequest{Name: u.name}); err != nil {
			return err
		}
		for _, g := range u.grants {
			perm := &authpb.Permission{PermType: g.kind, Key: []byte(g.key), RangeEnd: []byte(g.end)}
			if _, err := auth.RoleGrantPermission(ctx, &pb.AuthRoleGrantPermissionRequest{Name: u.name, Perm: perm}); err != nil {
				return err
			}
		}
		if u.name == "roleless" {
			continue
		}
		if _, err := auth.UserGrantRole(ctx, &pb.AuthUserGrantRoleRequest{User: u.name, Role: u.name}); err != nil {
			return err
		}
	}
	// A user without a password, whom no password lets in.
	bare := &pb.AuthUserAddRequest{Name: "bare", Options: &authpb.UserAddOptions{NoPassword: true}}
	if _, err := auth.UserAdd(ctx, bare); err != nil {
		return err
	}
	for at, held := range [][]string{{}, {"k"}, {"m", "n"}, {"m", "z"}} {
		id := int64(1000 + at)
		if _, err := lease.LeaseGrant(ctx, &pb.LeaseGrantRequest{ID: id, TTL: 3600}); err != nil {
			return err
		}
		for _, key := range held {
			// Keys of leases are never written again: what a lease holds must not change on the way.
			if _, err := kv.Put(ctx, &pb.PutRequest{Key: []byte(key + "."), Lease: id}); err != nil {
				return err
			}
		}
	}
	for _, key := range keys {
		if _, err := kv.Put(ctx, &pb.PutRequest{Key: []byte(key), Value: []byte("v")}); err != nil {
			return err
		}
	}
	if _, err := auth.AuthEnable(ctx, &pb.AuthEnableRequest{}); err != nil {
		return err
	}
	for _, u := range users {
		if u.name == "nobody" || u.name == "forger" {
			continue
		}
		got, err := auth.Authenticate(ctx, &pb.AuthenticateRequest{Name: u.name, Password: u.name})
		if err != nil {
			return fmt.Errorf("%s: %w", u.name, err)
		}
		s.tokens[u.name] = got.Token
	}
	root := as(ctx, s, "root")
	if _, err := auth.UserDelete(root, &pb.AuthUserDeleteRequest{Name: "deleted"}); err != nil {
		return err
	}
	change := &pb.AuthUserChangePasswordRequest{Name: "changed", Password: "another"}
	if _, err := auth.UserChangePassword(root, change); err != nil {
		return err
	}
	s.tokens["forger"] = "aaaaaaaaaaaaaaaa.3"
	return nil
}
