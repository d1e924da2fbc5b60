// process_*, go_*, os_fd_* and promhttp_*: of the process. Dashboards made for etcd read Go's names, so
// each has the nearest figure Node has; what has no counterpart is zero. Ours are quorate_*.
import { gcBoundsSeconds, type ProcessStats, stallBoundsSeconds } from "../../io/host/index.ts";
import { counter, type Family, gauge, histogram, summary } from "./family.ts";
import type { MetricsRegistry } from "./registry.ts";

type Source = (stats: ProcessStats) => number;

/** Name, kind, help and where the figure comes from. */
const rows: readonly (readonly ["counter" | "gauge", string, string, Source])[] = [
  ["counter", "process_cpu_seconds_total", "Processor time.", (s) => s.cpuSeconds],
  ["gauge", "process_max_fds", "File descriptors allowed.", (s) => s.fileLimit],
  ["gauge", "process_open_fds", "File descriptors open.", (s) => s.openFiles()],
  ["gauge", "process_resident_memory_bytes", "Resident memory.", (s) => s.residentBytes],
  ["gauge", "process_start_time_seconds", "Start, Unix time.", (s) => s.startedSeconds],
  ["gauge", "process_virtual_memory_bytes", "Virtual memory.", (s) => s.virtualBytes],
  ["gauge", "process_virtual_memory_max_bytes", "Virtual memory allowed.", (s) => s.virtualLimit],
  ["counter", "process_network_receive_bytes_total", "Bytes received.", (s) => s.receivedBytes],
  ["counter", "process_network_transmit_bytes_total", "Bytes sent.", (s) => s.sentBytes],
  ["gauge", "os_fd_limit", "File descriptors allowed.", (s) => s.fileLimit],
  ["gauge", "os_fd_used", "File descriptors open.", (s) => s.openFiles()],
  ["gauge", "go_goroutines", "Resources that keep the event loop alive.", (s) => s.activeResources],
  ["gauge", "go_threads", "Threads of the process.", (s) => s.threads],
  ["gauge", "go_sched_gomaxprocs_threads", "Processors available.", (s) => s.processors],
  ["gauge", "go_gc_gogc_percent", "Of Go; always 100.", () => 100],
  ["gauge", "go_gc_gomemlimit_bytes", "Largest heap.", (s) => s.heapLimitBytes],
  ["gauge", "go_memstats_alloc_bytes", "Heap in use.", (s) => s.heapUsedBytes],
  ["counter", "go_memstats_alloc_bytes_total", "Heap allocated.", (s) => s.allocatedBytes],
  ["gauge", "go_memstats_buck_hash_sys_bytes", "Of Go.", () => 0],
  ["counter", "go_memstats_frees_total", "Of Go.", () => 0],
  ["gauge", "go_memstats_gc_sys_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_heap_alloc_bytes", "Heap in use.", (s) => s.heapUsedBytes],
  [
    "gauge",
    "go_memstats_heap_idle_bytes",
    "Heap not in use.",
    (s) => s.heapBytes - s.heapUsedBytes,
  ],
  ["gauge", "go_memstats_heap_inuse_bytes", "Heap in use.", (s) => s.heapUsedBytes],
  ["gauge", "go_memstats_heap_objects", "Of Go.", () => 0],
  ["gauge", "go_memstats_heap_released_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_heap_sys_bytes", "Heap.", (s) => s.heapBytes],
  ["gauge", "go_memstats_last_gc_time_seconds", "Last collection.", (s) => s.lastGcSeconds],
  ["counter", "go_memstats_mallocs_total", "Of Go.", () => 0],
  ["gauge", "go_memstats_mcache_inuse_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_mcache_sys_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_mspan_inuse_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_mspan_sys_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_next_gc_bytes", "Largest heap.", (s) => s.heapLimitBytes],
  ["gauge", "go_memstats_other_sys_bytes", "Buffers outside the heap.", (s) => s.externalBytes],
  ["gauge", "go_memstats_stack_inuse_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_stack_sys_bytes", "Of Go.", () => 0],
  ["gauge", "go_memstats_sys_bytes", "Resident memory.", (s) => s.residentBytes],
];

const others: readonly Family[] = [
  gauge("go_info", "What this server runs on.", { labels: ["version"] }),
  summary("go_gc_duration_seconds", "Pauses of the garbage collector."),
  {
    ...histogram(
      "quorate_event_loop_delay_seconds",
      "How late the event loop was, 50 times a second.",
    ),
    bounds: stallBoundsSeconds,
  },
  {
    ...histogram(
      "quorate_event_loop_busy_seconds",
      "Processor time of the event loop's thread between two of these looks.",
    ),
    bounds: stallBoundsSeconds,
  },
  counter("quorate_event_loop_active_seconds_total", "Time the event loop had something to do."),
  {
    ...histogram("quorate_gc_pause_seconds", "Pauses of the collector.", { labels: ["kind"] }),
    bounds: gcBoundsSeconds,
  },
  gauge("promhttp_metric_handler_requests_in_flight", "Scrapes under way."),
  counter("promhttp_metric_handler_requests_total", "Scrapes, by HTTP status.", {
    labels: ["code"],
  }),
];

/** Adds the families; `read` is called once a family and scrape, and may cache. */
export function addProcessMetrics(
  registry: MetricsRegistry,
  read: () => ProcessStats,
  scrapes: { readonly ok: number; readonly failed: number },
): void {
  registry.add(
    rows.map(([kind, name, help]) =>
      kind === "counter" ? counter(name, help) : gauge(name, help),
    ),
  );
  for (const [, name, , source] of rows) registry.feedValue(name, () => source(read()));
  registry.add(others);
  registry.feed("go_info", () => [{ labels: [read().version], value: 1 }]);
  registry.feed("go_gc_duration_seconds", () => [{ labels: [], value: read().gcPauses() }]);
  registry.feedValue("quorate_event_loop_active_seconds_total", () => read().loopActiveSeconds);
  registry.feed("quorate_gc_pause_seconds", () =>
    [...read().gcSeconds].map(([kind, value]) => ({ labels: [kind], value })),
  );
  registry.feedValue("promhttp_metric_handler_requests_in_flight", () => 1);
  registry.feed("promhttp_metric_handler_requests_total", () => [
    { labels: ["200"], value: scrapes.ok },
    { labels: ["500"], value: scrapes.failed },
    { labels: ["503"], value: 0 },
  ]);
}
