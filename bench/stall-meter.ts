// What a server's own monitor says of its event loop, before and after some work.
import { type ServerProcess } from "../test/e2e/server-process.ts";

/** By the upper bound in seconds: how many looks of the monitor fell at or below it. */
type Counts = Map<number, number>;

interface Look {
  readonly delay: Counts;
  readonly busy: Counts;
  readonly majorPause: Counts;
  readonly heapBytes: number;
  readonly leaderChanges: number;
  readonly cpuMilliseconds: number;
  readonly atMs: number;
}

/** Milliseconds unless named otherwise; delays are the bounds of the buckets they fell in. */
export interface Stalls {
  readonly name: string;
  readonly took: number;
  readonly cpu: number;
  /** The longest that the loop was late. */
  readonly stall: number;
  readonly stallP9999: number;
  /** The most processor time between two looks: no piece of work took more. */
  readonly piece: number;
  readonly majorPause: number;
  readonly heapBytes: number;
  readonly leaderChanges: number;
}

function countsOf(metrics: string, name: string, label = ""): Counts {
  const counts: Counts = new Map();
  for (const [, bound, count] of metrics.matchAll(
    new RegExp(`^${name}_bucket\\{${label}le="([^"]+)"\\} (\\d+)`, "gm"),
  )) {
    counts.set(bound === "+Inf" ? Infinity : Number(bound), Number(count));
  }
  return counts;
}

const valueOf = (metrics: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)`, "m").exec(metrics)?.[1] ?? Number.NaN);

async function look(server: ServerProcess, url: string): Promise<Look> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return {
    delay: countsOf(metrics, "quorate_event_loop_delay_seconds"),
    busy: countsOf(metrics, "quorate_event_loop_busy_seconds"),
    majorPause: countsOf(metrics, "quorate_gc_pause_seconds", 'kind="major",'),
    heapBytes: valueOf(metrics, "go_memstats_heap_sys_bytes"),
    leaderChanges: valueOf(metrics, "etcd_server_leader_changes_seen_total"),
    cpuMilliseconds: server.usage().cpuMilliseconds,
    atMs: performance.now(),
  };
}

/** The bound of the bucket, in milliseconds, below which this share of what was new lies. */
function quantile(before: Counts, after: Counts, share: number): number {
  const grown = [...after].map(
    ([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const,
  );
  const wanted = Math.ceil((grown.at(-1)?.[1] ?? 0) * share);
  if (wanted === 0) return 0;
  return (grown.find(([, count]) => count >= wanted)?.[0] ?? Infinity) * 1000;
}

function between(name: string, before: Look, after: Look): Stalls {
  return {
    name,
    took: after.atMs - before.atMs,
    cpu: after.cpuMilliseconds - before.cpuMilliseconds,
    stall: quantile(before.delay, after.delay, 1),
    stallP9999: quantile(before.delay, after.delay, 0.9999),
    piece: quantile(before.busy, after.busy, 1),
    majorPause: quantile(before.majorPause, after.majorPause, 1),
    heapBytes: after.heapBytes,
    leaderChanges: after.leaderChanges - before.leaderChanges,
  };
}

/** Runs the work and tells how the server's event loop fared meanwhile. */
export async function metered(
  name: string,
  server: ServerProcess,
  work: () => Promise<unknown>,
  url = `http://${server.endpoint}`,
): Promise<Stalls> {
  const before = await look(server, url);
  await work();
  return between(name, before, await look(server, url));
}

/** A server from its start until now. */
export async function sinceStart(name: string, server: ServerProcess): Promise<Stalls> {
  const none: Look = {
    delay: new Map(),
    busy: new Map(),
    majorPause: new Map(),
    heapBytes: 0,
    // The first leader it heard of is no change.
    leaderChanges: 1,
    cpuMilliseconds: 0,
    atMs: performance.now(),
  };
  return between(name, none, await look(server, `http://${server.endpoint}`));
}
