// The table of the storage bench: medians of both servers, and whether the goals are met.
import type { Kind } from "../test/e2e/server-process.ts";
import { median } from "./report.ts";

/** By row: what each server gave in each pair. */
export type StorageFigures = Record<string, Record<Kind, number[]>>;

/** A bound on ours, or on ours divided by etcd's. */
interface Goal {
  readonly row: RegExp;
  readonly of: "ours" | "ratio";
  readonly atLeast?: number;
  readonly atMost?: number;
}

const goals: readonly Goal[] = [
  { row: /^snapshot: GiB/, of: "ratio", atLeast: 1.5 },
  { row: /^put p99, snapshots/, of: "ours", atMost: 1.5 },
  { row: /^event loop late/, of: "ours", atMost: 10 },
  { row: /^bytes written a put/, of: "ratio", atMost: 1 },
];

function verdict(row: string, ours: number, ratio: number): string {
  const goal = goals.find((one) => one.row.test(row));
  if (goal === undefined) return "";
  const value = goal.of === "ours" ? ours : ratio;
  const isMet = value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity);
  const bound = goal.atLeast === undefined ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
  return `${goal.of} ${bound}${goal.of === "ratio" ? "×" : ""} ${isMet ? "met" : "NOT met"}`;
}

const shown = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

/** Markdown: a line for each figure, medians of the pairs. */
export function storageTable(figures: StorageFigures, title: string, pairs: number): string {
  const lines = Object.entries(figures).map(([row, { etcd, quorate }]) => {
    const [theirs, ours] = [median(etcd), median(quorate)];
    const ratio = ours / theirs;
    const cells = [
      row,
      etcd.length === 0 ? "–" : shown(theirs),
      shown(ours),
      Number.isFinite(ratio) ? `${ratio.toPrecision(3)}×` : "–",
      verdict(row, ours, ratio),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `# ${title}`,
    "",
    `Medians of ${pairs} alternated ${pairs === 1 ? "pair" : "pairs"}.`,
    "",
    "| figure | etcd | quorate | ratio | goal |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
