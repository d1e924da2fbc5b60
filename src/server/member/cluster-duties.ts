// What a member does for its cluster beside applying its log, and what it has the leader do for it.
import type { Member as ClusterMember } from "../../core/membership/index.ts";
import { Checkpoints } from "./checkpoints.ts";
import { CorruptionDuty } from "./corruption-duty.ts";
import { ElectionAdvance } from "./election-advance.ts";
import type { Sha1 } from "./initial-cluster.ts";
import { LeaderForwarding } from "./leader-forwarding.ts";
import { Leadership } from "./leadership.ts";
import type { LeaseRenewals } from "./lease-renewals.ts";
import { Leases } from "./leases.ts";
import { LostLeader } from "./lost-leader.ts";
import { MembershipChanges } from "./membership-changes.ts";
import { PromotionForwarding } from "./promotion-forwarding.ts";
import type { Server } from "./server.ts";
import type { ServerParts } from "./server-parts.ts";
import { VersionMonitor } from "./version-monitor.ts";

type Place = Pick<
  Server,
  | "store"
  | "backend"
  | "member"
  | "memberId"
  | "cluster"
  | "clusterId"
  | "lessor"
  | "peers"
  | "raft"
  | "clock"
  | "log"
  | "options"
> & {
  readonly renewals: LeaseRenewals;
  downgradeInfo(): { enabled: boolean; targetVersion: string };
};

export class ClusterDuties {
  readonly leases: Leases;
  readonly leadership: Leadership;
  readonly membership: MembershipChanges;
  readonly versions: VersionMonitor;
  readonly corruption: CorruptionDuty;
  readonly lostLeader: LostLeader;
  readonly #checkpoints: Checkpoints;
  readonly #advance: ElectionAdvance;
  readonly #place: Place;

  constructor(place: Place, parts: Pick<ServerParts, "ask" | "sha1" | "random">) {
    const { ask, sha1 = noSha1 } = parts;
    this.#place = place;
    const { member, memberId, cluster, lessor, peers, raft, clock, log, options } = place;
    const { electionMs, heartbeatMs, serverVersion, strictReconfigCheck = true } = options;
    const forwarding =
      ask === undefined ? undefined : new LeaderForwarding({ member, cluster, clock, ask });
    const renewals = (): LeaseRenewals => place.renewals;
    this.leases = new Leases({ lessor, member, clock, forwarding, renewals });
    this.lostLeader = new LostLeader({
      member,
      clock,
      log,
      electionMs,
      random: parts.random,
      preVote: options.preVote,
      isActive: (id) => peers?.transport.activeSinceMs(id) !== undefined,
    });
    this.leadership = new Leadership({ member, cluster, peers, clock, log, electionMs });
    const promotions = forwarding === undefined ? undefined : new PromotionForwarding(forwarding);
    const shared = { member, cluster, clock, log };
    this.membership = new MembershipChanges({
      ...shared,
      raft,
      peers,
      promotions,
      strictReconfigCheck,
      sha1,
    });
    this.versions = new VersionMonitor({
      ...shared,
      memberId,
      ask,
      serverVersion,
      downgrade: () => place.downgradeInfo(),
    });
    this.#checkpoints = new Checkpoints(place);
    this.corruption = new CorruptionDuty(place, options, ask);
    this.#advance = new ElectionAdvance({
      ...shared,
      memberId,
      electionTicks: Math.trunc(electionMs / heartbeatMs),
      heartbeatMs,
      isWanted: options.initialElectionTickAdvance !== false,
    });
  }

  start(members: readonly ClusterMember[]): void {
    const { peers } = this.#place;
    if (peers !== undefined) this.#advance.start(peers, members);
    this.versions.start();
    this.versions.startDowngradeCheck();
    this.corruption.start();
    this.#checkpoints.start();
  }

  stop(): void {
    this.versions.stop();
    this.corruption.stop();
    this.#checkpoints.stop();
    this.#advance.stop();
    this.lostLeader.stop();
  }
}

const noSha1: Sha1 = () => {
  throw new Error("this member was given no SHA-1");
};
