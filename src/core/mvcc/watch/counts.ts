/** What the metrics etcd_debugging_mvcc_* say of watching; read at scrape time. */
export interface WatchCounts {
  /** Open streams (watch_stream_total). */
  streams: number;
  /** Live watchers (watcher_total). */
  watchers: number;
  /** Those not synced (slow_watcher_total). */
  slowWatchers: number;
  /** Events handed to streams (events_total). */
  events: number;
}
