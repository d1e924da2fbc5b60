// Faults on members that run: processes stopped and killed, links cut, silent, or silent one way. Clients of
// all members keep a history meanwhile that porcupine judges. QUORATE_LONG=1 makes it ten minutes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CuttingProxy } from "../integration/rafthttp/cutting-proxy.ts";
import { peer } from "../peers/peers.ts";
import { type Finished, run } from "./command.ts";
import type { Kind, ServerProcess } from "./server-process.ts";
import { TestCluster } from "./test-cluster.ts";

const seconds = process.env["QUORATE_LONG"] === "1" ? 600 : 12;
const outageMilliseconds = 1700;
/** More than an election timeout's half, each way. */
const lateMilliseconds = 600;

class Scene {
  readonly cluster: TestCluster;
  /** By a member's name: what others send to it, and what they read from it, goes through. */
  readonly proxies: ReadonlyMap<string, CuttingProxy>;
  /** By a member's name: its id in hex. */
  readonly #ids = new Map<string, string>();

  constructor(cluster: TestCluster, proxies: ReadonlyMap<string, CuttingProxy>) {
    this.cluster = cluster;
    this.proxies = proxies;
  }

  async learn(): Promise<void> {
    for (const { name, id } of await this.cluster.list()) this.#ids.set(name, id.toString(16));
  }

  /** What `from` says to `to`, on streams that `to` opened and in posts of its own, is held back. */
  silence(from: ServerProcess, to: ServerProcess): (() => void)[] {
    return [
      this.proxies.get(from.name)!.disturb({ from: this.#ids.get(to.name)!, holds: "answers" }),
      this.proxies.get(to.name)!.disturb({ from: this.#ids.get(from.name)!, holds: "requests" }),
    ];
  }

  /** Everything between two members comes late. */
  delay(one: ServerProcess, other: ServerProcess, lateMs: number): (() => void)[] {
    return [
      this.proxies.get(one.name)!.disturb({ from: this.#ids.get(other.name)!, lateMs }),
      this.proxies.get(other.name)!.disturb({ from: this.#ids.get(one.name)!, lateMs }),
    ];
  }

  other(victim: ServerProcess): ServerProcess {
    const others = this.cluster.members.filter((one) => one !== victim);
    return others[Math.floor(Math.random() * others.length)]!;
  }
}

type Fault = (scene: Scene, victim: ServerProcess) => Promise<void>;

async function during(ends: readonly (() => void)[]): Promise<void> {
  await pause(outageMilliseconds);
  for (const end of ends) end();
}

const faults: Readonly<Record<string, Fault>> = {
  "stops for a while": async (_scene, victim) => {
    process.kill(victim.pid, "SIGSTOP");
    await pause(outageMilliseconds);
    process.kill(victim.pid, "SIGCONT");
  },
  "is killed": async (_scene, victim) => {
    await victim.kill();
    await pause(300);
    await victim.restart();
  },
  // It still reads what the others say, by the streams it opened itself.
  "is not heard": async ({ proxies }, victim) =>
    during([proxies.get(victim.name)!.disturb({ holds: "all" })]),
  "hears nobody": async ({ proxies }, victim) => {
    const others = [...proxies].filter(([name]) => name !== victim.name);
    await during(others.map(([, proxy]) => proxy.disturb({ holds: "all" })));
  },
  // The third hears both.
  "and another hear each other no more": async (scene, victim) => {
    const other = scene.other(victim);
    await during([...scene.silence(victim, other), ...scene.silence(other, victim)]);
  },
  "is not heard by one of the others": async (scene, victim) =>
    during(scene.silence(victim, scene.other(victim))),
  "and another hear each other late": async (scene, victim) =>
    during(scene.delay(victim, scene.other(victim), lateMilliseconds)),
  "loses its connections": async ({ proxies }) => {
    for (const proxy of proxies.values()) proxy.cutAll();
    await pause(300);
  },
};

async function withFaults(kinds: readonly Kind[], note: (line: string) => void): Promise<Finished> {
  const proxies = new Map<string, CuttingProxy>();
  const advertise = async (name: string, url: string): Promise<string> => {
    const proxy = await CuttingProxy.start(() => url);
    proxies.set(name, proxy);
    return proxy.url;
  };
  try {
    await using cluster = await TestCluster.start(kinds, { advertise, readyMilliseconds: 240_000 });
    const scene = new Scene(cluster, proxies);
    await scene.learn();
    const args = [`-endpoint=${cluster.endpoints}`, `-seconds=${seconds}`, "-clients=6"];
    args.push("-rate=40", `-seed=${process.env["QUORATE_SEED"] ?? 0}`);
    const patienceMilliseconds = (seconds + 150) * 1000;
    const checked = run(peer("linearizable"), args, { patienceMilliseconds });
    const endMs = performance.now() + (seconds - 2) * 1000;
    const names = Object.keys(faults);
    // A short run does not come to all of them; the next begins elsewhere.
    const first = Math.floor(Math.random() * names.length);
    for (let turn = first; performance.now() < endMs; turn++) {
      const name = names[turn % names.length]!;
      // The leader, and in every other round of all faults a follower.
      const leader = await cluster.leader();
      const isLeader = Math.floor((turn - first) / names.length) % 2 === 0;
      const victim = isLeader ? leader : cluster.members.find((one) => one !== leader)!;
      note(`${victim.kind} ${isLeader ? "leader" : "follower"} ${name}`);
      await faults[name]!(scene, victim);
      await cluster.leader();
    }
    const done = await checked;
    await cluster.sameHash();
    return done;
  } finally {
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
  }
}

for (const kinds of [
  ["quorate", "quorate", "quorate"],
  ...(seconds > 60 ? [["quorate", "etcd", "quorate"] as const] : []),
] as readonly (readonly Kind[])[]) {
  test(`${kinds.join(", ")}: what clients see under faults has an order that explains it`, async (t) => {
    const done = await withFaults(kinds, (line) => t.diagnostic(line));
    t.diagnostic(done.stdout.trim().replaceAll("\n", "; "));
    assert.equal(done.code, 0, done.stdout);
  });
}
