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

interface Scene {
  readonly cluster: TestCluster;
  /** By a member's name: what others send to it, and what they read from it, goes through. */
  readonly proxies: ReadonlyMap<string, CuttingProxy>;
}

type Fault = (scene: Scene, victim: ServerProcess) => Promise<void>;

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
  "is not heard": async ({ proxies }, victim) => {
    proxies.get(victim.name)!.freeze();
    await pause(outageMilliseconds);
    proxies.get(victim.name)!.thaw();
  },
  "hears nobody": async ({ proxies }, victim) => {
    const others = [...proxies].filter(([name]) => name !== victim.name);
    for (const [, proxy] of others) proxy.freeze();
    await pause(outageMilliseconds);
    for (const [, proxy] of others) proxy.thaw();
  },
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
      await faults[name]!({ cluster, proxies }, victim);
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
