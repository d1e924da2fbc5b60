// Any bytes at all, taken for a stored record, end in a view of those bytes or in an InvariantError:
// a damaged file stops a member, it never hangs one.
import { assert, InvariantError, type RandomSource } from "../../../base/index.ts";
import { encodeKeyValue, makeKeyValue } from "../../proto/index.ts";
import { KeyValueView } from "./key-value.ts";

/** Reads `bytes` as a record; true when it is one. Throws when a promise is broken. */
export function fuzzKeyValue(bytes: Uint8Array): boolean {
  const view = new KeyValueView();
  try {
    view.read(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof InvariantError) return false;
    throw error;
  }
  assert(view.keyEnd <= bytes.length && view.keyStart <= view.keyEnd, "a key lies in its record");
  assert(view.valueField <= view.valueStart, "a value's field begins before it");
  assert(view.valueEnd <= bytes.length && view.valueStart <= view.valueEnd, "so does a value");
  assert(view.lease >= 0n && view.lease < 1n << 64n, "a lease has 64 bits");
  return true;
}

/** A record with some bytes changed, cut or doubled; now and then only noise. */
export function mutatedKeyValue(random: RandomSource): Uint8Array {
  if (random.below(8) === 0) {
    return Uint8Array.from({ length: random.below(40) }, () => random.below(256));
  }
  let bytes: Uint8Array = encodeKeyValue(
    makeKeyValue({
      key: new Uint8Array(random.below(20)).fill(107),
      value: new Uint8Array(random.below(200)).fill(118),
      createRevision: random.below(2 ** 40),
      modRevision: random.below(2 ** 53),
      version: random.below(1000),
      lease: BigInt(random.bits32()) << BigInt(random.below(33)),
    }),
  ).slice();
  for (let change = random.below(4); change > 0 && bytes.length > 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(4);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else if (kind === 2) bytes.fill(0xff, at, at + random.below(12));
    else bytes.copyWithin(at, random.below(bytes.length));
  }
  return bytes;
}
