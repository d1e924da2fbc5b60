// V8's profilers, asked through Node's inspector inside this process.
import type { HeapProfiler, Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { setTimeout as pause } from "node:timers/promises";
import { encodeProfile, type Frame, type Sample } from "./profile-format.ts";

const samplingIntervalUs = 10_000;
const heapIntervalBytes = 512 * 1024;
const usPerMs = 1000;
const nsPerUs = 1000;

export class ProcessProfiler {
  readonly #session = new Session();
  readonly #nowMs: () => number;
  #isTaking = false;

  /** Begins to sample what is allocated: one allocation in half a MiB, as Go does. */
  static async start(nowMs: () => number): Promise<ProcessProfiler> {
    const profiler = new ProcessProfiler(nowMs);
    profiler.#session.connect();
    const options = { samplingInterval: heapIntervalBytes };
    await profiler.#session.post("HeapProfiler.startSampling", options);
    return profiler;
  }

  private constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Where the processor's time goes during so many seconds; one at a time, as in Go. */
  async processor(seconds: number): Promise<Buffer> {
    if (this.#isTaking) throw new Error("cpu profiling already in use");
    this.#isTaking = true;
    const takenMs = this.#nowMs();
    try {
      await this.#session.post("Profiler.enable");
      await this.#session.post("Profiler.setSamplingInterval", { interval: samplingIntervalUs });
      await this.#session.post("Profiler.start");
      await pause(seconds * 1000);
      const { profile } = await this.#session.post("Profiler.stop");
      const head = {
        types: [
          ["samples", "count"],
          ["cpu", "nanoseconds"],
        ],
        period: ["cpu", "nanoseconds", samplingIntervalUs * nsPerUs],
        takenMs,
        durationMs: (profile.endTime - profile.startTime) / usPerMs,
      } as const;
      return encodeProfile(head, processorSamples(profile));
    } finally {
      this.#isTaking = false;
    }
  }

  /** What is alive and who allocated it. */
  async heap(): Promise<Buffer> {
    const { profile } = await this.#session.post("HeapProfiler.getSamplingProfile");
    const head = {
      types: [["inuse_space", "bytes"]],
      period: ["space", "bytes", heapIntervalBytes],
      takenMs: this.#nowMs(),
      durationMs: 0,
    } as const;
    return encodeProfile(head, heapSamples(profile));
  }
}

function processorSamples({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Sample[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const spent = new Map<number, { count: number; us: number }>();
  for (const [at, id] of samples.entries()) {
    const sum = spent.get(id) ?? { count: 0, us: 0 };
    spent.set(id, { count: sum.count + 1, us: sum.us + (timeDeltas[at] ?? 0) });
  }
  const found: Sample[] = [];
  for (const [id, { count, us }] of spent) {
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame !== undefined && frame.functionName !== "(root)") stack.push(frame);
    }
    // Waiting for sockets is no use of the processor.
    if (stack.length > 0 && stack[0]!.functionName !== "(idle)") {
      found.push({ stack, values: [count, us * nsPerUs] });
    }
  }
  return found;
}

function heapSamples({ head }: HeapProfiler.SamplingHeapProfile): Sample[] {
  const found: Sample[] = [];
  const open: { node: HeapProfiler.SamplingHeapProfileNode; above: readonly Frame[] }[] = [
    { node: head, above: [] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, above } = next;
    const stack = node.callFrame.functionName === "(root)" ? above : [node.callFrame, ...above];
    if (node.selfSize > 0) found.push({ stack, values: [node.selfSize] });
    for (const child of node.children) open.push({ node: child, above: stack });
  }
  return found;
}
