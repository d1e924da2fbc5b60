// From samples to a table: medians, ratios, and whether the goals are met.
import type { Figure, Goal, Row, Sample } from "./rows.ts";

export type Mode = "free" | "pinned";

/** One row in one mode: what each server gave in each pair. */
export interface Result {
  row: Row;
  mode: Mode;
  etcd: readonly Sample[];
  quorate: readonly Sample[];
}

export interface Ceiling {
  row: Row;
  requestsPerSecond: number;
  cpuMicroseconds: number;
}

const figures: readonly Figure[] = [
  "requestsPerSecond",
  "p50Milliseconds",
  "p99Milliseconds",
  "cpuMicroseconds",
  "residentBytes",
  "residentPeakBytes",
  "writtenBytes",
];

/** The middle value; between the two middle ones when there is an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function medians(samples: readonly Sample[]): Record<Figure, number> {
  const of = (figure: Figure): number => median(samples.map((sample) => sample[figure]));
  return Object.fromEntries([...figures, "seconds" as const].map((f) => [f, of(f)])) as Record<
    Figure,
    number
  >;
}

function met(goal: Goal, ratio: number): boolean {
  return ratio >= (goal.atLeast ?? 0) && ratio <= (goal.atMost ?? Infinity);
}

const units: Readonly<Record<Figure, (value: number) => string>> = {
  requestsPerSecond: (value) => `${grouped(value)}/s`,
  p50Milliseconds: (value) => `${value.toPrecision(3)} ms`,
  p99Milliseconds: (value) => `${value.toPrecision(3)} ms`,
  cpuMicroseconds: (value) => `${grouped(value)} µs`,
  residentBytes: (value) => `${grouped(value / 2 ** 20)} MiB`,
  residentPeakBytes: (value) => `${grouped(value / 2 ** 20)} MiB`,
  writtenBytes: (value) => `${grouped(value)} B`,
  seconds: (value) => `${value.toPrecision(3)} s`,
};

const heads: Readonly<Record<Figure, string>> = {
  requestsPerSecond: "requests",
  p50Milliseconds: "p50",
  p99Milliseconds: "p99",
  cpuMicroseconds: "server CPU a request",
  residentBytes: "memory",
  residentPeakBytes: "peak memory",
  writtenBytes: "written a request",
  seconds: "time",
};

function grouped(value: number): string {
  if (value !== 0 && Math.abs(value) < 100) return value.toPrecision(3);
  return Math.round(value).toLocaleString("en");
}

/** One table a row: a line for each figure, with the goal where there is one. */
export function markdown(results: readonly Result[], ceilings: readonly Ceiling[]): string {
  const parts = results.map(({ row, mode, etcd, quorate }) => {
    const [theirs, ours] = [medians(etcd), medians(quorate)];
    const lines = figures.map((figure) => {
      const ratio = ours[figure] / theirs[figure];
      const goal = row.goals.find((one) => one.figure === figure);
      const wanted = goal === undefined ? "" : goalText(goal, ratio);
      const cells = [
        heads[figure],
        units[figure](theirs[figure]),
        units[figure](ours[figure]),
        Number.isFinite(ratio) ? `${ratio.toPrecision(3)}×` : "–",
        wanted,
      ];
      return `| ${cells.join(" | ")} |`;
    });
    return [
      `### ${row.title} (${mode})`,
      "",
      `Medians of ${etcd.length} alternated ${etcd.length === 1 ? "pair" : "pairs"}.`,
      "",
      "| figure | etcd | quorate | ratio | goal |",
      "| --- | --- | --- | --- | --- |",
      ...lines,
      "",
    ].join("\n");
  });
  if (ceilings.length > 0) {
    const lines = ceilings.map(({ row, requestsPerSecond, cpuMicroseconds }) => {
      const rate = units.requestsPerSecond(requestsPerSecond);
      return `| ${row.title} | ${rate} | ${units.cpuMicroseconds(cpuMicroseconds)} |`;
    });
    parts.push(
      [
        "### Ceiling: our gRPC engine with a canned answer",
        "",
        "| load | requests | server CPU a request |",
        "| --- | --- | --- |",
        ...lines,
        "",
      ].join("\n"),
    );
  }
  return parts.join("\n");
}

function goalText(goal: Goal, ratio: number): string {
  const bound = goal.atLeast === undefined ? `≤ ${goal.atMost}×` : `≥ ${goal.atLeast}×`;
  return `${bound} ${met(goal, ratio) ? "met" : "NOT met"}`;
}
