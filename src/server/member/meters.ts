// What a member counts of itself: plain fields and histograms, read when somebody scrapes.
import { exponentialBounds, formatDuration, Histogram } from "../../base/index.ts";
import type { EntryOutcome } from "../../core/apply/index.ts";
import { EtcdError } from "../../core/errors/index.ts";
import type { Entry } from "../../core/raft/index.ts";
import type { Log } from "../../io/host/index.ts";
import type { Settled } from "./member-parts.ts";
import type { ReadCounts } from "./read-index.ts";
import {
  type LargeAnswer,
  type PlainAnswer,
  rangeAnswerText,
  txnAnswerText,
  writeAnswerText,
} from "./answer-text.ts";
import { entryText, messageText } from "./request-text.ts";
import type { Waiting } from "./wait.ts";

const applyBounds = exponentialBounds(0.0001, 2, 20);
const hashBounds = exponentialBounds(0.01, 2, 15);
const requestBounds = exponentialBounds(0.001, 2, 14);

/** Histograms by the kind of a request and whether it went well. */
export class KindSeconds {
  readonly #bounds: readonly number[];
  readonly ok = new Map<string, Histogram>();
  readonly failed = new Map<string, Histogram>();

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(kind: string, isOk: boolean, seconds: number): void {
    const histograms = isOk ? this.ok : this.failed;
    let histogram = histograms.get(kind);
    if (histogram === undefined) {
      histogram = new Histogram(this.#bounds);
      histograms.set(kind, histogram);
    }
    histogram.observe(seconds);
  }
}

export class MemberMeters {
  leaderChangesSeen = 0;
  proposalsFailed = 0;
  slowApplies = 0;
  leasesExpired = 0;
  /** Rounds of linearizable reads. */
  readonly reads: ReadCounts = { failed: 0, slow: 0 };
  readonly hashSeconds = new Histogram(hashBounds);
  readonly hashRevisionSeconds = new Histogram(hashBounds);
  readonly snapshotSeconds = new Histogram(exponentialBounds(0.01, 2, 17));
  /** By the name the entry's request has in InternalRaftRequest: `put`. */
  readonly applySeconds = new KindSeconds(applyBounds);
  /** From the proposal to the answer; reads under `Range` and `ReadonlyTxn`. */
  readonly requestSeconds = new KindSeconds(requestBounds);
  /** Ranges alone, without the wait for a fresh state. */
  readonly rangeSeconds = new KindSeconds(applyBounds);
  readonly #log: Log;
  readonly #warningApplyMs: number;

  /** --warning-apply-duration; Infinity never warns. */
  constructor(log: Log, warningApplyMs = Infinity) {
    this.#log = log;
    this.#warningApplyMs = warningApplyMs;
  }

  /** An entry was applied; its caller, if there is one here, still waits. */
  applied(
    { data, tag }: Entry,
    { kind, outcome }: EntryOutcome,
    startedMs: number,
    endedMs: number,
  ): void {
    if (kind === undefined) return;
    const sinceMs = (tag as Waiting<Settled> | undefined)?.sinceMs;
    const isOk = !(outcome instanceof EtcdError);
    const tookMs = endedMs - startedMs;
    this.applySeconds.observe(kind, isOk, tookMs / 1000);
    if (sinceMs !== undefined) {
      this.requestSeconds.observe(kind, isOk, (endedMs - sinceMs) / 1000);
    }
    if (tookMs <= this.#warningApplyMs) return;
    const response = isOk && !("encode" in outcome) ? writeAnswerText(outcome) : "";
    this.#warn(tookMs, "", entryText(data), response, isOk ? undefined : outcome);
  }

  /** A range was read, or was not: `readMs` of it after the state was fresh enough. */
  ranged(
    request: object,
    outcome: PlainAnswer | LargeAnswer | EtcdError,
    tookMs: number,
    readMs: number,
  ): void {
    const isOk = !(outcome instanceof EtcdError);
    this.rangeSeconds.observe("range", isOk, readMs / 1000);
    this.requestSeconds.observe("Range", isOk, tookMs / 1000);
    if (tookMs <= this.#warningApplyMs) return;
    const text = messageText("etcdserverpb.RangeRequest", request);
    const response = isOk ? rangeAnswerText(outcome) : "";
    this.#warn(tookMs, "read-only range ", text, response, isOk ? undefined : outcome);
  }

  /** A transaction that only reads was answered, or failed. */
  readTxn(request: object, outcome: PlainAnswer | LargeAnswer | EtcdError, tookMs: number): void {
    const isOk = !(outcome instanceof EtcdError);
    this.requestSeconds.observe("ReadonlyTxn", isOk, tookMs / 1000);
    if (tookMs <= this.#warningApplyMs) return;
    const text = messageText("etcdserverpb.TxnRequest", request);
    const response = isOk ? txnAnswerText(outcome) : "";
    this.#warn(tookMs, "read-only txn ", text, response, isOk ? undefined : outcome);
  }

  #warn(ms: number, prefix: string, request: string, response: string, error?: Error): void {
    this.slowApplies++;
    this.#log.warn("apply request took too long", {
      took: formatDuration(ms),
      "expected-duration": formatDuration(this.#warningApplyMs),
      prefix,
      request,
      response,
      ...(error !== undefined && { error }),
    });
  }
}
