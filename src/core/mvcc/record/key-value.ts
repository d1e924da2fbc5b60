// The stored form of one change: mvccpb.KeyValue as proto3 bytes with its fields in order, exactly
// as etcd stores it, so that hashes agree and a response can splice it in (kvstore_txn.go).
import { assert, type Id64, zeroId } from "../../../base/index.ts";
import { readCount, readEnd, readId, sizeCount, sizeId, writeCount, writeId } from "./varint.ts";

const keyTag = 0x0a;
const createTag = 0x10;
const modTag = 0x18;
const versionTag = 0x20;
const valueTag = 0x2a;
const leaseTag = 0x30;

/** One record to be written. */
export interface KeyValueFields {
  readonly key: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Uint8Array;
  readonly lease: Id64;
}

const sizeField = (value: number): number => (value === 0 ? 0 : 1 + sizeCount(value));
const sizeBytes = (length: number): number => (length === 0 ? 0 : 1 + sizeCount(length) + length);

export function sizeKeyValue(fields: KeyValueFields): number {
  return (
    sizeBytes(fields.key.length) +
    sizeField(fields.createRevision) +
    sizeField(fields.modRevision) +
    sizeField(fields.version) +
    sizeBytes(fields.value.length) +
    (fields.lease === zeroId ? 0 : 1 + sizeId(fields.lease))
  );
}

export function writeKeyValue(fields: KeyValueFields, target: Uint8Array, start: number): number {
  let at = writeField(keyTag, fields.key, target, start);
  at = writeNumber(createTag, fields.createRevision, target, at);
  at = writeNumber(modTag, fields.modRevision, target, at);
  at = writeNumber(versionTag, fields.version, target, at);
  at = writeField(valueTag, fields.value, target, at);
  if (fields.lease === zeroId) return at;
  target[at] = leaseTag;
  return writeId(fields.lease, target, at + 1);
}

function writeNumber(tag: number, value: number, target: Uint8Array, at: number): number {
  if (value === 0) return at;
  target[at] = tag;
  return writeCount(value, target, at + 1);
}

function writeField(tag: number, value: Uint8Array, target: Uint8Array, start: number): number {
  if (value.length === 0) return start;
  target[start] = tag;
  const at = writeCount(value.length, target, start + 1);
  target.set(value, at);
  return at + value.length;
}

/** Where the parts of one stored record are. A scratch object, filled by `read`. */
export class KeyValueView {
  buffer: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;
  createRevision = 0;
  modRevision = 0;
  version = 0;
  /** The value with its tag and length begins here; equal to `valueEnd` when it is empty. */
  valueField = 0;
  valueStart = 0;
  valueEnd = 0;
  lease: Id64 = zeroId;

  /** Reads a record of ours or of etcd's. Views made from it are borrowed from `buffer`. */
  read(buffer: Uint8Array, start: number, end: number): void {
    this.#clear(buffer, start);
    let at = start;
    while (at < end) {
      const field = at;
      const tag = readCount(buffer, at);
      at = readEnd;
      if (tag === leaseTag) this.lease = readId(buffer, at);
      else at = this.#readField(tag, field, at);
      if (tag === leaseTag) at = readEnd;
    }
    assert(at === end, "a stored record is a whole KeyValue");
  }

  get key(): Uint8Array {
    return this.buffer.subarray(this.keyStart, this.keyEnd);
  }

  get value(): Uint8Array {
    return this.buffer.subarray(this.valueStart, this.valueEnd);
  }

  #readField(tag: number, field: number, start: number): number {
    const number = readCount(this.buffer, start);
    const at = readEnd;
    switch (tag) {
      case keyTag:
        this.keyStart = at;
        this.keyEnd = at + number;
        return at + number;
      case valueTag:
        this.valueField = field;
        this.valueStart = at;
        this.valueEnd = at + number;
        return at + number;
      case createTag:
        this.createRevision = number;
        break;
      case modTag:
        this.modRevision = number;
        break;
      case versionTag:
        this.version = number;
        break;
      default:
        assert((tag & 7) === 2 || (tag & 7) === 0, "a stored record has no fixed-size fields");
        return (tag & 7) === 2 ? at + number : at;
    }
    return at;
  }

  #clear(buffer: Uint8Array, start: number): void {
    this.buffer = buffer;
    this.keyStart = start;
    this.keyEnd = start;
    this.createRevision = 0;
    this.modRevision = 0;
    this.version = 0;
    this.valueField = start;
    this.valueStart = start;
    this.valueEnd = start;
    this.lease = zeroId;
  }
}
