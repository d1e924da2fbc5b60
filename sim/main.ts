// node tools/run.mjs sim/main.ts: runs seeds, replays plans, shortens them. docs/simulation.md tells how.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    plan: { type: "string" },
    members: { type: "string" },
    seconds: { type: "string" },
    mutant: { type: "string" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    out: { type: "string", default: "sim-plan.json" },
    json: { type: "boolean", default: false },
  },
});

if (values.mutant !== undefined) {
  // Before anything of the program is loaded.
  const { plantMutant } = await import("./mutant-hook.ts");
  plantMutant(values.mutant);
}
const { runSeeds, replay } = await import("./command.ts");
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
const common = {
  trace: values.trace,
  shrink: values.shrink,
  json: values.json,
  save: (text: string) => {
    writeFileSync(values.out, text);
    return values.out;
  },
  print: (line: string) => console.log(line),
};
const failed =
  values.plan === undefined
    ? runSeeds({
        ...common,
        from: number(values.seed) ?? Number(values.from),
        count: values.seed === undefined ? (number(values.seeds) ?? 20) : 1,
        members: number(values.members),
        seconds: number(values.seconds),
      })
    : replay({ ...common, text: readFileSync(values.plan, "utf8") });
process.exitCode = failed ? 1 : 0;
