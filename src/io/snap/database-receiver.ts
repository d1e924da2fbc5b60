// Takes in the database of another member: `tmp…` while it comes, `<index>.snap.db` once it is
// durable under that name (etcdserver/api/snap/db.go SaveDBFrom).
import { assert } from "../../base/index.ts";
import type { SnapMeter } from "./snapshotter.ts";
import {
  type Clock,
  type Disk,
  type DiskFile,
  existsOn,
  type Failpoint,
  type Log,
  type Synced,
  unlinkIfThere,
} from "../host/index.ts";

export interface DatabaseReceiverOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly temporaryPath: string;
  readonly path: string;
  readonly log: Log;
  readonly failpoint: Failpoint | undefined;
  readonly clock: Clock;
  readonly meter: SnapMeter | undefined;
}

/** As much is synced while the rest still comes: at the end the disk has little left to do. */
const syncEveryBytes = 32 * 1024 * 1024;

/** One call at a time: the next begins when `done` of the last was called. */
export class DatabaseReceiver {
  readonly #options: DatabaseReceiverOptions;
  readonly #file: DiskFile;
  #received = 0;
  /** Bytes that a sync was begun for. */
  #synced = 0;
  #isSyncing = false;
  /** Told once by the disk: what it lost it does not tell again. */
  #syncFailure: Error | undefined;
  #whenSynced: (() => void) | undefined;
  #over = false;
  readonly #startMs: number;

  constructor(options: DatabaseReceiverOptions) {
    this.#options = options;
    this.#startMs = options.clock.nowMs();
    this.#file = options.disk.open(options.temporaryPath, { create: true, exclusive: true });
  }

  /** Bytes written so far. */
  get received(): number {
    return this.#received;
  }

  /** Appends. `bytes` must stay as they are until `done`; after an error only `abort` is left. */
  write(bytes: Uint8Array, done: Synced): void {
    assert(!this.#over, "a finished database takes no more bytes");
    const position = this.#received;
    this.#received += bytes.length;
    this.#file.writeInBackground(bytes, position, (error) => {
      if (error === undefined) this.#syncMeanwhile(position + bytes.length);
      done(error ?? this.#syncFailure);
    });
  }

  #syncMeanwhile(written: number): void {
    if (this.#isSyncing || written - this.#synced < syncEveryBytes) return;
    this.#synced = written;
    this.#isSyncing = true;
    this.#file.sync((error) => {
      this.#isSyncing = false;
      this.#syncFailure ??= error;
      this.#whenSynced?.();
    });
  }

  /** Calls `next` when no sync is under way. */
  #afterSync(next: () => void): void {
    if (this.#isSyncing) this.#whenSynced = next;
    else next();
  }

  /**
   * Makes the database durable under its name. One that is there already is kept, but its name is
   * synced: an earlier attempt may have died before it did. After an error nothing is left behind,
   * except where the rename itself could not be made durable.
   */
  finish(done: Synced): void {
    assert(!this.#over, "a database is finished once");
    this.#over = true;
    const { clock, meter } = this.#options;
    const writtenMs = clock.nowMs();
    const synced: Synced = (error = this.#syncFailure) => {
      this.#file.close();
      if (error !== undefined) return this.#failed(error, done);
      meter?.syncedDatabase((clock.nowMs() - writtenMs) / 1000);
      meter?.savedDatabase((clock.nowMs() - this.#startMs) / 1000);
      this.#name(done);
    };
    this.#afterSync(() => this.#file.sync(synced));
  }

  /** Gives up and removes what came. */
  abort(): void {
    this.#over = true;
    unlinkIfThere(this.#options.disk, this.#options.temporaryPath);
    this.#afterSync(() => this.#file.close());
  }

  #name(done: Synced): void {
    const { disk, directory, temporaryPath, path, failpoint } = this.#options;
    try {
      if (existsOn(disk, path)) disk.unlink(temporaryPath);
      else {
        disk.rename(temporaryPath, path);
        failpoint?.("snapDBRenameBeforeDirSync");
      }
      const planted = failpoint?.("snapDBDirSyncError");
      if (typeof planted === "string") throw new Error(planted);
    } catch (error) {
      this.#failed(error as Error, done);
      return;
    }
    disk.syncDirectory(directory, (error) => {
      const fields = { path, bytes: this.#received };
      if (error === undefined) this.#options.log.info("saved database snapshot to disk", fields);
      else this.#warn(error);
      done(error);
    });
  }

  #failed(error: Error, done: Synced): void {
    this.#warn(error);
    try {
      unlinkIfThere(this.#options.disk, this.#options.temporaryPath);
    } catch {
      // The first error is the one to tell; the next start removes the file.
    }
    done(error);
  }

  #warn(error: Error): void {
    this.#options.log.warn("failed to save database snapshot", { path: this.#options.path, error });
  }
}
