import assert from "node:assert/strict";
import { test } from "node:test";
import { Lessor } from "../../core/lease/index.ts";
import { decodeLeaseRevokeRequest } from "../../core/proto/index.ts";
import { silentLog } from "../../io/host/index.ts";
import { LeaseClock } from "./lease-clock.ts";
import type { Member } from "./member.ts";
import type { ReadDone } from "./read-index.ts";
import { HandClock } from "./testing.ts";

function host(leases: number): {
  readonly clock: HandClock;
  readonly lessor: Lessor;
  readonly revoked: bigint[];
  readonly reads: ReadDone[];
  readonly leaseClock: LeaseClock;
} {
  const clock = new HandClock();
  const lessor = new Lessor({ minTtl: 1 });
  lessor.promote(0, 0);
  for (let id = 1; id <= leases; id++) lessor.grant(BigInt(id), 2, 0);
  const revoked: bigint[] = [];
  const reads: ReadDone[] = [];
  const member = {
    isStopped: false,
    propose: (kind: string, request: Uint8Array) => {
      assert.equal(kind, "leaseRevoke");
      revoked.push(decodeLeaseRevokeRequest(request).ID);
    },
    readIndex: (done: ReadDone) => reads.push(done),
  };
  const leaseClock = new LeaseClock(lessor, member as unknown as Member, clock, silentLog);
  leaseClock.start();
  return { clock, lessor, revoked, reads, leaseClock };
}

test("a lease past its time is proposed for revocation, not before", () => {
  const { clock, revoked } = host(1);
  clock.advance(1999);
  assert.equal(revoked.length, 0);
  clock.advance(501);
  assert.deepEqual(revoked, [1n]);
});

test("a revocation that never comes through is proposed again after three seconds", () => {
  const { clock, lessor, revoked } = host(1);
  clock.advance(4500);
  assert.equal(revoked.length, 1);
  clock.advance(1000);
  assert.equal(revoked.length, 2);
  lessor.drop(1n);
  clock.advance(10_000);
  assert.equal(revoked.length, 2);
});

test("of many that expire together 10,000 are proposed in each half second", () => {
  const { clock, revoked } = host(25_000);
  const counts: number[] = [];
  clock.advance(1900);
  for (let round = 0; round < 3; round++) {
    const before = revoked.length;
    clock.advance(500);
    counts.push(revoked.length - before);
  }
  assert.deepEqual(counts, [10_000, 10_000, 5000]);
  assert.equal(new Set(revoked).size, 25_000);
});

test("after a pause nothing is revoked before a read has shown that this member still leads", () => {
  const { clock, revoked, reads } = host(1);
  clock.pause(5000);
  clock.advance(0);
  assert.equal(reads.length, 1);
  assert.equal(revoked.length, 0);
  reads[0]!(undefined);
  assert.deepEqual(revoked, [1n]);
});

test("one who lost the leadership in a pause revokes nothing", () => {
  const { clock, lessor, revoked, reads } = host(1);
  clock.pause(5000);
  clock.advance(0);
  lessor.demote();
  reads[0]!(undefined);
  clock.advance(5000);
  assert.equal(revoked.length, 0);
});

test("a stopped clock proposes nothing", () => {
  const { clock, revoked, leaseClock } = host(1);
  leaseClock.stop();
  clock.advance(10_000);
  assert.equal(revoked.length, 0);
});
