import { makeRangeRequest, type RangeRequest } from "../../proto/index.ts";
import { ByteWriter } from "../record/byte-writer.ts";
import { keyAfter, rangeEndOf } from "../key.ts";
import type { Store } from "../store.ts";
import { sizeCount } from "../record/varint.ts";
import type { RangeWriter } from "./range-writer.ts";

/** One message of a stream: the body of its RangeResponse, and what the last one's header says. */
export interface RangeChunk {
  readonly writer: ByteWriter;
  /** Only the last message has a header; its revision is the store's when the stream began. */
  readonly headerRevision: number | undefined;
}

const firstChunkKeys = 10;
const moreTag = 0x18;
const countTag = 0x20;

/**
 * RangeStream: a range in chunks that aim at a size, all read at the revision of the first
 * (etcdserver/v3_server.go rangeStream). Without an order, but with a target, each chunk is sorted by
 * it; etcd then goes on behind the wrong key, here every key comes once. Between chunks the store may
 * change; a compaction that overtakes the revision ends the stream with `compacted`.
 */
export class RangeStream {
  readonly #store: Store;
  readonly #ranges: RangeWriter;
  readonly #request: RangeRequest;
  readonly #total: number;
  readonly #chunkBytesTarget: number;
  #sent = 0;
  #headerRevision = 0;
  #done = false;

  /** `chunkBytesTarget` is the server's max-request-bytes. */
  constructor(store: Store, request: RangeRequest, chunkBytesTarget: number) {
    this.#store = store;
    this.#ranges = store.ranges;
    this.#request = makeRangeRequest(request);
    this.#total = request.limit === 0 ? Infinity : request.limit;
    this.#request.limit = Math.min(firstChunkKeys, this.#total);
    this.#chunkBytesTarget = chunkBytesTarget;
  }

  /**
   * The next message; undefined after the last.
   * @throws futureRev, compacted
   */
  next(): RangeChunk | undefined {
    if (this.#done) return undefined;
    if (this.#headerRevision === 0) this.#pin();
    return this.#request.countOnly ? this.#countChunk() : this.#keyChunk();
  }

  #pin(): void {
    this.#headerRevision = this.#store.readRevision;
    // etcd leaves a negative revision unpinned; a stream of several states serves nobody.
    if (this.#request.revision <= 0) this.#request.revision = this.#headerRevision;
  }

  #countChunk(): RangeChunk {
    const writer = new ByteWriter(16);
    const { key, rangeEnd, revision } = this.#request;
    const at = this.#store.revisionToRead(revision);
    writer.countField(countTag, this.#ranges.count(key, rangeEndOf(rangeEnd), at));
    this.#done = true;
    return { writer, headerRevision: this.#headerRevision };
  }

  #keyChunk(): RangeChunk {
    const request = this.#request;
    const writer = new ByteWriter(1024);
    const { written, more, lastKey } = this.#ranges.write(request, writer, true);
    this.#sent += written;
    const nextKey = more ? keyAfter(lastKey) : lastKey;
    if (!more || this.#sent === this.#total) {
      let count = this.#sent;
      if (more) {
        const at = this.#store.revisionToRead(request.revision);
        count += this.#ranges.count(nextKey, rangeEndOf(request.rangeEnd), at);
        writer.countField(moreTag, 1);
      }
      writer.countField(countTag, count);
      this.#done = true;
      return { writer, headerRevision: this.#headerRevision };
    }
    request.key = nextKey;
    request.limit = Math.min(this.#nextLimit(written, writer.length), this.#total - this.#sent);
    return { writer, headerRevision: undefined };
  }

  /** Doubles or halves so that chunks land near the target (adjustChunkLimit). */
  #nextLimit(written: number, bodyBytes: number): number {
    // etcd measures the whole response: header with revision, `more`, and a count of one key more.
    const header = 3 + sizeCount(this.#headerRevision);
    const bytes = bodyBytes + header + 2 + 1 + sizeCount(written + 1);
    const limit = this.#request.limit;
    if (bytes < Math.floor(this.#chunkBytesTarget / 2)) return limit * 2;
    if (bytes > this.#chunkBytesTarget * 2) return Math.max(1, Math.floor(limit / 2));
    return limit;
  }
}
