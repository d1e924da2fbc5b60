// Answers as etcd's log lines show them (server/etcdserver/txn/util.go): how many pairs, and
// how many bytes. They are looked at as they are encoded: a line must not cost another decoding.

import { emptyBytes } from "../../base/index.ts";

/** An answer without its header, which carries this revision. */
export interface PlainAnswer {
  readonly revision: number;
  /** It is buffer[start, at). */
  readonly body:
    | { readonly buffer: Uint8Array; readonly start: number; readonly at: number }
    | undefined;
}

/** An answer that was read in steps: the bytes of its body, and how many pairs each range has. */
export interface LargeAnswer {
  readonly revision: number;
  readonly bytes: number;
  readonly counts: readonly number[];
}

const kvsField = 2;
const responsesField = 3;
const rangeField = 1;
const bytesWire = 2;

export function rangeAnswerText(answer: PlainAnswer | LargeAnswer): string {
  const { revision, bytes, counts } = "counts" in answer ? answer : rangeOf(answer);
  return `${rangesText(counts)} size:${sizeOf(revision, bytes)}`;
}

/** Of a write. */
export const writeAnswerText = ({ revision, body }: PlainAnswer): string =>
  `size:${sizeOf(revision, bytesOf(body).length)}`;

export function txnAnswerText(answer: PlainAnswer | LargeAnswer): string {
  const { revision, bytes, counts } = "counts" in answer ? answer : txnOf(answer);
  return `responses:<${rangesText(counts)}> size:${sizeOf(revision, bytes)}`;
}

function rangeOf({ revision, body }: PlainAnswer): LargeAnswer {
  const bytes = bytesOf(body);
  return { revision, bytes: bytes.length, counts: [pairsIn(bytes)] };
}

function txnOf({ revision, body }: PlainAnswer): LargeAnswer {
  const bytes = bytesOf(body);
  const counts: number[] = [];
  for (const operation of submessages(bytes, responsesField)) {
    for (const range of submessages(operation, rangeField)) counts.push(pairsIn(range));
  }
  return { revision, bytes: bytes.length, counts };
}

const bytesOf = (body: PlainAnswer["body"]): Uint8Array =>
  body?.buffer.subarray(body.start, body.at) ?? emptyBytes;

const pairsIn = (answer: Uint8Array): number => [...submessages(answer, kvsField)].length;

const rangesText = (counts: readonly number[]): string =>
  counts.map((count) => `range_response_count:${count}`).join(" ");

/** The header holds nothing but the revision at that point. */
function sizeOf(revision: number, bytes: number): number {
  let size = 4 + bytes;
  for (let rest = revision; rest >= 0x80; rest /= 0x80) size++;
  return size;
}

/** The messages of one field, in order. */
function* submessages(bytes: Uint8Array, field: number): Generator<Uint8Array> {
  let at = 0;
  const varint = (): number => {
    let [value, unit] = [0, 1];
    for (;;) {
      const octet = bytes[at++] ?? 0;
      value += (octet & 0x7f) * unit;
      if (octet < 0x80) return value;
      unit *= 0x80;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) !== bytesWire) continue;
    if (tag >>> 3 === field) yield bytes.subarray(at, at + value);
    at += value;
  }
}
