// Header blocks from HEADERS and CONTINUATION (RFC 9113 §6.2, §6.10, §4.3), with the limits that
// keep a block from growing without end.
import { ConnectionError, errorCode } from "./error-code.ts";
import { frameFlag, readUint31 } from "./frame.ts";
import { HeadCache } from "./head-cache.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import type { HeaderField } from "./hpack/header-field.ts";
import { checkRequestHead, RequestHead } from "./request-head.ts";

/** A list of 64 KiB needs four; more is a flood. */
export const continuationsMax = 8;
const priorityBytes = 5;

/** One whole header section. */
export interface HeaderSection {
  readonly streamId: number;
  readonly isEnd: boolean;
  /** The priority fields named the stream itself (RFC 7540 §5.3.1). */
  readonly dependsOnItself: boolean;
  readonly block: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class HeaderReader {
  readonly #decoder: HpackDecoder;
  readonly #cache = new HeadCache();
  readonly #blockBytesMax: number;
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #first: HeaderSection | undefined;
  /** When the section under way began; undefined when none is. */
  openedMs = 0;

  constructor(listBytesMax: number) {
    this.#decoder = new HpackDecoder(listBytesMax);
    this.#blockBytesMax = listBytesMax;
  }

  /** The stream whose CONTINUATION must come next; 0 for none. */
  get continues(): number {
    return this.#first?.streamId ?? 0;
  }

  /** HEADERS payload[start, end): the section when it is whole. */
  onHeaders(
    flags: number,
    streamId: number,
    payload: Uint8Array,
    start: number,
    end: number,
    nowMs: number,
  ): HeaderSection | undefined {
    let from = start;
    let to = end;
    if (flags & frameFlag.padded) {
      const padding = from < to ? payload[from++]! : 0;
      to -= padding;
    }
    let dependsOnItself = false;
    if (flags & frameFlag.priority) {
      dependsOnItself = from + 4 <= to && readUint31(payload, from) === streamId;
      from += priorityBytes;
    }
    if (from > to || (start === end && flags & frameFlag.padded)) {
      throw new ConnectionError(errorCode.protocolError, "HEADERS padding longer than the frame");
    }
    const isEnd = (flags & frameFlag.endStream) !== 0;
    const section = { streamId, isEnd, dependsOnItself, block: payload, start: from, end: to };
    if (flags & frameFlag.endHeaders) return section;
    this.#first = section;
    this.openedMs = nowMs;
    this.#parts = [];
    this.#partsBytes = 0;
    this.#addPart(payload, from, to);
    return undefined;
  }

  /** CONTINUATION of the section under way. */
  onContinuation(
    flags: number,
    payload: Uint8Array,
    start: number,
    end: number,
  ): HeaderSection | undefined {
    const first = this.#first!;
    this.#addPart(payload, start, end);
    if ((flags & frameFlag.endHeaders) === 0) return undefined;
    const block = Buffer.concat(this.#parts);
    this.#first = undefined;
    this.#parts = [];
    return { ...first, block, start: 0, end: block.length };
  }

  /** The head of a request, or why it is malformed. */
  requestHead(section: HeaderSection): RequestHead | string {
    const { block, start, end } = section;
    const generation = this.#decoder.generation;
    const known = this.#cache.find(block, start, end, generation);
    if (known !== undefined) return known;
    const fields = this.#decoder.decode(block, start, end);
    const head = new RequestHead(fields, this.#decoder.overflowed);
    const reason = checkRequestHead(head);
    if (reason !== undefined) return reason;
    if (generation === this.#decoder.generation && !head.truncated) {
      this.#cache.keep(block, start, end, head);
    }
    return head;
  }

  /** Fields of any other section; read even when nobody wants them, for the table's sake. */
  fields(section: HeaderSection): readonly HeaderField[] {
    return this.#decoder.decode(section.block, section.start, section.end);
  }

  #addPart(payload: Uint8Array, start: number, end: number): void {
    this.#partsBytes += end - start;
    if (this.#parts.length > continuationsMax || this.#partsBytes > this.#blockBytesMax) {
      throw new ConnectionError(errorCode.enhanceYourCalm, "header block too large");
    }
    this.#parts.push(Uint8Array.prototype.slice.call(payload, start, end));
  }
}
