package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"go.etcd.io/etcd/api/v3/authpb"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

type form struct{ key, end string }

func (f form) String() string { return fmt.Sprintf("[%q, %q)", f.key, f.end) }

var ends = []string{"", "\x00", "a", "c", "k\x00", "l", "m", "n", "o", "p0", "p/2", "q", "z", "\xff"}

func allCells(chance *rand.Rand, some int) []cell {
	var all []form
	for _, key := range keys {
		for _, end := range ends {
			all = append(all, form{key, end})
		}
	}
	var cells []cell
	for _, f := range all {
		cells = append(cells, rangeCell("Range", f, pick(chance)))
	}
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	some = min(some, len(all))
	for _, f := range all[:some] {
		cells = append(cells, watchCell(f), streamCell(f))
		for depth := range 3 {
			cells = append(cells, txnCell("compare", f, depth, chance), txnCell("range", f, depth, chance))
		}
	}
	cells = append(cells, leaseReads()...)
	cells = append(cells, adminCells()...)
	cells = append(cells, authCells()...)
	// What writes comes last, so that reads above saw the same keys however the cells fell.
	for _, f := range all[:some] {
		cells = append(cells, deleteCell(f, false), deleteCell(f, true))
		for depth := range 3 {
			cells = append(cells, txnCell("delete", f, depth, chance), txnCell("delete prev", f, depth, chance))
		}
	}
	for _, key := range keys {
		for lease := range 6 {
			for _, prev := range []bool{false, true} {
				put := &pb.PutRequest{Key: []byte(key), PrevKv: prev}
				switch {
				case lease == 5:
					put.IgnoreLease = true
				case lease > 0:
					put.Lease = int64(999 + lease)
				}
				cells = append(cells, putCell(put), putTxnCell(put, chance.IntN(3)))
			}
		}
	}
	cells = append(cells, schemaCells()...)
	return append(cells, leaseWrites()...)
}

func pick(chance *rand.Rand) bool { return chance.IntN(2) == 0 }

func rangeCell(name string, f form, serializable bool) cell {
	r := &pb.RangeRequest{Key: []byte(f.key), RangeEnd: []byte(f.end), Serializable: serializable}
	return cell{fmt.Sprintf("%s %v", name, f), func(ctx context.Context, s *side) (string, error) {
		got, err := pb.NewKVClient(s.conn).Range(ctx, r)
		return fmt.Sprint(got.GetCount(), " keys"), err
	}}
}

func streamCell(f form) cell {
	r := &pb.RangeRequest{Key: []byte(f.key), RangeEnd: []byte(f.end)}
	return cell{fmt.Sprintf("RangeStream %v", f), func(ctx context.Context, s *side) (string, error) {
		stream, err := pb.NewKVClient(s.conn).RangeStream(ctx, r)
		if err != nil {
			return "", err
		}
		got, err := stream.Recv()
		return fmt.Sprint(got.GetRangeResponse().GetCount(), " keys"), err
	}}
}

func watchCell(f form) cell {
	create := &pb.WatchCreateRequest{Key: []byte(f.key), RangeEnd: []byte(f.end)}
	request := &pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: create}}
	return cell{fmt.Sprintf("Watch %v", f), func(ctx context.Context, s *side) (string, error) {
		stream, err := pb.NewWatchClient(s.conn).Watch(ctx)
		if err != nil {
			return "", err
		}
		if err := stream.Send(request); err != nil {
			return "", err
		}
		got, err := stream.Recv()
		return fmt.Sprintf("created %v canceled %v: %s", got.GetCreated(), got.GetCanceled(), got.GetCancelReason()), err
	}}
}

func deleteCell(f form, prev bool) cell {
	r := &pb.DeleteRangeRequest{Key: []byte(f.key + "none"), RangeEnd: []byte(f.end), PrevKv: prev}
	return cell{fmt.Sprintf("DeleteRange %v prev %v", f, prev), func(ctx context.Context, s *side) (string, error) {
		// Only keys that are not there: a range would delete what leases hold.
		if f.end != "" {
			return inDeadBranch(ctx, s, &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: r}})
		}
		got, err := pb.NewKVClient(s.conn).DeleteRange(ctx, r)
		return fmt.Sprint(got.GetDeleted(), " deleted"), err
	}}
}

// inDeadBranch has an operation permitted but not run. The first compare is of a key nobody may read
// alone, so there is none: an empty compare succeeds and the failure branch is the dead one.
func inDeadBranch(ctx context.Context, s *side, op *pb.RequestOp) (string, error) {
	got, err := pb.NewKVClient(s.conn).Txn(ctx, &pb.TxnRequest{Failure: []*pb.RequestOp{op}})
	return fmt.Sprint(got.GetSucceeded(), len(got.GetResponses())), err
}

func txnCell(kind string, f form, depth int, chance *rand.Rand) cell {
	key, end := []byte(f.key), []byte(f.end)
	txn := &pb.TxnRequest{}
	var op *pb.RequestOp
	switch kind {
	case "compare":
		target := &pb.Compare_CreateRevision{CreateRevision: 1}
		txn.Compare = []*pb.Compare{{Key: key, RangeEnd: end, Target: pb.Compare_CREATE, TargetUnion: target}}
	case "range":
		op = &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: &pb.RangeRequest{Key: key, RangeEnd: end}}}
	default:
		r := &pb.DeleteRangeRequest{Key: key, RangeEnd: end, PrevKv: kind == "delete prev"}
		op = &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: r}}
	}
	// What deletes stands where it does not run.
	dead := kind != "compare" && kind != "range"
	if op != nil && (dead || pick(chance)) {
		txn.Failure = []*pb.RequestOp{op}
	} else if op != nil {
		txn.Success = []*pb.RequestOp{op}
	}
	return cell{fmt.Sprintf("Txn %s %v depth %d", kind, f, depth), func(ctx context.Context, s *side) (string, error) {
		got, err := pb.NewKVClient(s.conn).Txn(ctx, nested(txn, depth))
		return fmt.Sprint(got.GetSucceeded(), len(got.GetResponses())), err
	}}
}

func nested(txn *pb.TxnRequest, depth int) *pb.TxnRequest {
	for range depth {
		op := &pb.RequestOp{Request: &pb.RequestOp_RequestTxn{RequestTxn: txn}}
		txn = &pb.TxnRequest{Success: []*pb.RequestOp{op}}
	}
	return txn
}

func putCell(put *pb.PutRequest) cell {
	return cell{fmt.Sprintf("Put %v", put), func(ctx context.Context, s *side) (string, error) {
		got, err := pb.NewKVClient(s.conn).Put(ctx, put)
		return fmt.Sprint("previous ", got.GetPrevKv() != nil), err
	}}
}

func putTxnCell(put *pb.PutRequest, depth int) cell {
	op := &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: put}}
	return cell{fmt.Sprintf("Txn put %v depth %d", put, depth), func(ctx context.Context, s *side) (string, error) {
		got, err := pb.NewKVClient(s.conn).Txn(ctx, nested(&pb.TxnRequest{Success: []*pb.RequestOp{op}}, depth))
		return fmt.Sprint(len(got.GetResponses())), err
	}}
}

func leaseReads() []cell {
	var cells []cell
	for id := int64(999); id <= 1003; id++ {
		for _, withKeys := range []bool{false, true} {
			r := &pb.LeaseTimeToLiveRequest{ID: id, Keys: withKeys}
			cells = append(cells, cell{fmt.Sprintf("LeaseTimeToLive %v", r), func(ctx context.Context, s *side) (string, error) {
				got, err := pb.NewLeaseClient(s.conn).LeaseTimeToLive(ctx, r)
				return fmt.Sprint(got.GetGrantedTTL(), len(got.GetKeys())), err
			}})
		}
		r := &pb.LeaseKeepAliveRequest{ID: id}
		cells = append(cells, cell{fmt.Sprintf("LeaseKeepAlive %v", r), func(ctx context.Context, s *side) (string, error) {
			stream, err := pb.NewLeaseClient(s.conn).LeaseKeepAlive(ctx)
			if err != nil {
				return "", err
			}
			if err := stream.Send(r); err != nil {
				return "", err
			}
			got, err := stream.Recv()
			return fmt.Sprint(got.GetTTL()), err
		}})
	}
	return append(cells, cell{"LeaseLeases", func(ctx context.Context, s *side) (string, error) {
		got, err := pb.NewLeaseClient(s.conn).LeaseLeases(ctx, &pb.LeaseLeasesRequest{})
		return fmt.Sprint(len(got.GetLeases())), err
	}})
}

func leaseWrites() []cell {
	cells := []cell{
		{"LeaseGrant of one that is there", func(ctx context.Context, s *side) (string, error) {
			_, err := pb.NewLeaseClient(s.conn).LeaseGrant(ctx, &pb.LeaseGrantRequest{ID: 1000, TTL: 60})
			return "", err
		}},
	}
	// Those who may revoke come in the same order on both sides; whoever comes after finds none.
	for id := int64(999); id <= 1003; id++ {
		cells = append(cells, cell{fmt.Sprintf("LeaseRevoke %d", id), func(ctx context.Context, s *side) (string, error) {
			_, err := pb.NewLeaseClient(s.conn).LeaseRevoke(ctx, &pb.LeaseRevokeRequest{ID: id})
			return "", err
		}})
	}
	return cells
}

func adminCells() []cell {
	maintenance := func(name string, call func(context.Context, pb.MaintenanceClient) error) cell {
		return cell{name, func(ctx context.Context, s *side) (string, error) {
			return "", call(ctx, pb.NewMaintenanceClient(s.conn))
		}}
	}
	cluster := func(name string, call func(context.Context, pb.ClusterClient) error) cell {
		return cell{name, func(ctx context.Context, s *side) (string, error) {
			return "", call(ctx, pb.NewClusterClient(s.conn))
		}}
	}
	unknown := uint64(12345)
	return []cell{
		maintenance("Status", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Status(ctx, &pb.StatusRequest{})
			return err
		}),
		maintenance("Alarm get", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Alarm(ctx, &pb.AlarmRequest{Action: pb.AlarmRequest_GET})
			return err
		}),
		maintenance("Alarm deactivate", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Alarm(ctx, &pb.AlarmRequest{Action: pb.AlarmRequest_DEACTIVATE, Alarm: pb.AlarmType_NOSPACE})
			return err
		}),
		maintenance("Alarm unknown", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Alarm(ctx, &pb.AlarmRequest{Action: pb.AlarmRequest_DEACTIVATE, Alarm: 77})
			return err
		}),
		maintenance("Hash", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Hash(ctx, &pb.HashRequest{})
			return err
		}),
		maintenance("HashKV", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.HashKV(ctx, &pb.HashKVRequest{})
			return err
		}),
		maintenance("Snapshot", func(ctx context.Context, c pb.MaintenanceClient) error {
			stream, err := c.Snapshot(ctx, &pb.SnapshotRequest{})
			if err != nil {
				return err
			}
			_, err = stream.Recv()
			return err
		}),
		maintenance("Defragment", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Defragment(ctx, &pb.DefragmentRequest{})
			return err
		}),
		maintenance("MoveLeader", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.MoveLeader(ctx, &pb.MoveLeaderRequest{TargetID: unknown})
			return err
		}),
		maintenance("Downgrade", func(ctx context.Context, c pb.MaintenanceClient) error {
			_, err := c.Downgrade(ctx, &pb.DowngradeRequest{Action: pb.DowngradeRequest_CANCEL})
			return err
		}),
		cluster("MemberList", func(ctx context.Context, c pb.ClusterClient) error {
			_, err := c.MemberList(ctx, &pb.MemberListRequest{})
			return err
		}),
		cluster("MemberList linearizable", func(ctx context.Context, c pb.ClusterClient) error {
			_, err := c.MemberList(ctx, &pb.MemberListRequest{Linearizable: true})
			return err
		}),
		cluster("MemberRemove", func(ctx context.Context, c pb.ClusterClient) error {
			_, err := c.MemberRemove(ctx, &pb.MemberRemoveRequest{ID: unknown})
			return err
		}),
		cluster("MemberUpdate", func(ctx context.Context, c pb.ClusterClient) error {
			_, err := c.MemberUpdate(ctx, &pb.MemberUpdateRequest{ID: unknown, PeerURLs: []string{"http://127.0.0.1:1"}})
			return err
		}),
		cluster("MemberPromote", func(ctx context.Context, c pb.ClusterClient) error {
			_, err := c.MemberPromote(ctx, &pb.MemberPromoteRequest{ID: unknown})
			return err
		}),
		{"Compact the future", func(ctx context.Context, s *side) (string, error) {
			_, err := pb.NewKVClient(s.conn).Compact(ctx, &pb.CompactionRequest{Revision: 1 << 40})
			return "", err
		}},
	}
}

// authCells ask for what changes nothing, so that later cells find the same users.
func authCells() []cell {
	auth := func(name string, call func(context.Context, pb.AuthClient) (fmt.Stringer, error)) cell {
		return cell{name, func(ctx context.Context, s *side) (string, error) {
			got, err := call(ctx, pb.NewAuthClient(s.conn))
			if err != nil {
				return "", err
			}
			switch got := got.(type) {
			case *pb.AuthUserGetResponse:
				return fmt.Sprint(got.Roles), nil
			case *pb.AuthRoleGetResponse:
				return fmt.Sprint(len(got.Perm), " permissions"), nil
			case *pb.AuthUserListResponse:
				return fmt.Sprint(got.Users), nil
			case *pb.AuthRoleListResponse:
				return fmt.Sprint(got.Roles), nil
			case *pb.AuthStatusResponse:
				return fmt.Sprint(got.Enabled, got.AuthRevision), nil
			}
			return "", nil
		}}
	}
	type ctx = context.Context
	type client = pb.AuthClient
	type answer = fmt.Stringer
	var cells []cell
	for _, name := range []string{"root", "readkey", "mixed", "deleted", "roleless", "never", "", "bare"} {
		cells = append(cells,
			auth("UserGet "+name, func(c ctx, a client) (answer, error) { return a.UserGet(c, &pb.AuthUserGetRequest{Name: name}) }),
			auth("RoleGet "+name, func(c ctx, a client) (answer, error) { return a.RoleGet(c, &pb.AuthRoleGetRequest{Role: name}) }),
			auth("Authenticate "+name, func(c ctx, a client) (answer, error) {
				return a.Authenticate(c, &pb.AuthenticateRequest{Name: name, Password: "wrong"})
			}),
		)
	}
	perm := &authpb.Permission{PermType: read, Key: []byte("b"), RangeEnd: []byte("a")}
	long := make([]byte, 73)
	return append(cells,
		auth("UserList", func(c ctx, a client) (answer, error) { return a.UserList(c, &pb.AuthUserListRequest{}) }),
		auth("RoleList", func(c ctx, a client) (answer, error) { return a.RoleList(c, &pb.AuthRoleListRequest{}) }),
		auth("AuthStatus", func(c ctx, a client) (answer, error) { return a.AuthStatus(c, &pb.AuthStatusRequest{}) }),
		auth("AuthEnable", func(c ctx, a client) (answer, error) { return a.AuthEnable(c, &pb.AuthEnableRequest{}) }),
		auth("AuthDisable", func(c ctx, a client) (answer, error) { return a.AuthDisable(c, &pb.AuthDisableRequest{}) }),
		auth("UserAdd again", func(c ctx, a client) (answer, error) {
			return a.UserAdd(c, &pb.AuthUserAddRequest{Name: "mixed", Password: "x"})
		}),
		auth("UserAdd without a name", func(c ctx, a client) (answer, error) { return a.UserAdd(c, &pb.AuthUserAddRequest{}) }),
		auth("UserDelete root", func(c ctx, a client) (answer, error) {
			return a.UserDelete(c, &pb.AuthUserDeleteRequest{Name: "root"})
		}),
		auth("UserDelete never", func(c ctx, a client) (answer, error) {
			return a.UserDelete(c, &pb.AuthUserDeleteRequest{Name: "never"})
		}),
		auth("UserChangePassword never", func(c ctx, a client) (answer, error) {
			return a.UserChangePassword(c, &pb.AuthUserChangePasswordRequest{Name: "never", Password: "x"})
		}),
		auth("UserGrantRole never", func(c ctx, a client) (answer, error) {
			return a.UserGrantRole(c, &pb.AuthUserGrantRoleRequest{User: "mixed", Role: "never"})
		}),
		auth("UserGrantRole again", func(c ctx, a client) (answer, error) {
			return a.UserGrantRole(c, &pb.AuthUserGrantRoleRequest{User: "mixed", Role: "mixed"})
		}),
		auth("UserRevokeRole root", func(c ctx, a client) (answer, error) {
			return a.UserRevokeRole(c, &pb.AuthUserRevokeRoleRequest{Name: "root", Role: "root"})
		}),
		auth("UserRevokeRole not held", func(c ctx, a client) (answer, error) {
			return a.UserRevokeRole(c, &pb.AuthUserRevokeRoleRequest{Name: "mixed", Role: "root"})
		}),
		auth("RoleAdd again", func(c ctx, a client) (answer, error) { return a.RoleAdd(c, &pb.AuthRoleAddRequest{Name: "mixed"}) }),
		auth("RoleAdd without a name", func(c ctx, a client) (answer, error) { return a.RoleAdd(c, &pb.AuthRoleAddRequest{}) }),
		auth("RoleDelete root", func(c ctx, a client) (answer, error) {
			return a.RoleDelete(c, &pb.AuthRoleDeleteRequest{Role: "root"})
		}),
		auth("RoleDelete never", func(c ctx, a client) (answer, error) {
			return a.RoleDelete(c, &pb.AuthRoleDeleteRequest{Role: "never"})
		}),
		auth("RoleGrantPermission of nothing", func(c ctx, a client) (answer, error) {
			return a.RoleGrantPermission(c, &pb.AuthRoleGrantPermissionRequest{Name: "mixed"})
		}),
		auth("RoleGrantPermission backwards", func(c ctx, a client) (answer, error) {
			return a.RoleGrantPermission(c, &pb.AuthRoleGrantPermissionRequest{Name: "mixed", Perm: perm})
		}),
		auth("RoleRevokePermission not given", func(c ctx, a client) (answer, error) {
			return a.RoleRevokePermission(c, &pb.AuthRoleRevokePermissionRequest{Role: "mixed", Key: []byte("b"), RangeEnd: []byte("e")})
		}),
		auth("UserAdd with a long password", func(c ctx, a client) (answer, error) {
			return a.UserAdd(c, &pb.AuthUserAddRequest{Name: "long", Password: string(long)})
		}),
	)
}
