// Hand-driven ports for the tests of this room: time moves when a test says so, and calls are
// answered when it answers them.
import { assert, concatBytes, encodeUtf8 } from "../../base/index.ts";
import type { Message } from "../../core/raft/index.ts";
import { type Cancel, type Clock, type Log, silentLog } from "../host/index.ts";
import type {
  HeaderFields,
  PeerBodyEvents,
  PeerCall,
  PeerCallEvents,
  PeerCallRequest,
  PeerDialer,
  PeerRequest,
  PeerResponse,
} from "../http/index.ts";
import type { RaftPort, Settled, TransportLimits } from "./ports.ts";
import { Transport } from "./transport.ts";

export class HandClock implements Clock {
  #now = 0;
  #order = 0;
  #timers: { readonly atMs: number; readonly order: number; readonly fn: () => void }[] = [];

  nowMs(): number {
    return this.#now;
  }
  wallMs(): number {
    return 1_700_000_000_000 + this.#now;
  }
  after(ms: number, fn: () => void): Cancel {
    const timer = { atMs: this.#now + ms, order: this.#order++, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  soon(fn: () => void): void {
    this.after(0, fn);
  }
  later(fn: () => void): void {
    this.after(0, fn);
  }

  /** Lets so much time go by; what comes due runs in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= end);
      if (due.length === 0) break;
      due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const next = due[0]!;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.atMs);
      next.fn();
    }
    this.#now = end;
  }
}

/** One call as the other side would see it. */
export class HandCall implements PeerCall {
  readonly request: PeerCallRequest;
  readonly events: PeerCallEvents;
  readonly written: Uint8Array[] = [];
  hasRoom = true;
  isEnded = false;
  isAborted = false;

  constructor(request: PeerCallRequest, events: PeerCallEvents) {
    this.request = request;
    this.events = events;
  }

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes);
    return this.hasRoom;
  }
  end(): void {
    this.isEnded = true;
  }
  abort(): void {
    this.isAborted = true;
  }

  head(status: number, headers: HeaderFields = {}): void {
    assert(!this.isAborted, "nothing comes after abort");
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const fields = new Map<string, string>(lower as [string, string][]);
    this.events.onHead({ status, header: (name) => fields.get(name.toLowerCase()) ?? "" });
  }

  /** A whole answer. */
  answer(status: number, text = "", headers: HeaderFields = {}): void {
    this.head(status, headers);
    if (this.isAborted) return;
    if (text !== "") this.events.onBytes(encodeUtf8(text));
    this.events.onEnd();
  }

  /** The stream is there: what an etcd of this version says first. */
  accept(version = "3.7.3"): void {
    this.head(200, { "X-Server-Version": version });
  }

  fail(code: string): void {
    this.events.onError(Object.assign(new Error(code), { code }));
  }
}

export class HandDialer implements PeerDialer {
  readonly calls: HandCall[] = [];
  isClosed = false;

  open(request: PeerCallRequest, events: PeerCallEvents): PeerCall {
    const call = new HandCall(request, events);
    this.calls.push(call);
    return call;
  }
  close(): void {
    this.isClosed = true;
  }

  /** Calls to paths that hold this, the oldest first. */
  to(part: string): HandCall[] {
    return this.calls.filter(({ request }) => request.url.includes(part));
  }
}

export class HandRequest implements PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly remoteAddress = "10.0.0.9:4711";
  readonly #headers: Map<string, string>;
  body: PeerBodyEvents | undefined;
  isPaused = false;

  constructor(method: string, path: string, headers: HeaderFields) {
    this.method = method;
    this.path = path;
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    this.#headers = new Map(lower as [string, string][]);
  }

  header(name: string): string {
    return this.#headers.get(name.toLowerCase()) ?? "";
  }
  read(events: PeerBodyEvents): void {
    this.body = events;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
}

export class HandResponse implements PeerResponse {
  status = 0;
  headers: HeaderFields = {};
  readonly written: Uint8Array[] = [];
  hasRoom = true;
  isEnded = false;
  isAborted = false;
  events: { onDrain(): void; onClose(): void } | undefined;

  head(status: number, headers: HeaderFields): void {
    assert(this.status === 0, "a response has one head");
    this.status = status;
    this.headers = headers;
  }
  write(bytes: Uint8Array): boolean {
    assert(!this.isEnded, "nothing is written after the end");
    this.written.push(bytes);
    return this.hasRoom;
  }
  end(): void {
    this.isEnded = true;
  }
  abort(): void {
    this.isAborted = true;
  }
  watch(events: { onDrain(): void; onClose(): void }): void {
    this.events = events;
  }

  get bytes(): Uint8Array {
    return concatBytes(this.written);
  }
}

/** A member that writes down what it is told. */
export class NotedRaft implements RaftPort {
  readonly notes: string[] = [];
  readonly messages: Message[] = [];
  readonly waiting: Settled[] = [];
  /** Leaves messages unsettled, as a member that is busy. */
  isBusy = false;
  refusal: Error | undefined;
  removed = 0n;

  process(message: Message, settled: Settled): void {
    this.messages.push(message);
    if (this.isBusy) this.waiting.push(settled);
    else settled(this.refusal);
  }
  isIdRemoved(id: bigint): boolean {
    return id === this.removed;
  }
  reportUnreachable(id: bigint): void {
    this.notes.push(`unreachable ${id}`);
  }
  reportSnapshot(id: bigint, outcome: string): void {
    this.notes.push(`snapshot to ${id} ${outcome}`);
  }
  localMemberRemoved(): void {
    this.notes.push("removed");
  }
  connectionLost(id: bigint, isReset: boolean): void {
    this.notes.push(`lost ${id}${isReset ? " by reset" : ""}`);
  }
}

export interface HandTransport {
  readonly transport: Transport;
  readonly clock: HandClock;
  readonly dialer: HandDialer;
  readonly raft: NotedRaft;
}

export const localId = 0xaan;
export const peerId = 0xbbn;

/** Headers with which another member of the same cluster would ask. */
export const peerHeaders: HeaderFields = {
  "X-Server-From": "bb",
  "X-Server-Version": "3.7.3",
  "X-Min-Cluster-Version": "3.0.0",
  "X-Etcd-Cluster-ID": "cc",
  "X-Raft-To": "aa",
};

export function handTransport(
  more: {
    readonly limits?: Partial<TransportLimits>;
    readonly log?: Log;
    readonly receiveDatabase?: (index: number) => never;
    readonly freeBytes?: () => number;
  } = {},
): HandTransport {
  const clock = new HandClock();
  const dialer = new HandDialer();
  const raft = new NotedRaft();
  const noDatabase = (): never => {
    throw new Error("no database is received here");
  };
  const { freeBytes } = more;
  const transport = new Transport({
    id: localId,
    clusterId: 0xccn,
    urls: ["http://10.0.0.1:2380"],
    raft,
    dialer,
    clock,
    log: more.log ?? silentLog,
    snapshots: {
      receiveDatabase: more.receiveDatabase ?? noDatabase,
      ...(freeBytes === undefined ? {} : { freeBytes }),
    },
    serverVersion: "3.7.3",
    limits: more.limits ?? {},
  });
  return { transport, clock, dialer, raft };
}

/** Asks the transport as another member would; what it answers is in the response. */
export function ask(
  { transport }: HandTransport,
  method: string,
  path: string,
  headers: HeaderFields = peerHeaders,
): { readonly request: HandRequest; readonly response: HandResponse } {
  const request = new HandRequest(method, path, headers);
  const response = new HandResponse();
  transport.handle(request, response);
  return { request, response };
}
