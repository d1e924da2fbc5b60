// Calls that are wrong in one way each, said byte for byte the same to real etcd and to us: HTTP
// status, content type, grpc-status, grpc-message and how the stream ends must be alike.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { isDeepStrictEqual } from "node:util";
import { GrpcServer, type MethodHandler } from "../../../src/io/grpc/index.ts";
import { nodeClock } from "../../../src/io/host/node/index.ts";
import { gunzip, Mux } from "../../../src/io/http/index.ts";
import { frameFlag, frameType } from "../../../src/io/http2/frame.ts";
import { HpackDecoder } from "../../../src/io/http2/hpack/decoder.ts";
import { ServerProcess } from "../../e2e/server-process.ts";
import { envelope, RawClient, requestTo } from "./raw-client.ts";

const path = "/etcdserverpb.KV/Range";
const good = envelope("");
type Fields = readonly (readonly [string, string])[];

interface Wrong {
  readonly fields: Fields;
  readonly body?: Uint8Array;
  /** The client's side stays open. */
  readonly open?: boolean;
}

const without = (name: string): Fields => requestTo(path).filter(([other]) => other !== name);
const changed = (name: string, value: string): Fields =>
  requestTo(path).map(([other, old]) => [other, other === name ? value : old]);

const wrongSum = gzipSync(Buffer.alloc(9));
wrongSum.fill(7, wrongSum.length - 8, wrongSum.length - 4);

const cases: Readonly<Record<string, Wrong>> = {
  "an unknown method": { fields: changed(":path", "/etcdserverpb.KV/Nope") },
  "an unknown service": { fields: changed(":path", "/etcdserverpb.Nope/Range") },
  "a path without a method": { fields: changed(":path", "/nope") },
  "a path without a slash": { fields: changed(":path", "nope") },
  "a path with quotes": { fields: changed(":path", '/a"b') },
  "an unknown method with octets above ASCII": {
    fields: changed(":path", "/etcdserverpb.KV/\u00c3\u00a4"),
  },
  "another content type": { fields: changed("content-type", "application/json") },
  "no content type": { fields: without("content-type") },
  "a subtype": {
    fields: changed("content-type", "application/grpc+proto"),
    body: envelope("", 0, 9_999_999),
  },
  "an unknown subtype": {
    fields: changed("content-type", "application/grpc+nope"),
    body: envelope("", 0, 9_999_999),
  },
  "another method": { fields: changed(":method", "GET") },
  "no authority": { fields: without(":authority") },
  "two hosts": { fields: requestTo(path, ["host", "a"], ["host", "b"]) },
  "a timeout without a unit": { fields: requestTo(path, ["grpc-timeout", "5"]) },
  "a timeout with a bad unit": { fields: requestTo(path, ["grpc-timeout", "5x"]) },
  "a timeout too long": { fields: requestTo(path, ["grpc-timeout", "1234567890S"]) },
  "a timeout that is no number": { fields: requestTo(path, ["grpc-timeout", "x5S"]) },
  "a timeout of nothing": { fields: requestTo(path, ["grpc-timeout", "0n"]) },
  "a timeout of a nanosecond": { fields: requestTo(path, ["grpc-timeout", "1n"]) },
  "a timeout of a nanosecond for a stream": {
    fields: requestTo("/etcdserverpb.Watch/Watch", ["grpc-timeout", "1n"]),
  },
  "bad binary metadata": { fields: requestTo(path, ["x-bin", "A!BC"]) },
  "an unknown encoding": { fields: requestTo(path, ["grpc-encoding", "zippy"]) },
  "a plain message where gzip is allowed": { fields: requestTo(path, ["grpc-encoding", "gzip"]) },
  "a gzip message": {
    fields: requestTo(path, ["grpc-encoding", "gzip"]),
    body: envelope(gzipSync(Buffer.alloc(0)), 1),
  },
  "what is not gzip": {
    fields: requestTo(path, ["grpc-encoding", "gzip"]),
    body: envelope("0123456789abcdefghij", 1),
  },
  "gzip with a wrong sum": {
    fields: requestTo(path, ["grpc-encoding", "gzip"]),
    body: envelope(wrongSum, 1),
  },
  "gzip that unpacks to too much": {
    fields: requestTo(path, ["grpc-encoding", "gzip"]),
    body: envelope(gzipSync(Buffer.alloc(2_097_153)), 1),
  },
  "the compressed flag without an encoding": { fields: requestTo(path), body: envelope("", 1) },
  "a flag of 2": { fields: requestTo(path), body: envelope("", 2) },
  "a flag of 255": { fields: requestTo(path), body: envelope("", 255) },
  "a message one byte too large": {
    fields: requestTo(path),
    body: envelope("", 0, 2_097_153),
    open: true,
  },
  "a length of 2^31": { fields: requestTo(path), body: envelope("", 0, 2 ** 31), open: true },
  "a length of 2^32-1": { fields: requestTo(path), body: envelope("", 0, 2 ** 32 - 1), open: true },
  "no message": { fields: requestTo(path), body: new Uint8Array(0) },
  "half a prefix": { fields: requestTo(path), body: new Uint8Array(3) },
  "half a message": { fields: requestTo(path), body: envelope("abc", 0, 10) },
  "no message of a stream": {
    fields: changed(":path", "/etcdserverpb.Maintenance/Snapshot"),
    body: new Uint8Array(0),
  },
  "half a message of a stream": {
    fields: changed(":path", "/etcdserverpb.Watch/Watch"),
    body: envelope("abc", 0, 10),
  },
  "too large a message of a stream": {
    fields: changed(":path", "/etcdserverpb.Watch/Watch"),
    body: envelope("", 0, 2_097_153),
    open: true,
  },
};

/** What a client learns: the fields of all header blocks, and the reset that may follow. */
async function answerOf(
  port: number,
  { fields, body = good, open = false }: Wrong,
): Promise<string[]> {
  const client = new RawClient(port);
  client.send(client.client.headers(1, false, fields), client.client.data(1, body, !open));
  const isEnd = (): boolean =>
    client
      .frames()
      .some(
        ({ type, flags }) =>
          type === frameType.rstStream ||
          type === frameType.goAway ||
          (type === frameType.headers && (flags & frameFlag.endStream) !== 0),
      );
  await client.until(isEnd);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const decoder = new HpackDecoder(65_536);
  const told: string[] = [];
  for (const { type, payload, streamId } of client.frames()) {
    if (streamId !== 1) continue;
    const code = type === frameType.rstStream ? payload.readUInt32BE(0) : 0;
    // Go answers from another goroutine: whether the request's end was seen first is chance, and so
    // is the NO_ERROR that follows when it was not.
    if (code !== 0) told.push(`reset ${code}`);
    if (type !== frameType.headers) continue;
    for (const { name, value } of decoder.decode(payload, 0, payload.length)) {
      told.push(`${name}: ${value}`);
    }
  }
  client.socket.destroy();
  return told;
}

const noKey: MethodHandler = {
  kind: "unary",
  handle: (call) => call.end({ code: 3, message: "etcdserver: key is not provided" }),
};
const methods = new Map<string, MethodHandler>([
  [path, noKey],
  [
    "/etcdserverpb.Watch/Watch",
    { kind: "stream", open: () => ({ message: () => {}, halfClose: () => {} }) },
  ],
  [
    "/etcdserverpb.Maintenance/Snapshot",
    { kind: "stream", requests: "one", open: () => ({ message: () => {}, halfClose: () => {} }) },
  ],
]);

test("a wrong call is answered as real etcd answers it", async (context) => {
  const etcd = await ServerProcess.start({ kind: "etcd" });
  context.after(() => etcd.dispose());
  const etcdPort = Number(etcd.endpoint.split(":")[1]);
  const server = new GrpcServer({ methods, maxReceiveBytes: 2_097_152, clock: nodeClock, gunzip });
  const mux = new Mux({ onHttp2: (stream, peer, first) => server.accept(stream, peer, first) });
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  const port = typeof address === "object" ? address.port : 0;
  context.after(() => {
    server.close();
    return mux.close();
  });
  const differences: unknown[] = [];
  for (const [what, wrong] of Object.entries(cases)) {
    const [theirs, ours] = [await answerOf(etcdPort, wrong), await answerOf(port, wrong)];
    if (!isDeepStrictEqual(ours, theirs)) differences.push({ what, theirs, ours });
  }
  assert.deepEqual(differences, []);
});
