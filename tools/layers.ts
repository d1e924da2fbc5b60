// The architecture as data. A folder may import what stands beside it, and nothing else.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const core = ["base", "core/proto", "core/errors"];
const machines = ["core/mvcc", "core/lease", "core/auth", "core/membership"];
const every = "*";

export const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  "core/proto": ["base"],
  "core/errors": ["base"],
  "core/raft": core,
  "core/mvcc": core,
  "core/lease": core,
  "core/auth": core,
  "core/membership": core,
  "core/apply": [...core, ...machines],
  "io/host": ["base", "node:", "pino"],
  "io/bbolt": ["base", "io/host"],
  "io/backend": [...core, "core/mvcc", "io/bbolt", "io/host"],
  "io/wal": [...core, "core/raft", "io/host"],
  "io/snap": [...core, "core/raft", "io/host"],
  "io/http": ["base", "io/host", "node:", "asn1js"],
  "io/http2": ["base", "io/host", "node:"],
  "io/credentials": [...core, "core/auth", "io/host", "node:", "@node-rs/bcrypt"],
  "io/grpc": [...core, "io/http2", "io/host"],
  "io/grpc-client": ["base", "core/errors", "io/http", "node:"],
  "io/rafthttp": [...core, "core/raft", "io/http", "io/snap", "io/host"],
  "server/member": [
    ...core,
    "core/raft",
    ...machines,
    "core/apply",
    "io/backend",
    "io/wal",
    "io/snap",
    "io/rafthttp",
    "io/host",
  ],
  "server/rpc": [...core, ...machines, "core/apply", "io/grpc", "server/member"],
  "server/gateway": [...core, "io/grpc", "io/host", "io/http"],
  "server/metrics": [...core, "io/grpc", "io/host", "io/http", "io/rafthttp", "server/member"],
  "server/http": [...core, "core/membership", "io/host", "io/http", "server/member"],
  "server/grpcproxy": [...core, "io/grpc", "io/grpc-client", "io/host", "io/http", "node:"],
  "server/tcpproxy": ["base", "io/host", "node:"],
  "server/tracing": [
    ...core,
    "core/apply",
    "io/grpc",
    "@opentelemetry/api",
    "@opentelemetry/core",
    "@opentelemetry/exporter-trace-otlp-grpc",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-trace-base",
  ],
  "server/embed": [every],
  client: [...core, "io/grpc", "io/host"],
  "cli/etcd": ["base", "server/embed", "server/grpcproxy", "server/tcpproxy", "node:"],
  "cli/etcdctl": [...core, "client", "node:"],
  "cli/etcdutl": [
    ...core,
    "core/raft",
    ...machines,
    "io/backend",
    "io/bbolt",
    "io/wal",
    "io/snap",
    "io/host",
    "node:",
  ],
};

const importLine = /^(?:import|export)\s+(?:[\w$*{},\s]+?\s+from\s+)?"([^"]+)"/gm;
const folderOf = (file: string): string => {
  const [, first = "", second = ""] = file.split("/");
  return first === "base" || first === "client" ? first : `${first}/${second}`;
};

export function violations(): string[] {
  const found: string[] = [];
  for (const file of globSync("src/**/*.ts").filter((path) => !/\.(test|fuzz)\.ts$/.test(path))) {
    const from = folderOf(file);
    const allowed = layers[from] ?? [];
    for (const [, target = ""] of readFileSync(file, "utf8").matchAll(importLine)) {
      const inside = target.startsWith(".");
      const path = inside ? normalize(join(dirname(file), target)) : target;
      const to = inside ? folderOf(path) : target.startsWith("node:") ? "node:" : target;
      if (to === from) continue;
      if (!allowed.includes(to) && !allowed.includes(every))
        found.push(`${file}: ${from} may not import ${to}`);
      else if (inside && !path.endsWith("/index.ts"))
        found.push(`${file}: go through ${to}/index.ts`);
    }
  }
  return found;
}

/** The table has no cycle: every folder can be built after the ones it names. */
export function buildOrder(): string[] {
  const order: string[] = [];
  const open = new Set<string>();
  const visit = (folder: string): void => {
    if (order.includes(folder) || folder === every || !(folder in layers)) return;
    if (open.has(folder)) throw new Error(`cycle through ${folder}`);
    open.add(folder);
    for (const next of layers[folder] ?? []) visit(next);
    order.push(folder);
  };
  for (const folder of Object.keys(layers)) visit(folder);
  return order;
}
/** The table as a Mermaid graph, for docs/ARCHITECTURE.md. */
export function graph(): string {
  const edges = Object.entries(layers).flatMap(([from, targets]) =>
    targets.filter((to) => to !== "base" && to in layers).map((to) => `  ${from} --> ${to}`),
  );
  return ["graph TD", ...edges].join("\n");
}

if (process.argv.includes("--graph")) {
  console.log(graph());
} else {
  const found = violations();
  console.log(found.join("\n") || `layers hold: ${buildOrder().length} folders, no cycle`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
