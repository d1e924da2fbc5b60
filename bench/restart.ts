// How long a restart takes, from exec to the first linearizable get, beside real etcd.
//   node tools/run.mjs bench/restart.ts [--keys 1000000] [--value-size 256] [--rounds 5]
import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Kind, ServerProcess, usageOf } from "../test/e2e/server-process.ts";
import { peer } from "../test/peers/peers.ts";
import { median } from "./report.ts";

const { values: options } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    "value-size": { type: "string", default: "256" },
    rounds: { type: "string", default: "5" },
  },
});
const kinds: readonly Kind[] = ["etcd", "quorate"];

async function post(server: ServerProcess, path: string, body: unknown): Promise<boolean> {
  const request = { method: "POST", body: JSON.stringify(body) };
  return fetch(`http://${server.endpoint}/v3/kv/${path}`, request).then(
    async (answer) => (await answer.text(), answer.ok),
    () => false,
  );
}

async function filled(kind: Kind): Promise<ServerProcess> {
  const flags = ["--quota-backend-bytes=8589934592"];
  const server = await ServerProcess.start({ kind, flags, readyMilliseconds: 120_000 });
  const size = ["-key-size", "32", "-value-size", options["value-size"]];
  execFileSync(peer("preload"), ["-endpoint", server.endpoint, "-count", options.keys, ...size]);
  // The last hard state in the log then covers the snapshot that the fill ended with.
  for (let put = 0; put < 20; put++) await post(server, "put", { key: "YQ==", value: "YQ==" });
  await server.end("SIGTERM", 120_000);
  return server;
}

/** Milliseconds from exec to the answer of a linearizable get. */
async function restarted(server: ServerProcess): Promise<number> {
  const since = performance.now();
  const isReady = server.restart();
  while (!(await post(server, "range", { key: "YQ==" }))) await pause(2);
  const took = performance.now() - since;
  await isReady;
  return took;
}

const servers = new Map<Kind, ServerProcess>();
const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
try {
  for (const kind of kinds) servers.set(kind, await filled(kind));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [kind, server] of servers) {
      const took = await restarted(server);
      const { cpuMilliseconds, residentBytes } = usageOf(server.pid);
      times.get(kind)!.push(took);
      const resident = Math.round(residentBytes / 1024 / 1024);
      console.log(`${kind} ${took.toFixed(0)} ms, CPU ${cpuMilliseconds} ms, RSS ${resident} MB`);
      await server.end("SIGTERM", 120_000);
    }
  }
  const [go = 0, ours = 0] = kinds.map((kind) => median(times.get(kind)!));
  console.log(`median: etcd ${go.toFixed(0)} ms, quorate ${ours.toFixed(0)} ms`);
  console.log(`restart of ${options.keys} keys: ${(go / ours).toFixed(2)} times as fast as etcd`);
} finally {
  for (const server of servers.values()) await server.dispose();
}
