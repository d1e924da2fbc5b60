// Transactions nested deeper than we decode. Go decodes 10,000 levels and then finds that they are too
// many operations, since each level has at least one; beyond that it does not decode them either.

const goNestingMax = 10_000;
const nestedTxnTag = 0x22;

/** Whether Go would decode a TxnRequest whose outermost first operations nest like this. */
export function isDecodedByGo(bytes: Uint8Array): boolean {
  let [start, end] = [0, bytes.length];
  let level = 0;
  // A transaction's operations are fields 2 and 3, an operation's transaction is field 4.
  for (let inTxn = true; level <= goNestingMax; level++, inTxn = !inTxn) {
    const tags = inTxn ? [0x12, 0x1a] : [nestedTxnTag];
    const inner = firstField(bytes, start, end, tags);
    if (inner === undefined) break;
    [start, end] = inner;
  }
  return level < goNestingMax;
}

/** The content of the first field in [start, end), when it has one of the tags. */
function firstField(
  bytes: Uint8Array,
  start: number,
  end: number,
  tags: readonly number[],
): [start: number, end: number] | undefined {
  if (start >= end || !tags.includes(bytes[start]!)) return undefined;
  let length = 0;
  let at = start + 1;
  for (let shift = 0; at < end && shift < 35; shift += 7) {
    const byte = bytes[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return at + length <= end ? [at, at + length] : undefined;
  }
  return undefined;
}
