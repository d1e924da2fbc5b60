// Frames that break RFC 9113, and floods of those that do not.
import { frameFlag, frameType, setting } from "../../../src/io/http2/frame.ts";
import { frame, settingsFrame, uint32 } from "../../../src/io/http2/testing.ts";
import { envelope, RawClient, requestTo } from "../../integration/http2/raw-client.ts";
import type { Attack } from "./arena.ts";

const rangePath = "/etcdserverpb.KV/Range";
const watchPath = "/etcdserverpb.Watch/Watch";
const framesMax = 2_000_000;
const isLast = frameFlag.endHeaders | frameFlag.endStream;

type Make = (client: RawClient, at: number) => Uint8Array;

const lastPing = frame(frameType.ping, 0, 0, Buffer.from("the last"));

/** GOAWAY, a reset, the answer to a last PING, or the end, whichever tells the most. */
async function told(client: RawClient): Promise<string> {
  let isClosed = false;
  void client.closed.then(() => (isClosed = true));
  const isAnswered = (): boolean =>
    client.frames().some(({ type, flags }) => type === frameType.ping && flags === 1);
  await client.until(() => isClosed || client.goAwayCode() !== undefined || isAnswered());
  const goAway = client.goAwayCode();
  const resets = client.resetCodes();
  client.socket.destroy();
  if (goAway !== undefined && goAway !== 0) return `goaway ${goAway}`;
  if (resets.length > 0) return `reset ${resets[0]}`;
  return isClosed ? "closed" : "open";
}

function once(id: string, answer: RegExp, make: (client: RawClient) => Uint8Array[]): Attack {
  return {
    id: `frame: ${id}`,
    answer,
    run: async ({ clientPort }) => {
      const client = new RawClient(clientPort);
      client.send(...make(client), lastPing);
      return told(client);
    },
  };
}

function flood(id: string, make: Make, count = 5): Attack {
  return {
    id: `flood: ${id}`,
    answer: /^all let go$/,
    run: async ({ clientPort }) => {
      const clients = Array.from({ length: count }, () => new RawClient(clientPort));
      let letGo = 0;
      const floods = clients.map(async (client) => {
        const sent = await client.flood(framesMax, (at) => make(client, at));
        if (sent < framesMax) letGo++;
        client.socket.destroy();
      });
      await Promise.all(floods);
      return letGo === count ? "all let go" : `${letGo} let go`;
    },
  };
}

const rangeHeaders = ({ client }: RawClient, id = 1, isEnd = false): Uint8Array =>
  client.headers(id, isEnd, requestTo(rangePath));
const watchHeaders = ({ client }: RawClient, id = 1): Uint8Array =>
  client.headers(id, false, requestTo(watchPath));
const fieldsOf = (client: RawClient, fields: readonly (readonly [string, string])[]): Uint8Array =>
  client.client.headers(1, true, fields);

const sizes: readonly Attack[] = [
  once("SETTINGS of 5 bytes", /^goaway 6/, () => [
    frame(frameType.settings, 0, 0, [0, 1, 0, 0, 0]),
  ]),
  once("SETTINGS on a stream", /^goaway 1/, () => [frame(frameType.settings, 0, 1)]),
  once("SETTINGS acknowledged with a payload", /^goaway 6/, () => [
    frame(frameType.settings, 1, 0, [0, 1, 0, 0, 0, 0]),
  ]),
  once("ENABLE_PUSH of 2", /^goaway 1/, () => [settingsFrame([2, 2])]),
  once("INITIAL_WINDOW_SIZE of 2^31", /^goaway 3/, () => [
    settingsFrame([setting.initialWindowSize, 2 ** 31]),
  ]),
  once("MAX_FRAME_SIZE of 1", /^goaway 1/, () => [settingsFrame([5, 1])]),
  once("MAX_FRAME_SIZE of 2^24", /^goaway 1/, () => [settingsFrame([5, 2 ** 24])]),
  once("PING of 7 bytes", /^goaway 6/, () => [frame(frameType.ping, 0, 0, Buffer.alloc(7))]),
  once("PING on a stream", /^goaway 1/, () => [frame(frameType.ping, 0, 1, Buffer.alloc(8))]),
  once("GOAWAY on a stream", /^goaway 1/, () => [frame(frameType.goAway, 0, 1, Buffer.alloc(8))]),
  once("GOAWAY of 7 bytes", /^(goaway 6|closed)/, () => [
    frame(frameType.goAway, 0, 0, Buffer.alloc(7)),
  ]),
  once("RST_STREAM of 3 bytes", /^goaway 6/, (client) => [
    watchHeaders(client),
    frame(frameType.rstStream, 0, 1, Buffer.alloc(3)),
  ]),
  once("PRIORITY of 4 bytes", /^(goaway|reset) 6/, () => [
    frame(frameType.priority, 0, 1, Buffer.alloc(4)),
  ]),
  once("WINDOW_UPDATE of 3 bytes", /^goaway 6/, () => [
    frame(frameType.windowUpdate, 0, 0, Buffer.alloc(3)),
  ]),
  once("a frame of 16 MiB announced", /^goaway 6/, () => [
    Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]),
  ]),
  once("SETTINGS of 16 KiB of unknown settings", /^(open|goaway 11)/, () => [
    settingsFrame(...Array.from({ length: 2_700 }, (_, at) => [40 + (at % 200), at] as const)),
  ]),
];

const states: readonly Attack[] = [
  once("RST_STREAM of stream 0", /^goaway 1/, () => [frame(frameType.rstStream, 0, 0, uint32(8))]),
  once("RST_STREAM of an idle stream", /^goaway 1/, () => [
    frame(frameType.rstStream, 0, 99, uint32(8)),
  ]),
  once("DATA on stream 0", /^goaway 1/, () => [frame(frameType.data, 0, 0, [1])]),
  once("DATA on an idle stream", /^goaway 1/, () => [frame(frameType.data, 0, 77, [1])]),
  once("DATA after the end", /^(goaway|reset) 5/, (client) => [
    client.client.headers(1, true, requestTo(watchPath)),
    client.client.data(1, envelope("x"), false),
  ]),
  once("HEADERS on stream 0", /^goaway 1/, (client) => [rangeHeaders(client, 0)]),
  once("HEADERS on an even stream", /^goaway 1/, (client) => [rangeHeaders(client, 2)]),
  once("a stream number going down", /^goaway (1|5)/, (client) => [
    watchHeaders(client, 9),
    watchHeaders(client, 3),
  ]),
  once("WINDOW_UPDATE of an idle stream", /^goaway 1/, () => [
    frame(frameType.windowUpdate, 0, 55, uint32(1)),
  ]),
  once("WINDOW_UPDATE of 0 for the connection", /^goaway 1/, () => [
    frame(frameType.windowUpdate, 0, 0, uint32(0)),
  ]),
  once("WINDOW_UPDATE of 0 for a stream", /^reset 1/, (client) => [
    watchHeaders(client),
    frame(frameType.windowUpdate, 0, 1, uint32(0)),
  ]),
  once("a stream's window past 2^31-1", /^reset 3/, (client) => [
    watchHeaders(client),
    frame(frameType.windowUpdate, 0, 1, uint32(0x7fff_ffff)),
  ]),
  once("a connection's window past 2^31-1", /^goaway 3/, () => [
    frame(frameType.windowUpdate, 0, 0, uint32(0x7fff_ffff)),
  ]),
  once("CONTINUATION of nothing", /^goaway 1/, () => [frame(frameType.continuation, 4, 1)]),
  once("another frame amid a header block", /^goaway 1/, ({ client }) => [
    frame(frameType.headers, 0, 1, client.block(requestTo(rangePath))),
    frame(frameType.ping, 0, 0, Buffer.alloc(8)),
  ]),
  once("CONTINUATION of another stream", /^goaway 1/, ({ client }) => [
    frame(frameType.headers, 0, 1, client.block(requestTo(rangePath))),
    frame(frameType.continuation, 4, 3),
  ]),
  once("PUSH_PROMISE by a client", /^goaway 1/, () => [frame(5, 4, 1, [0, 0, 0, 2])]),
  once("padding longer than DATA", /^goaway 1/, (client) => [
    watchHeaders(client),
    frame(frameType.data, frameFlag.padded, 1, [200, 1]),
  ]),
  once("padding longer than HEADERS", /^goaway 1/, () => [
    frame(frameType.headers, isLast | frameFlag.padded, 1, [250, 0x82]),
  ]),
  once("a stream that depends on itself", /^(goaway|reset) 1|^open/, () => [
    frame(frameType.priority, 0, 1, [0, 0, 0, 1, 9]),
  ]),
];

const blocks: readonly Attack[] = [
  once("HPACK: an index of 0", /^goaway 9/, () => [frame(frameType.headers, isLast, 1, [0x80])]),
  once("HPACK: an index past the table", /^goaway 9/, () => [
    frame(frameType.headers, isLast, 1, [0xff, 0x80, 0x01]),
  ]),
  once("HPACK: a number without end", /^goaway 9/, () => [
    frame(frameType.headers, isLast, 1, Buffer.alloc(40, 0xff)),
  ]),
  once("HPACK: a string past the block", /^goaway 9/, () => [
    frame(frameType.headers, isLast, 1, [0x40, 0x7f, 0x80, 0x02, 1]),
  ]),
  once("HPACK: a table larger than allowed", /^goaway 9/, () => [
    frame(frameType.headers, isLast, 1, [0x3f, 0xe1, 0xff, 0x03]),
  ]),
  once("HPACK: Huffman padding of zeros", /^goaway 9/, () => [
    frame(frameType.headers, isLast, 1, [0x40, 0x81, 0x00, 0x81, 0x00]),
  ]),
  once("an upper-case field", /^reset 1/, (client) => [
    fieldsOf(client, [...requestTo(rangePath), ["Upper", "x"]]),
  ]),
  once("an unknown pseudo-field", /^reset 1/, (client) => [
    fieldsOf(client, [[":evil", "x"], ...requestTo(rangePath)]),
  ]),
  once("a pseudo-field after others", /^reset 1/, (client) => [
    fieldsOf(client, [["a", "b"], ...requestTo(rangePath)]),
  ]),
  once("two paths", /^reset 1/, (client) => [
    fieldsOf(client, [[":path", "/x"], ...requestTo(rangePath)]),
  ]),
  once("no path", /^reset 1/, (client) => [
    fieldsOf(
      client,
      requestTo(rangePath).filter(([name]) => name !== ":path"),
    ),
  ]),
  once("no method", /^reset 1/, (client) => [
    fieldsOf(
      client,
      requestTo(rangePath).filter(([name]) => name !== ":method"),
    ),
  ]),
  once("a connection field", /^reset 1/, (client) => [
    fieldsOf(client, [...requestTo(rangePath), ["connection", "close"]]),
  ]),
  once("te other than trailers", /^reset 1/, (client) => [
    fieldsOf(client, [...requestTo(rangePath).filter(([name]) => name !== "te"), ["te", "gzip"]]),
  ]),
  once("a response's pseudo-field", /^reset 1/, (client) => [
    fieldsOf(client, [[":status", "200"], ...requestTo(rangePath)]),
  ]),
  once("trailers that do not end", /^(reset|goaway) 1/, (client) => [
    watchHeaders(client),
    client.client.headers(1, false, [["a", "b"]]),
  ]),
  once("a content-length that lies", /^reset 1/, (client) => [
    client.client.headers(1, false, [...requestTo(watchPath), ["content-length", "1"]]),
    client.client.data(1, envelope("more than one"), true),
  ]),
];

const floods: readonly Attack[] = [
  flood("rapid reset", (raw, at) =>
    Buffer.concat([
      watchHeaders(raw, 2 * at + 1),
      frame(frameType.rstStream, 0, 2 * at + 1, uint32(8)),
    ]),
  ),
  flood("rapid reset of ranges", (raw, at) => {
    const id = 2 * at + 1;
    const message = raw.client.data(id, envelope(Buffer.from("0a0162", "hex")), true);
    const reset = frame(frameType.rstStream, 0, id, uint32(8));
    return Buffer.concat([rangeHeaders(raw, id), message, reset]);
  }),
  flood("resets the server is driven to send", (raw, at) =>
    Buffer.concat([
      watchHeaders(raw, 2 * at + 1),
      frame(frameType.windowUpdate, 0, 2 * at + 1, uint32(0)),
    ]),
  ),
  flood("PING", () => frame(frameType.ping, 0, 0, Buffer.alloc(8))),
  flood("acknowledgements of PING", () => frame(frameType.ping, 1, 0, Buffer.alloc(8))),
  flood("SETTINGS", () => settingsFrame([setting.initialWindowSize, 9])),
  flood("empty SETTINGS", () => settingsFrame()),
  flood("acknowledgements of SETTINGS", () => frame(frameType.settings, 1, 0)),
  flood("PRIORITY", (_raw, at) => frame(frameType.priority, 0, 2 * at + 1, [0, 0, 0, 0, 9])),
  flood("WINDOW_UPDATE", () => frame(frameType.windowUpdate, 0, 0, uint32(1))),
  flood("empty DATA", (raw, at) =>
    at === 0 ? watchHeaders(raw) : raw.client.data(1, new Uint8Array(0), false),
  ),
  flood("padding alone", (raw, at) =>
    at === 0 ? watchHeaders(raw) : frame(frameType.data, frameFlag.padded, 1, [3, 0, 0, 0]),
  ),
  flood("empty CONTINUATION", ({ client }, at) =>
    at === 0
      ? frame(frameType.headers, 0, 1, client.block(requestTo(rangePath)))
      : frame(frameType.continuation, 0, 1),
  ),
  flood("CONTINUATION of one byte", (_raw, at) =>
    at === 0 ? frame(frameType.headers, 0, 1) : frame(frameType.continuation, 0, 1, [0x82]),
  ),
  flood("large CONTINUATION", (_raw, at) =>
    at === 0
      ? frame(frameType.headers, 0, 1)
      : frame(frameType.continuation, 0, 1, Buffer.alloc(16_384, 0x82)),
  ),
  flood("64 MB of fields in 16 KB", (raw, at) =>
    at === 0
      ? raw.client.headers(1, true, requestTo(rangePath, ["bomb", "b".repeat(3900)]))
      : frame(frameType.headers, isLast, 2 * at + 1, Buffer.alloc(16_000, 0xbe)),
  ),
  flood("frames of no known type", () => frame(0xf0, 0, 0)),
  // One connection alone may hold 9 MiB of what has not ended, all together 20.
  flood(
    "messages without end",
    ({ client }, at) => {
      const id = 2 * at + 1;
      const part = envelope(Buffer.alloc(16_000), 0, 2_000_000).subarray(0, 16_000);
      return Buffer.concat([
        client.headers(id, false, requestTo(rangePath)),
        client.data(id, part, false),
      ]);
    },
    25,
  ),
];

export const http2Attacks: readonly Attack[] = [...sizes, ...states, ...blocks, ...floods];
