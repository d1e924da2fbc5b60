// The ProcessStats port: what a process can say of itself and its machine.

import type { Histogram } from "../../base/index.ts";

/** Upper bounds of the pauses of the collector. */
export const gcBoundsSeconds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

/** Values at their quantiles, in seconds. */
export interface Quantiles {
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
  readonly sum: number;
  readonly count: number;
}

export interface ProcessStats {
  readonly version: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly virtualBytes: number;
  /** 2^64 - 1 when there is no limit, as Go has it. */
  readonly virtualLimit: number;
  readonly startedSeconds: number;
  readonly fileLimit: number;
  openFiles(): number;
  /** Of the machine's network name space. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly activeResources: number;
  readonly threads: number;
  readonly processors: number;
  readonly heapBytes: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly externalBytes: number;
  /** Of all time. */
  readonly allocatedBytes: number;
  /** Unix time; 0 before the first collection. */
  readonly lastGcSeconds: number;
  gcPauses(): Quantiles;
  /** By the kind of collection. */
  readonly gcSeconds: ReadonlyMap<string, Histogram>;
  /** How long the event loop had something to do, since the start. */
  readonly loopActiveSeconds: number;
}
