import { ownBytes } from "../../base/index.ts";
import { Code, errors, watchCancelReasons } from "../../core/errors/index.ts";
import {
  decodeWatchRequest,
  encodeResponseHeader,
  encodeWatchResponse,
  makeWatchResponse,
  MalformedError,
  type WatchCreateRequest,
  type WatchRequest,
  type WatchResponse,
} from "../../core/proto/index.ts";
import type { ServerCall, Status } from "../../io/grpc/index.ts";
import type { WatchCarrier, Watchers, WatchEvents } from "./watch-port.ts";
import { RunResponses } from "./watch-response.ts";
import type { WatchPlace, WatchService } from "./watch.ts";

const filterNoPut = 0;
const filterNoDelete = 1;
const invalidWatchId = -1;

const deadlineExceeded = { code: Code.DeadlineExceeded, message: "context deadline exceeded" };

/** One client stream of Watch: requests in, responses out. */
export class WatchCall implements WatchCarrier {
  readonly call: ServerCall;
  readonly #service: WatchService;
  readonly #watchers: Watchers;
  /** The carrier said it holds enough, and `onDrain` will follow. */
  #full = false;
  /** Requests wait, because the client does not read our answers. */
  #paused = false;
  #closed = false;
  /** What waits while a failpoint holds the stream up. */
  #held: Uint8Array[] | undefined;
  /** How much of the service's allowance this stream was last seen to use. */
  #heldBytes = 0;

  constructor(service: WatchService, call: ServerCall) {
    this.#service = service;
    this.call = call;
    this.#watchers = service.options.hub.openStream(this);
    call.onDrain = () => this.#drained();
    call.onCancel = (reason) =>
      this.end(reason === "deadline" ? deadlineExceeded : errors.watchCanceled());
  }

  get ready(): boolean {
    return !this.#full && !this.#closed;
  }

  /** One request as it came. Whatever is wrong with it ends at most its own stream. */
  message(bytes: Uint8Array): void {
    if (this.#closed) return;
    let request: WatchRequest;
    try {
      request = decodeWatchRequest(bytes);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      const message = `grpc: failed to unmarshal the received message: ${error.message}`;
      return this.end({ code: Code.Internal, message });
    }
    const union = request.requestUnion;
    switch (union?.case) {
      case "createRequest":
        return this.#create(union.value);
      case "cancelRequest":
        return this.#cancel(union.value.watchId);
      case "progressRequest":
        return this.#watchers.requestProgress();
      case undefined:
        // etcd ignores it too: a client may speak a later version of the protocol.
        return this.#service.options.onUnknownRequest?.(this.call);
    }
  }

  /** The client says no more; its watchers live on until the call ends. */
  halfClose(): void {}

  events(watchId: number, run: WatchEvents, fragment: boolean): void {
    const { place } = this.#service.options;
    place?.reach("beforeSendWatchResponse", (ms) => this.#hold(place, ms));
    const { carried } = run;
    let responses: RunResponses;
    if (carried instanceof RunResponses) responses = carried;
    else {
      const header = this.#service.options.header(run.headerRevision);
      responses = new RunResponses(run, encodeResponseHeader(header));
      run.carried = responses;
    }
    if (!fragment) {
      this.#send(responses.for(watchId));
      return;
    }
    const { fragmentBytesMax } = this.#service.options;
    for (const part of responses.fragments(watchId, fragmentBytesMax)) this.#send(part);
  }

  progress(watchId: number, revision: number): void {
    this.#answer({ watchId }, revision);
  }

  compacted(watchId: number, compactedRevision: number): void {
    // etcd leaves reason and header revision empty here (sendLoop in v3rpc/watch.go).
    this.#answer({ watchId, canceled: true, compactRevision: compactedRevision }, 0);
  }

  /** Brings the service's sum up to date. */
  recount(): void {
    const { bufferedBytes } = this.call;
    this.#service.heldBytes += bufferedBytes - this.#heldBytes;
    this.#heldBytes = bufferedBytes;
  }

  /** Ends the call and every watcher on it. Does nothing the second time. */
  end(status: Status): void {
    if (this.#closed) return;
    this.#closed = true;
    this.call.onDrain = undefined;
    this.call.onCancel = undefined;
    this.#service.release(this, this.#heldBytes);
    this.#watchers.close();
    if (!this.call.ended) this.call.end({ code: status.code, message: status.message });
  }

  #create(request: WatchCreateRequest): void {
    const { options } = this.#service;
    if (request.startRevision < 0) return this.#refuse(watchCancelReasons.negativeStart);
    const { rangeEnd } = request;
    const key = request.key.length === 0 ? Uint8Array.of(0) : request.key;
    const denied = options.checkPermission(this.call, key, rangeEnd);
    if (denied !== undefined) return this.#refuse(denied);
    const { watchId, refused } = this.#watchers.create({
      key,
      rangeEnd,
      startRevision: request.startRevision,
      watchId: request.watchId,
      noPut: request.filters.includes(filterNoPut),
      noDelete: request.filters.includes(filterNoDelete),
      previousKv: request.prevKv,
      progressNotify: request.progressNotify,
      fragment: request.fragment,
    });
    if (refused !== undefined) return this.#refuse(refused);
    this.#answer({ watchId, created: true }, options.currentRevision());
  }

  #refuse(cancelReason: string): void {
    const refusal = { watchId: invalidWatchId, created: true, canceled: true, cancelReason };
    this.#answer(refusal, this.#service.options.currentRevision());
  }

  #cancel(watchId: number): void {
    if (!this.#watchers.cancel(watchId)) return;
    this.#answer({ watchId, canceled: true }, this.#service.options.currentRevision());
  }

  #answer(fields: Partial<WatchResponse>, revision: number): void {
    const header = this.#service.options.header(revision);
    const belowMark = this.#send(encodeWatchResponse(makeWatchResponse({ ...fields, header })));
    // Who does not read answers may not ask for more: etcd's loop stops receiving here, too.
    if (belowMark || this.#paused) return;
    this.#paused = true;
    this.call.pause();
  }

  #send(message: Uint8Array): boolean {
    if (this.#closed) return true;
    if (this.#held !== undefined) {
      this.#held.push(ownBytes(message));
      return false;
    }
    const belowMark = this.call.send(message);
    this.recount();
    if (!belowMark && this.#heldBytes >= this.#service.allowance) this.#full = true;
    return belowMark;
  }

  /** Nothing is sent for so long; as where a client does not read, hardly more is asked for. */
  #hold(place: WatchPlace, ms: number): void {
    if (this.#held !== undefined) return;
    this.#held = [];
    this.#full = true;
    place.after(ms, () => {
      const held = this.#held ?? [];
      this.#held = undefined;
      // The last one tells whether the client reads; if it does not, `onDrain` follows.
      const belowMark = held.map((message) => this.#send(message)).at(-1) ?? true;
      if (belowMark && !this.#closed) this.#drained();
    });
  }

  #drained(): void {
    if (this.#held !== undefined) return;
    this.recount();
    this.#full = false;
    this.#watchers.drained();
    if (!this.#paused) return;
    this.#paused = false;
    this.call.resume();
  }
}
