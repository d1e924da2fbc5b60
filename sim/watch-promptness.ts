// How soon watchers hear of things where nothing is broken: events at once (W14), and progress in time
// on watches that asked for it and have nothing else to hear (W13).
import type { Loop } from "./loop.ts";
import { hold } from "./violation.ts";
import type { WatchClient } from "./watch-client.ts";

/** What etcd's documents expect of a healthy cluster. */
const promptMs = 10;
const progressSlackMs = 500;
/** A clock may still run at half its speed when everything else is well. */
const slowestClock = 2;

interface Pace {
  readonly loop: Loop;
  readonly intervalMs: number;
  readonly heartbeatMs: number;
}

/** To be called now and then for a client whose member is well. */
export function lookAtPromptness(
  watcher: WatchClient,
  wellSinceMs: number,
  { loop, intervalMs, heartbeatMs }: Pace,
): void {
  const nowMs = loop.nowUs / 1000;
  if (!watcher.reads(nowMs)) return;
  const silent = watcher.silentSince(wellSinceMs);
  // Between two notifications lie up to two intervals when something was sent in the first of them; an
  // interval has up to a tenth more, and is over with the next turn.
  const longestMs = slowestClock * (1.1 * Math.max(100, intervalMs) + heartbeatMs);
  const patienceMs = 2 * longestMs + progressSlackMs;
  hold(
    silent === undefined || nowMs - silent <= patienceMs,
    "W13 progress on idle",
    () => `${watcher.name} has heard nothing since ${silent} ms`,
  );
  const owed = watcher.owed;
  if (owed === undefined) return;
  const { member } = watcher;
  loop.after(promptMs * 1000, undefined, "prompt", () => {
    const isSame = watcher.member === member && watcher.reads(loop.nowUs / 1000);
    hold(
      !isSame || watcher.owed !== owed,
      "W14 events come promptly",
      () => `${owed} for ${promptMs} ms`,
    );
  });
}
