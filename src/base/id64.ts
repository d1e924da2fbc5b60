// A 64-bit identity: cluster, member, lease, request. No arithmetic is offered on it.
// Its representation is known here only (docs/adr/0003-counters-are-numbers.md).
import { assert } from "./assert.ts";

/** An unsigned 64-bit identity. Usable as a Map key; compared with `===`. */
export type Id64 = bigint;

export const zeroId: Id64 = 0n;

/** From two halves of 32 bits. */
export function id64(high: number, low: number): Id64 {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The upper 32 bits, unsigned. */
export const id64High = (id: Id64): number => Number((id >> 32n) & 0xffff_ffffn);
/** The lower 32 bits, unsigned. */
export const id64Low = (id: Id64): number => Number(id & 0xffff_ffffn);

/** As Go prints `%x`: lower case, not padded. */
export const id64Hex = (id: Id64): string => BigInt.asUintN(64, id).toString(16);

/** Reads what `id64Hex` printed. */
export function id64FromHex(text: string): Id64 {
  assert(/^[0-9a-f]{1,16}$/.test(text), "a hex identity has 1 to 16 lower-case digits");
  return BigInt(`0x${text}`);
}

/** The same bits read as a signed int64, as lease ids appear in JSON and in `%d`. */
export const id64Signed = (id: Id64): bigint => BigInt.asIntN(64, id);

export const compareId64 = (a: Id64, b: Id64): number => (a < b ? -1 : a > b ? 1 : 0);
