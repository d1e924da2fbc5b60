import assert from "node:assert/strict";
import { test } from "node:test";
import { HandshakeQueue } from "./handshake-queue.ts";

const pace = { perSecond: 10, burst: 3, waitingMax: 6 };

test("a burst begins at once, the rest at the pace, and a quiet time gives the burst back", () => {
  const queue = new HandshakeQueue<number>(pace, 0);
  const begun = Array.from({ length: 8 }, (_, at) => queue.offer(at, "a", 0).isNow);
  assert.deepEqual(begun, [true, true, true, false, false, false, false, false]);
  assert.equal(queue.next(99), undefined);
  assert.deepEqual(queue.next(100), { item: 3, sinceMs: 0 });
  assert.equal(queue.next(100), undefined);
  assert.deepEqual(
    [queue.next(300)?.item, queue.next(300)?.item, queue.next(300)],
    [4, 5, undefined],
  );
  assert.equal(queue.offer(8, "a", 400).isNow, false, "nobody passes those who wait");
  assert.deepEqual(
    [queue.next(9_000)?.item, queue.next(9_000)?.item, queue.next(9_000)?.item],
    [6, 7, 8],
  );
  assert.equal(queue.waiting, 0);
  assert.equal(queue.offer(9, "a", 20_000).isNow, true);
});

test("each address has its own line, and they take turns", () => {
  const queue = new HandshakeQueue<string>({ ...pace, burst: 1 }, 0);
  for (const item of ["a0", "a1", "a2", "a3"]) queue.offer(item, "a", 0);
  for (const item of ["b1", "b2"]) queue.offer(item, "b", 0);
  const order = [100, 200, 300, 400, 500].map((nowMs) => queue.next(nowMs)?.item);
  assert.deepEqual(order, ["a1", "b1", "a2", "b2", "a3"]);
});

test("when too many wait the longest line loses its last, not who came last", () => {
  const queue = new HandshakeQueue<string>({ ...pace, burst: 0 }, 0);
  for (let at = 0; at < 5; at++) queue.offer(`a${at}`, "a", 0);
  assert.deepEqual(queue.offer("b", "b", 0), { isNow: false });
  assert.deepEqual(queue.offer("c", "c", 0), { isNow: false, dropped: "a4" });
  assert.equal(queue.waiting, pace.waitingMax);
});
