// HTTP/1.1 between simulated members, as far as they use it (RFC 9112): heads, bodies with a length,
// and chunked ones, out of bytes that were cut anywhere.
import { assert, bytesFromLatin1, latin1FromBytes } from "../src/base/index.ts";

export interface HttpHead {
  /** The request line or the status line, in its three parts. */
  readonly start: readonly [string, string, string];
  readonly header: (name: string) => string;
}

export interface ParserEvents {
  onHead(head: HttpHead): void;
  onBody(bytes: Uint8Array): void;
  onMessageEnd(): void;
}

type Awaited = "head" | "length" | "chunk size" | "chunk" | "chunk end" | "trailer";

export class HttpParser {
  readonly #events: ParserEvents;
  #awaited: Awaited = "head";
  #line = "";
  /** Of the body, or of the chunk. */
  #left = 0;
  /** Whether a message has begun and not ended. */
  isInside = false;

  constructor(events: ParserEvents) {
    this.#events = events;
  }

  /** Takes the bytes; `goesOn` is asked after each event whether anybody still listens. */
  feed(bytes: Uint8Array, goesOn: () => boolean): void {
    for (let at = 0; at < bytes.length && goesOn();) {
      if (this.#awaited === "length" || this.#awaited === "chunk") {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        this.#events.onBody(bytes.subarray(at, at + taken));
        at += taken;
        if (this.#left === 0 && goesOn()) this.#bodyTaken();
        continue;
      }
      this.isInside = true;
      this.#line += String.fromCharCode(bytes[at++]!);
      const end = this.#awaited === "head" ? "\r\n\r\n" : "\r\n";
      if (!this.#line.endsWith(end)) continue;
      const line = this.#line.slice(0, -end.length);
      this.#line = "";
      this.#lineTaken(line);
    }
  }

  #bodyTaken(): void {
    if (this.#awaited === "chunk") this.#awaited = "chunk end";
    else this.#ended();
  }

  #lineTaken(line: string): void {
    switch (this.#awaited) {
      case "head":
        return this.#headTaken(line);
      case "chunk size":
        this.#left = Number.parseInt(line, 16);
        assert(this.#left >= 0, "a chunk has a size");
        this.#awaited = this.#left === 0 ? "trailer" : "chunk";
        return;
      case "chunk end":
        assert(line === "", "a chunk ends where it said");
        this.#awaited = "chunk size";
        return;
      case "trailer":
        return this.#ended();
      case "length":
      case "chunk":
        assert(false, "a body has no lines");
    }
  }

  #headTaken(text: string): void {
    const [first = "", ...lines] = text.split("\r\n");
    const [one = "", two = "", ...rest] = first.split(" ");
    const fields = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const header = (name: string): string => fields.get(name.toLowerCase()) ?? "";
    this.#left = Number(header("Content-Length"));
    if (header("Transfer-Encoding") === "chunked") this.#awaited = "chunk size";
    else if (this.#left > 0) this.#awaited = "length";
    this.#events.onHead({ start: [one, two, rest.join(" ")], header });
    if (this.#awaited === "head") this.#ended();
  }

  #ended(): void {
    this.#awaited = "head";
    this.isInside = false;
    this.#events.onMessageEnd();
  }
}

/** A head as bytes. */
export function headBytes(start: string, fields: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return bytesFromLatin1(`${start}\r\n${lines.join("")}\r\n`);
}

export const chunkHead = (size: number): Uint8Array => bytesFromLatin1(`${size.toString(16)}\r\n`);
export const chunkEnd = bytesFromLatin1("\r\n");
export const lastChunk = bytesFromLatin1("0\r\n\r\n");
export const textOf = (bytes: Uint8Array): string => latin1FromBytes(bytes);
