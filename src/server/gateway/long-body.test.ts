import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { env } from "node:process";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { decodePutRequest } from "../../core/proto/index.ts";
import type { MethodHandler } from "../../io/grpc/index.ts";
import { HandClock } from "../member/testing.ts";
import { Body } from "./body.ts";
import type { BodyEvents, Exchange } from "./exchange.ts";
import { Gateway } from "./gateway.ts";
import { JsonError } from "./json-error.ts";
import { decodeLongBase64 } from "./long-base64.ts";

const MiB = 1024 * 1024;
const chunkBytes = 65_536;

function bodyOf(text: Buffer): Body {
  const body = new Body(text.length);
  for (let at = 0; at < text.length; at += chunkBytes) {
    body.push(text.subarray(at, at + chunkBytes));
  }
  return body;
}

test("long base64 is decoded in pieces, and what is not plain base64 is left to the decoder", (context) => {
  const seed = env["SEED"] === undefined ? randomInt(2 ** 31) : Number(env["SEED"]);
  context.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 40; round++) {
    const content = Buffer.from(
      Uint8Array.from({ length: 49_152 + random.below(60_000) }, () => random.below(256)),
    );
    const padded = content.toString("base64");
    for (const text of [padded, padded.replace(/=+$/, ""), content.toString("base64url")]) {
      const bytes = Buffer.from(`"${text}"`);
      assert.deepEqual(decodeLongBase64(bytes, 1, bytes.length - 1), content);
      const odd = "\n\\=*\u0080".charCodeAt(random.below(5));
      bytes[1 + random.below(text.length - 2)] = odd;
      assert.equal(decodeLongBase64(bytes, 1, bytes.length - 1), undefined, `an octet ${odd}`);
    }
  }
  const mixed = Buffer.from(`${"+A".repeat(chunkBytes)}${"-A".repeat(chunkBytes)}`);
  assert.equal(decodeLongBase64(mixed, 0, mixed.length), undefined);
  assert.equal(decodeLongBase64(mixed, 0, 100), undefined);
});

test("a long body is one value, whatever follows it, and its fault is told at its end", () => {
  const value = `{"key":"${"YWFh".repeat(MiB / 4)}"}`;
  const read = (text: string): string =>
    Buffer.from(bodyOf(Buffer.from(text)).firstValue()).toString();
  assert.equal(read(value), value);
  assert.equal(read(`${value} and more ${"x".repeat(3 * chunkBytes)}`), value);
  assert.equal(read(" ".repeat(2 * MiB)), "{}");
  const broken = bodyOf(Buffer.from(`{"key":"\u0001${"YWFh".repeat(MiB / 4)}"}`));
  const message = String.raw`invalid character '\x01' in string literal`;
  assert.throws(() => broken.firstValue(), new JsonError(message));
  const cut = bodyOf(Buffer.from(value.slice(0, -1)));
  assert.throws(() => cut.firstValue(), new JsonError("unexpected EOF"));
});

test("a long request is carried out in a turn of its own, unless its client has gone", () => {
  const clock = new HandClock();
  const taken: number[] = [];
  const put: MethodHandler = {
    kind: "unary",
    handle: (_call, request) => void taken.push(decodePutRequest(request).value.length),
  };
  const methods = new Map([["/etcdserverpb.KV/Put", put]]);
  const gateway = new Gateway({ methods, maxReceiveBytes: 8 * MiB, clock });
  const text = Buffer.from(`{"key":"YQ==","value":"${"YWFh".repeat(MiB)}"}`);
  const post = (): Exchange => {
    let events: BodyEvents | undefined;
    const exchange: Exchange = {
      headers: { "content-length": String(text.length) },
      remoteAddress: "",
      isEndless: false,
      waitingBytes: 0,
      onDrain: undefined,
      onGone: undefined,
      read: (told) => void (events = told),
      pause: () => {},
      resume: () => {},
      answer: () => {},
      begin: () => {},
      line: () => {},
      finish: () => {},
    };
    gateway.serve("POST", "/v3/kv/put", exchange);
    for (let at = 0; at < text.length; at += chunkBytes) {
      events!.bytes(text.subarray(at, at + chunkBytes));
    }
    events!.end();
    return exchange;
  };
  post();
  assert.deepEqual(taken, []);
  clock.advance(1);
  assert.deepEqual(taken, [3 * MiB]);
  post().onGone!();
  clock.advance(1);
  assert.deepEqual(taken, [3 * MiB]);
});
