// The ProcessStats port: what a process can say of itself and its machine.

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
  /** Since it was asked for last. */
  loopDelays(): Quantiles;
}
