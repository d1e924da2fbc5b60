import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, seededRandom, zeroId } from "../../base/index.ts";
import { MemoryBackend, Store } from "./index.ts";
import { WatchHub } from "./watch/index.ts";
import { RecordingSink, type SeenEvent, specOf } from "./watch/test-fixture.ts";

const everything = { rangeEnd: "\x00", previousKv: true };

const eventsOf = (sink: RecordingSink): SeenEvent[] =>
  sink.seen.flatMap((response) => (response.kind === "events" ? response.events : []));

test("a watcher that reads the store's history is told what a watcher was told as it happened", () => {
  const random = seededRandom(3);
  const store = new Store(new MemoryBackend());
  const hub = new WatchHub({
    source: store,
    random: seededRandom(4),
    progressIntervalMs: 1000,
  });
  const live = new RecordingSink();
  hub.openStream(live).create(specOf("\x00", everything));
  for (let round = 0; round < 400; round++) {
    const tx = store.write();
    for (let changes = 1 + random.below(3); changes > 0; changes--) {
      const key = bytesFromLatin1(`k${random.below(9)}`);
      if (random.below(3) === 0) tx.deleteRange(key, "single");
      else tx.put(key, bytesFromLatin1(`v${round}`), zeroId);
    }
    const { revision, events } = tx.end();
    if (events.length > 0) hub.publish(revision, events);
    hub.flush();
  }
  const late = new RecordingSink();
  hub.openStream(late).create(specOf("\x00", { ...everything, startRevision: 1 }));
  while (hub.catchUp(50)) continue;
  assert.ok(eventsOf(live).length > 400);
  assert.deepEqual(eventsOf(late), eventsOf(live));
});
