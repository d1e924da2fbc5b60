// Installs what is missing, and nothing when nothing is: packages, the pinned Node, and with
// --peers the Go tools we are compared with. Runs on the machine's own, perhaps older, Node.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runtime } from "./runtime.mjs";

const stampDirectory = join(root, ".cache");
mkdirSync(stampDirectory, { recursive: true });

/** Runs `steps` unless the files named have not changed since they last succeeded. */
function whenChanged(name, inputs, outputs, steps) {
  const hash = createHash("sha256");
  for (const input of inputs) hash.update(readFileSync(join(root, input)));
  const stamp = join(stampDirectory, `${name}.stamp`);
  const digest = hash.digest("hex");
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (fresh && outputs.every((output) => existsSync(join(root, output)))) return;
  for (const [directory, command, ...args] of steps) {
    console.error(`setup: ${command} ${args.join(" ")} (in ${directory})`);
    // Everything a step prints goes to stderr: stdout belongs to the command that follows.
    const done = spawnSync(command, args, { cwd: join(root, directory), stdio: ["ignore", 2, 2] });
    if (done.status !== 0) {
      console.error(`setup: ${command} failed: ${done.error?.message ?? `exit ${done.status}`}`);
      process.exit(1);
    }
  }
  writeFileSync(stamp, digest);
}

const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
const npmCi = ["npm", "ci", ...quietly];
// Not `npm ci`: it wants the lock to name every platform's optional binaries, and a registry need not
// have them all. `--no-save` keeps to the lock and leaves it alone.
const npmInstall = ["npm", "install", "--no-save", ...quietly];
whenChanged("packages", ["package-lock.json"], ["node_modules"], [[".", ...npmInstall]]);
whenChanged(
  "runtime",
  ["runtime/package-lock.json"],
  ["runtime/node_modules"],
  [["runtime", ...npmCi]],
);

// Without it the server runs from its sources, and starts slower.
const node = runtime();
if (node !== undefined) {
  const bundle = ["--disable-warning=ExperimentalWarning", join(root, "tools/bundle/main.ts")];
  spawnSync(node, bundle, { stdio: ["ignore", 2, 2] });
}

if (process.argv.includes("--peers")) {
  const { buildPeers } = await import("../test/peers/build.mjs");
  buildPeers(root);
}
