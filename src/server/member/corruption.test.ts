import assert from "node:assert/strict";
import { test } from "node:test";
import type { Id64 } from "../../base/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import type { KeyValueHash } from "../../core/mvcc/index.ts";
import { checkEvery, CorruptionChecker, type HashAnswer, type PeerHash } from "./corruption.ts";
import { HandClock, keptLog, type Line } from "./testing.ts";

const me = 1n as Id64;
const sound: HashAnswer = { revision: 10, compactRevision: 5, hash: 77 };
const local: KeyValueHash = { revision: 10, compactRevision: 5, hash: 77 };

interface World {
  readonly lines: Line[];
  readonly alarms: Id64[];
  readonly asked: number[];
  readonly checker: CorruptionChecker;
}

/** A checker among peers 2, 3, … that give these answers, the same to every question or by revision. */
function among(
  answers: readonly (HashAnswer | Error)[] | ((revision: number) => readonly HashAnswer[]),
  own: {
    hashes?: readonly (KeyValueHash | EtcdError)[];
    compactions?: readonly KeyValueHash[];
    newest?: number;
  } = {},
): World {
  const lines: Line[] = [];
  const alarms: Id64[] = [];
  const asked: number[] = [];
  const hashes = [...(own.hashes ?? [local])];
  const checker = new CorruptionChecker({
    memberId: me,
    log: keptLog(lines),
    timeoutMs: 7000,
    currentRevision: () => own.newest ?? 10,
    hash: (done) => done(hashes.length > 1 ? hashes.shift()! : hashes[0]!),
    compactionHashes: () => own.compactions ?? [],
    askPeers: (revision, done) => {
      asked.push(revision);
      const given = typeof answers === "function" ? answers(revision) : answers;
      done(
        given.map((answer, at): PeerHash => {
          return { id: BigInt(at + 2) as Id64, endpoints: [`http://peer${at + 2}`], answer };
        }),
      );
    },
    readIndex: (done) => done(undefined),
    raiseAlarm: (id) => alarms.push(id),
  });
  return { lines, alarms, asked, checker };
}

const said = ({ lines }: World): string[] => lines.map(({ message }) => message);

function initial(world: World): string {
  let answer = "nothing";
  world.checker.initialCheck((error) => (answer = error?.message ?? "passed"));
  return answer;
}

test("a start among equal, slow, compacted and silent peers passes, and says what it saw", () => {
  const behind = { ...sound, compactRevision: 3, hash: 1 };
  const silent = new Error("connection refused");
  const world = among([sound, errors.futureRev(), errors.compacted(), behind, silent]);
  assert.equal(initial(world), "passed");
  assert.deepEqual(said(world), [
    "starting initial corruption check",
    "cannot fetch hash from slow remote peer",
    "cannot fetch hash from remote peer; local member is behind",
    "found different compact revision values from remote peer",
    "initial corruption checking passed; no corruption",
  ]);
});

test("a start with another hash than a peer's at the same compaction is refused", () => {
  const world = among([sound, { ...sound, hash: 78 }]);
  assert.match(initial(world), /^1 found data inconsistency with peers$/);
  assert.ok(said(world).includes("found different hash values from remote peer"));
});

test("the periodic check raises one alarm, for the first member that cannot be right", () => {
  for (const [answer, text] of [
    [{ ...sound, hash: 1 }, "same compact revision then hashes must match"],
    [{ ...sound, revision: 11 }, "revision from follower must be less than or equal to leader's"],
    [
      { ...sound, compactRevision: 6 },
      "compact revision from follower must be less than or equal to leader's",
    ],
  ] as const) {
    const world = among([sound, answer, answer]);
    world.checker.periodicCheck((error) => assert.equal(error, undefined));
    assert.deepEqual(world.alarms, [3n], text);
    assert.ok(said(world).includes(text));
    assert.equal(world.lines.at(-1)?.fields["number-of-peers-checked"], 3);
  }
});

test("the periodic check finds this member wrong when its own hash of one state changes", () => {
  const world = among([sound], { hashes: [local, { ...local, hash: 1 }] });
  world.checker.periodicCheck(() => {});
  assert.deepEqual(world.alarms, [1n]);
});

test("the compaction check compares the newest hash all have, once, and no older one", () => {
  const compactions = [3, 5, 8].map((revision) => ({ ...local, revision, compactRevision: 2 }));
  const world = among(() => [{ ...sound, compactRevision: 2 }], { compactions });
  world.checker.compactHashCheck(() => {});
  assert.deepEqual(world.asked, [8]);
  assert.ok(said(world).includes("successfully checked hash on whole cluster"));
  assert.equal(world.lines.at(-1)?.message, "finished compaction hash check");
  world.checker.compactHashCheck(() => {});
  assert.deepEqual(world.asked, [8]);
});

test("the compaction check goes on to older hashes while a member cannot be compared", () => {
  const compactions = [3, 5].map((revision) => ({ ...local, revision, compactRevision: 2 }));
  const world = among([new Error("no route")], { compactions });
  world.checker.compactHashCheck(() => {});
  assert.deepEqual(world.asked, [5, 3]);
  assert.deepEqual(world.alarms, []);
});

test("the compaction check alarms for the minority, and for all when there is no majority", () => {
  const compactions = [local];
  const odd = { ...sound, hash: 1 };
  const minority = among([sound, odd], { compactions });
  minority.checker.compactHashCheck(() => {});
  assert.deepEqual(minority.alarms, [3n]);
  const split = among([odd], { compactions });
  split.checker.compactHashCheck(() => {});
  assert.deepEqual(split.alarms, [0n]);
});

test("checks run while this member leads, one at a time", () => {
  const clock = new HandClock();
  let leads = false;
  const running: (() => void)[] = [];
  const cancel = checkEvery(
    clock,
    100,
    () => leads,
    (done) => running.push(done),
  );
  clock.advance(250);
  assert.equal(running.length, 0);
  leads = true;
  clock.advance(300);
  assert.equal(running.length, 1);
  running[0]!();
  clock.advance(100);
  assert.equal(running.length, 2);
  cancel();
  running[1]!();
  clock.advance(500);
  assert.equal(running.length, 2);
});
