// Patroni, which keeps a leader among PostgreSQL servers by a key with a lease, over real etcd and over ours.
//   node tools/run.mjs test/clients/patroni/main.ts
// Two nodes find a leader; it is killed and the other takes over; the lost one comes back as a replica and is
// made the leader again by a switchover; then each of three etcd members is killed in turn, and the leader
// must stay. What a watch of Patroni's keys saw must be of the same kinds on both. Wants Python and
// PostgreSQL, and unshare for root: not part of `npm test`.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Kind } from "../../e2e/server-process.ts";
import { TestCluster, until } from "../../e2e/test-cluster.ts";
import { peer, projectRoot } from "../../peers/peers.ts";
import { done } from "../suite.ts";
import { PatroniNode, type Programs } from "./node.ts";

const version = "4.1.0";
const patienceMs = 180_000;

async function programs(): Promise<Programs> {
  const folder = join(projectRoot, ".cache/clients", `patroni-${version}`);
  mkdirSync(folder, { recursive: true });
  const pip = join(folder, "bin/pip");
  if (!existsSync(pip)) await done("python3", ["-m", "venv", folder]);
  await done(pip, ["install", "-q", `patroni[etcd3]==${version}`, "psycopg2-binary==2.9.13"]);
  const postgresFolder = execFileSync("pg_config", ["--bindir"], { encoding: "utf8" }).trim();
  return { patroni: join(folder, "bin/patroni"), postgresFolder };
}

/** Changes of Patroni's keys, told by etcdctl: what happened to which key, and with a lease or not. */
class KeyLog {
  readonly kinds = new Set<string>();
  /** Values of the leader's key, one after another; "" when it is gone. */
  readonly leaders: string[] = [];
  readonly #child: ChildProcess;

  constructor(endpoints: string) {
    const args = [`--endpoints=${endpoints}`, "watch", "--prefix", "/service/", "-w", "json"];
    const child = spawn(peer("etcdctl"), args, { stdio: ["ignore", "pipe", "ignore"] });
    this.#child = child;
    createInterface(child.stdout).on("line", (line) => this.#take(JSON.parse(line) as WatchLine));
  }

  #take({ Events = [] }: WatchLine): void {
    const text = (part = ""): string => Buffer.from(part, "base64").toString("utf8");
    for (const { type = 0, kv } of Events) {
      const [what, key] = [type === 0 ? "put" : "delete", text(kv.key)];
      this.kinds.add(`${what} ${key}${kv.lease === undefined ? "" : " leased"}`);
      const value = what === "put" ? text(kv.value) : "";
      if (key === "/service/demo/leader" && this.leaders.at(-1) !== value) this.leaders.push(value);
    }
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}

interface WatchLine {
  Events?: { type?: number; kv: { key: string; value?: string; lease?: number } }[];
}

/** Waits for one to be a running leader and the other to be its running replica. */
async function leads(leader: PatroniNode, replica?: PatroniNode): Promise<void> {
  const what = `${leader.name} leads${replica === undefined ? "" : ` ${replica.name}`}`;
  const look = async (): Promise<true | undefined> => {
    const [first, second] = [await leader.status(), await replica?.status()];
    if (!/^(?:master|primary)$/.test(first?.role ?? "") || first?.state !== "running")
      return undefined;
    if (replica === undefined) return true;
    return second?.role === "replica" && /running|streaming/.test(second.state) ? true : undefined;
  };
  await until(what, look, patienceMs);
}

async function life(kind: Kind, wanted: Programs): Promise<object> {
  await using cluster = await TestCluster.start([kind, kind, kind]);
  const log = new KeyLog(cluster.endpoints);
  const endpoints = cluster.members.map(({ endpoint }) => endpoint);
  await using one = await PatroniNode.start("one", endpoints, wanted);
  try {
    await leads(one);
    await using two = await PatroniNode.start("two", endpoints, wanted);
    await leads(one, two);
    const killed = performance.now();
    await one.kill();
    await leads(two);
    console.log(`${kind}: failover in ${((performance.now() - killed) / 1000).toFixed(0)} s`);
    one.restart();
    await leads(two, one);
    const switched = await two.switchover(one);
    await leads(one, two);
    const before = log.leaders.length;
    for (const member of cluster.members) {
      await member.kill();
      // Longer than the lease of the leader's key: it was kept alive through the others.
      await new Promise((resolve) => setTimeout(resolve, 25_000));
      await leads(one, two);
      await member.restart();
      await cluster.leader();
    }
    const { leaders } = log;
    return {
      leaders,
      switched,
      stayed: leaders.length === before,
      kinds: [...log.kinds].toSorted(),
    };
  } finally {
    log.end();
  }
}

const wanted = await programs();
const theirs = await life("etcd", wanted);
const ours = await life("quorate", wanted);
console.log(JSON.stringify({ theirs, ours }, undefined, 1));
assert.deepEqual(ours, theirs);
process.exit(0);
