// What the peer may send us (RFC 9113 §5.2): enough that a large request flows, never so much that
// what one connection makes us hold has no bound, however many streams it opens.
//
// - Every stream starts with 64 KiB. A message that needs more is granted the rest, in order, while
//   what is granted to messages not yet whole stays under `grantBytesMax` (one message always may).
// - When the bytes held reach `heldBytesHigh`, SETTINGS take the initial window of every stream back
//   to nothing, so that only granted messages flow; at half of that the windows are given back.
//   A stream without a message under way waits for that.
// - Until the peer has acknowledged those SETTINGS, the connection's window is not refilled.
// So one connection makes us hold at most heldBytesHigh + connectionWindowBytes + the larger of
// grantBytesMax and one message. What all of them may hold together is the budget's business: while it
// is scarce, heldBytesHigh is less, and a grant waits until others have given theirs back.
import { ConnectionError, errorCode } from "./error-code.ts";
import { defaultWindowBytes, setting } from "./frame.ts";
import type { BudgetUser, ReceiveBudget } from "./receive-budget.ts";
import type { Sender } from "./sender.ts";
import type { Http2Stream } from "./stream.ts";

export interface ReceiveLimits {
  readonly connectionWindowBytes: number;
  readonly heldBytesHigh: number;
  readonly grantBytesMax: number;
}

const MiB = 1024 * 1024;
export const defaultReceiveLimits: ReceiveLimits = {
  connectionWindowBytes: MiB,
  heldBytesHigh: 4 * MiB,
  grantBytesMax: 4 * MiB,
};

/** `wanted`: earlier SETTINGS are still unacknowledged. */
type Pressure = "none" | "wanted" | "announced" | "applied" | "lifting";

/** What the windows ask of their connection. */
export interface WindowsHost {
  readonly all: () => readonly Http2Stream[];
  /** Ends the stream: its message may not go on. */
  readonly refuse: (stream: Http2Stream) => void;
}

export class ReceiveWindows implements BudgetUser {
  readonly budget: ReceiveBudget;
  readonly #sender: Sender;
  readonly #limits: ReceiveLimits;
  readonly #host: WindowsHost;
  #connectionWindow = defaultWindowBytes;
  #connectionOwed = 0;
  #granted = 0;
  #sweptMs = 0;
  readonly #waiting = new Set<Http2Stream>();
  #pressure: Pressure = "none";
  #settingsUnacked = 0;
  /** What a stream that opens now may send. */
  initialStreamWindow = defaultWindowBytes;
  /** Bytes received and held for the layer above, of all streams. */
  held = 0;
  /** What of that the budget knows as loose. */
  loose = 0;
  refusals = 0;

  constructor(sender: Sender, limits: ReceiveLimits, budget: ReceiveBudget, host: WindowsHost) {
    this.#sender = sender;
    this.#limits = limits;
    this.budget = budget;
    this.#host = host;
    budget.join(this);
  }

  /** Widens the connection's window from what the RFC gives it. */
  open(): void {
    this.#settingsUnacked = 1;
    this.#connectionOwed = this.#limits.connectionWindowBytes - defaultWindowBytes;
    this.#refillConnection();
  }

  /** DATA of `length` payload bytes has come, whatever becomes of it. */
  onConnectionData(length: number): void {
    if (length > this.#connectionWindow) {
      throw new ConnectionError(errorCode.flowControlError, "connection window exceeded");
    }
    this.#connectionWindow -= length;
    this.#connectionOwed += length;
    if (this.#connectionOwed * 2 >= this.#limits.connectionWindowBytes) this.#refillConnection();
  }

  /** The stream's share of that; false when it went past its window. */
  onStreamData(stream: Http2Stream, length: number): boolean {
    if (length > stream.receiveWindow) return false;
    stream.receiveWindow -= length;
    return true;
  }

  /** The layer above keeps `bytes` of what came. */
  hold(stream: Http2Stream, bytes: number): void {
    stream.retained += bytes;
    stream.needs = Math.max(0, stream.needs - bytes);
    this.held += bytes;
    if (stream.granted === 0) this.#addLoose(bytes);
    if (this.#pressure === "none" && this.held >= this.#heldBytesHigh) this.#press();
  }

  /** The layer above is done with `bytes` it kept. */
  release(stream: Http2Stream, bytes: number): void {
    stream.retained -= bytes;
    this.held -= bytes;
    if (stream.granted === 0) this.#addLoose(-bytes);
    if (this.#waiting.size > 0) this.grantNext();
    this.#liftWhenEased();
  }

  /** The message in arrival needs `bytes` more than what has come; 0 when it is whole. */
  expect(stream: Http2Stream, bytes: number): void {
    stream.needs = bytes;
    if (bytes === 0 && stream.granted > 0) {
      this.#endGrant(stream);
      this.grantNext();
    }
    const lacks = bytes - stream.receiveWindow;
    if (lacks <= 0 || stream.waitsForGrant) return;
    if (stream.granted > 0) {
      // Its message was granted whole; the initial window has been taken back since.
      this.#widen(stream, lacks);
    } else {
      stream.waitsForGrant = true;
      this.#waiting.add(stream);
      this.grantNext();
    }
  }

  /** Gives an open stream its window back after it was used; never while pressed. */
  refill(stream: Http2Stream): void {
    if (this.#pressure !== "none" && this.#pressure !== "lifting") return;
    const room = defaultWindowBytes - stream.retained;
    if (stream.remoteEnded || room <= stream.receiveWindow) return;
    if (stream.receiveWindow * 2 <= defaultWindowBytes) {
      this.#widen(stream, room - stream.receiveWindow);
    }
  }

  /** The stream is gone with everything it held. */
  forget(stream: Http2Stream): void {
    const { waitsForGrant } = stream;
    if (waitsForGrant) this.#stopWaiting(stream);
    const freed = stream.granted + stream.retained > 0;
    if (stream.granted > 0) this.#endGrant(stream);
    if (stream.retained > 0) {
      this.#addLoose(-stream.retained);
      this.held -= stream.retained;
      stream.retained = 0;
    }
    if (this.#waiting.size > 0 && (freed || waitsForGrant)) this.grantNext();
    if (freed) this.#liftWhenEased();
  }

  /** About once a second: ends grants that others have waited for long enough. */
  sweepGrants(nowMs: number): void {
    const sweptMs = this.#sweptMs;
    this.#sweptMs = nowMs;
    if (this.#granted === 0) return;
    const { grantTimeoutMs, slowestBytesPerMs, silentTicksMax } = this.budget.limits;
    for (const stream of this.#host.all()) {
      if (stream.granted === 0) continue;
      // Seconds are counted, not taken from the clock: while we stood still nobody could be heard.
      stream.silentTicks = stream.receivedMs > sweptMs ? 0 : stream.silentTicks + 1;
      const patienceMs = grantTimeoutMs + stream.granted / slowestBytesPerMs;
      const isSlow = nowMs - stream.grantedMs > patienceMs || stream.silentTicks > silentTicksMax;
      if (!isSlow || !this.budget.isAwaited) continue;
      this.refusals++;
      this.#host.refuse(stream);
    }
  }

  giveUp(looseBytesMax: number): void {
    const newest = this.#host.all().toSorted((one, other) => other.id - one.id);
    for (const stream of newest) {
      if (this.loose <= looseBytesMax) return;
      const isLoose = stream.granted === 0 && stream.retained > 0;
      if (isLoose && stream.needs > 0) this.#host.refuse(stream);
    }
  }

  /** Grants what waits, in order, as far as it may. */
  grantNext(): void {
    for (const stream of this.#waiting) {
      const lacks = stream.needs - stream.receiveWindow;
      if (lacks > 0 && !stream.remoteEnded) {
        const { grantBytesMax, heldBytesHigh } = this.#limits;
        if (this.#granted > 0 && this.#granted + stream.needs > grantBytesMax) return;
        // Messages under way never add up to this: what is held is whole and waits for its reader.
        if (this.held > heldBytesHigh + 2 * grantBytesMax) return;
        if (!this.budget.grant(this, stream.needs)) return;
        this.#granted += stream.needs;
        this.#addLoose(-stream.retained);
        stream.granted = stream.needs;
        stream.silentTicks = 0;
        stream.grantedMs = stream.connection.nowMs;
        this.#widen(stream, lacks);
      }
      this.#stopWaiting(stream);
    }
  }

  /** The peer has acknowledged one SETTINGS frame of ours. */
  onSettingsAck(): void {
    if (this.#settingsUnacked > 0) this.#settingsUnacked--;
    if (this.#settingsUnacked > 0) return;
    if (this.#pressure === "wanted") {
      this.#press();
    } else if (this.#pressure === "announced") {
      this.#pressure = "applied";
      this.initialStreamWindow = 0;
      this.#refillConnection();
      for (const stream of this.#host.all()) {
        stream.receiveWindow -= defaultWindowBytes;
        if (stream.needs > 0) this.expect(stream, stream.needs);
      }
      this.#liftWhenEased();
    } else if (this.#pressure === "lifting") {
      this.#pressure = "none";
      if (this.held >= this.#heldBytesHigh) this.#press();
    }
  }

  get settingsUnacked(): number {
    return this.#settingsUnacked;
  }

  get #heldBytesHigh(): number {
    const { heldBytesHigh } = this.#limits;
    if (!this.budget.isScarce) return heldBytesHigh;
    return Math.min(heldBytesHigh, this.budget.limits.scarceHeldBytes);
  }

  #addLoose(bytes: number): void {
    this.loose += bytes;
    this.budget.addLoose(bytes);
  }

  #endGrant(stream: Http2Stream): void {
    const { granted } = stream;
    stream.granted = 0;
    this.#granted -= granted;
    this.#addLoose(stream.retained);
    this.budget.giveBack(granted);
  }

  #stopWaiting(stream: Http2Stream): void {
    stream.waitsForGrant = false;
    this.#waiting.delete(stream);
    if (this.#waiting.size === 0) this.budget.withdraw(this);
  }

  #press(): void {
    this.#pressure = "wanted";
    if (this.#settingsUnacked > 0) return;
    this.#pressure = "announced";
    this.#announce(0);
  }

  #liftWhenEased(): void {
    if (this.#pressure !== "applied" || this.held * 2 >= this.#heldBytesHigh) return;
    this.#pressure = "lifting";
    this.#announce(defaultWindowBytes);
    this.initialStreamWindow = defaultWindowBytes;
    // The peer widens these windows when it reads the SETTINGS; counting from now on is the lenient
    // side to be wrong on.
    for (const stream of this.#host.all()) {
      stream.receiveWindow += defaultWindowBytes;
      this.refill(stream);
    }
  }

  #announce(initialWindow: number): void {
    this.#settingsUnacked++;
    this.#sender.writeSettings([[setting.initialWindowSize, initialWindow]]);
  }

  #refillConnection(): void {
    const waitsForAck = this.#pressure === "wanted" || this.#pressure === "announced";
    if (waitsForAck || this.#connectionOwed === 0) return;
    this.#sender.writeWindowUpdate(0, this.#connectionOwed);
    this.#connectionWindow += this.#connectionOwed;
    this.#connectionOwed = 0;
  }

  #widen(stream: Http2Stream, bytes: number): void {
    stream.receiveWindow += bytes;
    this.#sender.writeWindowUpdate(stream.id, bytes);
  }
}
