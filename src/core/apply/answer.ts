// What an applied request answers.
import type { ResponseHeader } from "../proto/index.ts";
import type { KvResponse } from "./response.ts";

/** An answer of a rare request, made when it is sent. */
export interface Answer {
  /** For the header: the store's revision after this request. */
  readonly revision: number;
  /** The whole response message. */
  encode(header: ResponseHeader): Uint8Array;
}

/** A KV answer waits for its header bytes, a rare one for the message; see `"encode" in response`. */
export type Response = KvResponse | Answer;

export const answer = (
  revision: number,
  encode: (header: ResponseHeader) => Uint8Array,
): Answer => ({ revision, encode });
