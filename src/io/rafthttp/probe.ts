// Asks another member every few seconds how long the way to it is and what its clock says, for log
// and metrics only (github.com/xiang90/probing, probing_status.go).
import { type Id64, id64Hex } from "../../base/index.ts";
import type { Cancel } from "../host/index.ts";
import type { PeerCall } from "../http/index.ts";
import type { TransportContext } from "./ports.ts";
import { type Answer, ask, probingPath } from "./requests.ts";

/** Weight of the newest round trip in the smoothed one. */
const weight = 0.125;
const errorIntervalMs = 5_000;
const statusIntervalMs = 30_000;
const driftMaxMs = 1_000;

/** Over which connections a probe goes, and etcd's name for them. */
export type ProbeKind = "pooled" | "own";

const roundTripperName: Readonly<Record<ProbeKind, string>> = {
  pooled: "ROUND_TRIPPER_SNAPSHOT",
  own: "ROUND_TRIPPER_RAFT_MESSAGE",
};

export class Probe {
  readonly #context: TransportContext;
  readonly #id: Id64;
  readonly #kind: ProbeKind;
  readonly #urls: readonly string[];
  #pinned = 0;
  #call: PeerCall | undefined;
  #cancelProbe: Cancel = () => {};
  #cancelReport: Cancel = () => {};
  #smoothedMs = 0;
  #driftMs = 0;
  #isHealthy = false;
  #error: Error | undefined;

  constructor(context: TransportContext, id: Id64, kind: ProbeKind, urls: readonly string[]) {
    this.#context = context;
    this.#id = id;
    this.#kind = kind;
    this.#urls = urls;
    this.#probeLater();
    // Soon at first, so that what is wrong is told early.
    this.#reportLater(errorIntervalMs);
  }

  /** Milliseconds there and back, smoothed; 0 while none is known. */
  get smoothedRoundTripMs(): number {
    return this.#smoothedMs;
  }

  /** How far the other clock is behind ours, about. */
  get clockDriftMs(): number {
    return this.#driftMs;
  }

  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  stop(): void {
    this.#cancelProbe();
    this.#cancelReport();
    this.#call?.abort();
    this.#call = undefined;
  }

  #probeLater(): void {
    const { clock } = this.#context.options;
    this.#cancelProbe = clock.after(this.#context.limits.probeIntervalMs, () => {
      if (this.#call === undefined) this.#probe();
      this.#probeLater();
    });
  }

  #probe(): void {
    const { clock } = this.#context.options;
    const startMs = clock.nowMs();
    const url = this.#urls[this.#pinned]! + probingPath;
    this.#call = ask(
      this.#context,
      { method: "GET", url, headers: {}, connection: this.#kind },
      this.#context.limits.dialTimeoutMs,
      (error, answer) => {
        this.#call = undefined;
        const failure = error ?? this.#record(answer as Answer, url, clock.nowMs() - startMs);
        if (failure === undefined) return;
        this.#isHealthy = false;
        this.#error = failure;
        this.#pinned = (this.#pinned + 1) % this.#urls.length;
      },
    );
  }

  #record(answer: Answer, url: string, roundTripMs: number): Error | undefined {
    const { status } = answer.head;
    if (status !== 200) return new Error(`got unexpected HTTP status code ${status} from ${url}`);
    const remoteMs = remoteTimeOf(answer.body);
    if (remoteMs === undefined) return new Error(`got no health from ${url}`);
    const last = this.#smoothedMs === 0 ? roundTripMs : this.#smoothedMs;
    this.#smoothedMs = (1 - weight) * last + weight * roundTripMs;
    this.#driftMs = this.#context.options.clock.wallMs() - remoteMs - this.#smoothedMs / 2;
    this.#isHealthy = true;
    this.#error = undefined;
    return undefined;
  }

  #reportLater(intervalMs: number): void {
    this.#cancelReport = this.#context.options.clock.after(intervalMs, () => this.#report());
  }

  #report(): void {
    const { log, observer } = this.#context.options;
    const fields = {
      "round-tripper-name": roundTripperName[this.#kind],
      "remote-peer-id": id64Hex(this.#id),
      rtt: goDuration(this.#smoothedMs),
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
    if (!this.#isHealthy) log.warn("prober detected unhealthy status", fields);
    if (this.#driftMs > driftMaxMs) {
      const drift = { "clock-drift": goDuration(this.#driftMs) };
      log.warn("prober found high clock drift", { ...fields, ...drift });
    }
    observer?.roundTrip?.(this.#id, this.#smoothedMs / 1_000);
    this.#reportLater(this.#isHealthy ? statusIntervalMs : errorIntervalMs);
  }
}

/** Undefined when the answer is no health, or no good one. */
function remoteTimeOf(body: string): number | undefined {
  try {
    const health = JSON.parse(body) as { OK?: unknown; Now?: unknown } | null;
    if (health?.OK !== true || typeof health.Now !== "string") return undefined;
    const time = Date.parse(health.Now);
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}

/** As Go prints a time.Duration, about: `1.5s`, `820.1µs`, `0s`. */
function goDuration(ms: number): string {
  if (ms === 0) return "0s";
  const round = (value: number): string => String(Number(value.toPrecision(9)));
  if (Math.abs(ms) >= 1_000) return `${round(ms / 1_000)}s`;
  return Math.abs(ms) >= 1 ? `${round(ms)}ms` : `${round(ms * 1_000)}µs`;
}
