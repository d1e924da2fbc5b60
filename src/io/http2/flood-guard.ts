// Frames that are legal one by one and an attack in numbers. Each kind draws from a bucket of
// tokens that refills with time; an empty bucket ends the connection with ENHANCE_YOUR_CALM.
import { ConnectionError, errorCode } from "./error-code.ts";

export interface FloodLimits {
  /** Streams reset young and unanswered (CVE-2023-44487), and resets we were driven to send. */
  readonly resetBurst: number;
  readonly resetsPerSecond: number;
  /** SETTINGS, PRIORITY, unknown and empty frames, and WINDOW_UPDATEs nobody had reason to send. */
  readonly controlBurst: number;
  readonly controlsPerSecond: number;
}

export const defaultFloodLimits: FloodLimits = {
  resetBurst: 1000,
  resetsPerSecond: 100,
  controlBurst: 1000,
  controlsPerSecond: 100,
};

// A WINDOW_UPDATE answers data. A peer that sends two for a stream and two for the connection with
// each of our DATA frames is still a good one.
const windowUpdatesPerDataFrame = 4;
const windowUpdateCreditMax = 10_000;

class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #filledMs = 0;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#tokens = burst;
  }

  take(nowMs: number): boolean {
    if (this.#tokens < 1 || nowMs - this.#filledMs > 1000) {
      const gained = (nowMs - this.#filledMs) * this.#perMs;
      this.#tokens = Math.min(this.#burst, this.#tokens + gained);
      this.#filledMs = nowMs;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

export class FloodGuard {
  readonly #resets: TokenBucket;
  readonly #controls: TokenBucket;
  #windowUpdateCredit = 100;

  constructor(limits: FloodLimits) {
    this.#resets = new TokenBucket(limits.resetBurst, limits.resetsPerSecond);
    this.#controls = new TokenBucket(limits.controlBurst, limits.controlsPerSecond);
  }

  onReset(nowMs: number): void {
    if (!this.#resets.take(nowMs)) throw calm("too many resets");
  }

  onControlFrame(nowMs: number): void {
    if (!this.#controls.take(nowMs)) throw calm("too many control frames");
  }

  onWindowUpdate(nowMs: number): void {
    if (this.#windowUpdateCredit > 0) this.#windowUpdateCredit--;
    else this.onControlFrame(nowMs);
  }

  onDataFrameSent(): void {
    if (this.#windowUpdateCredit < windowUpdateCreditMax) {
      this.#windowUpdateCredit += windowUpdatesPerDataFrame;
    }
  }
}

const calm = (reason: string): ConnectionError =>
  new ConnectionError(errorCode.enhanceYourCalm, reason);
