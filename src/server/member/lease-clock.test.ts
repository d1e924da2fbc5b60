import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuthStore } from "../../core/auth/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import { Lessor, type LessorOptions } from "../../core/lease/index.ts";
import { decodeLeaseCheckpointRequest, decodeLeaseRevokeRequest } from "../../core/proto/index.ts";
import type { RawNode } from "../../core/raft/index.ts";
import { LeaseClock } from "./lease-clock.ts";
import type { Member, Settled } from "./member.ts";
import type { ReadDone } from "./read-index.ts";
import { HandClock, keptLog, type Line } from "./testing.ts";

const authOff = { rootInfo: () => undefined } as unknown as AuthStore;

interface Proposed {
  readonly kind: string;
  readonly request: Uint8Array;
  readonly settle: (outcome: Settled) => void;
}

class FakeMember {
  isStopped = false;
  readonly settings = { heartbeatMs: 100, requestTimeoutMs: 7000 };
  readonly meters = { leasesExpired: 0 };
  appliedIndex = 10;
  committedIndex = 10;
  readonly proposed: Proposed[] = [];
  /** Reads are answered at once while this is undefined. */
  reads: ReadDone[] | undefined;

  readonly revoked: bigint[] = [];
  readonly term = 1;
  readonly raft = { takesProposals: true, term: 1 };

  request(ask: (raft: RawNode) => void): void {
    ask(this.raft as unknown as RawNode);
  }

  propose(kind: string, request: Uint8Array, settle: (outcome: Settled) => void): void {
    this.proposed.push({ kind, request, settle });
    if (kind === "leaseRevoke") this.revoked.push(decodeLeaseRevokeRequest(request).ID);
  }

  readIndex(done: ReadDone): void {
    if (this.reads === undefined) done(undefined);
    else this.reads.push(done);
  }
}

interface Host {
  readonly clock: HandClock;
  readonly lessor: Lessor;
  readonly member: FakeMember;
  readonly leaseClock: LeaseClock;
  readonly lines: Line[];
}

function host(leases: number, options: Partial<LessorOptions> = {}): Host {
  const clock = new HandClock();
  const lessor = new Lessor({ minTtl: 1, ...options });
  lessor.promote(0, 0);
  for (let id = 1; id <= leases; id++) lessor.grant(BigInt(id), 2, 0);
  const member = new FakeMember();
  const lines: Line[] = [];
  const asMember = member as unknown as Member;
  const leaseClock = new LeaseClock(lessor, asMember, clock, keptLog(lines), authOff);
  leaseClock.start();
  return { clock, lessor, member, leaseClock, lines };
}

const applied = { revision: 1, encode: () => new Uint8Array(0) };

test("a lease past its time is proposed for revocation, not before", () => {
  const { clock, member } = host(1);
  clock.advance(1999);
  assert.equal(member.proposed.length, 0);
  clock.advance(501);
  assert.deepEqual(member.revoked, [1n]);
});

test("a revocation that never comes through is proposed again after three seconds", () => {
  const { clock, lessor, member } = host(1);
  clock.advance(4500);
  assert.equal(member.revoked.length, 1);
  clock.advance(1000);
  assert.equal(member.revoked.length, 2);
  lessor.drop(1n);
  clock.advance(10_000);
  assert.equal(member.revoked.length, 2);
});

test("of many that expire together five hundred are under way, and more as these are applied", () => {
  const { clock, lessor, member } = host(5000);
  clock.advance(2000);
  assert.equal(member.proposed.length, 500);
  clock.advance(900);
  assert.equal(member.proposed.length, 500, "nothing was applied");
  let at = 0;
  for (; at < 250; at++) {
    lessor.drop(member.revoked[at]!);
    member.proposed[at]!.settle(applied);
  }
  clock.settle();
  assert.equal(member.proposed.length, 750, "at once, without waiting for the next tick");
  for (; at < member.proposed.length; at++) {
    lessor.drop(member.revoked[at]!);
    member.proposed[at]!.settle(applied);
    clock.settle();
  }
  assert.equal(new Set(member.revoked).size, 5000);
  assert.equal(member.proposed.length, 5000);
});

test("a refusal is told once and tried again at the next tick, not before", () => {
  const { clock, member, lines } = host(400);
  clock.advance(2000);
  for (const { settle } of member.proposed.splice(0)) settle(errors.requestTooManyRequests());
  clock.settle();
  assert.equal(member.proposed.length, 0);
  assert.deepEqual(
    lines.map(({ message }) => message),
    ["failed to revoke lease"],
  );
  clock.advance(3000);
  assert.equal(member.proposed.length, 400);
});

test("nothing is revoked before a read has shown that this member still leads", () => {
  const { clock, member } = host(1);
  member.reads = [];
  clock.advance(2000);
  assert.equal(member.proposed.length, 0);
  member.reads.at(-1)!(undefined);
  assert.deepEqual(member.revoked, [1n]);
});

test("one who lost the leadership meanwhile revokes nothing", () => {
  const { clock, lessor, member } = host(1);
  member.reads = [];
  clock.advance(2000);
  lessor.demote();
  for (const done of member.reads) done(undefined);
  clock.advance(5000);
  assert.equal(member.proposed.length, 0);
});

test("one who is deposed, or hands over, between the read and its turn revokes nothing", () => {
  const { clock, member } = host(1);
  member.raft.takesProposals = false;
  clock.advance(3000);
  assert.equal(member.proposed.length, 0);
  // Elected anew in between: the leases have been given their time again.
  Object.assign(member.raft, { takesProposals: true, term: 3 });
  clock.advance(3000);
  assert.equal(member.proposed.length, 0);
  member.raft.term = 1;
  clock.advance(1000);
  assert.deepEqual(member.revoked, [1n]);
});

test("after a standstill what is applied brings no further revocation before the next tick", () => {
  const { clock, lessor, member } = host(1000);
  clock.advance(2000);
  assert.equal(member.proposed.length, 500);
  clock.pause(60_000);
  for (let at = 0; at < 500; at++) {
    lessor.drop(member.revoked[at]!);
    member.proposed[at]!.settle(applied);
  }
  clock.settle();
  assert.equal(member.proposed.length, 500);
});

test("after a standstill clients have as much time to renew as they had before it", () => {
  const { clock, member, leaseClock } = host(1);
  clock.advance(1000);
  clock.pause(60_000);
  clock.advance(400);
  let renewed: number | EtcdError = -1;
  leaseClock.renewals.renew(1n, (outcome) => (renewed = outcome), isWanted);
  assert.equal(renewed, 2);
  clock.advance(1900);
  assert.deepEqual(member.revoked, []);
});

test("a stopped clock proposes nothing", () => {
  const { clock, member, leaseClock } = host(1);
  leaseClock.stop();
  clock.advance(10_000);
  assert.equal(member.proposed.length, 0);
});

test("long leases are checkpointed a thousand to an entry", () => {
  const { clock, lessor, member } = host(0, { checkpointIntervalMs: 300_000 });
  for (let id = 1n; id <= 2500n; id++) lessor.grant(id, 1000, 0);
  clock.advance(300_500);
  const sizes = member.proposed.map(
    ({ request }) => decodeLeaseCheckpointRequest(request).checkpoints.length,
  );
  assert.deepEqual(sizes, [1000, 1000, 500]);
  assert.equal(member.proposed[0]?.kind, "leaseCheckpoint");
});

const isWanted = (): boolean => false;

test("a renewal of an expired lease waits until it is revoked, and says then that there is none", () => {
  const { clock, lessor, leaseClock } = host(1);
  clock.advance(2000);
  const outcomes: (number | EtcdError)[] = [];
  leaseClock.renewals.renew(1n, (outcome) => outcomes.push(outcome), isWanted);
  clock.advance(1000);
  assert.deepEqual(outcomes, []);
  lessor.drop(1n);
  clock.advance(100);
  assert.deepEqual(outcomes, [0]);
});

test("a renewal that waits is sent to the next leader when this one is deposed", () => {
  const { clock, lessor, leaseClock } = host(1);
  clock.advance(2000);
  const outcomes: (number | EtcdError)[] = [];
  leaseClock.renewals.renew(1n, (outcome) => outcomes.push(outcome), isWanted);
  lessor.demote();
  clock.advance(100);
  assert.deepEqual(outcomes, [errors.notPrimaryLessor()]);
});

test("an unknown lease is waited for while entries are not applied, for a second", () => {
  const { clock, lessor, member, leaseClock } = host(0);
  const outcomes: (number | EtcdError)[] = [];
  const renew = (id: bigint): void =>
    leaseClock.renewals.renew(id, (outcome) => outcomes.push(outcome), isWanted);
  renew(1n);
  assert.deepEqual(outcomes, [0]);
  member.committedIndex = 11;
  renew(1n);
  clock.advance(200);
  lessor.grant(1n, 7, clock.now);
  clock.advance(100);
  assert.deepEqual(outcomes, [0, 7]);
  renew(2n);
  clock.advance(900);
  assert.equal(outcomes.length, 2);
  clock.advance(200);
  assert.deepEqual(outcomes[2], errors.timeoutWaitAppliedIndex());
});

test("a checkpoint is cleared through the log before its lease is renewed", () => {
  const { lessor, member, leaseClock } = host(0, { checkpointIntervalMs: 300_000 });
  lessor.grant(1n, 1000, 0);
  lessor.checkpoint(1n, 400, 0);
  const outcomes: (number | EtcdError)[] = [];
  leaseClock.renewals.renew(1n, (outcome) => outcomes.push(outcome), isWanted);
  assert.deepEqual(outcomes, []);
  const { kind, request, settle } = member.proposed[0]!;
  const { checkpoints } = decodeLeaseCheckpointRequest(request);
  assert.deepEqual([kind, checkpoints], ["leaseCheckpoint", [{ ID: 1n, remainingTTL: 0 }]]);
  settle(applied);
  assert.deepEqual(outcomes, [1000]);
});

test("a member that stood still renews nothing before it knows that it leads", () => {
  const { clock, lessor, member, leaseClock } = host(0);
  lessor.grant(1n, 60, 0);
  clock.advance(1000);
  member.reads = [];
  clock.pause(5000);
  const outcomes: (number | EtcdError)[] = [];
  const renew = (): void =>
    leaseClock.renewals.renew(1n, (outcome) => outcomes.push(outcome), isWanted);
  renew();
  clock.advance(100);
  renew();
  assert.deepEqual(outcomes, [], "also when its timer is late and runs first");
  member.reads.pop()!(errors.timeout());
  assert.deepEqual(outcomes, [errors.notPrimaryLessor()]);
  for (const done of member.reads.splice(0)) done(undefined);
  assert.equal(outcomes[1], 60);
  renew();
  assert.equal(outcomes[2], 60);
});

test("a renewal that a member held up cannot answer is sent elsewhere in time", () => {
  const { clock: patience, lessor, member } = host(0);
  const held = new HandClock();
  const asMember = member as unknown as Member;
  const leaseClock = new LeaseClock(lessor, asMember, held, keptLog([]), authOff, patience);
  lessor.grant(1n, 60, 0);
  leaseClock.start();
  member.reads = [];
  held.pause(1000);
  const outcomes: (number | EtcdError)[] = [];
  leaseClock.renewals.renew(1n, (outcome) => outcomes.push(outcome), isWanted);
  patience.advance(6999);
  assert.deepEqual(outcomes, []);
  patience.advance(1);
  assert.deepEqual(outcomes, [errors.notPrimaryLessor()]);
  for (const done of member.reads) done(undefined);
  assert.equal(outcomes.length, 1);
});
