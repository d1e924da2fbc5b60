// Protobuf's wire format as far as the frame of a record needs it. Unlike core/proto it never throws:
// a record that cannot be read is what a crash leaves behind, and is told apart from real damage.

const twoTo32 = 0x1_0000_0000;
const groupDepthMax = 10_000;

/** Writes a counter (0 to 2^53) at `at`; returns the place after it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let place = at;
  while (rest >= twoTo32) {
    target[place++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  let low = rest >>> 0;
  while (low >= 0x80) {
    target[place++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  target[place++] = low;
  return place;
}

/**
 * A cursor over one message. Reading past `end`, or a varint of more than 64 bits, sets `broken`
 * and yields zeros, so that a decoder checks once at its end and needs no exceptions on the way.
 */
export class WireCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  broken = false;
  #low = 0;
  #high = 0;

  reset(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.broken = false;
  }

  get more(): boolean {
    return this.at < this.end && !this.broken;
  }

  #read(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at++]!;
      const bits = byte & 0x7f;
      if (shift === 63 && byte > 1) break;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    this.broken = true;
    this.#low = 0;
    this.#high = 0;
  }

  /** The low 32 bits, unsigned, as protobuf reads a uint32. */
  uint32(): number {
    this.#read();
    return this.#low;
  }

  /** A counter; one of 2^53 or more is `broken`, since no log ever counted so far. */
  counter(): number {
    const first = this.at < this.end ? this.bytes[this.at]! : 0x80;
    if (first < 0x80) {
      this.at++;
      return first;
    }
    this.#read();
    if (this.#high >= 0x20_0000) this.broken = true;
    return this.#high * twoTo32 + this.#low;
  }

  /** Reads a length and steps over that many bytes; returns where they begin. */
  skipBytes(): number {
    const length = this.counter();
    const start = this.at;
    if (length > this.end - start) this.broken = true;
    else this.at = start + length;
    return start;
  }

  /** Steps over the value of a field nobody asked for. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.#read();
        return;
      case 1:
        this.#step(8);
        return;
      case 2:
        this.skipBytes();
        return;
      case 3:
        this.#skipGroup(tag);
        return;
      case 5:
        this.#step(4);
        return;
      default:
        this.broken = true;
    }
  }

  /** A tag; zero after a broken one. */
  tag(): number {
    const tag = this.counter();
    if (tag >= twoTo32 || tag >>> 3 === 0) this.broken = true;
    return this.broken ? 0 : tag;
  }

  #step(length: number): void {
    if (length > this.end - this.at) this.broken = true;
    else this.at += length;
  }

  #skipGroup(startTag: number): void {
    const open = [startTag];
    while (open.length > 0 && !this.broken) {
      const tag = this.tag();
      if (this.broken) return;
      if ((tag & 7) === 3) {
        open.push(tag);
        // As deep as Go's runtime goes.
        if (open.length > groupDepthMax) this.broken = true;
      } else if ((tag & 7) === 4) {
        if (open.pop() !== tag - 1) this.broken = true;
      } else this.skip(tag);
    }
  }
}
