// Promoting a learner through the leader (cluster_util.go promoteMemberHTTP).
import { decodeUtf8, type Id64 } from "../../base/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import { type Member, parseMembers } from "../../core/membership/index.ts";
import type { LeaderForwarding } from "./leader-forwarding.ts";

export class PromotionForwarding {
  readonly #forwarding: LeaderForwarding;

  constructor(forwarding: LeaderForwarding) {
    this.#forwarding = forwarding;
  }

  promote(
    id: Id64,
    { token }: { token: string | undefined },
    done: (outcome: readonly Member[] | EtcdError) => void,
  ): void {
    const headers = token === undefined ? {} : { Authorization: token };
    const question = { method: "POST", path: `/members/promote/${id}`, headers } as const;
    this.#forwarding.ask<readonly Member[] | EtcdError>(
      question,
      ({ status, body }) => {
        const text = decodeUtf8(body) ?? "";
        if (status === 200) return parseMembers(text);
        if (status === 404) return errors.memberNotFound();
        if (status !== 412) return undefined;
        if (text.includes(errors.learnerNotReady().message)) return errors.learnerNotReady();
        return text.includes("can only promote a learner") ? errors.memberNotLearner() : undefined;
      },
      done,
    );
  }
}
