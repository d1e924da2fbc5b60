import type { Id64 } from "../../base/index.ts";

/** One change of one key, as the watch hub takes it; all of a revision come in sub order. */
export interface StoreEvent {
  readonly tombstone: boolean;
  /** Not overwritten by anybody; a part of `kv`. */
  readonly key: Uint8Array;
  /** The KeyValue message an Event carries; of a tombstone its key and mod_revision. */
  readonly kv: Uint8Array;
  readonly mainRevision: number;
  readonly subRevision: number;
  /** A put that made the key. */
  readonly created: boolean;
  /** The revision of the record this one replaced; 0 when there is none or it is compacted. */
  readonly previousMain: number;
  readonly previousSub: number;
}

/** What one transaction did to one key's lease; zero stands for no lease. */
export interface LeaseChange {
  /** Not overwritten by anybody. */
  readonly key: Uint8Array;
  readonly detached: Id64;
  readonly attached: Id64;
}

/** What a transaction changed, for those who must hear of it. */
export interface Changes {
  /** The store's revision after the transaction. */
  readonly revision: number;
  readonly events: readonly StoreEvent[];
  readonly leaseChanges: readonly LeaseChange[];
}

const chunkBytes = 1 << 16;
/** Longer records get memory of their own, so that one kept event never pins much more than it. */
const sharedBytesMax = chunkBytes / 4;

/** Memory for events: pieces of chunks that are filled once and left to the collector. */
export class EventMemory {
  buffer: Uint8Array = new Uint8Array(0);
  /** Where the piece asked for last begins in `buffer`. */
  start = 0;
  #shared: Uint8Array = new Uint8Array(0);
  #used = 0;

  allocate(length: number): void {
    if (length > sharedBytesMax) {
      this.buffer = new Uint8Array(length);
      this.start = 0;
      return;
    }
    if (this.#used + length > this.#shared.length) {
      this.#shared = new Uint8Array(chunkBytes);
      this.#used = 0;
    }
    this.buffer = this.#shared;
    this.start = this.#used;
    this.#used += length;
  }
}

/** Everything an event is made from; a transaction fills one of these again and again. */
export class EventFields {
  tombstone = false;
  mainRevision = 0;
  subRevision = 0;
  created = false;
  previousMain = 0;
  previousSub = 0;
  buffer: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  keyStart = 0;
  keyEnd = 0;
}

/** An event of a transaction that just ended. Its views are made when somebody looks. */
export class CommittedEvent implements StoreEvent {
  readonly tombstone: boolean;
  readonly mainRevision: number;
  readonly subRevision: number;
  readonly created: boolean;
  readonly previousMain: number;
  readonly previousSub: number;
  /** The event's bytes are buffer[start, end), its key's buffer[keyStart, keyEnd). */
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  #key: Uint8Array | undefined;

  constructor(fields: EventFields) {
    this.tombstone = fields.tombstone;
    this.mainRevision = fields.mainRevision;
    this.subRevision = fields.subRevision;
    this.created = fields.created;
    this.previousMain = fields.previousMain;
    this.previousSub = fields.previousSub;
    this.buffer = fields.buffer;
    this.start = fields.start;
    this.end = fields.end;
    this.keyStart = fields.keyStart;
    this.keyEnd = fields.keyEnd;
  }

  get key(): Uint8Array {
    this.#key ??= this.buffer.subarray(this.keyStart, this.keyEnd);
    return this.#key;
  }

  get kv(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }
}
