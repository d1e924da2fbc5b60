import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../../io/host/index.ts";
import { configFrom } from "../config.ts";
import { parseFlags } from "../flags.ts";
import { DiscoveryError, joinThroughDiscovery } from "./discovery.ts";
import { FoundPeers, membersPrefix, type Registration, sizeKey } from "./found-peers.ts";
import type { RegistryClient } from "./registry-client.ts";

const token = "t";

/** A discovery service in memory; `failures` are thrown first, one a call. */
class MemoryRegistry implements RegistryClient {
  readonly values = new Map<string, Registration>();
  readonly failures: Error[] = [];
  readonly #watchers = new Set<(peer: Registration) => void>();
  #revision = 1;

  constructor(size?: string) {
    if (size !== undefined) this.#set(sizeKey(token), size);
  }

  async get(key: string): Promise<string | undefined> {
    this.#failIfToldTo();
    return this.values.get(key)?.urls;
  }

  async list(prefix: string): Promise<{ found: Registration[]; revision: number }> {
    this.#failIfToldTo();
    const found = [...this.values.values()].filter(({ key }) => key.startsWith(prefix));
    return { found, revision: this.#revision };
  }

  async put(key: string, value: string): Promise<void> {
    this.#failIfToldTo();
    const peer = this.#set(key, value);
    for (const tell of this.#watchers) tell(peer);
  }

  async watch(
    prefix: string,
    revision: number,
    onPut: (peer: Registration) => boolean,
  ): Promise<void> {
    this.#failIfToldTo();
    const past = [...this.values.values()].filter((peer) => peer.createRevision >= revision);
    if (past.some((peer) => peer.key.startsWith(prefix) && onPut(peer))) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watchers.add((peer) => {
      if (peer.key.startsWith(prefix) && onPut(peer)) resolve();
    });
    return promise;
  }

  close(): void {}

  #set(key: string, urls: string): Registration {
    const created = this.values.get(key)?.createRevision ?? ++this.#revision;
    const peer = { key, urls, createRevision: created };
    this.values.set(key, peer);
    return peer;
  }

  #failIfToldTo(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

const join = (registry: RegistryClient, id: number): Promise<string> =>
  joinThroughDiscovery({
    registry,
    log: silentLog,
    token,
    memberId: BigInt(id),
    ownUrls: `m${id}=http://h:${id}`,
    pauseMs: () => 0,
  });

test("members wait for each other and agree on who they are", async () => {
  const registry = new MemoryRegistry("3");
  const clusters = await Promise.all([1, 2, 3].map((id) => join(registry, id)));
  const expected = [...registry.values.values()]
    .filter(({ key }) => key.startsWith(membersPrefix(token)))
    .map(({ urls }) => urls)
    .join(",");
  assert.deepEqual(clusters, [expected, expected, expected]);
  assert.equal(expected.split(",").length, 3);
});

test("a member that had registered before finds its place again; another finds none", async () => {
  const registry = new MemoryRegistry("1");
  assert.equal(await join(registry, 1), "m1=http://h:1");
  assert.equal(await join(registry, 1), "m1=http://h:1");
  await assert.rejects(join(registry, 2), new DiscoveryError("cluster is full"));
});

test("a token without a size, or with a bad one, will not do", async () => {
  await assert.rejects(join(new MemoryRegistry(), 1), new DiscoveryError("size key not found"));
  for (const size of ["", "0", "-1", "three", "1.5"]) {
    await assert.rejects(join(new MemoryRegistry(size), 1), /size key is bad/, size);
  }
});

test("a service that cannot be reached is asked again, at every step", async () => {
  for (let calls = 0; calls < 6; calls++) {
    const registry = new MemoryRegistry("1");
    registry.failures.push(...Array.from({ length: calls }, () => new Error("unreachable")));
    assert.equal(await join(registry, 1), "m1=http://h:1");
  }
});

test("of those that register at once the first ones count", () => {
  const found = new FoundPeers(token);
  const peer = (id: number, createRevision: number): Registration => ({
    key: `${membersPrefix(token)}/${id}`,
    urls: `m${id}=http://h:${id}`,
    createRevision,
  });
  for (const [id, revision] of [
    [1, 9],
    [2, 7],
    [3, 8],
  ] as const) {
    assert.equal(found.add(peer(id, revision)), undefined);
  }
  assert.equal(found.add(peer(1, 10)), "found duplicate peer from discovery service");
  assert.equal(found.add({ ...peer(4, 1), key: "elsewhere" }), "invalid peer registry key");
  assert.match(found.add({ ...peer(4, 1), urls: "m4" }) ?? "", /invalid peer info/);
  assert.equal(found.initialCluster(2), "m2=http://h:2,m3=http://h:3");
  assert.equal(found.isFullWithout(`${membersPrefix(token)}/1`, 2), true);
  assert.equal(found.isFullWithout(`${membersPrefix(token)}/2`, 2), false);
});

test("the flags of discovery go together, and with no other way to name the members", () => {
  const refused = (argv: readonly string[], message: RegExp): void =>
    assert.throws(() => configFrom(parseFlags(argv, {})), message);
  const both = ["--discovery-token=t", "--discovery-endpoints=a:1,b:2"];
  for (const one of both) refused([one], /both --discovery-token and --discovery-endpoints/);
  refused([...both, "--initial-cluster=default=http://localhost:2380"], /multiple discovery or/);
  refused([both[0]!, "--discovery-endpoints=a:1,,b:2"], /must not contain empty endpoints/);
  const config = configFrom(parseFlags(both, {}));
  assert.deepEqual(config.discovery.endpoints, ["a:1", "b:2"]);
  assert.equal(config.initialClusterToken, "t");
  assert.equal(config.initialCluster, "");
});
