import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Code } from "../../core/errors/index.ts";
import { GrpcServer, type MethodHandler } from "../grpc/index.ts";
import { nodeClock } from "../host/node/index.ts";
import { type CallStatus, callUnary, GrpcChannel, parseEndpoint } from "./index.ts";
import { MessageSplitter } from "./message-splitter.ts";

const echo: MethodHandler = { kind: "unary", handle: (call, request) => call.reply(request) };
const refuse: MethodHandler = {
  kind: "unary",
  handle: (call) => call.end({ code: Code.NotFound, message: "50% of ä" }),
};
const silent: MethodHandler = { kind: "unary", handle: () => {} };
const double: MethodHandler = {
  kind: "stream",
  open: (call) => ({
    message: (bytes) => {
      call.send(bytes);
      call.send(bytes);
    },
    halfClose: () => call.end({ code: Code.OK, message: "" }),
  }),
};
const tell: MethodHandler = {
  kind: "unary",
  handle: (call) => call.reply(Buffer.from(`${call.metadata.get("token")}`)),
};

interface Served {
  readonly grpc: GrpcServer;
  connections: number;
  readonly server: Server;
  endpoint: string;
}

async function serve(t: TestContext, where?: string): Promise<Served> {
  const methods = new Map(Object.entries({ echo, refuse, silent, double, tell }));
  const grpc = new GrpcServer({ methods, maxReceiveBytes: 1 << 22, clock: nodeClock });
  const server = createServer((socket) => {
    served.connections++;
    grpc.accept(socket, { address: "", commonName: undefined });
  });
  const served: Served = { grpc, server, endpoint: "", connections: 0 };
  if (where === undefined) server.listen(0, "127.0.0.1");
  else server.listen(where);
  await once(server, "listening");
  t.after(() => {
    grpc.close();
    server.close();
  });
  const endpoint =
    where === undefined ? `127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${where}`;
  served.endpoint = endpoint;
  return served;
}

function channelTo(t: TestContext, endpoints: readonly string[], receiveBytesMax = 1 << 22) {
  const channel = new GrpcChannel({
    endpoints: endpoints.map(parseEndpoint),
    dialTimeoutMs: 60_000,
    receiveBytesMax,
  });
  t.after(() => channel.close());
  return channel;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ask = async (channel: GrpcChannel, path: string, text: string): Promise<string> =>
  new TextDecoder().decode(await callUnary(channel, { path }, bytes(text)));

test("a call is answered, over TCP and over a unix socket, whatever its size", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-grpc-client-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const where of [undefined, join(folder, "socket")]) {
    const { endpoint } = await serve(t, where);
    const channel = channelTo(t, [endpoint]);
    for (const size of [0, 1, 100_000, 1_000_000]) {
      const text = "x".repeat(size);
      assert.equal(await ask(channel, "echo", text), text);
    }
  }
});

test("metadata goes with the call", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint]);
  const request = { path: "tell", metadata: { token: "secret" } };
  assert.equal(Buffer.from(await callUnary(channel, request, bytes(""))).toString(), "secret");
});

test("the server's status is the caller's error", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint]);
  await assert.rejects(ask(channel, "refuse", ""), { code: Code.NotFound, message: "50% of ä" });
  await assert.rejects(ask(channel, "absent", ""), { code: Code.Unimplemented });
});

test("a call that is not answered in its time ends with DeadlineExceeded", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint]);
  const call = callUnary(channel, { path: "silent", timeoutMs: 20 }, bytes(""));
  await assert.rejects(call, { code: Code.DeadlineExceeded });
});

test("an answer above the limit is refused", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint], 10);
  await assert.rejects(ask(channel, "echo", "12345678901"), {
    code: Code.ResourceExhausted,
    message: "grpc: received message larger than max (11 vs. 10)",
  });
});

test("a stream's messages come in order, and its end once", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint]);
  const heard: string[] = [];
  const ended = Promise.withResolvers<CallStatus>();
  const call = channel.open(
    { path: "double" },
    {
      onMessage: (message) => heard.push(Buffer.from(message).toString()),
      onEnd: ended.resolve,
    },
  );
  for (const text of ["a", "b"]) call.send(bytes(text));
  call.halfClose();
  assert.deepEqual(await ended.promise, { code: Code.OK, message: "" });
  assert.deepEqual(heard, ["a", "a", "b", "b"]);
});

test("a stream that is paused takes no more until it is resumed", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint]);
  const heard: string[] = [];
  const ended = Promise.withResolvers<CallStatus>();
  const onMessage = (message: Uint8Array): void => {
    heard.push(Buffer.from(message).toString());
    if (heard.length > 1) return;
    call.pause();
    setTimeout(() => call.resume(), 5);
  };
  const call = channel.open({ path: "double" }, { onMessage, onEnd: ended.resolve });
  call.send(bytes("a"));
  call.halfClose();
  assert.equal((await ended.promise).code, Code.OK);
  assert.deepEqual(heard, ["a", "a"]);
});

test("a call that is cancelled ends with Canceled", async (t) => {
  const channel = channelTo(t, [(await serve(t)).endpoint]);
  const ended = Promise.withResolvers<CallStatus>();
  const call = channel.open({ path: "silent" }, { onMessage: () => {}, onEnd: ended.resolve });
  call.send(bytes(""));
  call.cancel();
  assert.equal((await ended.promise).code, Code.Canceled);
});

test("endpoints that cannot be reached are passed over, also after the connection is lost", async (t) => {
  const gone = await serve(t);
  gone.server.close();
  const [first, second] = [await serve(t), await serve(t)];
  const channel = channelTo(t, [gone.endpoint, first.endpoint, second.endpoint]);
  assert.equal(await ask(channel, "echo", "1"), "1");
  assert.equal(first.connections, 1);
  first.server.close();
  const lost = ask(channel, "silent", "");
  first.grpc.close();
  await assert.rejects(lost, { code: Code.Unavailable });
  assert.equal(await ask(channel, "echo", "2"), "2");
  assert.equal(second.connections, 1);
  channel.setEndpoints([parseEndpoint(gone.endpoint)]);
  await assert.rejects(ask(channel, "echo", "3"), { code: Code.Unavailable });
});

test("endpoints are read as etcd's client reads them", () => {
  const { authority, security } = parseEndpoint("https://[::1]:2379");
  assert.deepEqual([authority, security], ["[::1]:2379", "required"]);
  assert.equal(parseEndpoint("http://a:1").security, "none");
  assert.equal(parseEndpoint("a:1").security, "optional");
  assert.deepEqual(parseEndpoint("unixs:///tmp/s").address, { path: "/tmp/s" });
  for (const text of ["", "a", "a:b", "ftp://a:1", "a:70000", "http://a:1/path"]) {
    assert.throws(() => parseEndpoint(text), /invalid endpoint/, text);
  }
});

test("messages are found wherever the chunks are cut", () => {
  const stream = Buffer.from([0, 0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9]);
  for (let size = 1; size <= stream.length; size++) {
    const splitter = new MessageSplitter(100);
    const found: number[][] = [];
    for (let at = 0; at < stream.length; at += size) {
      const chunk = stream.subarray(at, at + size);
      assert.equal(
        splitter.push(chunk, (message) => found.push([...message])),
        undefined,
      );
    }
    assert.deepEqual(found, [[7, 8], [], [9]]);
  }
});
