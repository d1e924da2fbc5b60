// UTF-8, strictly: proto3 strings must be valid, and the core has no TextDecoder.

const chunkLengthMax = 4096;

/** The text of bytes[start, end), or undefined when they are not valid UTF-8. */
export function textOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte > 127) return decodeFrom(bytes, at, end, text);
    text += String.fromCharCode(byte);
    at++;
  }
  return text;
}

function decodeFrom(
  bytes: Uint8Array,
  start: number,
  end: number,
  head: string,
): string | undefined {
  let text = head;
  let units: number[] = [];
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    const length = byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (length === 0 || byte > 0xf4 || at + length > end) return undefined;
    let point = length === 1 ? byte : byte & (0xff >> (length + 1));
    for (let next = at + 1; next < at + length; next++) {
      if ((bytes[next]! & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (bytes[next]! & 0x3f);
    }
    // Overlong forms, surrogates and points past the last plane.
    if (length === 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) return undefined;
    if (length === 4 && (point < 0x10000 || point > 0x10ffff)) return undefined;
    at += length;
    if (point < 0x10000) units.push(point);
    else units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
    if (units.length >= chunkLengthMax) {
      text += String.fromCharCode.apply(undefined, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(undefined, units);
}

/** How many bytes `writeTextAt` takes. */
export function textLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else {
      length += 2;
      // A pair is two units and four bytes; a half of its own is written as U+FFFD.
      if (isPair(text, at)) at++;
    }
  }
  return length;
}

/** Writes the text and returns the position behind it. Halves of pairs become U+FFFD. */
export function writeTextAt(text: string, target: Uint8Array, start: number): number {
  let at = start;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      target[at++] = unit;
    } else if (unit < 0x800) {
      target[at++] = 0xc0 | (unit >> 6);
      target[at++] = 0x80 | (unit & 0x3f);
    } else if (isPair(text, index)) {
      const point = text.codePointAt(index)!;
      index++;
      target[at++] = 0xf0 | (point >> 18);
      target[at++] = 0x80 | ((point >> 12) & 0x3f);
      target[at++] = 0x80 | ((point >> 6) & 0x3f);
      target[at++] = 0x80 | (point & 0x3f);
    } else {
      const whole = unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit;
      target[at++] = 0xe0 | (whole >> 12);
      target[at++] = 0x80 | ((whole >> 6) & 0x3f);
      target[at++] = 0x80 | (whole & 0x3f);
    }
  }
  return at;
}

function isPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit >= 0xdc00) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next < 0xe000;
}
