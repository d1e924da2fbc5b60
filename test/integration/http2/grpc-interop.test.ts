// A foreign client, grpc-js, against our server: four kinds of calls, metadata, deadlines,
// cancellation, compression, large messages both ways, draining.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { GrpcServer, type MethodHandler, type ServerCall } from "../../../src/io/grpc/index.ts";
import { gunzip, Mux } from "../../../src/io/http/index.ts";
import { nodeClock } from "../../../src/io/host/node/index.ts";
import { echoMethods, maxReceiveBytes } from "./grpc-process.ts";

const same = (bytes: Buffer): Buffer => bytes;
const cancelled: string[] = [];
const seen: ServerCall[] = [];

/** A stream method that keeps what was sent and answers when the client is done. */
const gather: MethodHandler = {
  kind: "stream",
  open: (call) => {
    const parts: Uint8Array[] = [];
    return {
      message: (bytes) => void parts.push(Uint8Array.from(bytes)),
      halfClose: () => {
        call.reply(Buffer.concat(parts));
      },
    };
  },
};

/** A server-streaming method: as many messages as the request says, of a size it says. */
const pour: MethodHandler = {
  kind: "stream",
  requests: "one",
  open: (call) => ({
    message: (bytes) => {
      const [count = 0, size = 0] = Buffer.from(bytes).toString().split(" ").map(Number);
      let sent = 0;
      const on = (): void => {
        while (sent < count) if (!call.send(Buffer.alloc(size, sent++))) return;
        call.end({ code: 0, message: "" });
      };
      call.onDrain = on;
      on();
    },
    halfClose: () => {},
  }),
};

/** Answers each message only after a pause, so that the client has to wait. */
const slowly: MethodHandler = {
  kind: "stream",
  open: (call) => {
    let taken = 0;
    return {
      message: (bytes) => {
        taken += bytes.length;
        call.pause();
        setTimeout(() => call.resume(), 1);
      },
      halfClose: () => {
        call.send(Buffer.from(String(taken)));
        call.end({ code: 0, message: "" });
      },
    };
  },
};

const remember: MethodHandler = {
  kind: "unary",
  handle: (call) => {
    seen.push(call);
    call.onCancel = (reason) => cancelled.push(reason);
  },
};

const methods = new Map<string, MethodHandler>([
  ...echoMethods,
  ["/test.Echo/Gather", gather],
  ["/test.Echo/Pour", pour],
  ["/test.Echo/Slowly", slowly],
  ["/test.Echo/Remember", remember],
  [
    "/test.Echo/Metadata",
    {
      kind: "unary",
      handle: (call) => {
        const binary = call.metadata.getBinary("trace-bin");
        const words = [...call.metadata.getAll("word"), Buffer.from(binary ?? []).toString("hex")];
        call.reply(Buffer.from(words.join(",")));
      },
    },
  ],
  [
    "/test.Echo/Fail",
    {
      kind: "unary",
      handle: (call) => call.end({ code: 11, message: "50% of ä is \u00a7\n" }),
    },
  ],
  [
    "/test.Echo/Throw",
    {
      kind: "unary",
      handle: () => {
        throw new Error("a secret");
      },
    },
  ],
]);

const faults: unknown[] = [];
const server = new GrpcServer({
  methods,
  maxReceiveBytes,
  clock: nodeClock,
  gunzip,
  intercept: (call) =>
    call.metadata.get("forbidden") === undefined
      ? undefined
      : { code: 7, message: "etcdserver: permission denied" },
  onFault: (_call, error) => void faults.push(error),
});
const mux = new Mux({ onHttp2: (stream, peer, first) => server.accept(stream, peer, first) });
let client: grpc.Client;
let port = 0;

before(async () => {
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  port = typeof address === "object" ? address.port : 0;
  client = connect();
});
after(async () => {
  client.close();
  server.close();
  await mux.close();
});

function connect(options: grpc.ClientOptions = {}): grpc.Client {
  return new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
    ...options,
  });
}

function unary(
  method: string,
  message: Uint8Array,
  options: { metadata?: grpc.Metadata; deadlineMs?: number; by?: grpc.Client } = {},
): Promise<Buffer> {
  const { metadata = new grpc.Metadata(), deadlineMs = 20_000, by = client } = options;
  const callOptions = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    const path = `/test.Echo/${method}`;
    const bytes = Buffer.from(message);
    by.makeUnaryRequest(path, same, same, bytes, metadata, callOptions, (error, reply) => {
      if (error === null) resolve(reply as Buffer);
      else reject(error);
    });
  });
}

const hasStatus = (code: number, details: string) => (error: unknown) => {
  const { code: gotCode, details: got } = error as grpc.ServiceError;
  assert.deepEqual({ code: gotCode, details: got }, { code, details });
  return true;
};

test("unary messages of every size up to the limit come back as they went", async () => {
  for (const size of [0, 1, 16_379, 16_380, 65_530, 65_531, 1_000_000, maxReceiveBytes]) {
    const message = Buffer.alloc(size, size & 255);
    assert.ok(message.equals(await unary("Unary", message)), String(size));
  }
});

test("many large requests at once on one connection all arrive", async () => {
  const message = Buffer.alloc(1_000_000, 7);
  const replies = await Promise.all(Array.from({ length: 60 }, () => unary("Unary", message)));
  assert.ok(replies.every((reply) => message.equals(reply)));
});

test("an answer of 64 MB flows, and small calls pass it", async () => {
  const big = unary("Sized", Buffer.from("64000000"));
  let small = 0;
  let isDone = false;
  void big.then(() => (isDone = true));
  while (!isDone) {
    await unary("Unary", Buffer.from("x"));
    small++;
  }
  assert.equal((await big).length, 64_000_000);
  assert.ok(small > 5, `${small} small calls meanwhile`);
});

test("a request above the limit gets grpc-go's words", async () => {
  await assert.rejects(
    unary("Unary", Buffer.alloc(maxReceiveBytes + 1)),
    hasStatus(8, "grpc: received message larger than max (2097153 vs. 2097152)"),
  );
});

test("unknown methods, statuses, refusals and faults arrive as code and text", async () => {
  await assert.rejects(
    unary("Nope", Buffer.alloc(1)),
    hasStatus(12, "unknown method Nope for service test.Echo"),
  );
  await assert.rejects(unary("Fail", Buffer.alloc(1)), hasStatus(11, "50% of ä is \u00a7\n"));
  await assert.rejects(unary("Throw", Buffer.alloc(1)), hasStatus(13, "internal error"));
  assert.match(String(faults[0]), /a secret/);
  const metadata = new grpc.Metadata();
  metadata.set("forbidden", "yes");
  const refused = hasStatus(7, "etcdserver: permission denied");
  await assert.rejects(unary("Unary", Buffer.alloc(1), { metadata }), refused);
});

test("metadata arrives in order, binary too", async () => {
  const metadata = new grpc.Metadata();
  metadata.add("word", "one");
  metadata.add("word", "two");
  metadata.set("trace-bin", Buffer.from([0, 255, 7]));
  const reply = await unary("Metadata", Buffer.alloc(0), { metadata });
  assert.equal(reply.toString(), "one,two,00ff07");
});

test("a gzip request is understood and answered plain", async () => {
  const by = connect({ "grpc.default_compression_algorithm": 2 });
  const message = Buffer.alloc(300_000, "compress me ");
  assert.ok(message.equals(await unary("Unary", message, { by })));
  await assert.rejects(
    unary("Unary", Buffer.alloc(maxReceiveBytes + 1), { by }),
    hasStatus(8, "grpc: received message after decompression larger than max 2097152"),
  );
  by.close();
});

test("the deadline ends a call on both sides", async () => {
  const before = cancelled.length;
  await assert.rejects(unary("Remember", Buffer.alloc(1), { deadlineMs: 60 }), { code: 4 });
  await until(() => cancelled.length > before);
  assert.ok(["deadline", "reset"].includes(cancelled.at(-1)!));
  assert.ok(seen.at(-1)!.ended);
  seen.at(-1)!.reply(Buffer.from("too late, and harmless"));
});

test("a cancelled call is told so once, and answering it is harmless", async () => {
  const before = cancelled.length;
  const call = client.makeUnaryRequest(
    "/test.Echo/Remember",
    same,
    same,
    Buffer.alloc(1),
    () => {},
  );
  const calls = seen.length;
  await until(() => seen.length > calls);
  call.cancel();
  await until(() => cancelled.length > before);
  assert.deepEqual(cancelled.slice(before), ["reset"]);
  seen.at(-1)!.reply(Buffer.alloc(1));
  seen.at(-1)!.end({ code: 0, message: "" });
});

test("client streaming: many messages, one answer", async () => {
  const reply = await new Promise<Buffer>((resolve, reject) => {
    const path = "/test.Echo/Gather";
    const call = client.makeClientStreamRequest(path, same, same, (error, value) => {
      if (error === null) resolve(value as Buffer);
      else reject(error);
    });
    for (let at = 0; at < 500; at++) call.write(Buffer.alloc(1000, at));
    call.end();
  });
  assert.equal(reply.length, 500_000);
  assert.ok(reply.every((byte, at) => byte === (Math.floor(at / 1000) & 255)));
});

test("server streaming: more than is buffered waits for the client", async () => {
  const stream = client.makeServerStreamRequest(
    "/test.Echo/Pour",
    same,
    same,
    Buffer.from("300 50000"),
  );
  let count = 0;
  for await (const message of stream) {
    assert.equal((message as Buffer).length, 50_000);
    assert.equal((message as Buffer)[0], count & 255);
    if (count++ % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.ok(server.stats.bytesQueued < 4 * 1024 * 1024, "the handler was told to wait");
  }
  assert.equal(count, 300);
});

test("two-way streaming keeps order, and a paused reader loses nothing", async () => {
  const echoed: number[] = [];
  const echo = client.makeBidiStreamRequest("/test.Echo/Stream", same, same);
  for (let at = 0; at < 200; at++) echo.write(Buffer.alloc(5000, at));
  echo.end();
  for await (const message of echo) echoed.push((message as Buffer)[0]!);
  assert.deepEqual(
    echoed,
    Array.from({ length: 200 }, (_none, at) => at),
  );
  const slow = client.makeBidiStreamRequest("/test.Echo/Slowly", same, same);
  for (let at = 0; at < 60; at++) slow.write(Buffer.alloc(30_000, at));
  slow.end();
  for await (const message of slow) assert.equal((message as Buffer).toString(), "1800000");
  assert.equal(server.stats.openStreams, 0);
});

test("server-streaming methods take one request: grpc-go's cardinality violation", async () => {
  const status = async (messages: number): Promise<string> => {
    const stream = client.makeBidiStreamRequest("/test.Echo/Pour", same, same);
    stream.on("error", () => {});
    stream.resume();
    const ended = new Promise<string>((resolve) => {
      stream.on("status", ({ code, details }) => resolve(`${code} ${details}`));
    });
    for (let at = 0; at < messages; at++) stream.write(Buffer.from("1 1"));
    stream.end();
    return ended;
  };
  assert.match(await status(0), /^13 cardinality violation: received no request message/);
  assert.match(await status(2), /^13 cardinality violation: received multiple request messages/);
  assert.match(await status(1), /^0 /);
});

test("a drained server finishes its calls, and the client goes elsewhere", async () => {
  const other = new GrpcServer({ methods, maxReceiveBytes, clock: nodeClock });
  const door = new Mux({ onHttp2: (stream, peer, first) => other.accept(stream, peer, first) });
  const address = await door.listen({ host: "127.0.0.1", port: 0 });
  const by = new grpc.Client(
    `127.0.0.1:${(address as { port: number }).port}`,
    grpc.credentials.createInsecure(),
  );
  await unary("Unary", Buffer.from("1"), { by });
  const calls = seen.length;
  const pending = unary("Remember", Buffer.from("2"), { by });
  await until(() => seen.length > calls);
  door.stopAccepting();
  const drained = other.drain(5_000);
  await new Promise((resolve) => setTimeout(resolve, 30));
  seen.at(-1)!.reply(Buffer.from("done"));
  assert.equal((await pending).toString(), "done");
  await drained;
  assert.equal(other.stats.openConnections, 0);
  by.close();
  await door.close();
});

async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!done()) {
    assert.ok(Date.now() < deadline, "what was waited for came");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
