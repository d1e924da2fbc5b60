// Request ids: unique among the members of a cluster and across restarts, as etcd's idutil makes them.
import { type Id64, id64High, id64Low } from "../../base/index.ts";

const two16 = 65_536;
const two40 = 2 ** 40;
const two48 = 2 ** 48;

/**
 * An id is 16 bits of the member, 40 bits of wall-clock milliseconds at start and a counter that
 * begins in the lowest 8. The lower 48 bits are a number: they alone name a request of this member.
 */
export class RequestIds {
  readonly #memberLow16: number;
  #suffix: number;

  constructor(memberId: Id64, wallMs: number) {
    this.#memberLow16 = id64Low(memberId) & 0xffff;
    this.#suffix = (wallMs % two40) * 256;
  }

  /** The next id's lower 48 bits. */
  nextSuffix(): number {
    this.#suffix = (this.#suffix + 1) % two48;
    return this.#suffix;
  }

  /** The whole id of a suffix this member made. */
  whole(suffix: number): Id64 {
    return (BigInt(this.#memberLow16) << 48n) | BigInt(suffix);
  }

  next(): Id64 {
    return this.whole(this.nextSuffix());
  }

  /** The suffix of one of our own ids, or undefined for another member's. */
  suffixOf(id: Id64): number | undefined {
    const high = id64High(id);
    if (high >>> 16 !== this.#memberLow16) return undefined;
    return (high % two16) * 2 ** 32 + id64Low(id);
  }
}

/** Eight bytes, big-endian, as etcd makes read contexts. */
export function contextOf(id: Id64): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, id);
  return bytes;
}
