package main

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	epb "go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	lpb "go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
)

// contendLease is the first of the leases of contentions, two for each.
const contendLease = int64(1) << 33

// contend is two clients after one lock or leadership (contend.go), under a name nobody else uses.
func (h *history) contend(way string) call {
	h.contended++
	service := pick(h.Rand, []string{"Lock", "Election"})
	name := pick(h.Rand, []string{"contend/%d", "k%d/", "\xff%d", "/registry/lock/%d"})
	return call{method: service + " " + way, request: &lpb.LockRequest{
		Name: fmt.Appendf(nil, name, h.contended), Lease: contendLease + 2*h.contended,
	}}
}

// coordination is a single call of Lock or Election that does not wait: every name has one lease only.
func (h *history) coordination() call {
	at := h.IntN(len(leaseIDs))
	lease := leaseIDs[at]
	name := fmt.Appendf(nil, "one/%d", at)
	key := fmt.Appendf(nil, "%s/%x", name, lease)
	if chance(h.Rand, 10) {
		lease = 0x666 // nobody's
	}
	leader := &epb.LeaderKey{Name: name, Key: key, Lease: lease, Rev: fromCurrent(-h.Int64N(20))}
	switch h.IntN(16) {
	case 0, 1, 2, 3:
		return call{method: "Lock", request: &lpb.LockRequest{Name: name, Lease: lease}}
	case 4, 5, 6:
		return call{method: "Unlock", request: &lpb.UnlockRequest{Key: key}}
	case 7, 8, 9, 10:
		return call{method: "Campaign", request: &epb.CampaignRequest{Name: name, Lease: lease, Value: randomValue(h.Rand)}}
	case 11, 12:
		return call{method: "Leader", request: &epb.LeaderRequest{Name: name}}
	case 13:
		return call{method: "Proclaim", request: &epb.ProclaimRequest{Leader: leader, Value: randomValue(h.Rand)}}
	case 14:
		return call{method: "Resign", request: &epb.ResignRequest{Leader: leader}}
	}
	if chance(h.Rand, 50) {
		return call{method: "Proclaim", request: &epb.ProclaimRequest{Value: randomValue(h.Rand)}}
	}
	return call{method: "Unlock", request: &lpb.UnlockRequest{}}
}

// nobody is a member that no cluster has.
const nobody = 0x5150

// maintenance is a call of Maintenance or Cluster whose answer does not depend on the server's own disk
// and ids: alarms raised and disarmed, a defragmentation, and what is refused.
func (h *history) maintenance() call {
	alarm := func(action pb.AlarmRequest_AlarmAction, kind pb.AlarmType) call {
		return call{method: "Alarm", request: &pb.AlarmRequest{Action: action, Alarm: kind, MemberID: nobody}}
	}
	switch h.IntN(12) {
	case 0:
		return call{method: "Defragment", request: &pb.DefragmentRequest{}}
	case 1:
		return call{method: "MoveLeader", request: &pb.MoveLeaderRequest{TargetID: pick(h.Rand, []uint64{0, nobody})}}
	case 2:
		return call{method: "Downgrade", request: &pb.DowngradeRequest{
			Action:  pb.DowngradeRequest_DowngradeAction(pick(h.Rand, []int32{0, 2, 3})),
			Version: pick(h.Rand, []string{"3.6.0", "3.5.0", "3.7.0", "3.8.0", "3.6", "", "nonsense"}),
		}}
	case 3:
		return call{method: "MemberRemove", request: &pb.MemberRemoveRequest{ID: nobody}}
	case 4:
		return call{method: "MemberPromote", request: &pb.MemberPromoteRequest{ID: nobody}}
	case 5:
		return call{method: "MemberUpdate", request: &pb.MemberUpdateRequest{ID: nobody, PeerURLs: []string{"http://127.0.0.1:1"}}}
	case 6:
		return call{method: "MemberAdd", request: &pb.MemberAddRequest{PeerURLs: pick(h.Rand, [][]string{nil, {"nonsense"}, {"127.0.0.1:1"}, {"http://127.0.0.1"}})}}
	case 7, 8:
		// What is refused under an alarm is seen in all calls until it is disarmed.
		kind := pick(h.Rand, []pb.AlarmType{pb.AlarmType_NOSPACE, pb.AlarmType_NOSPACE, pb.AlarmType_CORRUPT, pb.AlarmType_NONE})
		for range 12 {
			h.queued = append(h.queued, one(h.underAlarm()))
		}
		h.queued = append(h.queued, one(alarm(pb.AlarmRequest_GET, pb.AlarmType_NONE)), one(alarm(pb.AlarmRequest_DEACTIVATE, kind)))
		return alarm(pb.AlarmRequest_ACTIVATE, kind)
	case 9:
		return alarm(pb.AlarmRequest_DEACTIVATE, pb.AlarmType_NOSPACE)
	}
	return alarm(pb.AlarmRequest_GET, pb.AlarmType(h.IntN(3)))
}

func (h *history) underAlarm() call {
	switch h.IntN(8) {
	case 0, 1:
		return h.put()
	case 2:
		return h.deleteRange()
	case 3, 4:
		return h.txn()
	case 5:
		return h.leaseWrite()
	case 6:
		return h.coordination()
	}
	return h.read()
}
