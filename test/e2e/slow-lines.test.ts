// What etcd says of requests that took long, beside real etcd: both are told that a nanosecond is long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

const flags = ["--warning-unary-request-duration=1ns", "--warning-apply-duration=1ns"];

/** The size of their answers, which are made later here, is not told. */
const sizeless = /lease_grant|compaction|auth_|cluster_/;

type Line = Record<string, unknown>;

async function requests(server: ServerProcess): Promise<void> {
  const run = (args: readonly string[], input = ""): Promise<unknown> =>
    etcdctl(server.endpoint, args, { input });
  await run(["put", "a", "b"]);
  await run(["put", 'é\t"\\\u0001', "x".repeat(5000)]);
  await run(["get", "a"]);
  await run(["get", "", "--prefix", "--limit=1", "--order=descend", "--sort-by=key"]);
  await run(["get", 'é\t"\\\u0001']);
  await run(["get", "none"]);
  await run(["get", "a", "--rev=999"]);
  await run(["txn"], 'ver("a") > "0"\n\nput a "x y"\nget a\n\ndel a\n\n');
  await run(["txn"], 'val("a") = "zzz"\n\nput a x\n\ndel a\nget é --prefix\n\n');
  await run(["txn"], 'ver("a") = "0"\n\nget a\n\nget b\n\n');
  await run(["put", "--lease=123", "a", "b"]);
  await run(["lease", "grant", "100"]);
  await run(["del", "--range", "a", "c", "--prev-kv"]);
  await run(["compact", "3"]);
  await run(["member", "list"]);
  await run(["role", "add", "r"]);
  await run(["role", "grant-permission", "r", "read", "a", "b"]);
  await run(["user", "add", "ann:secret"]);
  await run(["user", "passwd", "ann", "--interactive=false"], "secret2\n");
}

/** The lines with these words; protobuf-go's spaces differ by build, and ids and times by run. */
function linesOf(log: string, words: string, names: readonly string[]): unknown[] {
  const all = log.split("\n").filter((line) => line.includes(`"${words}"`));
  const text = (value: unknown): unknown =>
    typeof value === "string"
      ? value
          .replaceAll(/ +/g, " ")
          .replaceAll(/(ID|id|member_ID):[0-9a-f]+/g, "$1")
          .replaceAll(/127\.0\.0\.1:\d+/g, "HOST")
      : value;
  return all.map((line) => {
    const fields = JSON.parse(line) as Line;
    return names.map((name) => text(fields[name]));
  });
}

async function life(kind: Kind): Promise<{ stats: unknown[]; applied: unknown[] }> {
  await using server = await ServerProcess.start({ kind, flags });
  await requests(server);
  const sizes = ["request count", "request size", "response count"];
  const stats = ["level", "response type", ...sizes, "request content"];
  const applied = ["level", "expected-duration", "prefix", "request", "response"];
  const answers = linesOf(server.log, "request stats", ["response size"]).flat() as number[];
  // The header's ids are of random length: the first answer is nothing but a header.
  const beyond = answers.map((size) => (size > 0 ? size - answers[0]! : size));
  return {
    stats: [linesOf(server.log, "request stats", stats), beyond].flat(),
    applied: linesOf(server.log, "apply request took too long", applied).map((line) =>
      sizeless.test(String(line)) ? (line as unknown[]).slice(0, -1) : line,
    ),
  };
}

test("requests that took long are told with etcd's fields, counts and contents", async () => {
  const [theirs, ours] = await Promise.all([life("etcd"), life("quorate")]);
  assert.deepEqual(ours.stats, theirs.stats);
  assert.deepEqual(ours.applied, theirs.applied);
  assert.ok(ours.stats.length >= 19, `${ours.stats.length} lines`);
  assert.ok(ours.applied.length >= 12, `${ours.applied.length} lines`);
  assert.ok(!JSON.stringify(ours).includes("secret"), "no password is in the log");
});
