import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EntryType,
  type Message,
  MessageType,
  newEntry,
  newMessage,
} from "../../core/raft/index.ts";
import { CommitNotices } from "./commit-notices.ts";
import { HandClock } from "./testing.ts";

const [first, second] = [1n, 2n];

const notice = (to: bigint, commit: number): Message => ({
  ...newMessage(MessageType.MsgApp, to),
  commit,
});

const append = (to: bigint, commit: number): Message => ({
  ...notice(to, commit),
  entries: [newEntry(EntryType.EntryNormal, Uint8Array.of(1))],
});

const asks = (type: MessageType, from: bigint): Message => ({ ...newMessage(type, 9n), from });

interface Bench {
  readonly clock: HandClock;
  readonly notices: CommitNotices;
  /** As `member:commit`, those with entries marked; each delivery is one item. */
  readonly sent: string[];
}

function bench(): Bench {
  const clock = new HandClock();
  const sent: string[] = [];
  const text = ({ to, commit, entries }: Message): string =>
    `${to}:${commit}${entries.length > 0 ? "+" : ""}`;
  const notices = new CommitNotices(clock, (messages) => sent.push(messages.map(text).join(" ")));
  return { clock, notices, sent };
}

test("what tells only of commits goes a millisecond later", () => {
  const { clock, notices, sent } = bench();
  notices.send([notice(first, 5), notice(second, 5)]);
  clock.advance(0.5);
  assert.deepEqual(sent, []);
  clock.advance(0.5);
  assert.deepEqual(sent, ["1:5 2:5"]);
  clock.advance(10);
  assert.equal(sent.length, 1);
});

test("the newest notice goes, and no later than the first would have gone", () => {
  const { clock, notices, sent } = bench();
  for (let commit = 1; commit <= 12; commit++) {
    notices.send([notice(first, commit)]);
    clock.advance(0.25);
  }
  assert.deepEqual(sent, ["1:4", "1:8", "1:12"]);
});

test("an append that goes to the same member takes the place of a notice", () => {
  const { clock, notices, sent } = bench();
  notices.send([notice(first, 5), notice(second, 5)]);
  notices.send([append(first, 6)]);
  clock.advance(10);
  assert.deepEqual(sent, ["1:6+", "2:5"]);
});

test("a notice behind an append in one batch is held, not lost", () => {
  const { clock, notices, sent } = bench();
  notices.send([append(first, 5), notice(first, 6)]);
  assert.deepEqual(sent, ["1:5+"]);
  clock.advance(1);
  assert.deepEqual(sent, ["1:5+", "1:6"]);
});

test("other messages are never held", () => {
  const { notices, sent } = bench();
  notices.send([newMessage(MessageType.MsgHeartbeat, first)]);
  assert.equal(sent.length, 1);
});

test("who proposes or reads through another member is told at once, for a second", () => {
  for (const type of [MessageType.MsgProp, MessageType.MsgReadIndex]) {
    const { clock, notices, sent } = bench();
    notices.heard(asks(type, first));
    notices.send([notice(first, 5), notice(second, 5)]);
    assert.deepEqual(sent, ["1:5"]);
    clock.advance(1001);
    assert.deepEqual(sent, ["1:5", "2:5"]);
    notices.send([notice(first, 6)]);
    assert.equal(sent.length, 2);
  }
});

test("what only answers asks for nothing", () => {
  const { notices, sent } = bench();
  notices.heard(asks(MessageType.MsgAppResp, first));
  notices.send([notice(first, 5)]);
  assert.deepEqual(sent, []);
});

test("a member that stops sends nothing more", () => {
  const { clock, notices, sent } = bench();
  notices.send([notice(first, 5)]);
  notices.stop();
  clock.advance(10);
  assert.deepEqual(sent, []);
});
