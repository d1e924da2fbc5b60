// A member's part in finding out that members hold different data: before it serves, and as a leader
// every now and then (etcdserver's monitorKVHash and monitorCompactHash).
import { type Id64, id64Hex } from "../../base/index.ts";
import { EtcdError } from "../../core/errors/index.ts";
import type { KeyValueHash } from "../../core/mvcc/index.ts";
import {
  AlarmAction,
  AlarmType,
  encodeAlarmRequest,
  makeAlarmRequest,
} from "../../core/proto/index.ts";
import type { Cancel } from "../../io/host/index.ts";
import type { AskPeer } from "../../io/rafthttp/index.ts";
import { checkEvery, CorruptionChecker } from "./corruption.ts";
import { peerHashes } from "./peer-hashes.ts";
import type { Server } from "./server.ts";

export interface CorruptionOptions {
  /** etcd's `--corrupt-check-time`; 0 is never. */
  readonly corruptCheckMs?: number;
  /** `--compact-hash-check-time` with the feature gate CompactHashCheck, else 0. */
  readonly compactHashCheckMs?: number;
}

/** About microseconds of hashing between two rounds of the event loop. */
const sliceBudget = 2000;

type Place = Pick<
  Server,
  "store" | "cluster" | "clusterId" | "memberId" | "member" | "clock" | "log"
>;

export class CorruptionDuty {
  readonly #place: Place;
  readonly #options: CorruptionOptions;
  readonly #checker: CorruptionChecker;
  readonly #cancels: Cancel[] = [];

  constructor(place: Place, options: CorruptionOptions, ask: AskPeer | undefined) {
    this.#place = place;
    this.#options = options;
    const { log, memberId, member } = place;
    this.#checker = new CorruptionChecker({
      memberId,
      log,
      timeoutMs: member.settings.requestTimeoutMs,
      currentRevision: () => place.store.currentRevision,
      hash: (done) => hashAt(place, 0, done),
      compactionHashes: () => place.store.compactionHashes(),
      askPeers: peerHashes(place, ask),
      readIndex: (done) => member.readIndex(done),
      raiseAlarm: (id) => this.#raise(id),
    });
  }

  /** To be called before `start`, by a member that is not new; tells of peers that hold other data. */
  initialCheck(done: (error: Error | undefined) => void): void {
    this.#checker.initialCheck(done);
  }

  start(): void {
    const { clock, log, memberId, member } = this.#place;
    const { corruptCheckMs = 0, compactHashCheckMs = 0 } = this.#options;
    const isLeader = (): boolean => member.isLeader;
    if (corruptCheckMs > 0) {
      const interval = `${corruptCheckMs / 1000}s`;
      log.info("enabled corruption checking", {
        "local-member-id": id64Hex(memberId),
        interval,
      });
      this.#every(() =>
        checkEvery(clock, corruptCheckMs, isLeader, (done) => {
          this.#checker.periodicCheck((error) => {
            if (error !== undefined) log.warn("failed to check hash KV", { error });
            done();
          });
        }),
      );
    }
    if (compactHashCheckMs > 0) {
      this.#every(() =>
        checkEvery(clock, compactHashCheckMs, isLeader, (done) =>
          this.#checker.compactHashCheck(done),
        ),
      );
    }
  }

  stop(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  #every(begin: () => Cancel): void {
    this.#cancels.push(begin());
  }

  #raise(id: Id64): void {
    const request = { action: AlarmAction.ACTIVATE, memberID: id, alarm: AlarmType.CORRUPT };
    const bytes = encodeAlarmRequest(makeAlarmRequest(request));
    this.#place.member.propose("alarm", bytes, () => {});
  }
}

/** HashKV at a revision, 0 being the newest, in slices. */
export function hashAt(
  { store, clock }: Pick<Server, "store" | "clock">,
  revision: number,
  done: (hash: KeyValueHash | EtcdError) => void,
): void {
  try {
    const job = store.hashByRevision(revision);
    const slice = (): void => {
      const hash = job.step(sliceBudget);
      if (hash === undefined) clock.later(slice);
      else done(hash);
    };
    clock.later(slice);
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    done(error);
  }
}
