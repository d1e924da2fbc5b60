// What the Watch service asks of the watch hub. core/mvcc/watch fulfils it; the two rooms meet in
// server/embed, which knows both.

/** Events of whole revisions for one response; bytes are borrowed until the call returns. */
export interface WatchEvents {
  /** The revision the response's header bears. */
  readonly headerRevision: number;
  /** One frame an event: the bytes of WatchResponse field 11, tag and length included. */
  readonly frames: readonly Uint8Array[];
  /** The sum of the frames. */
  readonly byteLength: number;
  /** Room for what was made of these events, for the other watchers that receive the same. */
  carried: object | undefined;
}

/** One client stream, as the hub sees it. */
export interface WatchCarrier {
  readonly ready: boolean;
  events(watchId: number, run: WatchEvents, fragment: boolean): void;
  progress(watchId: number, revision: number): void;
  compacted(watchId: number, compactedRevision: number): void;
}

export interface WatchSpec {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly startRevision: number;
  readonly watchId: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly previousKv: boolean;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
}

/** The watchers of one client stream. */
export interface Watchers {
  create(spec: WatchSpec): { readonly watchId: number; readonly refused?: string | undefined };
  cancel(watchId: number): boolean;
  requestProgress(): void;
  drained(): void;
  close(): void;
}

export interface WatchHub {
  openStream(carrier: WatchCarrier): Watchers;
}
