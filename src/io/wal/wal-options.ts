import type { Clock, Disk, Failpoint, Log } from "../host/index.ts";

/** What a log tells its meter; the names follow etcd_disk_wal_* in metrics.go. */
export interface WalMeter {
  /** A write handed `bytes` to the system in `seconds`. */
  wrote(bytes: number, seconds: number): void;
  /** A sync took `seconds`. */
  synced(seconds: number): void;
}

export interface WalOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The directory that holds the segments: `member/wal`, or what --wal-dir says. */
  readonly directory: string;
  readonly log?: Log;
  readonly meter?: WalMeter;
  /** gofail's walBeforeSync and walAfterSync. */
  readonly failpoint?: Failpoint | undefined;
  /** A segment is cut when it reaches this; 64,000,000 unless told. */
  readonly segmentBytes?: number;
  /** Zeros kept in front of the log; 1 MiB unless told, 0 for none, none with `inline`. */
  readonly zeroAheadBytes?: number;
  /** `--unsafe-no-fsync`: nothing is ever synced. */
  readonly unsafeNoFsync?: boolean;
  /** Keeps a mark beside the log of how far it was synced, so that damage is told from a torn end. */
  readonly keepsMark?: boolean;
  /** A write that finds no room is tried again, while nothing is acknowledged; else it ends the log. */
  readonly waitsForRoom?: boolean;
  /**
   * Where syncs run. `background`: on another thread; `done` comes after `save` returned.
   * `inline`: on the calling thread; everything is done when `save` returns (tools, enumeration).
   * `adaptive`: on the calling thread while the disk answers faster than a thread could be woken
   * twice, and in the background after the first slow answer; `done` comes after `save` returned.
   */
  readonly syncing?: "background" | "inline" | "adaptive";
}
