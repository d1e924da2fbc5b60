// npm run bench:storage: what the data directory costs, real etcd and ours by turns on the same disk.
//   npm run bench:storage -- [--megabytes 1024] [--pairs 3] [--only snapshot,defragment,written]
//                            [--folder DIR]   (on a disk of its own the device's bytes are theirs alone)
// Snapshots of a large database, puts meanwhile; a defragmentation, puts meanwhile; bytes written to the
// disk a put. Writes bench/results/<date>-storage.md and .json.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { etcdctl, run } from "../test/e2e/command.ts";
import { databaseOf } from "../test/e2e/directory.ts";
import { type Kind, ServerProcess } from "../test/e2e/server-process.ts";
import { peer, projectRoot } from "../test/peers/peers.ts";
import { load, loadText, parseReport, slowestMilliseconds } from "./load-tool.ts";
import { putArgs } from "./rows.ts";
import { machineText, minuteNow, writeResults } from "./results.ts";
import { type StorageFigures, storageTable } from "./storage-table.ts";

const { values: options } = parseArgs({
  options: {
    megabytes: { type: "string", default: "1024" },
    pairs: { type: "string", default: "3" },
    only: { type: "string", default: "snapshot,defragment,written" },
    folder: { type: "string", default: join(projectRoot, "bench/work") },
  },
});
const kinds: readonly Kind[] = ["etcd", "quorate"];
const valueBytes = 1024;
const keys = Math.ceil((Number(options.megabytes) * 2 ** 20) / (valueBytes + 80));
const patienceMilliseconds = 600_000;
mkdirSync(options.folder, { recursive: true });
const work = mkdtempSync(join(options.folder, "storage-"));
/** Where snapshots are saved: in memory if there is such a place, for a disk is as fast for everybody. */
const savedTo = statSync("/dev/shm", { throwIfNoEntry: false }) === undefined ? work : "/dev/shm";
const rate = 1000;
const quietSeconds = 10;
const figures: StorageFigures = {};

function note(row: string, kind: Kind, value: number): void {
  const of = ((figures[row] ??= { etcd: [], quorate: [] })[kind] ??= []);
  of.push(value);
  console.error(`${row}, ${kind}: ${value.toPrecision(4)}`);
}

const start = (kind: Kind): Promise<ServerProcess> =>
  ServerProcess.start({
    kind,
    parent: work,
    flags: ["--quota-backend-bytes=8589934592", "--max-request-bytes=4194304"],
  });

async function fill(server: ServerProcess, count: number): Promise<void> {
  const args = [`-count=${count}`, `-value-size=${valueBytes}`, `-endpoint=${server.endpoint}`];
  const done = await run(peer("preload"), args, { patienceMilliseconds });
  // It counts what is there in the end, and keys that were there before surprise it.
  if (done.code !== 0 && !/^\d+ keys where \d+ were put/.test(done.stdout))
    throw new Error(`preload: ${done.stdout}${done.stderr}`);
}

async function ctl(server: ServerProcess, ...args: string[]): Promise<string> {
  const all = ["--command-timeout=600s", ...args];
  const done = await etcdctl(server.endpoint, all, { patienceMilliseconds });
  if (done.code !== 0) throw new Error(`etcdctl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

/** So many puts a second, far below what either server can do: what one waits is the server's pauses. */
async function steadyPuts(
  server: ServerProcess,
  seconds: number,
): Promise<{ p99Milliseconds: number; slowest: number }> {
  const args = [...putArgs(20, 4, rate * seconds), `--rate=${rate}`];
  const text = await loadText(server.endpoint, args);
  const { p99Milliseconds } = parseReport(text);
  return { p99Milliseconds, slowest: slowestMilliseconds(text) };
}

/** Seconds `etcdctl snapshot save` takes, and bytes saved. */
async function save(server: ServerProcess): Promise<{ seconds: number; bytes: number }> {
  const file = join(savedTo, `quorate-bench-${process.pid}`);
  const since = performance.now();
  await ctl(server, "snapshot", "save", file);
  const seconds = (performance.now() - since) / 1000;
  const bytes = statSync(file).size;
  rmSync(file);
  return { seconds, bytes };
}

async function snapshots(server: ServerProcess): Promise<void> {
  const { kind } = server;
  const before = server.usage().cpuMilliseconds;
  const { seconds, bytes } = await save(server);
  const gigabytes = bytes / 2 ** 30;
  note("snapshot: GiB/s", kind, gigabytes / seconds);
  const cpu = server.usage().cpuMilliseconds - before;
  note("snapshot: server CPU, ms/GiB", kind, cpu / gigabytes);
  const quiet = await steadyPuts(server, quietSeconds);
  let isOver = false;
  const saving = (async () => {
    while (!isOver) await save(server);
  })();
  const during = await steadyPuts(server, quietSeconds);
  isOver = true;
  await saving;
  note("put p99 quiet, ms", kind, quiet.p99Milliseconds);
  note("put p99 while snapshots are saved, ms", kind, during.p99Milliseconds);
  note("put p99, snapshots / quiet", kind, during.p99Milliseconds / quiet.p99Milliseconds);
}

/** How often our event loop was late so far, by the histogram's upper bounds in milliseconds. */
async function delays(server: ServerProcess): Promise<Map<number, number>> {
  const text = await (await fetch(`http://${server.endpoint}/metrics`)).text();
  const found = text.matchAll(/^quorate_event_loop_delay_seconds_bucket\{le="([\d.]+)"\} (\d+)/gm);
  return new Map([...found].map(([, le, count]) => [Number(le) * 1000, Number(count)]));
}

/** Waits until the server has compacted: its file has free room. */
async function compacted(server: ServerProcess): Promise<void> {
  const [status] = JSON.parse(await ctl(server, "endpoint", "status", "-w", "json"));
  await ctl(server, "compact", String(status.Status.header.revision), "--physical");
  await pause(1000);
}

async function defragmentation(server: ServerProcess): Promise<void> {
  const { kind } = server;
  // A third of the file is in the past of keys, here and there.
  await fill(server, Math.ceil(keys / 3));
  await compacted(server);
  const quiet = await steadyPuts(server, quietSeconds);
  const before = await delays(server);
  const loading = steadyPuts(server, 2 * quietSeconds);
  await pause(1000);
  const since = performance.now();
  await ctl(server, "defrag");
  note("defragmentation, s", kind, (performance.now() - since) / 1000);
  const after = await delays(server);
  const during = await loading;
  note("longest put quiet, ms", kind, quiet.slowest);
  note("longest put while defragmenting, ms", kind, during.slowest);
  note("database after it, MiB", kind, statSync(databaseOf(server.dataDirectory)).size / 2 ** 20);
  if (kind === "etcd") return;
  const late = [...after].map(([ms, count]): [number, number] => [ms, count - before.get(ms)!]);
  const all = late.at(-1)?.[1] ?? 0;
  const longest = late.find(([, count]) => count === all)?.[0] ?? Infinity;
  note("event loop late while defragmenting, at most ms", kind, longest);
}

/** Bytes that reached the device of the work folder since the machine started. */
function deviceBytes(): number {
  const { dev } = statSync(work);
  // Linux's makedev, for numbers that fit 32 bits.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const fields = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, "utf8").trim().split(/\s+/);
  return Number(fields[6]) * 512;
}

const onDisk = (): Promise<unknown> => run("sync", ["-f", work]);

/** Waits until the server writes nothing more: commits, the index beside the file. */
async function settled(server: ServerProcess): Promise<void> {
  for (let quiet = 0, last = -1; quiet < 8; quiet++) {
    const { writtenBytes } = server.usage();
    if (writtenBytes !== last) quiet = 0;
    last = writtenBytes;
    await pause(1000);
  }
  await onDisk();
}

async function written(kind: Kind, clients: number, connections: number, puts: number) {
  await using server = await start(kind);
  await load(server.endpoint, putArgs(clients, connections, Math.ceil(puts / 5)));
  await settled(server);
  const [process, device] = [server.usage().writtenBytes, deviceBytes()];
  await load(server.endpoint, putArgs(clients, connections, puts));
  await settled(server);
  const row = `bytes written a put, ${clients} clients`;
  note(`${row}: by the process`, kind, (server.usage().writtenBytes - process) / puts);
  note(`${row}: at the device`, kind, (deviceBytes() - device) / puts);
}

async function large(wanted: ReadonlySet<string>, pairs: number): Promise<void> {
  const servers: ServerProcess[] = [];
  try {
    for (const kind of kinds) servers.push(await start(kind));
    for (const server of servers) await fill(server, keys);
    await pause(8000);
    for (const [name, measure] of [
      ["snapshot", snapshots],
      ["defragment", defragmentation],
    ] as const) {
      if (!wanted.has(name)) continue;
      for (let pair = 0; pair < pairs; pair++) for (const server of servers) await measure(server);
    }
  } finally {
    for (const server of servers) await server.dispose();
  }
}

try {
  const wanted = new Set(options.only.split(","));
  const pairs = Number(options.pairs);
  if (wanted.has("written")) {
    for (let pair = 0; pair < pairs; pair++) {
      for (const kind of kinds) await written(kind, 1, 1, 5000);
      for (const kind of kinds) await written(kind, 100, 10, 100_000);
      for (const kind of kinds) await written(kind, 1000, 100, 100_000);
    }
  }
  if (wanted.has("snapshot") || wanted.has("defragment")) await large(wanted, pairs);
  const date = minuteNow();
  const head = `# Storage bench, ${date}, ${options.megabytes} MiB\n\n${machineText()}`;
  const text = `${head}\nMedians of ${pairs} alternated pairs.\n\n${storageTable(figures)}`;
  console.log(text);
  writeResults(`${date}-storage`, text, figures);
} finally {
  rmSync(work, { recursive: true, force: true });
}
