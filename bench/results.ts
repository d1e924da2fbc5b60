// Where a bench leaves what it measured, and on what machine that was.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../test/peers/peers.ts";

/** The minute a bench began, as in the names of its files: 2026-11-23T0321. */
export const minuteNow = (): string => new Date().toISOString().slice(0, 16).replace(":", "");

/** The processor, its cores, Node and the etcd that ours is compared with. */
export const machineText = (): string =>
  `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores; Node ${process.version}; etcd 3.7.3.`;

/** Writes bench/results/<name>.md and, where figures are given, <name>.json beside it. */
export function writeResults(name: string, text: string, figures?: unknown): void {
  const folder = join(projectRoot, "bench/results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), text.endsWith("\n") ? text : `${text}\n`);
  if (figures !== undefined)
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(figures, null, 1)}\n`);
  console.error(`written to bench/results/${name}.md`);
}
