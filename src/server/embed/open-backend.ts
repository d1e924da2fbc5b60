// Opens member/snap/db, waiting for whoever still has it.
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type BackendOptions, FileBackend } from "../../io/backend/index.ts";
import { isDiskError, type Log } from "../../io/host/index.ts";
import { nodeDisk } from "../../io/host/node/index.ts";
import type { BackendHost } from "../member/index.ts";
import type { Config } from "./config.ts";

export interface OpenedBackend {
  readonly host: BackendHost;
  readonly file: FileBackend;
}

// etcd tries every 50 ms and says so after ten seconds (etcdserver/storage OpenBackend).
const lockRetryMs = 50;
const lockWarningMs = 10_000;

export async function openBackend(
  path: string,
  config: Config,
  log: Log,
  hooks: Pick<BackendOptions, "wake" | "onFailure" | "failpoint">,
): Promise<OpenedBackend> {
  const startedMs = performance.now();
  const open = (): FileBackend =>
    FileBackend.open({
      disk: nodeDisk,
      path,
      batchIntervalMs: config.backendBatchMs,
      batchLimit: config.backendBatchLimit,
      noSync: config.unsafeNoFsync,
      cacheBytesMax: config.pageCacheBytes,
      sumsPath: join(dirname(dirname(path)), "db.sum"),
      ...hooks,
    });
  const file = await whenUnlocked(open, () => {
    log.info("db file is flocked by another process, or taking too long", { path });
  });
  log.info("opened backend db", { path, took: `${(performance.now() - startedMs).toFixed(3)}ms` });
  const host: BackendHost = {
    backend: file,
    sizeBytes: () => file.sizeBytes(),
    inUseBytes: () => file.inUseBytes(),
    isDiskFull: fullnessOf(file, path),
    durable: file,
  };
  return { host, file };
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
