// Eight bytes, most significant first, as rafthttp writes lengths and commit indexes.

const two32 = 4_294_967_296;

export function writeUint64(value: number, target: Uint8Array, start: number): void {
  writeUint32(Math.floor(value / two32), target, start);
  writeUint32(value % two32, target, start + 4);
}

/** One that a number cannot count exactly becomes Infinity. */
export function readUint64(bytes: Uint8Array, start: number): number {
  const value = readUint32(bytes, start) * two32 + readUint32(bytes, start + 4);
  return Number.isSafeInteger(value) ? value : Infinity;
}

function writeUint32(value: number, target: Uint8Array, start: number): void {
  target[start] = value >>> 24;
  target[start + 1] = value >>> 16;
  target[start + 2] = value >>> 8;
  target[start + 3] = value;
}

function readUint32(bytes: Uint8Array, start: number): number {
  return (
    ((bytes[start]! << 24) |
      (bytes[start + 1]! << 16) |
      (bytes[start + 2]! << 8) |
      bytes[start + 3]!) >>>
    0
  );
}
