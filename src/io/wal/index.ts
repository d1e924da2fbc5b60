// io/wal: the write-ahead log in etcd's own files, so that either program opens what the other
// wrote. It promises that what `done` confirmed is read back after any crash, in order, and that a
// damaged log is refused or cut only where a torn write explains the damage. It never retries a
// sync, never decides what to log, and never waits: whoever calls goes on and is called back.
export { emptyHardState, isEmptyHardState } from "./hard-state.ts";
export {
  newestSnapshotEntry,
  readWal,
  validSnapshotEntries,
  verifyWal,
  type WalContent,
  type WalPlace,
  type WalStart,
} from "./read.ts";
export { repairWal } from "./repair.ts";
export { walExists } from "./segment-name.ts";
export { type Wal } from "./wal.ts";
export { isWalError, WalError, type WalErrorCode } from "./wal-error.ts";
export { createWal, openOrRepairWal, openWal } from "./wal-files.ts";
export type { WalMeter, WalOptions } from "./wal-options.ts";
