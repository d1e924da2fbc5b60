// Sending the database to a member that is too far behind for entries (etcdserver's snapshot_merge.go
// and sendMergedSnap): raft's message gets the index of a copy of the database, and both go together.
import { formatDuration, id64Hex } from "../../base/index.ts";
import type { Message } from "../../core/raft/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import type { OutgoingSnapshot, SnapshotSource } from "../../io/rafthttp/index.ts";
import type { BackendCopy, DurableBackend } from "./backend-host.ts";
import type { CommittedState } from "./committed-state.ts";
import type { Member } from "./member.ts";
import { SnapshotPace } from "./snapshot-pace.ts";

export interface SnapshotSendingParts {
  readonly member: () => Member;
  readonly clock: Clock;
  readonly log: Log;
  readonly durable: () => DurableBackend | undefined;
  /** Of the newest commit. */
  readonly committed: () => CommittedState | undefined;
  readonly send: (snapshot: OutgoingSnapshot) => void;
}

// As etcd: further ones are dropped, and raft asks again.
const waitingMax = 16;
// For so long after one was sent the log is kept for who must go on from it.
const releaseDelayMs = 30_000;

export class SnapshotSending {
  readonly #parts: SnapshotSendingParts;
  #making = 0;
  /** On their way, or sent a short while ago. */
  #inFlight = 0;

  constructor(parts: SnapshotSendingParts) {
    this.#parts = parts;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#making === 0;
  }

  /** Answers raft's wish; it hears how it went. */
  send(message: Message): void {
    const durable = this.#parts.durable();
    if (durable === undefined || this.#making >= waitingMax) return this.#failed(message);
    this.#making++;
    durable.snapshot((copy) => {
      this.#making--;
      const committed = this.#parts.committed();
      if (this.#parts.member().isStopped) {
        if (!(copy instanceof Error)) copy.close();
      } else if (copy instanceof Error || committed === undefined) this.#failed(message);
      else this.#merge(message, copy, committed);
    });
  }

  #failed({ to }: Message): void {
    this.#parts.member().request((raft) => raft.reportSnapshot(to, "failed"));
  }

  #merge(message: Message, copy: BackendCopy, committed: CommittedState): void {
    const { clock, log, send } = this.#parts;
    const { index, term, confState } = committed;
    message.snapshot = { data: committed.data(), metadata: { index, term, confState } };
    const fields = {
      from: id64Hex(message.from),
      to: id64Hex(message.to),
      bytes: copy.size,
    };
    const startMs = clock.nowMs();
    this.#inFlight++;
    const pace = new SnapshotPace(this.#parts.member, clock);
    const source = sourceOf(copy, pace, (error) => {
      const release = (): void => {
        this.#inFlight--;
      };
      if (error !== undefined) {
        release();
        log.warn("failed to send database snapshot to writer", { ...fields, error });
        return;
      }
      clock.after(releaseDelayMs, release);
      log.info("sent database snapshot to writer", { bytes: copy.size });
      const took = formatDuration(clock.nowMs() - startMs);
      log.info("sent merged snapshot", { ...fields, took });
    });
    log.info("sending merged snapshot", fields);
    send({ message, source });
  }
}

/** A copy is read once, from its beginning to its end, as the transport does. */
function sourceOf(
  copy: BackendCopy,
  pace: SnapshotPace,
  closed: (error: Error | undefined) => void,
): SnapshotSource {
  return {
    size: copy.size,
    readInto: (target, start, length) => copy.read(target.subarray(start, start + length)),
    pauseMs: () => pace.pauseMs(),
    close: (error) => {
      copy.close();
      closed(error);
    },
  };
}
