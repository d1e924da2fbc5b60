import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { Code } from "../../core/errors/index.ts";
import {
  decodePutRequest,
  decodeTxnRequest,
  encodePutResponse,
  encodeWatchResponse,
  makePutResponse,
  makeWatchResponse,
  messageDescriptors,
  serviceDescriptors,
} from "../../core/proto/index.ts";
import { type MethodHandler, MethodCounts, type ServerCall } from "../../io/grpc/index.ts";
import { HandClock } from "../member/testing.ts";
import type { BodyEvents, Exchange } from "./exchange.ts";
import { fromJson } from "./from-json.ts";
import { Gateway } from "./gateway.ts";
import { JsonError } from "./json-error.ts";
import { JsonValues } from "./json-values.ts";
import { openApi } from "./open-api.ts";
import { routes } from "./routes.ts";
import { toJson } from "./to-json.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

class TestExchange implements Exchange {
  headers: Record<string, string> = {};
  remoteAddress = "127.0.0.1:1";
  isEndless = false;
  onDrain: (() => void) | undefined;
  onGone: (() => void) | undefined;
  waitingBytes = 0;
  status = 0;
  body = "";
  isOver = false;
  isPaused = false;
  events: BodyEvents | undefined;

  read(events: BodyEvents): void {
    this.events = events;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  answer(status: number, _headers: unknown, json: string): void {
    assert.equal(this.isOver, false, "a request is answered once");
    this.status = status;
    this.body = json;
    this.isOver = true;
  }
  begin(status: number): void {
    assert.equal(this.status, 0, "an answer begins once");
    this.status = status;
  }
  line(json: string): void {
    this.body += json;
  }
  finish(): void {
    this.isOver = true;
  }
  write(text: string): void {
    this.events!.bytes(bytes(text));
  }
}

const put: MethodHandler = {
  kind: "unary",
  handle: (call, request) => {
    const { key } = decodePutRequest(request);
    if (key.length === 0) {
      return call.end({ code: Code.InvalidArgument, message: "etcdserver: key is not provided" });
    }
    if (key[0] === 0x21) throw new Error("planted");
    call.reply(encodePutResponse(makePutResponse()));
  },
};

function gatewayWith(watch?: MethodHandler): {
  gateway: Gateway;
  clock: HandClock;
  counts: Map<string, MethodCounts>;
} {
  const clock = new HandClock();
  const methods = new Map([["/etcdserverpb.KV/Put", put]]);
  if (watch !== undefined) methods.set("/etcdserverpb.Watch/Watch", watch);
  const counts = new Map(
    [...methods.keys()].map((path) => [path, new MethodCounts({ isTimed: false })]),
  );
  return { gateway: new Gateway({ methods, counts, maxReceiveBytes: 1000, clock }), clock, counts };
}

function post(gateway: Gateway, path: string, body: string, headers = {}): TestExchange {
  const exchange = new TestExchange();
  Object.assign(exchange.headers, headers);
  gateway.serve("POST", path, exchange);
  exchange.events?.bytes(bytes(body));
  exchange.events?.end();
  return exchange;
}

test("every method of etcd's API has a path, except those etcd gives none", () => {
  const routed = new Set([...routes.values()].map(({ method }) => method));
  const without = Object.entries(serviceDescriptors)
    .flatMap(([service, methods]) => methods.map(({ path }) => ({ service, path })))
    .filter(({ service }) => service !== "grpc.health.v1.Health")
    .map(({ path }) => path)
    .filter((path) => !routed.has(path));
  assert.deepEqual(without, ["/etcdserverpb.KV/RangeStream"]);
  assert.equal(routes.size, 51);
});

test("the OpenAPI document in docs is made of today's schemas", () => {
  const committed = readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8");
  const { info } = JSON.parse(committed) as { info: { version: string } };
  assert.equal(committed, `${JSON.stringify(openApi(info.version), undefined, 2)}\n`);
  for (const [, name = ""] of committed.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    assert.ok(committed.includes(`"${name}": {`), name);
  }
});

test("a unary call answers once, with its status as HTTP has it", () => {
  const { gateway, counts } = gatewayWith();
  const ok = post(gateway, "/v3/kv/put", `{"key":"YQ=="}`);
  assert.deepEqual([ok.status, ok.body], [200, "{}"]);
  const refused = post(gateway, "/v3/kv/put", "");
  assert.deepEqual(
    [refused.status, refused.body],
    [400, `{"code":3,"message":"etcdserver: key is not provided"}`],
  );
  const unbuilt = post(gateway, "/v3/auth/enable", "{}");
  assert.deepEqual(
    [unbuilt.status, unbuilt.body],
    [501, `{"code":12,"message":"unknown service etcdserverpb.Auth"}`],
  );
  const other = post(gateway, "/v3/kv/range", "{}");
  assert.match(other.body, /unknown method Range for service etcdserverpb.KV/);
  const { started, received, sent, handled } = counts.get("/etcdserverpb.KV/Put")!;
  assert.deepEqual([started, received, sent, handled[0], handled[3]], [2, 2, 1, 1, 1]);
});

test("a handler that throws fails its call alone", () => {
  const { gateway } = gatewayWith();
  const { status, body } = post(gateway, "/v3/kv/put", `{"key":"IQ=="}`);
  assert.deepEqual([status, body], [500, `{"code":13,"message":"internal error"}`]);
});

test("a body is refused as soon as it is too long, and a message when it is", () => {
  const { gateway } = gatewayWith();
  const exchange = new TestExchange();
  gateway.serve("POST", "/v3/kv/put", exchange);
  const piece = "x".repeat(1000);
  for (let sent = 0; sent <= gateway.bodyBytesMax; sent += 1000) exchange.write(piece);
  assert.equal(exchange.status, 429);
  exchange.write(piece);
  exchange.events!.end();
  const message = post(gateway, "/v3/kv/put", `{"key":"${"YWFh".repeat(400)}"}`);
  assert.match(message.body, /received message larger than max \(\d+ vs. 1000\)/);
});

test("a deadline in Grpc-Timeout ends the call", () => {
  let opened: ServerCall | undefined;
  const { gateway, clock } = gatewayWith({
    kind: "stream",
    open: (call) => {
      opened = call;
      return { message: () => {}, halfClose: () => {} };
    },
  });
  const reasons: string[] = [];
  const exchange = post(gateway, "/v3/watch", "", { "grpc-timeout": "50m" });
  opened!.onCancel = (reason) => reasons.push(reason);
  clock.advance(60);
  assert.deepEqual(reasons, ["deadline"]);
  assert.equal(exchange.status, 504);
  assert.match(exchange.body, /"code":4,"message":"context deadline exceeded"/);
});

test("a stream takes requests in any pieces, stops while it is paused, and ends with its client", () => {
  const seen: Uint8Array[] = [];
  let opened: ServerCall | undefined;
  let halfClosed = 0;
  const { gateway, counts } = gatewayWith({
    kind: "stream",
    open: (call) => {
      opened = call;
      return { message: (request) => seen.push(request), halfClose: () => halfClosed++ };
    },
  });
  const exchange = new TestExchange();
  gateway.serve("POST", "/v3/watch", exchange);
  const text = `{"create_request":{"key":"YQ=="}}{"progress_request":{}} {"cancel_request":{}}`;
  for (const character of text.slice(0, 60)) exchange.write(character);
  assert.equal(seen.length, 2);
  opened!.pause();
  exchange.write(text.slice(60));
  assert.equal(seen.length, 2);
  opened!.resume();
  assert.equal(seen.length, 3);
  opened!.send(encodeWatchResponse(makeWatchResponse({ cancelReason: "<é&>", canceled: true })));
  assert.equal(
    exchange.body,
    `{"result":{"canceled":true,"cancel_reason":"\\u003cé\\u0026\\u003e"}}\n`,
  );
  exchange.write("}");
  assert.equal(halfClosed, 1, "what is no JSON closes the client's side");
  exchange.write("{}");
  assert.equal(seen.length, 3);
  let cancelled = "";
  opened!.onCancel = (reason) => (cancelled = reason);
  exchange.onGone!();
  assert.deepEqual([cancelled, opened!.ended], ["connection", true]);
  assert.equal(counts.get("/etcdserverpb.Watch/Watch")!.handled[Code.Canceled], 1);
});

test("what was printed is read back as the same bytes, for random messages of every type", (context) => {
  const seed = Number(env["SEED"] ?? randomInt(1e9));
  context.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  const routed = new Set(
    [...routes.values()].flatMap(({ request, response }) => [request, response]),
  );
  let compared = 0;
  for (let round = 0; round < 5000; round++) {
    for (const type of routed) {
      if (random.below(40) !== 0) continue;
      const raw = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
      const { decode, encode } = messageDescriptors[type]!;
      let message: object;
      try {
        message = decode(raw);
      } catch {
        continue;
      }
      const json = toJson(type, encode(message as never));
      const again = fromJson(type, bytes(json));
      assert.equal(toJson(type, again), json);
      compared++;
    }
  }
  assert.ok(compared > 300, `${compared} messages`);
});

test("values are cut where Go cuts them, however the body is divided", (context) => {
  const seed = Number(env["SEED"] ?? randomInt(1e9));
  context.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  const alphabet = `{}[]",:\\ \nu0019-.eEtrufalsn`;
  for (let round = 0; round < 8000; round++) {
    const length = random.below(24);
    const text = Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
    const whole = cut([text]);
    const at = random.below(length + 1);
    assert.deepEqual(cut([text.slice(0, at), text.slice(at)]), whole, JSON.stringify(text));
    const [first] = whole;
    if (first === undefined || first.startsWith("error")) {
      assert.throws(() => JSON.parse(text), SyntaxError, JSON.stringify(text));
    } else JSON.parse(first);
  }
});

function cut(pieces: readonly string[]): string[] {
  const values = new JsonValues();
  const found: string[] = [];
  const take = (next: () => Uint8Array | undefined): void => {
    for (let value = next(); value !== undefined; value = next()) {
      found.push(new TextDecoder().decode(value));
    }
  };
  try {
    for (const piece of pieces) {
      values.push(bytes(piece));
      take(() => values.next());
    }
    take(() => values.finish());
  } catch (error) {
    assert.ok(error instanceof JsonError);
    found.push(`error ${error.message}`);
  }
  return found;
}

test("nesting to the limit is read, and no deeper", () => {
  const nested = (levels: number): string =>
    `{"success":[{"request_txn":`.repeat(levels) + "{}" + "}]}".repeat(levels);
  const request = fromJson("etcdserverpb.TxnRequest", bytes(nested(100)));
  assert.equal(decodeTxnRequest(request).success.length, 1);
  const { gateway } = gatewayWith();
  const deep = post(gateway, "/v3/kv/put", nested(400));
  assert.match(deep.body, /exceeded max depth/);
});
