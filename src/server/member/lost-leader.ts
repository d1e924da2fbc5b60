// A leader whose process ends has its connections shut by the kernel, long before an election timeout
// tells. A follower that sees this, and cannot connect again shortly after, asks for votes early. Beyond
// etcd, and at no price: raft's safety knows no clock, and a pre-vote disturbs nobody who hears from a
// leader. Where only this member lost the leader, the next heartbeat puts all back.
import { type Id64, id64Hex, type RandomSource } from "../../base/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";
import type { Member } from "./member.ts";

export interface LostLeaderParts {
  readonly member: Pick<Member, "lead" | "isLeader" | "isStopped" | "request">;
  readonly clock: Clock;
  readonly random: Pick<RandomSource, "bits32">;
  readonly log: Log;
  readonly electionMs: number;
  /** Without pre-vote an early campaign would disturb a leader that lives. */
  readonly preVote: boolean;
  /** Whether messages get through to a member, as far as the transport knows. */
  readonly isActive: (id: Id64) => boolean;
}

/** Of an election timeout: in the first a leader that lives is connected again. */
const confirmShare = 0.05;
/** Followers spread their campaigns over so much, that their votes do not split. */
const spreadShare = 0.15;
/**
 * A campaign fails when the others have not missed the leader yet, or when votes split. raft would wait
 * one to two election timeouts then; here the votes have so long to come in before the next one.
 */
const againShare = 0.2;
const campaignsMax = 4;

export class LostLeader {
  readonly #parts: LostLeaderParts;
  #cancel: Cancel | undefined;

  constructor(parts: LostLeaderParts) {
    this.#parts = parts;
  }

  /** As RaftPort.connectionLost. */
  connectionLost(id: Id64, isReset: boolean): void {
    const { member, preVote } = this.#parts;
    if (!isReset || !preVote || this.#cancel !== undefined) return;
    if (member.isLeader || member.lead !== id) return;
    this.#later(confirmShare, () => this.#confirm(id));
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #confirm(id: Id64): void {
    const { member, log, isActive } = this.#parts;
    if (member.isStopped || member.lead !== id || isActive(id)) return;
    log.info("lost the connections to the leader; campaigning early", {
      "leader-member-id": id64Hex(id),
    });
    // Whoever of the others campaigns first is to have this vote.
    member.request((raft) => raft.forgetLeader());
    this.#later(this.#spread(), () => this.#campaign(id, campaignsMax));
  }

  #campaign(id: Id64, left: number): void {
    const { member, isActive } = this.#parts;
    if (member.isStopped || member.lead !== 0n || isActive(id)) return;
    member.request((raft) => {
      // Another may have begun a term since.
      if (raft.lead === 0n) raft.campaign();
    });
    if (left > 1) this.#later(againShare + this.#spread(), () => this.#campaign(id, left - 1));
  }

  #spread(): number {
    return (spreadShare * (this.#parts.random.bits32() >>> 0)) / 2 ** 32;
  }

  #later(share: number, then: () => void): void {
    const { clock, electionMs } = this.#parts;
    this.#cancel = clock.after(share * electionMs, () => {
      this.#cancel = undefined;
      then();
    });
  }
}
