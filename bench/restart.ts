// How long a start takes, beside real etcd: an empty member from exec to its ready line, and a full one
// from exec to the first linearizable get. Writes bench/results/<date>-restart.md.
//   npm run bench:restart -- [--keys 1000000] [--value-size 256] [--rounds 5] [--starts 11]
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Kind, ServerProcess, usageOf } from "../test/e2e/server-process.ts";
import { peer } from "../test/peers/peers.ts";
import { median } from "./report.ts";
import { machineText, minuteNow, writeResults } from "./results.ts";

const { values: options } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    "value-size": { type: "string", default: "256" },
    rounds: { type: "string", default: "5" },
    starts: { type: "string", default: "11" },
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

interface Start {
  /** From exec to the ready line. */
  readonly milliseconds: number;
  /** Until then, of all threads. */
  readonly cpuMilliseconds: number;
  readonly residentMegabytes: number;
}

// By then nothing of the start is left to do.
const idleMs = 1000;

async function emptyStart(kind: Kind): Promise<Start> {
  const server = await ServerProcess.start({ kind });
  try {
    await server.end("SIGTERM", 10_000);
    rmSync(server.dataDirectory, { recursive: true, force: true });
    const since = performance.now();
    await server.restart();
    const milliseconds = performance.now() - since;
    const { cpuMilliseconds } = usageOf(server.pid);
    await pause(idleMs);
    const residentMegabytes = usageOf(server.pid).residentBytes / 2 ** 20;
    return { milliseconds, cpuMilliseconds, residentMegabytes };
  } finally {
    await server.dispose();
  }
}

/** A line for each kind, of medians. */
async function emptyStarts(): Promise<string[]> {
  const taken = new Map<Kind, Start[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < Number(options.starts); round++) {
    for (const kind of kinds) taken.get(kind)!.push(await emptyStart(kind));
  }
  return [...taken].map(([kind, starts]) => {
    const of = (figure: keyof Start): string =>
      median(starts.map((start) => start[figure])).toFixed(0);
    const [wall, cpu, resident] = [
      of("milliseconds"),
      of("cpuMilliseconds"),
      of("residentMegabytes"),
    ];
    return `empty member, ${kind}: ready after ${wall} ms, CPU ${cpu} ms, idle RSS ${resident} MB`;
  });
}

function report(lines: readonly string[]): void {
  const date = minuteNow();
  const list = lines.map((line) => `- ${line}`).join("\n");
  writeResults(`${date}-restart`, `# Starts, ${date}\n\n${machineText()}\n\n${list}`);
  console.log(lines.join("\n"));
}

const empty = await emptyStarts();
const servers = new Map<Kind, ServerProcess>();
const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
const residents = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
try {
  for (const kind of kinds) servers.set(kind, await filled(kind));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [kind, server] of servers) {
      const took = await restarted(server);
      const { cpuMilliseconds, residentBytes } = usageOf(server.pid);
      times.get(kind)!.push(took);
      const resident = Math.round(residentBytes / 1024 / 1024);
      residents.get(kind)!.push(resident);
      console.log(`${kind} ${took.toFixed(0)} ms, CPU ${cpuMilliseconds} ms, RSS ${resident} MB`);
      await server.end("SIGTERM", 120_000);
    }
  }
  const [go = 0, ours = 0] = kinds.map((kind) => median(times.get(kind)!));
  const [goMB = 0, oursMB = 0] = kinds.map((kind) => median(residents.get(kind)!));
  const ratio = (go / ours).toFixed(2);
  report([
    ...empty,
    `restart with ${options.keys} keys: etcd ${go.toFixed(0)} ms, quorate ${ours.toFixed(0)} ms, ` +
      `${ratio} times as fast`,
    `RSS then: etcd ${goMB} MB, quorate ${oursMB} MB, ${(oursMB / goMB).toFixed(2)} times as much`,
  ]);
} finally {
  for (const server of servers.values()) await server.dispose();
}
