// Any bytes of a client make messages within the limit or a WebSocketError, however they are cut.
import { assert, type RandomSource, seededRandom } from "../../base/index.ts";
import { FrameReader, WebSocketError } from "./websocket-frames.ts";

export const fuzzedMessageBytesMax = 1000;

/** What the reader makes of the bytes in these pieces; throws only when a promise was broken. */
export function fuzzFrames(pieces: readonly Uint8Array[]): string {
  let told = "";
  const reader = new FrameReader(
    {
      message: (bytes) => {
        assert(bytes.length <= fuzzedMessageBytesMax, "a message keeps within the limit");
        told += `message ${Buffer.from(bytes).toString("base64")};`;
      },
      ping: (bytes) => {
        assert(bytes.length <= 125, "a ping keeps within the limit");
        told += `ping ${Buffer.from(bytes).toString("base64")};`;
      },
      close: (code) => (told += `close ${code};`),
    },
    fuzzedMessageBytesMax,
  );
  try {
    for (const piece of pieces) reader.push(piece);
    return `${told}open`;
  } catch (error) {
    if (error instanceof WebSocketError) return `${told}failed ${error.code}`;
    throw error;
  }
}

/** One to six frames of a client, most of them sound. */
export function randomFrames(random: RandomSource): Uint8Array {
  const parts: Buffer[] = [];
  for (let frame = random.below(6); frame >= 0; frame--) {
    const length = [0, 5, 125, 126, 130, 999, 1001][random.below(7)]!;
    const code = [0, 1, 1, 2, 8, 9, 10, 3][random.below(8)]!;
    const first = code | (random.below(4) === 0 ? 0 : 0x80) | (random.below(20) === 0 ? 0x40 : 0);
    const mask = random.below(20) === 0 ? 0 : 0x80;
    const head =
      length < 126 ? [first, mask | length] : [first, mask | 126, length >> 8, length & 255];
    parts.push(
      Buffer.from(head),
      Buffer.from([1, 2, 3, 4]),
      Buffer.alloc(length, random.below(256)),
    );
  }
  let bytes = new Uint8Array(Buffer.concat(parts));
  for (let change = random.below(4); change > 0; change--) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
  if (random.below(4) === 0) bytes = bytes.subarray(0, random.below(bytes.length));
  return bytes;
}

/** How one stream ended; throws only when a promise was broken. */
export function fuzzWebSocketOne(seed: number): string {
  const random = seededRandom(seed);
  const bytes = randomFrames(random);
  const cut = random.below(bytes.length + 1);
  const whole = fuzzFrames([bytes]);
  const pieces = fuzzFrames([bytes.subarray(0, cut), bytes.subarray(cut)]);
  assert(whole === pieces, `seed ${seed}: pieces are read as the whole`);
  return whole.slice(whole.lastIndexOf(";") + 1);
}

/** So many inputs from the seed on; how often each ended how. */
export function fuzzWebSocket(first: number, rounds: number): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (let seed = first; seed < first + rounds; seed++) {
    const end = fuzzWebSocketOne(seed);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return ends;
}
