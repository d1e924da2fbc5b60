import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import type { Clock } from "../host/index.ts";
import { HeaderField, RequestHead } from "../http2/index.ts";
import { readCallHead } from "./call-head.ts";
import { type Deadlined, DeadlineWheel } from "./deadline-wheel.ts";
import { quoted } from "./go-text.ts";
import { MessageReader, type MessageSink } from "./message-reader.ts";
import { FieldMetadata } from "./metadata.ts";
import type { MethodHandler } from "./method.ts";
import { encodeMessage } from "./status.ts";
import { parseTimeout } from "./timeout.ts";

test("a status message is percent-encoded UTF-8", () => {
  assert.equal(encodeMessage("etcdserver: key is not provided"), "etcdserver: key is not provided");
  assert.equal(encodeMessage("50% of ä\n"), "50%25 of %C3%A4%0A");
  assert.equal(encodeMessage("\ud83d\ude00"), "%F0%9F%98%80");
});

test("Go's quotes", () => {
  assert.equal(quoted('a"b\\c\n\x01\xff'), '"a\\"b\\\\c\\n\\x01\\xff"');
});

test("grpc-timeout has eight digits and a unit, or grpc-go's complaint", () => {
  const good: [string, number][] = [
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3000],
    ["4m", 4],
    ["5u", 0.005],
    ["0n", 0],
    ["99999999S", 99_999_999_000],
  ];
  for (const [text, ms] of good) assert.ok(Math.abs((parseTimeout(text) as number) - ms) < 1e-9);
  assert.deepEqual(parseTimeout("S"), {
    error: 'transport: timeout string is too short: "S"',
  });
  assert.deepEqual(parseTimeout("123456789S"), {
    error: 'transport: timeout string is too long: "123456789S"',
  });
  assert.deepEqual(parseTimeout("5x"), {
    error: 'transport: timeout unit is not recognized: "5x"',
  });
  assert.deepEqual(parseTimeout("-5S"), {
    error: 'strconv.ParseUint: parsing "-5": invalid syntax',
  });
});

const fieldsOf = (pairs: readonly (readonly [string, string])[]): HeaderField[] =>
  pairs.map(([name, value]) => new HeaderField(name, value));

test("metadata shows what grpc-go shows an application", () => {
  const metadata = new FieldMetadata(
    fieldsOf([
      [":path", "/a/b"],
      ["host", "example"],
      ["te", "trailers"],
      ["token", "one"],
      ["token", "two"],
      ["trace-bin", "AQID"],
      ["padded-bin", "AQ=="],
      ["grpc-timeout", "1S"],
    ]),
  );
  assert.equal(metadata.get("token"), "one");
  assert.deepEqual(metadata.getAll("token"), ["one", "two"]);
  assert.deepEqual([...metadata.getBinary("trace-bin")!], [1, 2, 3]);
  assert.deepEqual([...metadata.getBinary("padded-bin")!], [1]);
  assert.equal(metadata.get(":authority"), "example");
  for (const name of [":path", "te", "grpc-timeout", "absent"]) {
    assert.equal(metadata.get(name), undefined);
    assert.deepEqual(metadata.getAll(name), []);
  }
});

const unary: MethodHandler = { kind: "unary", handle: () => {} };
const methods = new Map([["/pkg.Service/Method", unary]]);

function headOf(
  changes: Readonly<Record<string, string | undefined>>,
  method = "POST",
): RequestHead {
  const fields: Record<string, string | undefined> = {
    ":authority": "localhost",
    "content-type": "application/grpc",
    ...changes,
  };
  const pairs = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  const head = new RequestHead(fieldsOf(pairs), false);
  head.method = method;
  head.path = changes["path"] ?? "/pkg.Service/Method";
  return head;
}

test("calls are turned away with grpc-go's codes and words", () => {
  const cases: [RequestHead, number, number, string][] = [
    [headOf({ path: "/pkg.Service/Nope" }), 200, 12, "unknown method Nope for service pkg.Service"],
    [headOf({ path: "/pkg.Other/Method" }), 200, 12, "unknown service pkg.Other"],
    [headOf({ path: "/pkg.Serv/Method" }), 200, 12, "unknown service pkg.Serv"],
    [headOf({ path: "nothing" }), 200, 12, 'malformed method name: "nothing"'],
    [headOf({ path: "/nothing" }), 200, 12, 'malformed method name: "/nothing"'],
    [headOf({ "content-type": undefined }), 415, 3, 'invalid gRPC request content-type ""'],
    [
      headOf({ "content-type": "application/json" }),
      415,
      3,
      'invalid gRPC request content-type "application/json"',
    ],
    [
      headOf({ "content-type": "application/grpcx" }),
      415,
      3,
      'invalid gRPC request content-type "application/grpcx"',
    ],
    [headOf({ ":authority": undefined }), 400, 13, "no host or :authority header present"],
    [
      headOf({}, "GET"),
      405,
      13,
      'Received a HEADERS frame with :method "GET" which should be POST',
    ],
    [
      headOf({ "grpc-timeout": "1x" }),
      400,
      13,
      'malformed grpc-timeout: transport: timeout unit is not recognized: "1x"',
    ],
    [headOf({ "grpc-timeout": "0S" }), 200, 4, "context deadline exceeded"],
    [headOf({ "grpc-timeout": "1n" }), 200, 4, "context deadline exceeded"],
    [
      headOf({ "x-bin": "A!BC" }),
      400,
      13,
      'malformed binary metadata "A!BC" in header "x-bin": illegal base64 data at input byte 1',
    ],
  ];
  for (const [head, httpStatus, code, message] of cases) {
    assert.deepEqual(readCallHead(head, methods).refusal, { httpStatus, code, message });
  }
  assert.equal(readCallHead(headOf({}), methods).refusal, undefined);
  const two = new RequestHead(
    fieldsOf([
      ["content-type", "application/grpc"],
      ["host", "a"],
      ["host", "b"],
    ]),
    false,
  );
  assert.equal(
    readCallHead(two, methods).refusal?.message,
    "num values of :authority: 0, num values of host: 2, both must only have 1 value as per HTTP/2 spec",
  );
});

test("a call is answered in the subtype it was asked in", () => {
  const typeOf = (contentType: string): string =>
    readCallHead(headOf({ "content-type": contentType }), methods).contentType;
  assert.equal(typeOf("application/grpc"), "application/grpc");
  assert.equal(typeOf("application/grpc+"), "application/grpc");
  assert.equal(typeOf("application/grpc+proto"), "application/grpc+proto");
  assert.equal(typeOf("application/grpc;proto"), "application/grpc+proto");
});

class Collector implements MessageSink {
  readonly messages: string[] = [];
  wantsMessages = true;
  isDone = false;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }
  admits(length: number): boolean {
    this.isDone ||= length > this.#max;
    return !this.isDone;
  }
  onMessage(flag: number, bytes: Uint8Array, start: number, end: number): void {
    this.messages.push(`${flag}:${Buffer.from(bytes.subarray(start, end)).toString("latin1")}`);
  }
}

const envelope = (flag: number, message: string): Buffer => {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, Buffer.from(message, "latin1")]);
};

test("messages cut anywhere, or kept while nobody wants them, come whole and in order", () => {
  const seed = 17;
  const random = seededRandom(seed);
  for (let round = 0; round < 400; round++) {
    const collector = new Collector(10_000);
    const reader = new MessageReader(collector);
    const messages = Array.from({ length: random.below(8) }, (_none, at) =>
      String.fromCharCode(97 + at).repeat(random.below(3) === 0 ? 0 : random.below(6000)),
    );
    const bytes = Buffer.concat(messages.map((message) => envelope(0, message)));
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + random.below(round % 2 === 0 ? 9 : 3000));
      if (random.below(10) === 0) collector.wantsMessages = !collector.wantsMessages;
      if (collector.wantsMessages) reader.drain();
      reader.push(bytes, at, end);
      assert.ok(reader.missing <= 10_005 && reader.held <= bytes.length, `seed ${seed}`);
      at = end;
    }
    collector.wantsMessages = true;
    reader.drain();
    assert.deepEqual(
      collector.messages,
      messages.map((message) => `0:${message}`),
      `seed ${seed} round ${round}`,
    );
    assert.equal(reader.held, 0);
  }
});

test("a message too large is refused from its prefix and nothing of it is kept", () => {
  const collector = new Collector(100);
  const reader = new MessageReader(collector);
  const bytes = Buffer.concat([envelope(0, "fine"), envelope(0, "x".repeat(101))]);
  reader.push(bytes, 0, 13);
  reader.push(bytes, 13, 14);
  assert.deepEqual(collector.messages, ["0:fine"]);
  assert.ok(collector.isDone);
  assert.equal(reader.held, 0);
  reader.push(bytes, 14, bytes.length);
  assert.equal(reader.held, 0);
});

test("a length is believed only as its bytes come", () => {
  const collector = new Collector(0xffff_ffff);
  const reader = new MessageReader(collector);
  reader.push(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]), 0, 8);
  assert.equal(reader.held, 8);
  assert.equal(reader.missing, 0xffff_ffff - 3);
});

/** A clock that moves by hand. */
class HandClock implements Clock {
  #nowMs = 0;
  #timers: { at: number; fn: () => void }[] = [];
  nowMs = (): number => this.#nowMs;
  wallMs = (): number => this.#nowMs;
  soon = (fn: () => void): void => fn();
  later = (fn: () => void): void => fn();
  after = (ms: number, fn: () => void): (() => void) => {
    const timer = { at: this.#nowMs + ms, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  get timers(): number {
    return this.#timers.length;
  }
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#nowMs);
    this.#timers = this.#timers.filter(({ at }) => at > this.#nowMs);
    for (const { fn } of due) fn();
  }
}

test("deadlines expire once, never early, and at most two slots late", () => {
  const seed = 23;
  const random = seededRandom(seed);
  const clock = new HandClock();
  const wheel = new DeadlineWheel(clock);
  const live = new Set<Deadlined>();
  for (let step = 0; step < 4000; step++) {
    if (random.below(3) > 0) {
      const deadlineMs = clock.nowMs() + random.below(random.below(10) === 0 ? 60_000 : 3000);
      const entry: Deadlined = {
        deadlineMs,
        wheelNext: undefined,
        wheelPrevious: undefined,
        wheelSlot: -1,
        onDeadline: () => {
          assert.ok(live.delete(entry), `seed ${seed}: once`);
          const lateMs = clock.nowMs() - deadlineMs;
          assert.ok(lateMs >= 0 && lateMs <= 20, `seed ${seed}: ${lateMs} ms late`);
          const [other] = live;
          if (other !== undefined && random.below(4) === 0) drop(other);
        },
      };
      live.add(entry);
      wheel.add(entry);
    } else if (live.size > 0) {
      drop([...live][random.below(live.size)]!);
    }
    clock.advance(random.below(8));
    assert.equal(wheel.size, live.size, `seed ${seed}`);
    assert.ok(clock.timers <= 1, "one timer for all");
  }
  for (let at = 0; at < 70_000 / 5; at++) clock.advance(5);
  assert.equal(live.size, 0);
  assert.equal(clock.timers, 0, "no deadline, no timer");

  function drop(entry: Deadlined): void {
    live.delete(entry);
    wheel.remove(entry);
  }
});
