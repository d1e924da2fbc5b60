// The index as a start finds it beside the database, in place of reading every record. It is only ever
// believed as far as the backend agrees with it.
import { assert } from "../../base/index.ts";
import type { Backend } from "./backend.ts";
import { finishedCompaction } from "./compaction/compact-marks.ts";
import type { Store } from "./store.ts";
import { IndexImageWriter } from "./tree/index.ts";

/** The index at the end of main revision `revision`, without what compaction had deleted by then. */
export interface IndexCheckpoint {
  readonly revision: number;
  readonly compacted: number;
  /** Blocks of `imageBlockBytes`, to be kept by whoever is given them. */
  readonly blocks: readonly Uint8Array[];
}

/**
 * Whether the records that the checkpoint speaks of are still the backend's: the newest is there, as one
 * that came later than what a power loss left is not, and no compaction has deleted any.
 */
export function isOfBackend(checkpoint: IndexCheckpoint, backend: Backend): boolean {
  const { revision, compacted, blocks } = checkpoint;
  if (blocks.length === 0 || revision < compacted) return false;
  if (finishedCompaction(backend) !== compacted) return false;
  const cursor = backend.records.cursor();
  return cursor.seekFrom(revision, 0) && cursor.main === revision;
}

/** Makes a checkpoint in steps, between transactions; compaction deletes nothing meanwhile. */
export class CheckpointJob {
  readonly revision: number;
  readonly compacted: number;
  readonly #store: Store;
  readonly #writer: IndexImageWriter;
  #isOver = false;

  /** Undefined while a compaction deletes: what is being deleted is half in the index. */
  static begin(store: Store): CheckpointJob | undefined {
    return store.pendingCompactions > 0 ? undefined : new CheckpointJob(store);
  }

  private constructor(store: Store) {
    this.#store = store;
    this.revision = store.currentRevision;
    this.compacted = store.compactedRevision;
    this.#writer = new IndexImageWriter(store.index, this.revision, this.compacted);
    store.pin();
  }

  /** Writes about `count` keys; "failed" for an index that no image is made of. */
  step(count: number): "again" | "done" | "failed" {
    assert(!this.#isOver, "a job that is over takes no steps");
    const isOver = this.#writer.step(count);
    if (!isOver) return "again";
    this.cancel();
    return this.#writer.isPossible ? "done" : "failed";
  }

  /** Blocks that are full since this was called last. */
  takeBlocks(): Uint8Array[] {
    return this.#writer.blocks.splice(0);
  }

  /** Compaction may delete again. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#store.unpin();
  }
}
