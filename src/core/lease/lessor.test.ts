import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, latin1FromBytes } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import { Lessor } from "./index.ts";

const key = bytesFromLatin1;
const primary = (): Lessor => {
  const lessor = new Lessor({ minTtl: 2 });
  lessor.promote(0, 0);
  return lessor;
};

test("a granted lease has at least the minimum TTL and expires after it", () => {
  const lessor = primary();
  assert.deepEqual(lessor.grant(1n, 0, 0), { id: 1n, ttl: 2, remainingTtl: 0 });
  assert.equal(lessor.grant(2n, 10, 0).ttl, 10);
  assert.deepEqual(lessor.expired(1999, 10, 500), []);
  assert.deepEqual(lessor.expired(2000, 10, 500), [1n]);
  assert.deepEqual(lessor.expired(2400, 10, 500), []);
  assert.deepEqual(lessor.expired(2500, 10, 500), [1n], "a lost revocation is proposed again");
  lessor.drop(1n);
  assert.deepEqual(lessor.expired(9999, 10, 500), []);
  assert.deepEqual(lessor.expired(10_000, 10, 500), [2n]);
});

test("grants are refused in etcd's words", () => {
  const lessor = primary();
  lessor.grant(1n, 5, 0);
  assert.throws(() => lessor.grant(1n, 5, 0), errors.leaseExist());
  assert.throws(() => lessor.grant(2n, 9_000_000_001, 0), errors.leaseTTLTooLarge());
  assert.throws(() => lessor.keysToRevoke(3n), errors.leaseNotFound());
});

test("a renewed lease lives its whole time again", () => {
  const lessor = primary();
  lessor.grant(1n, 5, 0);
  assert.deepEqual(lessor.renew(1n, 4000), { ttl: 5 });
  assert.deepEqual(lessor.expired(5000, 10, 500), []);
  assert.deepEqual(lessor.expired(9000, 10, 500), [1n]);
  assert.equal(lessor.renew(1n, 9000), undefined, "an expired lease is not renewed");
  assert.equal(lessor.renew(7n, 0), undefined);
});

test("keys follow their lease and are revoked in byte order", () => {
  const lessor = primary();
  lessor.grant(1n, 5, 0);
  lessor.grant(2n, 5, 0);
  for (const text of ["b", "a", "\xff", "ab"]) lessor.setLease(key(text), 1n);
  lessor.setLease(key("b"), 2n);
  assert.equal(lessor.leaseOf(key("b")), 2n);
  assert.deepEqual(lessor.keysToRevoke(1n).map(latin1FromBytes), ["a", "ab", "\xff"]);
  lessor.setLease(key("a"), 0n);
  assert.equal(lessor.leaseOf(key("a")), 0n);
  lessor.drop(1n);
  assert.equal(lessor.leaseOf(key("ab")), 0n);
  assert.deepEqual(lessor.keysOf(2n).map(latin1FromBytes), ["b"]);
});

test("a follower's leases do not expire, and a new leader extends them", () => {
  const lessor = new Lessor({ minTtl: 2 });
  lessor.grant(1n, 5, 0);
  assert.deepEqual(lessor.expired(1e9, 10, 500), []);
  assert.equal(lessor.view(1n, 1e9)?.remainingSeconds, 5);
  lessor.promote(1e6, 1000);
  assert.equal(lessor.view(1n, 1e6)?.remainingSeconds, 6);
  assert.deepEqual(lessor.expired(1e6 + 5999, 10, 500), []);
  assert.deepEqual(lessor.expired(1e6 + 6000, 10, 500), [1n]);
  lessor.demote();
  assert.deepEqual(lessor.expired(1e9, 10, 500), []);
});

test("a new leader spreads the expiry of many leases", () => {
  const lessor = new Lessor({ minTtl: 2 });
  for (let id = 1n; id <= 3000n; id++) lessor.grant(id, 10, 0);
  lessor.promote(0, 0);
  let seen = 0;
  for (let second = 10; second <= 14; second++) {
    const due = lessor.expired(second * 1000, 3000, 1e9).length;
    assert.ok(due <= 751, `${due} in one second`);
    seen += due;
  }
  assert.equal(seen, 3000);
});

test("a checkpoint changes no expiry, and is what a new leader goes on from", () => {
  const lessor = primary();
  lessor.grant(1n, 100, 0);
  assert.deepEqual(lessor.checkpoint(1n, 30, 0), { id: 1n, ttl: 100, remainingTtl: 30 });
  assert.deepEqual(lessor.expired(30_000, 10, 500), []);
  lessor.promote(0, 0);
  assert.deepEqual(lessor.expired(30_000, 10, 500), [1n]);
  assert.equal(lessor.checkpoint(9n, 1, 0), undefined);
});

test("a long lease is checkpointed every interval, a short or renewed one is not", () => {
  const lessor = new Lessor({ minTtl: 2, checkpointIntervalMs: 300_000 });
  lessor.promote(0, 0);
  lessor.grant(1n, 1000, 0);
  lessor.grant(2n, 300, 0);
  assert.deepEqual(lessor.checkpointsDue(299_999, 10), []);
  assert.deepEqual(lessor.checkpointsDue(300_000, 10), [{ id: 1n, remainingTtl: 700 }]);
  assert.deepEqual(lessor.checkpointsDue(300_001, 10), [], "until it is applied");
  lessor.checkpoint(1n, 700, 300_100);
  assert.equal(lessor.standing(1n, 300_100), "checkpointed");
  assert.deepEqual(lessor.checkpointsDue(600_100, 10), [{ id: 1n, remainingTtl: 400 }]);
  lessor.checkpoint(1n, 0, 600_200);
  lessor.renew(1n, 600_200);
  assert.equal(lessor.standing(1n, 600_200), "alive");
  lessor.renew(1n, 900_200);
  assert.deepEqual(lessor.checkpointsDue(900_200, 10), [], "all of its time is left");
  assert.deepEqual(lessor.checkpointsDue(1_200_200, 10), [{ id: 1n, remainingTtl: 700 }]);
});

test("with very many leases a new leader is through in pieces, and none of them is lost or early", () => {
  const lessor = new Lessor({ minTtl: 2 });
  for (let id = 1n; id <= 30_000n; id++) lessor.grant(id, 10 + Number(id % 7n), 0);
  lessor.promote(1000, 500);
  assert.ok(lessor.isPromoting);
  lessor.renew(29_999n, 2000);
  lessor.drop(30_000n);
  lessor.grant(40_000n, 3, 2000);
  for (let rounds = 0; lessor.isPromoting; rounds++) {
    assert.ok(rounds < 10);
    lessor.promoteMore(5000);
  }
  assert.deepEqual(lessor.expired(11_499, 10, 1e9), [40_000n]);
  const seen = new Set<bigint>();
  for (let second = 11; second <= 60; second++) {
    const due = lessor.expired(second * 1000 + 999, 30_000, 1e9);
    assert.ok(due.length <= 751, `${due.length} in one second`);
    for (const id of due) seen.add(id);
  }
  assert.equal(seen.size, 29_999);
});

test("time in which the member stood still brings no lease nearer to its end", () => {
  const lessor = primary();
  lessor.grant(1n, 5, 0);
  lessor.stoodStill(60_000);
  assert.equal(lessor.view(1n, 61_000)?.remainingSeconds, 4);
  assert.deepEqual(lessor.expired(64_999, 10, 500), []);
  assert.deepEqual(lessor.renew(1n, 64_999), { ttl: 5 });
  assert.deepEqual(lessor.expired(69_999, 10, 500), [1n]);
});
