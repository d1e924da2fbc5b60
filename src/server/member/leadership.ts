// Handing leadership over: on request (MoveLeader) and before a leader stops (EtcdServer.MoveLeader,
// TryTransferLeadershipOnShutdown).
import { formatDuration, type Id64, id64Hex } from "../../base/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import type { Cluster } from "../../core/membership/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import type { Member } from "./member.ts";
import type { Peers } from "./peers.ts";

export interface LeadershipParts {
  readonly member: Member;
  readonly cluster: Cluster;
  readonly peers: Peers | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly electionMs: number;
}

export type Moved = (error: EtcdError | undefined) => void;

export class Leadership {
  readonly #parts: LeadershipParts;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
  }

  /** Only a leader hands over, and only to a voter. */
  move(transferee: Id64, done: Moved): void {
    const { member, cluster } = this.#parts;
    if (!member.isLeader) return done(errors.notLeader());
    const target = cluster.member(transferee);
    if (target === undefined || target.isLearner) return done(errors.badLeaderTransferee());
    // raft gives a transfer up after one election timeout.
    this.#transfer(transferee, 2 * this.#parts.electionMs, done);
  }

  /** Before this member stops: its cluster need not wait for an election timeout. */
  handOver(done: () => void): void {
    const { member, cluster, peers, log } = this.#parts;
    const fields = {
      "local-member-id": id64Hex(member.settings.id),
      "current-leader-member-id": id64Hex(member.lead),
    };
    if (!member.isLeader) {
      log.info("skipped leadership transfer; local server is not leader", fields);
      return done();
    }
    const voters = cluster.members().filter(({ isLearner }) => !isLearner);
    if (voters.length <= 1) {
      log.info("skipped leadership transfer for single voting member cluster", fields);
      return done();
    }
    const failed = (error: EtcdError): void => {
      const local = { "local-member-id": fields["local-member-id"] };
      log.warn("leadership transfer failed", { ...local, error });
    };
    const transferee = peers?.longestConnected(voters.map(({ id }) => id));
    if (transferee === undefined) {
      failed(errors.unhealthy());
      return done();
    }
    this.#transfer(transferee, member.settings.requestTimeoutMs, (error) => {
      if (error !== undefined) failed(error);
      done();
    });
  }

  #transfer(transferee: Id64, patienceMs: number, done: Moved): void {
    const { member, clock, log } = this.#parts;
    const startMs = clock.nowMs();
    const oldLead = id64Hex(member.lead);
    const local = { "local-member-id": id64Hex(member.settings.id) };
    log.info("leadership transfer starting", {
      ...local,
      "current-leader-member-id": oldLead,
      "transferee-member-id": id64Hex(transferee),
    });
    member.request((raft) => raft.transferLeader(transferee));
    const poll = (): void => {
      if (member.lead === transferee) {
        log.info("leadership transfer finished", {
          ...local,
          "old-leader-member-id": oldLead,
          "new-leader-member-id": id64Hex(transferee),
          took: formatDuration(clock.nowMs() - startMs),
        });
        return done(undefined);
      }
      if (member.isStopped || clock.nowMs() - startMs > patienceMs) {
        return done(errors.timeoutLeaderTransfer());
      }
      clock.after(Math.min(member.settings.heartbeatMs, 20), poll);
    };
    poll();
  }
}
