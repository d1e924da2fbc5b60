// Opens member/snap/db, waiting for whoever still has it.
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { formatDuration } from "../../base/index.ts";
import { type BackendOptions, FileBackend, IndexFile } from "../../io/backend/index.ts";
import { isDiskError, type Log } from "../../io/host/index.ts";
import { nodeClock, nodeDisk } from "../../io/host/node/index.ts";
import type { BackendHost, ReceivedReader } from "../member/index.ts";
import type { Config } from "./config.ts";

// etcd tries every 50 ms and says so after ten seconds (etcdserver/storage OpenBackend).
const lockRetryMs = 50;
const lockWarningMs = 10_000;
// A database that was replaced stays open for so long, for ranges that are still read from it.
const retireMs = 60_000;
const retireStepMs = 50;

/** A database that came with a snapshot has no checksums of ours before the next start. */
type Open = (origin: "own" | "received", path?: string) => FileBackend;

/** The member's database: the file at this path, or the one that replaced it. */
export class OpenedBackend {
  readonly #path: string;
  readonly #log: Log;
  readonly #open: Open;
  readonly #indexFile: IndexFile;
  #file: FileBackend;
  #host: BackendHost;
  #beforeCommit: () => void = () => {};

  constructor(path: string, log: Log, open: Open, file: FileBackend) {
    this.#indexFile = new IndexFile(nodeDisk, join(dirname(dirname(path)), "db.index"));
    this.#path = path;
    this.#log = log;
    this.#open = open;
    this.#file = file;
    // Another program has written to the database, or made it: the index may be of another.
    if (!file.isKnown) this.#indexFile.remove();
    this.#host = { ...hostOf(file, path), checkpoints: this.#indexFile };
  }

  get host(): BackendHost {
    return this.#host;
  }

  setBeforeCommit(hook: () => void): void {
    this.#beforeCommit = hook;
    this.#file.setBeforeCommit(hook);
  }

  /** Opens the file `received` where it lies, to be read and closed before it is put in place. */
  openReceived(received: string): ReceivedReader {
    const backend = this.#open("received", received);
    return { backend, close: () => backend.close() };
  }

  /** Puts the file `received` in its place and opens it. The one before closes by and by. */
  replace(received: string): BackendHost {
    const old = this.#file;
    this.#indexFile.remove();
    nodeDisk.rename(received, this.#path);
    this.#file = this.#open("received");
    this.#file.setBeforeCommit(this.#beforeCommit);
    this.#host = hostOf(this.#file, this.#path);
    old.setBeforeCommit(() => {});
    this.#retire(old, performance.now());
    return this.#host;
  }

  #retire(old: FileBackend, sinceMs: number): void {
    const nowMs = performance.now();
    while (old.maybeCommit(nowMs));
    if (old.openReaders > 0 || nowMs - sinceMs < retireMs) {
      nodeClock.after(retireStepMs, () => this.#retire(old, sinceMs));
      return;
    }
    this.#log.info("closing old backend file");
    old.close();
    this.#log.info("closed old backend file");
  }
}

const hostOf = (file: FileBackend, path: string): BackendHost => ({
  backend: file,
  path,
  sizeBytes: () => file.sizeBytes(),
  inUseBytes: () => file.inUseBytes(),
  isDiskFull: fullnessOf(file, path),
  openReaders: () => file.openReaders,
  durable: file,
});

export async function openBackend(
  path: string,
  config: Config,
  log: Log,
  hooks: Pick<BackendOptions, "meter" | "wake" | "onFailure" | "failpoint">,
): Promise<OpenedBackend> {
  const startedMs = performance.now();
  const sumsPath = join(dirname(dirname(path)), "db.sum");
  const open: Open = (origin, at = path) =>
    FileBackend.open({
      disk: nodeDisk,
      path: at,
      batchIntervalMs: config.backendBatchMs,
      batchLimit: config.backendBatchLimit,
      noSync: config.unsafeNoFsync,
      cacheBytesMax: config.pageCacheBytes,
      sumsPath: origin === "own" ? sumsPath : undefined,
      ...hooks,
    });
  const file = await whenUnlocked(
    () => open("own"),
    () => {
      log.info("db file is flocked by another process, or taking too long", { path });
    },
  );
  if (file.pendingOperations > 0) await commitBuckets(file);
  log.info("opened backend db", { path, took: formatDuration(performance.now() - startedMs) });
  return new OpenedBackend(path, log, open, file);
}

/** As in etcd, no tool ever finds a member's database without its buckets (mvcc NewStore). */
async function commitBuckets(file: FileBackend): Promise<void> {
  let isDone = false;
  let failure: Error | undefined;
  file.commit((error) => {
    isDone = true;
    failure = error;
  });
  for (;;) {
    while (file.maybeCommit(performance.now()));
    if (isDone) break;
    await pause(1);
  }
  if (failure !== undefined) throw failure;
}

/** Below this writes are refused: room for what must be written though nobody may write. */
const reservedBytes = 16 * 1024 * 1024;
const fullnessAgeMsMax = 200;

/** Asks the file system at most every so often. */
function fullnessOf(file: FileBackend, path: string): () => boolean {
  let askedMs = Number.NEGATIVE_INFINITY;
  let isLow = false;
  return () => {
    const nowMs = performance.now();
    if (nowMs - askedMs > fullnessAgeMsMax) {
      askedMs = nowMs;
      isLow = nodeDisk.freeBytes(path) < reservedBytes;
    }
    return isLow || file.fullError !== undefined;
  };
}

async function whenUnlocked<Opened>(open: () => Opened, warn: () => void): Promise<Opened> {
  for (let waitedMs = 0; ; waitedMs += lockRetryMs) {
    try {
      return open();
    } catch (error) {
      if (!isDiskError(error, "EWOULDBLOCK")) throw error;
    }
    if (waitedMs === lockWarningMs) warn();
    await pause(lockRetryMs);
  }
}
