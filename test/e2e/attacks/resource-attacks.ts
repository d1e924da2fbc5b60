// Much of what is allowed one by one: connections, streams, calls given up, answers nobody takes.
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { frameType, setting } from "../../../src/io/http2/frame.ts";
import { frame, uint32 } from "../../../src/io/http2/testing.ts";
import { envelope, RawClient, requestTo } from "../../integration/http2/raw-client.ts";
import type { Arena, Attack } from "./arena.ts";

const MiB = 1024 * 1024;
const callsOfBystander = 1;
/** QUORATE_GIVEN_UP=100000 for what a long run showed (docs/attacks.md). */
const givenUpCount = Number(process.env["QUORATE_GIVEN_UP"] ?? 20_000);
const rangePath = "/etcdserverpb.KV/Range";
const watchPath = "/etcdserverpb.Watch/Watch";
const getB = Buffer.from("0a0162", "hex");
const lastPing = frame(frameType.ping, 0, 0, Buffer.from("the last"));

const isPingAnswered = (client: RawClient): boolean =>
  client.frames().some(({ type, flags }) => type === frameType.ping && flags === 1);

/** Opens that many connections which say `text` and no more, and drops them once all are open. */
function silent(id: string, count: number, port: keyof Arena, text: string): Attack {
  return {
    id: `much: ${id}`,
    answer: /^all connected$/,
    run: async (arena) => {
      const sockets = await Promise.all(
        Array.from({ length: count }, () => opened(arena[port], text)),
      );
      for (const socket of sockets) socket.destroy();
      return "all connected";
    },
  };
}

function opened(port: number, text: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      if (text === "") return resolve(socket);
      socket.write(text, () => resolve(socket));
    });
    socket.on("error", reject);
  });
}

/** Streams of one connection, `make` for each, and then a PING that must be answered. */
function streams(
  id: string,
  count: number,
  answer: RegExp,
  make: (client: RawClient, streamId: number) => Uint8Array[],
): Attack {
  return {
    id: `much: ${id}`,
    answer,
    run: async ({ clientPort }) => {
      const client = new RawClient(clientPort);
      await client.flood(count, (at) => Buffer.concat(make(client, 2 * at + 1)));
      if (client.isOpen) client.send(lastPing);
      await client.until(() => !client.isOpen || isPingAnswered(client));
      const said = client.goAwayCode() ?? (client.isOpen ? "open" : "closed");
      client.socket.destroy();
      return `${said}`;
    },
  };
}

const askRange = ({ client }: RawClient, id: number): Uint8Array[] => [
  client.headers(id, false, requestTo(rangePath)),
  client.data(id, envelope(getB), true),
];

/** A watch of key b on a stream of its own. */
const askWatch = ({ client }: RawClient, id: number): Uint8Array[] => [
  client.headers(id, false, requestTo(watchPath)),
  client.data(id, envelope(Buffer.from("0a030a0162", "hex")), false),
];

/** Streams reset as soon as they are opened; then nothing of them is left. */
function givenUp(id: string, connections: number, ask: typeof askRange): Attack {
  return {
    id: `much: ${id}`,
    answer: /^nothing left$/,
    run: async ({ clientPort }) => {
      const clients = Array.from({ length: connections }, () => new RawClient(clientPort));
      const each = givenUpCount / connections;
      const make = (raw: RawClient, id: number): Uint8Array =>
        Buffer.concat([...ask(raw, id), frame(frameType.rstStream, 0, id, uint32(8))]);
      const sent = await Promise.all(
        clients.map((client) => client.flood(each, (at) => make(client, 2 * at + 1))),
      );
      for (const client of clients) {
        if (client.isOpen) client.send(lastPing);
        await client.until(() => !client.isOpen || isPingAnswered(client));
        client.socket.destroy();
      }
      if (sent.some((count) => count < each)) return `only ${sent.join(", ")} sent`;
      return whatIsLeft(clientPort);
    },
  };
}

/** Watchers, watch streams and calls that have not ended, once they are none or some time is over. */
async function whatIsLeft(port: number): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}(?:{.*})? (\\S+)$`, "gm"))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      );
    const watchers = sum("etcd_debugging_mvcc_watcher_total");
    const streamsLeft = sum("etcd_debugging_mvcc_watch_stream_total");
    const calls = sum("grpc_server_started_total") - sum("grpc_server_handled_total");
    if (watchers + streamsLeft === 0 && calls <= callsOfBystander) return "nothing left";
    if (Date.now() > deadline)
      return `${watchers} watchers, ${streamsLeft} streams, ${calls} calls`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A put of 1 MiB beside them: how it ended. */
function largePut(port: number): Promise<string> {
  const value = Buffer.concat([Buffer.from("0a016212808040", "hex"), Buffer.alloc(MiB)]);
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request(Object.fromEntries(requestTo("/etcdserverpb.KV/Put")));
    const done = (said: string): void => {
      session.destroy();
      resolve(said);
    };
    stream.on("trailers", (fields) => done(`grpc ${String(fields["grpc-status"])}`));
    stream.on("error", (error) => done(error.message));
    stream.resume();
    stream.end(envelope(value));
  });
}

/** Clients that keep to their windows and use all of them, for messages that they never end. */
async function unfinished(port: number, connections: number, streamsEach: number): Promise<string> {
  const part = Buffer.alloc(128 * 1024);
  envelope("", 0, 2_000_000).copy(part);
  const sessions = Array.from({ length: connections }, () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on("error", () => session.destroy());
    return session;
  });
  const fields = Object.fromEntries(requestTo(rangePath));
  for (const session of sessions) {
    for (let at = 0; at < streamsEach; at++) {
      const stream = session.request(fields);
      stream.on("error", () => stream.destroy());
      stream.write(part);
    }
  }
  const said = await largePut(port);
  for (const session of sessions) session.destroy();
  return said;
}

export const resourceAttacks: readonly Attack[] = [
  silent("silent connections", 500, "clientPort", ""),
  silent("silent connections of peers", 500, "peerPort", ""),
  silent("half a preface", 200, "clientPort", "PRI * HTTP/2.0\r\n"),
  silent("half a request", 200, "clientPort", "GET /health HTTP/1.1\r\nhost: x\r\n"),
  silent(
    "half a body",
    200,
    "clientPort",
    "POST /v3/kv/range HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
  ),
  silent(
    "half a message of a peer",
    200,
    "peerPort",
    "POST /raft HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
  ),
  streams("5,000 ranges at once", 5_000, /^(open|11|closed)$/, askRange),
  streams("2,000 watches at once on one connection", 2_000, /^(open|11|closed)$/, askWatch),
  streams("10,000 calls without a message", 10_000, /^(open|11|closed)$/, ({ client }, id) => [
    client.headers(id, false, requestTo(rangePath)),
  ]),
  givenUp("calls given up, on twenty connections", 20, askRange),
  givenUp("watches given up, on two connections", 2, askWatch),
  {
    id: "much: 1,000 answers through a window of nothing",
    answer: /^held$/,
    run: async ({ clientPort }) => {
      const client = new RawClient(clientPort, [[setting.initialWindowSize, 0]]);
      for (let at = 0; at < 1_000; at++) client.send(...askRange(client, 2 * at + 1));
      client.send(lastPing);
      await client.until(isPingAnswered);
      client.socket.destroy();
      return "held";
    },
  },
  {
    id: "much: 5,000 messages that stop half way, on 50 connections, and a large put",
    answer: /^grpc 0$/,
    run: ({ clientPort }) => unfinished(clientPort, 50, 100),
  },
];
