// npm run sim -- ARGS: runs seeds, replays plans, shortens them, hunts planted bugs.
// docs/simulation.md tells how.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    plan: { type: "string" },
    members: { type: "string" },
    seconds: { type: "string" },
    transport: { type: "string" },
    mutant: { type: "string" },
    hunt: { type: "string" },
    "crash-suite": { type: "boolean", default: false },
    scale: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    brief: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    registers: { type: "boolean" },
    histories: { type: "string" },
    out: { type: "string", default: ".cache/sim-plan.json" },
  },
});

const print = (line: string): void => console.log(line);
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

if (values.mutant !== undefined) {
  // Before anything of the program is loaded.
  const { plantMutant } = await import("./mutant-hook.ts");
  plantMutant(values.mutant);
}
const failed = await run();
process.exitCode = failed ? 1 : 0;

async function run(): Promise<boolean> {
  if (values.hunt !== undefined) {
    const { huntAll } = await import("./hunt.ts");
    return huntAll(values.hunt === "all" ? "" : values.hunt, number(values.seeds) ?? 300, print);
  }
  if (values["crash-suite"]) {
    const { runCrashSuite } = await import("./crash-suite.ts");
    try {
      print(`${runCrashSuite(Number(values.scale))} states hold`);
      return false;
    } catch (error) {
      print(`VIOLATION crash suite: ${String(error)}`);
      return true;
    }
  }
  const { runSeeds, replay } = await import("./command.ts");
  const common = {
    trace: values.trace,
    shrink: values.shrink,
    json: values.json,
    brief: values.brief,
    registers: values.registers,
    history:
      values.histories === undefined
        ? undefined
        : (seed: number, text: string) => {
            writeFileSync(join(values.histories!, `history-${seed}.json`), text);
          },
    save: (text: string) => {
      mkdirSync(dirname(values.out), { recursive: true });
      writeFileSync(values.out, text);
      return values.out;
    },
    print,
  };
  if (values.plan !== undefined)
    return replay({ ...common, text: readFileSync(values.plan, "utf8") });
  return runSeeds({
    ...common,
    from: number(values.seed) ?? Number(values.from),
    count: values.seed === undefined ? (number(values.seeds) ?? 20) : 1,
    members: number(values.members),
    seconds: number(values.seconds),
    transport: values.transport === "rafthttp" ? "rafthttp" : undefined,
  });
}
