import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../../base/index.ts";
import { encodeConfChangeContext } from "../../core/membership/index.ts";
import {
  encodeConfChange,
  encodeInternalRaftRequest,
  encodePutRequest,
  makeConfChange,
  makeInternalRaftRequest,
  makePutRequest,
  makeRequestHeader,
} from "../../core/proto/index.ts";
import { type Entry, EntryType, MemoryStorage, newEntry } from "../../core/raft/index.ts";
import { HandClock, HandWal, testClusterId, testMemberId, testServer } from "./testing.ts";

/** The log of a member that was killed: its puts are durable, that they were committed is not. */
function logOfKilledMember(puts: number): MemoryStorage {
  const peerUrls = ["http://localhost:2380"];
  const member = { id: testMemberId, peerUrls, isLearner: false, name: "", clientUrls: [] };
  const context = encodeConfChangeContext({ member, isPromote: false });
  const joining = encodeConfChange(makeConfChange({ nodeId: testMemberId, context }));
  const entries: Entry[] = [newEntry(EntryType.EntryConfChange, joining)];
  for (let at = 0; at < puts; at++) {
    const value = encodePutRequest(makePutRequest({ key: encodeUtf8(`k${at}`) }));
    const header = makeRequestHeader({ ID: BigInt(at + 1) });
    const request = makeInternalRaftRequest({ header, request: { case: "put", value } });
    entries.push(newEntry(EntryType.EntryNormal, encodeInternalRaftRequest(request)));
  }
  for (const [at, entry] of entries.entries()) Object.assign(entry, { term: 1, index: at + 1 });
  const storage = new MemoryStorage();
  storage.setHardState({ term: 1, vote: testMemberId, commit: 1 });
  storage.append(entries);
  return storage;
}

test("a linearizable read after a kill waits for everything that was acknowledged before it", () => {
  const clock = new HandClock();
  const wal = new HandWal(clock);
  const booted = {
    id: testMemberId,
    clusterId: testClusterId,
    wal: wal.asWal,
    storage: logOfKilledMember(5),
    peers: [],
    snapshotIndex: 0,
  };
  const { server } = testServer({}, { booted, clock });
  wal.isPrompt = false;
  const seen: number[] = [];
  server.start(() => {});
  let isAsked = false;
  for (let round = 0; round < 20 && seen.length === 0; round++) {
    clock.settle();
    if (server.member.isLeader && !isAsked) {
      // It leads, but no entry of its term is durable: its commit index is the one from the log.
      isAsked = true;
      server.member.readIndex((error) => {
        assert.equal(error, undefined);
        seen.push(server.store.currentRevision);
      });
      clock.settle();
    }
    clock.advance(10);
    if (wal.saves.length > 0) wal.finish();
  }
  assert.deepEqual(seen, [6]);
});
