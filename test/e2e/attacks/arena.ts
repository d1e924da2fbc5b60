// One real member that is attacked over and over, a client that uses it meanwhile, and what both must
// look like after each attack.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client, credentials } from "@grpc/grpc-js";
import { CertificateFolder } from "../../integration/tls/certificates.ts";
import { freePorts, ServerProcess } from "../server-process.ts";

const MiB = 1024 * 1024;
/** What any attack may leave in the process. */
const growthMax = 64 * MiB;
/** What it may take while it lasts, with what the collector has not looked at yet. */
const growthMeanwhileMax = 96 * MiB;
/** Below this the bystander is well whatever it had before: test machines are busy. */
const latencyFloorMs = 250;
const attemptsMax = 4;
const settleMs = 15_000;

/** What one attack does, and what it is told. */
export interface Attack {
  readonly id: string;
  /** What came back, in a few words. */
  readonly run: (arena: Arena) => Promise<string>;
  readonly answer: RegExp;
}

export interface Arena {
  readonly clientPort: number;
  readonly peerPort: number;
  /** For clients too, with a certificate of its own making. */
  readonly tlsPort: number;
}

export class AttackedMember implements Arena {
  readonly clientPort: number;
  readonly peerPort: number;
  readonly tlsPort: number;
  readonly #folder: CertificateFolder;
  readonly #server: ServerProcess;
  readonly #bystander: Client;
  readonly #pid: number;
  #term = "";
  #quietP99Ms = 0;

  private constructor(
    server: ServerProcess,
    ports: readonly [number, number, number],
    folder: CertificateFolder,
  ) {
    this.#server = server;
    this.#folder = folder;
    this.#pid = server.pid;
    [this.clientPort, this.peerPort, this.tlsPort] = ports;
    this.#bystander = new Client(server.endpoint, credentials.createInsecure());
  }

  /** Starts the member and learns what its client has when nobody attacks. */
  static async start(): Promise<AttackedMember> {
    const [client, peer, tls] = (await freePorts(3)) as [number, number, number];
    const initialCluster = `default=http://127.0.0.1:${peer}`;
    const ports = [client, peer] as const;
    const place = { name: "default", ports, initialCluster };
    const folder = new CertificateFolder();
    const { certFile, keyFile } = await folder.issue("server", { hosts: ["127.0.0.1"] });
    const flags = [
      `--listen-client-urls=http://127.0.0.1:${client},https://127.0.0.1:${tls}`,
      `--cert-file=${certFile}`,
      `--key-file=${keyFile}`,
    ];
    const server = await ServerProcess.start({ kind: "quorate", place, flags });
    const member = new AttackedMember(server, [client, peer, tls], folder);
    const quiet: number[] = [];
    for (let round = 0; round < 300; round++) quiet.push(await member.#use());
    member.#quietP99Ms = percentile99(quiet);
    member.#term = await member.#raftTerm();
    return member;
  }

  /**
   * Runs the attack beside the client; throws unless its answer and every bound hold. A client that
   * waited too long may have waited for another program: the attack has to do it again and again.
   */
  async withstand(attack: Attack): Promise<void> {
    const { id } = attack;
    const bound = Math.max(3 * this.#quietP99Ms, latencyFloorMs);
    const slow: number[] = [];
    do {
      const p99 = await this.#suffer(attack);
      if (p99 <= bound) return;
      slow.push(Math.round(p99));
    } while (slow.length < attemptsMax);
    assert.fail(`${id}: the other client's p99 was ${slow.join(", ")} ms of ${bound}`);
  }

  /** Returns the other client's p99, in milliseconds. */
  async #suffer({ id, run, answer }: Attack): Promise<number> {
    const before = this.#residentBytes();
    const latencies: number[] = [];
    let isOver = false;
    let most = before;
    const bystander = (async () => {
      do {
        latencies.push(await this.#use());
        most = Math.max(most, this.#residentBytes());
      } while (!isOver);
    })();
    let said: string;
    try {
      said = await run(this);
    } finally {
      isOver = true;
      await bystander;
    }
    assert.match(said, answer, id);
    assert.equal(this.#server.pid, this.#pid, id);
    const grown = most - before;
    assert.ok(grown <= growthMeanwhileMax, `${id}: ${(grown / MiB).toFixed(1)} MiB meanwhile`);
    await this.#settled(id, before);
    assert.equal(await this.#raftTerm(), this.#term, `${id}: an election`);
    return percentile99(latencies);
  }

  async stop(): Promise<void> {
    this.#bystander.close();
    await this.#server.dispose();
    this.#folder[Symbol.dispose]();
  }

  async #settled(id: string, before: number): Promise<void> {
    const deadline = Date.now() + settleMs;
    let grown = this.#residentBytes() - before;
    while (grown > growthMax && Date.now() < deadline) {
      await this.#use();
      await new Promise((resolve) => setTimeout(resolve, 100));
      grown = this.#residentBytes() - before;
    }
    assert.ok(grown <= growthMax, `${id}: ${(grown / MiB).toFixed(1)} MiB more than before`);
  }

  #residentBytes(): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  /** A put and a linearizable get; how long the slower of the two took. */
  async #use(): Promise<number> {
    const put = await this.#call("/etcdserverpb.KV/Put", Buffer.from("0a0162120176", "hex"));
    const get = await this.#call("/etcdserverpb.KV/Range", Buffer.from("0a0162", "hex"));
    return Math.max(put, get);
  }

  #call(path: string, message: Buffer): Promise<number> {
    const since = performance.now();
    return new Promise((resolve, reject) => {
      this.#bystander.makeUnaryRequest(path, same, same, message, (error, reply) => {
        if (error !== null) reject(error);
        else if (reply === undefined || reply.length === 0) reject(new Error("an empty answer"));
        else resolve(performance.now() - since);
      });
    });
  }

  async #raftTerm(): Promise<string> {
    const url = `http://127.0.0.1:${this.clientPort}/v3/maintenance/status`;
    const response = await fetch(url, { method: "POST", body: "{}" });
    const status = (await response.json()) as { raftTerm?: string; leader?: string };
    assert.ok(status.raftTerm !== undefined);
    return `term ${status.raftTerm}, leader ${status.leader}`;
  }
}

const same = (bytes: Buffer): Buffer => bytes;

function percentile99(latencies: readonly number[]): number {
  const sorted = latencies.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * 0.99)]!;
}
