// Any bytes behind the preface are frames within the limit or a ConnectionError, however they are cut.
import { mutate } from "../../../test/fuzz/mutation.ts";
import { assert, seededRandom } from "../../base/index.ts";
import { ConnectionError } from "./error-code.ts";
import { clientPreface, framePayloadBytesMax } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { frame } from "./testing.ts";

/** Frames in their order, and how reading ended; payloads by length and last byte. */
function told(bytes: Uint8Array, pieceBytes: () => number): string {
  let text = "";
  const reader = new FrameReader({
    wantsFrames: true,
    onFrame: (type, flags, streamId, from, start, end) => {
      assert(end - start <= framePayloadBytesMax, "a frame keeps within the limit");
      assert(start <= end && end <= from.length, "a payload lies in its bytes");
      assert(streamId >= 0 && streamId < 2 ** 31, "a stream's id has 31 bits");
      text += `${type} ${flags} ${streamId} ${end - start} ${from[end - 1]};`;
    },
  });
  try {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + pieceBytes());
      // What was read is borrowed: afterwards it may hold anything.
      const piece = new Uint8Array(bytes.subarray(at, end));
      reader.read(piece, 0, piece.length);
      piece.fill(0xee);
      at = end;
    }
    return `${text}open`;
  } catch (error) {
    if (error instanceof ConnectionError) return `${text}${error.message}`;
    throw error;
  }
}

/** How one input ended; throws only when a promise was broken. */
export function fuzzFrameReader(seed: number): string {
  const random = seededRandom(seed);
  const parts: Uint8Array[] = [];
  for (let count = random.below(6); count >= 0; count--) {
    const payload = new Uint8Array(random.below(40)).fill(random.below(256));
    parts.push(frame(random.below(12), random.below(256), random.below(1000), payload));
  }
  const changed = mutate(random, Buffer.concat(parts));
  const bytes = Buffer.concat([clientPreface, changed]);
  const whole = told(bytes, () => bytes.length);
  const pieces = told(bytes, () => 1 + random.below(30));
  assert(whole === pieces, `seed ${seed}: where bytes are cut changes nothing`);
  return whole.slice(whole.lastIndexOf(";") + 1);
}
