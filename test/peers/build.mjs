// Builds the Go programs we are compared with into .cache/peers: the tools pinned in go.mod (etcd,
// etcdctl, etcdutl, bbolt, h2spec), those of the nested modules, and our own programs beside this file.
// Called by `node tools/setup.mjs --peers`; plain JavaScript, because older Nodes must run it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const buildMinutesMax = 15;
/** Each module is built by itself: what one pins must not move what another pins. */
const modules = [
  { name: "peers", directory: "test/peers", packages: ["tool", "./..."] },
  { name: "benchmark", directory: "test/peers/benchmark", packages: ["tool"] },
];
/** Go names a program after its folder; etcd's server lives in one called `server`. */
const renamed = { server: "etcd" };

/** Builds what changed since it was last built. Ends the process with a message when it cannot. */
export function buildPeers(root) {
  const output = join(root, ".cache/peers");
  mkdirSync(output, { recursive: true });
  for (const module of modules) buildModule(root, output, module);
}

function buildModule(root, output, { name, directory, packages }) {
  const folder = join(root, directory);
  const digest = digestOf(folder);
  const stamp = join(output, `.${name}.json`);
  if (existsSync(stamp)) {
    const last = JSON.parse(readFileSync(stamp, "utf8"));
    if (last.digest === digest && last.programs.every((file) => existsSync(join(output, file)))) {
      return;
    }
  }
  requireGo();
  console.error(`setup: go build (in ${directory}; the first time takes some minutes)`);
  const flags = ["-buildvcs=false", "-trimpath", "-ldflags=-s -w"];
  const programs = go(folder, [
    "list",
    "-f",
    '{{if eq .Name "main"}}{{.Target}}{{end}}',
    ...packages,
  ])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("/").at(-1));
  go(folder, ["build", ...flags, "-o", `${output}/`, ...packages]);
  for (const [from, to] of Object.entries(renamed)) {
    if (programs.includes(from)) renameSync(join(output, from), join(output, to));
  }
  const built = programs.map((program) => renamed[program] ?? program);
  writeFileSync(stamp, JSON.stringify({ digest, programs: built }));
}

/** Every Go source, go.mod and go.sum of one module; a nested module is not part of it. */
function digestOf(folder) {
  const hash = createHash("sha256");
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) {
        if (!existsSync(join(child, "go.mod"))) visit(child);
      } else if (/\.go$|^go\.(mod|sum)$/.test(entry.name)) {
        hash.update(`${entry.name}\0`).update(readFileSync(child));
      }
    }
  };
  visit(folder);
  return hash.digest("hex");
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}

function requireGo() {
  const found = spawnSync("go", ["version"], { encoding: "utf8", timeout: 30_000 });
  if (found.status === 0) return;
  console.error(
    "setup: Go 1.26 or newer is needed to build real etcd and its tools, which the comparison tests\n" +
      "setup: and `npm run bench` run against (https://go.dev/dl/). The server itself needs only Node.",
  );
  process.exit(1);
}

function go(folder, args) {
  const done = spawnSync("go", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", 2],
    timeout: buildMinutesMax * 60_000,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
  });
  if (done.status === 0) return done.stdout;
  const why =
    done.error?.message ?? (done.signal ? `killed (${done.signal})` : `exit ${done.status}`);
  console.error(`setup: go ${args[0]} in ${folder} failed: ${why}`);
  process.exit(1);
}
