// The table of the storage bench: medians of both servers, and whether the goals are met.
import type { Kind } from "../test/e2e/server-process.ts";
import { type Goal, tableHead, tableLine } from "./side-by-side.ts";

/** By row: what each server gave in each pair. */
export type StorageFigures = Record<string, Record<Kind, number[]>>;

const goals: readonly (readonly [row: RegExp, goal: Goal])[] = [
  [/^snapshot: GiB/, { atLeast: 1.5 }],
  [/^put p99, snapshots/, { atMost: 1.5, own: true }],
  [/^event loop late/, { atMost: 10, own: true }],
  [/^bytes written a put/, { atMost: 1 }],
];

/** Markdown: a line for each figure, medians of the pairs. */
export const storageTable = (figures: StorageFigures): string =>
  [
    tableHead("figure"),
    ...Object.entries(figures).map(([row, samples]) =>
      tableLine([row], samples, goals.find(([names]) => names.test(row))?.[1]),
    ),
  ].join("\n");
