// What carries a call to the gateway and its answer back: HTTP, or a WebSocket.
import type { Headers } from "./header-metadata.ts";

export interface BodyEvents {
  bytes(chunk: Uint8Array): void;
  end(): void;
}

/** Names and values in turn. */
export type HeaderFields = readonly string[];

/** One request whose answer is JSON. */
export interface Exchange {
  readonly headers: Headers;
  readonly remoteAddress: string;
  /** The body has no end of its own: the first value of it is all of a request. */
  readonly isEndless: boolean;
  /** Delivers the body from here on. */
  read(events: BodyEvents): void;
  pause(): void;
  resume(): void;
  /** The whole answer. */
  answer(status: number, fields: HeaderFields, json: string): void;
  /** Begins an answer of many lines. */
  begin(status: number, fields: HeaderFields): void;
  /** One line of it, flushed at once. */
  line(json: string): void;
  /** After the lines. */
  finish(): void;
  /** Bytes that wait for the client. */
  readonly waitingBytes: number;
  onDrain: (() => void) | undefined;
  /** The client has gone before the answer was whole. */
  onGone: (() => void) | undefined;
}
