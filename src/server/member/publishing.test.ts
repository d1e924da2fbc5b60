import assert from "node:assert/strict";
import { test } from "node:test";
import { errors } from "../../core/errors/index.ts";
import type { Cluster } from "../../core/membership/index.ts";
import type { Settled } from "./member.ts";
import { publish, type PublishingParts } from "./publishing.ts";
import { keptLog, type Line, testServer } from "./testing.ts";

function publishing() {
  const { clock } = testServer();
  const settles: ((outcome: Settled) => void)[] = [];
  const record = { name: "", clientUrls: [] as readonly string[] };
  const lines: Line[] = [];
  const member = {
    settings: { id: 7n, requestTimeoutMs: 7000 },
    isStopped: false,
    propose: (_kind: string, _bytes: Uint8Array, settle: (outcome: Settled) => void) =>
      void settles.push(settle),
  };
  let done = 0;
  const { snapshotInstalled } = publish(
    {
      member: member as unknown as PublishingParts["member"],
      cluster: { member: () => record } as unknown as Cluster,
      clusterId: 1n,
      clock,
      log: keptLog(lines),
      name: "m1",
      clientUrls: ["http://a:1", "http://b:2"],
    },
    () => done++,
  );
  return { settles, record, snapshotInstalled, clock, times: () => done };
}

test("a member that came by a snapshot with its own attributes in it need not wait for its entry", () => {
  const { settles, record, snapshotInstalled, clock, times } = publishing();
  assert.equal(settles.length, 1);
  snapshotInstalled();
  assert.equal(times(), 0, "the snapshot knows nothing of it");
  record.name = "m1";
  record.clientUrls = ["http://a:1"];
  snapshotInstalled();
  assert.equal(times(), 0, "it has other URLs there");
  record.clientUrls = ["http://a:1", "http://b:2"];
  snapshotInstalled();
  snapshotInstalled();
  assert.equal(times(), 1);
  settles[0]!(errors.timeout());
  clock.advance(10_000);
  assert.equal(settles.length, 1, "it is not published again");
  assert.equal(times(), 1);
});

test("what failed is tried again after a pause", () => {
  const { settles, clock, times } = publishing();
  settles[0]!(errors.timeout());
  assert.equal(settles.length, 1);
  clock.advance(500);
  assert.equal(settles.length, 2);
  settles[1]!({ revision: 1 } as Settled);
  assert.equal(times(), 1);
});
