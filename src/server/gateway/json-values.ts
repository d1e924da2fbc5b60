// A body that is one JSON value after the other, cut into these values as Go's json.Decoder cuts it.
// The refusals are encoding/json's (scanner.go), because gateways pass them on.
import { JsonError, quotedOctet } from "./json-error.ts";

/** Values nested deeper than this are refused; the deepest transaction etcd takes has 400 levels. */
export const jsonDepthMax = 1000;
/** Who has sent as much is believed how much more will come. */
const believedFromBytes = 1024 * 1024;

const State = {
  value: 0,
  valueOrClose: 1,
  keyOrClose: 2,
  key: 3,
  colon: 4,
  afterValue: 5,
  text: 6,
  escape: 7,
  hex: 8,
  minus: 9,
  zero: 10,
  integer: 11,
  point: 12,
  fraction: 13,
  exponent: 14,
  exponentSign: 15,
  exponentDigits: 16,
  literal: 17,
} as const;

const object = 0x7b;
const array = 0x5b;
const isSpace = (octet: number): boolean =>
  octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09;
const isDigit = (octet: number): boolean => octet >= 0x30 && octet <= 0x39;
const isHex = (octet: number): boolean =>
  isDigit(octet) || (octet >= 0x61 && octet <= 0x66) || (octet >= 0x41 && octet <= 0x46);
const escapable = new Set(Array.from(String.raw`"\/bfnrt`, (character) => character.charCodeAt(0)));

/** Cuts. What it holds of a value that is not whole yet is its caller's to bound: `heldBytes`. */
export class JsonValues {
  #buffer: Uint8Array = new Uint8Array(0);
  /** Bytes in use, and how far they were looked at. */
  #end = 0;
  #at = 0;
  #start = -1;
  #state: number = State.value;
  #stack: number[] = [];
  /** A string that is a key. */
  #isKey = false;
  #hexLeft = 0;
  #literal = "";
  #literalAt = 0;
  #isBroken = false;
  readonly #expectedBytes: number;

  /** `expectedBytes`: how long the values will be in all, when that is known. */
  constructor(expectedBytes = 0) {
    this.#expectedBytes = expectedBytes;
  }

  push(chunk: Uint8Array): void {
    const kept = this.#start < 0 ? this.#end : this.#start;
    const length = this.#end - kept;
    if (length === 0) {
      this.#buffer = chunk;
      this.#end = chunk.length;
    } else {
      const need = length + chunk.length;
      const isOwn = this.#buffer.buffer.byteLength === this.#buffer.length;
      const target =
        isOwn && this.#buffer.length >= need ? this.#buffer : new Uint8Array(this.#roomFor(need));
      target.set(this.#buffer.subarray(kept, this.#end), 0);
      target.set(chunk, length);
      this.#buffer = target;
      this.#end = need;
    }
    this.#at -= kept;
    if (this.#start > 0) this.#start = 0;
  }

  /** A length that was only claimed takes no memory. */
  #roomFor(bytes: number): number {
    return bytes > believedFromBytes ? Math.max(2 * bytes, this.#expectedBytes) : 2 * bytes;
  }

  /** Bytes of a value that is not whole yet. */
  get heldBytes(): number {
    return this.#start < 0 ? 0 : this.#end - this.#start;
  }

  /** The next whole value, borrowed until the next call; undefined while there is none. */
  next(): Uint8Array | undefined {
    if (this.#isBroken) return undefined;
    for (; this.#at < this.#end; this.#at++) {
      if (this.#state === State.text && !this.#passText()) return undefined;
      const octet = this.#buffer[this.#at]!;
      if (this.#start < 0) {
        if (isSpace(octet)) continue;
        this.#start = this.#at;
      }
      const isNumber = this.#state >= State.zero && this.#state <= State.exponentDigits;
      if (isNumber && this.#stack.length === 0 && this.#endsNumber(octet)) {
        return this.#take(this.#at);
      }
      this.#step(octet);
      if (this.#state === State.afterValue && this.#stack.length === 0) {
        return this.#take(++this.#at);
      }
    }
    return undefined;
  }

  /** Goes to the next octet of a string that is more than itself; false when none has come yet. */
  #passText(): boolean {
    const buffer = this.#buffer;
    const end = this.#end;
    let at = this.#at;
    for (; at < end; at++) {
      const octet = buffer[at]!;
      if (octet === 0x22 || octet === 0x5c || octet < 0x20) break;
    }
    this.#at = at;
    return at < end;
  }

  /** No more bytes will come: a number may have ended, and what is begun is cut short. */
  finish(): Uint8Array | undefined {
    if (this.#start < 0 || this.#isBroken) return undefined;
    const isNumber =
      this.#state === State.zero ||
      this.#state === State.integer ||
      this.#state === State.fraction ||
      this.#state === State.exponentDigits;
    if (isNumber && this.#stack.length === 0) return this.#take(this.#end);
    throw new JsonError("unexpected EOF");
  }

  #take(end: number): Uint8Array {
    const value = this.#buffer.subarray(this.#start, end);
    this.#start = -1;
    this.#state = State.value;
    return value;
  }

  #endsNumber(octet: number): boolean {
    if (isDigit(octet)) return this.#state === State.zero;
    if (this.#state === State.zero || this.#state === State.integer) {
      return octet !== 0x2e && octet !== 0x65 && octet !== 0x45;
    }
    if (this.#state === State.fraction) return octet !== 0x65 && octet !== 0x45;
    return this.#state === State.exponentDigits;
  }

  #step(octet: number): void {
    switch (this.#state) {
      case State.text:
      case State.escape:
      case State.hex:
        return this.#stepText(octet);
      case State.literal:
        return this.#stepLiteral(octet);
      case State.minus:
      case State.zero:
      case State.integer:
      case State.point:
      case State.fraction:
      case State.exponent:
      case State.exponentSign:
      case State.exponentDigits:
        return this.#stepNumber(octet);
      default:
        if (!isSpace(octet)) this.#stepStructure(octet);
    }
  }

  #stepStructure(octet: number): void {
    switch (this.#state) {
      case State.valueOrClose:
        return octet === 0x5d ? this.#close() : this.#beginValue(octet);
      case State.keyOrClose:
      case State.key:
        if (octet === 0x7d && this.#state === State.keyOrClose) return this.#close();
        if (octet !== 0x22) this.#fail(octet, "looking for beginning of object key string");
        this.#isKey = true;
        this.#state = State.text;
        return;
      case State.colon:
        if (octet !== 0x3a) this.#fail(octet, "after object key");
        this.#state = State.value;
        return;
      case State.afterValue:
        return this.#afterValue(octet);
      default:
        return this.#beginValue(octet);
    }
  }

  #beginValue(octet: number): void {
    if (octet === object || octet === array) {
      if (this.#stack.length >= jsonDepthMax) this.#fail(octet, "exceeded max depth");
      this.#stack.push(octet);
      this.#state = octet === object ? State.keyOrClose : State.valueOrClose;
    } else if (octet === 0x22) {
      this.#isKey = false;
      this.#state = State.text;
    } else if (octet === 0x2d) this.#state = State.minus;
    else if (octet === 0x30) this.#state = State.zero;
    else if (isDigit(octet)) this.#state = State.integer;
    else {
      const literal = literals[octet];
      if (literal === undefined) this.#fail(octet, "looking for beginning of value");
      this.#literal = literal!;
      this.#literalAt = 1;
      this.#state = State.literal;
    }
  }

  #afterValue(octet: number): void {
    const isObject = this.#stack.at(-1) === object;
    if (octet === 0x2c) this.#state = isObject ? State.key : State.value;
    else if (octet === (isObject ? 0x7d : 0x5d)) this.#close();
    else this.#fail(octet, isObject ? "after object key:value pair" : "after array element");
  }

  #close(): void {
    this.#stack.pop();
    this.#state = State.afterValue;
  }

  #stepText(octet: number): void {
    if (this.#state === State.hex) {
      if (!isHex(octet)) this.#fail(octet, String.raw`in \u hexadecimal character escape`);
      if (--this.#hexLeft === 0) this.#state = State.text;
    } else if (this.#state === State.escape) {
      this.#state = State.text;
      if (octet === 0x75) {
        this.#state = State.hex;
        this.#hexLeft = 4;
      } else if (!escapable.has(octet)) this.#fail(octet, "in string escape code");
    } else if (octet === 0x22) this.#state = this.#isKey ? State.colon : State.afterValue;
    else if (octet === 0x5c) this.#state = State.escape;
    else if (octet < 0x20) this.#fail(octet, "in string literal");
  }

  #stepLiteral(octet: number): void {
    const expected = this.#literal[this.#literalAt]!;
    if (octet !== expected.charCodeAt(0)) {
      this.#fail(octet, `in literal ${this.#literal} (expecting '${expected}')`);
    }
    if (++this.#literalAt === this.#literal.length) this.#state = State.afterValue;
  }

  #stepNumber(octet: number): void {
    if (this.#endsNumber(octet)) {
      this.#state = State.afterValue;
      if (!isSpace(octet)) this.#afterValue(octet);
      return;
    }
    switch (this.#state) {
      case State.minus:
        if (!isDigit(octet)) this.#fail(octet, "in numeric literal");
        this.#state = octet === 0x30 ? State.zero : State.integer;
        return;
      case State.point:
        if (!isDigit(octet)) this.#fail(octet, "after decimal point in numeric literal");
        this.#state = State.fraction;
        return;
      case State.exponent:
      case State.exponentSign: {
        const isSign = this.#state === State.exponent && (octet === 0x2b || octet === 0x2d);
        if (!isSign && !isDigit(octet)) this.#fail(octet, "in exponent of numeric literal");
        this.#state = isSign ? State.exponentSign : State.exponentDigits;
        return;
      }
      default:
        if (octet === 0x2e) this.#state = State.point;
        else if (!isDigit(octet)) this.#state = State.exponent;
    }
  }

  #fail(octet: number, where: string): void {
    this.#throw(`invalid character ${quotedOctet(octet)} ${where}`);
  }

  #throw(message: string): never {
    this.#isBroken = true;
    throw new JsonError(message);
  }
}

const literals: Readonly<Record<number, string>> = { 0x74: "true", 0x66: "false", 0x6e: "null" };
