// Messages out of a stream of chunks: one octet of flags, four of length, the message.
import { Code } from "../../core/errors/index.ts";
import type { CallStatus } from "./status.ts";

const headBytes = 5;

export class MessageSplitter {
  readonly #bytesMax: number;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** Of the message that is coming in; undefined until its head is there. */
  #length: number | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Hands on each message that is whole, borrowed; tells why the call must end, if it must. */
  push(chunk: Buffer, onMessage: (bytes: Uint8Array) => void): CallStatus | undefined {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    while (this.#keptBytes >= (this.#length ?? headBytes)) {
      const bytes = this.#take(this.#length ?? headBytes);
      if (this.#length !== undefined) {
        this.#length = undefined;
        onMessage(bytes);
        continue;
      }
      const length = bytes.readUInt32BE(1);
      if (bytes[0] !== 0) {
        return { code: Code.Internal, message: "grpc: a compressed message was not asked for" };
      }
      if (length > this.#bytesMax) {
        const message = `grpc: received message larger than max (${length} vs. ${this.#bytesMax})`;
        return { code: Code.ResourceExhausted, message };
      }
      this.#length = length;
    }
    return undefined;
  }

  #take(count: number): Buffer {
    const first = this.#kept[0];
    const all = this.#kept.length === 1 && first !== undefined ? first : Buffer.concat(this.#kept);
    this.#kept = [all.subarray(count)];
    this.#keptBytes -= count;
    return all.subarray(0, count);
  }
}
