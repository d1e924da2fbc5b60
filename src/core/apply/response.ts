// Answers as bytes. What a member puts into every header is encoded once; a body keeps room in
// front of itself, so that an answer gets its header without being copied.
import { assert, type Id64 } from "../../base/index.ts";
import {
  type ByteWriter,
  headroomBytes,
  type PiecedWriter,
  sizeCount,
  writeCount,
} from "../mvcc/index.ts";
import { encodeResponseHeader, makeResponseHeader } from "../proto/index.ts";

/** An answer without its header: the revision for the header, and all fields behind it. */
export interface KvResponse {
  readonly revision: number;
  /** Undefined when there is nothing but the header. Its headroom can be used once. */
  readonly body: ByteWriter | undefined;
}

const headerTag = 0x0a;
const revisionTag = 0x18;
/** The field of RangeStreamResponse that a chunk is. */
const streamedTag = 0x0a;

/** A member's ResponseHeader, all but the revision already encoded. */
export class HeaderTemplate {
  readonly #before: Uint8Array;
  #after: Uint8Array;

  constructor(clusterId: Id64, memberId: Id64, raftTerm: number) {
    this.#before = encodeResponseHeader(makeResponseHeader({ clusterId, memberId }));
    this.#after = encodeResponseHeader(makeResponseHeader({ raftTerm }));
  }

  setTerm(raftTerm: number): void {
    this.#after = encodeResponseHeader(makeResponseHeader({ raftTerm }));
  }

  /** Bytes of the header as a field of a response, tag and length included. */
  size(revision: number): number {
    return 2 + this.#length(revision);
  }

  /** Writes the header as a field of a response; returns the position behind it. */
  write(revision: number, target: Uint8Array, start: number): number {
    target[start] = headerTag;
    target[start + 1] = this.#length(revision);
    target.set(this.#before, start + 2);
    let at = start + 2 + this.#before.length;
    if (revision !== 0) {
      target[at] = revisionTag;
      at = writeCount(revision, target, at + 1);
    }
    target.set(this.#after, at);
    return at + this.#after.length;
  }

  /** At most 44 bytes, so its length takes one. */
  #length(revision: number): number {
    const revisionBytes = revision === 0 ? 0 : 1 + sizeCount(revision);
    return this.#before.length + revisionBytes + this.#after.length;
  }
}

/** Bytes of the whole response message. */
export function sizeResponse(response: KvResponse, header: HeaderTemplate): number {
  return header.size(response.revision) + (response.body?.length ?? 0);
}

/** Writes the whole response message; returns the position behind it. */
export function writeResponse(
  response: KvResponse,
  header: HeaderTemplate,
  target: Uint8Array,
  start: number,
): number {
  const at = header.write(response.revision, target, start);
  const { body } = response;
  if (body === undefined) return at;
  target.set(body.buffer.subarray(body.start, body.at), at);
  return at + body.length;
}

/** The whole response message. It takes over the body's memory: use the response no more. */
export function encodeResponse(response: KvResponse, header: HeaderTemplate): Uint8Array {
  const size = header.size(response.revision);
  const { body } = response;
  if (body === undefined) {
    const alone = new Uint8Array(size);
    header.write(response.revision, alone, 0);
    return alone;
  }
  assert(size <= headroomBytes, "a header fits into the headroom");
  header.write(response.revision, body.buffer, body.start - size);
  return body.buffer.subarray(body.start - size, body.at);
}

/** An answer that was read in steps, without its header. */
export interface PiecedResponse {
  readonly revision: number;
  readonly body: PiecedWriter;
}

/** As `encodeResponse`, piece by piece. */
export const encodePieces = (
  { revision, body }: PiecedResponse,
  header: HeaderTemplate,
): Uint8Array[] =>
  body.pieces.map((piece, at) =>
    at === 0
      ? encodeResponse({ revision, body: piece }, header)
      : piece.buffer.subarray(piece.start, piece.at),
  );

/**
 * One RangeStreamResponse. Only the last chunk of a stream has a header. It takes over the body's
 * memory.
 */
export function encodeStreamChunk(
  chunk: { readonly writer: ByteWriter; readonly headerRevision: number | undefined },
  header: HeaderTemplate,
): Uint8Array {
  const { writer, headerRevision } = chunk;
  const headerBytes = headerRevision === undefined ? 0 : header.size(headerRevision);
  const length = headerBytes + writer.length;
  const before = 1 + sizeCount(length) + headerBytes;
  assert(before <= headroomBytes, "a header fits into the headroom");
  const start = writer.start - before;
  writer.buffer[start] = streamedTag;
  const at = writeCount(length, writer.buffer, start + 1);
  if (headerRevision !== undefined) header.write(headerRevision, writer.buffer, at);
  return writer.buffer.subarray(start, writer.at);
}

/** A header inside a transaction's answer: the revision and nothing else. */
export function writeInnerHeader(writer: ByteWriter, revision: number): void {
  const start = writer.beginMessage(headerTag);
  writer.countField(revisionTag, revision);
  writer.endMessage(start);
}
