// Asking the leader by its peer port for what only it can do, until it answers or time is up
// (the loops of EtcdServer.LeaseRenew, LeaseTimeToLive and PromoteMember).
import { type EtcdError, errors } from "../../core/errors/index.ts";
import type { Cluster } from "../../core/membership/index.ts";
import type { Clock } from "../../io/host/index.ts";
import type { AskPeer, PeerAnswer, PeerQuestion } from "../../io/rafthttp/index.ts";
import type { Member } from "./member.ts";

export interface LeaderForwardingParts {
  readonly member: Member;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly ask: AskPeer;
}

/** A path below the leader's URLs. */
export type LeaderQuestion = Omit<PeerQuestion, "url" | "timeoutMs"> & { readonly path: string };

const pauseMs = 50;

export class LeaderForwarding {
  readonly #parts: LeaderForwardingParts;

  constructor(parts: LeaderForwardingParts) {
    this.#parts = parts;
  }

  /**
   * Puts the question to the leader, again and again. `read` makes an outcome of an answer, or
   * undefined of one that does not count; `isOver` tells that nobody waits any more.
   */
  ask<Outcome>(
    question: LeaderQuestion,
    read: (answer: PeerAnswer) => Outcome | undefined,
    done: (outcome: Outcome | EtcdError) => void,
    isOver: () => boolean = () => false,
  ): void {
    const { member, cluster, clock, ask } = this.#parts;
    const endMs = clock.nowMs() + member.settings.requestTimeoutMs;
    const round = (): void => {
      if (isOver()) return;
      if (member.isStopped) return done(errors.stopped());
      const leader = cluster.member(member.lead);
      if (clock.nowMs() >= endMs) {
        return done(leader === undefined ? errors.noLeader() : errors.timeout());
      }
      if (leader === undefined) {
        clock.after(pauseMs, round);
        return;
      }
      next(leader.peerUrls, 0);
    };
    const next = (urls: readonly string[], at: number): void => {
      const base = urls[at];
      if (base === undefined) {
        clock.after(pauseMs, round);
        return;
      }
      const { path, ...rest } = question;
      // One that hangs must not keep its successor from being asked.
      const timeoutMs = Math.max(1, Math.min(endMs - clock.nowMs(), attemptMs));
      ask({ ...rest, url: base + path, timeoutMs }, (answer) => {
        const outcome = answer instanceof Error ? undefined : read(answer);
        if (outcome === undefined) next(urls, at + 1);
        else if (!isOver()) done(outcome);
      });
    };
    round();
  }
}

const attemptMs = 2000;
