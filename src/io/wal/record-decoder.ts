// Reads records one after the other through the files of a log (server/storage/wal/decoder.go).
import { crc32c } from "../../base/index.ts";
import type { DiskFile } from "../host/index.ts";
import { frameHeaderBytes, RecordType, sectorBytes } from "./record.ts";
import { SegmentReader } from "./segment-reader.ts";
import { isBefore, type SyncedPlace } from "./synced-mark.ts";
import { WireCursor } from "./varint.ts";
import { WalError, walErrors } from "./wal-error.ts";

/** A record that ends in as many zero bytes, where nothing follows, was not written whole. */
const zerosMin = 9;

/** After `next()` said true, the fields describe the record; they change with the next call. */
export class RecordDecoder {
  readonly #readers: SegmentReader[];
  readonly #mark: SyncedPlace | undefined;
  readonly #skims: boolean;
  readonly #cursor = new WireCursor();
  #at = 0;
  #crc = 0;
  #offset = 0;

  type = 0;
  /** The sum the record carries. */
  recordCrc = 0;
  /** The payload is bytes[start, end); empty when the record has none. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;

  /** `skims` takes the sum of an entry below the mark for granted; whoever needs the entry does not. */
  constructor(files: readonly DiskFile[], mark?: SyncedPlace, skims = false) {
    this.#readers = files.map((file) => new SegmentReader(file));
    this.#mark = mark;
    this.#skims = skims;
  }

  /** Where, in the file now read, the last good record ends. */
  get lastOffset(): number {
    return this.#offset;
  }

  /** The sum over all payloads so far, continued from the last crc record. */
  get crc(): number {
    return this.#crc;
  }

  /** The payload as a view that stays good. */
  payload(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /**
   * False at the clean end of the last file. Throws WalError `unexpectedEof` for what a crash may
   * leave behind, `crcMismatch` or `malformed` for what it may not, and `lost` where that lies below
   * the mark.
   */
  next(): boolean {
    for (;;) {
      const reader = this.#readers[this.#at];
      if (reader === undefined) return false;
      const word = reader.need(this.#offset, frameHeaderBytes);
      if (word !== 0 && word !== frameHeaderBytes) throw this.#cutShort(reader, "a length");
      if (word === 0 || isZero(reader.bytes, this.#offset - reader.start, word)) {
        // The end of this file, or the room allocated ahead.
        const isLast = this.#at === this.#readers.length - 1;
        if (isLast && this.#isBelowMark(reader)) throw this.#lost(reader, "the log ends");
        this.#at++;
        if (this.#at === this.#readers.length) return false;
        this.#offset = 0;
        continue;
      }
      this.#decode(reader);
      return true;
    }
  }

  /**
   * To be called after a crc record: it must continue the chain, and starts one where reading began
   * in the middle of the log.
   */
  acceptCrc(): void {
    if (this.#crc !== 0 && this.recordCrc !== this.#crc) throw walErrors.crcMismatch();
    this.#crc = this.recordCrc;
  }

  #decode(reader: SegmentReader): void {
    const at = this.#offset - reader.start;
    const recordBytes = readRecordLength(reader.bytes, at);
    const padding = reader.bytes[at + 7]! >= 0x80 ? reader.bytes[at + 7]! & 7 : 0;
    if (recordBytes > reader.size - this.#offset - padding) {
      throw this.#cutShort(reader, "max entry size limit exceeded");
    }
    const whole = frameHeaderBytes + recordBytes + padding;
    if (reader.need(this.#offset, whole) < whole) throw this.#cutShort(reader, "a record");
    const start = this.#offset - reader.start + frameHeaderBytes;
    const parsed = this.#parse(reader.bytes, start, start + recordBytes);
    const sum = this.type === RecordType.crc ? this.#crc : this.#sum(reader);
    if (!parsed || (this.type !== RecordType.crc && sum !== this.recordCrc)) {
      throw this.#damaged(reader, { parsed, sum, length: recordBytes + padding });
    }
    this.#crc = sum;
    this.#offset += whole;
  }

  #sum(reader: SegmentReader): number {
    if (this.#skims && this.type === RecordType.entry && this.#isBelowMark(reader)) {
      return this.recordCrc;
    }
    return crc32c(this.#crc, this.bytes, this.start, this.end);
  }

  /** False when bytes[start, end) is no walpb.Record. */
  #parse(bytes: Uint8Array, start: number, end: number): boolean {
    const cursor = this.#cursor;
    cursor.reset(bytes, start, end);
    this.bytes = bytes;
    this.type = 0;
    this.recordCrc = 0;
    this.start = end;
    this.end = end;
    while (cursor.more) {
      const tag = cursor.tag();
      if (tag === 0x08) this.type = cursor.counter();
      else if (tag === 0x10) this.recordCrc = cursor.uint32();
      else if (tag === 0x1a) {
        this.start = cursor.skipBytes();
        this.end = cursor.at;
      } else cursor.skip(tag);
    }
    return !cursor.broken;
  }

  #damaged(
    reader: SegmentReader,
    frame: { parsed: boolean; sum: number; length: number },
  ): WalError {
    const isLast = this.#at === this.#readers.length - 1;
    const place = `in file '${nameOf(reader.file.path)}' at position: ${this.#offset}`;
    if (this.#isBelowMark(reader)) return this.#lost(reader, "a record is damaged");
    if (isLast && this.#isTorn(reader, frame.length)) {
      return new WalError("unexpectedEof", `unexpected EOF: ${place}`);
    }
    if (!frame.parsed) return new WalError("malformed", `wal: record is not valid: ${place}`);
    const expected = this.recordCrc.toString(16);
    const computed = frame.sum.toString(16);
    const sums = `expected: ${expected} computed: ${computed}`;
    return new WalError("crcMismatch", `walpb: crc mismatch: ${sums}: ${place}`);
  }

  #isBelowMark(reader: SegmentReader): boolean {
    const mark = this.#mark;
    return mark !== undefined && isBefore(nameOf(reader.file.path), this.#offset, mark);
  }

  #lost(reader: SegmentReader, what: string): WalError {
    const { segment, offset } = this.#mark!;
    return new WalError(
      "lost",
      `wal: ${what} in file '${reader.file.path}' at offset ${this.#offset}, though all up to ` +
        `${segment}:${offset} was synced: the disk lost what was acknowledged. Restore this member ` +
        "from a snapshot, or remove it from its cluster and add it anew; to go on with what is left, " +
        "remove *.mark.tmp beside the file",
    );
  }

  /**
   * A sector of zeros inside a record was never written: the crash came in between. So did it where
   * zeros begin inside a sector, with nothing behind the record: a write the disk refused midway.
   * etcd refuses that log; the mark says here that nobody was told of the record.
   */
  #isTorn(reader: SegmentReader, length: number): boolean {
    if (this.#endsInZeros(reader, length)) return true;
    const { bytes } = reader;
    const start = this.#offset - reader.start + frameHeaderBytes;
    let position = this.#offset + frameHeaderBytes;
    let at = start;
    const end = start + length;
    while (at < end) {
      const piece = Math.min(sectorBytes - (position % sectorBytes), end - at);
      if (isZero(bytes, at, piece)) return true;
      at += piece;
      position += piece;
    }
    return false;
  }

  #endsInZeros(reader: SegmentReader, length: number): boolean {
    if (this.#mark?.segment !== nameOf(reader.file.path)) return false;
    const behind = this.#offset + frameHeaderBytes + length;
    const there = reader.need(this.#offset, frameHeaderBytes + length + frameHeaderBytes);
    const end = this.#offset - reader.start + there;
    const cut = Math.max(0, behind - zerosMin - reader.start);
    return isZero(reader.bytes, cut, end);
  }

  #cutShort(reader: SegmentReader, what: string): WalError {
    if (this.#isBelowMark(reader)) return this.#lost(reader, what);
    const name = nameOf(reader.file.path);
    const where = `when reading "${name}", offset(${this.#offset}), fileSize(${reader.size})`;
    return new WalError("unexpectedEof", `unexpected EOF: [wal] ${what} ${where}`);
  }
}

/** The low 56 bits of the length word. */
function readRecordLength(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  const high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16);
  return high * 0x1_0000_0000 + (low >>> 0);
}

function isZero(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if (bytes[at] !== 0) return false;
  return true;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
