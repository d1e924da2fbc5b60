// A server under attack: its memory has a bound, the attacker gets the right answer, and others go on
// being served. Each bound stands in docs/limits.md.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Client, credentials } from "@grpc/grpc-js";
import { errorCode } from "../../../src/io/http2/index.ts";
import { frameFlag, frameType, setting } from "../../../src/io/http2/frame.ts";
import { frame, settingsFrame, uint32 } from "../../../src/io/http2/testing.ts";
import { waitingAnswerBytesMax } from "../../../src/io/grpc/index.ts";
import { type GrpcProcess, maxReceiveBytes, startGrpcProcess } from "./grpc-process.ts";
import { envelope, RawClient, requestTo } from "./raw-client.ts";

const MiB = 1024 * 1024;
/** What any flood may add to the process, whatever it sends. */
const floodBytesMax = 64 * MiB;

let server: GrpcProcess;
let good: Client;

before(async () => {
  server = await startGrpcProcess({
    handshakeTimeoutMs: 1_000,
    bodyTimeoutMs: 2_000,
    stallTimeoutMs: 2_000,
  });
  good = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  for (let round = 0; round < 50; round++) await callGood();
});

after(async () => {
  good.close();
  await server.stop();
});

const same = (bytes: Buffer): Buffer => bytes;

function callGood(): Promise<void> {
  return new Promise((resolve, reject) => {
    const message = Buffer.from("still here");
    good.makeUnaryRequest("/test.Echo/Unary", same, same, message, (error, reply) => {
      if (error !== null) reject(error);
      else if (!message.equals(reply as Buffer)) reject(new Error("a wrong answer"));
      else resolve();
    });
  });
}

/** Resolves once the server has this many connections; the good client's is one. */
async function untilConnections(count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await server.report()).stats.openConnections !== count) {
    assert.ok(Date.now() < deadline, "connections come and go in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs the attack with a good client beside it, and weighs the server. */
async function under(attack: () => Promise<void>, bytesMax = floodBytesMax): Promise<void> {
  const first = await server.report();
  let isOver = false;
  const calls = (async () => {
    let served = 0;
    while (!isOver) {
      await callGood();
      served++;
    }
    return served;
  })();
  let weighed: Awaited<ReturnType<GrpcProcess["report"]>>;
  try {
    await attack();
    weighed = await server.report();
  } finally {
    isOver = true;
  }
  assert.ok((await calls) > 0);
  const grown = weighed.rssBytes - first.rssBytes;
  assert.ok(grown <= bytesMax, `${(grown / MiB).toFixed(1)} MiB more than before`);
}

const reset = (id: number): Buffer => frame(frameType.rstStream, 0, id, uint32(8));
const ping = frame(frameType.ping, 0, 0, new Uint8Array(8));

/** What a kernel's buffers take before the server's goodbye is heard is far less. */
const framesMax = 2_000_000;

type Make = (client: RawClient, at: number) => Uint8Array;
const floods: readonly (readonly [name: string, code: number, make: Make])[] = [
  [
    "rapid reset",
    errorCode.enhanceYourCalm,
    ({ client }, at) => {
      const id = 2 * at + 1;
      const headers = client.headers(id, false, requestTo("/test.Echo/Never"));
      return Buffer.concat([headers, client.data(id, envelope("x"), true), reset(id)]);
    },
  ],
  [
    "resets we are driven to send",
    errorCode.enhanceYourCalm,
    ({ client }, at) =>
      Buffer.concat([
        client.headers(2 * at + 1, false, requestTo("/test.Echo/Never")),
        frame(frameType.windowUpdate, 0, 2 * at + 1, uint32(0)),
      ]),
  ],
  ["PING", errorCode.enhanceYourCalm, () => ping],
  ["SETTINGS", errorCode.enhanceYourCalm, () => settingsFrame([setting.initialWindowSize, 9])],
  [
    "PRIORITY",
    errorCode.enhanceYourCalm,
    (_client, at) => frame(frameType.priority, 0, 2 * at + 1, [0, 0, 0, 0, 9]),
  ],
  [
    "WINDOW_UPDATE",
    errorCode.enhanceYourCalm,
    () => frame(frameType.windowUpdate, 0, 0, uint32(1)),
  ],
  [
    "WINDOW_UPDATE past 2^31-1",
    errorCode.flowControlError,
    () => frame(frameType.windowUpdate, 0, 0, uint32(0x3fff_ffff)),
  ],
  [
    "empty DATA",
    errorCode.enhanceYourCalm,
    ({ client }, at) =>
      at === 0
        ? client.headers(1, false, requestTo("/test.Echo/Stream"))
        : client.data(1, new Uint8Array(0), false),
  ],
  [
    "padding alone",
    errorCode.enhanceYourCalm,
    ({ client }, at) =>
      at === 0
        ? client.headers(1, false, requestTo("/test.Echo/Stream"))
        : frame(frameType.data, frameFlag.padded, 1, [3, 0, 0, 0]),
  ],
  [
    "empty CONTINUATION",
    errorCode.enhanceYourCalm,
    ({ client }, at) =>
      at === 0
        ? frame(frameType.headers, 0, 1, client.block(requestTo("/test.Echo/Unary")))
        : frame(frameType.continuation, 0, 1),
  ],
  [
    "large CONTINUATION",
    errorCode.enhanceYourCalm,
    (_client, at) =>
      at === 0
        ? frame(frameType.headers, 0, 1)
        : frame(frameType.continuation, 0, 1, Buffer.alloc(16_384, 0x82)),
  ],
  [
    "a header list of 64 MB in 16 KB",
    errorCode.enhanceYourCalm,
    ({ client }, at) => {
      const fields = requestTo("/test.Echo/Unary", ["bomb", "b".repeat(3900)]);
      if (at === 0) return client.headers(1, true, fields);
      // 16,000 references to a field of 4 KiB: 64 MB when somebody writes them out.
      return frame(
        frameType.headers,
        frameFlag.endHeaders | frameFlag.endStream,
        2 * at + 1,
        Buffer.alloc(16_000, 0xbe),
      );
    },
  ],
  ["frames of no known type", errorCode.enhanceYourCalm, () => frame(0xf0, 0, 0)],
];

for (const [name, code, make] of floods) {
  test(`a flood ends the connection and nobody else notices: ${name}`, async () => {
    await under(async () => {
      const clients = Array.from({ length: 5 }, () => new RawClient(server.port));
      await Promise.all(
        clients.map(async (client) => {
          const sent = await client.flood(framesMax, (at) => make(client, at));
          assert.ok(sent < framesMax, "the server hung up");
          await client.closed;
          const said = client.goAwayCode();
          // A reset by the kernel may overtake the GOAWAY of a server we are still talking at.
          assert.ok(said === code || said === undefined, `GOAWAY ${said}`);
        }),
      );
      await untilConnections(1);
    });
  });
}

/** Asks for that many answers of one MiB. */
function askForMany(client: RawClient, count: number): void {
  for (let at = 0; at < count; at++) {
    const id = 2 * at + 1;
    client.send(
      client.client.headers(id, false, requestTo("/test.Echo/Sized")),
      client.client.data(id, envelope(String(MiB)), true),
    );
  }
}

// What waits is a copy of what a handler made, and the allocator keeps both for a while.
const waitingRssMax = 2 * waitingAnswerBytesMax + floodBytesMax;

test("answers that nobody takes are held up to a limit, and come when they are wanted", async () => {
  const count = 400;
  const client = new RawClient(server.port, [[setting.initialWindowSize, 0]]);
  await under(async () => {
    client.send(frame(frameType.windowUpdate, 0, 0, uint32(0x7000_0000)));
    askForMany(client, count);
    await client.until(({ receivedBytes }) => receivedBytes > 120 * 10);
    const { stats } = await server.report();
    assert.ok(stats.bytesQueued <= waitingAnswerBytesMax + 2 * MiB, `${stats.bytesQueued} bytes`);
    assert.ok(stats.bytesQueued >= waitingAnswerBytesMax - 2 * MiB, `${stats.bytesQueued} bytes`);
  }, waitingRssMax);
  client.send(settingsFrame([setting.initialWindowSize, 0x7fff_ffff]));
  await client.until(({ receivedBytes }) => receivedBytes >= count * MiB);
  client.socket.destroy();
  await untilConnections(1);
});

test("an answer that nobody takes for the stall time is dropped", async () => {
  const client = new RawClient(server.port, [[setting.initialWindowSize, 0]]);
  askForMany(client, 1);
  await client.until(() => client.resetCodes().includes(errorCode.enhanceYourCalm));
  const { stats } = await server.report();
  assert.ok(stats.bytesQueued < 1000, `${stats.bytesQueued} bytes still wait`);
  client.socket.destroy();
  await untilConnections(1);
});

test("a peer that reads nothing holds so much and no more, and is let go", async () => {
  await under(async () => {
    const client = new RawClient(server.port, [[setting.initialWindowSize, 0x7fff_ffff]]);
    client.socket.pause();
    client.send(frame(frameType.windowUpdate, 0, 0, uint32(0x7000_0000)));
    askForMany(client, 300);
    await untilConnections(2);
    await untilConnections(1);
    client.socket.destroy();
  }, waitingRssMax);
});

test("messages that never end are held up to 20 MiB a connection", async () => {
  await under(async () => {
    const client = new RawClient(server.port);
    const part = envelope(Buffer.alloc(60_000), 0, maxReceiveBytes - 1);
    for (let at = 0; at < 1000; at++) {
      const id = 2 * at + 1;
      client.send(
        client.client.headers(id, false, requestTo("/test.Echo/Unary")),
        ...[0, 15_000, 30_000, 45_000].map((start) =>
          client.client.data(id, part.subarray(start, start + 15_000), false),
        ),
      );
    }
    // It minds no window, so the server hangs up once what it may hold is held.
    await client.closed;
    assert.equal(client.goAwayCode(), errorCode.flowControlError);
  });
  await untilConnections(1);
});

test("messages of every size meet grpc-go's limit", async () => {
  const client = new RawClient(server.port);
  const sizes = [maxReceiveBytes + 1, 2 ** 31, 2 ** 32 - 1];
  for (const [at, size] of sizes.entries()) {
    const id = 2 * at + 1;
    client.send(
      client.client.headers(id, false, requestTo("/test.Echo/Unary")),
      client.client.data(id, envelope("x", 0, size), false),
    );
  }
  await client.until(() => client.resetCodes().length === sizes.length);
  assert.deepEqual(client.resetCodes(), [0, 0, 0]);
  assert.ok(client.isOpen);
  client.socket.destroy();
  await untilConnections(1);
});

test("silent and half-open peers are let go in every phase", async () => {
  const silent = Array.from({ length: 200 }, () => connect(server.port, "127.0.0.1"));
  const halfway = Array.from({ length: 50 }, () => connect(server.port, "127.0.0.1"));
  for (const socket of halfway) socket.write("PRI * HTTP/2.0\r\n");
  const closed = [...silent, ...halfway].map(async (socket) => {
    socket.on("error", () => socket.destroy());
    socket.resume();
    await once(socket, "close");
  });
  const headless = new RawClient(server.port);
  headless.send(frame(frameType.headers, 0, 1, headless.client.block([[":method", "POST"]])));
  await Promise.all([...closed, headless.closed]);
  assert.equal(headless.goAwayCode(), errorCode.enhanceYourCalm);
  const half = new RawClient(server.port);
  half.send(
    half.client.headers(1, false, requestTo("/test.Echo/Unary")),
    half.client.data(1, envelope("half of it", 0, 100), false),
  );
  await half.until(() => half.resetCodes().length > 0);
  assert.deepEqual(half.resetCodes(), [errorCode.cancel]);
  half.socket.end();
  await half.closed;
  await untilConnections(1);
  await callGood();
});
