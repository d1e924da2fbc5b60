// What the command line asks for: many seeds, one of them in detail, or a plan from a file.
import type { Plan } from "./plan.ts";
import { type RunResult, runPlan } from "./run.ts";
import { shrink } from "./shrink.ts";
import { planFrom } from "./swarm.ts";
import { lineText } from "./trace.ts";

interface Common {
  readonly trace: boolean;
  readonly shrink: boolean;
  /** One line of JSON for each run instead of words. */
  readonly json: boolean;
  /** No events and no file, only what was broken. */
  readonly brief: boolean;
  /** Whether clients keep to what porcupine understands, whatever the seed. */
  readonly registers?: boolean | undefined;
  /** Takes the history of each run that has one, as JSON. */
  readonly history?: ((seed: number, text: string) => void) | undefined;
  /** Keeps a plan; returns where. */
  readonly save: (text: string) => string;
  readonly print: (line: string) => void;
}

export interface SeedsCommand extends Common {
  readonly from: number;
  readonly count: number;
  readonly members: number | undefined;
  readonly seconds: number | undefined;
  readonly transport?: "rafthttp" | undefined;
}

/** Runs seeds until one breaks a promise; returns whether one did. */
export function runSeeds(command: SeedsCommand): boolean {
  const { from, count, members, seconds, print } = command;
  const totals: Record<string, number> = {};
  let simulatedMs = 0;
  const started = process.cpuUsage();
  for (let seed = from; seed < from + count; seed++) {
    const { registers, transport } = command;
    const plan = planFrom({ seed, members, seconds, registers, transport });
    const result = runOne(command, plan);
    simulatedMs += result.simulatedMs;
    for (const [name, value] of Object.entries(result.counts)) {
      totals[name] = (totals[name] ?? 0) + value;
    }
    if (result.violation !== undefined) return report(command, plan, result);
    if ((seed - from + 1) % 100 === 0) print(`${seed - from + 1} of ${count}`);
    if (count === 1) print(`seed ${seed} holds; hash ${result.hash}`);
  }
  const { user, system } = process.cpuUsage(started);
  const speed = (simulatedMs * 1000) / (user + system);
  const cpu = ((user + system) / 1e6).toFixed(1);
  print(
    `${count} seeds hold: ${(simulatedMs / 1000).toFixed(0)} simulated seconds in ${cpu} s of CPU, ` +
      `${speed.toFixed(0)} times real time`,
  );
  print(
    Object.entries(totals)
      .map(([name, value]) => `${name} ${value}`)
      .join(", "),
  );
  return false;
}

/** Runs a plan kept in a file. */
export function replay(command: Common & { readonly text: string }): boolean {
  const plan = JSON.parse(command.text) as Plan;
  const result = runOne(command, plan);
  if (result.violation !== undefined) return report(command, plan, result);
  command.print(`the plan of seed ${plan.seed} holds; hash ${result.hash}`);
  return false;
}

function runOne({ trace, json, print, history }: Common, plan: Plan): RunResult {
  const result = runPlan(plan, trace ? { onLine: (line) => print(lineText(line)) } : {});
  if (result.history !== undefined) history?.(plan.seed, JSON.stringify(result.history));
  if (json) {
    const { hash, counts, violation } = result;
    print(JSON.stringify({ seed: plan.seed, hash, counts, violation: violation?.message }));
  }
  return result;
}

function report(command: Common, plan: Plan, result: RunResult): true {
  const { print } = command;
  const { violation, lastEvents } = result;
  if (!command.json && !command.brief) for (const line of lastEvents) print(line);
  print(`seed ${plan.seed} (${plan.members} members; ${plan.features.join(", ")})`);
  print(`VIOLATION ${violation!.message}`);
  if (violation!.cause instanceof Error) print(violation!.cause.stack ?? "");
  if (command.brief) return true;
  let kept = plan;
  if (command.shrink) {
    const small = shrink(plan, violation!.invariant, print);
    kept = small.plan;
    print(
      `shortened to ${kept.faults.length} faults and ${kept.ops.length} calls: ${small.message}`,
    );
  }
  const path = command.save(`${JSON.stringify(kept)}\n`);
  print(`replay: npm run sim -- --plan ${path}`);
  return true;
}
