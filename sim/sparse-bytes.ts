// The content of a simulated file: pages that exist only where something was written, shared between
// copies until one of them writes.

const pageBytes = 4096;
const noPage: Uint8Array = new Uint8Array(pageBytes);

/** A page belongs to whoever copied it last; everyone else copies before writing. */
interface Page {
  owner: object;
  bytes: Uint8Array;
}

export class SparseBytes {
  size = 0;
  #pages = new Map<number, Page>();
  #self: object = {};

  /** A copy that costs one map; pages are shared until either side writes. */
  clone(): SparseBytes {
    const copy = new SparseBytes();
    copy.size = this.size;
    copy.#pages = new Map(this.#pages);
    // Both sides lose ownership, so both copy before they write.
    this.#self = {};
    return copy;
  }

  /** Pages that take room. */
  get pageCount(): number {
    return this.#pages.size;
  }

  /** How many pages a write at `position` would add. */
  newPages(position: number, length: number): number {
    let count = 0;
    for (let page = firstPage(position); page <= lastPage(position, length); page++) {
      if (!this.#pages.has(page)) count++;
    }
    return count;
  }

  read(target: Uint8Array, targetStart: number, length: number, position: number): number {
    const end = Math.min(position + length, this.size);
    for (let at = position; at < end;) {
      const inPage = at % pageBytes;
      const piece = Math.min(pageBytes - inPage, end - at);
      const bytes = this.#pages.get((at - inPage) / pageBytes)?.bytes ?? noPage;
      target.set(bytes.subarray(inPage, inPage + piece), targetStart + at - position);
      at += piece;
    }
    return Math.max(0, end - position);
  }

  /** Bytes [position, position + length), zeros behind the end. */
  slice(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.read(bytes, 0, length, position);
    return bytes;
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    for (let at = position; at < end;) {
      const inPage = at % pageBytes;
      const piece = Math.min(pageBytes - inPage, end - at);
      const from = at - position;
      this.#own((at - inPage) / pageBytes).set(bytes.subarray(from, from + piece), inPage);
      at += piece;
    }
    if (end > this.size) this.size = end;
  }

  /** Cuts or extends; what comes back after a cut is zeros. */
  truncate(size: number): void {
    if (size < this.size) {
      const kept = Math.ceil(size / pageBytes);
      for (const page of this.#pages.keys()) if (page >= kept) this.#pages.delete(page);
      if (size % pageBytes !== 0 && this.#pages.has(kept - 1)) {
        this.#own(kept - 1).fill(0, size % pageBytes);
      }
    }
    this.size = size;
  }

  #own(page: number): Uint8Array {
    const found = this.#pages.get(page);
    if (found?.owner === this.#self) return found.bytes;
    const bytes = new Uint8Array(pageBytes);
    if (found !== undefined) bytes.set(found.bytes);
    this.#pages.set(page, { owner: this.#self, bytes });
    return bytes;
  }
}

const firstPage = (position: number): number => Math.floor(position / pageBytes);
const lastPage = (position: number, length: number): number =>
  Math.floor((position + Math.max(1, length) - 1) / pageBytes);
