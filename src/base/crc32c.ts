// CRC-32/Castagnoli in the form Go's hash/crc32 `Update` has: continued across records, so that
// crc32c(crc32c(0, a), b) is the sum of a followed by b. WAL records and HashKV use it.
import { constant, op, unsigned, wasmModule, wasmPageBytes } from "./wasm-module.ts";

const polynomial = 0x82f63b78;
/** Tables of 256, for as many bytes a step. */
const tableCount = 16;
const tableBytes = 1024;
/** Fewer bytes are summed here: to copy them to where they are summed quicker would cost more. */
const wasmBytesMin = 200;
/** Tables lie in the first page of the memory, the bytes to be summed in the second. */
const bytesAt = wasmPageBytes;

/** Parameters of the function; the last two are its own. */
const [crc, at, end, word] = [0, 1, 2, 3];
const together = (...parts: readonly number[][]): number[] => parts.flat();
const get = (local: number): number[] => [op.localGet, local];
const set = (local: number): number[] => [op.localSet, local];
const wordAlign = 2;

/** The entry of a table for one byte of a word, shifted so that it is an offset at once. */
const lookup = (byte: number, table: number): number[] =>
  together(
    get(word),
    constant(byte === 0 ? 2 : 8 * byte - 2),
    [byte === 0 ? op.shl : op.shrU],
    constant(0x3fc),
    [op.and, op.load, wordAlign],
    unsigned(table * tableBytes),
  );

/** Four lookups for the word at `at + offset`; the first word takes the sum so far in. */
const wordLookups = (offset: number): number[] => {
  const isFirst = offset === 0;
  return together(
    get(at),
    [op.load, 0],
    unsigned(offset),
    isFirst ? together(get(crc), [op.xor]) : [],
    set(word),
    ...[0, 1, 2, 3].map((byte) =>
      together(lookup(byte, tableCount - 1 - offset - byte), isFirst && byte === 0 ? [] : [op.xor]),
    ),
  );
};

const advance = (bytes: number): number[] =>
  together(get(at), constant(bytes), [op.add], set(at), [op.br, 0, op.end, op.end]);
const whileTrue = [op.block, op.empty, op.loop, op.empty];

/** Sixteen bytes a step, then one: the function's result is the sum, not inverted. */
const code = together(
  whileTrue,
  together(get(at), constant(tableCount), [op.add], get(end), [op.gtU, op.brIf, 1]),
  ...[0, 4, 8, 12].map(wordLookups),
  set(crc),
  advance(tableCount),
  whileTrue,
  together(get(at), get(end), [op.geU, op.brIf, 1]),
  together(get(crc), get(at), [op.load8u, 0, 0, op.xor], set(word)),
  together(lookup(0, 0), get(crc), constant(8), [op.shrU, op.xor], set(crc)),
  advance(1),
  get(crc),
);

const { memory, run } = wasmModule({ pages: 2, parameters: 4, results: 1, code });
const held = new Uint8Array(memory.buffer, bytesAt);
fillTables(new Uint32Array(memory.buffer, 0, (tableCount * tableBytes) / 4));
/** A copy: what lies in a memory that might go away is read more slowly. */
const table = (index: number): Uint32Array =>
  Uint32Array.from(new Uint32Array(memory.buffer, index * tableBytes, 256));
const [t0, t1, t2, t3] = [table(0), table(1), table(2), table(3)];
const [t4, t5, t6, t7] = [table(4), table(5), table(6), table(7)];

/** Fills the tables; the first of them is that of single bytes. */
function fillTables(tables: Uint32Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    tables[byte] = sum;
  }
  for (let entry = 256; entry < tables.length; entry++) {
    const previous = tables[entry - 256]!;
    tables[entry] = tables[previous & 0xff]! ^ (previous >>> 8);
  }
}

/** Continues `sum` (0 to begin) over bytes[start, end). The result is an unsigned 32-bit number. */
export function crc32c(sum: number, bytes: Uint8Array, start = 0, stop = bytes.length): number {
  if (stop - start >= wasmBytesMin) return sumOfMany(sum, bytes, start, stop);
  let c = ~sum;
  let index = start;
  for (const last = stop - 7; index < last; index += 8) {
    c ^=
      bytes[index]! |
      (bytes[index + 1]! << 8) |
      (bytes[index + 2]! << 16) |
      (bytes[index + 3]! << 24);
    c =
      t7[c & 0xff]! ^
      t6[(c >>> 8) & 0xff]! ^
      t5[(c >>> 16) & 0xff]! ^
      t4[c >>> 24]! ^
      t3[bytes[index + 4]!]! ^
      t2[bytes[index + 5]!]! ^
      t1[bytes[index + 6]!]! ^
      t0[bytes[index + 7]!]!;
  }
  for (; index < stop; index++) c = t0[(c ^ bytes[index]!) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}

function sumOfMany(sum: number, bytes: Uint8Array, start: number, stop: number): number {
  let state = ~sum;
  for (let from = start; from < stop; from += held.length) {
    const to = Math.min(stop, from + held.length);
    held.set(bytes.subarray(from, to));
    state = run(state, bytesAt, bytesAt + to - from, 0);
  }
  return ~state >>> 0;
}
