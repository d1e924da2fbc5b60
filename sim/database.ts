// A member's database file through one life: opened, replaced by one that came with a snapshot, and put
// in place at a start when a crash came before that; as server/embed does it, on the simulated disk.
import { ClusterRecords } from "../src/core/apply/index.ts";
import { FileBackend } from "../src/io/backend/index.ts";
import { type Clock, writeWholeFile } from "../src/io/host/index.ts";
import type { Snapshotter } from "../src/io/snap/index.ts";
import type { BackendHost } from "../src/server/member/index.ts";
import type { SimDisk } from "./disk.ts";

export interface SimDatabaseOptions {
  readonly disk: SimDisk;
  readonly clock: Clock;
  readonly path: string;
  readonly snapshotter: Snapshotter;
  readonly wake: () => void;
  readonly onFailure: (error: Error) => void;
}

const batchLimit = 1000;
const retireStepMs = 50;

export class SimDatabase {
  readonly #options: SimDatabaseOptions;
  #file: FileBackend;
  #beforeCommit: () => void = () => {};

  constructor(options: SimDatabaseOptions) {
    const { disk, path } = options;
    this.#options = options;
    // A file that exists but is empty is as good as none, as in server/embed.
    if (disk.stat(path) === undefined) writeWholeFile(disk, path, new Uint8Array(0));
    this.#file = this.#open(`${path}.sum`);
  }

  /** A database that came with a snapshot has no checksums of ours before the next start. */
  #open(sumsPath: string | undefined): FileBackend {
    const { disk, path, wake, onFailure } = this.#options;
    return FileBackend.open({ disk, path, sumsPath, batchLimit, wake, onFailure });
  }

  get host(): BackendHost {
    const file = this.#file;
    return {
      backend: file,
      sizeBytes: () => file.sizeBytes(),
      inUseBytes: () => file.inUseBytes(),
      durable: file,
    };
  }

  get consistentIndex(): number {
    return new ClusterRecords(this.#file).consistentIndex();
  }

  setBeforeCommit(hook: () => void): void {
    this.#beforeCommit = hook;
    this.#file.setBeforeCommit(hook);
  }

  /** At a start: the log may begin behind what the database holds. Returns where that stands. */
  recover(logBegins: number): number {
    if (logBegins > this.consistentIndex) this.install(logBegins);
    return this.consistentIndex;
  }

  install(index: number): BackendHost {
    const { disk, path, snapshotter } = this.#options;
    const old = this.#file;
    disk.rename(snapshotter.databasePath(index), path);
    this.#file = this.#open(undefined);
    this.#file.setBeforeCommit(this.#beforeCommit);
    old.setBeforeCommit(() => {});
    this.#retire(old);
    return this.host;
  }

  #retire(old: FileBackend): void {
    const { clock } = this.#options;
    while (old.maybeCommit(clock.nowMs()));
    if (old.openReaders > 0) clock.after(retireStepMs, () => this.#retire(old));
    else old.close();
  }
}
