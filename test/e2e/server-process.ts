// One running etcd, real or ours, as the tests and benches see it: a process with ports, a data
// directory, a log, and figures read from /proc.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peer, projectRoot } from "../peers/peers.ts";

/** `etcd` is the real one, written in Go; `quorate` is ours. */
export type Kind = "etcd" | "quorate";

export interface ServerOptions {
  kind: Kind;
  /** Flags after those that name ports and the data directory. */
  flags?: readonly string[];
  /** More of them, which may name where it listens for clients. */
  flagsAt?: ((clientUrl: string) => readonly string[]) | undefined;
  /** Where data directories are made; the machine's temporary directory unless told otherwise. */
  parent?: string;
  /** What stands before the server's command: `["taskset", "-c", "0"]`. */
  wrapper?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  readyMilliseconds?: number;
  /** Its place in a cluster of several; alone when undefined. */
  place?: Place;
  /** Fills the data directory before the first start: a restored snapshot, say. */
  prepare?: (server: ServerProcess) => Promise<void>;
}

/** Where a member of a cluster is found. */
export interface Place {
  name: string;
  /** For clients and for members. */
  ports: readonly [number, number];
  /** What it tells others of its peer port: a proxy, say. */
  advertisedPeerUrl?: string;
  initialCluster: string;
}

/** What a process has used since it started. */
export interface Usage {
  cpuMilliseconds: number;
  residentPeakBytes: number;
  residentBytes: number;
  writtenBytes: number;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  milliseconds: number;
}

const readyLine = "ready to serve client requests";
const logCharactersMax = 4_000_000;
/** The kernel counts processor time in hundredths of a second (USER_HZ). */
const millisecondsPerTick = 10;

/** The server that tests drive: ours, unless `QUORATE_TARGET=etcd` turns them on real etcd. */
export function targetKind(): Kind {
  const target = process.env["QUORATE_TARGET"] ?? "quorate";
  if (target === "etcd" || target === "quorate") return target;
  throw new Error(`QUORATE_TARGET is "${target}", neither "etcd" nor "quorate"`);
}

/** The executable of a kind. `QUORATE_SERVER` names another build of ours. */
export function executable(kind: Kind): string {
  if (kind === "etcd") return peer("etcd");
  return process.env["QUORATE_SERVER"] ?? join(projectRoot, "bin/etcd");
}

/** `count` TCP ports of the loopback that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export class ServerProcess {
  kind: Kind;
  readonly endpoint: string;
  readonly peerUrl: string;
  readonly dataDirectory: string;
  readonly #options: ServerOptions;
  readonly #ports: readonly number[];
  readonly #home: string;
  #child: ChildProcess | undefined;
  #exited: Promise<Exit> | undefined;
  #log = "";

  private constructor(options: ServerOptions, home: string, ports: readonly number[]) {
    this.kind = options.kind;
    this.#options = options;
    this.#home = home;
    this.#ports = ports;
    this.dataDirectory = join(home, "data");
    this.endpoint = `127.0.0.1:${ports[0]}`;
    this.peerUrl = `http://127.0.0.1:${ports[1]}`;
  }

  /** Starts a member with a data directory of its own and returns when it says it is ready. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const home = mkdtempSync(join(options.parent ?? tmpdir(), "quorate-"));
    const ports = options.place?.ports ?? (await freePorts(2));
    const server = new ServerProcess(options, home, ports);
    try {
      await options.prepare?.(server);
      await server.restart();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** The process id of the server itself. Throws when it does not run. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("the server does not run");
    return pid;
  }

  /** All that this run and those before it wrote to stdout and stderr, up to some megabytes. */
  get log(): string {
    return this.#log;
  }

  /** How it ended, when it does: for one that is expected to end by itself. */
  get exited(): Promise<Exit> {
    if (this.#exited === undefined) throw new Error("it does not run");
    return this.#exited;
  }

  get name(): string {
    return this.#options.place?.name ?? "default";
  }

  /** Its peer URL as others know it. */
  get advertisedPeerUrl(): string {
    return this.#options.place?.advertisedPeerUrl ?? this.peerUrl;
  }

  /** Starts it again on the same ports and data, and returns when it is ready. */
  async restart(...more: string[]): Promise<void> {
    const [client] = this.#ports;
    const { place } = this.#options;
    const flags = [
      `--data-dir=${this.dataDirectory}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=${this.peerUrl}`,
      `--initial-advertise-peer-urls=${this.advertisedPeerUrl}`,
      `--initial-cluster=${place?.initialCluster ?? `default=${this.peerUrl}`}`,
      ...(place === undefined ? [] : [`--name=${place.name}`]),
      ...(this.#options.flags ?? []),
      ...(this.#options.flagsAt?.(`http://127.0.0.1:${client}`) ?? []),
      ...more,
    ];
    const [command = "", ...args] = [
      ...(this.#options.wrapper ?? []),
      executable(this.kind),
      ...flags,
    ];
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.#options.environment },
    });
    this.#child = child;
    const started = performance.now();
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) =>
        resolve({ code, signal, milliseconds: performance.now() - started }),
      );
      child.once("error", () => resolve({ code: -1, signal: null, milliseconds: 0 }));
    });
    await this.#ready(child);
  }

  /** After its end: starts the other server, or the same, on its ports and data. */
  async handOver(kind: Kind): Promise<void> {
    this.kind = kind;
    await this.restart();
  }

  #ready(child: ChildProcess): Promise<void> {
    const patience = this.#options.readyMilliseconds ?? 30_000;
    return new Promise((resolve, reject) => {
      let seen = "";
      const fail = (why: string): void => {
        clearTimeout(timer);
        child.kill("SIGKILL");
        reject(new Error(`${this.kind} ${why}; its log ends:\n${this.#log.slice(-3000)}`));
      };
      const timer = setTimeout(() => fail(`was not ready in ${patience} ms`), patience);
      child.once("error", (error) => fail(`did not start: ${error.message}`));
      child.once("exit", (code, signal) => fail(`ended with ${code ?? signal}`));
      let ready = false;
      const take = (chunk: Buffer): void => {
        const text = chunk.toString("utf8");
        this.#log = (this.#log + text).slice(-logCharactersMax);
        if (ready) return;
        seen = (seen + text).slice(-10_000);
        if (!seen.includes(readyLine)) return;
        ready = true;
        clearTimeout(timer);
        child.removeAllListeners("exit");
        // The promise of restart() must still learn of the end.
        this.#exited = new Promise((done) => {
          const since = performance.now();
          child.once("exit", (code, signal) =>
            done({ code, signal, milliseconds: performance.now() - since }),
          );
        });
        resolve();
      };
      child.stdout?.on("data", take);
      child.stderr?.on("data", take);
    });
  }

  /** Sends a signal and waits for the end; the time is from the signal to the end. */
  async end(signal: NodeJS.Signals, patienceMilliseconds = 20_000): Promise<Exit> {
    const child = this.#child;
    if (child === undefined || this.#exited === undefined) throw new Error("it does not run");
    const since = performance.now();
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMilliseconds);
    const exit = await this.#exited;
    clearTimeout(timer);
    this.#child = undefined;
    return { ...exit, milliseconds: performance.now() - since };
  }

  /** kill -9. The data directory stays. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Ends it if it runs and removes its data directory. */
  async dispose(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      await this.kill();
    }
    rmSync(this.#home, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** What the process has used so far. */
  usage(): Usage {
    return usageOf(this.pid);
  }
}

/** Reads /proc. Children that have ended and been waited for are not counted. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in parentheses, may hold blanks; the fields after it are numbered from 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[14 - 3]) + Number(fields[15 - 3]);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const io = readFileSync(`/proc/${pid}/io`, "utf8");
  const figure = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    cpuMilliseconds: ticks * millisecondsPerTick,
    residentPeakBytes: figure(status, /VmHWM:\s+(\d+) kB/) * 1024,
    residentBytes: figure(status, /VmRSS:\s+(\d+) kB/) * 1024,
    writtenBytes: figure(io, /^write_bytes: (\d+)/m),
  };
}
