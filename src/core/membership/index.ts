// core/membership: who belongs to the cluster. Changed only by applied entries; decides nothing about
// quorums (raft does) and knows no clock. Ids and URLs are as etcd's membership records have them.
export { Cluster, type MembershipChange } from "./cluster.ts";
export {
  type ConfChangeContext,
  encodeConfChangeContext,
  encodeMember,
  goString,
  type Member,
  memberJson,
  parseConfChangeContext,
  parseMembers,
  parseWithIds,
} from "./member.ts";
