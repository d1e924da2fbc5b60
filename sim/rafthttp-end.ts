// One end of a simulated TCP connection. Bytes arrive in order or not at all; what is cut off, and
// whether the other end hears of it, is the network's doing.
import type { Process } from "./loop.ts";
import type { ByteNetwork } from "./rafthttp-network.ts";

/** Called in the end's own process. Nothing follows `onClosed`, or `destroy`. */
export interface EndEvents {
  /** The bytes belong to the receiver. */
  onBytes(bytes: Uint8Array): void;
  /** The other end writes no more. */
  onEnd(): void;
  /** All that was written has left this process. */
  onDrain(): void;
  onClosed(error: Error): void;
}

interface Segment {
  readonly bytes: Uint8Array | undefined;
  readonly kind: "bytes" | "fin" | "rst";
  /** When it arrives, unless something stands in the way. */
  readonly readyUs: number;
}

const segmentBytesMax = 64 * 1024;
/** Of what is lost, first and last. */
const resendUsMin = 200_000;
const resendUsMax = 1_600_000;

const sizeOf = (segment: Segment): number => segment.bytes?.length ?? 0;

export class ByteEnd {
  /** Where it stands in the network. */
  readonly place: number;
  readonly #network: ByteNetwork;
  readonly #process: Process;
  #events: EndEvents | undefined;
  #peer: ByteEnd | undefined;
  /** Nobody here listens or writes any more. */
  isClosed = false;
  /** Of the end that dialled. */
  onConnected: () => void = () => {};
  // What goes.
  #isConnected = false;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #isFlushing = false;
  #isEnding = false;
  #isFinSent = false;
  #isLeaving = false;
  #awaitsDrain = false;
  /** Sent and not yet read over there, as far as is known. */
  #outstanding = 0;
  #flight: Segment[] = [];
  #lastReadyUs = 0;
  #isUnderWay = false;
  #resendUs = resendUsMin;
  // What comes.
  #received: Segment[] = [];
  #isPaused = false;
  #isReading = false;
  #unacknowledged = 0;

  constructor(network: ByteNetwork, place: number, process: Process) {
    this.#network = network;
    this.place = place;
    this.#process = process;
  }

  get peer(): ByteEnd | undefined {
    return this.#peer;
  }

  get isOver(): boolean {
    return this.isClosed && this.#flight.length === 0;
  }

  listen(events: EndEvents): void {
    this.#events = events;
    this.#readSoon();
  }

  join(peer: ByteEnd): void {
    this.#peer = peer;
  }

  /** What was written meanwhile goes now. */
  connected(): void {
    this.#isConnected = true;
    this.onConnected();
    this.#pump();
  }

  /** The bytes must not change before `onDrain`; false asks to wait for that. */
  write(bytes: Uint8Array): boolean {
    if (this.isClosed || this.#isEnding) return true;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#flushSoon();
    if (this.#pendingBytes <= this.#network.bytes.sendBufferBytes) return true;
    this.#awaitsDrain = true;
    return false;
  }

  /** Nothing more is written; what was goes first. */
  end(): void {
    if (this.isClosed) return;
    this.#isEnding = true;
    this.#flushSoon();
  }

  /** Closes it for good once everything is on its way (`Socket.destroySoon`). */
  endThenDestroy(): void {
    this.end();
    this.#isLeaving = true;
    if (this.#isFinSent) this.destroy();
  }

  /** Closes the connection as a process does, or as a kernel does for one that was killed. */
  destroy(): void {
    if (this.isClosed) return;
    const isUnread = this.#received.some(({ kind }) => kind === "bytes");
    this.vanish();
    if (this.#peer === undefined) return;
    if (isUnread || this.#network.random.below(4) === 0) this.#reset();
    else if (!this.#isFinSent) this.#launch("fin");
    this.#network.tidy(this);
  }

  /** Without a word to anybody: the power failed. */
  vanish(): void {
    this.isClosed = true;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#received = [];
  }

  /** Something between the two pretends to be this end and breaks the connection, at any byte. */
  breakOff(): void {
    if (this.#peer === undefined) return;
    this.#truncate();
    this.#launch("rst");
  }

  /** A dial that did not become a connection. */
  fail(error: Error): void {
    if (this.isClosed) return;
    this.vanish();
    this.#network.tidy(this);
    this.#events?.onClosed(error);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#readSoon();
  }

  // What goes -----------------------------------------------------------------------------------

  #flushSoon(): void {
    if (this.#isFlushing || !this.#isConnected) return;
    this.#isFlushing = true;
    this.#network.loop.after(0, this.#process, "flush", () => {
      this.#isFlushing = false;
      if (!this.isClosed) this.#pump();
    });
  }

  #pump(): void {
    const { random, bytes } = this.#network;
    while (this.#pendingBytes > 0 && this.#outstanding < bytes.windowBytes) {
      const room = bytes.windowBytes - this.#outstanding;
      let size = Math.min(this.#pendingBytes, room, segmentBytesMax);
      if (this.#network.happens(bytes.splitPpm)) size = 1 + random.below(size);
      this.#outstanding += size;
      this.#launch("bytes", this.#gather(size));
    }
    if (this.#pendingBytes > 0) return;
    if (this.#isEnding && !this.#isFinSent) this.#launch("fin");
    if (this.#isLeaving && this.#isFinSent) return this.destroy();
    if (!this.#awaitsDrain) return;
    this.#awaitsDrain = false;
    this.#network.loop.after(0, this.#process, "drain", () => {
      if (!this.isClosed) this.#events!.onDrain();
    });
  }

  /** Copies: whose the bytes are may use them again once they are gone. */
  #gather(size: number): Uint8Array {
    const gathered = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const first = this.#pending[0]!;
      const taken = Math.min(first.length, size - at);
      gathered.set(first.subarray(0, taken), at);
      at += taken;
      if (taken === first.length) this.#pending.shift();
      else this.#pending[0] = first.subarray(taken);
    }
    this.#pendingBytes -= size;
    return gathered;
  }

  #launch(kind: Segment["kind"], bytes?: Uint8Array): void {
    if (kind === "fin") this.#isFinSent = true;
    const link = { from: this.place, to: this.#peer!.place };
    const readyUs = Math.max(
      this.#lastReadyUs + 1,
      this.#network.arrivalUs(link, bytes?.length ?? 0),
    );
    this.#lastReadyUs = readyUs;
    this.#flight.push({ bytes, kind, readyUs });
    this.#travel(readyUs);
  }

  #travel(atUs: number): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#network.loop.at(atUs, undefined, "segment", () => this.#arrive());
  }

  #arrive(): void {
    this.#isUnderWay = false;
    const peer = this.#peer!;
    const network = this.#network;
    if (!network.isOpen(this.place, peer.place)) {
      // Nobody sends a reset again, and nobody sends for the dead.
      while (this.#flight[0]?.kind === "rst") this.#flight.shift();
      if (this.isClosed && peer.isClosed) this.#flight = [];
      if (this.#flight.length > 0) this.#travel(network.loop.nowUs + this.#resendUs);
      this.#resendUs = Math.min(2 * this.#resendUs, resendUsMax);
    } else {
      this.#resendUs = resendUsMin;
      while (this.#flight.length > 0 && this.#flight[0]!.readyUs <= network.loop.nowUs) {
        peer.#arrived(this.#flight.shift()!);
      }
      if (this.#flight.length > 0) this.#travel(this.#flight[0]!.readyUs);
    }
    network.tidy(this);
  }

  /** A reset may overtake what is under way, and then that never arrives. */
  #reset(): void {
    if (this.#network.random.below(2) === 0) this.#truncate();
    this.#launch("rst");
  }

  /** Of what is under way only a beginning still arrives. */
  #truncate(): void {
    const total = this.#flight.reduce((sum, segment) => sum + sizeOf(segment), 0);
    let left = this.#network.random.below(total + 1);
    const kept: Segment[] = [];
    for (const segment of this.#flight) {
      const size = sizeOf(segment);
      if (size > left) {
        if (left > 0) kept.push({ ...segment, bytes: segment.bytes!.slice(0, left) });
        break;
      }
      left -= size;
      if (segment.kind === "bytes") kept.push(segment);
    }
    this.#flight = kept;
  }

  // What comes ----------------------------------------------------------------------------------

  #arrived(segment: Segment): void {
    if (this.isClosed) {
      // Its kernel knows no such connection.
      if (segment.kind !== "rst" && this.#peer !== undefined) this.#launch("rst");
      return;
    }
    const isPurged = segment.kind === "rst" && this.#network.random.below(2) === 0;
    if (isPurged) this.#received = [];
    this.#received.push(segment);
    this.#readSoon();
  }

  #readSoon(): void {
    if (this.#isReading || this.#received.length === 0 || this.#events === undefined) return;
    this.#isReading = true;
    this.#network.loop.after(0, this.#process, "readable", () => {
      this.#isReading = false;
      this.#read();
    });
  }

  #read(): void {
    while (this.#received.length > 0 && !this.isClosed && !this.#isPaused) {
      const { kind, bytes } = this.#received.shift()!;
      if (kind === "bytes") {
        this.#unacknowledged += bytes!.length;
        this.#events!.onBytes(bytes!);
      } else if (kind === "fin") this.#events!.onEnd();
      else this.fail(errorOf("ECONNRESET", "read ECONNRESET"));
    }
    if (!this.isClosed) this.#acknowledge();
  }

  /** Seldom, as a kernel does: the sender may go on meanwhile. */
  #acknowledge(): void {
    const { loop, bytes } = this.#network;
    if (2 * this.#unacknowledged < bytes.windowBytes) return;
    const read = this.#unacknowledged;
    this.#unacknowledged = 0;
    const peer = this.#peer!;
    const link = { from: this.place, to: peer.place };
    const tell = (): void => {
      if (peer.isClosed) return;
      if (!this.#network.isOpen(link.from, link.to)) {
        loop.after(resendUsMin, undefined, "acknowledgement", tell);
        return;
      }
      peer.#outstanding -= read;
      peer.#pump();
    };
    loop.at(this.#network.arrivalUs(link, 0), undefined, "acknowledgement", tell);
  }
}

/** As Node's sockets fail. */
export const errorOf = (code: string, words: string): Error =>
  Object.assign(new Error(words), { code });
