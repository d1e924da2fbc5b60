// What the tests of the server rooms share: a clock moved by hand, a log that says when it is done, and
// a member on both.
import { encodeConfChangeContext } from "../../core/membership/index.ts";
import { type Entry, type HardState, MemoryStorage } from "../../core/raft/index.ts";
import {
  type Cancel,
  type Clock,
  type Log,
  type LogFields,
  repeatableRandom,
  silentLog,
  type Synced,
} from "../../io/host/index.ts";
import type { Wal } from "../../io/wal/index.ts";
import { type BackendHost, memoryBackendHost } from "./backend-host.ts";
import type { Booted } from "./bootstrap.ts";
import { Server } from "./server.ts";
import type { ServerOptions, ServerParts } from "./server-parts.ts";

interface Timer {
  readonly atMs: number;
  readonly fn: () => void;
}

/** Time stands still until `advance`; what is due at once runs in `settle`. */
export class HandClock implements Clock {
  now = 0;
  #timers: Timer[] = [];
  #due: (() => void)[] = [];

  nowMs(): number {
    return this.now;
  }
  wallMs(): number {
    return 1_790_000_000_000 + this.now;
  }
  after(ms: number, fn: () => void): Cancel {
    const timer = { atMs: this.now + ms, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  soon(fn: () => void): void {
    this.#due.push(fn);
  }
  later(fn: () => void): void {
    this.#due.push(fn);
  }

  /** Runs what waits for no time to pass. */
  settle(): void {
    for (let fn = this.#due.shift(); fn !== undefined; fn = this.#due.shift()) fn();
  }

  /** Lets time pass; timers run at their times, in order. */
  advance(ms: number): void {
    this.settle();
    const endMs = this.now + ms;
    for (;;) {
      const next = this.#timers
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.now = Math.max(this.now, next.atMs);
      next.fn();
      this.settle();
    }
    this.now = endMs;
  }

  /** Time passes and no timer runs: the process was paused. */
  pause(ms: number): void {
    this.now += ms;
  }
}

export interface Save {
  readonly state: HardState | undefined;
  readonly entries: readonly Entry[];
  readonly done: Synced;
}

/** A log that is durable when the test says so, or at once while it is prompt. */
export class HandWal {
  isPrompt = true;
  saves: Save[] = [];
  isClosed = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  save(state: HardState | undefined, entries: readonly Entry[], done: Synced): void {
    if (this.isPrompt) this.#clock.soon(() => done(undefined));
    else this.saves.push({ state, entries, done });
  }

  /** Ends the oldest save that waits. */
  finish(error?: Error): void {
    this.saves.shift()!.done(error);
  }

  close(done: Synced): void {
    this.isClosed = true;
    this.#clock.soon(() => done(undefined));
  }

  get asWal(): Wal {
    return this as unknown as Wal;
  }
}

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines. */
export function keptLog(lines: Line[]): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  return {
    ...silentLog,
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    named: () => keptLog(lines),
  };
}

export const testMemberId = 0x8e9e_05c5_2164_694dn;
export const testClusterId = 0xcdf8_1818_e32a_0f2an;

const optionsOfTest: ServerOptions = {
  name: "default",
  clientUrls: ["http://localhost:2379"],
  heartbeatMs: 100,
  electionMs: 1000,
  preVote: true,
  maxRequestBytes: 4096,
  snapshotCatchUpEntries: 5000,
  quotaBackendBytes: 0,
  snapshotCount: 10_000,
  maxWalFiles: 5,
  maxSnapshotFiles: 5,
  maxLearners: 1,
  compactionSleepMs: 10,
  autoCompaction: { mode: "periodic", retention: 0 },
  watchProgressNotifyMs: 600_000,
  serverVersion: "3.7.0",
};

export interface TestServer {
  readonly server: Server;
  readonly clock: HandClock;
  readonly wal: HandWal;
  readonly lines: Line[];
  readonly failures: Error[];
  readonly backend: BackendHost;
}

/** A member whose cluster is `peerIds`, itself by default; it is made, not started. */
export function testServer(
  options: Partial<ServerOptions> = {},
  parts: Partial<ServerParts> & { readonly peerIds?: readonly bigint[] } = {},
): TestServer {
  const clock = new HandClock();
  const wal = new HandWal(clock);
  const lines: Line[] = [];
  const failures: Error[] = [];
  const peerIds = parts.peerIds ?? [testMemberId];
  const booted: Booted = {
    id: testMemberId,
    clusterId: testClusterId,
    wal: wal.asWal,
    storage: new MemoryStorage(),
    peers: peerIds.map((id, at) => {
      const peerUrls = [`http://localhost:${2380 + at}`];
      const member = { id, peerUrls, isLearner: false, name: "", clientUrls: [] };
      return { id, context: encodeConfChangeContext({ member, isPromote: false }) };
    }),
    snapshotIndex: 0,
  };
  const backend = parts.backend ?? memoryBackendHost();
  const server = new Server({
    options: { ...optionsOfTest, ...options },
    booted,
    backend,
    snapshotter: undefined,
    clock,
    random: repeatableRandom(1),
    log: keptLog(lines),
    send: () => {},
    endTurn: () => {},
    fail: (error) => failures.push(error),
    ...parts,
  });
  return { server, clock, wal, lines, failures, backend };
}

/** A member alone that leads and has published itself. */
export function leadingServer(
  options: Partial<ServerOptions> = {},
  parts: Partial<ServerParts> = {},
): TestServer {
  const test = testServer(options, parts);
  let isReady = false;
  test.server.start(() => {
    isReady = true;
  });
  test.clock.advance(200);
  if (!isReady) throw new Error("a member alone leads and publishes itself");
  return test;
}
