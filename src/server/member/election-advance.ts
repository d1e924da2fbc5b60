// A member that has just started waits less for its first election once it sees the others
// (EtcdServer.adjustTicks, --initial-election-tick-advance).
import { type Id64, id64Hex } from "../../base/index.ts";
import type { Member as ClusterMember } from "../../core/membership/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";
import type { Member } from "./member.ts";
import type { Peers } from "./peers.ts";

export interface ElectionAdvanceParts {
  readonly memberId: Id64;
  readonly member: Member;
  readonly clock: Clock;
  readonly log: Log;
  readonly electionTicks: number;
  readonly heartbeatMs: number;
  /** --initial-election-tick-advance. */
  readonly isWanted: boolean;
}

const intervalMs = 50;
const patienceMs = 5000;

export class ElectionAdvance {
  readonly #parts: ElectionAdvanceParts;
  #cancel: Cancel = () => {};

  constructor(parts: ElectionAdvanceParts) {
    this.#parts = parts;
  }

  start(peers: Peers, members: readonly ClusterMember[]): void {
    const { log, electionTicks, isWanted } = this.#parts;
    // A member alone begins its term at once.
    if (members.length === 1) return;
    if (!isWanted) {
      log.info("skipping initial election tick advance", { "election-ticks": electionTicks });
      return;
    }
    log.info("starting initial election tick advance", { "election-ticks": electionTicks });
    this.#poll(peers, patienceMs / intervalMs);
  }

  stop(): void {
    this.#cancel();
  }

  #poll(peers: Peers, left: number): void {
    if (left === 0) return;
    this.#cancel = this.#parts.clock.after(intervalMs, () => {
      const active = peers.transport.activePeers();
      if (active > 1) this.#advance(active);
      else this.#poll(peers, left - 1);
    });
  }

  #advance(active: number): void {
    const { member, memberId, log, electionTicks, heartbeatMs } = this.#parts;
    const ticks = electionTicks - 2;
    log.info("initialized peer connections; fast-forwarding election ticks", {
      "local-member-id": id64Hex(memberId),
      "forward-ticks": ticks,
      "forward-duration": `${(ticks * heartbeatMs) / 1000}s`,
      "election-ticks": electionTicks,
      "election-timeout": `${(electionTicks * heartbeatMs) / 1000}s`,
      "active-remote-members": active,
    });
    member.request((raft) => {
      for (let left = ticks; left > 0; left--) raft.tick();
    });
  }
}
