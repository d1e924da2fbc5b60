import assert from "node:assert/strict";
import { test } from "node:test";
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  AlarmType,
  encodePutRequest,
  makePutRequest,
  type PutRequest,
} from "../../core/proto/index.ts";
import { memoryBackendHost } from "./backend-host.ts";
import { watchSpace } from "./space-watch.ts";
import { leadingServer, type TestServer } from "./testing.ts";

function put({ server, clock }: TestServer): unknown {
  const request: PutRequest = makePutRequest({ key: Buffer.of(1), value: Buffer.of(2) });
  let answer: unknown = "nothing";
  server.writes.put(request, encodePutRequest(request), (outcome) => (answer = outcome));
  clock.advance(100);
  return answer;
}

const isDone = (answer: unknown): boolean => answer !== "nothing" && !(answer instanceof EtcdError);

for (const clears of [false, true]) {
  test(`a full disk refuses writes with NOSPACE; with room again the alarm ${
    clears ? "is taken back when the flag says so" : "waits for an operator, as etcd's does"
  }`, () => {
    let isFull = false;
    const backend = { ...memoryBackendHost(), isDiskFull: () => isFull };
    const test = leadingServer({}, { backend });
    if (clears) watchSpace(test.server);
    assert.ok(isDone(put(test)));
    isFull = true;
    assert.equal(put(test), errors.noSpace());
    assert.ok(test.server.alarms.isRaised(AlarmType.NOSPACE));
    test.clock.advance(10_000);
    assert.ok(test.server.alarms.isRaised(AlarmType.NOSPACE), "while it is full");
    isFull = false;
    test.clock.advance(10_000);
    assert.equal(test.server.alarms.isRaised(AlarmType.NOSPACE), !clears);
    if (clears) assert.ok(isDone(put(test)));
    else assert.equal(put(test), errors.noSpace());
  });
}
