// Room for one encoded message. V8 keeps small byte arrays on its own heap, but asks the system for
// each larger one, which costs more than encoding does (docs/adr/0006). So those between the two
// limits are cut from slabs, as Node cuts its Buffers.

/** Up to here V8 allocates on its heap. */
const heapBytesMax = 64;
const cutBytesMax = 4096;
const slabBytes = 65_536;

let slab = new ArrayBuffer(0);
let used = 0;

/** Zeroed bytes that nobody else holds. They may share a buffer: never transfer `.buffer`. */
export function allocate(size: number): Uint8Array {
  if (size <= heapBytesMax || size > cutBytesMax) return new Uint8Array(size);
  if (used + size > slab.byteLength) {
    slab = new ArrayBuffer(slabBytes);
    used = 0;
  }
  const bytes = new Uint8Array(slab, used, size);
  // Copies of whole words are quicker from a word's border.
  used = (used + size + 7) & ~7;
  return bytes;
}
