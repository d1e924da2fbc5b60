// The two tables of RFC 7541 §2.3: 61 fields everybody knows, and those this connection has added.
import { assert } from "../../../base/index.ts";
import { HeaderField } from "./header-field.ts";

const staticFields: readonly HeaderField[] = [
  [":authority"],
  [":method", "GET", "POST"],
  [":path", "/", "/index.html"],
  [":scheme", "http", "https"],
  [":status", "200", "204", "206", "304", "400", "404", "500"],
  ["accept-charset"],
  ["accept-encoding", "gzip, deflate"],
  ..."accept-language accept-ranges accept access-control-allow-origin age allow authorization \
cache-control content-disposition content-encoding content-language content-length \
content-location content-range content-type cookie date etag expect expires from host if-match \
if-modified-since if-none-match if-range if-unmodified-since last-modified link location \
max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after server \
set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate"
    .split(" ")
    .map((name) => [name]),
].flatMap(([name = "", ...values]) =>
  (values.length === 0 ? [""] : values).map((value) => new HeaderField(name, value)),
);
export const staticCount = staticFields.length;

const staticIndexes = new Map<string, number>();
const staticNameIndexes = new Map<string, number>();
for (const [at, field] of staticFields.entries()) {
  staticIndexes.set(`${field.name}\0${field.value}`, at + 1);
  if (!staticNameIndexes.has(field.name)) staticNameIndexes.set(field.name, at + 1);
}

/** What RFC 9113 §6.5.2 gives both sides until SETTINGS say otherwise. */
export const defaultTableBytes = 4096;

// As many fields as fit at 32 bytes each.
const slots = defaultTableBytes >>> 5;
const emptyRing: readonly undefined[] = Array.from({ length: slots }, () => undefined);

export class HeaderTable {
  /** Bytes the table may hold now; never above what was agreed. */
  #capacity = defaultTableBytes;
  #size = 0;
  // A ring: the newest field is at #newest, older ones behind it.
  readonly #ring: (HeaderField | undefined)[] = [...emptyRing];
  #newest = -1;
  #count = 0;
  /** Counts changes: what was read or written under one generation holds while it lasts. */
  generation = 0;

  get capacity(): number {
    return this.#capacity;
  }

  /** At most the default: neither side may ask for more. */
  resize(capacity: number): void {
    assert(capacity <= defaultTableBytes, "a table is never larger than the default");
    this.#capacity = capacity;
    this.generation++;
    this.#evictTo(capacity);
  }

  /** By the index space of RFC 7541 §2.3.3: static fields first, then the newest. */
  get(index: number): HeaderField | undefined {
    if (index <= staticCount) return staticFields[index - 1];
    const age = index - staticCount - 1;
    if (age >= this.#count) return undefined;
    const at = this.#newest - age;
    return this.#ring[at < 0 ? at + slots : at];
  }

  /** Adds the field, or empties the table when it does not fit (RFC 7541 §4.4). */
  add(field: HeaderField): void {
    this.generation++;
    this.#evictTo(this.#capacity - field.size);
    if (field.size > this.#capacity) return;
    this.#newest = this.#newest + 1 === slots ? 0 : this.#newest + 1;
    this.#ring[this.#newest] = field;
    this.#size += field.size;
    this.#count++;
  }

  /** The index of this very field, or 0. */
  indexOf(name: string, value: string): number {
    const known = staticIndexes.get(`${name}\0${value}`);
    if (known !== undefined) return known;
    for (let index = staticCount + 1; index <= staticCount + this.#count; index++) {
      const field = this.get(index)!;
      if (field.name === name && field.value === value) return index;
    }
    return 0;
  }

  /** The index of a field with this name, or 0. */
  indexOfName(name: string): number {
    const known = staticNameIndexes.get(name);
    if (known !== undefined) return known;
    for (let index = staticCount + 1; index <= staticCount + this.#count; index++) {
      if (this.get(index)!.name === name) return index;
    }
    return 0;
  }

  #evictTo(bytes: number): void {
    while (this.#size > bytes && this.#count > 0) {
      const at = this.#newest - this.#count + 1;
      const oldest = at < 0 ? at + slots : at;
      this.#size -= this.#ring[oldest]!.size;
      this.#ring[oldest] = undefined;
      this.#count--;
    }
  }
}
