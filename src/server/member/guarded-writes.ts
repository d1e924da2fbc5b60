// Writes that make the database larger: what would go past its quota is refused before it is proposed,
// and so is what the disk cannot follow.
import { humanSize } from "../../base/index.ts";
import { leaseGrantBytes, putBytes, putCost } from "../../core/apply/index.ts";
import type { AuthInfo } from "../../core/auth/index.ts";
import { errors } from "../../core/errors/index.ts";
import {
  AlarmAction,
  AlarmType,
  encodeAlarmRequest,
  makeAlarmRequest,
  type PutRequest,
  type TxnRequest,
} from "../../core/proto/index.ts";
import type { Settled } from "./member.ts";
import type { Server } from "./server.ts";

type Guarded = Pick<Server, "member" | "backend" | "log" | "options" | "memberId" | "isOverQuota">;

export class GuardedWrites {
  readonly #server: Guarded;

  constructor(server: Guarded) {
    this.#server = server;
  }

  /** Whether writes come faster than the disk takes the state they make. */
  #isOverloaded(): boolean {
    return this.#server.backend.durable?.isOverloaded === true;
  }

  /** Proposes a put that the quota allows; else raises the alarm and refuses. */
  put(
    request: PutRequest,
    bytes: Uint8Array,
    settle: (outcome: Settled) => void,
    info?: AuthInfo,
  ): void {
    if (this.#server.isOverQuota(putCost(request.key, request.value))) return this.#noSpace(settle);
    if (this.#isOverloaded()) return settle(errors.requestTooManyRequests());
    this.#server.member.propose("put", bytes, settle, info);
  }

  txn(
    request: TxnRequest,
    bytes: Uint8Array,
    settle: (outcome: Settled) => void,
    info?: AuthInfo,
  ): void {
    const cost = putBytes(request);
    if (cost > 0 && this.#server.isOverQuota(cost)) return this.#noSpace(settle);
    if (cost > 0 && this.#isOverloaded()) return settle(errors.requestTooManyRequests());
    this.#server.member.propose("txn", bytes, settle, info);
  }

  grantLease(bytes: Uint8Array, settle: (outcome: Settled) => void, info?: AuthInfo): void {
    if (this.#server.isOverQuota(leaseGrantBytes)) return this.#noSpace(settle);
    this.#server.member.propose("leaseGrant", bytes, settle, info);
  }

  #noSpace(settle: (outcome: Settled) => void): void {
    this.raiseNoSpace(() => settle(errors.noSpace()));
  }

  /** Raises the alarm through the log, and goes on when that is done or has failed. */
  raiseNoSpace(then: () => void): void {
    this.#server.log.warn("message exceeded backend quota; raising alarm", {
      "quota-size-bytes": this.#server.options.quotaBackendBytes,
      "quota-size": humanSize(this.#server.options.quotaBackendBytes),
      error: errors.noSpace(),
    });
    const action = AlarmAction.ACTIVATE;
    const request = { action, memberID: this.#server.memberId, alarm: AlarmType.NOSPACE };
    const bytes = encodeAlarmRequest(makeAlarmRequest(request));
    this.#server.member.propose("alarm", bytes, then);
  }
}
