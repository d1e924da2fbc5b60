// Any bytes at all must come to messages, a refusal, or a wait for more; and the same wherever they
// are cut.
import {
  assert,
  bytesFromHex,
  concatBytes,
  equalBytes,
  seededRandom,
} from "../../../base/index.ts";
import { encodeMessage, MalformedError } from "../../../core/proto/index.ts";
import { capturedMessages, capturedMsgApp } from "./captured-streams.ts";
import { MessageDecoder } from "./message-codec.ts";
import { MsgAppDecoder } from "./msgapp-codec.ts";
import { type StreamDecoder, StreamError } from "./stream-codec.ts";

interface Reading {
  readonly end: "waits" | "refused";
  readonly messages: Uint8Array;
}

/** Throws only when a decoder broke a promise. Returns how the two decoders ended. */
export function fuzzStreamDecoders(bytes: Uint8Array, seed: number): string {
  const random = seededRandom(seed);
  const ends = [() => new MsgAppDecoder(1n, 2n), () => new MessageDecoder(1 << 20)].map((make) => {
    const whole = read(make(), bytes, () => bytes.length);
    const pieces = read(make(), bytes, () => 1 + random.below(40));
    assert(whole.end === pieces.end, "where a stream is cut does not change its end");
    assert(equalBytes(whole.messages, pieces.messages), "nor what it says");
    return whole.end;
  });
  return ends.join(", ");
}

function read(decoder: StreamDecoder, bytes: Uint8Array, pieceBytes: () => number): Reading {
  const messages: Uint8Array[] = [];
  try {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + pieceBytes());
      decoder.feed(bytes.slice(at, end));
      for (let next = decoder.next(); next !== undefined; next = decoder.next()) {
        messages.push(encodeMessage(next));
      }
      at = end;
    }
    return { end: "waits", messages: concatBytes(messages) };
  } catch (error) {
    if (!(error instanceof StreamError || error instanceof MalformedError)) throw error;
    return { end: "refused", messages: concatBytes(messages) };
  }
}

/** A stream of Go's with one to five changes. */
export function mutatedStream(seed: number): Uint8Array {
  const random = seededRandom(seed);
  let bytes = bytesFromHex(random.below(3) === 0 ? capturedMessages : capturedMsgApp);
  for (let change = random.below(5); change >= 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(5);
    if (kind === 0) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 1) bytes[at] = random.bits32();
    else if (kind === 2) bytes = bytes.slice(0, at + 1);
    else if (kind === 3) bytes.fill(random.bits32(), at, at + random.below(16));
    else bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
  }
  return bytes;
}
