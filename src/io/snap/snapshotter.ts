// The snapshot directory of a member, `member/snap` (etcdserver/api/snap/snapshotter.go, db.go).
import { assert } from "../../base/index.ts";
import type { Snapshot } from "../../core/proto/index.ts";
import {
  type Clock,
  type Disk,
  existsOn,
  type Failpoint,
  type Log,
  type Random,
  silentLog,
  type Synced,
  unlinkIfThere,
} from "../host/index.ts";
import { DatabaseReceiver } from "./database-receiver.ts";
import { SnapError } from "./snap-error.ts";
import {
  databaseFileIndex,
  databaseFileName,
  encodeSnapFile,
  readSnapFile,
  snapFileName,
} from "./snap-file.ts";

export interface SnapshotterOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** `member/snap`; it exists. */
  readonly directory: string;
  readonly log?: Log;
  /** gofail's snapDBRenameBeforeDirSync and snapDBDirSyncError. */
  readonly failpoint?: Failpoint | undefined;
  readonly meter?: SnapMeter | undefined;
}

/** Told how long things took, in seconds. */
export interface SnapMeter {
  encodedSnap(seconds: number): void;
  syncedSnap(seconds: number): void;
  savedSnap(seconds: number): void;
  /** A database of another member: its sync, and all of it from the first byte. */
  syncedDatabase(seconds: number): void;
  savedDatabase(seconds: number): void;
}

export class Snapshotter {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #log: Log;
  readonly #options: SnapshotterOptions;
  /** Databases that wait to be installed: nothing removes them (etcd issue 18055). */
  readonly #pinned = new Set<number>();

  constructor(options: SnapshotterOptions) {
    this.#options = options;
    this.#disk = options.disk;
    this.#directory = options.directory;
    this.#log = options.log ?? silentLog;
  }

  /**
   * Writes the `.snap` file of a snapshot; `done` comes when file and name are durable. The one of
   * index 0 is never written. On an error no half file is left.
   */
  saveSnap(snapshot: Snapshot, done: Synced): void {
    const { metadata } = snapshot;
    if (metadata === undefined || metadata.index === 0) {
      this.#options.clock.soon(() => done(undefined));
      return;
    }
    const path = this.#pathOf(snapFileName(metadata.term, metadata.index));
    const failed = (error: Error): void => {
      this.#log.warn("failed to write a snap file", { path, error });
      try {
        unlinkIfThere(this.#disk, path);
      } catch (thrown) {
        this.#log.warn("failed to remove a broken snap file", { path, error: thrown });
      }
      done(error);
    };
    try {
      const file = this.#disk.open(path, { create: true, truncate: true, mode: 0o666 });
      try {
        const { clock, meter } = this.#options;
        const startMs = clock.nowMs();
        const bytes = encodeSnapFile(snapshot);
        meter?.encodedSnap((clock.nowMs() - startMs) / 1000);
        file.write(bytes, 0);
        const writtenMs = clock.nowMs();
        file.sync((error) => {
          if (error !== undefined) return failed(error);
          meter?.syncedSnap((clock.nowMs() - writtenMs) / 1000);
          meter?.savedSnap((clock.nowMs() - startMs) / 1000);
          this.#disk.syncDirectory(this.#directory, done);
        });
      } finally {
        file.close();
      }
    } catch (error) {
      this.#options.clock.soon(() => failed(error as Error));
    }
  }

  /** The newest snapshot that can be read; broken files are renamed to `….broken` on the way. */
  load(): Snapshot | undefined {
    return this.#loadMatching(() => true);
  }

  /** The newest one that the log knows of: `known` are its valid snapshot entries. */
  loadNewestAvailable(
    known: readonly { readonly index: number; readonly term: number }[],
  ): Snapshot | undefined {
    return this.#loadMatching(({ metadata }) =>
      known.some(
        ({ index, term }) => index === (metadata?.index ?? 0) && term === (metadata?.term ?? 0),
      ),
    );
  }

  /** Begins to take in the database of the snapshot at `index`. */
  receiveDatabase(index: number): DatabaseReceiver {
    const suffix = this.#options.random.bits32();
    return new DatabaseReceiver({
      disk: this.#disk,
      directory: this.#directory,
      temporaryPath: this.#pathOf(`tmp${suffix}`),
      path: this.#pathOf(databaseFileName(index)),
      log: this.#log,
      failpoint: this.#options.failpoint,
      clock: this.#options.clock,
      meter: this.#options.meter,
    });
  }

  /** Path of the database received for the snapshot at `index`. Throws SnapError `noDatabase`. */
  databasePath(index: number): string {
    const path = this.#pathOf(databaseFileName(index));
    if (existsOn(this.#disk, path)) return path;
    this.#log.warn("failed to find [SNAPSHOT-INDEX].snap.db", {
      "snapshot-index": index,
      "snapshot-file-path": path,
    });
    throw new SnapError("noDatabase");
  }

  /** Keeps the database of `index` whatever is released or purged, until it was installed. */
  pinDatabase(index: number): void {
    this.#pinned.add(index);
  }

  unpinDatabase(index: number): void {
    this.#pinned.delete(index);
  }

  /** Removes the received databases older than the snapshot at `index`. */
  releaseDatabases(index: number): void {
    for (const name of this.#disk.readdir(this.#directory)) {
      const own = databaseFileIndex(name);
      if (own === undefined || own >= index || this.#pinned.has(own)) continue;
      const path = this.#pathOf(name);
      this.#log.info("found orphaned .snap.db file; deleting", { path });
      this.#removeOrTell(path, "failed to remove orphaned .snap.db file");
    }
  }

  /**
   * Keeps the newest `max` of the `.snap` files and of the databases, each by itself; 0 keeps all.
   * Returns the names removed. Throws DiskError.
   */
  purge(max: number): string[] {
    assert(max >= 0, "a number of files to keep");
    if (max === 0) return [];
    const names = this.#disk.readdir(this.#directory);
    const removed: string[] = [];
    for (const suffix of ["snap.db", "snap"]) {
      const own = names.filter((name) => name.endsWith(suffix));
      for (const name of own.slice(0, Math.max(0, own.length - max))) {
        if (this.#pinned.has(databaseFileIndex(name) ?? -1)) break;
        this.#disk.unlink(this.#pathOf(name));
        this.#log.info("purged", { path: this.#pathOf(name) });
        removed.push(name);
      }
    }
    return removed;
  }

  /** Removes what receptions that died left behind: for the start of a member. */
  removeTemporary(): void {
    for (const name of this.#disk.readdir(this.#directory)) {
      if (name.startsWith("tmp")) this.#disk.rmtree(this.#pathOf(name));
    }
  }

  #loadMatching(matches: (snapshot: Snapshot) => boolean): Snapshot | undefined {
    for (const name of this.#snapNames()) {
      const snapshot = this.#loadOrSetAside(name);
      if (snapshot !== undefined && matches(snapshot)) return snapshot;
    }
    return undefined;
  }

  /** Newest term first, then newest index, which is the order of names backwards. */
  #snapNames(): string[] {
    const found: string[] = [];
    for (const name of this.#disk.readdir(this.#directory)) {
      const path = this.#pathOf(name);
      if (name.endsWith(".snap")) found.push(name);
      else if (name.startsWith("db.tmp")) {
        this.#log.info("found orphaned defragmentation file; deleting", { path });
        unlinkIfThere(this.#disk, path);
      } else if (name !== "db") {
        this.#log.warn("found unexpected non-snap file; skipping", { path: name });
      }
    }
    return found.toReversed();
  }

  #loadOrSetAside(name: string): Snapshot | undefined {
    const path = this.#pathOf(name);
    try {
      return readSnapFile(this.#disk, path);
    } catch (error) {
      this.#log.warn("failed to read a snap file", { path, error });
      // A disk that refuses says nothing about the file.
      if (!(error instanceof SnapError)) return undefined;
    }
    const fields = { path, "broken-path": `${path}.broken` };
    try {
      this.#disk.rename(path, fields["broken-path"]);
      this.#log.warn("renamed to a broken snap file", fields);
    } catch (error) {
      this.#log.warn("failed to rename a broken snap file", { ...fields, error });
    }
    return undefined;
  }

  #removeOrTell(path: string, words: string): void {
    try {
      unlinkIfThere(this.#disk, path);
    } catch (error) {
      this.#log.error(words, { path, error });
    }
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`;
  }
}
