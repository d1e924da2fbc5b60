import { assert } from "./assert.ts";

/** How often values fell where, as Prometheus counts: plain fields, read when somebody asks. */
export class Histogram {
  /** Upper bounds, ascending; what is above the last one falls into a place of its own. */
  readonly bounds: readonly number[];
  /** By place, not cumulative; one more than bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Of all values. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let place = 0;
    // Short and mostly over at once: durations are small.
    while (place < bounds.length && value > bounds[place]!) place++;
    counts[place]!++;
    this.sum += value;
  }
}

/** `count` bounds, each `factor` times the one before (prometheus.ExponentialBuckets). */
export function exponentialBounds(start: number, factor: number, count: number): number[] {
  assert(start > 0, "the first bound is above zero");
  const bounds: number[] = [];
  for (let at = 0, bound = start; at < count; at++, bound *= factor) bounds.push(bound);
  return bounds;
}
