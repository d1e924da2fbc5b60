// Rows of named figures, taken on etcd and on ours by turns, and their table of medians with the goals.
import type { Kind } from "../test/e2e/server-process.ts";
import { median } from "./report.ts";
import { machineText, minuteNow, writeResults } from "./results.ts";

export type Figures = Readonly<Record<string, number>>;

/** A bound on our figure divided by etcd's; with `own`, on our figure itself. */
export interface Goal {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly own?: true;
}

export interface Row {
  readonly name: string;
  /** In the table; the name if none is given. */
  readonly title?: string;
  readonly sample: (kind: Kind) => Promise<Figures>;
  /** Where etcd cannot do it, ours alone. */
  readonly kinds?: readonly Kind[];
  /** By the names of figures. */
  readonly goals: Readonly<Record<string, Goal>>;
}

export interface Bench {
  /** As in the file's name: `cluster`. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly pairs: number;
  /** What a reader must know of the figures. */
  readonly about: readonly string[];
  /** False for a try that is no result. */
  readonly isKept: boolean;
}

const kinds: readonly Kind[] = ["etcd", "quorate"];

type Samples = Record<Kind, Figures[]>;

const shown = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

/** Its bound, and whether it is met. */
function verdict(goal: Goal, ours: number, ratio: number): string {
  const { atLeast = -Infinity, atMost = Infinity, own } = goal;
  const figure = own ? ours : ratio;
  const bound = goal.atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const isMet = figure >= atLeast && figure <= atMost;
  return `${own ? `ours ${bound}` : `${bound}×`} ${isMet ? "met" : "NOT met"}`;
}

/** A line of a table: what names the figure, the medians, their ratio, and the goal if there is one. */
export function tableLine(
  names: readonly string[],
  samples: Readonly<Record<Kind, readonly number[]>>,
  goal: Goal | undefined,
): string {
  const [theirs, ours] = [median(samples.etcd), median(samples.quorate)];
  const ratio = ours / theirs;
  const told = goal === undefined ? "" : verdict(goal, ours, ratio);
  const cells = [theirs, ours].map((value) => (Number.isNaN(value) ? "–" : shown(value)));
  const by = Number.isFinite(ratio) ? `${ratio.toPrecision(3)}×` : "–";
  return `| ${[...names, ...cells, by, told].join(" | ")} |`;
}

/** The lines above such lines. */
export const tableHead = (...names: readonly string[]): string =>
  `| ${[...names, "etcd", "quorate", "ratio", "goal"].join(" | ")} |\n|${" --- |".repeat(names.length + 4)}`;

function lines(row: Row, samples: Samples): string[] {
  const figures = new Set(kinds.flatMap((kind) => samples[kind].flatMap(Object.keys)));
  return [...figures].map((figure) => {
    const of = (kind: Kind): number[] =>
      samples[kind].map((one) => one[figure]).filter((value) => value !== undefined);
    const all = { etcd: of("etcd"), quorate: of("quorate") };
    return tableLine([row.title ?? row.name, figure], all, row.goals[figure]);
  });
}

/** So many pairs of a row; what failed is told, and the pairs after it are taken all the same. */
async function taken(row: Row, pairs: number): Promise<{ samples: Samples; failed: string[] }> {
  const samples: Samples = { etcd: [], quorate: [] };
  const failed: string[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    for (const kind of row.kinds ?? kinds) {
      try {
        samples[kind].push(await row.sample(kind));
      } catch (error) {
        const [reason] = String(error).split("\n");
        failed.push(`| ${row.name} | FAILED in pair ${pair + 1}, ${kind}: ${reason} | | | | |`);
      }
    }
  }
  return { samples, failed };
}

/** Runs the rows, prints their table line by line, and writes it with all samples to bench/results. */
export async function sideBySide({ name, rows, pairs, about, isKept }: Bench): Promise<void> {
  const date = minuteNow();
  const text: string[] = [];
  const say = (line: string): void => {
    console.log(line);
    text.push(line);
  };
  say(`# Bench ${name}, ${date}\n\n${machineText()}`);
  say(`Medians of ${pairs} alternated ${pairs === 1 ? "pair" : "pairs"}. ${about.join("\n")}\n`);
  say(tableHead("load", "figure"));
  const results: unknown[] = [];
  for (const row of rows) {
    const { samples, failed } = await taken(row, pairs);
    results.push({ row: row.name, ...samples });
    for (const line of [...lines(row, samples), ...failed]) say(line);
  }
  if (isKept) writeResults(`${date}-${name}`, text.join("\n"), { date, results });
}

/** The rows that were asked for; an error names those there are. */
export function chosen<T extends { readonly name: string }>(
  rows: readonly T[],
  only: string | undefined,
): readonly T[] {
  const names = only?.split(",");
  const unknown = names?.filter((name) => !rows.some((row) => row.name === name)) ?? [];
  if (unknown.length > 0) {
    const all = rows.map(({ name }) => name).join(", ");
    throw new Error(`no row ${unknown.join(", ")}; there are ${all}`);
  }
  return rows.filter(({ name }) => names?.includes(name) ?? true);
}
