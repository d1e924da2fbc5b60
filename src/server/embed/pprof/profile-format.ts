// pprof's profile.proto, gzipped, as `go tool pprof` reads it (github.com/google/pprof).
import { gzipSync } from "node:zlib";

/** One function as V8 names it. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface Sample {
  /** From the leaf to the root. */
  readonly stack: readonly Frame[];
  /** One for each of the profile's types. */
  readonly values: readonly number[];
}

export interface ProfileHead {
  readonly types: readonly (readonly [type: string, unit: string])[];
  readonly period: readonly [type: string, unit: string, value: number];
  readonly takenMs: number;
  readonly durationMs: number;
}

const nanosecondsPerMs = 1_000_000;

export function encodeProfile(head: ProfileHead, samples: Iterable<Sample>): Buffer {
  const strings = new Numbered<string>([""]);
  const functions = new Map<string, number>();
  const profile = new Writer();
  const typeOf = ([type, unit]: readonly [string, string]): Writer =>
    new Writer().number(1, strings.of(type)).number(2, strings.of(unit));
  for (const type of head.types) profile.message(1, typeOf(type));
  const locations = new Writer();
  // A function and its place are one number here: V8 tells lines of functions, not of calls.
  const locationOf = (frame: Frame): number => {
    const key = `${frame.functionName}\0${frame.url}\0${frame.lineNumber}`;
    const known = functions.get(key);
    if (known !== undefined) return known;
    const id = functions.size + 1;
    functions.set(key, id);
    const name = strings.of(frame.functionName || "(anonymous)");
    const line = frame.lineNumber + 1;
    locations.message(
      5,
      new Writer()
        .number(1, id)
        .number(2, name)
        .number(3, name)
        .number(4, strings.of(frame.url))
        .number(5, line),
    );
    const place = new Writer().number(1, id).number(2, line);
    locations.message(4, new Writer().number(1, id).message(4, place));
    return id;
  };
  for (const { stack, values } of samples) {
    const sample = new Writer();
    for (const frame of stack) sample.number(1, locationOf(frame));
    for (const value of values) sample.number(2, Math.round(value));
    profile.message(2, sample);
  }
  profile.append(locations);
  const [type, unit, period] = head.period;
  const periodType = typeOf([type, unit]);
  for (const text of strings.all) profile.bytes(6, Buffer.from(text));
  profile
    .number(9, Math.round(head.takenMs) * nanosecondsPerMs)
    .number(10, Math.round(head.durationMs) * nanosecondsPerMs)
    .message(11, periodType)
    .number(12, period);
  return gzipSync(profile.finish());
}

/** Values in the order they came, each with its number. */
class Numbered<Value> {
  readonly #numbers = new Map<Value, number>();

  constructor(first: readonly Value[]) {
    for (const value of first) this.of(value);
  }

  get all(): Iterable<Value> {
    return this.#numbers.keys();
  }

  of(value: Value): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** A protobuf message in the making. Zero may be written: a repeated field needs it. */
class Writer {
  readonly #parts: Uint8Array[] = [];

  number(field: number, value: number): this {
    this.#parts.push(varint(field * 8), varint(value));
    return this;
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#parts.push(varint(field * 8 + 2), varint(bytes.length), bytes);
    return this;
  }

  message(field: number, inner: Writer): this {
    return this.bytes(field, inner.finish());
  }

  append(other: Writer): void {
    this.#parts.push(other.finish());
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = Math.max(0, value);
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
