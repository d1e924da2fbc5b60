// Whether the members still hold the same data: hashes of one revision, or those that compactions leave
// behind, are held against each other (etcdserver/corrupt.go). Asking the peers is a port.
import { type Id64, id64Hex } from "../../base/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import type { KeyValueHash } from "../../core/mvcc/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";

/** A peer's answer to a question for its hash (GET /members/hashkv). */
export interface HashAnswer {
  /** The peer's newest revision. */
  readonly revision: number;
  readonly compactRevision: number;
  readonly hash: number;
}

export interface PeerHash {
  readonly id: Id64;
  readonly endpoints: readonly string[];
  /** The catalogue's `compacted` or `futureRev`, or `clusterIdMismatch`, where the peer said so. */
  readonly answer: HashAnswer | Error;
}

/** Asks every other member for its hash at a revision; calls back once, with one item a member. */
export type AskPeers = (revision: number, done: (answers: readonly PeerHash[]) => void) => void;

export interface CorruptionParts {
  readonly memberId: Id64;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly currentRevision: () => number;
  /** HashKV of this member's newest revision. */
  readonly hash: (done: (hash: KeyValueHash | EtcdError) => void) => void;
  /** Hashes that compactions left behind. */
  readonly compactionHashes: () => readonly KeyValueHash[];
  readonly askPeers: AskPeers;
  readonly readIndex: (done: (error: EtcdError | undefined) => void) => void;
  /** Raises CORRUPT for a member; 0 for all, when nobody can tell which one is wrong. */
  readonly raiseAlarm: (id: Id64) => void;
}

/** A peer's refusal of another cluster's member (rafthttp). */
export const clusterIdMismatch = "etcdserver: cluster ID mismatch";

type Done = (error: Error | undefined) => void;

export class CorruptionChecker {
  readonly #parts: CorruptionParts;
  #latestChecked = 0;

  constructor(parts: CorruptionParts) {
    this.#parts = parts;
  }

  /** Before anything is served: an error when a peer has another hash at the same compaction. */
  initialCheck(done: Done): void {
    const { log, hash, askPeers, timeoutMs } = this.#parts;
    const me = { "local-member-id": this.#me };
    log.info("starting initial corruption check", { ...me, timeout: `${timeoutMs / 1000}s` });
    hash((local) => {
      if (local instanceof EtcdError) {
        return done(new Error(`${this.#me} failed to fetch hash (${local.message})`));
      }
      askPeers(local.revision, (peers) => {
        const mismatches = peers.filter((peer) => this.#differsAtStart(local, peer));
        if (mismatches.length > 0) {
          return done(new Error(`${this.#me} found data inconsistency with peers`));
        }
        log.info("initial corruption checking passed; no corruption", me);
        done(undefined);
      });
    });
  }

  get #me(): string {
    return id64Hex(this.#parts.memberId);
  }

  #differsAtStart(local: KeyValueHash, peer: PeerHash): boolean {
    const { log } = this.#parts;
    const fields = {
      "local-member-id": this.#me,
      "local-member-revision": local.revision,
      "local-member-compact-revision": local.compactRevision,
      "local-member-hash": local.hash,
      "remote-peer-id": id64Hex(peer.id),
      "remote-peer-endpoints": peer.endpoints,
    };
    const { answer } = peer;
    if (answer instanceof Error) {
      const message = refusalAtStart(answer);
      if (message !== undefined) log.warn(message, { ...fields, error: answer });
      return false;
    }
    if (answer.hash === local.hash) return false;
    const more = {
      ...fields,
      "remote-peer-revision": answer.revision,
      "remote-peer-compact-revision": answer.compactRevision,
      "remote-peer-hash": answer.hash,
    };
    if (answer.compactRevision !== local.compactRevision) {
      log.warn("found different compact revision values from remote peer", more);
      return false;
    }
    log.warn("found different hash values from remote peer", more);
    return true;
  }

  /** By a leader, every `--corrupt-check-time`: CORRUPT for the first member that cannot be right. */
  periodicCheck(done: Done): void {
    const { hash, askPeers, readIndex, currentRevision } = this.#parts;
    hash((before) => {
      if (before instanceof EtcdError) return done(before);
      askPeers(before.revision, (peers) => {
        readIndex((error) => {
          if (error !== undefined) return done(error);
          hash((after) => {
            if (after instanceof EtcdError) return done(after);
            this.#judge({ before, after, newest: currentRevision() }, peers);
            done(undefined);
          });
        });
      });
    });
  }

  #judge(
    local: { before: KeyValueHash; after: KeyValueHash; newest: number },
    peers: readonly PeerHash[],
  ): void {
    const { log, memberId, raiseAlarm } = this.#parts;
    const { before, after } = local;
    const wrong: Id64[] = [];
    const isSameState =
      before.revision === after.revision && before.compactRevision === after.compactRevision;
    if (isSameState && before.hash !== after.hash) {
      log.warn("found hash mismatch", {
        "revision-1": before.revision,
        "compact-revision-1": before.compactRevision,
        "hash-1": before.hash,
        "revision-2": after.revision,
        "compact-revision-2": after.compactRevision,
        "hash-2": after.hash,
      });
      wrong.push(memberId);
    }
    let checked = 0;
    for (const { id, answer } of peers) {
      if (answer instanceof Error) continue;
      checked++;
      if (this.#isWrong(local, id, answer)) wrong.push(id);
    }
    // One alarm a round, as etcd: the first found.
    if (wrong.length > 0) raiseAlarm(wrong[0]!);
    log.info("finished peer corruption check", { "number-of-peers-checked": checked });
  }

  #isWrong(
    local: { before: KeyValueHash; after: KeyValueHash; newest: number },
    id: Id64,
    answer: HashAnswer,
  ): boolean {
    const { log } = this.#parts;
    const { before, after, newest } = local;
    const follower = { "follower-peer-id": id64Hex(id) };
    let isWrong = false;
    if (answer.revision > newest) {
      log.warn("revision from follower must be less than or equal to leader's", {
        "leader-revision": newest,
        "follower-revision": answer.revision,
        ...follower,
      });
      isWrong = true;
    }
    if (answer.compactRevision > after.compactRevision) {
      log.warn("compact revision from follower must be less than or equal to leader's", {
        "leader-compact-revision": after.compactRevision,
        "follower-compact-revision": answer.compactRevision,
        ...follower,
      });
      isWrong = true;
    }
    if (answer.compactRevision === before.compactRevision && answer.hash !== before.hash) {
      log.warn("same compact revision then hashes must match", {
        "leader-compact-revision": after.compactRevision,
        "leader-hash": before.hash,
        "follower-compact-revision": answer.compactRevision,
        "follower-hash": answer.hash,
        ...follower,
      });
      isWrong = true;
    }
    return isWrong;
  }

  /** By a leader, every `--compact-hash-check-time`: newest compaction first, until one says enough. */
  compactHashCheck(done: () => void): void {
    const { log, timeoutMs, compactionHashes } = this.#parts;
    log.info("starting compact hash check", {
      "local-member-id": this.#me,
      timeout: `${timeoutMs / 1000}s`,
    });
    const hashes = compactionHashes()
      .filter(({ revision }) => revision > this.#latestChecked)
      .toSorted((a, b) => b.revision - a.revision);
    this.#checkFrom(hashes, 0, (checked) => {
      log.info("finished compaction hash check", { "number-of-hashes-checked": checked });
      done();
    });
  }

  #checkFrom(hashes: readonly KeyValueHash[], at: number, done: (checked: number) => void): void {
    const hash = hashes[at];
    if (hash === undefined) return done(hashes.length);
    this.#parts.askPeers(hash.revision, (peers) => {
      if (peers.length > 0 && this.#isSettledBy(hash, peers)) return done(at + 1);
      this.#checkFrom(hashes, at + 1, done);
    });
  }

  /** True when every member was compared, or an alarm was raised: older hashes need no look. */
  #isSettledBy(leader: KeyValueHash, peers: readonly PeerHash[]): boolean {
    const members = new Map<number, Id64[]>([[leader.hash, [this.#parts.memberId]]]);
    let checked = 0;
    for (const { id, answer } of peers) {
      const reason = skipReason(leader, answer);
      if (reason === undefined) {
        checked++;
        const hash = (answer as HashAnswer).hash;
        members.set(hash, [...(members.get(hash) ?? []), id]);
      } else {
        this.#parts.log.warn("Skipped peer's hash", {
          "number-of-peers": peers.length,
          "leader-id": this.#me,
          "peer-id": id64Hex(id),
          reason,
        });
      }
    }
    if (members.size === 1) return this.#agreed(leader, checked, peers.length);
    this.#disagreed(leader, members, peers.length + 1);
    return true;
  }

  #agreed({ revision, compactRevision }: KeyValueHash, checked: number, peers: number): boolean {
    const { log } = this.#parts;
    const fields = { "number-of-peers-checked": checked, revision, compactRevision };
    if (checked < peers) {
      const text = "skipped revision in compaction hash check; was not able to check all peers";
      log.warn(text, { ...fields, "number-of-peers": peers });
      return false;
    }
    log.info("successfully checked hash on whole cluster", fields);
    this.#latestChecked = Math.max(this.#latestChecked, revision);
    return true;
  }

  /** Those outside the majority are wrong; without a majority nobody knows who is. */
  #disagreed(leader: KeyValueHash, members: Map<number, Id64[]>, memberCount: number): void {
    const { log, raiseAlarm } = this.#parts;
    const fields = {
      "leader-id": this.#me,
      "leader-revision": leader.revision,
      "leader-compact-revision": leader.compactRevision,
      "leader-hash": leader.hash,
    };
    const quorum = Math.floor(memberCount / 2) + 1;
    const right = [...members].find(([, ids]) => ids.length >= quorum);
    if (right === undefined) {
      const text =
        "Detected compaction hash mismatch but cannot identify the corrupted members, so " +
        "intentionally set the memberID as 0";
      log.error(text, fields);
      raiseAlarm(0n as Id64);
    } else members.delete(right[0]);
    for (const [hash, ids] of members) {
      if (right !== undefined) for (const id of ids) raiseAlarm(id);
      log.error("Detected compaction hash mismatch", {
        ...fields,
        "peer-hash": hash,
        "peer-ids": ids.map((id) => id64Hex(id)).join(","),
        "quorum-exist": right !== undefined,
      });
    }
  }
}

function refusalAtStart(error: Error): string | undefined {
  switch (error.message) {
    case errors.futureRev().message:
      return "cannot fetch hash from slow remote peer";
    case errors.compacted().message:
      return "cannot fetch hash from remote peer; local member is behind";
    case clusterIdMismatch:
      return "cluster ID mismatch";
    default:
      return undefined;
  }
}

function skipReason(leader: KeyValueHash, answer: HashAnswer | Error): string | undefined {
  if (answer instanceof Error) return "no response";
  const { compactRevision } = answer;
  if (compactRevision === leader.compactRevision) return undefined;
  return (
    `the peer's CompactRevision ${compactRevision} doesn't match leader's CompactRevision ` +
    `${leader.compactRevision}`
  );
}

/** Runs a check again and again while this member leads; a check that still runs is waited for. */
export function checkEvery(
  clock: Clock,
  intervalMs: number,
  isLeader: () => boolean,
  check: (done: () => void) => void,
): Cancel {
  let isRunning = false;
  let cancel: Cancel = () => {};
  const step = (): void => {
    cancel = clock.after(intervalMs, step);
    if (isRunning || !isLeader()) return;
    isRunning = true;
    check(() => {
      isRunning = false;
    });
  };
  cancel = clock.after(intervalMs, step);
  return () => cancel();
}
