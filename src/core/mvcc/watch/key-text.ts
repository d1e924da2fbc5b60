// Keys as text whose characters are the bytes 0..255: a Map key by value, ordered as bytes are.

/** No key: the range end of a watcher on exactly one key. */
export const singleKey = "";
/** Above every key: the range end of "all keys from here on". No byte maps to this character. */
export const openEnd = "\uffff";

// More arguments than this could exceed the engine's stack.
const chunkBytes = 4096;

/** Measured at 0.3 µs for 48 bytes; a character at a time takes twice that. */
export function keyText(key: Uint8Array): string {
  if (key.length <= chunkBytes) {
    return String.fromCharCode.apply(undefined, key as unknown as number[]);
  }
  let text = "";
  for (let at = 0; at < key.length; at += chunkBytes) {
    text += keyText(key.subarray(at, at + chunkBytes));
  }
  return text;
}
