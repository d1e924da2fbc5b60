// Builds the bytes of one write. Entry data is copied once, from where it lies into this buffer.
import { assert, crc32c } from "../../base/index.ts";
import { type Entry, type HardState, writeHardState } from "../../core/proto/index.ts";
import { frameHeaderBytes, paddingOf, recordBytesMax, RecordType } from "./record.ts";
import { writeVarint } from "./varint.ts";

const startBytes = 64 * 1024;
/** A buffer that grew beyond this is given back after its write. */
const keptBytesMax = 4 * 1024 * 1024;
/** Room for everything of a record but an entry's data. */
const overheadMax = 80;
/** Where a record's payload begins when checksum and length take the most room. */
const prefixMax = frameHeaderBytes + 2 + (1 + 5) + (1 + 5);

export class RecordEncoder {
  #bytes = new Uint8Array(startBytes);
  #length = 0;
  #crc: number;

  /** `crc` is the sum the chain of records has reached. */
  constructor(crc: number) {
    this.#crc = crc;
  }

  get crc(): number {
    return this.#crc;
  }

  /** Bytes waiting. */
  get length(): number {
    return this.#length;
  }

  /** The bytes waiting; valid until the next call of an `append` or of `clear`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > keptBytesMax) this.#bytes = new Uint8Array(startBytes);
  }

  /** Gives the waiting bytes away and begins with a buffer of its own. */
  take(): Uint8Array {
    const taken = this.view();
    this.#bytes = new Uint8Array(startBytes);
    this.#length = 0;
    return taken;
  }

  /** The record that carries the sum over from the segment before. */
  appendCrc(): void {
    this.#reserve(overheadMax);
    const start = this.#length + frameHeaderBytes;
    this.#finish(this.#writePrefix(start, RecordType.crc));
  }

  appendPayload(type: RecordType, payload: Uint8Array): void {
    this.#reserve(overheadMax + payload.length);
    this.#crc = crc32c(this.#crc, payload);
    const start = this.#length + frameHeaderBytes;
    const at = this.#writeLength(this.#writePrefix(start, type), payload.length);
    this.#bytes.set(payload, at);
    this.#finish(at + payload.length);
  }

  appendHardState(state: HardState): void {
    this.#reserve(overheadMax);
    const start = this.#length + prefixMax;
    const end = writeHardState(state, this.#bytes, start);
    this.#crc = crc32c(this.#crc, this.#bytes, start, end);
    this.#closeUp(RecordType.hardState, start, end, end - start);
  }

  /** The type is absent for 0 and the data when empty, as etcd has them (docs/internals/wal.md). */
  appendEntry(entry: Entry): void {
    const data = entry.data;
    const length = data.length;
    this.#reserve(overheadMax + length);
    const bytes = this.#bytes;
    const start = this.#length + prefixMax;
    let at = start;
    if (entry.type !== 0) {
      bytes[at] = 0x08;
      at = writeVarint(bytes, at + 1, entry.type);
    }
    bytes[at] = 0x10;
    at = writeVarint(bytes, at + 1, entry.term);
    bytes[at] = 0x18;
    at = writeVarint(bytes, at + 1, entry.index);
    if (length > 0) {
      bytes[at] = 0x22;
      at = writeVarint(bytes, at + 1, length);
    }
    this.#crc = crc32c(this.#crc, bytes, start, at);
    if (length > 0) this.#crc = crc32c(this.#crc, data);
    const end = this.#closeUp(RecordType.entry, start, at, at - start + length);
    if (length > 0) {
      bytes.set(data, end);
      this.#finish(end + length);
    }
  }

  /**
   * Writes the prefix and moves the payload's head, which was written at its farthest possible
   * place, up to it: the prefix holds the sum of what follows, and its length depends on that sum.
   * Ends the record unless data is still to be put at the returned place.
   */
  #closeUp(type: RecordType, start: number, end: number, payloadLength: number): number {
    const bytes = this.#bytes;
    const prefixed = this.#writePrefix(this.#length + frameHeaderBytes, type);
    const at = this.#writeLength(prefixed, payloadLength);
    if (at < start) bytes.copyWithin(at, start, end);
    const closed = at + (end - start);
    if (end - start === payloadLength) this.#finish(closed);
    return closed;
  }

  /** Type and sum; returns the place after them. */
  #writePrefix(at: number, type: RecordType): number {
    const bytes = this.#bytes;
    bytes[at] = 0x08;
    bytes[at + 1] = type;
    bytes[at + 2] = 0x10;
    return writeVarint(bytes, at + 3, this.#crc);
  }

  #writeLength(at: number, payloadLength: number): number {
    this.#bytes[at] = 0x1a;
    return writeVarint(this.#bytes, at + 1, payloadLength);
  }

  /** Fills in the frame of the record that ends at `end`. */
  #finish(end: number): void {
    const bytes = this.#bytes;
    const frame = this.#length;
    const recordBytes = end - frame - frameHeaderBytes;
    const padding = paddingOf(recordBytes);
    bytes[frame] = recordBytes;
    bytes[frame + 1] = recordBytes >>> 8;
    bytes[frame + 2] = recordBytes >>> 16;
    bytes[frame + 3] = recordBytes >>> 24;
    bytes[frame + 4] = 0;
    bytes[frame + 5] = 0;
    bytes[frame + 6] = 0;
    bytes[frame + 7] = padding === 0 ? 0 : 0x80 | padding;
    for (let at = end; at < end + padding; at++) bytes[at] = 0;
    this.#length = end + padding;
  }

  #reserve(more: number): void {
    assert(more <= recordBytesMax, "a record fits into a file");
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.view());
    this.#bytes = grown;
  }
}
