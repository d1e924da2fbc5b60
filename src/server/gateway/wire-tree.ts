// Protobuf bytes as they are put together from the inside out: lengths come before what they measure, so
// pieces gather in a tree and are copied once.

export interface WirePart {
  readonly bytes: number;
  readonly pieces: readonly (Uint8Array | WirePart)[];
}

export const joined = (pieces: readonly (Uint8Array | WirePart)[]): WirePart => {
  let bytes = 0;
  for (const piece of pieces) bytes += sizeOf(piece);
  return { bytes, pieces };
};

const sizeOf = (piece: Uint8Array | WirePart): number =>
  piece instanceof Uint8Array ? piece.length : piece.bytes;

/** The bytes of a tree. It may be deep: no recursion. */
export function flatten(root: WirePart): Uint8Array {
  const target = new Uint8Array(root.bytes);
  const open: (Uint8Array | WirePart)[] = [root];
  let at = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next instanceof Uint8Array) {
      target.set(next, at);
      at += next.length;
      continue;
    }
    for (let child = next.pieces.length - 1; child >= 0; child--) open.push(next.pieces[child]!);
  }
  return target;
}

/** Tags and lengths are nearly always of one octet: these are made once, and shared. */
const singleOctets = Array.from({ length: 0x80 }, (_, octet) => Uint8Array.of(octet));

/** A varint; negative numbers take ten octets, as their 64-bit two's complement. Not to be changed. */
export function varint(value: bigint): Uint8Array {
  if (value >= 0n && value < 0x80n) return singleOctets[Number(value)]!;
  const octets: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) octets.push(Number(rest & 0x7fn) | 0x80);
  octets.push(Number(rest));
  return Uint8Array.from(octets);
}

/** Of a tag or a length. */
const smallVarint = (value: number): Uint8Array =>
  value < 0x80 ? singleOctets[value]! : varint(BigInt(value));

const wireTypeVarint = 0;
const wireTypeLength = 2;

export const varintField = (number: number, value: bigint): WirePart =>
  joined([smallVarint(number * 8 + wireTypeVarint), varint(value)]);

export const lengthField = (number: number, content: Uint8Array | WirePart): WirePart =>
  joined([smallVarint(number * 8 + wireTypeLength), smallVarint(sizeOf(content)), content]);
