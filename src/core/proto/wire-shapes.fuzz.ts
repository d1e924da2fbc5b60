// Bytes shaped by a message's own fields: most are messages, some are wrong in one place.
import type { RandomSource } from "../../base/index.ts";
import { type FieldDescriptor, type MessageDescriptor, messageDescriptors } from "./index.ts";

const bytesMax = 512;
const varints = [0, 1, 2, 3, 5, 24, 127, 128, 300, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Writes fields of messages into one buffer that is used again. */
class ShapeWriter {
  readonly #random: RandomSource;
  readonly bytes = new Uint8Array(2 * bytesMax);
  length = 0;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  message(descriptor: MessageDescriptor, depth: number): void {
    const { fields } = descriptor;
    const random = this.#random;
    for (let count = random.below(depth === 0 ? 7 : 4); count > 0; count--) {
      if (this.length > bytesMax) return;
      const isKnown = fields.length > 0 && random.below(24) > 0;
      if (isKnown) this.#field(fields[random.below(fields.length)]!, depth);
      else this.#stranger();
    }
  }

  #field(field: FieldDescriptor, depth: number): void {
    const random = this.#random;
    // A field in a type of the wire that is not its own.
    if (random.below(40) === 0) return this.#wild(field.number);
    const { kind } = field;
    if (kind === "bytes" || kind === "string") return this.#delimited(field.number, kind);
    if (kind !== "message" && kind !== "raw") {
      if (!field.repeated || random.below(2) === 0) {
        this.#varint(field.number << 3);
        return this.#value();
      }
      return this.#nested(field.number, () => {
        for (let count = random.below(4); count > 0; count--) this.#value();
      });
    }
    const inner = messageDescriptors[field.type as keyof typeof messageDescriptors] as
      | MessageDescriptor
      | undefined;
    this.#nested(field.number, () => {
      if (inner !== undefined && depth < 5) this.message(inner, depth + 1);
    });
  }

  #delimited(number: number, kind: "bytes" | "string"): void {
    const random = this.#random;
    this.#varint((number << 3) | 2);
    const length = random.below(random.below(8) === 0 ? 140 : 9);
    this.#varint(random.below(60) === 0 ? length + random.below(4) : length);
    const limit = kind === "bytes" || random.below(30) === 0 ? 256 : 128;
    for (let at = 0; at < length; at++) this.bytes[this.length++] = random.below(limit);
  }

  /** What `write` writes, with its length before it; the length is wrong now and then. */
  #nested(number: number, write: () => void): void {
    this.#varint((number << 3) | 2);
    const start = this.length;
    this.length += 2;
    write();
    let length = this.length - start - 2;
    const chance = this.#random.below(80);
    if (chance < 2) length = Math.max(0, length + 2 * chance - 1);
    if (length > 127 || chance === 2) {
      this.bytes[start] = (length & 127) | 128;
      this.bytes[start + 1] = length >> 7;
      return;
    }
    this.bytes[start] = length;
    this.bytes.copyWithin(start + 1, start + 2, this.length);
    this.length--;
  }

  #value(): void {
    const random = this.#random;
    const chance = random.below(12);
    if (chance > 1) return this.#varint(varints[random.below(varints.length)]!);
    // Nine or ten bytes: the ends of int64, negative numbers, what is too long.
    const more = chance === 0 ? 9 : 7 + random.below(4);
    for (let at = 0; at < more; at++) this.bytes[this.length++] = 0x80 | random.below(128);
    this.bytes[this.length++] = random.below(random.below(4) === 0 ? 128 : 2);
  }

  #stranger(): void {
    this.#wild(this.#random.below(3) === 0 ? this.#random.below(16) : 2000);
  }

  #wild(number: number): void {
    const random = this.#random;
    const type = random.below(8);
    this.#varint(number * 8 + type);
    if (type === 0) return this.#value();
    const fixed = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? random.below(6) : 0;
    if (type === 2) this.#varint(fixed);
    for (let at = 0; at < fixed; at++) this.bytes[this.length++] = random.below(256);
    if (type === 3 && random.below(3) > 0) {
      if (random.below(2) === 0) this.#varint(8);
      this.#varint(number * 8 + 4);
    }
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }
}

/** A message of the descriptor's shape, well formed four times in five. */
export function shapedBytes(random: RandomSource, descriptor: MessageDescriptor): Uint8Array {
  const writer = new ShapeWriter(random);
  writer.message(descriptor, 0);
  return writer.bytes.slice(0, writer.length);
}
