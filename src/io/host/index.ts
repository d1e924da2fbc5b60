// io/host: the outside world as ports. A room that needs a disk, a clock or chance is given one and
// never takes it; the simulator gives its own. It promises that nothing here decides anything about
// etcd, and that every refusal of a disk is a DiskError with Go's words. It never keeps state.
// The implementations on Node stand behind a door of their own, node/index.ts.
export type { Cancel, Clock } from "./clock.ts";
export {
  type Disk,
  type DiskFile,
  type DiskLock,
  existsOn,
  type FileStat,
  type OpenOptions,
  parentDirectory,
  readWholeFile,
  type Synced,
  unlinkIfThere,
  writeWholeFile,
} from "./disk.ts";
export { DiskError, isDiskError } from "./disk-error.ts";
export type { Failpoint } from "./failpoint.ts";
export { type Log, type LogFields, type LogLevel, silentLog } from "./log.ts";
export { gcBoundsSeconds, type ProcessStats, type Quantiles } from "./process-stats.ts";
export { type Random, repeatableRandom } from "./random.ts";
export { stallBoundsSeconds, StallMonitor } from "./stall-monitor.ts";
