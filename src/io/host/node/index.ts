// io/host/node: the ports of io/host on Node. Only the composition root, tests and tools come here.
export { nodeClock } from "./node-clock.ts";
export { nodeDisk } from "./node-disk.ts";
export { nodeProcessStats, threadCpuMs } from "./node-process-stats.ts";
export { notifyReady } from "./notify-ready.ts";
export { nodeRandom } from "./node-random.ts";
export { type LogOptions, pinoLog } from "./pino-log.ts";
