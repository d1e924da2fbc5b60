// A body of any bytes is the same messages wherever it is cut, within the limit, or is refused; and what
// stands in its head, grpc-timeout and binary metadata, is a value or grpc-go's words.
import { mutate, mutateText } from "../../../test/fuzz/mutation.ts";
import { assert, equalBytes, seededRandom } from "../../base/index.ts";
import { MessageReader, type MessageSink } from "./message-reader.ts";
import { binaryFault, FieldMetadata } from "./metadata.ts";
import { parseTimeout } from "./timeout.ts";

const messageBytesMax = 1000;

class Told implements MessageSink {
  text = "";
  wantsMessages = true;
  isDone = false;

  admits(length: number): boolean {
    if (length > messageBytesMax) {
      this.isDone = true;
      this.wantsMessages = false;
    }
    return !this.isDone;
  }

  onMessage(flag: number, bytes: Uint8Array, start: number, end: number): void {
    assert(end - start <= messageBytesMax && end <= bytes.length, "a message keeps its limit");
    this.text += `${flag} ${Buffer.from(bytes.subarray(start, end)).toString("latin1")};`;
  }
}

/** Reads `bytes` in pieces; `pauses` lets messages be unwanted now and then. */
function told(bytes: Uint8Array, pieceBytes: () => number, pauses: () => boolean): string {
  const sink = new Told();
  const reader = new MessageReader(sink);
  for (let at = 0; at < bytes.length && !sink.isDone;) {
    const end = Math.min(bytes.length, at + pieceBytes());
    const piece = bytes.slice(at, end);
    sink.wantsMessages = !pauses();
    reader.push(piece, 0, piece.length);
    piece.fill(0xee);
    if (!sink.isDone) sink.wantsMessages = true;
    reader.drain();
    assert(reader.held <= bytes.length, "no more is kept than came");
    at = end;
  }
  if (sink.isDone) return `${sink.text}refused`;
  return `${sink.text}${reader.endsInMessage ? "in a message" : "open"}`;
}

/** How one body ended; throws only when a promise was broken. */
export function fuzzMessageReader(seed: number): string {
  const random = seededRandom(seed);
  const parts: Buffer[] = [];
  for (let count = random.below(5); count >= 0; count--) {
    const length = random.below(60);
    const prefix = Buffer.from([random.below(2), 0, 0, 0, length]);
    parts.push(prefix, Buffer.alloc(length, random.below(256)));
  }
  const bytes = mutate(random, Buffer.concat(parts));
  const whole = told(
    bytes,
    () => bytes.length,
    () => false,
  );
  const pieces = told(
    bytes,
    () => 1 + random.below(20),
    () => random.below(3) === 0,
  );
  assert(whole === pieces, `seed ${seed}: where a body is cut changes nothing`);
  return whole.slice(whole.lastIndexOf(";") + 1);
}

const timeouts = ["1S", "20M", "99999999H", "100m", "5u", "7n", "00000001S", "0S"];

/** A grpc-timeout, mostly a sound one. */
export const timeoutInput = (seed: number): string => {
  const random = seededRandom(seed);
  return mutateText(random, timeouts[random.below(timeouts.length)]!, "0123456789HMSmun-+. ");
};

/** A value of binary metadata, mostly a sound one. */
export function binaryInput(seed: number): string {
  const random = seededRandom(seed);
  const bytes = Buffer.alloc(random.below(24), random.below(256));
  const text = bytes.toString("base64");
  const sent = random.below(2) === 0 ? text : text.replaceAll("=", "");
  return random.below(2) === 0 ? sent : mutateText(random, sent, "AZaz09+/=-_ ,");
}

export const isTimeoutAccepted = (text: string): boolean => typeof parseTimeout(text) === "number";
export const isBinaryAccepted = (value: string): boolean =>
  binaryFault([{ name: "x-bin", value, size: 0 } as never]) === undefined;

/** How the head of one call ended; throws only when a promise was broken. */
export function fuzzCallHead(seed: number): string {
  const timeout = parseTimeout(timeoutInput(seed));
  if (typeof timeout === "number")
    assert(timeout >= 0 && timeout <= 1e8 * 36e5, "a timeout's limits");
  const value = binaryInput(seed);
  const isSound = isBinaryAccepted(value);
  const read = new FieldMetadata([{ name: "x-bin", value, size: 0 } as never]).getBinary("x-bin");
  assert(isSound === (read !== undefined), "what is not base64 has no value");
  if (read !== undefined) {
    const again = Buffer.from(Buffer.from(read).toString("base64"), "base64");
    assert(equalBytes(again, read), "bytes survive their base64");
  }
  return `${typeof timeout === "number" ? "time" : "no time"}, ${isSound ? "bytes" : "no bytes"}`;
}
