// Lets every mutant loose, each in a process of its own, and writes down how long it lived.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";
import { runPlan } from "./run.ts";
import { planFrom } from "./swarm.ts";

export interface HuntResult {
  readonly mutant: Mutant;
  /** Seeds run until it was caught, or undefined when it lives. */
  readonly seeds: number | undefined;
  /** The promise it broke. */
  readonly invariant: string;
  readonly members: number | undefined;
}

const main = join(import.meta.dirname, "main.ts");
const timeoutMs = 900_000;

/** Runs seeds from 1 on with this bug planted, until one notices. */
export function hunt(mutant: Mutant, seedsMax: number): HuntResult {
  const args =
    mutant.net === "crash suite" ? ["--crash-suite"] : ["--seeds", String(seedsMax), "--brief"];
  const transport = mutant.net === "byte streams" ? "rafthttp" : undefined;
  if (transport !== undefined) args.push("--transport", transport);
  if (mutant.members !== undefined) args.push("--members", String(mutant.members));
  const child = spawnSync(process.execPath, [main, "--mutant", mutant.name, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: timeoutMs,
  });
  const violation = /^VIOLATION ([^:]+):/m.exec(child.stdout);
  const seed = /^seed (\d+) \((\d+) members/m.exec(child.stdout);
  if (child.status !== 0 && violation === null) {
    throw new Error(`${mutant.name} does not run: ${child.stderr.slice(0, 2000)}`);
  }
  if (violation === null) {
    return { mutant, seeds: undefined, invariant: "", members: undefined };
  }
  const seeds = seed === null ? 0 : Number(seed[1]);
  const members = seed === null ? undefined : Number(seed[2]);
  if (seeds > 0) {
    const { violation: own } = runPlan(
      planFrom({ seed: seeds, members: mutant.members, transport }),
    );
    if (own !== undefined) throw new Error(`seed ${seeds} fails without a mutant: ${own.message}`);
  }
  return { mutant, seeds, invariant: violation[1]!, members };
}

/** Hunts all whose names contain `filter`; prints a row of docs/mutants.md for each. */
export function huntAll(filter: string, seedsMax: number, print: (line: string) => void): boolean {
  let alive = 0;
  print("| mutant | what is wrong | net | seeds to kill | promise broken |");
  print("| --- | --- | --- | ---: | --- |");
  for (const mutant of mutants.filter(({ name }) => name.includes(filter))) {
    const { seeds, invariant } = hunt(mutant, seedsMax);
    if (seeds === undefined) alive++;
    const count = seeds === undefined ? `alive after ${seedsMax}` : seeds === 0 ? "–" : seeds;
    const cells = [`\`${mutant.name}\``, mutant.about, mutant.net, count, invariant];
    print(`| ${cells.join(" | ")} |`);
  }
  return alive > 0;
}
