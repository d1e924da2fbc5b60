// A program that uses etcd through `etcd3`, the client of npm, as such programs do: it must see the same
// of real etcd and of ours. What clients of Python, Rust and Java see: test/clients.
import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Etcd3, type IOptions, Range } from "etcd3";
import { type Kind, ServerProcess } from "./server-process.ts";

/** What was seen, by what was asked. */
type Seen = Record<string, unknown>;

/** The words of a refusal, as the client's own classes tell them apart. */
async function refusal(asked: PromiseLike<unknown>): Promise<string> {
  try {
    await asked;
    return "none";
  } catch (error) {
    assert.ok(error instanceof Error);
    return `${error.constructor.name}: ${error.message}`;
  }
}

async function keysAndValues(client: Etcd3, seen: Seen): Promise<void> {
  await client.put("a/1").value("one");
  await client.put("a/2").value(Buffer.from([0, 255, 128]));
  await client.put("b").value("é✓");
  seen["text"] = await client.get("b").string();
  seen["bytes"] = [...((await client.get("a/2").buffer()) ?? [])];
  seen["missing"] = await client.get("none").string();
  seen["prefix"] = Object.keys(await client.getAll().prefix("a/").strings());
  seen["last two"] = await client.getAll().sort("Key", "Descend").limit(2).keys();
  seen["count"] = await client.getAll().count();
  const { kvs } = await client.get("a/1").exec();
  seen["revisions"] = kvs.map((kv) => [kv.version, kv.create_revision, kv.mod_revision]);
  const isOne = client.if("a/1", "Value", "==", "one");
  const { succeeded, responses } = await isOne.then(client.put("a/3").value("3")).commit();
  seen["first"] = [succeeded, responses.length];
  const isOld = client.if("a/1", "Version", ">", 5);
  seen["otherwise"] = (await isOld.else(client.get("a/1")).commit()).succeeded;
  seen["deleted"] = (await client.delete().key("a/3")).deleted;
  const before = await client.delete().prefix("a/").getPrevious();
  seen["values before"] = before.map(({ value }) => [...value]);
  await client.stm().transact(async (transaction) => {
    const count = (await transaction.get("n").number()) ?? 0;
    await transaction.put("n").value(count + 1);
  });
  seen["counted"] = await client.get("n").number();
  seen["future"] = await refusal(client.get("b").revision(999).string());
  await client.kv.compact({ revision: "5", physical: true });
  seen["compacted"] = await refusal(client.get("b").revision(3).string());
}

async function watches(client: Etcd3, seen: Seen): Promise<void> {
  const events: unknown[] = [];
  seen["watched"] = events;
  const watcher = await client.watch().prefix("w/").withPreviousKV().create();
  watcher.on("put", (kv, before) => events.push([String(kv.value), before?.value.toString()]));
  const end = once(watcher, "delete");
  await client.put("w/1").value("x");
  await client.put("w/1").value("y");
  const { kvs } = await client.get("w/1").exec();
  await client.delete().key("w/1");
  await end;
  await watcher.cancel();
  const from = kvs[0]!.create_revision;
  const past = await client.watch().key("w/1").startRevision(from).create();
  const types: string[] = [];
  past.on("data", ({ events: some }) => types.push(...some.map(({ type }) => type)));
  await once(past, "delete");
  seen["history"] = types;
  await past.cancel();
  const forgotten = client.watch().key("w/1").startRevision("1").create();
  seen["compacted watch"] = await refusal(forgotten);
}

async function leasesLocksElections(client: Etcd3, seen: Seen): Promise<void> {
  const lease = client.lease(2);
  await lease.put("lease/1").value("x");
  await pause(3500);
  seen["kept alive"] = await client.get("lease/1").string();
  await lease.revoke();
  seen["revoked"] = await client.get("lease/1").string();
  const none = { ID: "123", keys: true };
  seen["no lease"] = (await client.leaseClient.leaseTimeToLive(none)).TTL;

  const lock = await client.lock("resource").ttl(5).acquire();
  seen["held"] = await refusal(client.lock("resource").ttl(5).acquire());
  await lock.release();
  seen["free"] = await client.lock("resource").do(() => "held");

  const election = client.election("leader", 5);
  const campaign = election.campaign("one");
  await once(campaign, "elected");
  seen["leader"] = await election.leader();
  const observer = await election.observe();
  await campaign.resign();
  seen["nobody"] = await election.leader();
  await observer.cancel();
}

async function operators(client: Etcd3, seen: Seen): Promise<void> {
  const { version, dbSize } = await client.maintenance.status();
  seen["version"] = [version, Number(dbSize) > 0];
  seen["alarms"] = (await client.maintenance.alarm({ action: "Get" })).alarms;
  const stream = await client.maintenance.snapshot();
  let size = 0;
  stream.on("data", ({ blob }: { blob: Buffer }) => (size += blob.length));
  await once(stream as unknown as EventEmitter, "end");
  seen["snapshot beyond its pages"] = size % 4096;
}

async function users(client: Etcd3, options: IOptions, seen: Seen): Promise<void> {
  const reader = client.role("reader");
  await reader.create();
  await reader.grant({
    permission: "Read",
    range: new Range("b", "c"),
  });
  await client.role("root").create();
  for (const [name, role] of [
    ["root", "root"],
    ["ann", "reader"],
  ] as const) {
    await client.user(name).create(`${name}'s`);
    await client.user(name).addRole(role);
  }
  await client.auth.authEnable();
  const as = (username: string, password: string): Etcd3 =>
    new Etcd3({ ...options, auth: { username, password } });
  const [root, ann, stranger] = [as("root", "root's"), as("ann", "ann's"), as("ann", "no")];
  try {
    seen["may read"] = await ann.get("b").string();
    seen["may not write"] = await refusal(ann.put("b").value("x").exec());
    seen["may not read"] = await refusal(ann.get("a").string());
    seen["wrong password"] = await refusal(stranger.get("b").string());
    seen["no name"] = await refusal(client.get("b").string());
    seen["users"] = (await root.getUsers()).map(({ name }) => name);
    await root.auth.authDisable();
  } finally {
    for (const each of [root, ann, stranger]) each.close();
  }
}

async function life(kind: Kind): Promise<Seen> {
  await using server = await ServerProcess.start({ kind });
  const options = { hosts: server.endpoint };
  const client = new Etcd3(options);
  const seen: Seen = {};
  try {
    await keysAndValues(client, seen);
    await watches(client, seen);
    await leasesLocksElections(client, seen);
    await operators(client, seen);
    await users(client, options, seen);
  } finally {
    client.close();
  }
  return JSON.parse(JSON.stringify(seen)) as Seen;
}

test("a program with npm's etcd3 sees of ours what it sees of etcd", async () => {
  const [theirs, ours] = await Promise.all([life("etcd"), life("quorate")]);
  for (const [asked, answer] of Object.entries(theirs)) {
    assert.deepEqual(ours[asked], answer, asked);
  }
  assert.equal(ours["counted"], 1);
  assert.deepEqual(ours["watched"], [
    ["x", null],
    ["y", "x"],
  ]);
  assert.deepEqual(ours["history"], ["Put", "Put", "Delete"]);
  assert.match(String(ours["may not write"]), /permission denied/);
});
