// Where a member keeps its state, as the member sees it.
import { type Backend, type IndexCheckpoint, MemoryBackend } from "../../core/mvcc/index.ts";

export type BackendDone = (error: Error | undefined) => void;

/** A copy of the database as it was at one commit; closing it lets go of the pages it holds. */
export interface BackendCopy {
  readonly size: number;
  readonly remaining: number;
  /** Fills `target` with the next bytes; returns how many, 0 at the end. */
  read(target: Uint8Array): number;
  /** Some of the next bytes, borrowed until the next call; none at the end. */
  next(bytesMax: number): Uint8Array;
  close(): void;
}

/** A running hash over bytes, from the host. */
export interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** What only a backend on a disk can do. */
export interface DurableBackend {
  /** Writes come faster than the disk takes them. */
  readonly isOverloaded: boolean;
  /** To be called once a turn; true when it has more to do at once. */
  maybeCommit(nowMs: number): boolean;
  commit(done: BackendDone): void;
  snapshot(done: (copy: BackendCopy | Error) => void): void;
  defragment(done: BackendDone): void;
  stop(done: BackendDone): void;
}

/** Takes the blocks of a checkpoint in order; the one before stays until `finish` says true. */
export interface CheckpointWriter {
  append(block: Uint8Array): void;
  finish(revision: number, compacted: number): boolean;
  abandon(): void;
}

/** Where a checkpoint of the index is kept. */
export interface CheckpointFile {
  /** Undefined when there is none that is whole and of this database. */
  load(): IndexCheckpoint | undefined;
  begin(): CheckpointWriter | undefined;
}

export interface BackendHost {
  readonly backend: Backend;
  /** Of its file, where it has one. */
  readonly path?: string;
  /** Bytes allocated, as Status shows them and the quota counts them. */
  sizeBytes(): number;
  inUseBytes(): number;
  /** Whether its disk has no room for more, or next to none. */
  isDiskFull?(): boolean;
  /** States of the database that readers pin. */
  readonly openReaders?: () => number;
  /** Undefined for one that forgets with the process: its log is replayed from the beginning. */
  readonly durable: DurableBackend | undefined;
  readonly checkpoints?: CheckpointFile | undefined;
}

/** etcd's own database is five pages before the first key; etcdctl divides by this size. */
const emptySizeBytes = 5 * 4096;

/** A backend in memory: for tests, simulation and members that need not outlive their process. */
export function memoryBackendHost(): BackendHost {
  const backend = new MemoryBackend();
  const sizeBytes = (): number => Math.max(emptySizeBytes, backend.records.capacityBytes);
  return { backend, sizeBytes, inUseBytes: sizeBytes, durable: undefined };
}
