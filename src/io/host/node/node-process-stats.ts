import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import {
  constants,
  performance,
  PerformanceObserver,
  type PerformanceNodeEntry,
} from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { Histogram } from "../../../base/index.ts";
import { gcBoundsSeconds, type ProcessStats, type Quantiles } from "../process-stats.ts";

const quantiles = [0, 0.25, 0.5, 0.75, 1];
/** Pauses remembered for their quantiles; Go remembers 256. */
const pausesMax = 256;
const noLimit = 2 ** 64;

/** Names of the collections by their number in the engine's notices. */
const gcKinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weak callbacks",
};

/** Pauses of the collector, as they happen. */
class GcPauses {
  readonly byKind = new Map<string, Histogram>(
    Object.values(gcKinds).map((kind) => [kind, new Histogram(gcBoundsSeconds)]),
  );
  readonly #recent: number[] = [];
  #at = 0;
  #sum = 0;
  #count = 0;
  lastAtMs = 0;

  constructor() {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { duration, startTime } = entry;
        const { kind } = (entry as PerformanceNodeEntry).detail as { kind: number };
        this.#add(duration, startTime);
        this.byKind.get(gcKinds[kind] ?? "")?.observe(duration / 1000);
      }
    });
    observer.observe({ entryTypes: ["gc"] });
  }

  #add(durationMs: number, startMs: number): void {
    this.#recent[this.#at++ % pausesMax] = durationMs / 1000;
    this.#sum += durationMs / 1000;
    this.#count++;
    this.lastAtMs = performance.timeOrigin + startMs;
  }

  read(): Quantiles {
    const sorted = this.#recent.toSorted((a, b) => a - b);
    const at = (quantile: number): number =>
      sorted[Math.round(quantile * (sorted.length - 1))] ?? 0;
    return {
      quantiles: quantiles.map((quantile) => [quantile, at(quantile)] as const),
      sum: this.#sum,
      count: this.#count,
    };
  }
}

/** Begins to watch collections; the reader is to be called at each scrape. */
export function nodeProcessStats(): () => ProcessStats {
  const pauses = new GcPauses();
  let cached: ProcessStats | undefined;
  return () => {
    if (cached !== undefined) return cached;
    cached = {
      ...readStats(),
      ...readProc(),
      gcPauses: () => pauses.read(),
      gcSeconds: pauses.byKind,
      lastGcSeconds: pauses.lastAtMs / 1000,
    };
    // One scrape reads many figures in one go; the next one reads them anew.
    setImmediate(() => (cached = undefined));
    return cached;
  };
}

function readStats(): Omit<
  ProcessStats,
  keyof ReturnType<typeof readProc> | "gcPauses" | "gcSeconds" | "lastGcSeconds"
> {
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  const heap = getHeapStatistics();
  return {
    version: `node ${process.version}`,
    cpuSeconds: (user + system) / 1e6,
    residentBytes: memory.rss,
    startedSeconds: Math.floor(performance.timeOrigin) / 1000,
    activeResources: process.getActiveResourcesInfo().length,
    processors: availableParallelism(),
    heapBytes: memory.heapTotal,
    heapUsedBytes: memory.heapUsed,
    heapLimitBytes: heap.heap_size_limit,
    externalBytes: memory.external,
    allocatedBytes: heap.total_allocated_bytes,
    loopActiveSeconds: performance.eventLoopUtilization().active / 1000,
    openFiles: () => readdirOf("/proc/self/fd"),
  };
}

interface ProcFigures {
  readonly virtualBytes: number;
  readonly virtualLimit: number;
  readonly fileLimit: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly threads: number;
}

function readProc(): ProcFigures {
  const status = read("/proc/self/status");
  const limits = read("/proc/self/limits");
  const [receivedBytes, sentBytes] = networkBytes(read("/proc/self/net/netstat"));
  const limit = (name: string): number => {
    const text = new RegExp(`^${name}\\s+(\\S+)`, "m").exec(limits)?.[1] ?? "0";
    return text === "unlimited" ? noLimit : Number(text);
  };
  return {
    virtualBytes: Number(/^VmSize:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 1),
    virtualLimit: limit("Max address space"),
    fileLimit: limit("Max open files"),
    receivedBytes,
    sentBytes,
  };
}

/** InOctets and OutOctets of IpExt, as client_golang reads them. */
function networkBytes(netstat: string): [received: number, sent: number] {
  const [names = "", values = ""] = netstat.split("\n").filter((line) => line.startsWith("IpExt"));
  const of = (name: string): number => {
    const at = names.split(" ").indexOf(name);
    return at < 0 ? 0 : Number(values.split(" ")[at]);
  };
  return [of("InOctets"), of("OutOctets")];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux: the figures are zero.
    return "";
  }
}

function readdirOf(path: string): number {
  try {
    return readdirSync(path).length;
  } catch {
    return 0;
  }
}

/** What the calling thread has used of a processor, in milliseconds. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
