// What an operator reads of a change of the membership, and raft's form of the whole of it.
import { type Id64, id64Hex } from "../../base/index.ts";
import type { Member } from "../../core/membership/index.ts";
import type { ConfState } from "../../core/raft/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";

/** The configuration that the members of the state make (bootstrap.go buildConfStateFromV3store). */
export function membersConfState(members: readonly Member[]): ConfState {
  const ids = (isLearner: boolean): Id64[] =>
    members.filter((member) => member.isLearner === isLearner).map(({ id }) => id);
  return {
    voters: ids(false),
    learners: ids(true),
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
}

interface Before {
  readonly isNew: boolean;
  /** Undefined also when only its name or its clients' URLs have changed. */
  readonly previous: Member | undefined;
}

/** `member` is undefined when it was removed. */
export function logMemberChange(
  { log, clusterId, memberId }: { log: Log; clusterId: Id64; memberId: Id64 },
  id: Id64,
  member: Member | undefined,
  { isNew, previous }: Before,
): void {
  const local = { "cluster-id": id64Hex(clusterId), "local-member-id": id64Hex(memberId) };
  if (member === undefined) {
    log.info("removed member", {
      ...local,
      "removed-remote-peer-id": id64Hex(id),
      "removed-remote-peer-urls": previous?.peerUrls ?? [],
      "removed-remote-peer-is-learner": previous?.isLearner ?? false,
    });
  } else if (isNew) {
    log.info("added member", {
      ...local,
      "added-peer-id": id64Hex(id),
      "added-peer-peer-urls": member.peerUrls,
      "added-peer-is-learner": member.isLearner,
    });
  } else if (isPromotion(previous, member)) {
    log.info("promote member", { ...local, "promoted-member-id": id64Hex(id) });
  } else if (previous !== undefined) {
    log.info("updated member", {
      ...local,
      "updated-remote-peer-id": id64Hex(id),
      "updated-remote-peer-urls": member.peerUrls,
      "updated-remote-peer-is-learner": member.isLearner,
    });
  }
}

/** An update brings URLs, a promotion none; both end a learner's learning, as in etcd. */
const isPromotion = (previous: Member | undefined, member: Member): boolean =>
  previous?.isLearner === true && !member.isLearner && previous.peerUrls === member.peerUrls;

/** From a member's own removal to its end, so that others hear its last words (etcdserver). */
const removalDelayMs = 1000;

/** The member is no longer in its cluster: says so, and has its process end. */
export function endRemoved({ log, clock }: { log: Log; clock: Clock }, end: () => void): void {
  const error = "the member has been permanently removed from the cluster";
  clock.after(removalDelayMs, () => {
    log.warn("server error", { error });
    log.warn("data-dir used by this member must be removed");
    end();
  });
}
