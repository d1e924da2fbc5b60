// A cluster that forms by the v3 discovery service: ours and real etcd find each other there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

const patienceMilliseconds = 60_000;

async function ctl(endpoint: string, ...args: string[]): Promise<string> {
  const done = await etcdctl(endpoint, args);
  assert.equal(done.code, 0, `etcdctl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

const member = (kind: Kind, name: string, service: ServerProcess): Promise<ServerProcess> =>
  ServerProcess.start({
    kind,
    readyMilliseconds: patienceMilliseconds,
    flags: [
      `--name=${name}`,
      "--initial-cluster=",
      "--discovery-token=one",
      `--discovery-endpoints=http://${service.endpoint}`,
    ],
  });

for (const [service, third] of [
  ["etcd", "quorate"],
  ["quorate", "etcd"],
] as const) {
  test(`two of ours and one of ${third} find each other by a discovery service of ${service}`, async () => {
    await using registry = await ServerProcess.start({ kind: service });
    await ctl(registry.endpoint, "put", "/_etcd/registry/one/_config/size", "3");
    const members = await Promise.all([
      member("quorate", "a", registry),
      member("quorate", "b", registry),
      member(third, "c", registry),
    ]);
    try {
      await ctl(members[0].endpoint, "put", "found", "yes");
      assert.equal(await ctl(members[2].endpoint, "get", "found"), "found\nyes\n");
      const list = await ctl(members[1].endpoint, "member", "list");
      const names = list.split("\n").map((line) => line.split(", ")[2]);
      for (const name of ["a", "b", "c"]) assert.ok(names.includes(name), list);
      await assert.rejects(member("quorate", "d", registry), /discovery: cluster is full/);
    } finally {
      await Promise.all(members.map((one) => one.dispose()));
    }
  });
}
