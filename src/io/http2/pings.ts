// Who may ping whom and how often. The rules are grpc-go's (internal/transport/http2_server.go), so
// that a client tuned against etcd meets the same answers.
import { ConnectionError, errorCode } from "./error-code.ts";

export interface KeepalivePolicy {
  /** A client may ping once in this time while it has streams; 0 turns the check off. */
  readonly minTimeMs: number;
  /** Whether a client without streams may ping at that rate too; otherwise once in two hours. */
  readonly permitWithoutStream: boolean;
  /** After this long without a byte we ping; Infinity for never. */
  readonly timeMs: number;
  /** After this long without an answer we close. */
  readonly timeoutMs: number;
}

/** etcd's flags --grpc-keepalive-{min-time,interval,timeout}. */
export const defaultKeepalive: KeepalivePolicy = {
  minTimeMs: 5_000,
  permitWithoutStream: false,
  timeMs: 2 * 3600 * 1000,
  timeoutMs: 20_000,
};

const strikesMax = 2;
const idlePingMs = 2 * 3600 * 1000;

export class Pings {
  readonly #policy: KeepalivePolicy;
  #strikes = 0;
  #lastPingMs = -Infinity;
  #sentAtMs: number | undefined;
  /** Set whenever we send HEADERS or DATA: a ping that answers traffic is never a strike. */
  forgiven = false;

  constructor(policy: KeepalivePolicy) {
    this.#policy = policy;
  }

  /** Judges a ping that has just been answered. */
  onPing(nowMs: number, openStreams: number): void {
    const { minTimeMs, permitWithoutStream } = this.#policy;
    const since = nowMs - this.#lastPingMs;
    this.#lastPingMs = nowMs;
    if (minTimeMs === 0) return;
    if (this.forgiven) {
      this.forgiven = false;
      this.#strikes = 0;
      return;
    }
    const allowedMs = openStreams === 0 && !permitWithoutStream ? idlePingMs : minTimeMs;
    if (since < allowedMs) this.#strikes++;
    if (this.#strikes > strikesMax) {
      throw new ConnectionError(errorCode.enhanceYourCalm, "too_many_pings");
    }
  }

  /** What the silence since the last byte calls for. */
  afterSilence(nowMs: number, lastReadMs: number): "nothing" | "ping" | "close" {
    if (this.#sentAtMs !== undefined && lastReadMs > this.#sentAtMs) this.#sentAtMs = undefined;
    if (this.#sentAtMs !== undefined) {
      return nowMs - this.#sentAtMs >= this.#policy.timeoutMs ? "close" : "nothing";
    }
    if (nowMs - lastReadMs < this.#policy.timeMs) return "nothing";
    this.#sentAtMs = nowMs;
    return "ping";
  }
}
